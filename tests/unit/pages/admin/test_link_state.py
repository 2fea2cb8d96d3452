"""What has become of signed links."""

from dataclasses import asdict, replace

import pytest

from tests.conftest import MakePing, reworded
from trackback.model.ping import Ping, Status
from trackback.model.texts import Texts
from trackback.pages.admin.link_state import MailLinkState, is_about_revision, standing
from trackback.signing import Action, Link

LATER = Texts("Later", "words", "Other")


def revised(ping: Ping) -> Ping:
    return replace(ping, revision=LATER)


@pytest.mark.parametrize(
    ("action", "status", "expected"),
    [
        (Action.APPROVE, Status.RECEIVED, MailLinkState.READY),
        (Action.APPROVE, Status.PENDING, MailLinkState.READY),
        (Action.APPROVE, Status.APPROVED, MailLinkState.DONE),
        (Action.APPROVE, Status.SPAM, MailLinkState.DECIDED),
        (Action.REJECT, Status.REJECTED, MailLinkState.DONE),
        (Action.REJECT, Status.APPROVED, MailLinkState.DECIDED),
        (Action.SPAM, Status.SPAM, MailLinkState.DONE),
        (Action.SPAM, Status.REJECTED, MailLinkState.DECIDED),
    ],
)
def test_a_link_is_ready_done_or_decided_otherwise(
    make_ping: MakePing, action: Action, status: Status, expected: MailLinkState
) -> None:
    ping = replace(make_ping(), status=status)
    assert standing(Link(action, ping.id, ping.texts.hash), ping) is expected


@pytest.mark.parametrize("status", [Status.PENDING, Status.APPROVED])
@pytest.mark.parametrize("action", [Action.APPROVE, Action.REJECT, Action.SPAM])
def test_a_link_about_words_that_are_gone_or_about_none_is_superseded(
    make_ping: MakePing, action: Action, status: Status
) -> None:
    for ping in (replace(make_ping(), status=status), revised(replace(make_ping(), status=status))):
        assert standing(Link(action, ping.id), ping) is MailLinkState.REVISED
        assert standing(Link(action, ping.id, "00000000"), ping) is MailLinkState.REVISED
    assert standing(Link(action, ping.id, ping.revision_hash), ping) is MailLinkState.READY


def test_words_that_are_sent_again_leave_a_link_about_the_first_as_it_was(make_ping: MakePing) -> None:
    held = revised(replace(make_ping(), status=Status.PENDING))
    shown = replace(held, status=Status.APPROVED)
    for action, once_shown in ((Action.APPROVE, MailLinkState.DONE), (Action.REJECT, MailLinkState.DECIDED)):
        link = Link(action, held.id, held.texts.hash)
        assert (standing(link, held), standing(link, shown)) == (MailLinkState.READY, once_shown)


def test_a_link_about_new_words_that_were_dropped_is_over(make_ping: MakePing) -> None:
    ping = revised(replace(make_ping(), status=Status.APPROVED))
    dropped = replace(ping, revision=None, dismissed_revision=ping.revision_hash)
    assert standing(Link(Action.REJECT, ping.id, ping.revision_hash), dropped) is MailLinkState.DECIDED


@pytest.mark.parametrize(
    ("action", "expected"), [(Action.APPROVE, MailLinkState.DONE), (Action.REJECT, MailLinkState.DECIDED)]
)
def test_a_link_about_words_that_were_taken_is_over(
    make_ping: MakePing, action: Action, expected: MailLinkState
) -> None:
    ping = replace(reworded(make_ping(), **asdict(LATER)), status=Status.APPROVED)
    assert standing(Link(action, ping.id, LATER.hash), ping) is expected


def test_a_link_is_about_new_words_only_where_readers_see_others(make_ping: MakePing) -> None:
    waits = revised(replace(make_ping(), status=Status.PENDING))
    link = Link(Action.APPROVE, waits.id, waits.revision_hash)
    assert not is_about_revision(link, waits)
    assert is_about_revision(link, replace(waits, status=Status.APPROVED))

"""What has become of signed links."""

from dataclasses import asdict, replace

import pytest

from tests.conftest import MakePing, reworded
from trackback.model.ping import Ping, Status
from trackback.model.texts import Texts
from trackback.pages.admin.mail_links import LinkState, is_about_revision, link_state
from trackback.signing import Action, MailLink

LATER = Texts("Later", "words", "Other")


def revised(ping: Ping) -> Ping:
    return replace(ping, revision=LATER)


@pytest.mark.parametrize(
    ("action", "status", "expected"),
    [
        (Action.APPROVE, Status.RECEIVED, LinkState.READY),
        (Action.APPROVE, Status.PENDING, LinkState.READY),
        (Action.APPROVE, Status.APPROVED, LinkState.DONE),
        (Action.APPROVE, Status.SPAM, LinkState.DECIDED),
        (Action.REJECT, Status.REJECTED, LinkState.DONE),
        (Action.REJECT, Status.APPROVED, LinkState.DECIDED),
        (Action.SPAM, Status.SPAM, LinkState.DONE),
        (Action.SPAM, Status.REJECTED, LinkState.DECIDED),
    ],
)
def test_a_link_is_ready_done_or_decided_otherwise(
    make_ping: MakePing, action: Action, status: Status, expected: LinkState
) -> None:
    ping = replace(make_ping(), status=status)
    assert link_state(MailLink(action, ping.id, ping.texts.hash), ping) is expected


@pytest.mark.parametrize("status", [Status.PENDING, Status.APPROVED])
@pytest.mark.parametrize("action", [Action.APPROVE, Action.REJECT, Action.SPAM])
def test_a_link_about_words_that_are_gone_or_about_none_is_superseded(
    make_ping: MakePing, action: Action, status: Status
) -> None:
    for ping in (replace(make_ping(), status=status), revised(replace(make_ping(), status=status))):
        assert link_state(MailLink(action, ping.id), ping) is LinkState.REVISED
        assert link_state(MailLink(action, ping.id, "00000000"), ping) is LinkState.REVISED
    assert link_state(MailLink(action, ping.id, ping.revision_hash), ping) is LinkState.READY


def test_words_that_are_sent_again_leave_a_link_about_the_first_as_it_was(make_ping: MakePing) -> None:
    held = revised(replace(make_ping(), status=Status.PENDING))
    shown = replace(held, status=Status.APPROVED)
    for action, once_shown in ((Action.APPROVE, LinkState.DONE), (Action.REJECT, LinkState.DECIDED)):
        link = MailLink(action, held.id, held.texts.hash)
        assert (link_state(link, held), link_state(link, shown)) == (LinkState.READY, once_shown)


def test_a_link_about_new_words_that_were_dropped_is_over(make_ping: MakePing) -> None:
    ping = revised(replace(make_ping(), status=Status.APPROVED))
    dropped = replace(ping, revision=None, dismissed_revision=ping.revision_hash)
    assert link_state(MailLink(Action.REJECT, ping.id, ping.revision_hash), dropped) is LinkState.DECIDED


@pytest.mark.parametrize(
    ("action", "expected"), [(Action.APPROVE, LinkState.DONE), (Action.REJECT, LinkState.DECIDED)]
)
def test_a_link_about_words_that_were_taken_is_over(
    make_ping: MakePing, action: Action, expected: LinkState
) -> None:
    ping = replace(reworded(make_ping(), **asdict(LATER)), status=Status.APPROVED)
    assert link_state(MailLink(action, ping.id, LATER.hash), ping) is expected


def test_a_link_is_about_new_words_only_where_readers_see_others(make_ping: MakePing) -> None:
    waits = revised(replace(make_ping(), status=Status.PENDING))
    link = MailLink(Action.APPROVE, waits.id, waits.revision_hash)
    assert not is_about_revision(link, waits)
    assert is_about_revision(link, replace(waits, status=Status.APPROVED))

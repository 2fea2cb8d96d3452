"""Mails get through: what fails or dies delays a mail, does not lose it, and holds up none behind it."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from jinja2 import UndefinedError

from tests.integration.mail_run.conftest import (
    DENIED,
    DIED,
    FAULTS,
    MINUTE,
    NOW,
    REFUSALS,
    SECOND,
    Author,
    ses_breaks,
    shown,
)
from tests.stack.aws import sent_mails
from trackback.model.settings import Notify
from trackback.notifications import mail_run
from trackback.notifications.mail_run import LAST_ATTEMPT
from trackback.notifications.outbox_state import PATIENCE
from trackback.storage.deliveries import Deliveries


@pytest.mark.parametrize("fault", FAULTS)
def test_an_attempt_that_fails_gives_the_mail_back_and_the_next_run_sends_it_and_what_waits(
    author: Author, fault: str
) -> None:
    author.gets("First")
    FAULTS[fault](author)
    with pytest.raises((ClientError, ValueError)):
        author.mailed()
    assert sent_mails() == []
    author.gets("Second")
    author.mailed(SECOND)
    assert (shown("First"), shown("Second"), len(sent_mails())) == (1, 1, 2)


@pytest.mark.parametrize("fault", REFUSALS)
def test_a_mail_that_ses_does_not_take_is_tried_by_the_next_run_with_what_waits(
    author: Author, fault: str
) -> None:
    author.gets("First")
    REFUSALS[fault](author)
    assert author.mailed() == []
    assert [one.state for one in Deliveries(author.table).newest()] == ["failed"]
    author.gets("Second")
    author.mailed(SECOND)
    assert (shown("First"), shown("Second"), len(sent_mails())) == (1, 1, 2)


@pytest.mark.parametrize("error", [KeyError, RecursionError, MemoryError, UndefinedError, UnicodeEncodeError])
def test_a_mail_that_cannot_be_written_is_given_back_whatever_the_error(
    author: Author, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    author.gets("First")
    with monkeypatch.context() as broken:
        broken.setattr(mail_run, "post_titles", raises(error))
        with pytest.raises(error):
            author.mailed()
    assert len(author.mailed(SECOND)) == 1


def raises(error: type[Exception]) -> Callable[..., Any]:
    def fail(*_: object) -> None:
        raise error(*(("ascii", "é", 0, 1, "no") if error is UnicodeEncodeError else ()))

    return fail


def test_a_mail_that_can_never_be_written_does_not_hold_up_the_next_one_for_ever(
    author: Author, monkeypatch: pytest.MonkeyPatch
) -> None:
    author.gets("First")
    with monkeypatch.context() as broken:
        broken.setattr(mail_run, "post_titles", raises(KeyError))
        for n in range(LAST_ATTEMPT):
            with pytest.raises(KeyError):
                author.mailed(n * MINUTE)
    author.gets("Second")
    assert author.mailed(LAST_ATTEMPT * MINUTE) == ["2 TrackBacks wait for you"]
    assert (shown("First"), shown("Second")) == (0, 1)


DEATHS = {
    "after the claim": ("BatchGetItem", 1),
    "after the marks": ("BatchGetItem", 2),
}


@pytest.mark.parametrize("death", DEATHS)
def test_the_claim_of_a_run_that_dies_ends_by_time(author: Author, death: str) -> None:
    author.gets("First")
    author.break_table(*DEATHS[death], DIED)
    with pytest.raises(SystemExit):
        author.mailed()
    author.gets("Second")
    assert author.mailed(PATIENCE - SECOND) == []
    author.mailed(PATIENCE)
    assert (shown("First"), shown("Second"), len(sent_mails())) == (1, 1, 2)


def test_a_run_that_dies_while_it_sends_leaves_the_mail_to_another(author: Author) -> None:
    author.gets("First")
    ses_breaks(DIED)(author)
    with pytest.raises(SystemExit):
        author.mailed()
    assert author.mailed(PATIENCE - SECOND) == []
    assert len(author.mailed(PATIENCE)) == 1


@pytest.mark.parametrize(
    ("operation", "number"), [("PutItem", 1), ("UpdateItem", 3)], ids=["in the log", "in the outbox"]
)
@pytest.mark.parametrize("error", [DENIED, DIED], ids=["fails", "dies"])
def test_a_mail_that_went_out_is_not_sent_again_if_its_end_is_recorded_in_one_place(
    author: Author, operation: str, number: int, error: BaseException
) -> None:
    author.gets("First")
    author.break_table(operation, number, error)
    with pytest.raises(type(error)):
        author.mailed()
    author.gets("Second")
    for minutes in (1, 3, 10):
        author.mailed(minutes * MINUTE)
    assert (shown("First"), shown("Second"), len(sent_mails())) == (1, 1, 2)


def test_a_second_run_at_the_same_time_sends_nothing(author: Author) -> None:
    def run_again(**_: object) -> None:
        author.mailed(SECOND)

    author.gets("First")
    author.ses.meta.events.register("before-send.sesv2.SendEmail", run_again)
    assert len(author.mailed()) == 1


def test_a_late_failure_does_not_end_the_claim_of_another_run(author: Author) -> None:
    author.gets("First")
    late = author.outbox.claim(Notify.EACH, NOW)
    again = author.outbox.claim(Notify.EACH, NOW + PATIENCE)
    assert late
    assert again
    author.outbox.give_back(late)
    assert author.mailed(PATIENCE + SECOND) == []
    author.outbox.give_back(again)
    assert len(author.mailed(PATIENCE + 2 * SECOND)) == 1

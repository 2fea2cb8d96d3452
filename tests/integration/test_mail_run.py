"""Mails get through: what fails or dies delays a mail, does not lose it, and holds up none behind it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError
from jinja2 import UndefinedError
from moto.backends import get_backend

from tests.conftest import MakePing
from tests.stack.aws import confirm, sent_mails
from tests.support import aws_faults as faults
from tests.support.template import ROOT
from trackback.model.ping import Status
from trackback.model.settings import Notify
from trackback.model.transitions import CheckOutcome, checked
from trackback.model.verdict import LinkStatus, Verdict
from trackback.notifications import mail, mail_run
from trackback.notifications.mail import Envelope
from trackback.notifications.mail_outbox import Outbox
from trackback.notifications.mail_renderer import MOST_BYTES, MOST_SHOWN, MailRenderer
from trackback.notifications.mail_run import LAST_ATTEMPT, MailRun
from trackback.notifications.outbox_state import MOST, MOST_A_DAY, PATIENCE, PAUSE
from trackback.storage.deliveries import Deliveries
from trackback.storage.pings import PingStore
from trackback.storage.signing_keys import Keys
from trackback.storage.table import Table

NOW = datetime(2026, 11, 24, 23, 59, tzinfo=UTC)  # a minute before midnight
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
ENDPOINT: Any = {"endpoint_url": "https://email.example"}
DIED = SystemExit("the environment has ended")
ENVELOPE = Envelope("author@blog.example", "author@blog.example", "mail-events")
API = "https://api.example"


@dataclass
class Author:
    """What comes in for the author, and the mails that go out."""

    table: Table
    store: PingStore
    make_ping: MakePing
    mails: MailRun
    outbox: Outbox
    ses: Any

    def gets(self, *titles: str, link: LinkStatus = LinkStatus.FOUND, **fields: str) -> None:
        """Have pings wait for the author, noted as triage notes them."""
        score = -3 if link is LinkStatus.FOUND else 2
        pings = [self.make_ping(title=title, **fields) for title in titles]
        for ping in pings:
            self.store.add(ping)
            verdict = Verdict(link, ping.received_at, score=score)
            self.store.apply(checked(ping, verdict, CheckOutcome(Status.PENDING), NOW))
        ids = {ping.id for ping in pings}
        self.outbox.add(*((), ids) if link is LinkStatus.FOUND else (ids,))

    def record(self) -> dict[str, Any]:
        """Return the outbox as it is stored."""
        return self.table.get("mail#")

    def mailed(self, after: timedelta = timedelta()) -> list[str]:
        """Send what is due some time after `NOW`; return the subjects of all mails so far."""
        self.mails.send_due(Notify.EACH, NOW + after)
        return [str(mail["Subject"]) for mail in sent_mails()]

    def break_table(self, operation: str, number: int, error: BaseException) -> None:
        faults.break_off(self.table.client, operation, error, number)


@pytest.fixture
def author(store: PingStore, make_ping: MakePing) -> Iterator[Author]:
    """An author without mails, and clients that no other test has broken."""
    get_backend("ses")["123456789012"]["us-east-1"].sent_messages.clear()
    confirm("author@blog.example")
    mail._ses.cache_clear()
    table = Table("trackback")
    renderer = MailRenderer(ROOT / "functions/notify", API)
    mails = MailRun(table, ENVELOPE, renderer, Keys("/trackback/trackback/signing-key"), API)
    yield Author(table, store, make_ping, mails, Outbox(table), mail._ses())
    mail._ses.cache_clear()


def shown(title: str) -> int:
    """Return how many mails show a ping."""
    bodies = (mail.get_body(("plain",)) for mail in sent_mails())
    return sum(f"> {title}" in body.get_content().splitlines() for body in bodies if body)


DENIED = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "No."}}, "")
Break = Callable[[Author], None]


def table_breaks(operation: str, number: int) -> Break:
    return lambda author: author.break_table(operation, number, DENIED)


def ses_breaks(error: BaseException, times: int = 1) -> Break:
    def break_off(author: Author) -> None:
        for _ in range(times):
            faults.break_off(author.ses, "SendEmail", error)

    return break_off


FAULTS: dict[str, Break] = {
    "the pings cannot be read": table_breaks("BatchGetItem", 1),
    "a ping cannot be marked": table_breaks("UpdateItem", 2),
    "the titles cannot be read": table_breaks("BatchGetItem", 2),
    "SES fails": ses_breaks(ValueError("no such region")),
}
REFUSALS: dict[str, Break] = {
    "SES refuses": ses_breaks(ClientError({"Error": {"Code": "MessageRejected", "Message": "No."}}, "")),
    "SES throttles": ses_breaks(ClientError({"Error": {"Code": "Throttled", "Message": "Slower."}}, "")),
    "SES cannot be reached": ses_breaks(ConnectTimeoutError(**ENDPOINT), times=3),
    "SES does not answer": ses_breaks(ReadTimeoutError(**ENDPOINT)),
}


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


def test_the_mails_of_a_day_are_those_of_the_last_24_hours_also_after_midnight(author: Author) -> None:
    first = NOW - 23 * HOUR
    tried = [int(first.timestamp()) + n for n in range(MOST_A_DAY - 1)]
    author.table.put({"id": "mail#", "tried_at": tried})
    author.gets("First")
    assert len(author.mailed()) == 1
    author.gets("Second")
    assert len(author.mailed(2 * MINUTE)) == 1
    assert len(author.mailed(HOUR - SECOND)) == 1
    assert len(author.mailed(HOUR)) == 2
    author.gets("Third")
    assert len(author.mailed(HOUR + SECOND)) == 3  # the first of the day is a day ago


@pytest.mark.parametrize(
    ("fault", "counted"), [("SES refuses", 0), ("SES throttles", 0), ("SES does not answer", 1)]
)
def test_a_refused_mail_is_none_of_the_day_unless_it_may_have_been_sent(
    author: Author, fault: str, counted: int
) -> None:
    author.gets("First")
    REFUSALS[fault](author)
    author.mailed()
    assert len(author.record()["tried_at"]) == counted
    author.mailed(SECOND)
    assert len(author.record()["tried_at"]) == counted + 1


def test_a_mail_that_nobody_answers_for_is_repeated_no_more_often_than_a_day_has_mails(
    author: Author,
) -> None:
    author.gets("First")
    asked: list[datetime] = []

    def say_nothing(**_: object) -> None:
        asked.append(NOW)
        raise ReadTimeoutError(**ENDPOINT)

    author.ses.meta.events.register("before-send.sesv2.SendEmail", say_nothing)
    for n in range(100):
        author.mailed(n * SECOND)
    assert len(asked) == MOST_A_DAY


def test_mails_that_the_version_before_counted_still_count(author: Author) -> None:
    earlier = {"sent_at": "2026-11-24T23:00:00.000Z", "day": "2026-11-24", "mails": MOST_A_DAY}
    author.table.put({"id": "mail#", **earlier})
    author.gets("First")
    assert author.mailed(timedelta(seconds=-1)) == []
    assert len(author.mailed(2 * MINUTE)) == 1
    record = author.record()
    assert {"day", "mails"}.isdisjoint(record)
    assert len(record["tried_at"]) == MOST_A_DAY + 1


def test_genuine_pings_are_in_the_next_mail_whatever_else_comes_in(author: Author) -> None:
    genuine = [f"Genuine {n}" for n in range(37)]
    for n, title in enumerate(genuine):  # at one ping a second, as many noise as time allows in five minutes
        author.gets(*(f"Noise {7 * n + m}" for m in range(7)), link=LinkStatus.MISSING)
        author.gets(title)
    assert author.mailed() == [f"{37 * 8} TrackBacks wait for you"]
    assert [title for title in genuine if not shown(title)] == []


def test_promising_pings_for_which_a_mail_has_no_room_are_in_the_next_one(author: Author) -> None:
    for n in range(50):
        author.gets(f"Reply {n}", excerpt="日本語" * 166, blog_name="&<>" * 83)
    author.mailed()
    first = sum(shown(f"Reply {n}") for n in range(50))
    assert 0 < first < 50
    author.mailed(SECOND)
    assert len(sent_mails()) == 1
    for n in range(1, 4):
        author.mailed(n * PAUSE)
    assert [shown(f"Reply {n}") for n in range(50)] == [1] * 50
    assert all(len(str(mail.get_body(("html",))).encode()) < 2 * MOST_BYTES for mail in sent_mails())


def test_of_others_a_mail_shows_twenty_behind_the_promising_ones(author: Author) -> None:
    author.gets(*(f"Noise {n}" for n in range(MOST + 5)), link=LinkStatus.MISSING)
    author.gets(*(f"Reply {n}" for n in range(5)))
    assert author.mailed() == [f"{MOST + 10} TrackBacks wait for you"]
    assert sum(shown(f"Reply {n}") for n in range(5)) == 5
    assert sum(shown(f"Noise {n}") for n in range(MOST + 5)) == MOST_SHOWN - 5

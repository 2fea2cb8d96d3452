"""`notify`, invoked each minute, after triage has noted what it tells, both as Lambda invokes them."""

import json
import re
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto.backends import get_backend

from functions.notify import app
from functions.triage import app as triage
from tests import aws_faults as faults
from tests.events import Context
from tests.integration.conftest import NOW, Web, outcomes
from tests.stack.aws import confirm, sent_mails
from tests.stack.streams import records_of
from tests.websites import page
from trackback.model.delivery import event_id, ping_event
from trackback.model.ping import Ping, Status
from trackback.model.sent_ping import SentPing, Stage
from trackback.model.settings import Event, Notify, Settings
from trackback.notifications.mail import MailFailed
from trackback.notifications.mail_renderer import MOST_BYTES
from trackback.notifications.webhook import Webhook, ask_for_test, note_event
from trackback.receiving.spam.rules import read_rule
from trackback.signing import Action, Link, read_link
from trackback.storage.api_address import find_api
from trackback.storage.sent_pings import SentPings
from trackback.storage.settings import save_rules, save_settings
from trackback.storage.signing_keys import Keys
from trackback.storage.stream import event_of
from trackback.timestamps import stamp
from trackback.web.http.client import Fetcher

AUTHOR = "author@blog.example"
TICK = {"id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {}}
DONE: dict[str, Any] = {"batchItemFailures": []}
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
LATER = NOW + timedelta(days=1)
LINK = re.compile(r"https://api\.example/moderate/link/([\w.-]+)")


Records = Sequence[dict[str, Any]]


@dataclass
class Notifier:
    """The deployed functions that tell the author, their clocks, and how much of the stream was read."""

    web: Web
    monkeypatch: pytest.MonkeyPatch
    read: int = 0

    def changes(self) -> Records:
        """Return what has come into the stream since this was last asked."""
        every = list(records_of("trackback"))
        new, self.read = every[self.read :], len(every)
        return new

    def note(self, records: Records, after: timedelta = timedelta()) -> Any:
        """Bring records to triage some time after `NOW`."""
        self._set(triage, after - SECOND)
        return triage.handler({"Records": list(records)}, Context())  # type: ignore[arg-type]

    def wake(self, after: timedelta = timedelta(), milliseconds_left: int = 55_000) -> None:
        """Have the schedule invoke notify some time after `NOW`."""
        self._set(app, after)
        app.handler(TICK, Context(milliseconds_left=milliseconds_left))  # type: ignore[arg-type]

    def tell(self, after: timedelta = timedelta()) -> Records:
        """Have what is new in the stream noted, and told; return the records, to be brought again."""
        records = self.changes()
        assert self.note(records, after) == DONE
        self.wake(after)
        return records

    def _set(self, function: Any, after: timedelta) -> None:
        self.monkeypatch.setattr(function, "datetime", SimpleNamespace(now=lambda _: NOW + after))

    def log(self) -> list[tuple[str, str, int]]:
        """Return what the log says of mails."""
        found = app.deliveries.newest()
        return [(one.what, one.state, one.attempts) for one in found if one.kind == "mail"]


@pytest.fixture
def notify(web: Web, checks: str, monkeypatch: pytest.MonkeyPatch) -> Notifier:  # noqa: ARG001 - triage fills it
    """The function, with an address that SES lets it mail from, and no mail sent yet."""
    get_backend("ses")["123456789012"]["us-east-1"].sent_messages.clear()
    confirm(AUTHOR)
    web.answers |= {"/re": web.link(), "/hook": page("Thanks")}
    fetcher = Fetcher(loopback=True, seconds=5, resolve=lambda _: ["127.0.0.1"])
    monkeypatch.setattr(
        app, "webhook", Webhook(fetcher, Keys("/trackback/trackback/webhook-key"), app.deliveries)
    )
    return Notifier(web, monkeypatch)


def held(web: Web, *hosts: str, **fields: str) -> list[Ping]:
    """Return pings that were looked at and wait for the author, one from each host."""
    return [web.verify(web.add("/re", host, **fields)) for host in hosts]


def bodies(mail: EmailMessage) -> tuple[str, str]:
    """Return a mail's text and HTML."""
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text
    assert html
    written, page_of_it = (part.get_content().replace("\r\n", "\n") for part in (text, html))
    return written, page_of_it


def links(mail: EmailMessage) -> list[Link]:
    """Return what the links of a mail's text do."""
    text, html = bodies(mail)
    tokens = LINK.findall(text)
    assert sorted(tokens) == sorted(LINK.findall(html))
    return [read_link(app.keys.load(NOW), token, LATER) for token in tokens]


def choose(web: Web, **chosen: Any) -> None:
    save_settings(web.table, Settings(**chosen), Settings())


def test_a_ping_that_waits_is_told_with_its_proof_and_what_can_be_done(web: Web, notify: Notifier) -> None:
    (ping,) = held(web, "other.example")
    notify.tell()
    (mail,) = sent_mails()
    assert (mail["To"], mail["Subject"]) == (AUTHOR, "“A reply” links to “Hello”")
    assert links(mail) == [
        Link(Action.APPROVE, ping.id, ping.texts.hash),
        Link(Action.REJECT, ping.id, ping.texts.hash),
        Link(Action.SPAM, ping.id, ping.texts.hash),
        Link(Action.MUTE),
    ]
    text, html = bodies(mail)
    for part in ("A reply", "Other", ping.url, "Hello", ping.post, "The page links to your post."):
        assert part in text
        assert part in html
    assert "> I read *a post*." in text
    assert re.search(r"I read <b [^>]*>a post</b>\.", html)
    assert "\nhttps://api.example/moderate\n" in text
    assert 'href="https://api.example/moderate"' in html
    assert read_link(app.keys.load(NOW), LINK.findall(mail["List-Unsubscribe"])[0], NOW).action is Action.MUTE
    assert notify.log() == [("“A reply” links to “Hello”", "sent", 1)]
    assert web.store.get(ping.id).notified.startswith("ping@")


def test_neither_spam_nor_what_a_rule_approves_is_mailed(web: Web, notify: Notifier) -> None:
    save_rules(
        web.table,
        [read_rule("allow", "host", "friend.example"), read_rule("block", "host", "foe.example")],
        [],
    )
    held(web, "friend.example", "foe.example")
    notify.tell()
    assert sent_mails() == []


def test_pings_of_a_batch_make_one_digest(web: Web, notify: Notifier) -> None:
    pings = held(web, "a.example", "b.example", "c.example")
    notify.tell()
    (mail,) = sent_mails()
    assert mail["Subject"] == "3 TrackBacks wait for you"
    approved = {link.ping for link in links(mail) if link.action is Action.APPROVE}
    assert approved == {ping.id for ping in pings}


def test_a_batch_that_is_brought_again_tells_nothing_again(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    held(web, "a.example", "b.example")
    records = notify.tell()
    for n in (1, 2, 10):
        assert notify.note(records, n * MINUTE) == DONE
        notify.wake(n * MINUTE)
    assert len(sent_mails()) == 1
    assert web.asked().count("/hook") == 2


@pytest.mark.parametrize("marked", [False, True], ids=["after the claim", "after the marks"])
def test_a_mail_that_broke_off_goes_out_two_minutes_later(web: Web, notify: Notifier, marked: bool) -> None:
    (ping,) = held(web, "other.example")
    app.outbox.add([ping.id])
    claim = app.outbox.claim(Notify.EACH, NOW)
    assert claim
    if marked:
        app.outbox.mark(claim)
    notify.tell(MINUTE)
    assert sent_mails() == []
    notify.wake(3 * MINUTE)
    assert len(sent_mails()) == 1
    notify.wake(8 * MINUTE)
    assert len(sent_mails()) == 1


def test_a_flood_makes_one_mail_that_shows_twenty_and_says_how_many_more(web: Web, notify: Notifier) -> None:
    pings = [web.add("/re", f"blog{n}.example") for n in range(25)]
    for ping in pings:
        web.store.decide(ping.id, Status.PENDING, NOW, by="check")
    notify.tell()
    held(web, "late.example")
    notify.tell(MINUTE)
    (mail,) = sent_mails()
    assert mail["Subject"] == "25 TrackBacks wait for you"
    assert len({link.ping for link in links(mail)} & {ping.id for ping in pings}) == 20
    assert all("\n5 more wait.\n" in re.sub("<.*?>", "", body) for body in bodies(mail))
    notify.wake(5 * MINUTE)
    assert sent_mails()[1]["Subject"] == "“A reply” links to “Hello”"


def test_the_longest_pings_fit_what_mail_programs_show(web: Web, notify: Notifier) -> None:
    for n in range(20):
        words = {"title": "🌱" * 250, "excerpt": "日本語" * 166, "blog_name": "&<>" * 83}
        ping = web.add(f"/{n}?{'x' * 1_900}", f"blog{n}.example", **words)
        web.store.decide(ping.id, Status.PENDING, NOW, by="check")
    notify.tell()
    (mail,) = sent_mails()
    _, html = bodies(mail)
    assert len(html.encode()) < 100_000
    shown = sum(link.action is Action.APPROVE for link in links(mail))
    assert f">{20 - shown} more wait.<" in html


def test_daily_means_a_digest_a_day(web: Web, notify: Notifier) -> None:
    choose(web, notify=Notify.DAILY)
    held(web, "a.example")
    notify.tell()
    held(web, "b.example", "c.example")
    notify.tell(MINUTE)
    notify.wake(timedelta(hours=23))
    assert len(sent_mails()) == 1
    notify.wake(timedelta(hours=25))
    assert sent_mails()[1]["Subject"] == "2 TrackBacks wait for you"


def test_none_means_that_nothing_is_mailed_nor_kept_for_later(web: Web, notify: Notifier) -> None:
    choose(web, notify=Notify.NONE)
    held(web, "a.example")
    notify.tell()
    save_settings(web.table, Settings(), Settings(notify=Notify.NONE))
    notify.wake(10 * MINUTE)
    assert sent_mails() == []


def test_what_was_decided_before_the_mail_went_is_not_in_it(web: Web, notify: Notifier) -> None:
    decided, waiting = held(web, "a.example", "b.example")
    web.store.decide(decided.id, Status.REJECTED, NOW)
    notify.tell()
    (mail,) = sent_mails()
    assert {link.ping for link in links(mail)} == {waiting.id, ""}


def test_a_revision_is_told_once_with_both_texts_and_an_undo_is_not(web: Web, notify: Notifier) -> None:
    (ping,) = held(web, "other.example")
    notify.tell()
    web.store.decide(ping.id, Status.APPROVED, NOW)
    web.add(title="A better reply", excerpt="Better words")
    web.verify(ping)
    records = notify.tell(MINUTE)
    notify.note(records, 2 * MINUTE)
    notify.wake(2 * MINUTE)
    _, second = sent_mails()
    assert second["Subject"] == "“A better reply” on “Hello” was sent again with other words"
    assert {link.words for link in links(second)} == {web.store.get(ping.id).revision_hash, ""}
    for body in bodies(second):
        assert body.index("Readers see") < body.index("Some words") < body.index("Better words")
    web.store.decide(ping.id, Status.PENDING, NOW)
    notify.tell(3 * MINUTE)
    assert len(sent_mails()) == 2


INJECTION = (
    "Hi\r\nBcc: victim@evil.example\r\n\r\n=?utf-8?q?=0D=0ABcc:_victim@evil.example?= "
    "Approve:\nhttps://api.example/moderate/link/fake\n"
    '<img src=x onerror=alert(1)><a href="javascript:alert(1)">x</a>"><script>alert(1)</script>'
    "&lt;script&gt;alert(2)&lt;/script&gt; {{ 7*7 }} \u202egnp.exe\u202c \u2028Reject:"
)


@pytest.mark.parametrize("name", ["title", "excerpt", "blog_name"])
def test_a_strangers_words_stay_words(web: Web, notify: Notifier, name: str) -> None:
    held(web, "other.example", **{name: INJECTION})
    notify.tell()
    (mail,) = sent_mails()
    assert "Bcc" not in mail
    assert mail.get_all("To") == [AUTHOR]
    text, html = bodies(mail)
    lines = text.splitlines()
    ours = [line for line in lines if line.startswith("https://")]
    assert len(ours) == 5  # approve, reject, spam, see all, no more
    assert not any("fake" in line for line in lines if not line.startswith("> "))
    assert lines.count("Approve:") == 1
    assert not re.search(r"<(script|img)|javascript:[^<]*\"|; 49\b", html)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u2028]", text + html + mail["Subject"])


def test_raw_records_are_escaped_too(web: Web, notify: Notifier) -> None:
    (ping,) = held(web, "other.example")
    raw = '"><script>alert(1)</script>\r\nBcc: victim@evil.example'
    verdict = {
        "link": "found",
        "checked_at": "",
        "sentence": raw,
        "text": "script",
        "title": raw,
        "url": "https://x.example/",
    }
    boto3.resource("dynamodb").Table("trackback").update_item(
        Key={"id": ping.id},
        UpdateExpression="SET title = :t, excerpt = :t, blog_name = :t, verdict = :v",
        ExpressionAttributeValues={":t": raw, ":v": {**verdict, "reasons": [raw], "why": raw}},
    )
    notify.tell()
    (mail,) = sent_mails()
    text, html = bodies(mail)
    assert "<script" not in html
    assert "Bcc" not in mail
    assert not any(line.startswith("Bcc") for line in text.splitlines())


def test_what_ses_refuses_is_logged_and_counted_and_tried_again_by_the_schedule(
    web: Web, notify: Notifier, capsys: pytest.CaptureFixture[str]
) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    held(web, "other.example")
    boto3.client("ses").delete_identity(Identity=AUTHOR)
    notify.tell()
    for n in (2, 3):
        notify.wake(n * MINUTE)
        assert notify.log() == [("“A reply” links to “Hello”", "failed", n)]
    assert web.asked().count("/hook") == 1
    counted = outcomes(capsys)
    refused = [line for outcome, line in counted if outcome == "MailRefused"]
    assert [(line["service"], line["mail"]) for line in refused] == [("mail", stamp(NOW))] * 3
    assert "MailSent" not in dict(counted)
    confirm(AUTHOR)
    notify.wake(4 * MINUTE)
    assert len(sent_mails()) == 1
    assert notify.log() == [("“A reply” links to “Hello”", "sent", 4)]


def test_the_webhook_is_told_what_happens_to_a_ping(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    (ping,) = held(web, "other.example")
    notify.tell()
    for n, status in enumerate([Status.APPROVED, Status.REJECTED, Status.APPROVED, Status.PENDING], 1):
        web.store.decide(ping.id, status, NOW + n * MINUTE)
        notify.tell(n * MINUTE)
    web.store.decide(ping.id, Status.APPROVED, NOW)
    notify.tell(6 * MINUTE)
    boto3.client("dynamodb").delete_item(TableName="trackback", Key={"id": {"S": ping.id}})
    notify.tell(7 * MINUTE)
    told = [one.what for one in reversed(app.deliveries.newest()) if one.kind == "webhook"]
    shown = ["ping.approved", "ping.removed"]
    assert told == ["ping.pending", *shown, *shown, *shown]


def test_a_test_of_the_webhook_is_sent_within_a_minute_and_once(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    ask_for_test(app.deliveries, NOW)
    notify.wake()
    notify.tell(MINUTE)
    assert web.asked() == ["/hook"]


def test_the_schedule_tries_webhooks_again(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    web.answers["/hook"] = page("Later", "503 Service Unavailable")
    held(web, "other.example")
    notify.tell()
    web.answers["/hook"] = page("Thanks")
    notify.wake(6 * MINUTE)
    (delivery,) = (one for one in app.deliveries.newest() if one.kind == "webhook")
    assert (delivery.state, delivery.attempts) == ("sent", 2)


def test_a_webhook_that_cannot_be_tried_fails_the_run_in_which_all_others_go(
    web: Web, notify: Notifier
) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"), notify=Notify.NONE)  # no mail is logged
    held(web, "a.example", "b.example", "c.example")
    assert notify.note(notify.changes()) == DONE
    faults.answer(app.table, "PutItem", 1, faults.error("AccessDeniedException"))
    with pytest.raises(RuntimeError, match="1 webhooks could not be tried"):
        notify.wake()
    assert web.asked().count("/hook") == 2
    notify.wake(MINUTE)
    assert web.asked().count("/hook") == 3


def heard(web: Web) -> list[tuple[str, str]]:
    """Return what the webhook was sent, in order: the ping and the event."""
    kinds = {event_id(one): one.what for one in app.deliveries.newest() if one.kind == "webhook"}
    found = [re.findall(r"(?mi)^webhook-id: (\S+)", request) for request in web.server.requests]
    return [(one.partition("_")[0], kinds[one]) for (one,) in filter(None, found)]


def test_the_events_of_one_ping_arrive_in_their_order(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    pings = held(web, "a.example", "b.example")
    for status in (Status.APPROVED, Status.REJECTED, Status.APPROVED):
        for ping in pings:
            web.store.decide(ping.id, status, NOW)
    notify.tell()
    told = ["ping.pending", "ping.approved", "ping.removed", "ping.approved"]
    for ping in pings:
        assert [event for about, event in heard(web) if about == ping.id] == told


def test_an_event_that_cannot_be_tried_is_not_overtaken_by_the_next_of_its_ping(
    web: Web, notify: Notifier
) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"), notify=Notify.NONE)
    (ping,) = held(web, "other.example")
    web.store.decide(ping.id, Status.APPROVED, NOW)
    assert notify.note(notify.changes()) == DONE
    faults.answer(app.table, "PutItem", 1, faults.error("AccessDeniedException"))
    with pytest.raises(RuntimeError, match="1 webhooks could not be tried"):
        notify.wake()
    assert heard(web) == []
    notify.wake(MINUTE)
    assert [event for _, event in heard(web)] == ["ping.pending", "ping.approved"]


def test_where_time_runs_out_what_is_left_goes_in_the_next_minute(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    noted(web, 3)
    notify.wake(milliseconds_left=app.RESERVE * 1_000 - 1)
    assert heard(web) == []
    notify.wake(MINUTE)
    assert len(heard(web)) == 3


def noted(web: Web, number: int) -> None:
    """Have an event of each of so many pings wait for the webhook."""
    for n in range(number):
        event = ping_event(f"ping{n}", "1")
        note_event(app.deliveries, event, Event.PENDING, web.ping(host=f"blog{n}.example"), NOW)


def test_only_so_many_webhooks_are_sent_a_minute(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    noted(web, app.MOST_WEBHOOKS + 2)
    notify.wake()
    assert web.asked().count("/hook") == app.MOST_WEBHOOKS
    notify.wake(MINUTE)
    assert web.asked().count("/hook") == app.MOST_WEBHOOKS + 2


def test_a_slow_receiver_holds_up_neither_mails_nor_the_other_webhooks(web: Web, notify: Notifier) -> None:
    all_have_asked = threading.Barrier(app.SIDE_BY_SIDE)
    mailed: list[int] = []

    def answer(connection: socket.socket, _: threading.Event) -> None:
        mailed.append(len(sent_mails()))
        all_have_asked.wait(5)
        connection.sendall(page("Thanks"))

    choose(web, webhook=web.url("/hook", "hook.example"))
    web.answers["/hook"] = answer
    held(web, "other.example")
    noted(web, app.SIDE_BY_SIDE - 1)
    notify.tell()
    assert mailed == [1] * app.SIDE_BY_SIDE
    assert {one.state for one in app.deliveries.newest()} == {"sent"}


def test_what_is_told_and_logged_is_no_news(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    held(web, "other.example")
    notify.tell()
    records = notify.changes()
    assert records
    assert [record for record in records if event_of(record)] == []


def test_the_apis_address_is_noted_for_the_command_line(notify: Notifier) -> None:
    notify.wake()
    assert find_api(notify.web.table) == "https://api.example"


def unsent(web: Web, *names: str, stage: Stage = Stage.REFUSED, words: str = "Closed.") -> list[SentPing]:
    """Have pings of the author's own end without success, a second after the other."""
    ledger, every = SentPings(web.table), []
    for number, name in enumerate(names):
        record = SentPing("https://blog.example/post", f"https://other.example/{name}")
        every.append(record.ended(stage, words, NOW + timedelta(seconds=number)))
        assert ledger.put(every[-1])
    return every


@pytest.mark.parametrize("stage", [Stage.REFUSED, Stage.UNCLEAR, Stage.FAILED])
def test_a_ping_of_the_authors_that_does_not_arrive_is_told_of_once(
    web: Web, notify: Notifier, stage: Stage
) -> None:
    (record,) = unsent(web, "a", stage=stage, words="Pings are <closed>.")
    for minutes in (5, 10, 60 * 24):
        notify.wake(minutes * MINUTE)
    (mail,) = sent_mails()
    assert mail["Subject"] == "A ping of yours did not arrive"
    text, html = bodies(mail)
    for part in (record.source, record.target, "https://api.example/moderate/sent"):
        assert part in text
        assert part in html
    assert f"- {stage}: Pings are <closed>." in text
    assert f"<b>{stage}</b>: Pings are &lt;closed&gt;." in html
    assert links(mail) == [Link(Action.MUTE)]
    assert list(SentPings(web.table).every()) == [record]


@pytest.mark.parametrize("stage", sorted({*Stage} - {Stage.REFUSED, Stage.UNCLEAR, Stage.FAILED}))
def test_what_needs_nobody_is_not_told_of(web: Web, notify: Notifier, stage: Stage) -> None:
    unsent(web, "a", stage=stage)
    notify.wake(5 * MINUTE)
    assert sent_mails() == []


def test_what_fails_again_is_told_of_again_and_what_arrives_meanwhile_is_not(
    web: Web, notify: Notifier
) -> None:
    first, second = unsent(web, "a", "b")
    notify.wake(5 * MINUTE)
    ledger = SentPings(web.table)
    assert ledger.put(first.ended(Stage.FAILED, "again", NOW + 6 * MINUTE))
    assert ledger.put(second.ended(Stage.REFUSED, "again", NOW + 6 * MINUTE))
    app.gather_failures(Settings())
    assert ledger.put(second.ended(Stage.REFUSED, "x", NOW).ended(Stage.ACCEPTED, "", NOW + 7 * MINUTE))
    notify.wake(20 * MINUTE)
    subjects = [mail["Subject"] for mail in sent_mails()]
    assert subjects == ["2 pings of yours did not arrive", "A ping of yours did not arrive"]
    assert first.target in bodies(sent_mails()[1])[0]


def test_failures_stand_in_the_mail_of_what_waits(web: Web, notify: Notifier) -> None:
    choose(web, notify=Notify.DAILY)
    held(web, "other.example")
    unsent(web, *map(str, range(23)))
    notify.tell()
    notify.wake(5 * MINUTE)
    notify.wake(26 * 60 * MINUTE)
    every = [bodies(mail)[0] for mail in sent_mails()]
    assert "“A reply” links to “Hello”" in [mail["Subject"] for mail in sent_mails()]
    assert sum(text.count("refused: Closed.") for text in every) == 20
    assert sum(text.count("3 more did not.") for text in every) == 1


def test_the_longest_failures_fit_what_mail_programs_show(web: Web, notify: Notifier) -> None:
    unsent(web, *(f"{number}/{'a' * 2_000}" for number in range(30)), words="w" * 250)
    notify.wake(5 * MINUTE)
    (mail,) = sent_mails()
    assert len(bodies(mail)[1].encode()) <= MOST_BYTES


def test_who_wants_no_mail_is_not_told_of_failures_later(web: Web, notify: Notifier) -> None:
    choose(web, notify=Notify.NONE)
    unsent(web, "a")
    notify.wake(5 * MINUTE)
    save_settings(web.table, Settings(), Settings(notify=Notify.NONE))
    notify.wake(10 * MINUTE)
    assert sent_mails() == []


def test_a_mail_of_failures_that_broke_off_goes_out_later(
    web: Web, notify: Notifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsent(web, "a")
    with monkeypatch.context() as broken:
        broken.setattr(app, "send", faults_in_mail)
        notify.wake(5 * MINUTE)
    notify.wake(10 * MINUTE)
    assert [mail["Subject"] for mail in sent_mails()] == ["A ping of yours did not arrive"]


def faults_in_mail(*_: object) -> str:
    """Refuse a mail."""
    raise MailFailed("SES is not there")


def test_a_change_that_could_not_be_noted_is_told_when_it_comes_again(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    (ping,) = held(web, "other.example")
    web.store.decide(ping.id, Status.APPROVED, NOW)
    records = notify.changes()
    faults.answer(triage.table, "PutItem", 1, faults.error("AccessDeniedException"))
    failed = [one["itemIdentifier"] for one in notify.note(records)["batchItemFailures"]]
    assert failed == [one["dynamodb"]["SequenceNumber"] for one in records if event_of(one)]
    assert notify.note(records) == DONE
    notify.wake()
    assert heard(web) == [(ping.id, "ping.pending"), (ping.id, "ping.approved")]


def test_what_waits_and_what_did_not_arrive_are_one_mail(web: Web, notify: Notifier) -> None:
    held(web, "other.example")
    unsent(web, "a")
    notify.tell(5 * MINUTE)
    (mail,) = sent_mails()
    assert "> A reply" in bodies(mail)[0]
    assert "refused: Closed." in bodies(mail)[0]


def test_mails_and_webhooks_are_lines_of_the_log_with_the_pings_id_and_no_words_of_its_sender(
    web: Web, notify: Notifier, capsys: pytest.CaptureFixture[str]
) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    (ping,) = held(web, "other.example", title="Words of its sender")
    capsys.readouterr()
    notify.tell()
    lines = outcomes(capsys)
    assert [outcome for outcome, _ in lines] == [
        "PingQueued", "NewsNoted", "MailSent", "PingMailed", "WebhookSent",
    ]  # fmt: skip
    assert [line.get("ping") for _, line in lines] == [ping.id, ping.id, None, ping.id, None]
    assert ping.id in lines[4][1]["delivery"]
    assert "Words of its sender" not in json.dumps(lines)


def test_a_webhook_that_refuses_is_counted_at_each_attempt(
    web: Web, notify: Notifier, capsys: pytest.CaptureFixture[str]
) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"), notify=Notify.NONE)
    web.answers["/hook"] = page("Later", "503 Service Unavailable")
    held(web, "other.example")
    notify.note(notify.changes())
    capsys.readouterr()
    notify.wake()
    notify.wake(6 * MINUTE)
    assert [outcome for outcome, _ in outcomes(capsys)] == ["WebhookFailed", "WebhookFailed"]

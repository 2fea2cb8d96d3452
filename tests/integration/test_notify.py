"""`notify`, invoked by its queue with what triage and the schedule put there, as Lambda invokes it."""

import json
import re
from dataclasses import dataclass, field
from datetime import timedelta
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from moto.backends import get_backend

from functions.notify import app
from functions.triage.app import is_news
from tests import faults
from tests.aws import confirm, sent_mails
from tests.events import Context, queue_event
from tests.integration.conftest import NOW, Web, outcomes
from tests.streams import records_of
from tests.websites import page
from trackback.fetch import Fetcher
from trackback.keys import Keys
from trackback.ledger import Sending, Stage
from trackback.mail import MailFailed
from trackback.ping import Ping, Status
from trackback.publishing import find_api
from trackback.rules import read_rule
from trackback.settings import Notify, Settings, save_rules, save_settings
from trackback.table_ledger import TableLedger
from trackback.tokens import Action, Link, read_link
from trackback.webhook import Webhook, ask_for_test

AUTHOR = "author@blog.example"
TICK = {"id": "1", "detail-type": "Scheduled Event", "source": "aws.events", "detail": {}}
SCHEDULED = queue_event(TICK)
DONE: dict[str, Any] = {"batchItemFailures": []}
MINUTE = timedelta(minutes=1)
LATER = NOW + timedelta(days=1)
LINK = re.compile(r"https://api\.example/moderate/link/([\w.-]+)")


@dataclass
class Notifier:
    """The deployed function, its clock, and the changes that it has not been told of yet."""

    web: Web
    monkeypatch: pytest.MonkeyPatch
    seen: set[str] = field(default_factory=set)

    def changes(self) -> list[dict[str, Any]]:
        """Return what triage would queue of the stream since this was last asked."""
        news = filter(is_news, records_of("trackback"))
        new = [record for record in news if record["eventID"] not in self.seen]
        self.seen |= {record["eventID"] for record in new}
        return new

    def wake(self, event: dict[str, Any], after: timedelta = timedelta()) -> dict[str, Any]:
        """Invoke the handler some time after `NOW`."""
        clock = SimpleNamespace(now=lambda _: NOW + after)
        self.monkeypatch.setattr(app, "datetime", clock)
        return app.handler(event, Context())  # type: ignore[arg-type]

    def tell(self, after: timedelta = timedelta()) -> dict[str, Any]:
        """Bring what is new in the stream; return the event, to be brought again."""
        event = queue_event(*self.changes())
        assert self.wake(event, after) == DONE
        return event

    def log(self) -> list[tuple[str, str, int]]:
        """Return what the log says of mails."""
        found = app.deliveries.newest()
        return [(one.what, one.state, one.attempts) for one in found if one.kind == "mail"]


@pytest.fixture
def notify(web: Web, monkeypatch: pytest.MonkeyPatch) -> Notifier:
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
        Link(Action.APPROVE, ping.id, ping.texts_id),
        Link(Action.REJECT, ping.id, ping.texts_id),
        Link(Action.SPAM, ping.id, ping.texts_id),
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
    assert web.table.get(ping.id).told.startswith("ping@")


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
    event = notify.tell()
    for n in (1, 2, 10):
        notify.wake(event, n * MINUTE)
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
    notify.wake(SCHEDULED, 3 * MINUTE)
    assert len(sent_mails()) == 1
    notify.wake(SCHEDULED, 8 * MINUTE)
    assert len(sent_mails()) == 1


def test_a_flood_makes_one_mail_that_shows_twenty_and_says_how_many_more(web: Web, notify: Notifier) -> None:
    pings = [web.add("/re", f"blog{n}.example") for n in range(25)]
    for ping in pings:
        web.table.decide(ping.id, Status.PENDING, NOW, by="check")
    notify.tell()
    held(web, "late.example")
    notify.tell(MINUTE)
    (mail,) = sent_mails()
    assert mail["Subject"] == "25 TrackBacks wait for you"
    assert len({link.ping for link in links(mail)} & {ping.id for ping in pings}) == 20
    assert all("\n5 more wait.\n" in re.sub("<.*?>", "", body) for body in bodies(mail))
    notify.wake(SCHEDULED, 5 * MINUTE)
    assert sent_mails()[1]["Subject"] == "“A reply” links to “Hello”"


def test_the_longest_pings_fit_what_mail_programs_show(web: Web, notify: Notifier) -> None:
    for n in range(20):
        words = {"title": "🌱" * 250, "excerpt": "日本語" * 166, "blog_name": "&<>" * 83}
        ping = web.add(f"/{n}?{'x' * 1_900}", f"blog{n}.example", **words)
        web.table.decide(ping.id, Status.PENDING, NOW, by="check")
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
    notify.wake(SCHEDULED, timedelta(hours=23))
    assert len(sent_mails()) == 1
    notify.wake(SCHEDULED, timedelta(hours=25))
    assert sent_mails()[1]["Subject"] == "2 TrackBacks wait for you"


def test_none_means_that_nothing_is_mailed_nor_kept_for_later(web: Web, notify: Notifier) -> None:
    choose(web, notify=Notify.NONE)
    held(web, "a.example")
    notify.tell()
    save_settings(web.table, Settings(), Settings(notify=Notify.NONE))
    notify.wake(SCHEDULED, 10 * MINUTE)
    assert sent_mails() == []


def test_what_was_decided_before_the_mail_went_is_not_in_it(web: Web, notify: Notifier) -> None:
    decided, waiting = held(web, "a.example", "b.example")
    web.table.decide(decided.id, Status.REJECTED, NOW)
    notify.tell()
    (mail,) = sent_mails()
    assert {link.ping for link in links(mail)} == {waiting.id, ""}


def test_a_revision_is_told_once_with_both_texts_and_an_undo_is_not(web: Web, notify: Notifier) -> None:
    (ping,) = held(web, "other.example")
    notify.tell()
    web.table.decide(ping.id, Status.APPROVED, NOW)
    web.add(title="A better reply", excerpt="Better words")
    web.verify(ping)
    event = notify.tell(MINUTE)
    notify.wake(event, 2 * MINUTE)
    _, second = sent_mails()
    assert second["Subject"] == "“A better reply” on “Hello” was sent again with other words"
    assert {link.words for link in links(second)} == {web.table.get(ping.id).revision_id, ""}
    for body in bodies(second):
        assert body.index("Readers see") < body.index("Some words") < body.index("Better words")
    web.table.decide(ping.id, Status.PENDING, NOW)
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
    verdict = {"link": "found", "sentence": raw, "text": "script", "title": raw, "url": "https://x.example/"}
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
    event = queue_event(*notify.changes())
    for n in (1, 2):
        assert notify.wake(event, n * MINUTE) == DONE  # it waits in the outbox anyway
        assert notify.log() == [("“A reply” links to “Hello”", "failed", n)]
    assert web.asked().count("/hook") == 1
    assert notify.wake(SCHEDULED, 3 * MINUTE) == DONE
    counted = [outcome for outcome, _ in outcomes(capsys)]
    assert counted.count("MailRefused") == 3
    assert "MailSent" not in counted
    confirm(AUTHOR)
    notify.wake(SCHEDULED, 4 * MINUTE)
    assert len(sent_mails()) == 1
    assert notify.log() == [("“A reply” links to “Hello”", "sent", 4)]


def test_the_webhook_is_told_what_happens_to_a_ping(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    (ping,) = held(web, "other.example")
    notify.tell()
    for n, status in enumerate([Status.APPROVED, Status.REJECTED, Status.APPROVED, Status.PENDING], 1):
        web.table.decide(ping.id, status, NOW + n * MINUTE)
        notify.tell(n * MINUTE)
    web.table.decide(ping.id, Status.APPROVED, NOW)
    notify.tell(6 * MINUTE)
    boto3.client("dynamodb").delete_item(TableName="trackback", Key={"id": {"S": ping.id}})
    notify.tell(7 * MINUTE)
    told = [one.what for one in reversed(app.deliveries.newest()) if one.kind == "webhook"]
    shown = ["ping.approved", "ping.removed"]
    assert told == ["ping.pending", *shown, *shown, *shown]


def test_a_test_of_the_webhook_is_sent_when_it_is_asked_for(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    ask_for_test(app.deliveries, NOW)
    notify.tell()
    assert web.asked() == ["/hook"]


def test_the_schedule_tries_webhooks_again(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    web.answers["/hook"] = page("Later", "503 Service Unavailable")
    held(web, "other.example")
    notify.tell()
    web.answers["/hook"] = page("Thanks")
    notify.wake(SCHEDULED, 6 * MINUTE)
    (delivery,) = (one for one in app.deliveries.newest() if one.kind == "webhook")
    assert (delivery.state, delivery.attempts) == ("sent", 2)


def test_a_change_that_cannot_be_told_of_is_named_and_the_others_are_told(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"), notify=Notify.NONE)
    held(web, "a.example", "b.example", "c.example")
    event = queue_event(*notify.changes())
    faults.answer(app.table, "PutItem", 1, faults.error("AccessDeniedException"))
    (failed,) = notify.wake(event)["batchItemFailures"]
    assert failed["itemIdentifier"] in {"message-0", "message-1", "message-2"}
    assert web.asked().count("/hook") == 2
    assert notify.wake(event, MINUTE) == DONE
    assert web.asked().count("/hook") == 3


def test_what_is_told_and_logged_wakes_nobody_again(web: Web, notify: Notifier) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"))
    held(web, "other.example")
    notify.tell()
    assert notify.changes() == []


def test_the_apis_address_is_noted_for_the_command_line(notify: Notifier) -> None:
    notify.wake(SCHEDULED)
    assert find_api(notify.web.table) == "https://api.example"


def unsent(web: Web, *names: str, stage: Stage = Stage.REFUSED, words: str = "Closed.") -> list[Sending]:
    """Have pings of the author's own end without success, a second after the other."""
    ledger, every = TableLedger(web.table), []
    for number, name in enumerate(names):
        record = Sending("https://blog.example/post", f"https://other.example/{name}")
        every.append(record.ended(stage, words, NOW + timedelta(seconds=number)))
        assert ledger.put(every[-1])
    return every


@pytest.mark.parametrize("stage", [Stage.REFUSED, Stage.UNCLEAR, Stage.FAILED])
def test_a_ping_of_the_authors_that_does_not_arrive_is_told_of_once(
    web: Web, notify: Notifier, stage: Stage
) -> None:
    (record,) = unsent(web, "a", stage=stage, words="Pings are <closed>.")
    for minutes in (5, 10, 60 * 24):
        notify.wake(SCHEDULED, minutes * MINUTE)
    (mail,) = sent_mails()
    assert mail["Subject"] == "A ping of yours did not arrive"
    text, html = bodies(mail)
    for part in (record.source, record.target, "https://api.example/moderate/sent"):
        assert part in text
        assert part in html
    assert f"- {stage}: Pings are <closed>." in text
    assert f"<b>{stage}</b>: Pings are &lt;closed&gt;." in html
    assert links(mail) == [Link(Action.MUTE)]
    assert list(TableLedger(web.table).every()) == [record]


@pytest.mark.parametrize("stage", sorted({*Stage} - {Stage.REFUSED, Stage.UNCLEAR, Stage.FAILED}))
def test_what_needs_nobody_is_not_told_of(web: Web, notify: Notifier, stage: Stage) -> None:
    unsent(web, "a", stage=stage)
    notify.wake(SCHEDULED, 5 * MINUTE)
    assert sent_mails() == []


def test_what_fails_again_is_told_of_again_and_what_arrives_meanwhile_is_not(
    web: Web, notify: Notifier
) -> None:
    first, second = unsent(web, "a", "b")
    notify.wake(SCHEDULED, 5 * MINUTE)
    ledger = TableLedger(web.table)
    assert ledger.put(first.ended(Stage.FAILED, "again", NOW + 6 * MINUTE))
    assert ledger.put(second.ended(Stage.REFUSED, "again", NOW + 6 * MINUTE))
    app.gather_failures(Settings())
    assert ledger.put(second.ended(Stage.REFUSED, "x", NOW).ended(Stage.ACCEPTED, "", NOW + 7 * MINUTE))
    notify.wake(SCHEDULED, 20 * MINUTE)
    subjects = [mail["Subject"] for mail in sent_mails()]
    assert subjects == ["2 pings of yours did not arrive", "A ping of yours did not arrive"]
    assert first.target in bodies(sent_mails()[1])[0]


def test_failures_stand_in_the_mail_of_what_waits(web: Web, notify: Notifier) -> None:
    choose(web, notify=Notify.DAILY)
    held(web, "other.example")
    unsent(web, *map(str, range(23)))
    notify.tell()
    notify.wake(SCHEDULED, 5 * MINUTE)
    notify.wake(SCHEDULED, 26 * 60 * MINUTE)
    every = [bodies(mail)[0] for mail in sent_mails()]
    assert "“A reply” links to “Hello”" in [mail["Subject"] for mail in sent_mails()]
    assert sum(text.count("refused: Closed.") for text in every) == 20
    assert sum(text.count("3 more did not.") for text in every) == 1


def test_the_longest_failures_fit_what_mail_programs_show(web: Web, notify: Notifier) -> None:
    unsent(web, *(f"{number}/{'a' * 2_000}" for number in range(30)), words="w" * 250)
    notify.wake(SCHEDULED, 5 * MINUTE)
    (mail,) = sent_mails()
    assert len(bodies(mail)[1].encode()) <= app.MOST_BYTES


def test_who_wants_no_mail_is_not_told_of_failures_later(web: Web, notify: Notifier) -> None:
    choose(web, notify=Notify.NONE)
    unsent(web, "a")
    notify.wake(SCHEDULED, 5 * MINUTE)
    save_settings(web.table, Settings(), Settings(notify=Notify.NONE))
    notify.wake(SCHEDULED, 10 * MINUTE)
    assert sent_mails() == []


def test_a_mail_of_failures_that_broke_off_goes_out_later(
    web: Web, notify: Notifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsent(web, "a")
    with monkeypatch.context() as broken:
        broken.setattr(app, "send", faults_in_mail)
        assert notify.wake(SCHEDULED, 5 * MINUTE) == DONE
    notify.wake(SCHEDULED, 10 * MINUTE)
    assert [mail["Subject"] for mail in sent_mails()] == ["A ping of yours did not arrive"]


def faults_in_mail(*_: object) -> str:
    """Refuse a mail."""
    raise MailFailed("SES is not there")


def test_after_a_change_that_failed_the_later_ones_of_its_ping_come_again_with_it(
    web: Web, notify: Notifier
) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"), notify=Notify.NONE)
    (ping,) = held(web, "other.example")
    web.table.decide(ping.id, Status.APPROVED, NOW)
    event = queue_event(*notify.changes())
    faults.answer(app.table, "PutItem", 1, faults.error("AccessDeniedException"))
    failed = [one["itemIdentifier"] for one in notify.wake(event)["batchItemFailures"]]
    assert failed == ["message-0", "message-1"]
    assert web.asked().count("/hook") == 0
    assert notify.wake(event, MINUTE) == DONE
    assert web.asked().count("/hook") == 2


def test_changes_and_the_schedule_are_done_in_one_batch(web: Web, notify: Notifier) -> None:
    held(web, "other.example")
    unsent(web, "a")
    assert notify.wake(queue_event(*notify.changes(), TICK, {**TICK, "id": "2"}), 5 * MINUTE) == DONE
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
    assert [outcome for outcome, _ in lines] == ["MailSent", "PingMailed", "WebhookSent"]
    assert [line.get("ping") for _, line in lines] == [None, ping.id, ping.id]
    assert "Words of its sender" not in json.dumps(lines)


def test_a_webhook_that_refuses_is_counted_at_each_attempt(
    web: Web, notify: Notifier, capsys: pytest.CaptureFixture[str]
) -> None:
    choose(web, webhook=web.url("/hook", "hook.example"), notify=Notify.NONE)
    web.answers["/hook"] = page("Later", "503 Service Unavailable")
    held(web, "other.example")
    capsys.readouterr()
    notify.tell()
    notify.wake(SCHEDULED, 6 * MINUTE)
    assert [outcome for outcome, _ in outcomes(capsys)] == ["WebhookFailed", "WebhookFailed"]

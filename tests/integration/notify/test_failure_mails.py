"""The author's own pings that did not arrive are mailed, each once."""

from datetime import timedelta

import pytest

from functions.notify import app
from tests.integration.conftest import NOW, Web
from tests.integration.notify.conftest import MINUTE, Notifier, bodies, choose, held, links
from tests.stack.aws import sent_mails
from trackback.model.sent_ping import SentPing, Stage
from trackback.model.settings import Notify, Settings
from trackback.notifications import mail_run
from trackback.notifications.mail import MailFailed
from trackback.notifications.mail_renderer import MOST_BYTES
from trackback.sending.feed_trouble import end_trouble, note_trouble
from trackback.signing import Action, MailLink
from trackback.storage.sent_pings import SentPings
from trackback.storage.settings import save_settings


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
    assert links(mail) == [MailLink(Action.MUTE)]
    assert list(SentPings(web.table).every()) == [record]


def test_a_feed_that_stays_unreadable_is_told_of_once(web: Web, notify: Notifier) -> None:
    ledger, feed = SentPings(web.table), "https://blog.example/feed.xml"
    for hours in range(26):
        note_trouble(ledger, feed, "the server answers 404", NOW + timedelta(hours=hours))
        notify.wake(timedelta(hours=hours))
        assert len(sent_mails()) == (hours >= 24)
    (mail,) = sent_mails()
    assert mail["Subject"] == "Your blog's feed cannot be read"
    text, html = bodies(mail)
    assert (
        "Your blog's feed cannot be read:\n\n> https://blog.example/feed.xml\n- failed: it cannot be" in text
    )
    assert "Your feed</span>" in html
    assert "feed:https" not in text + html
    end_trouble(ledger, feed)
    assert list(ledger.every()) == []


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
        broken.setattr(mail_run, "send", faults_in_mail)
        notify.wake(5 * MINUTE)
    notify.wake(10 * MINUTE)
    assert [mail["Subject"] for mail in sent_mails()] == ["A ping of yours did not arrive"]


def faults_in_mail(*_: object) -> str:
    """Refuse a mail."""
    raise MailFailed("SES is not there")


def test_what_waits_and_what_did_not_arrive_are_one_mail(web: Web, notify: Notifier) -> None:
    held(web, "other.example")
    unsent(web, "a")
    notify.tell(5 * MINUTE)
    (mail,) = sent_mails()
    assert "> A reply" in bodies(mail)[0]
    assert "refused: Closed." in bodies(mail)[0]

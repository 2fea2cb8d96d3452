"""The author's rules, settings, closed posts and overview, as pages and forms."""

import html
import re

import pytest

from tests.integration.conftest import outcomes
from tests.stack.aws import confirm, sent_mails, unconfirm
from tests.support.admin_client import ORIGIN, QUEUE, SETTINGS, Visitor, Waiting, new_mails, now
from trackback.model.ping import Status
from trackback.model.rule import Effect, Matches, Rule
from trackback.model.settings import Notify, Settings
from trackback.storage.closed_posts import load_closed
from trackback.storage.deliveries import Deliveries
from trackback.storage.pings import PingStore
from trackback.storage.settings import load_rules, load_settings, save_rules
from trackback.storage.table import Table


def test_a_stored_rule_that_is_too_wide_is_named_as_such(author: Visitor, table: Table) -> None:
    wide, narrow = (Rule(Effect.ALLOW, Matches.HOST, host) for host in ("github.io", "ann.github.io"))
    save_rules(table, [wide, narrow], [])
    page = author.read(f"{QUEUE}/rules")
    assert page.count("Approves nothing.") == 1
    assert "Many people share github.io. Allow one of them: allow host name.github.io" in page


def test_rules_are_added_and_removed(author: Visitor, table: Table) -> None:
    rule = {"effect": "block", "kind": "host", "value": "https://Spam.example/"}
    author.post(f"{QUEUE}/rules", {**rule, "do": "add"})
    assert list(map(str, load_rules(table))) == ["block host spam.example"]
    assert "spam.example" in author.read(f"{QUEUE}/rules")
    author.post(f"{QUEUE}/rules", {"remove": "host:spam.example"})
    assert load_rules(table) == []


def test_the_rules_page_tells_how_often_each_reason_was_right(author: Visitor, table: Table) -> None:
    assert "How often each reason was right" not in author.read(f"{QUEUE}/rules")
    table.write("words#", "reasons", {"names": [1, 12]})
    shown = author.read(f"{QUEUE}/rules")
    assert re.search(r"Title and blog name are the same</th><td>12 of 13<", shown)


@pytest.mark.parametrize("value", ["", "a b", "com", "<script>", "x" * 600])
def test_a_rule_that_is_none_stays_in_the_form_with_the_reason(author: Visitor, value: str) -> None:
    answer = author.post(f"{QUEUE}/rules", {"effect": "allow", "kind": "host", "value": value})
    assert answer["statusCode"] == 400
    assert 'id="problem"' in answer["body"]
    assert f'value="{html.escape(value)}"' in answer["body"]


def test_settings_are_saved_and_shown(author: Visitor, table: Table) -> None:
    form = {
        "notify": "daily",
        "webhook": "https://hooks.example/x",
        "events": ["ping.approved"],
        "keep_days": "90",
        "feed": "https://blog.example/feed.xml",
        "pings": "20",
        "oldest": "7",
        "never": "other.example\r\n<b>.example",
    }
    answer = author.post(SETTINGS, form)
    assert (answer["statusCode"], "&lt;b&gt;.example</textarea>" in answer["body"]) == (400, True)
    author.post(SETTINGS, {**form, "never": "other.example"})
    settings = load_settings(table)
    assert (settings.feed, settings.pings, settings.oldest) == (form["feed"], 20, 7)
    assert (settings.notify, settings.keep_days, settings.events) == (Notify.DAILY, 90, ("ping.approved",))
    page = author.read(SETTINGS)
    assert 'value="daily" checked' in page
    assert 'value="ping.approved" checked' in page
    assert 'value="ping.pending" checked' not in page
    assert all(f'value="{form[name]}"' in page for name in ("feed", "pings", "oldest"))
    assert ">other.example</textarea>" in page


def test_settings_that_cannot_be_are_left_in_the_form_with_the_reason(author: Visitor, table: Table) -> None:
    answer = author.post(SETTINGS, {"notify": "daily", "webhook": "javascript:x", "keep_days": "90"})
    assert answer["statusCode"] == 400
    assert all(words in answer["body"] for words in ("whole URL", "javascript:x", 'value="daily" checked'))
    assert load_settings(table) == Settings()


def test_posts_are_closed_and_opened_again(author: Visitor, table: Table) -> None:
    author.post(f"{QUEUE}/closed", {"do": "close", "entry": "https://www.blog.example/2026/hello/"})
    assert load_closed(table) == {"blog.example/2026/hello"}
    assert "blog.example/2026/hello" in author.read(SETTINGS)
    author.post(f"{QUEUE}/closed", {"do": "reopen", "entry": "blog.example/2026/hello"})
    assert not load_closed(table)


@pytest.mark.parametrize("entry", ["", "elsewhere.example/x", "<script>", "x" * 3_000])
def test_what_is_not_ours_cannot_be_closed(author: Visitor, table: Table, entry: str) -> None:
    answer = author.post(f"{QUEUE}/closed", {"do": "close", "entry": entry})
    assert answer["statusCode"] == 400
    assert "closing-problem" in answer["body"]
    assert not load_closed(table)


def test_a_pings_page_has_its_posts_switch(author: Visitor, waiting: Waiting) -> None:
    ping = waiting()
    answer = author.post(f"{QUEUE}/closed", {"do": "close", "entry": ping.post_key, "back": ping.id})
    assert answer["headers"]["Location"] == f"{QUEUE}/ping/{ping.id}"
    assert "Open it again" in author.read(f"{QUEUE}/ping/{ping.id}")
    author.post(f"{QUEUE}/closed", {"do": "close", "entry": "blog.example"})
    assert "The whole site takes no TrackBacks" in author.read(f"{QUEUE}/ping/{ping.id}")


def test_a_test_mail_goes_out_and_into_the_log(author: Visitor, table: Table) -> None:
    confirm("author@blog.example")
    before = len(sent_mails())
    author.post(f"{SETTINGS}/test-mail")
    assert f"{ORIGIN}/moderate" in new_mails(before)[0]
    assert "on its way" in author.notice()
    (logged,) = Deliveries(table).newest()
    assert (logged.kind, logged.state, logged.what in author.read(SETTINGS)) == ("mail", "sent", True)


def test_a_test_mail_that_cannot_be_sent_says_why_and_is_counted(
    author: Visitor, capsys: pytest.CaptureFixture[str]
) -> None:
    unconfirm("author@blog.example")
    author.post(f"{SETTINGS}/test-mail")
    assert [outcome for outcome, _ in outcomes(capsys)] == ["MailRefused"]
    assert "could not be sent: SES" in author.notice()
    assert "✗ failed" in author.read(SETTINGS)


def test_a_test_of_the_webhook_is_left_to_notify(author: Visitor, table: Table) -> None:
    author.post(f"{SETTINGS}/test-webhook")
    (waits,) = Deliveries(table).newest()
    assert (waits.what, waits.state, waits.attempts) == ("ping.test", "waiting", 0)
    assert "within a minute" in author.notice()
    assert "… waiting" in author.read(SETTINGS)


def test_the_webhooks_secret_can_be_changed(author: Visitor) -> None:
    def secret() -> str:
        return re.findall(r"whsec_[\w+/=]+", author.read(SETTINGS))[0]  # type: ignore[no-any-return]

    before = secret()
    author.post(f"{SETTINGS}/new-secret")
    assert secret() != before


def test_the_overview_has_charts_and_tables(author: Visitor, store: PingStore, waiting: Waiting) -> None:
    store.decide(waiting().id, Status.APPROVED, now())
    page = author.read(f"{QUEUE}/overview")
    assert page.count("<svg") == 4
    assert page.count("</table>") == 3
    assert "style=" not in page

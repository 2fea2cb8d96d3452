"""A stranger's words stay words in a mail and in the log."""

import json
import re

import boto3
import pytest

from tests.integration.conftest import Web, outcomes
from tests.integration.notify.conftest import AUTHOR, Notifier, bodies, choose, held
from tests.stack.aws import sent_mails
from trackback.storage.api_address import find_api
from trackback.storage.stream import event_of

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

"""Hostile texts in the mails to the author: in a mail program they are read, and head no mail."""

from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from playwright.sync_api import Browser

from functions.notify import app
from functions.triage import app as triage
from tests.demo.site import DemoBlog
from tests.e2e.hostile import TEXTS, hostile
from tests.e2e.watch import Watch
from tests.stack.aws import confirm, make_anew, sent_mails
from tests.stack.servers import serving
from tests.support.events import Context
from trackback.model.ping import Status
from trackback.storage.dynamodb import to_item
from trackback.storage.items import to_attributes
from trackback.storage.table import Table

AT_ONCE = 10
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
}


@pytest.fixture(scope="module")
def sent() -> list[EmailMessage]:
    """The mails about a ping of each payload, and about pings of many payloads: alone, and in digests."""
    table = Table("trackback")
    make_anew(table)
    confirm(app.envelope.author)
    before = len(sent_mails())
    batches = [[number] for number in range(0, len(TEXTS), 16)]
    batches += [list(range(first, first + AT_ONCE)) for first in range(0, len(TEXTS), AT_ONCE)]
    for number, numbers in enumerate(batches):
        _announce(table, f"mail-{number}", numbers)
    return sent_mails()[before:]


def _announce(table: Table, name: str, numbers: list[int]) -> None:
    items = [
        to_item(to_attributes(hostile("http://blog.example/2026/hello/", number, Status.PENDING)))
        for number in numbers
    ]
    _write(table, [{"PutRequest": {"Item": item}} for item in items])
    records: list[Any] = []
    for number, item in enumerate(items):
        images = {"Keys": {"id": item["id"]}, "NewImage": item, "OldImage": {"id": item["id"]}}
        change = {"SequenceNumber": str(number), **images}
        records.append({"eventID": f"{name}-{number}", "eventName": "MODIFY", "dynamodb": change})
    context: Any = Context()
    assert triage.handler({"Records": records}, context) == {"batchItemFailures": []}
    app.handler({}, context)
    pause = {"id": {"S": "mail#"}}
    _write(table, [{"DeleteRequest": {"Key": key}} for key in (pause, *({"id": one["id"]} for one in items))])


def _write(table: Table, requests: list[Any]) -> None:
    table.client.batch_write_item(RequestItems={table.name: requests})


@pytest.fixture
def watch(browser: Browser) -> Iterator[Watch]:
    with browser.new_context() as context:
        yield Watch(context)


def test_in_a_mail_program_they_are_only_read(sent: list[EmailMessage], watch: Watch) -> None:
    assert len(sent) >= len(TEXTS) // AT_ONCE
    with serving(DemoBlog(lambda: sent)) as server:
        assert watch.look(f"http://localhost:{server.port}/mailbox/all/") == []
    assert len(watch.page.frames) == len(sent) + 1


def test_they_head_no_mail(sent: list[EmailMessage]) -> None:
    for mail in sent:
        assert set(mail.keys()) - {"Content-Transfer-Encoding"} == HEADERS
        assert len(mail.keys()) == len(set(mail.keys()))
        assert mail["To"] == app.envelope.author
        assert [part.get_content_type() for part in mail.walk()] == [
            "multipart/alternative",
            "text/plain",
            "text/html",
        ]


def test_no_text_steers_a_terminal_or_a_line(sent: list[EmailMessage]) -> None:
    unseen = {chr(number) for number in (*range(9), *range(11, 32), *range(127, 160), 0x202E, 0x2028)}
    for mail in sent:
        body = mail.get_body(("plain",))
        assert body
        assert unseen.intersection(body.get_content().replace("\r\n", "\n")) == set()
        assert unseen.intersection(mail["Subject"]) == set()

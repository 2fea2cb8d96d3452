"""Work that the version before the rooms had begun: mails, webhooks, sent pings, jobs and a feed go on."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import pytest
from moto.backends import get_backend
from werkzeug.wrappers import Request, Response

from functions.notify import app as notify
from functions.send import app as send
from tests.stack.aws import confirm, sent_mails
from tests.support.admin_client import QUEUE, Visitor
from tests.support.events import Context
from tests.support.receivers import Web, post
from tests.support.receivers import web as server
from tests.support.stored_records import IDS, RECORDS, STORED_AT, OneServer, store_records, stored
from trackback.model.sending_limits import SendingLimits
from trackback.notifications.webhook import Webhook
from trackback.sending.feed_poll import poll_feed
from trackback.sending.sender import Sender
from trackback.storage.sent_pings import SentPings
from trackback.storage.signing_keys import Keys
from trackback.storage.table import Table

HOUR = timedelta(hours=1)
FEED = "https://blog.example/feed.xml"
SENT = {
    record["target"]["S"].rpartition("/")[2] or "unread": record["id"]["S"]
    for record in RECORDS
    if record["id"]["S"].startswith("sent#")
}
JOBS = [record for record in RECORDS if record["id"]["S"].startswith("send#")]
WEBHOOKS = {
    record["id"]["S"][-1]: record["id"]["S"]
    for record in RECORDS
    if record["id"]["S"].startswith("delivery#") and record["kind"]["S"] == "webhook"
}


@pytest.fixture(autouse=True)
def _stored(table: Table) -> None:  # noqa: ARG001 - there is an empty table
    store_records()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """The blog, and every other site."""
    get_backend("ses")["123456789012"]["us-east-1"].sent_messages.clear()
    confirm("author@blog.example")
    with server() as site:
        fetcher = OneServer(site.url)
        webhook = Webhook(fetcher, Keys("/trackback/trackback/webhook-key"), notify.deliveries)
        monkeypatch.setattr(notify, "webhook", webhook)
        monkeypatch.setattr(send, "fetcher", fetcher)
        site.pages["/trackback"] = "Thanks."
        yield site


@pytest.fixture
def wake(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Have the schedule invoke notify some time after the records were stored."""

    def run(after: timedelta) -> None:
        monkeypatch.setattr(notify, "datetime", SimpleNamespace(now=lambda _: STORED_AT + after))
        notify.handler({}, Context())  # type: ignore[arg-type]

    return run


@pytest.fixture
def sender(table: Table, site: Web) -> Sender:
    """A sender that runs four hours after the last ping was sent."""
    return Sender(
        OneServer(site.url),
        SentPings(table),
        own=["blog.example"],
        limits=SendingLimits(pause=timedelta()),
        clock=lambda: datetime.fromisoformat("2026-11-23T16:00:00Z"),
    )


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body
    return str(body.get_content())


def stage(name: str) -> str:
    return str(stored(SENT[name])["stage"]["S"])


@pytest.mark.usefixtures("site")
def test_a_mail_that_was_claimed_is_tried_again(wake: Any) -> None:
    claimed = stored("mail#")["mail"]["S"]
    wake(HOUR)
    (mail,) = sent_mails()
    text = text_of(mail)
    assert mail["Subject"] == "3 TrackBacks wait for you"
    assert all(f"About {name}" in text for name in ("found", "missing", "not-there"))
    assert stored(f"delivery#mail-{claimed}")["attempts"] == {"N": "2"}
    assert stored(IDS["found"])["told"] == {"S": f"ping@{claimed}"}
    wake(HOUR + timedelta(minutes=10))
    assert len(sent_mails()) == 1


@pytest.mark.usefixtures("site")
def test_reasons_do_not_repeat_what_is_said_of_the_link(wake: Any) -> None:
    wake(HOUR)
    text = " ".join(text_of(sent_mails()[0]).split())
    assert text.count("The page links to your post.") == 1
    assert "- The link tells search engines not to count it." in text
    assert "The page does not link to your post: the server answers 404." in text
    assert "The source " not in text


@pytest.mark.usefixtures("site")
def test_what_waits_comes_with_the_next_mail_and_what_was_told_does_not(wake: Any) -> None:
    wake(HOUR)
    notify.outbox.add({IDS["told"], IDS["approved-revised"]})
    wake(HOUR + timedelta(days=1))
    text = text_of(sent_mails()[1])
    assert "About broken" in text
    assert not any(f"About {name}" in text for name in ("told", "approved-revised", "found"))
    failed = ("refused", "unclear", "failed", "settled")
    assert all(f"https://there.example/p/{name}" in text for name in failed)
    assert not any("due" in stored(SENT[name]) for name in failed)


def test_webhooks_that_wait_are_tried_when_they_are_due(site: Web, wake: Any) -> None:
    told: list[str] = []

    def thank(request: Request) -> Response:
        told.append(request.get_data(as_text=True))
        return Response("Thanks.")

    site.pages["/trackback"] = thank
    new, failed, died = (stored(WEBHOOKS[n])["body"]["S"] for n in "125")
    wake(timedelta(minutes=8))
    assert told == [new]
    wake(HOUR)
    assert sorted(told[1:]) == sorted([failed, died])
    assert [stored(WEBHOOKS[n])["attempts"]["N"] for n in "12345"] == ["1", "3", "1", "1", "2"]
    assert [stored(WEBHOOKS[n])["state"]["S"] for n in "12345"] == ["sent", "sent", "failed", "sent", "sent"]


def test_a_webhook_that_fails_again_waits_as_long_as_it_would_have(site: Web, wake: Any) -> None:
    site.pages["/trackback"] = Response("Busy.", 503)
    wake(HOUR)
    assert stored(WEBHOOKS["2"])["check_at"] == {"S": "2026-11-22T13:00:00.000Z"}


def test_the_author_sees_what_was_delivered_and_sent(author: Visitor) -> None:
    settings = author.read(f"{QUEUE}/settings")
    assert all(
        said in settings for said in ("HTTP 410: Gone.", "HTTP 503: Busy.", "Email address is not verified.")
    )
    assert "Comments are closed" in author.read(f"{QUEUE}/sent")
    jobs = author.read(f"{QUEUE}/send")
    assert jobs.count("https://there.example/p/job") >= 2
    assert "its server answers 404" in jobs


def test_what_arrived_is_never_sent_again(site: Web, sender: Sender) -> None:
    names = ("accepted", "duplicate", "refused", "unclear", "later", "failed", "plain", "settled")
    site.pages["/2026/sent/"] = post(*(f"https://there.example/p/{name}" for name in names))
    sender.send("https://blog.example/2026/sent/", retry=True)
    assert set(site.pinged()) == {"refused", "unclear", "later", "failed", "plain", "settled"}
    assert [stage(name) for name in ("accepted", "duplicate", "refused")] == [
        "accepted",
        "duplicate",
        "accepted",
    ]


def test_what_is_due_is_sent_and_a_claim_that_is_over_is_not(site: Web, sender: Sender) -> None:
    later = [f"https://there.example/p/{name}" for name in ("later", "accepted")]
    site.pages["/2026/sent/"] = post(*later)
    site.pages["/2026/claimed/"] = post("https://there.example/p/claimed")
    site.pages["/2026/unread/"] = post("https://there.example/p/new")
    sender.send_due()
    assert sorted(site.pinged()) == ["later", "new"]
    assert [stage(name) for name in ("later", "claimed")] == ["accepted", "unclear"]
    assert stored(SENT["later"])["attempts"] == {"N": "2"}
    assert stored(SENT["unread"]) == {}


def test_jobs_that_wait_are_finished_and_others_are_left_alone(site: Web) -> None:
    site.pages["/2026/claimed/"] = post("https://there.example/p/claimed")
    site.pages["/2026/job/"] = post(
        "https://there.example/p/job", "https://there.example/p/else", title="My job"
    )
    for job in JOBS:
        send.handler({"order": job["id"]["S"]}, Context())  # type: ignore[arg-type]
    assert site.pinged() == ["asked"]
    waited = [job for job in JOBS if job["state"]["S"] == "waiting"]
    assert all(stored(job["id"]["S"]) == job for job in JOBS if job not in waited)
    asked, dry_run = (stored(job["id"]["S"]) for job in sorted(waited, key=lambda job: "dry_run" in job))
    assert [job["state"]["S"] for job in (asked, dry_run)] == ["done", "done"]
    assert asked["steps"]["L"][0]["M"]["stage"] == {"S": "accepted"}
    assert len(dry_run["steps"]["L"]) == 2


def test_posts_of_the_feed_that_were_seen_send_nothing(site: Web, sender: Sender) -> None:
    items = "".join(
        f"<item><title>{name.title()}</title><link>https://blog.example/2026/{name}/</link>"
        f"<description>{name.title()}.</description></item>"
        for name in ("three", "one", "two")
    )
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Blog</title>{items}</channel></rss>'
    site.pages["/feed.xml"] = Response(feed, content_type="application/rss+xml")
    for name in ("one", "two", "three"):
        site.pages[f"/2026/{name}/"] = post(f"https://there.example/p/of-{name}")
    poll_feed(sender, FEED)
    assert site.pinged() == ["of-three"]
    asked = next(request for request in site.requests if request.path == "/feed.xml")
    assert asked.headers["If-None-Match"] == '"one"'

"""The demo blogs as servers: their pages, their author's mailbox, and the pings that are there."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.demo.blog import PLAIN_PAGES, Blog, Mail, page
from tests.demo.seeds import SEEDS, Seed
from trackback.model.ping import Status
from trackback.model.posts import Sites
from trackback.model.transitions import CheckOutcome, checked
from trackback.model.verdict import LinkStatus, Verdict
from trackback.protocols.trackback.receive import read_ping
from trackback.receiving.spam.evidence import Evidence
from trackback.receiving.spam.signals import link
from trackback.storage.pings import PingStore
from trackback.timestamps import stamp


class DemoBlog:
    """A WSGI application.

    Attributes:
        api: The service's base URL, known once the service runs.
        host: Its own host and port, known once it runs: a request may name any other.
        second: Origin of the second blog, known once that runs.
        others: Origin of the other blogs.
    """

    def __init__(self, mails: Callable[[], Iterable[EmailMessage]], blog: Blog = PLAIN_PAGES) -> None:
        """Take what lists the mails that were sent, and which blog it is."""
        self._mails = mails
        self._blog = blog
        self.api = self.host = self.second = self.others = ""

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        request = Request(environ)
        found = page(
            request.path,
            self.api,
            self.host,
            (_mail(mail) for mail in self._mails()),
            blog=self._blog,
            second=self.second,
            others=self.others,
        )
        return Response(found.body, found.status, content_type=found.content_type)(environ, start_response)


def plant(store: PingStore, blog: str) -> None:
    """Store the seeds as pings that came in the past, were looked at, and mostly decided about."""
    sites = Sites(blog)
    host = blog.partition("://")[2]
    for seed in SEEDS:
        form = {name: value.encode() for name, value in seed.form.items()}
        ping = read_ping(sites.find(f"{host}/posts/{seed.slug}/"), form, "utf-8", seed.received_at)
        store.add(ping)
        store.apply(checked(ping, _verdict(seed), CheckOutcome(Status.PENDING), seed.received_at))
        store.decide(ping.id, seed.status, datetime.now(UTC))


def _verdict(seed: Seed) -> Verdict:
    found = LinkStatus.FOUND if seed.sentence else LinkStatus.MISSING
    reason = link(Evidence(seed.url, seed.title, seed.excerpt, seed.blog_name, link=found))
    return Verdict(
        link=found,
        checked_at=stamp(seed.received_at),
        url=seed.url,
        http_status=200,
        sentence=seed.sentence,
        score=reason.weight if reason else 0,
        reasons=[reason] if reason else [],
    )


def _mail(message: EmailMessage) -> Mail:
    text, html = (message.get_body((kind,)) for kind in ("plain", "html"))
    return Mail(
        sender=str(message["From"]),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=text.get_content() if text else "",
        html=html.get_content() if html else "",
        sent_at=parsedate_to_datetime(message["Date"]) if message["Date"] else datetime.now(UTC),
    )

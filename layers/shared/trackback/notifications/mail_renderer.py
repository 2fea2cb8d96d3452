"""Renders the mail about waiting pings and failed sent pings, no longer than mail programs show it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from trackback.model.ping import Ping
from trackback.model.sent_ping import SentPing
from trackback.notifications.mail import one_line
from trackback.notifications.outbox_state import is_promising
from trackback.notifications.ping_mail import (
    FEED_TROUBLE,
    announce,
    listed,
    mail_subject,
    marked,
    not_sent,
    quoted,
    rest_sentence,
)
from trackback.notifications.rule_news import approvals_subject, approved_by_rule
from trackback.paths import QUEUE, SENT, UNLINKED
from trackback.signing import MailLink

MOST_SHOWN = 20
"""Pings and failures that a mail shows; of promising pings it shows all that `MOST_BYTES` has room for.

If more wait, and some are promising, it shows only these.
"""
MOST_BYTES = 90_000
"""Maximum size of a mail's HTML; Gmail clips a mail at 102 KB."""


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail to the author.

    Attributes:
        subject: Its subject.
        text: Its plain text.
        html: Its HTML.
        unsubscribe: The URL that ends such mails by one click.
        shown: How many pings it shows.
    """

    subject: str
    text: str
    html: str
    unsubscribe: str
    shown: int


class Links(NamedTuple):
    """The signed links of a mail.

    Attributes:
        stop: The URL that ends such mails.
        signed: Returns the URL of any other link.
    """

    stop: str
    signed: Callable[[MailLink], str]


class News(NamedTuple):
    """What a mail is about.

    Attributes:
        pings: Those that wait and that it may show, the most promising first.
        total: How many wait.
        failed: Sent pings that did not arrive.
        approved: Pings that a rule has approved.
    """

    pings: Sequence[Ping]
    total: int
    failed: Sequence[SentPing]
    approved: Sequence[Ping] = ()


class MailRenderer:
    """Renders mails from a folder's templates `mail.txt` and `mail.html`."""

    def __init__(self, folder: Path, api: str) -> None:
        """`api` is the API's origin, for links to the author's pages."""
        self._api = api
        self._templates = Environment(
            loader=FileSystemLoader(folder),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._templates.filters |= {
            "listed": listed,
            "marked": marked,
            "one_line": one_line,
            "quoted": quoted,
        }

    def render(self, news: News, titles: Mapping[str, str], links: Links) -> RenderedMail:
        """Render a mail; a long one shows fewer pings. `titles` are those of posts by key, where known."""
        pings, total, failed, approved = news
        facts: dict[str, Any] = {"total": total, "unsent": len(failed), "stop": links.stop}
        facts |= {"all": self._api + QUEUE, "unlinked": self._api + UNLINKED, "sent": self._api + SENT}
        most = _most_shown(pings, total)
        shown = [announce(ping, titles.get(ping.post_key, ""), links.signed) for ping in pings[:most]]
        facts |= {"not_sent": not_sent(failed)}  # of all of them
        failed = failed[:MOST_SHOWN]
        facts |= {"approved": approved_by_rule(approved[:MOST_SHOWN], titles, self._api)}
        facts |= {"more_approved": max(0, len(approved) - MOST_SHOWN)}
        while True:
            subject = mail_subject(shown, total, facts["unsent"])
            if approved and not shown and not failed:
                subject = approvals_subject(approved)
            elif not shown and failed and all(each.is_feed for each in news.failed):
                subject = FEED_TROUBLE
            hidden = pings[len(shown) :]
            facts |= {"rest": rest_sentence(hidden, total - len(pings))}
            facts |= {
                "are_unlinked": not any(ping.verified for ping in hidden),
                "shown": shown,
                "failed": failed,
                "subject": subject,
            }
            text, html = (
                self._templates.get_template(name).render(facts) for name in ("mail.txt", "mail.html")
            )
            size = len(html.encode())
            if size <= MOST_BYTES or max(len(shown), len(failed)) == 1:
                return RenderedMail(subject, text, html, facts["stop"], len(shown))
            shown = shown[: max(1, len(shown) * MOST_BYTES // size)]
            failed = failed[: max(1, len(failed) * MOST_BYTES // size)]

    def render_muted(self, **facts: str) -> tuple[str, str]:
        """Return the text and the HTML of the email that says that a link has turned the emails off."""
        names = ("muted.txt", "muted.html")
        text, html = (self._templates.get_template(name).render(facts) for name in names)
        return text, html


def _most_shown(pings: Sequence[Ping], total: int) -> int:
    promising = sum(map(is_promising, pings))
    return promising if promising and total > MOST_SHOWN else MOST_SHOWN

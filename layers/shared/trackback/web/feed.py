"""Parses a blog's feed: RSS and Atom (with feedparser), JSON Feed, and the feed links of a page."""

import json
import re
from calendar import timegm
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from trackback.errors import TrackbackError
from trackback.web.budget import Budget, TooCostly
from trackback.web.html.href import published, resolve
from trackback.web.html.page import page_text
from trackback.web.html.reader import PageReader
from trackback.web.html.tokenizer import read_markup

if TYPE_CHECKING:
    from trackback.web.xml_feed import XmlFeed

ACCEPT = "application/atom+xml,application/rss+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.5"
"""Accept header for feeds; pages are accepted too, since a page may name its feed."""
MOST_ENTRIES = 1_000
"""Entries that are read, from the start: feeds begin with the newest."""
MOST_LINKS = 10
"""Links of an entry that are read."""
MOST_FEEDS = 10
"""Feed links of a page that are read."""

_OF_ENTRY = {"alternate", "related"}
_TYPES = {"application/atom+xml", "application/rss+xml", "application/feed+json"}
_HTML = {"text/html", "application/xhtml+xml"}
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)  # in pages, comments contain RDF
_ROOT = re.compile(r"<(?:[\w.-]+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_PROLOG = re.compile(  # all quantifiers are possessive: no backtracking
    r"\ufeff?(?:\s++|<\?[^>]*+>|<!--(?:[^-]|-(?!->))*+-->)*+<!DOCTYPE\b([^\[>]*+)(\[?)>?", re.IGNORECASE
)
_JSON_FEED = "https://jsonfeed.org/version/"
_NOT_ITS_OWN = re.compile(r"<[^<>]*>|https?://[^\s\"'<>]*")  # changes where a blog moves
_FEW = 60  # characters; two posts may have a shorter text in common
_DATES = ("published_parsed", "updated_parsed", "created_parsed")


class NotAFeed(TrackbackError):
    """The document is no feed; the message tells the author why."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One post of a feed.

    Attributes:
        url: Its permalink, absolute and http or https.
        published: Its publication date, otherwise the date of its last change; None if the feed has neither.
        content: Its text as HTML, as far as the feed contains it; empty if it is not HTML.
        words: A text that changes when the post does.
        others: Other addresses that the feed gives for it. A link blog's `url` may be the page that it is
            about, and a feed service's one of its own.
        id: What the feed calls it; may be empty.
    """

    url: str
    published: datetime | None = None
    content: str = ""
    words: str = ""
    others: tuple[str, ...] = ()
    id: str = ""

    @property
    def names(self) -> list[str]:
        """What it can be known by without its address or date: its id, and its text if that is not short."""
        text = " ".join(_NOT_ITS_OWN.sub(" ", self.words).split())
        return [f"id:{self.id}"] * bool(self.id) + [f"text:{text}"] * (len(text) >= _FEW)


def read_feed(body: bytes, content_type: str, url: str) -> list[Entry]:
    """Return the entries of a feed that was fetched from `url`, at most `MOST_ENTRIES`, in linear time.

    Entries without an address are skipped; of several with the same address, the first counts. XML that
    defines entities is rejected; any other doctype is ignored.

    Raises:
        NotAFeed: the document is no feed; the message says what it is instead.
        TooCostly: the feed takes too long to read.
    """
    budget = Budget()
    text = page_text(body, content_type)
    read = _read_json if text.lstrip("\ufeff \t\r\n").startswith("{") else _read_xml
    entries: dict[str, Entry] = {}
    for entry in read(text, url, budget):
        entries.setdefault(entry.url, entry)
        if len(entries) == MOST_ENTRIES:
            break
    return list(entries.values())


def find_feed(body: bytes, content_type: str, url: str) -> str | None:
    """Return the address of the first feed in a page's `<link rel="alternate">` elements, or None.

    Raises:
        TooCostly: the page takes too long to read.
    """
    reader = _Links(url)
    read_markup(page_text(body, content_type), reader)
    found = (published(resolve(href, reader.base)) for href in reader.feeds)
    return next(filter(None, found), None)


def is_page(body: bytes, content_type: str) -> bool:
    """Return whether a response is an HTML page; some feeds are served as HTML, too."""
    named = content_type.partition(";")[0].strip().lower()
    start = _COMMENT.sub("", body[:2_048].decode("latin-1"))
    is_markup = re.search("<!doctype html|<html[\\s>]", start, re.IGNORECASE) is not None
    return (named in _HTML or is_markup) and not _ROOT.search(start)


def _read_json(text: str, url: str, budget: Budget) -> Iterator[Entry]:
    try:
        feed = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        raise NotAFeed("it is JSON that breaks off or cannot be read") from None
    if not str(feed.get("version", "")).startswith(_JSON_FEED) or not isinstance(feed.get("items"), list):
        raise NotAFeed("it is JSON, and no JSON Feed")
    for item in feed["items"]:
        budget.count_events()
        if isinstance(item, dict) and (entry := _json_entry(item, url)):
            yield entry


def _json_entry(item: Mapping[str, Any], url: str) -> Entry | None:
    known = {name: value for name, value in item.items() if isinstance(value, str)}
    addresses = _addresses([known.get("url", ""), _if_whole(known.get("id", ""))], url)
    if not addresses:
        return None
    date = known.get("date_published") or known.get("date_modified", "")
    content = known.get("content_html", "")
    title = known.get("title", "")
    words = [title, content or known.get("content_text") or known.get("date_modified", "")]
    address, *others = addresses
    return Entry(address, _date(date), content, "\n".join(words), tuple(others), known.get("id", ""))


def _addresses(texts: Iterable[Any], url: str) -> list[str]:
    """Return the web addresses among some texts of a feed at `url`, each once."""
    found = (published(resolve(text, url)) for text in texts if isinstance(text, str) and text)
    return list(dict.fromkeys(filter(None, found)))


def _if_whole(text: str) -> str:
    """Return an id that is a web address of its own, or ""."""
    return text if text.lower().startswith(("http://", "https://")) else ""


def _date(text: str) -> datetime | None:
    try:
        date = datetime.fromisoformat(text)
        return date.astimezone(UTC) if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _read_xml(text: str, url: str, budget: Budget) -> Iterator[Entry]:
    doctype = _PROLOG.match(text)
    if doctype and doctype[2]:
        raise NotAFeed("its XML defines entities, which feeds need not")
    if doctype:
        text = text[doctype.end() :]
    feed = _parsed(_without_declaration(text), url, budget)
    if not feed.version and not feed.entries:
        raise NotAFeed("it is neither RSS nor Atom nor JSON Feed")
    for item in feed.entries:
        budget.count_events()
        if entry := _xml_entry(item, url):
            yield entry


def _parsed(xml: str, url: str, budget: Budget) -> "XmlFeed":
    from trackback.web.xml_feed import parse_xml_feed  # noqa: PLC0415 - feedparser takes 0.1 s to import

    try:
        return parse_xml_feed(xml, url, MOST_ENTRIES, budget)
    except TooCostly:
        raise
    except Exception as error:  # malformed input makes feedparser raise undocumented errors
        raise NotAFeed("it is no XML that can be read") from error


def _without_declaration(text: str) -> str:
    """Drop the XML declaration: the text is decoded, so its encoding no longer applies."""
    return re.sub(r"^\ufeff?\s*<\?xml\b[^>]*>", "", text, count=1)


def _xml_entry(item: Mapping[str, Any], url: str) -> Entry | None:
    addresses = _addresses(_links_of(item), url)
    if not addresses:
        return None
    address, *others = addresses
    parts = [*item.get("content", ()), item.get("summary_detail", {})]
    html = [str(part.get("value", "")) for part in parts if "html" in part.get("type", "")]
    title = str(item.get("title", ""))
    dates = (item[name] for name in _DATES if name in item)
    changed = "" if "content" in item or "updated" not in item else str(item["updated"])
    return Entry(
        url=address,
        published=next((_moment(date) for date in dates if date), None),
        content=max(html, key=len, default=""),
        words="\n".join([title, *(str(part.get("value", "")) for part in parts), changed]),
        others=tuple(others),
        id=str(item.get("id", "")),
    )


def _links_of(item: Mapping[str, Any]) -> Iterator[Any]:
    """Yield what may be an entry's address: its link, the one before a feed service's, others, its id."""
    yield item.get("link")
    yield item.get("feedburner_origlink")
    links = item.get("links", ())[:MOST_LINKS]
    yield from (link.get("href") for link in links if link.get("rel") in _OF_ENTRY)
    yield _if_whole(str(item.get("id", "")))


def _moment(date: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(timegm(date), UTC)
    except (ValueError, OverflowError, OSError):
        return None


class _Links(PageReader):
    """Collects the feed links of a page, also in `noscript`."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.feeds: list[str] = []

    def on_start(self, name: str, attributes: Mapping[str, str]) -> None:
        href = attributes.get("href", "")
        if name == "link" and href and "alternate" in attributes.get("rel", "").lower().split():
            named = attributes.get("type", "").partition(";")[0].strip().lower()
            self.feeds += [href][: MOST_FEEDS - len(self.feeds)] if named in _TYPES else []

    on_fallback = on_start

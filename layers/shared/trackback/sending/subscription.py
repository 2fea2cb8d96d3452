"""Polls a blog's feed and returns the posts that are new or have changed since the last poll."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from trackback.errors import TrackbackError
from trackback.model.feed_state import FeedState, remembered
from trackback.urls import page_key
from trackback.web.budget import TooCostly
from trackback.web.feed import ACCEPT, Entry, NotAFeed, find_feed, is_page, read_feed
from trackback.web.http.client import Fetched, Fetcher
from trackback.web.http.failures import FetchFailed


class FeedUnreadable(TrackbackError):
    """The feed cannot be fetched or parsed; the message says why."""


@dataclass(frozen=True, slots=True)
class News:
    """The result of one poll.

    Attributes:
        posts: Entries that are new or have changed, in the feed's order; at the first poll, all of them.
        first: Whether this is the first poll, at which every entry counts as old.
        read: The previous state, with the validators for the next conditional request.
        moved: Old posts at new addresses, which are remembered and send nothing.
    """

    posts: Sequence[Entry] = ()
    first: bool = False
    read: FeedState = field(default_factory=FeedState)
    moved: Sequence[Entry] = ()

    def feed_state(self, unhandled: Sequence[Entry] = ()) -> FeedState:
        """Return the state to store, without the `unhandled` entries.

        If there are any, the next poll fetches the full feed.
        """
        left = {entry.url for entry in unhandled}
        handled = [*self.moved, *(entry for entry in self.posts if entry.url not in left)]
        words = {name: "" for entry in handled if not entry.published for name in entry.names}
        words |= {page_key(entry.url): entry.words for entry in handled}
        posts = remembered(words, self.read.posts)
        fresh = {} if not left else {"etag": "", "modified": ""}
        return replace(self.read, posts=posts, **fresh)


def read_news(
    fetcher: Fetcher, url: str, state: FeedState | None, is_own: Callable[[str], bool] = lambda _: True
) -> News:
    """Return the new entries of a feed, or of the feed that a page names; none if it is unchanged.

    Of an entry's addresses, the first that `is_own` names as the author's is its URL.

    Raises:
        FeedUnreadable: the feed cannot be fetched or parsed; the message says why.
    """
    known = state or FeedState()
    fetched = _fetch(fetcher, known.address or url, known)
    if fetched.status == HTTPStatus.NOT_MODIFIED and state:
        return News(read=known)
    if fetched.status != HTTPStatus.OK and known.address:  # the feed has moved: ask its page
        known = replace(known, address="", etag="", modified="")
        fetched = _fetch(fetcher, url, known)
    if fetched.status != HTTPStatus.OK:
        raise FeedUnreadable(f"{fetched.url}: the server answers {fetched.status}")
    if is_page(fetched.body, fetched.content_type):
        known = replace(known, address=_address(fetched))
        fetched = _fetch(fetcher, known.address, known)
        if fetched.status != HTTPStatus.OK:
            raise FeedUnreadable(f"{fetched.url}: the server answers {fetched.status}")
    return _news(fetched, known, is_own, first=state is None)


def _fetch(fetcher: Fetcher, url: str, known: FeedState) -> Fetched:
    every = {"If-None-Match": known.etag, "If-Modified-Since": known.modified}
    asked = {name: value for name, value in every.items() if value}
    try:
        return fetcher.get(url, accept=ACCEPT, headers=asked)
    except FetchFailed as error:
        raise FeedUnreadable(f"{url}: {error}") from None


def _address(page: Fetched) -> str:
    try:
        if address := find_feed(page.body, page.content_type, page.url):
            return address
    except TooCostly as error:
        raise FeedUnreadable(f"{page.url}: {error}") from None
    raise FeedUnreadable(f"{page.url}: it is a page that names no feed; give the feed's own address")


def _news(fetched: Fetched, known: FeedState, is_own: Callable[[str], bool], *, first: bool) -> News:
    try:
        entries = read_feed(fetched.body, fetched.content_type, fetched.url)
    except NotAFeed as error:
        words = str(error) if fetched.whole else "it is longer than 1 MB, and cannot be read in part"
        raise FeedUnreadable(f"{fetched.url}: {words}") from None
    except TooCostly as error:
        raise FeedUnreadable(f"{fetched.url}: {error}") from None
    read = replace(
        known,
        etag=fetched.headers.get("etag", ""),
        modified=fetched.headers.get("last-modified", ""),
    )
    entries = [_at_own_address(entry, is_own) for entry in entries]
    new = [entry for entry in entries if not known.knows(page_key(entry.url), entry.words)]
    moved = [] if first else [entry for entry in new if _has_moved(entry, known)]
    return News([entry for entry in new if entry not in moved], first, read, moved)


def _at_own_address(entry: Entry, is_own: Callable[[str], bool]) -> Entry:
    return replace(entry, url=next(filter(is_own, (entry.url, *entry.others)), entry.url))


def _has_moved(entry: Entry, known: FeedState) -> bool:
    """Tell whether a post without a date is an old one at a new address, which must not send anew."""
    is_known = any(known.knows(name, "") for name in entry.names)
    return not entry.published and is_known and not known.has(page_key(entry.url))

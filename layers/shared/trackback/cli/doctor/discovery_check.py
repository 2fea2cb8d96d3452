"""Checks whether a post's markup names its ping URL, in each form that senders look for."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urldefrag, urlsplit

from trackback.cli.doctor.finding import Finding, note, right, wrong
from trackback.model.posts import host_key, post_key
from trackback.paths import PING_URLS, decoded_once, path_of
from trackback.protocols.trackback.discovery import Discovery, Form, Found
from trackback.urls import is_same_page, page_path


@dataclass(frozen=True, slots=True)
class Post:
    """A published post: its address, and the API that takes its pings."""

    url: str
    api: str

    @property
    def key(self) -> str:
        """The post's key."""
        return post_key(self.url)

    @property
    def name(self) -> str:
        """The post's name in the API's paths, `host/path`."""
        parts = urlsplit(self.url)
        return parts.netloc + parts.path

    @property
    def origin(self) -> str:
        """The page's origin, as browsers send it."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def ping_url(self) -> str:
        """The post's ping URL."""
        return f"{self.api}{PING_URLS}{path_of(urldefrag(self.url).url.partition('?')[0])}"


def check_ping_urls(found: Discovery, post: Post, canonical: str | None, *, shows: bool) -> Iterator[Finding]:
    """Yield findings about a page's ping URLs. `shows` tells whether the embed shows the ping URL."""
    yield _links(found.of(Form.LINK, Form.ANCHOR), post)
    yield from _blocks(found.of(Form.RDF), post, canonical)
    yield _visible(found.of(Form.ANCHOR), post, shows=shows)
    yield _used(found.best(post.url), post)


def amiss(ping_url: str, post: Post) -> str:
    """Return what is wrong with a ping URL; empty if it is this post's at this API."""
    parts, api = urlsplit(ping_url), urlsplit(post.api)
    if host_key(parts.netloc) != host_key(api.netloc):
        return f"it leads to {parts.netloc}, while your API is {post.api}"
    host, slash, path = parts.path.removeprefix(PING_URLS).partition("/")
    if not parts.path.startswith(PING_URLS) or not slash:
        return f"it names no post: {PING_URLS}host/path is missing"
    key = host_key(host) + page_path(decoded_once(path))
    return f"it is that of another post, {key}" if key != post.key else ""


def _links(found: list[Found], post: Post) -> Finding:
    tag = f'<link rel="trackback" href="{post.ping_url}">'
    if not found:
        return wrong(
            "link", 'There is no link with rel="trackback".', f"Put into the head of the page: {tag}"
        )
    if why := amiss(found[0].ping_url, post):
        return wrong("link", f"{found[0].ping_url} is not the post's ping URL: {why}.", f"Write {tag}")
    if others := [why for each in found[1:] if (why := amiss(each.ping_url, post))]:
        return wrong(
            "link",
            f'One of the links with rel="trackback" is wrong: {others[0]}.',
            "Remove it, or correct it.",
        )
    return right("link", 'A link with rel="trackback" names the ping URL.')


def _blocks(found: list[Found], post: Post, canonical: str | None) -> Iterator[Finding]:
    if not found:
        yield wrong(
            "rdf",
            "There is no block of RDF, which the oldest and most senders look for.",
            "Paste the block that trackback snippet prints for this post.",
        )
        return
    own = next((block for block in found if is_same_page("".join(block.names[:1]), post.url)), None)
    if own is None:
        named = "".join(found[0].names[:1]) or "nothing"
        yield wrong(
            "rdf",
            f"No block of RDF is this page's: the first identifies {named}.",
            f'Write dc:identifier="{post.url}", the address that people copy.',
        )
        return
    if why := amiss(own.ping_url, post):
        yield wrong(
            "rdf", f"The block pings {own.ping_url}: {why}.", f'Write trackback:ping="{post.ping_url}".'
        )
    if own.names[0] in {post.url, canonical}:
        yield right("rdf", "A block of RDF identifies the page by its very address.")
    else:
        yield note(
            "rdf",
            f"The block of RDF identifies {own.names[0]}, which is another spelling of the address.",
            f'Old senders compare letter by letter: write dc:identifier="{post.url}".',
        )


def _visible(anchors: list[Found], post: Post, *, shows: bool) -> Finding:
    if shows or any(not amiss(anchor.ping_url, post) for anchor in anchors):
        return right("visible", "People see the TrackBack URL.")
    return note(
        "visible",
        "People who paste a TrackBack URL by hand find none on the page.",
        "Add the attribute ping-url to <trackback-list>.",
    )


def _used(best: Found | None, post: Post) -> Finding:
    if best is None:
        return wrong(
            "senders", "Senders find no ping URL here.", "Put the markup of trackback snippet there."
        )
    if why := amiss(best.ping_url, post):
        return wrong(
            "senders",
            f"Senders would ping {best.ping_url}: {why}.",
            "Correct what is said above to be wrong.",
        )
    return right("senders", "Senders that know every form would ping the right URL.")

"""Reads a published post's page: the embed, its fallback, and the content security policies."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from trackback.paths import LISTS
from trackback.web.html.href import published, resolve
from trackback.web.html.reader import PageReader
from trackback.web.html.tokenizer import read_markup

_EMBED = re.compile(r"/embed(?:\.[0-9a-f]{16})?\.js")
_LIST = "trackback-list"
_POLICY = "content-security-policy"
_MOST = 100


@dataclass(frozen=True, slots=True)
class Script:
    """A script tag that loads the embed: its URL and its attributes."""

    url: str
    is_module: bool
    in_body: bool
    nonce: str = ""
    integrity: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """A `<trackback-list>` element. `post` is None for the page's own list."""

    post: str | None
    shows_ping_url: bool


@dataclass(frozen=True, slots=True)
class PostPage:
    """The relevant tags of a page. URLs are absolute; links and frames lead to the list of any post."""

    canonical: str | None = None
    scripts: tuple[Script, ...] = ()
    elements: tuple[Element, ...] = ()
    links: tuple[str, ...] = ()
    frames: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()


def read_post_page(text: str, url: str) -> PostPage:
    """Parse a page that was fetched from `url`. Of each kind of tag, only the first hundred count."""
    reader = _Reader(url)
    read_markup(text, reader)
    base = reader.base

    def whole(name: str, attribute: str) -> list[str]:
        urls = (published(resolve(tag[attribute], base)) for tag, _ in reader.tags[name])
        return [each for each in urls if each]

    return PostPage(
        canonical=next(iter(whole("link", "href")), None),
        scripts=tuple(
            script for tag, in_body in reader.tags["script"] if (script := _script(tag, base, in_body))
        ),
        elements=tuple(Element(tag.get("post"), "ping-url" in tag) for tag, _ in reader.tags[_LIST]),
        links=tuple(whole("a", "href")),
        frames=tuple(whole("iframe", "src")),
        policies=tuple(tag["content"] for tag, in_body in reader.tags["meta"] if not in_body),
    )


def _script(tag: Mapping[str, str], base: str, in_body: bool) -> Script | None:
    url = published(resolve(tag["src"], base))
    if not url or not _EMBED.fullmatch(urlsplit(url).path):
        return None
    return Script(
        url=url,
        is_module=tag.get("type", "").strip().lower() == "module",
        in_body=in_body,
        nonce=tag.get("nonce", ""),
        integrity=tag.get("integrity", ""),
    )


_WANTED: dict[str, Callable[[Mapping[str, str]], bool]] = {
    "link": lambda tag: "canonical" in tag.get("rel", "").lower().split() and "href" in tag,
    "script": lambda tag: "embed" in tag.get("src", ""),
    "meta": lambda tag: tag.get("http-equiv", "").lower() == _POLICY and "content" in tag,
    "a": lambda tag: LISTS in tag.get("href", ""),
    "iframe": lambda tag: LISTS in tag.get("src", ""),
    _LIST: lambda _: True,
}


class _Reader(PageReader):
    """Collects the relevant tags, each with whether it is in the body."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.tags: dict[str, list[tuple[Mapping[str, str], bool]]] = {name: [] for name in _WANTED}

    def on_start(self, name: str, attributes: Mapping[str, str]) -> None:
        is_wanted = _WANTED.get(name)
        if is_wanted and len(self.tags[name]) < _MOST and is_wanted(attributes):
            self.tags[name].append((attributes, not self.in_head))

    def on_fallback(self, name: str, attributes: Mapping[str, str]) -> None:
        if name in {"a", "iframe"}:
            self.on_start(name, attributes)

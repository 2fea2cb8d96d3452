"""The form of a ping's fields: what kind of page its source is, and how its texts are built.

All of it takes plain texts, and is linear in them.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from trackback.receiving.spam.stock import GOODS, SHOPS, TRADE, stock_phrases
from trackback.web.text.plain_text import fold

FORM = "\x02"
"""Begins a token of the word model that names a form; no text holds this character (`clean`)."""

_NO_POST = re.compile(
    r"/(?:wp-login|log-?in|sign-?in|sign-?up|register|accounts?|authors?|users?|u|members?|memberlist|profiles?"
    r"|tags?|labels?|categor(?:y|ies)|feeds?|rss|atom|search|watch)(?:[/.]|$)"
    r"|\.(?:jpe?g|png|gif|webp|svg|mp[34]|pdf|zip|exe|xml|rss|atom)$"
    r"|/(?:user|special):",
    re.IGNORECASE,
)
_INDEX = re.compile(r"/(?:(?:index|default|home)\.[a-z]{3,5})?", re.IGNORECASE)
_PHRASE = re.compile(r"[a-z]{2,}(?:[ '-][a-z0-9]+)* [a-z0-9][a-z0-9' -]*[.!]?")
_LIST_OF_LINKS = re.compile(r"\d{4}-\d|\b\d{1,2}/\d|^(?:re|links|bookmarks|notes|week)\b")
_SCHEME = re.compile(r"https?://")
_SPINTAX = re.compile(r"\{[^{}|]{1,80}\|[^{}]{1,80}|(?:[^|]{2,60}\|){4}")
_STUCK = re.compile(r'"?\[\.{2,3}\][^\s\[].{0,500}[^\s\]]\[\.{2,3}\]"?', re.DOTALL)
_FRAME = re.compile(r"\[\.{2,3}\]")
_MIXED = re.compile(r"[a-z][\u0370-\u04ff]|[\u0370-\u04ff][a-z]|[a-z]&#[0-9]{2,5}|&#[0-9]{2,5};?[a-z]")
_WORD = re.compile(r"[^\W_]+")

_FEW_MIXED = 3
_REPEATED, _SHARE = 4, 5  # a word at least so often, and one of so many
_SHORT = 3  # letters of a word that any two texts share


def is_front_page(url: str) -> bool:
    """Tell whether an address is the front page of its site."""
    parts = urlsplit(url)
    return bool(parts.netloc) and not parts.query and _INDEX.fullmatch(parts.path or "/") is not None


def is_no_post(url: str) -> bool:
    """Tell whether an address is a profile, a log-in, a list, a feed or a file, by its path."""
    return _NO_POST.search(unquote(urlsplit(url).path)) is not None


def is_phrase(title: str) -> bool:
    """Tell whether a title is two or more words in Latin letters without a capital, as people search."""
    return _PHRASE.fullmatch(title) is not None and not _LIST_OF_LINKS.search(title)


def is_address(title: str) -> bool:
    """Tell whether a title is a web address."""
    return _SCHEME.match(title) is not None


def are_same(url: str, title: str, blog_name: str) -> bool:
    """Tell whether title and blog name are the same; if both are missing, both default to the host."""
    folded = fold(title)
    return folded == fold(blog_name) and folded != fold(urlsplit(url).netloc)


def is_spun(*texts: str) -> bool:
    """Tell whether a text lists alternatives: `{one|two}`, or five in a row."""
    return any(_SPINTAX.search(text) for text in texts)


def repeats(text: str) -> bool:
    """Tell whether a fifth of a text is one word."""
    found = words(text)
    counts = Counter(word for word in found if len(word) > _SHORT)
    return any(count >= _REPEATED and count * _SHARE >= len(found) for count in counts.values())


def has_stuck_brackets(excerpt: str) -> bool:
    """Tell whether the brackets of `[…]text[…]` stick to the text; blogs set blanks there."""
    return _STUCK.fullmatch(fold(excerpt)) is not None


def is_quotation(excerpt: str) -> bool:
    """Tell whether an excerpt is cut from a page, as blogs do: `[…] text […]`."""
    return _FRAME.match(fold(excerpt)) is not None and not has_stuck_brackets(excerpt)


def is_disguised(text: str) -> bool:
    """Tell whether words of a text mix letters of several alphabets."""
    return len(_MIXED.findall(text.lower())) >= _FEW_MIXED


class Offer(NamedTuple):
    """What a ping's names offer of the goods that spam sells, and whether more than the word says so."""

    goods: str
    is_odd: bool


def offer(url: str, title: str, blog_name: str) -> Offer | None:
    """Return what a ping's names offer; for words that blogs use, too, only if its form is odd."""
    names = fold(f"{title}\n{blog_name}")
    is_odd = is_phrase(title) or are_same(url, title, blog_name) or is_front_page(url) or is_no_post(url)
    found = GOODS.search(names) or SHOPS.search(urlsplit(url).hostname or "")
    if not found and is_odd:
        found = TRADE.search(names)
    return Offer(found[0], is_odd) if found else None


def words(text: str) -> list[str]:
    """Return the words of a text, folded."""
    return _WORD.findall(fold(text))


def post_words(post: str, title: str) -> frozenset[str]:
    """Return the words of a post's title and address that say what it is about."""
    address = unquote(urlsplit(post).path)
    return frozenset(word for word in words(f"{title} {address}") if len(word) >= _SHORT)


def form_tokens(url: str, title: str, excerpt: str, blog_name: str) -> str:
    """Return tokens for the word model that name the forms of a ping."""
    return " ".join(FORM + name for name in _forms(url, title, excerpt, blog_name))


def _forms(url: str, title: str, excerpt: str, blog_name: str) -> Iterator[str]:
    found = {
        "front": is_front_page(url),
        "nopost": is_no_post(url),
        "post": bool(url) and not is_front_page(url) and not is_no_post(url),
        "phrase": is_phrase(title),
        "lower": title.islower(),
        "same": are_same(url, title, blog_name),
        "nameless": fold(blog_name) == fold(urlsplit(url).netloc),
        "quotation": is_quotation(excerpt),
        "stuck": has_stuck_brackets(excerpt),
        "spun": is_spun(title, excerpt, blog_name),
        "goods": offer(url, title, blog_name) is not None,
        "empty": not excerpt,
    }
    yield from (name for name, holds in found.items() if holds)
    if not is_quotation(excerpt):
        yield from (f"stock{name}" for name in stock_phrases(fold(excerpt)))

"""Bounds a verdict's size in bytes: every write of a ping costs units by the size of the whole record.

The texts of a page share `MOST`, whatever the page says. Two hundred characters of a script that takes three
bytes each still fit.
"""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from trackback.model.texts import shorten_to_bytes
from trackback.model.verdict import Reason, Verdict, split_sentence

MOST = 800
"""Bytes of all texts from a page together."""
SENTENCE = 600
WHY = 200
REASON = 160
"""Bytes of why a source could not be checked, and of each reason: texts of ours, which may quote a page."""


def bounded(verdict: Verdict) -> Verdict:
    """Return a verdict whose texts take a bounded number of bytes; the sentence is cut around its link."""
    sentence, text = _around(verdict.sentence, verdict.text)
    room = MOST - _size(sentence) - _size(text)
    title = shorten_to_bytes(verdict.title, room)
    room -= _size(title)
    url = _url(verdict.url, room)
    return replace(
        verdict,
        sentence=sentence,
        text=text,
        title=title,
        url=url,
        rel=_fitting(verdict.rel, room - _size(url)),
        why=shorten_to_bytes(verdict.why, WHY),
        reasons=[_reason(reason) for reason in verdict.reasons],
    )


def _around(sentence: str, link: str) -> tuple[str, str]:
    """Return a sentence of at most `SENTENCE` bytes, and the link's text, a third of that at most."""
    third = SENTENCE // 3
    text = shorten_to_bytes(link, third)
    if _size(sentence) <= SENTENCE and text == link:
        return sentence, text
    before, found, after = split_sentence(sentence, link)
    if not found:
        return shorten_to_bytes(sentence, SENTENCE), text
    start = _end_of(before, max(third, SENTENCE - _size(text) - _size(after)))
    return start + text + shorten_to_bytes(after, SENTENCE - _size(start + text)), text


def _end_of(text: str, limit: int) -> str:
    """Return the end of a text, at most `limit` bytes, after an ellipsis."""
    encoded = text.encode(errors="replace")
    if len(encoded) <= limit:
        return text
    return "…" + encoded[-(limit - _size("…")) :].decode(errors="ignore")


def _url(url: str, room: int) -> str:
    """Return a URL, or if it is too long where it leads, or nothing."""
    parts = urlsplit(url)
    return next((one for one in (url, f"{parts.scheme}://{parts.netloc}/") if _size(one) <= room), "")


def _fitting(words: Sequence[str], room: int) -> list[str]:
    """Return the first words that fit."""
    kept: list[str] = []
    for word in words:
        room -= _size(word)
        if room < 0:
            break
        kept.append(word)
    return kept


def _reason(reason: Reason) -> Reason:
    return reason._replace(text=shorten_to_bytes(reason.text, REASON))


def _size(text: str) -> int:
    return len(text.encode(errors="replace"))

"""Detects sources that print their own URL's content: such a page echoes the ping and proves no link."""

import base64
import html
import re
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import unquote

_ROUNDS = 3  # nested levels of percent-encoding or entities
_ORIGIN = re.compile(r"[a-z]+://[^/?#]*", re.IGNORECASE)


def is_reflection(source_url: str, post_key: str) -> bool:
    """Tell whether a source's URL contains the post's address after its own host, in any common encoding.

    With or without scheme and `www.`, as plain text, percent-encoded or as entities up to three times over,
    in Base64 or in hexadecimal.
    """
    text = _ORIGIN.sub("", source_url, count=1)
    needles = _spellings(post_key)
    any_of_them = "|".join(map(re.escape, needles))
    plain = re.compile(rf"(?<![\w.-])(?:www\.)?(?:{any_of_them})(?![\w%~-]|\.\w)", re.IGNORECASE)
    encoded = [form for needle in needles for form in _encoded(needle)]
    for _ in range(_ROUNDS + 1):
        if plain.search(_one_spelling(text)) or any(form in text.translate(_B64) for form in encoded):
            return True
        text = html.unescape(unquote(text))
    return False


_B64 = str.maketrans("-_", "+/")


def _spellings(post_key: str) -> set[str]:
    """Return the key's spellings: host and path encoded as in the key, and decoded as people write them."""
    host, slash, path = post_key.partition("/")
    hosts = [host]
    if "xn--" in host:
        import idna  # noqa: PLC0415 - loads half a megabyte of tables that few posts need

        with suppress(idna.IDNAError):
            hosts.append(idna.decode(host))
    return {name + slash + way for name in hosts for way in (path, unquote(path))}


def _one_spelling(text: str) -> str:
    text = re.sub(r"/{2,}", "/", text.replace("\\", ""))
    return re.sub(r":(?:80|443)(?=/)", "", text)


def _encoded(needle: str) -> Iterator[str]:
    """Yield the part common to all Base64 or hexadecimal texts that contain `needle`, for every offset."""
    data = needle.encode()
    yield data.hex()
    yield data.hex().upper()
    for before in range(3):
        form = base64.b64encode(bytes(before) + data).decode().rstrip("=")
        whole = len(form) - (1 if (before + len(data)) % 3 else 0)
        yield form[(before * 8 + 5) // 6 : whole]

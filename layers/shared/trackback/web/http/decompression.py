"""Decompresses bodies in pieces, so that memory stays small however much a body expands."""

import re
import zlib
from collections.abc import Iterable, Iterator

ACCEPTED = "gzip, deflate"
"""Value of Accept-Encoding."""

_PIECE = 16_384
_LONGEST = 200
# What servers send in place of a coding: a charset, a media type, or a word for none.
_NO_CODING = re.compile(
    r"(?:charset=)?(?:utf-?(?:8|16|32)\S*|us-ascii|ascii|iso-?8859-\d+|windows-\d+|cp-?\d+|latin-?\d"
    r"|shift_?jis|euc-\w+|gb\d+|gbk|big5|koi8-\w+)|[a-z]+/\S+|identity|none|null|binary|[78]bit|plain|text|"
)


def decompressed(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield the decompressed pieces of a body with a given `Content-Encoding`.

    Raises:
        EOFError: the body ends before its compressed data does.
        zlib.error: the data is corrupt, or its encoding was not requested.
    """
    named = [each.strip().lower().removeprefix("x-") for each in encoding[:_LONGEST].split(",")]
    codings = [each for each in named if not _NO_CODING.fullmatch(each)]
    if not codings:
        return iter(chunks)
    if codings in (["gzip"], ["deflate"]):
        return _inflated(chunks, gzip=codings == ["gzip"])
    raise zlib.error("unknown encoding")


def _inflated(chunks: Iterable[bytes], *, gzip: bool) -> Iterator[bytes]:
    stream = None
    for chunk in chunks:
        rest = chunk
        while rest:
            if stream is None or stream.eof:
                if stream and not (gzip and rest.startswith(b"\x1f")):
                    return  # ignore trailing bytes that are not another gzip member
                stream = zlib.decompressobj(_window(rest[0], gzip=gzip))
            yield stream.decompress(rest, _PIECE)
            rest = stream.unconsumed_tail or stream.unused_data
    if stream:
        yield stream.flush()
        if not stream.eof:
            raise EOFError


def _window(first: int, *, gzip: bool) -> int:
    """Return zlib's window bits for a format; some servers send "deflate" without zlib's header."""
    if gzip:
        return 16 + zlib.MAX_WBITS
    return zlib.MAX_WBITS if first & 0x8F == zlib.DEFLATED else -zlib.MAX_WBITS

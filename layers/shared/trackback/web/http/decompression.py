"""Decompresses bodies in pieces, so that memory stays small however much a body expands."""

import zlib
from collections.abc import Iterable, Iterator

ACCEPTED = "gzip, deflate"
"""Value of Accept-Encoding."""

_PIECE = 16_384


def decompressed(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield the decompressed pieces of a body with a given `Content-Encoding`.

    Raises:
        EOFError: the body ends before its compressed data does.
        zlib.error: the data is corrupt, or its encoding was not requested.
    """
    encoding = encoding.strip().lower().removeprefix("x-")
    if encoding in {"", "identity"}:
        return iter(chunks)
    if encoding in {"gzip", "deflate"}:
        return _inflated(chunks, gzip=encoding == "gzip")
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

"""Bodies as they were before they were compressed, in pieces: however much one becomes, little is held."""

import zlib
from collections.abc import Iterable, Iterator

ACCEPTED = "gzip, deflate"
"""What a request may ask for."""

_PIECE = 16_384


def decompressed(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """Yield the pieces of a body that came with a `Content-Encoding`.

    Raises:
        EOFError: the body ends before its compressed data does.
        zlib.error: it is compressed wrongly, or in another way than was asked for.
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
                    return  # what stands behind the end, and is not another member, does not count
                stream = zlib.decompressobj(_window(rest[0], gzip=gzip))
            yield stream.decompress(rest, _PIECE)
            rest = stream.unconsumed_tail or stream.unused_data
    if stream:
        yield stream.flush()
        if not stream.eof:
            raise EOFError


def _window(first: int, *, gzip: bool) -> int:
    """Return zlib's number for a format; "deflate" is sent with zlib's header and, by some, without it."""
    if gzip:
        return 16 + zlib.MAX_WBITS
    return zlib.MAX_WBITS if first & 0x8F == zlib.DEFLATED else -zlib.MAX_WBITS

"""Compressed pages are read as sent, and none becomes more than is asked for."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.websites import page, website
from trackback.web.http.client import MAX_BODY, Fetched, Fetcher
from trackback.web.http.decompression import decompressed
from trackback.web.http.failures import FetchFailed

TEXT = ("Grüße an alle, die das hier lesen. " * 3_000).encode()
NOISE = bytes(n * n % 251 for n in range(70_000))
UNREADABLE = "its server's answer is compressed in a way that cannot be read"
BROKEN_OFF = "its server broke off before the end"


def raw_deflate(data: bytes) -> bytes:
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return stream.compress(data) + stream.flush()


def bomb(size: int) -> bytes:
    """Return as little gzip as becomes so many zeros."""
    stream = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    megabyte = bytes(1_048_576)
    return b"".join(stream.compress(megabyte) for _ in range(size // len(megabyte))) + stream.flush()


def get(body: bytes, encoding: str) -> Fetched:
    with website(page(body, Content_Encoding=encoding)) as site:
        return Fetcher(loopback=True, seconds=5).get(site.url)


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("GZIP ", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", raw_deflate),
        ("identity", bytes),
        ("", bytes),
        ("gzip", lambda data: gzip.compress(data[:9]) + gzip.compress(data[9:])),
        ("gzip", lambda data: gzip.compress(data) + bytes(100)),
        ("deflate", lambda data: zlib.compress(data) + b"garbage"),
        ("utf-8", bytes),
        ("UTF8", bytes),
        ("charset=utf-8", bytes),
        ("ISO-8859-1", bytes),
        ("windows-1251", bytes),
        ("none", bytes),
        ("binary", bytes),
        ("text/html", bytes),
        ("identity, identity", bytes),
        ("utf-8, gzip", gzip.compress),
        ("gzip, identity", gzip.compress),
    ],
    ids=[
        *(
            "gzip",
            "x-gzip",
            "capitals",
            "zlib",
            "raw",
            "identity",
            "nothing",
            "members",
            "padding",
            "garbage",
        ),
        *(
            "utf-8",
            "UTF8",
            "charset=",
            "ISO",
            "windows",
            "a word for none",
            "binary",
            "a media type",
            "identity twice",
        ),
        *("a charset and gzip", "gzip and identity"),
    ],
)
def test_a_compressed_page_is_read(
    encoding: str, compress: Callable[[bytes], bytes], subtests: pytest.Subtests
) -> None:
    for name, data in {"empty": b"", "byte": b"a", "text": TEXT, "noise": NOISE}.items():
        with subtests.test(name):
            fetched = get(compress(data), encoding)
            assert (fetched.body, fetched.whole) == (data, True)


@pytest.mark.parametrize(
    ("encoding", "body", "words"),
    [
        ("br", b"\x0b\x02\x80abc\x03", UNREADABLE),
        ("zstd", b"\x28\xb5\x2f\xfd", UNREADABLE),
        ("gzip, gzip", gzip.compress(gzip.compress(TEXT)), UNREADABLE),
        ("compress", b"abc", UNREADABLE),
        ("gzip", TEXT, UNREADABLE),
        ("deflate", TEXT, UNREADABLE),
        ("gzip", gzip.compress(TEXT)[:-4] + b"\0\0\0\0", UNREADABLE),
        ("gzip", gzip.compress(TEXT)[:-1], BROKEN_OFF),
        ("gzip", gzip.compress(TEXT)[:100], BROKEN_OFF),
        ("gzip", b"\x1f", BROKEN_OFF),
        ("deflate", zlib.compress(TEXT)[:-1], BROKEN_OFF),
    ],
    ids=[  # not their bytes: gzip's hold the time, and workers must agree
        "brotli",
        "zstandard",
        "gzip twice",
        "compress",
        "no gzip",
        "no deflate",
        "another checksum",
        "without its last byte",
        "its beginning",
        "one byte",
        "deflate without its last byte",
    ],
)
def test_what_cannot_be_read_in_full_is_told(encoding: str, body: bytes, words: str) -> None:
    with pytest.raises(FetchFailed) as failure:
        get(body, encoding)
    assert str(failure.value) == words


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_nothing_at_all_is_nothing_compressed(encoding: str) -> None:
    assert get(b"", encoding).body == b""


@pytest.mark.parametrize("times", [1, 200], ids=["one page", "200 pages"])
def test_a_bomb_is_cut_and_held_in_little_memory(times: int) -> None:
    body = bomb((times + 1) * MAX_BODY)
    tracemalloc.start()
    try:
        fetched = get(body, "gzip")
        assert tracemalloc.get_traced_memory()[1] < 5 * MAX_BODY
    finally:
        tracemalloc.stop()
    assert (len(fetched.body), fetched.whole) == (MAX_BODY, False)


@pytest.mark.parametrize("size", [MAX_BODY - 1, MAX_BODY, MAX_BODY + 1])
def test_the_bound_is_on_what_was_decompressed(size: int) -> None:
    fetched = get(gzip.compress(bytes(size)), "gzip")
    assert (len(fetched.body), fetched.whole) == (min(size, MAX_BODY), size <= MAX_BODY)


def cut(data: bytes, sizes: list[int]) -> Iterator[bytes]:
    for size in sizes:
        yield data[:size]
        data = data[size:]
    yield data


@settings(max_examples=200, derandomize=True, deadline=None, database=None)
@given(
    data=st.binary(max_size=300) | st.integers(0, 60_000).map(bytes),
    sizes=st.lists(st.integers(1, 40)),
    encoding=st.sampled_from(["gzip", "deflate"]),
)
def test_it_does_not_matter_where_the_pieces_end(data: bytes, sizes: list[int], encoding: str) -> None:
    body = gzip.compress(data) if encoding == "gzip" else zlib.compress(data)
    pieces = list(decompressed(cut(body, sizes), encoding))
    assert b"".join(pieces) == data
    assert max(map(len, pieces), default=0) <= 16_384

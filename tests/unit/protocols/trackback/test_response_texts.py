"""The texts of a receiver's answer, and answers that are hostile."""

from datetime import timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.linear_time import not_linear
from tests.unit.protocols.trackback.answers import ACCEPTED, NOW, UNCLEAR, document, read
from trackback.protocols.trackback.response import MOST_WORDS, READ, read_response


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        pytest.param("120", 120, id="seconds"),
        pytest.param("99999999999", 2 * 86_400, id="longer than we try"),
        pytest.param(format_datetime(NOW + timedelta(hours=1), usegmt=True), 3_600, id="a date"),
        pytest.param(format_datetime(NOW - timedelta(hours=1), usegmt=True), None, id="a date gone by"),
        pytest.param("0", None, id="at once"),
        pytest.param("-5", None, id="before"),
        pytest.param("soon", None, id="words"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_how_long_to_wait_is_heeded(value: str, seconds: int | None) -> None:
    assert read("", 503, retry_after=value).retry_after == seconds
    assert read(document(0), 200, retry_after=value).retry_after is None


@pytest.mark.parametrize(
    ("charset", "declared", "header"),
    [
        ("utf-8", "utf-8", ""),
        ("utf-8", "iso-8859-1", "text/html; charset=iso-8859-1"),
        ("shift_jis", "Shift_JIS", "text/xml"),
        ("euc_jp", "EUC-JP", "text/html"),
        ("euc_jp", "", "text/xml; charset=euc-jp"),
        ("iso2022_jp", "ISO-2022-JP", ""),
        ("utf-16", "utf-16", "text/xml"),
    ],
)
def test_its_words_are_read_in_their_charset(charset: str, declared: str, header: str) -> None:
    words = "トラックバックは受け付けていません"
    named = f' encoding="{declared}"' if declared else ""
    xml = f'<?xml version="1.0"{named}?><response><error>1</error><message>{words}</message></response>'
    assert read(xml.encode(charset), content_type=header).message == f"it refused the ping: “{words}”"


def test_what_it_says_is_cut_and_cleaned() -> None:
    answered = read(document(1, "<script>x</script>\u202e\0" + "wo\nrd " * 1_000)).message
    assert answered.startswith("it refused the ping: “x")
    assert answered.endswith("…”")
    assert answered.isprintable()
    assert len(answered) < MOST_WORDS + 50


def test_only_the_beginning_of_an_answer_is_read() -> None:
    assert read(b" " * READ + document(0).encode()).stage is UNCLEAR
    assert read(document(0).encode() + b" " * 10 * READ).stage is ACCEPTED


def test_no_entity_is_expanded() -> None:
    bomb = '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hostname"><!ENTITY b "&a;&a;">]>'
    assert read(bomb + document(1, "x &b;")).message == "it refused the ping: “x &b;”"


HOSTILE = [
    "<error>",
    "<error ",
    "<error\t",
    "<![CDATA[",
    "<error><![CDATA[",
    "<message",
    "</error",
    "<h1>",
    "&#",
    "<",
    "already ",
    "ya ",
    "e\u0301",
]


@pytest.mark.parametrize("before", ["", "<error>", "<error>1</error><message>"])
def test_a_hostile_answer_takes_linear_time(before: str) -> None:
    assert not_linear(HOSTILE, lambda pieces: read(before + pieces), READ) == {}


@settings(max_examples=300, derandomize=True, deadline=None, database=None)
@given(
    status=st.integers(-1, 1_000),
    headers=st.dictionaries(st.sampled_from(["Content-Type", "retry-after", "X"]), st.text(max_size=40)),
    body=st.binary(max_size=100)
    | st.lists(
        st.sampled_from(["<error>", "</error>", "0", "1", "<message>", "é", "\0", "<![CDATA[", "]]>", "&lt;"])
    ).map(lambda pieces: "".join(pieces).encode()),
)
def test_any_answer_is_read(status: int, headers: dict[str, str], body: bytes) -> None:
    answered = read_response(status, headers, body, NOW)
    assert answered.message == " ".join(answered.message.split())
    assert answered.message.startswith("it ")
    assert answered.retry_after is None or 0 < answered.retry_after <= 2 * 86_400

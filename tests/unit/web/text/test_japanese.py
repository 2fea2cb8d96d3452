"""EUC-JP and ISO-2022-JP as Japanese programs wrote them, vendors' characters included."""

import pytest

from trackback.web.text import japanese as jis

EUC, ISO = "euc-jp", "iso-2022-jp"


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        pytest.param(b"", EUC, "", id="nothing"),
        pytest.param(b"plain ~\\\r\n", EUC, "plain ~\\\r\n", id="ASCII"),
        pytest.param(b"\xc6\xfc\xcb\xdc\xb8\xec", EUC, "日本語", id="kanji"),
        pytest.param(b"\xa5\xd6\xa5\xed\xa5\xb0 a", EUC, "ブログ a", id="katakana and ASCII"),
        pytest.param(b"\xad\xa1", EUC, "①", id="NEC's circled one"),
        pytest.param(b"\xad\xea", EUC, "㈱", id="NEC's stock company"),
        pytest.param(b"\xfc\xe2", EUC, "髙", id="IBM's ladder kanji, where NEC put it"),
        pytest.param(b"\x8e\xb6\x8e\xc5", EUC, "ｶﾅ", id="half-width kana"),
        pytest.param(b"\x8f\xb0\xa1", EUC, "丂", id="a kanji of the supplement"),
        pytest.param(b"\xa1\xa1\xa1\xfe\xf4\xa6", EUC, "　◇熙", id="first row, its last cell, last kanji"),
        pytest.param(b"", ISO, "", id="nothing at all"),
        pytest.param(b"plain", ISO, "plain", id="ASCII without escapes"),
        pytest.param(b"\x1b$BF|K\\8l\x1b(B ab", ISO, "日本語 ab", id="kanji, then ASCII"),
        pytest.param(b"\x1b$@F|K\\\x1b(J ab", ISO, "日本 ab", id="the standard of 1978, then Roman"),
        pytest.param(b"\x1b$B-!-j|b\x1b(B", ISO, "①㈱髙", id="vendors' characters"),
        pytest.param(b"\x1b(I6E\x1b$BF|\x1b(B", ISO, "ｶﾅ日", id="half-width kana by escape"),
        pytest.param(b"\x1b$BF|K\\", ISO, "日本", id="never switched back"),
        pytest.param(b"\x1b$BF|\nK\\\r\n\x1b(B", ISO, "日\n本\r\n", id="line breaks between kanji"),
        pytest.param(b"\x1b(I1\n2 3\x1b(B", ISO, "ｱ\nｲ ｳ", id="line break and space between kana"),
    ],
)
def test_text_is_read(data: bytes, charset: str, text: str) -> None:
    assert jis.decode(data, charset) == text


@pytest.mark.parametrize(
    ("data", "charset", "replaced"),
    [
        pytest.param(b"\xc6\xfc\xcb", EUC, "日\ufffd", id="half a kanji"),
        pytest.param(b"a\xffb", EUC, "a\ufffdb", id="a byte outside of the table"),
        pytest.param(b"a\x80b", EUC, "a\ufffdb", id="a control byte"),
        pytest.param(b"\x8e", EUC, "\ufffd", id="half a kana"),
        pytest.param(b"\x1b$BF|K", ISO, "日\ufffd", id="half a kanji by escape"),
        pytest.param(b"\xe9t\xe9", ISO, "\ufffdt\ufffd", id="eight bits where seven are meant"),
    ],
)
def test_what_does_not_fit_is_refused_or_replaced(data: bytes, charset: str, replaced: str) -> None:
    with pytest.raises(UnicodeDecodeError):
        jis.decode(data, charset)
    assert jis.decode(data, charset, "replace") == replaced


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"\x1b$B\xa4\xa2\x1b(B", id="pairs with the eighth bit set"),
        pytest.param(b"\x1b$B\x22\x0a\x1b(B", id="a line break as the second half"),
        pytest.param(b"\x1b$B\xe3\x81\x82\xe3\x81\x82", id="UTF-8 after an escape"),
    ],
)
def test_bytes_outside_of_the_escaped_table_are_refused(data: bytes) -> None:
    with pytest.raises(UnicodeDecodeError):
        jis.decode(data, ISO)

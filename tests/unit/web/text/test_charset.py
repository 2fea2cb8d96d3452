"""Every row of the charsets that senders use, misuse and leave out; expected texts are written out."""

import pytest

from trackback.web.text.charset import Decoded, decode, known_charset

URL = b"https://other.example/a"
KOI8_R = b"\xf0\xd2\xc9\xd7\xc5\xd4, \xcd\xc9\xd2! \xfc\xd4\xcf \xc2\xcf\xcc\xd8\xdb\xc1\xd1"
CP1251 = b"\xcf\xf0\xe8\xe2\xe5\xf2, \xec\xe8\xf0! \xdd\xf2\xee \xe1\xee\xeb\xfc\xf8\xe0\xff"


@pytest.mark.parametrize(
    ("data", "label", "text", "charset"),
    [
        pytest.param(b"plain", "", "plain", "utf-8", id="ASCII, undeclared"),
        pytest.param(b"", "", "", "utf-8", id="nothing"),
        pytest.param(b"caf\xc3\xa9", "utf-8", "café", "utf-8", id="UTF-8"),
        pytest.param(b"caf\xc3\xa9", "iso-8859-1", "café", "utf-8", id="UTF-8 labelled Latin-1"),
        pytest.param(
            b"\xe6\x97\xa5\xe6\x9c\xac", "shift_jis", "日本", "utf-8", id="UTF-8 labelled Shift_JIS"
        ),
        pytest.param(b"caf\xe9", "iso-8859-1", "café", "windows-1252", id="Latin-1"),
        pytest.param(
            b"\xc4rger \xfcber \xd6l", "utf-8", "Ärger über Öl", "windows-1252", id="Latin-1 as UTF-8"
        ),
        pytest.param(b"\x93a\x94 \x80", "iso-8859-1", "“a” €", "windows-1252", id="windows-1252 as Latin-1"),
        pytest.param(b"\xbelu\xbb", "ISO-8859-2", "žluť", "iso-8859-2", id="Latin-2"),
        pytest.param(b"\xa4", "iso-8859-15", "€", "iso-8859-15", id="the euro of Latin-9"),
        pytest.param(b"\x87@\x87\x8a\xee\xe0", "shift_jis", "①㈱髙", "shift_jis", id="vendors' in Shift_JIS"),
        pytest.param(b"\x87@\x87\x8a\xee\xe0", "x-sjis", "①㈱髙", "shift_jis", id="vendors' in x-sjis"),
        pytest.param(b"\x87@", "windows-31j", "①", "shift_jis", id="windows-31j"),
        pytest.param(
            b"\xb6\xc5 \x83u\x83\x8d\x83O", "sjis", "ｶﾅ ブログ", "shift_jis", id="kana in Shift_JIS"
        ),
        pytest.param(b"\xad\xa1\xad\xea\xfc\xe2", "euc-jp", "①㈱髙", "euc-jp", id="vendors' in EUC-JP"),
        pytest.param(
            b"\x8e\xb6\x8e\xc5\xc6\xfc", "x-euc-jp", "ｶﾅ日", "euc-jp", id="half-width kana in EUC-JP"
        ),
        pytest.param(b"\x1b$BF|K\\\x1b(B", "", "日本", "iso-2022-jp", id="ISO-2022-JP, undeclared"),
        pytest.param(b"\x1b$BF|K\\\x1b(B", "shift_jis", "日本", "iso-2022-jp", id="ISO-2022-JP mislabelled"),
        pytest.param(
            b"\x1b$@F|K\\\x1b(J", "jis", "日本", "iso-2022-jp", id="the escapes of 1978, labelled jis"
        ),
        pytest.param(b"\x1b$B-!-j|b\x1b(B", "", "①㈱髙", "iso-2022-jp", id="vendors' in ISO-2022-JP"),
        pytest.param(b"\x1b(I6E\x1b(B", "", "ｶﾅ", "iso-2022-jp", id="half-width kana in ISO-2022-JP"),
        pytest.param(b"\x1b$B\xc3\xa9", "", "\x1b$Bé", "utf-8", id="an escape in UTF-8 is no proof"),
        pytest.param(b"\xa2\xe35 \xd6\xd0", "gb2312", "€5 中", "gbk", id="GB 18030's euro labelled gb2312"),
        pytest.param(b"\x81\x30\x89\x38", "gb18030", "ß", "gb18030", id="four bytes of GB 18030"),
        pytest.param(b"\xd6\xd0\xce\xc4", "x-gbk", "中文", "gbk", id="x-gbk"),
        pytest.param(b"\xc7\xd1\xb1\xb9", "euc-kr", "한국", "euc-kr", id="EUC-KR"),
        pytest.param(b"\x8cc\xb9\xe6", "euc-kr", "똠방", "euc-kr", id="CP949 labelled EUC-KR"),
        pytest.param(b"\xc7\xd1\xb1\xb9", "ks_c_5601-1987", "한국", "euc-kr", id="ks_c_5601-1987"),
        pytest.param(b"\xa4\xa4\xa4\xe5", "big5", "中文", "big5", id="Big5"),
        pytest.param(b"\xad\xbb\xb4\xe4\x9d\xee", "big5", "香港㗎", "big5", id="Hong Kong's Big5"),
        pytest.param(KOI8_R, "koi8-r", "Привет, мир! Это большая", "koi8-r", id="KOI8-R"),
        pytest.param(CP1251, "windows-1251", "Привет, мир! Это большая", "windows-1251", id="windows-1251"),
        pytest.param(b"\xf9\xec\xe5\xed", "windows-1255", "שלום", "windows-1255", id="Hebrew"),
        pytest.param(b"\xe4\xb7\xc2", "windows-874", "ไทย", "windows-874", id="Thai"),
        pytest.param(b"\xe4\xb7\xc2", "tis-620", "ไทย", "windows-874", id="Thai by its standard"),
    ],
)
def test_declared_text_is_read(data: bytes, label: str, text: str, charset: str) -> None:
    assert decode([data], [label]) == Decoded([text], charset)


def test_big5_has_the_characters_of_windows_too() -> None:
    assert decode([b"\xa3\xe1 \xa4\xa4"], ["big5"]).texts == ["€ 中"]


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("日本語のブログを書いています。今日はとても天気が良いです。", "cp932"),
        ("日本語のブログを書いています。今日はとても天気が良いです。", "euc_jp"),
        ("오늘은 날씨가 아주 좋습니다. 블로그에 글을 썼습니다.", "cp949"),
        ("今天天气很好，我写了一篇博客文章。", "gb18030"),
        ("今天天氣很好，我寫了一篇部落格文章。", "cp950"),
        ("Привет, мир! Это большая новость о погоде", "koi8_r"),
        ("Привет, мир! Это большая новость о погоде", "cp1251"),
        ("Ärger über Öl", "latin_1"),
        ("naïve “café”", "cp1252"),
    ],
    ids=["Shift_JIS", "EUC-JP", "Korean", "GBK", "Big5", "KOI8-R", "windows-1251", "Latin-1", "windows-1252"],
)
def test_undeclared_text_is_recognised(text: str, codec: str) -> None:
    assert decode([URL, text.encode(codec)], ["", ""]).texts == ["https://other.example/a", text]


def test_a_short_field_is_read_as_the_long_one_beside_it() -> None:
    title, excerpt = "日記", "今日はとても天気が良いので、散歩に行きました。"
    assert decode([title.encode("cp932"), excerpt.encode("cp932")], []).texts == [title, excerpt]


def test_of_two_labels_the_first_that_fits_counts() -> None:
    assert decode([b"\xcf\xf0"], ["windows-1251", "koi8-r"]) == Decoded(["Пр"], "windows-1251")
    assert decode([b"\xcf\xf0"], ["nonsense", "koi8-r"]) == Decoded(["оП"], "koi8-r")
    assert decode([b"\xb6\xff\xc5"], ["euc-jp", "windows-1251"]) == Decoded(["¶яЕ"], "windows-1251")


@pytest.mark.parametrize("label", ["windows-1252", "iso-8859-1", ""])
def test_holes_in_windows_1252_are_replaced(label: str) -> None:
    decoded = decode([b"\x81\xe9\x8d\x8f\x90\x9d"], [label])
    assert decoded == Decoded(["\ufffdé\ufffd\ufffd\ufffd\ufffd"], "windows-1252", replaced=True)


@pytest.mark.parametrize(
    "label",
    [
        *(
            "utf-7",
            "unicode_escape",
            "raw_unicode_escape",
            "punycode",
            "idna",
            "undefined",
            "hz",
            "hz-gb-2312",
        ),
        *("zlib", "base64", "rot13", "hex", "uu", "mbcs", "oem", "utf-32", "iso-2022-kr", "iso-2022-cn"),
        *("x-user-defined", "replacement", "", " ", "utf-8\x00", "utf-8,iso-8859-1,euc-jp", "utf-8 euc-jp"),
        *("a" * 41, "a" * 200_000, "ＵＴＦ-8", "utf-8;", "../utf-8", "\ud800"),
    ],
)
def test_a_label_is_one_known_charset_or_none(label: str) -> None:
    assert known_charset(label) is None


@pytest.mark.parametrize("label", ["utf-16", "utf-16le", "utf-16be", "unicode"])
def test_utf_16_cannot_be_posted_without_a_mark(label: str) -> None:
    assert decode([b"na\xefve \x93caf\xe9\x94"], [label]).texts == ["naïve “café”"]


@pytest.mark.parametrize("label", ["UTF8", " utf-8 ", '"utf-8"', "'UTF-8'", "unicode-1-1-utf-8"])
def test_a_label_may_be_spelt_freely(label: str) -> None:
    assert known_charset(label) == "utf-8"


@pytest.mark.parametrize(
    ("data", "label"),
    [
        (b"+ADw-script+AD4-", "utf-7"),
        (b"\\u003cscript\\u003e", "unicode_escape"),
        (b"~{<:Ky2;~}", "hz"),
        (b"PHNjcmlwdD4=", "base64"),
    ],
)
def test_dangerous_labels_change_nothing(data: bytes, label: str) -> None:
    assert decode([data], [label]).texts == [data.decode("ascii")]


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        pytest.param(b"\xef\xbb\xbf\xe6\x97\xa5\xe6\x9c\xac", "utf-8", id="UTF-8"),
        pytest.param(b"\xff\xfe\xe5\x65\x2c\x67", "utf-16", id="UTF-16, little end first"),
        pytest.param(b"\xfe\xff\x65\xe5\x67\x2c", "utf-16", id="UTF-16, big end first"),
        pytest.param(
            b"\xff\xfe\x00\x00\xe5\x65\x00\x00\x2c\x67\x00\x00", "utf-32", id="UTF-32, little end first"
        ),
        pytest.param(
            b"\x00\x00\xfe\xff\x00\x00\x65\xe5\x00\x00\x67\x2c", "utf-32", id="UTF-32, big end first"
        ),
    ],
)
def test_a_byte_order_mark_decides_and_goes(data: bytes, charset: str) -> None:
    assert decode([data], ["shift_jis"]) == Decoded(["日本"], charset)


def test_a_mark_decides_for_all_fields_that_were_written_the_same() -> None:
    url = b"\xff\xfe" + "https://other.example/".encode("utf-16-le")
    title = b"\xff\xfe" + "日本".encode("utf-16-le")
    assert decode([url, title], []) == Decoded(["https://other.example/", "日本"], "utf-16")


def test_a_field_with_a_mark_leaves_an_ascii_url_readable() -> None:
    assert decode([URL, b"\xff\xfe\xe5\x65"], []).texts == ["https://other.example/a", "日"]


def test_half_a_character_after_a_mark_is_dropped() -> None:
    assert decode([b"\xff\xfe\xe5\x65a"], []) == Decoded(["日"], "utf-16")


def test_a_mark_before_what_is_no_utf_16_is_letters() -> None:
    assert decode([b"\xff\xfea\x00\x00\xd8b\x00"], []).charset == "windows-1252"


@pytest.mark.parametrize("text", ["Café", "Un café à Paris", "Größe zählt"])
@pytest.mark.parametrize("labels", [[], ["utf-8"], ["euc-jp"]])
def test_a_few_accents_among_latin_letters_are_not_russian(text: str, labels: list[str]) -> None:
    assert decode([text.encode("cp1252")], labels).texts == [text]


@pytest.mark.parametrize(
    ("data", "label", "text"),
    [
        pytest.param(b"\xe6\x97\xa5\xe6\x9c", "utf-8", "日", id="UTF-8 without its last byte"),
        pytest.param(b"\xe6\x97\xa5\xe6", "utf-8", "日", id="UTF-8 without its last two"),
        pytest.param(b"\xe6\x97\xa5\xf0\x9f\x98", "", "日", id="UTF-8, undeclared, an emoji cut"),
        pytest.param(b"\x93\xfa\x96{\x8c", "shift_jis", "日本", id="Shift_JIS"),
        pytest.param(b"\xc6\xfc\xcb\xdc\xb8", "euc-jp", "日本", id="EUC-JP"),
        pytest.param(b"\xc6\xfc\x8f\xb0", "euc-jp", "日", id="EUC-JP, the supplement's three bytes"),
        pytest.param(b"\x1b$BF|K\\8", "iso-2022-jp", "日本", id="ISO-2022-JP"),
        pytest.param(b"\xd6\xd0\xce\xc4\xb2", "gb2312", "中文", id="GB 2312"),
        pytest.param(b"\xd6\xd0\x81\x30\x89", "gb18030", "中", id="GB 18030's four bytes"),
        pytest.param(b"\xc7\xd1\xb1\xb9\xbe", "euc-kr", "한국", id="EUC-KR"),
        pytest.param(b"\xa4\xa4\xa4\xe5\xb4", "big5", "中文", id="Big5"),
    ],
)
def test_a_character_cut_at_the_end_is_dropped(data: bytes, label: str, text: str) -> None:
    decoded = decode([URL, data], [label])
    assert decoded.texts == ["https://other.example/a", text]
    assert not decoded.replaced


@pytest.mark.parametrize("tail", [b"...", b"&#8230;", b"\xe2\x80\xa6", b" [...]"])
def test_utf_8_that_was_cut_before_an_ellipsis_stays_utf_8(tail: bytes) -> None:
    excerpt = "今日はとても天気が良いので、散歩に".encode()[:-1] + tail
    text = decode([URL, excerpt], ["utf-8"]).texts[1]
    assert text.startswith("今日はとても天気が良いので、散歩")


@pytest.mark.parametrize(
    ("data", "label", "text"),
    [
        (
            "Příliš žluťoučký ".encode() + b"k\xc5 \xc4\x8f\xc3\xa1bel",
            "utf-8",
            "Příliš žluťoučký k\ufffd ďábel",
        ),
        (b"\x805 \xd6\xd0\xce\xc4", "gbk", "\ufffd5 中文"),
        (b"\xb7\xd1\xb1\xb9\xff \xc7\xd1", "euc-kr", "롤국\ufffd 한"),
        (b"na\xefve\x9d caf\xe9", "iso-8859-1", "naïve\ufffd café"),
    ],
    ids=["UTF-8", "GBK", "EUC-KR", "Latin-1"],
)
def test_one_broken_character_leaves_the_declared_charset(data: bytes, label: str, text: str) -> None:
    assert decode([URL, data], [label]).texts[1] == text
    assert decode([URL, data], [label]).replaced


@pytest.mark.parametrize("label", ["", "utf-8", "iso-8859-1"])
@pytest.mark.parametrize(("data", "text"), [(b"Caf\xe9", "Café"), (b"d\xe9j\xe0", "déjà"), (b"\xc0", "À")])
def test_latin_1_that_ends_like_cut_utf_8_stays_latin_1(data: bytes, text: str, label: str) -> None:
    assert decode([URL, data], [label]) == Decoded(["https://other.example/a", text], "windows-1252")

"""Plain text out of strangers' fields: tags, entities, invisible characters and limits."""

import pytest

from trackback.model.texts import shorten
from trackback.web.text.plain_text import READ, clean

FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # man, joiner, woman, joiner, girl
GERMANY, FRANCE = "\U0001f1e9\U0001f1ea", "\U0001f1eb\U0001f1f7"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param("", "", id="nothing"),
        pytest.param("a <b>bold</b> word", "a bold word", id="a tag between words"),
        pytest.param("wo<b>r</b>d", "word", id="a tag inside of a word"),
        pytest.param("a<br>b<p>c</p>d", "a b c d", id="tags that break lines"),
        pytest.param('see <a href="http://o/" rel=x>this</a>', "see this", id="a link"),
        pytest.param("a<!-- hidden -->b", "a b", id="a comment"),
        pytest.param("a<!-- <p>hidden</p> -->b", "a b", id="a comment around tags"),
        pytest.param("<![CDATA[x]]>y", "y", id="a CDATA section"),
        pytest.param("<?php echo 1 ?>x<!DOCTYPE html>", "x", id="an instruction and a doctype"),
        pytest.param("<script>alert(1)</script>x", "alert(1) x", id="a script is text"),
        pytest.param("&lt;script&gt;alert(1)&lt;/script&gt;", "alert(1)", id="escaped tags"),
        pytest.param("<scr<b>ipt>alert(1)</scr</b>ipt>", "alert(1)", id="a tag inside of a tag"),
        pytest.param("&lt;scr&lt;b&gt;ipt&gt;x", "x", id="an escaped tag inside of one"),
        pytest.param("<\x00script>x&lt;\u200bscript&gt;y", "x y", id="a tag behind an invisible character"),
        pytest.param(
            "1 < 2 and 3 > 2, x <y, a <3 b", "1 < 2 and 3 > 2, x <y, a <3 b", id="less than is no tag"
        ),
        pytest.param("It&#8217;s &#8220;x&#8221; &#038; y", "It’s “x” & y", id="WordPress's title"),
        pytest.param("Tom &amp; Jo&#039;s", "Tom & Jo's", id="WordPress's blog name"),
        pytest.param("cut &#8230;", "cut …", id="WordPress's cut excerpt"),
        pytest.param("&#12354;&#x3044;", "あい", id="numeric entities in place of characters"),
        pytest.param("&eacute;&nbsp;&hellip;", "é …", id="named entities"),
        pytest.param("&amp;lt;b&amp;gt; &amp;amp;", "&lt;b&gt; &amp;", id="escaped twice, decoded once"),
        pytest.param("a & b &nosuch; &", "a & b &nosuch; &", id="ampersands of no entity"),
        pytest.param(
            "a&#0;b&#1;c&#xD800;d&#x110000;", "a\ufffdbc\ufffdd\ufffd", id="references to no character"
        ),
        pytest.param("a&#" + "9" * 5_000 + ";b", "a\ufffd", id="a reference of 5,000 digits"),
        pytest.param("a&#" + "9" * 4_000 + ";b&#x" + "f" * 40 + ";", "a\ufffdb\ufffd", id="huge references"),
        pytest.param(
            "a\tb\r\nc\x0bd\x0ce\x85f\u2028g\u2029h\xa0i", "a b c d e f g h i", id="every kind of break"
        ),
        pytest.param("  a   b  ", "a b", id="runs of blanks"),
        pytest.param("a\x00b\x08c\x1bd\x7fe\x80f\x9fg", "abcdefg", id="controls"),
        pytest.param("a\ud800b\udfffc\ufffed\uffffe\ufdd0f", "abcdef", id="surrogates and noncharacters"),
        pytest.param("a\u202ab\u202ec\u2066d\u2069e&#x202E;f", "abcdef", id="bidirectional overrides"),
        pytest.param("שלום \u200fx", "שלום \u200fx", id="a direction mark"),
        pytest.param("a\u200bb\u2060c\ufeffd", "abcd", id="zero width"),
        pytest.param("a\u200d\u200c\u200db", "ab", id="a run of joiners"),
        pytest.param("a\u200d\u200b\u200d\x00\u200db", "ab", id="a run of joiners in disguise"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="a Persian word keeps its joint"),
        pytest.param(FAMILY, FAMILY, id="an emoji keeps its joiners"),
        pytest.param("e\u0301 \u1112\u1161\u11ab", "\u00e9 \ud55c", id="composed (NFC)"),
        pytest.param(
            "e<b>\u0301</b> a\x00\u0301", "\u00e9 \u00e1", id="composed once what was between is gone"
        ),
        pytest.param("ﬁ ① ｶ", "ﬁ ① ｶ", id="but not made compatible (NFKC)"),
    ],
)
def test_a_field_becomes_plain_text(raw: str, text: str) -> None:
    assert clean(raw, 500) == text


def test_a_field_that_shows_nothing_is_empty() -> None:
    fields = [
        "\u200d",
        "\u200c",
        "\u200b\u200d\u200b",
        "&#8203;",
        "<b></b>",
        "&lt;i&gt;&lt;/i&gt;",
        "\x00",
        "\xa0",
        "<!---->",
        "\u00ad",
        "\u3164",
        "\u2800 \u034f",
        "\ufe0f",
        "\u200e\u200f",
        "\U000e0041",
    ]
    assert [raw for raw in fields if clean(raw, 500)] == []


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        pytest.param("", 5, "", id="nothing"),
        pytest.param("abcdef", 6, "abcdef", id="just fits"),
        pytest.param("abcdefg", 6, "abcde…", id="one too long"),
        pytest.param("abcd efg", 6, "abcd…", id="no blank before the ellipsis"),
        pytest.param("ab", 1, "…", id="room for the ellipsis only"),
        pytest.param("a" + FAMILY, 6, "a" + FAMILY, id="a family that fits"),
        pytest.param("a" + FAMILY + "b", 6, "a…", id="a family that does not"),
        pytest.param("a" + FAMILY + "b", 3, "a…", id="never half a family"),
        pytest.param(GERMANY + FRANCE, 3, GERMANY + "…", id="a flag after a flag"),
        pytest.param("a" + GERMANY + FRANCE, 3, "a…", id="never half a flag"),
        pytest.param("\U0001f44d\U0001f3fd" * 2, 3, "\U0001f44d\U0001f3fd…", id="a thumb keeps its colour"),
        pytest.param("1\ufe0f\u20e3" * 2, 5, "1\ufe0f\u20e3…", id="a keycap"),
        pytest.param("नमस्ते दुनिया", 4, "नम…", id="a syllable of Devanagari"),
        pytest.param("xa\u0323\u0302yz", 4, "x…", id="a letter keeps its marks"),
        pytest.param("한국어말", 3, "한국…", id="Korean"),
    ],
)
def test_text_is_cut_between_graphemes(text: str, limit: int, short: str) -> None:
    assert shorten(text, limit) == short


def test_one_letter_under_many_marks_is_cut_all_the_same() -> None:
    assert clean("Z" + "\u0300" * 3_000, 250) == "Z" + "\u0300" * 4


def test_tags_that_hide_text_are_dropped() -> None:
    assert clean("a\U000e0068\U000e0069b", 250) == "ab"


def test_only_the_start_of_a_huge_field_is_looked_at() -> None:
    assert clean(" " * READ + "a", 250) == ""
    assert clean("<" * 65_536, 250) == "<" * 249 + "…"
    assert clean("&" * 65_536, 250) == "&" * 249 + "…"

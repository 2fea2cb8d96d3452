"""What a page says of itself, and which pages are read."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.unit.web.html.pages import POST, A, read
from trackback.web.budget import Budget
from trackback.web.html import page as reading
from trackback.web.html import tokenizer as markup
from trackback.web.html.link_reader import Document, LinkReader


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/rss+xml", "text/xml", "application/json", "application/pdf", "image/svg+xml"],
)
def test_what_is_not_html_is_an_empty_document(content_type: str) -> None:
    assert read(f"<title>x</title>{A}", content_type) == Document()


@pytest.mark.parametrize("content_type", ["", "TEXT/HTML", "text/html,text/html", "application/xhtml+xml"])
def test_html_has_several_types(content_type: str) -> None:
    assert read(A, content_type).link


@pytest.mark.parametrize(
    ("page", "title", "language", "canonical"),
    [
        pytest.param("", "", "", None, id="nothing"),
        pytest.param(
            "<title> A &amp; B\n<b>c</b> </title><title>D</title>", "A & B c", "", None, id="a title"
        ),
        pytest.param("<title>&amp;lt;b> x<y</title>", "&lt;b> x<y", "", None, id="a title about markup"),
        pytest.param(f"<title>{'x' * 999}", "x" * 299 + "…", "", None, id="a title without end"),
        pytest.param("<svg><title> </title></svg><title>A</title>", "A", "", None, id="a blank title first"),
        pytest.param("<p>x<svg><title>Icon</title></svg>", "", "", None, id="a picture's title"),
        pytest.param(
            "<svg><title>Icon</title></svg><title>A</title>", "A", "", None, id="a picture's title first"
        ),
        pytest.param("<title>\u202e\x07A</title>", "A", "", None, id="a title with controls"),
        pytest.param("<template><title>x</title></template>", "", "", None, id="a title in a template"),
        pytest.param("<html lang=' pt-BR '>", "", "pt-BR", None, id="a language"),
        pytest.param("<html xml:lang=ja>", "", "ja", None, id="XHTML's language"),
        pytest.param("<html lang='<b>'><html lang=de>", "", "de", None, id="a language that is none"),
        pytest.param("<link rel='x Canonical' href=/a>", "", "", "https://o.example/a", id="a canonical URL"),
        pytest.param(
            "<link rel=canonical href=ä><base href=//c.example/>",
            "",
            "",
            "https://c.example/%C3%A4",
            id="a canonical URL with a base",
        ),
        pytest.param("<link rel=canonical href=javascript:x>", "", "", None, id="a canonical script"),
        pytest.param("<link rel=canonical>", "", "", "https://o.example/blog/re-hello", id="no href"),
        pytest.param("<p><link rel=canonical href=/a>", "", "", None, id="a canonical URL in a comment form"),
        pytest.param("<link rel=alternate href=/a>", "", "", None, id="another link element"),
    ],
)
def test_what_a_page_says_of_itself(page: str, title: str, language: str, canonical: str | None) -> None:
    document = read(page)
    assert (document.title, document.language, document.canonical) == (title, language, canonical)


@pytest.mark.parametrize(
    ("text", "charset", "content_type", "head"),
    [
        pytest.param(
            "日本語のブログ", "shift_jis", "text/html; charset=Shift_JIS", "", id="Shift_JIS by header"
        ),
        pytest.param("日本語のブログ", "shift_jis", "text/html", "<meta charset=shift_jis>", id="by meta"),
        pytest.param(
            "日本語",
            "euc-jp",
            "text/html",
            '<?xml version="1.0" encoding="EUC-JP"?>',
            id="by XHTML's declaration",
        ),
        pytest.param(
            "한국어 블로그",
            "euc-kr",
            "text/html; charset=x",
            "<!-- <meta charset=big5> --><META http-equiv=content-type content='text/html; charset=EUC-KR'>",
            id="EUC-KR by http-equiv, an unknown header and a comment",
        ),
        pytest.param("Привет, мир", "cp1251", "text/html;charset=windows-1251,x", "", id="windows-1251"),
        pytest.param(
            "Grüße, 日本", "utf-16", "text/html", "<meta charset=shift_jis>", id="UTF-16 with a mark"
        ),
    ],
)
def test_a_charset_is_read_wherever_it_is_declared(
    text: str, charset: str, content_type: str, head: str
) -> None:
    page = f"{head}<title>{text}</title><p>{text} <a href={POST}>{text}</a>"
    document = read(page.encode(charset), content_type)
    assert document.title == text
    assert document.link
    assert (document.link.text, document.link.sentence) == (text, f"{text} {text}")


def test_a_page_that_is_cut_off_within_a_character_is_read_to_its_end() -> None:
    link = read(f"<p>日本 {A}、語".encode()[:-1]).link
    assert link
    assert link.sentence == "日本 here、"


def test_pages_that_come_side_by_side_are_read_one_after_the_other_so_that_they_fit_into_memory(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    running, most = 0, 0
    read_markup = markup.read_markup

    def slowly(text: str, reader: LinkReader, budget: Budget) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        time.sleep(0.01)
        read_markup(text, reader, budget)
        running -= 1

    monkeypatch.setattr(reading, "read_markup", slowly)
    with ThreadPoolExecutor(10) as pool:
        assert all(document.link for document in pool.map(read, [A] * 10))
    assert most == 1

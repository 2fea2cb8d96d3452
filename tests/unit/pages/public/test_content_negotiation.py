"""Which form of a list a client would rather have."""

from trackback.pages.public.content_negotiation import prefers_html

FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CHROMIUM = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)
LYNX = "text/html, text/plain, text/sgml, text/css, application/xhtml+xml, */*;q=0.01"

HTML = [
    FIREFOX,
    CHROMIUM,
    LYNX,
    "text/html",
    "TEXT/HTML",
    "text/*",
    "text/html, application/json;q=0.9",
    "application/json;q=0.9,text/html",
    "text/html;q=0.001",
    "text/html ; q = 1.000 , */* ; q = 0.999",
    "text/html;charset=utf-8;q=0.5, application/json;q=.4",
    "text/html, application/json;q=0",
    "application/*;q=0.2, text/html;q=0.3, */*",
    "text/*;q=0.4, */*;q=0.3",
    "nonsense, ;, /, text/html",
    "text/html, application/json;q=2x",
]
JSON = [
    "",
    " ",
    "*/*",
    "application/json",
    "application/*",
    "text/html, application/json",
    "text/html, */*",
    "text/html;q=0.5, application/json",
    "text/html;q=0, */*",
    "text/html;q=0",
    "text/html;q=0.8, */*;q=0.9",
    "text/html;q=0.2, text/*, */*;q=0.3",
    "text/plain, application/xhtml+xml",
    "text/html;q=high",
    "text/html;q=-1",
    "text/html;q=nan",
    "text/html;q=",
    "text / html",
    "text/html/",
    "*",
    "text",
    "html",
]


def test_who_would_rather_read_html_is_given_it() -> None:
    assert [accept for accept in HTML if not prefers_html(accept)] == []


def test_all_others_are_given_json() -> None:
    assert [accept for accept in JSON if prefers_html(accept)] == []


def test_any_number_of_pieces_is_read() -> None:
    pieces = ["text/html,", "a", "/", ";", "q=", " ", "text/html;q=1 ", "\t;q=0.1", "9"]
    assert [it for it in pieces if not prefers_html(f"text/plain;q={it * 20_000},text/html;q=0.5")] == []

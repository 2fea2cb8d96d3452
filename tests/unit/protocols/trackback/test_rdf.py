"""The RDF block: what is written survives a comment, and what others write is read."""

import re

import pytest

from tests.support.linear_time import not_linear
from trackback.protocols.trackback.rdf import MOST_BLOCKS, Block, block, read_blocks
from trackback.web.html.tokenizer import read_markup

POST = "https://blog.example/2026/hello/"
PING = "https://api.example/trackback/blog.example/2026/hello/"
OPEN = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"


class Shown:
    """Notes all that a browser would not take for a comment."""

    def __init__(self, page: str) -> None:
        """Read a page."""
        self.all: list[str] = []
        read_markup(page, self)

    def start(self, name: str, attributes: object) -> None:
        """Take a start tag."""
        self.all.append(f"{name} {attributes}")

    def end(self, name: str) -> None:
        """Take an end tag."""
        self.all.append(name)

    def text(self, text: str) -> None:
        """Take a piece of text."""
        self.all.append(text)


TITLES = [
    "Hello, world",
    "Grüße & <b>Küsse</b>",
    "\"Double\" and 'single'",
    "A -- B --- C ---- D",
    "--><script>alert(1)</script><!--",
    "--!>x",
    "-",
    "->",
    "",
    "&#45;&#45;&gt; &amp;",
    "</rdf:RDF> trackback:ping='https://evil.example/'",
    "日本語 – שלום",
    "{ping} {0} %s \\1",
]


def test_whatever_a_title_holds_stays_in_the_comment_and_is_read_back(subtests: pytest.Subtests) -> None:
    for title in TITLES:
        with subtests.test(title):
            written = block(ping_url=PING, post_url=POST, title=title)
            assert list(read_blocks(written)) == [Block(PING, POST, POST, title)]
            assert "".join(Shown(f"<p>a</p>{written}<p>b</p>").all) == "".join(Shown("<p>a</p><p>b</p>").all)
            assert written.count("--") == 2


def test_addresses_with_hyphens_and_parameters_are_read_back_as_they_are() -> None:
    post, ping = "https://blog.example/a--b/?x=1&copy=2", "https://api.example/trackback/blog.example/a--b/"
    assert list(read_blocks(block(ping_url=ping, post_url=post, title="-"))) == [Block(ping, post, post, "-")]


def test_characters_that_xml_forbids_are_blanks() -> None:
    (read,) = read_blocks(block(ping_url=PING, post_url=POST, title="a\x00b\nc\ud800d\x1b[0m"))
    assert read.title == "a b c d [0m"


def test_what_is_written_is_the_form_that_senders_read() -> None:
    """Of two programs that look for the block by patterns of their own, each finds its parts."""
    written = block(ping_url=PING, post_url=POST, title="Hello")
    (whole,) = re.findall(r"<rdf:RDF.*?</rdf:RDF>", written, re.DOTALL)
    assert re.findall(r'trackback:ping="([^"]+)"', whole) == [PING]
    assert re.findall(r'dc:identifier="([^"]+)"', whole) == [POST]
    assert whole.index("rdf:about") < whole.index("dc:identifier") < whole.index("trackback:ping")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            f'<rdf:Description trackback:ping="{PING}" dc:title="Hi" dc:identifier="{POST}" '
            f'rdf:about="{POST}"/>',
            Block(PING, POST, POST, "Hi"),
            id="attributes in another order",
        ),
        pytest.param(
            f"<RDF:description\n\tTrackBack:Ping = '{PING}'\n\tDC:Identifier='{POST}' >",
            Block(PING, POST),
            id="single quotes, blanks and other case",
        ),
        pytest.param(
            f'<rdf:Description rdf:about="" trackback:ping="{PING}" dc:identifier="{POST}"/>',
            Block(PING, POST),
            id="Typo's empty about",
        ),
        pytest.param(
            '<rdf:Description dc:identifier="https://b.example/?p=1&amp;copy=2" '
            'trackback:ping="https://b.example/tb?__mode=x&amp;id=7&#38;y=&#x41;&reg=1" />',
            Block("https://b.example/tb?__mode=x&id=7&y=A&reg=1", "https://b.example/?p=1&copy=2"),
            id="references, and what only looks like one",
        ),
        pytest.param(
            f'<rdf:Description dc:identifer="{POST}" trackback:ping="{PING}" />',
            Block(PING, POST),
            id="a misspelt identifier",
        ),
        pytest.param(
            f'<rdf:Description rdf:about="{POST}" dc:title="a > b" dc:description="&lt;p>Text" '
            f'dc:creator="Ann" dc:date="2004-08-01T10:00" trackback:ping="{PING}"></rdf:Description>',
            Block(PING, "", POST, "a > b"),
            id="Movable Type's other attributes",
        ),
        pytest.param(
            f'<rdf:Description rdf:about="{POST}"><dc:identifier>{POST}</dc:identifier>'
            f'<trackback:ping rdf:resource="{PING}" /></rdf:Description>',
            Block(PING, POST, POST),
            id="child elements",
        ),
        pytest.param(
            f"<rdf:Description>\n<trackback:ping> {PING} </trackback:ping><dc:title>Hi &amp; ho</dc:title>"
            f"</rdf:Description><dc:identifier>https://other.example/</dc:identifier>",
            Block(PING, title="Hi & ho"),
            id="a child with text, and one that is none",
        ),
        pytest.param(
            f'<![CDATA[ <rdf:Description dc:identifier="{POST}" trackback:ping="{PING}" /> ]]>',
            Block(PING, POST),
            id="in CDATA",
        ),
        pytest.param(
            f'<rdf:Description trackback:ping="{PING}" trackback:ping="https://x.example/"/>',
            Block(PING),
            id="the first of two",
        ),
        pytest.param(
            f'<rdf:Description trackback:ping="{PING}" dc:identifier="{POST}" dc:title="never closed>',
            Block(PING, POST),
            id="cut off within an attribute",
        ),
    ],
)
def test_a_block_is_read_as_it_is_really_written(text: str, expected: Block) -> None:
    assert list(read_blocks(f"<html><!-- {OPEN}{text}</rdf:RDF> --><p>More.</p>")) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param(f'<rdf:Description dc:identifier="{POST}" />', id="no ping URL"),
        pytest.param('<rdf:Description trackback:ping="" />', id="an empty ping URL"),
        pytest.param(f"<rdf:Description trackback:ping={PING} />", id="no quotes"),
        pytest.param(f'<rdf:Descriptions trackback:ping="{PING}" />', id="another element"),
        pytest.param(f'&lt;rdf:Description trackback:ping="{PING}" /&gt;', id="shown as text"),
        pytest.param(f'<p trackback:ping="{PING}">', id="an attribute of something else"),
        pytest.param(f'<rdf:Description></rdf:Description><a trackback:ping="{PING}">', id="behind its end"),
    ],
)
def test_what_is_no_block_is_not_read(text: str) -> None:
    assert list(read_blocks(f"<html>{text}</html>")) == []


def test_of_many_blocks_each_has_its_own_values() -> None:
    pages = [f"https://blog.example/{n}/" for n in range(MOST_BLOCKS + 5)]
    text = "\n".join(block(ping_url=f"{url}tb", post_url=url, title="") for url in pages)
    assert [found.identifier for found in read_blocks(text)] == pages[:MOST_BLOCKS]


HOSTILE = [
    "<rdf:Description ",
    '<rdf:Description a="',
    "<rdf:Description><dc:x a='",
    "<dc:x ",
    "<dc:x a='",
    "<dc:x a=\"' b='<dc:x c=\" ",
    "<trackback:ping>",
    "<trackback:ping rdf:resource='",
    "a='' ",
    "a ",
    "a",
    " ",
    "/ ",
    "&#1;",
    "</rdf:",
]


@pytest.mark.parametrize("start", ["<rdf:Description ", "<rdf:Description>"])
def test_reading_takes_linear_time(start: str) -> None:
    assert not_linear(HOSTILE, lambda pieces: list(read_blocks(start + pieces)), 1_000_000) == {}


def test_of_a_hostile_page_so_many_blocks_are_read() -> None:
    for hostile in HOSTILE:
        assert len(list(read_blocks(hostile * 2 * MOST_BLOCKS))) <= MOST_BLOCKS

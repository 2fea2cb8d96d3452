"""What the doctor says of a page's markup for senders."""

import pytest

from trackback.cli.doctor.discovery_check import Post, amiss, check_ping_urls
from trackback.cli.doctor.finding import Finding, Severity
from trackback.protocols.trackback.discovery import discover
from trackback.protocols.trackback.rdf import block

POST = Post("https://blog.example/2026/hello/", "https://api.example")
PING = "https://api.example/trackback/blog.example/2026/hello/"
LINK = f'<link rel="trackback" href="{PING}">'
ANCHOR = f'<a rel="trackback" href="{PING}">TrackBack URL</a>'
OTHER = "https://api.example/trackback/blog.example/2026/other/"
FOREIGN = "https://tb.example/trackback/blog.example/2026/hello/"


def rdf(ping: str = PING, identifier: str = POST.url) -> str:
    """Return a block in its comment."""
    return block(ping_url=ping, post_url=identifier, title="Hello")


def found(page: str, *, canonical: str | None = None, shows: bool = True) -> dict[str, Finding]:
    """Return what is found, by check."""
    discovery = discover(page, POST.url)
    findings = list(check_ping_urls(discovery, POST, canonical, shows=shows))
    return {finding.check: finding for finding in findings if finding.severity is not Severity.OK}


def test_a_page_with_all_the_markup_is_right() -> None:
    assert found(LINK + rdf() + ANCHOR, shows=False) == {}
    assert found(LINK + rdf()) == {}


@pytest.mark.parametrize(
    ("page", "check", "words", "advice"),
    [
        pytest.param(rdf(), "link", "no link with", LINK, id="no link"),
        pytest.param(
            LINK.replace(PING, OTHER) + rdf(),
            "link",
            "another post, blog.example/2026/other",
            LINK,
            id="link elsewhere",
        ),
        pytest.param(
            LINK.replace(PING, FOREIGN) + rdf(),
            "link",
            "leads to tb.example, while",
            LINK,
            id="link to another API",
        ),
        pytest.param(
            LINK.replace(PING, "https://api.example/2026/hello") + rdf(),
            "link",
            "names no post",
            LINK,
            id="no prefix",
        ),
        pytest.param(
            LINK + ANCHOR.replace(PING, OTHER) + rdf(),
            "link",
            "One of the links",
            "Remove it",
            id="a second link",
        ),
        pytest.param(LINK, "rdf", "no block of RDF", "trackback snippet", id="no RDF"),
        pytest.param(
            LINK + rdf(identifier="https://blog.example/"),
            "rdf",
            "the first identifies https://blog.example/",
            f'dc:identifier="{POST.url}"',
            id="RDF of another page",
        ),
        pytest.param(
            LINK + f'<rdf:Description rdf:about="" trackback:ping="{PING}" />',
            "rdf",
            "identifies nothing",
            f'dc:identifier="{POST.url}"',
            id="RDF of nothing",
        ),
        pytest.param(
            LINK + rdf(OTHER),
            "rdf",
            f"pings {OTHER}: it is that of another",
            f'trackback:ping="{PING}"',
            id="RDF ping",
        ),
        pytest.param("", "senders", "find no ping URL", "trackback snippet", id="nothing at all"),
        pytest.param(
            LINK.replace(PING, FOREIGN) + rdf(),
            "senders",
            f"would ping {FOREIGN}",
            "Correct",
            id="senders misled",
        ),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(page: str, check: str, words: str, advice: str) -> None:
    finding = found(page)[check]
    assert finding.severity is Severity.ERROR
    assert words in finding.words
    assert advice in finding.advice


def test_another_spelling_of_the_address_is_worth_a_note() -> None:
    (finding,) = found(LINK + rdf(identifier="http://blog.example/2026/hello")).values()
    assert (finding.check, finding.severity) == ("rdf", Severity.WARNING)
    assert f'dc:identifier="{POST.url}"' in finding.advice


def test_the_canonical_spelling_is_as_good() -> None:
    canonical = "https://blog.example/2026/hello/index.html"
    assert found(LINK + rdf(identifier=canonical), canonical=canonical) == {}


def test_blocks_of_other_posts_are_no_matter() -> None:
    others = "".join(rdf(OTHER, f"https://blog.example/{n}/") for n in range(3))
    assert found(LINK + others + rdf()) == {}


def test_a_page_where_people_see_no_trackback_url_gets_a_note() -> None:
    (finding,) = found(LINK + rdf(), shows=False).values()
    assert (finding.check, finding.severity) == ("visible", Severity.WARNING)
    assert "ping-url" in finding.advice


@pytest.mark.parametrize(
    ("ping_url", "is_right"),
    [
        (PING, True),
        ("http://api.example/trackback/blog.example/2026/hello/", True),
        ("https://api.example:443/trackback/www.blog.example/2026/hello", True),
        ("https://api.example/trackback/blog.example/2026//hell%6f/index.html", True),
        ("https://api.example/trackback/", False),
        ("https://api.example/trackback/blog.example", False),
        ("https://api.example/", False),
        ("https://api.example:8443/trackback/blog.example/2026/hello/", False),
        (OTHER, False),
        (FOREIGN, False),
    ],
)
def test_every_spelling_of_the_ping_url_is_right(ping_url: str, is_right: bool) -> None:
    assert (amiss(ping_url, POST) == "") is is_right


def test_what_the_gateway_decodes_is_encoded_twice_in_the_ping_url() -> None:
    post = Post("https://blog.example/what%3F/", "https://api.example")
    assert post.ping_url == "https://api.example/trackback/blog.example/what%253F/"
    assert amiss(post.ping_url, post) == ""


def test_the_ping_url_of_a_page_is_its_address_without_scheme_and_query() -> None:
    assert Post("http://localhost:1313/a%20b/?x=1", "http://localhost:8080").ping_url == (
        "http://localhost:8080/trackback/localhost:1313/a%20b/"
    )

"""What an author pastes for a post, as browsers and senders read it."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from lxml import html

from functions.serve import app
from tests.support.payloads import PAYLOADS
from trackback.model.posts import Post, Sites
from trackback.pages.public.embed import Embed
from trackback.pages.public.snippet import snippet
from trackback.protocols.trackback.rdf import Block, read_blocks

API = "https://api.example"
SITES = Sites("blog.example, http://localhost:8081, xn--bcher-kva.example")
EMBED = Embed(Path(app.__file__).parent)
POST = SITES.find("blog.example/2026/hello/")


def pasted(post: Post = POST, title: str = "Hello") -> html.HtmlElement:
    head, _, body = snippet(API, post, title, EMBED).partition("<!-- Where")
    return html.document_fromstring(f"<!doctype html><head><title>t</title>{head}</head><body><!-- {body}")


def test_the_head_names_the_ping_url_and_the_body_the_list() -> None:
    page = pasted()
    (link,) = page.find("head").iter("link")
    assert dict(link.attrib) == {
        "rel": "trackback",
        "href": f"{API}/trackback/blog.example/2026/hello/",
    }
    (script,) = page.find("body").iter("script")
    assert dict(script.attrib) == {"type": "module", "src": f"{API}/embed.js"}
    (listed,) = page.find("body").iter("trackback-list")
    assert dict(listed.attrib) == {"post": "blog.example/2026/hello/", "ping-url": ""}
    (fallback,) = listed.iter("a")
    assert (fallback.get("href"), fallback.text) == (f"{API}/pings/blog.example/2026/hello/", "TrackBacks")


def test_senders_read_the_same_ping_url_in_the_block() -> None:
    assert list(read_blocks(snippet(API, POST, "Hello", EMBED))) == [
        Block(f"{API}/trackback/blog.example/2026/hello/", POST.url, POST.url, "Hello")
    ]


def test_a_post_whose_title_is_not_known_goes_by_its_address() -> None:
    (block,) = read_blocks(snippet(API, POST, "", EMBED))
    assert block.title == POST.url


def test_the_script_of_this_version_waits_in_a_comment() -> None:
    comments = re.findall("<!--(.*?)-->", snippet(API, POST, "Hello", EMBED), re.DOTALL)
    (pinned,) = (comment for comment in comments if "integrity" in comment)
    assert f'src="{API}/{EMBED.versioned}" integrity="{EMBED.integrity}" crossorigin="anonymous"' in pinned


@pytest.mark.parametrize(
    ("named", "name"),
    [
        ("localhost:8081/posts/hello-world/", "localhost:8081/posts/hello-world/"),
        ("bücher.example/tür", "xn--bcher-kva.example/t%C3%BCr"),
        ('blog.example/a--b"><script>1</script>', "blog.example/a--b%22%3E%3Cscript%3E1%3C/script%3E"),
        ("blog.example/a&b='c'", "blog.example/a&b='c'"),
        ("blog.example", "blog.example/"),
    ],
)
def test_a_post_is_named_as_its_address_is_written(named: str, name: str) -> None:
    page = pasted(SITES.find(named))
    (listed,) = page.iter("trackback-list")
    assert listed.get("post") == name
    assert [link.get("href") for link in page.iter("link", "a")] == [
        f"{API}/trackback/{name}",
        f"{API}/pings/{name}",
    ]
    assert len(list(page.iter("script"))) == 1


@pytest.mark.parametrize(
    "path", ["/what%3F/", "/a%2Fb", "/100%25", "/100%2525/", "/%253F", "/tür/", "/a%20b/"]
)
def test_its_addresses_arrive_though_a_gateway_decodes_them_once_and_cuts_them_at_a_question_mark(
    path: str,
) -> None:
    post = SITES.find(f"blog.example{path}")
    for link, prefix in zip(pasted(post).iter("link", "a"), ("/trackback/", "/pings/"), strict=True):
        arrived = unquote(urlsplit(link.get("href") or "").path).partition("?")[0]
        assert SITES.find(arrived.removeprefix(prefix)) == post


def test_no_title_leaves_its_comment() -> None:
    def seen(title: str) -> tuple[list[str], int]:
        text = snippet(API, POST, title, EMBED)
        return re.split(r"<!--.*?-->", text, flags=re.DOTALL), len(list(read_blocks(text)))

    assert [name for name, title in PAYLOADS if seen(title) != seen("Hello")] == []

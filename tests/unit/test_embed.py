"""The embed alone, in a real browser: a loopback API of canned answers, and a page on another origin."""

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.wrappers import Request, Response

from tests.browser import open_browser
from tests.servers import serving

EMBED = Path("functions/serve/embed.js").resolve()
LIST = "trackback-list"
LOADED, FAILED, VIOLATED = f"{LIST}:load", f"{LIST}:error", "securitypolicyviolation"
HOSTILE = "<img src=x onerror=document.title='owned'>&amp;<script>1</script>"


@dataclass
class Site:
    """A WSGI site of canned answers, a status and a body for each path and query; notes what was asked."""

    host: str = ""
    answers: dict[str, tuple[int, str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        address = environ["REQUEST_URI"]
        self.asked.append(address)
        status, body = self.answers.get(address, (404, ""))
        kind = "text/javascript" if request.path.endswith(".js") else "text/html"
        response = Response(body, status, self.headers, content_type=f"{kind}; charset=utf-8")
        return response(environ, start_response)

    def reset(self, answers: dict[str, tuple[int, str]], headers: dict[str, str]) -> None:
        self.answers, self.headers, self.asked = answers, headers, []


@dataclass
class World:
    """The API, a blog that embeds it, a tab, and the events that the tab's page has seen."""

    api: Site
    blog: Site
    tab: Page
    events: list[str] = field(default_factory=list)

    def answer(
        self, post: str, *pings: dict[str, Any], after: str | None = None, then: str | None = None
    ) -> None:
        body = {"post": f"https://{post}", "count": len(pings), "pings": pings, "next": then}
        query = f"?cursor={after}" if after else ""
        self.api.answers[f"/pings/{post}{query}"] = (200, json.dumps(body))

    def visit(self, body: str, *, head: str = "", language: str = "en", until: str = LOADED) -> None:
        script = f'<script type="module" src="http://{self.api.host}/embed.js"></script>'
        page = f"<!doctype html><html lang={language}><head>{head}</head><body>{body.format(script=script)}"
        self.blog.answers["/hello/"] = (200, page)
        with self.tab.expect_console_message(lambda message: message.text == until):
            self.tab.goto(f"http://{self.blog.host}/hello/")

    @property
    def asked(self) -> list[str]:
        return [address for address in self.api.asked if address.startswith("/pings/")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def sites() -> Iterator[tuple[Site, Site]]:
    api, blog = Site(), Site()
    with serving(api) as api_server, serving(blog) as blog_server:
        api.host, blog.host = (f"127.0.0.1:{server.server_port}" for server in (api_server, blog_server))
        yield api, blog


@pytest.fixture
def world(browser: Browser, sites: tuple[Site, Site]) -> Iterator[World]:
    api, blog = sites
    api.reset({"/embed.js": (200, EMBED.read_text())}, {"Access-Control-Allow-Origin": "*"})
    blog.reset({}, {})
    with browser.new_page(locale="en-US", timezone_id="UTC") as tab:
        tab.add_init_script(
            f"for (const name of {[LOADED, FAILED, VIOLATED]})"
            "  document.addEventListener(name, () => console.info(name));"
        )
        world = World(api, blog, tab)
        tab.on("console", lambda said: world.events.append(said.text) if said.type == "info" else None)
        tab.on("pageerror", lambda error: world.events.append(str(error)))
        yield world


def ping(**changes: str) -> dict[str, Any]:
    return {
        "id": "a",
        "url": "https://other.example/re-hello",
        "title": "Re: Hello",
        "excerpt": "A good point.",
        "blog_name": "Other",
        "received_at": "2026-11-22T12:11:00Z",
        "verified": True,
    } | changes


SCRIPT_AND_LIST = "{script}<trackback-list><a href='/fallback'>Who wrote</a></trackback-list>"


def test_it_shows_who_wrote_what_and_when_below_a_heading(world: World) -> None:
    world.answer(f"{world.blog.host}/hello/", ping())
    world.visit(SCRIPT_AND_LIST)
    section = world.tab.get_by_role("region", name="TrackBacks")
    expect(section.get_by_role("heading", name="TrackBacks")).to_be_visible()
    item = section.get_by_role("listitem")
    expect(item).to_have_text("Re: HelloOther · November 22, 2026A good point.")
    expect(item.locator("time")).to_have_attribute("datetime", "2026-11-22T12:11:00Z")
    link = item.get_by_role("link", name="Re: Hello")
    expect(link).to_have_attribute("href", "https://other.example/re-hello")
    expect(link).to_have_attribute("rel", "nofollow ugc noopener")
    expect(world.tab.get_by_text("Who wrote")).to_be_hidden()
    expect(section.get_by_role("button")).to_be_hidden()


@pytest.mark.parametrize(
    ("language", "date"),
    [("en-GB", "22 November 2026"), ("ja", "2026年11月22日"), ("en_US", "November 22, 2026")],
    ids=["British", "Japanese", "no language tag"],
)
def test_dates_are_in_the_language_of_the_page(world: World, language: str, date: str) -> None:
    world.answer(f"{world.blog.host}/hello/", ping())
    world.visit(SCRIPT_AND_LIST, language=language)
    expect(world.tab.get_by_role("listitem").locator("time")).to_have_text(date)


def test_texts_stay_texts(world: World) -> None:
    world.answer(f"{world.blog.host}/hello/", ping(title=HOSTILE, excerpt=HOSTILE, blog_name=HOSTILE))
    world.visit(SCRIPT_AND_LIST)
    item = world.tab.get_by_role("listitem")
    assert (item.text_content() or "").count(HOSTILE) == 3
    expect(item.locator("img, script, [style]")).to_have_count(0)
    expect(world.tab).to_have_title("")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        " javascript:alert(1)//https://",
        "data:text/html,x",
        "//other.example/",
        "/here",
        "",
    ],
)
def test_what_is_no_web_address_is_no_link(world: World, url: str) -> None:
    world.answer(f"{world.blog.host}/hello/", ping(url=url))
    world.visit(SCRIPT_AND_LIST)
    expect(world.tab.get_by_role("listitem")).to_contain_text("Re: Hello")
    expect(world.tab.get_by_role("listitem").locator("a")).to_have_count(0)


def test_a_right_to_left_ping_runs_right_to_left(world: World) -> None:
    world.answer(f"{world.blog.host}/hello/", ping(title="مرحبا", excerpt="نص"), ping())
    world.visit(SCRIPT_AND_LIST)
    arabic, english = world.tab.get_by_role("listitem").all()
    expect(arabic).to_have_css("direction", "rtl")
    expect(arabic.locator("time")).to_have_css("direction", "ltr")  # else "22 November" ends in "22"
    expect(english).to_have_css("direction", "ltr")


def test_no_pings_take_no_room(world: World) -> None:
    world.answer(f"{world.blog.host}/hello/")
    world.visit("{script}<trackback-list></trackback-list>")
    assert world.tab.locator(LIST).evaluate("list => list.offsetHeight") == 0
    expect(world.tab.get_by_role("heading")).to_have_count(0)


@pytest.mark.parametrize(
    "answer",
    [(500, "{}"), (404, '{"message": "no"}'), (200, "<p>not JSON"), (200, "{}"), (200, '{"pings": [null]}')],
    ids=["fault", "missing", "no JSON", "no pings", "a ping of null"],
)
def test_after_an_error_the_fallback_stays(world: World, answer: tuple[int, str]) -> None:
    world.api.answers[f"/pings/{world.blog.host}/hello/"] = answer
    world.visit(SCRIPT_AND_LIST, until=FAILED)
    expect(world.tab.get_by_role("link", name="Who wrote")).to_be_visible()
    expect(world.tab.get_by_role("heading")).to_have_count(0)
    assert LOADED not in world.events


def test_show_more_appends_the_next_page_and_leads_to_it(world: World) -> None:
    post = f"{world.blog.host}/hello/"
    world.answer(post, ping(title="Newest"), then="c/1=")
    world.answer(post, ping(title="Oldest"), after="c%2F1%3D")
    world.visit(SCRIPT_AND_LIST)
    world.tab.get_by_role("button", name="Show more").click()
    expect(world.tab.get_by_role("listitem").get_by_role("link")).to_have_text(["Newest", "Oldest"])
    expect(world.tab.get_by_role("listitem").last).to_be_focused()
    expect(world.tab.get_by_role("button")).to_be_hidden()


def test_when_more_does_not_come_what_is_there_stays(world: World) -> None:
    world.answer(f"{world.blog.host}/hello/", ping(), then="gone")
    world.visit(SCRIPT_AND_LIST)
    with world.tab.expect_console_message(lambda message: message.text == FAILED):
        world.tab.get_by_role("button", name="Show more").click()
    expect(world.tab.get_by_role("listitem")).to_have_count(1)
    expect(world.tab.get_by_role("button", name="Show more")).to_be_enabled()


@pytest.mark.parametrize(
    ("attribute", "canonical", "asked"),
    [
        ("blog.example/named/", "https://blog.example/canonical/", "blog.example/named/"),
        ("https://blog.example/named/", "", "blog.example/named/"),
        ("localhost:8081/a b/?page=2#top", "", "localhost:8081/a%20b/"),
        ("bücher.example/tür", "", "xn--bcher-kva.example/t%C3%BCr"),
        ("", "https://blog.example/canonical/?a=1#b", "blog.example/canonical/"),
        ("", "/moved/", "{blog}/moved/"),
        ("", "", "{blog}/hello/"),
    ],
    ids=["attribute", "its scheme", "its query", "its letters", "canonical", "relative canonical", "address"],
)
def test_the_post_is_named_by(world: World, attribute: str, canonical: str, asked: str) -> None:
    asked = asked.format(blog=world.blog.host)
    world.answer(asked, ping())
    head = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    world.visit(
        f"{{script}}<trackback-list post='{attribute}'></trackback-list>", head=f"<meta charset=utf-8>{head}"
    )
    assert world.asked == [f"/pings/{asked}"]


def test_the_script_alone_puts_the_list_after_itself(world: World) -> None:
    world.answer(f"{world.blog.host}/hello/", ping())
    world.visit("<p>Post</p>{script}<p>Footer</p>")
    expect(world.tab.locator(f"script + {LIST} + p")).to_have_text("Footer")
    assert len(world.asked) == 1


def test_two_copies_of_the_script_make_one_list(world: World) -> None:
    world.api.answers["/embed.js?again.js"] = world.api.answers["/embed.js"]
    world.answer(f"{world.blog.host}/hello/", ping())
    world.visit(f"{{script}}<script type=module src='http://{world.api.host}/embed.js?again.js'></script>")
    expect(world.tab.locator(LIST)).to_have_count(1)
    assert world.events == [LOADED]


def test_another_post_in_the_attribute_replaces_the_list(world: World) -> None:
    world.answer("blog.example/one", ping(title="One"))
    world.answer("blog.example/two", ping(title="Two"))
    world.visit("{script}<trackback-list post='blog.example/one'></trackback-list>")
    for _ in range(2):
        world.tab.locator(LIST).evaluate("list => list.setAttribute('post', 'blog.example/two')")
        expect(world.tab.get_by_role("listitem").get_by_role("link")).to_have_text(["Two"])
    assert world.asked == ["/pings/blog.example/one", "/pings/blog.example/two"]


def test_a_reload_shows_what_is_new_though_the_old_list_is_cached(world: World) -> None:
    world.api.headers["Cache-Control"] = "public, max-age=60"
    world.answer(f"{world.blog.host}/hello/", ping(title="Old"))
    world.visit(SCRIPT_AND_LIST)
    world.answer(f"{world.blog.host}/hello/", ping(title="New"), ping(title="Old"))
    world.tab.reload()
    expect(world.tab.get_by_role("listitem").get_by_role("link")).to_have_text(["New", "Old"])


def test_a_removed_list_ends_its_request_and_says_nothing(world: World) -> None:
    world.answer("blog.example/one", ping())
    world.answer("blog.example/two", ping())
    world.visit("{script}<trackback-list post='blog.example/one'></trackback-list>")
    with world.tab.expect_event("requestfailed") as ended:
        world.tab.locator(LIST).evaluate(
            f"list => {{ for (const name of {[LOADED, FAILED]})"
            "  list.addEventListener(name, () => console.info('told after all'));"
            "list.setAttribute('post', 'blog.example/two'); list.remove() }"
        )
    assert ended.value.url.endswith("/pings/blog.example/two")
    assert world.events == [LOADED]


def test_it_needs_no_more_leave_than_its_own_origin(world: World) -> None:
    allowed = f"default-src 'none'; script-src http://{world.api.host}; connect-src http://{world.api.host}"
    world.blog.headers["Content-Security-Policy"] = f"{allowed}; require-trusted-types-for 'script'"
    world.answer(f"{world.blog.host}/hello/", ping())
    world.visit(SCRIPT_AND_LIST)
    expect(world.tab.get_by_role("listitem").locator("p").first).to_have_css("font-size", "14px")
    assert world.events == [LOADED]


def test_it_is_small() -> None:
    assert len(gzip.compress(EMBED.read_bytes(), 9)) <= 2_448

"""The list: what it shows of which post, when it asks, and what it does when things go wrong or change."""

import re
import threading

import pytest
from playwright.sync_api import Locator, expect

from tests.support.embedding import COUNT, FAILED, LIST, LOADED, World, ping

BOTH = "{script}<trackback-list><a href='/fallback/'>Who wrote about this</a></trackback-list>"


def titles(world: World) -> Locator:
    return world.tab.get_by_role("listitem").get_by_role("link")


def named(*posts: str) -> str:
    lists = (f"<trackback-list post='{post}' label-heading='{post}'></trackback-list>" for post in posts)
    return "{script}" + "".join(lists)


def test_the_pings_are_a_region_with_a_heading_and_a_list(world: World) -> None:
    world.answer(world.post, ping())
    world.visit(BOTH)
    section = world.tab.get_by_role("region", name="TrackBacks")
    expect(section.get_by_role("heading", name="TrackBacks", level=2)).to_be_visible()
    item = section.get_by_role("list").get_by_role("listitem")
    expect(item).to_have_text("Re: HelloOther · November 22, 2026A good point.")
    expect(item.get_by_role("link")).to_have_attribute("href", "https://other.example/re-hello")
    expect(item.get_by_role("link")).to_have_attribute("rel", "nofollow ugc noopener")
    expect(item.locator("time")).to_have_attribute("datetime", "2026-11-22T12:11:00Z")
    expect(world.tab.get_by_role("link", name="Who wrote about this")).to_be_hidden()
    expect(world.tab.get_by_role("button")).to_have_count(0)
    assert world.asked() == [f"/pings/{world.post}"]


def test_no_pings_take_no_room_and_leave_the_fallbacks_free(world: World) -> None:
    world.answer("blog.example/bare")
    world.answer("blog.example/linked")
    world.visit(
        named("blog.example/bare") + "<trackback-list post='blog.example/linked'><a href='/'>TrackBacks</a>",
        times=2,
    )
    bare, linked = world.tab.locator(LIST).all()
    assert bare.evaluate("list => list.offsetHeight") == 0
    assert linked.evaluate("list => list.offsetHeight") > 0
    for role in ("heading", "link", "button"):
        expect(world.tab.get_by_role(role)).to_have_count(0)


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, "{}"), (200, "<p>not JSON"), (200, "{}"), (200, '{"pings": [null]}')],
    ids=["fault", "no JSON", "no pings", "a ping of null"],
)
def test_an_error_is_told_below_the_fallback_and_can_be_tried_again(
    world: World, status: int, body: str
) -> None:
    path = world.answer(world.post, ping())
    answer = world.api.answers[path]
    world.api.answers[path] = (status, "application/json", body)
    world.visit(BOTH, until=FAILED)
    expect(world.tab.get_by_role("status")).to_have_text("The TrackBacks could not be loaded.")
    expect(world.tab.get_by_role("link", name="Who wrote about this")).to_be_visible()
    expect(world.tab.get_by_role("heading")).to_have_count(0)
    world.tab.get_by_role("button", name="Try again").click()
    world.wait(FAILED, 2)
    expect(world.tab.get_by_role("button", name="Try again")).to_be_focused()
    world.api.answers[path] = answer
    world.tab.keyboard.press("Enter")
    expect(world.tab.get_by_role("listitem")).to_be_focused()
    expect(world.tab.get_by_role("status")).to_have_text("")
    expect(world.tab.get_by_role("button")).to_have_count(0)
    assert world.events == [FAILED, FAILED, LOADED]


def test_a_post_that_is_no_address_is_an_error_too(world: World) -> None:
    world.visit(named("[not/an/address"), until=FAILED)
    expect(world.tab.get_by_role("status")).to_have_text("The TrackBacks could not be loaded.")
    assert world.asked() == []


def test_show_more_appends_the_next_page_and_leads_to_it(world: World) -> None:
    world.answer(world.post, ping(title="Newest"), then="c/1=")
    world.answer(world.post, ping(title="Older"), after="c%2F1%3D", then="c2")
    last = world.answer(world.post, ping(title="Oldest"), after="c2")
    world.api.held[last] = threading.Event()
    world.visit(BOTH)
    more = world.tab.get_by_role("button", name="Show more")
    more.press("Enter")
    expect(world.tab.get_by_role("listitem").last).to_be_focused()
    more.click(click_count=2)
    expect(world.tab.get_by_role("status")).to_have_text("Loading…")
    expect(more).to_be_focused()
    world.api.held[last].set()
    expect(titles(world)).to_have_text(["Newest", "Older", "Oldest"])
    expect(world.tab.get_by_role("listitem").last).to_be_focused()
    expect(more).to_be_hidden()
    assert len(world.asked()) == 3


def test_when_more_does_not_come_what_is_there_stays(world: World) -> None:
    world.answer(world.post, ping(), then="gone")
    world.answer(world.post, status=400, after="gone")
    world.visit(BOTH)
    world.tab.get_by_role("button", name="Show more").click()
    expect(world.tab.get_by_role("status")).to_have_text("The TrackBacks could not be loaded.")
    expect(titles(world)).to_have_text(["Re: Hello"])
    world.answer(world.post, ping(title="Oldest"), after="gone")
    world.tab.get_by_role("button", name="Try again").click()
    expect(titles(world)).to_have_text(["Re: Hello", "Oldest"])


def test_the_attribute_names_the_post_in_any_spelling(world: World) -> None:
    spellings = {
        "blog.example/named/": "blog.example/named/",
        "https://blog.example/with-scheme/": "blog.example/with-scheme/",
        "localhost:8081/a b/?page=2#top": "localhost:8081/a%20b/",
        "bücher.example/tür": "xn--bcher-kva.example/t%C3%BCr",
        "blog.example/what%3F/100%25/a%2fb": "blog.example/what%253F/100%2525/a%252fb",
    }
    for post in spellings.values():
        world.answer(post, ping())
    world.visit(named(*spellings), times=len(spellings))
    assert sorted(world.asked()) == sorted(f"/pings/{post}" for post in spellings.values())


@pytest.mark.parametrize(
    ("canonical", "asked"),
    [("https://blog.example/canonical/?a=1#b", "blog.example/canonical/"), ("/moved/", "{blog}/moved/")],
    ids=["elsewhere", "relative"],
)
def test_without_it_the_canonical_link_does(world: World, canonical: str, asked: str) -> None:
    path = world.answer(asked.format(blog=world.blog.host), ping())
    world.visit(
        "{script}<trackback-list post=''></trackback-list>",
        head=f'<link rel="me canonical" href="{canonical}">',
    )
    assert world.asked() == [path]


def test_the_script_alone_puts_the_list_after_itself(world: World) -> None:
    world.answer(world.post, ping())
    world.visit("<p>Post</p>{script}<p>Footer</p>")
    expect(world.tab.locator(f"script + {LIST} + p")).to_have_text("Footer")
    assert len(world.asked()) == 1


def test_two_copies_of_the_script_make_one_list(world: World) -> None:
    world.answer(world.post, ping())
    again = f"<script type='module' src='http://{world.api.host}/embed.0123456789abcdef.js'></script>"
    world.visit("{script}" + again)
    world.tab.wait_for_load_state("networkidle")
    expect(world.tab.locator(LIST)).to_have_count(1)
    assert world.events == [LOADED]


def test_two_lists_on_a_page_are_two_lists(world: World) -> None:
    world.answer("blog.example/one", ping(title="One"))
    world.answer("blog.example/two", ping(title="Two"))
    world.visit(named("blog.example/one", "blog.example/two"), times=2)
    for number in ("one", "two"):
        region = world.tab.get_by_role("region", name=f"blog.example/{number}")
        expect(region.get_by_role("link")).to_have_text(number.title())
    assert len(world.asked()) == 2


def test_what_an_attribute_says_later_counts(world: World) -> None:
    world.answer("blog.example/one", ping(title="One"), then="more")
    two = world.answer("blog.example/two", ping(title="Two"), then="more")
    world.visit(named("blog.example/one"))
    change = world.tab.locator(LIST).evaluate
    change("list => list.setAttribute('heading', '3')")
    change("list => list.setAttribute('label-heading', 'Answers')")
    change("list => list.setAttribute('label-more', 'And more')")
    region = world.tab.get_by_role("region", name="Answers")
    expect(region.get_by_role("heading", name="Answers", level=3)).to_be_visible()
    expect(world.tab.get_by_role("button", name="And more")).to_be_visible()
    assert world.asked() == ["/pings/blog.example/one"]
    change("list => list.removeAttribute('heading')")
    expect(region.get_by_role("heading", level=2)).to_be_visible()
    for _ in range(2):  # the second time nothing changes
        change("list => list.setAttribute('post', 'blog.example/two')")
        expect(titles(world)).to_have_text(["Two"])
    assert world.asked() == ["/pings/blog.example/one", two]


def test_nothing_is_asked_for_before_the_list_comes_near_and_one_thing_then(world: World) -> None:
    near, far = (world.answer(f"blog.example/{name}", ping()) for name in ("near", "far"))
    space = "<div id='space'></div>"
    world.visit(
        named("blog.example/near") + space + named("blog.example/far").removeprefix("{script}"),
        head="<style>#space { height: 5000px }</style>",
    )
    world.tab.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert world.asked() == [near]
    world.tab.evaluate("scrollTo(0, document.body.scrollHeight)")
    world.wait(LOADED, 2)
    assert world.asked() == [near, far]


def test_a_removed_list_ends_its_request_and_says_nothing(world: World) -> None:
    world.answer("blog.example/one", ping())
    two = world.answer("blog.example/two", ping(title="Two"))
    world.api.held[two] = threading.Event()
    world.visit(named("blog.example/one"))
    world.tab.evaluate(
        f"window.list = document.querySelector('{LIST}');"
        f"for (const name of {[LOADED, FAILED]}) list.addEventListener(name, () => seen.push('told'))"
    )
    with world.tab.expect_request(lambda request: request.url.endswith("/two")):
        world.tab.evaluate("list.setAttribute('post', 'blog.example/two')")
    with world.tab.expect_event("requestfailed") as ended:
        world.tab.evaluate("list.remove()")
    assert ended.value.url.endswith("/two")
    world.api.held[two].set()
    world.tab.evaluate("document.querySelector('main').append(list)")
    expect(titles(world)).to_have_text(["Two"])
    assert world.events == [LOADED, "told", LOADED]


def test_a_reload_shows_what_is_new_though_the_old_list_is_cached(world: World) -> None:
    world.api.headers["Cache-Control"] = "public, max-age=60"
    world.answer(world.post, ping(title="Old"))
    world.visit(BOTH)
    world.answer(world.post, ping(title="New"), ping(title="Old"))
    world.tab.reload()
    expect(titles(world)).to_have_text(["New", "Old"])


@pytest.mark.usefixtures("table")
def test_a_browser_that_does_not_tell_of_reloads_gets_the_list_and_counts(world: World) -> None:
    world.answer(world.post, ping())
    world.visit(
        BOTH + f"<{COUNT} post='blog.example/a'></{COUNT}>",
        head="<script>performance.getEntriesByType = () => []</script>",
        until=f"{COUNT}:load",
    )
    world.wait(LOADED)
    expect(titles(world)).to_have_text(["Re: Hello"])


def test_a_page_without_the_script_shows_the_fallback(world: World) -> None:
    world.blog.answers["/hello/"] = (200, "text/html", BOTH.removeprefix("{script}"))
    world.tab.goto(f"http://{world.blog.host}/hello/")
    expect(world.tab.get_by_role("link", name=re.compile("Who wrote"))).to_be_visible()

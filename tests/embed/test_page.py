"""What the list does to the page around it: nothing that the page does not allow, and nothing that jumps."""

import threading

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.embed.conftest import only_chromium
from tests.support.embedding import COUNT, FAILED, LIST, LOADED, World, embedding, open_tab, ping

SCRIPT_AND_LIST = "{script}<trackback-list><a href='/fallback/'>TrackBacks</a></trackback-list>"
EVERYTHING = (
    "<h1>Hello</h1>{script}<trackback-list ping-url heading='3'></trackback-list>"
    f"<p><{COUNT} post='blog.example/a'></{COUNT}> TrackBacks</p>"
)
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
DARK = "<style>body { background: #111; color: #ddd; font: 20px/1.5 serif }</style>"
SHIFTS = """
window.shifts = [];
window.observer = new PerformanceObserver((list) => shifts.push(...list.getEntries().map((it) => it.value)));
observer.observe({ type: "layout-shift", buffered: true });
"""


def fill(world: World) -> None:
    world.answer(world.post, ping(), ping(title="مرحبا"), then="more")
    body = '{"counts": {"blog.example/a": 1}}'
    world.api.answers["/counts?post=blog.example%2Fa"] = (200, "application/json", body)


def test_it_needs_no_more_leave_than_its_own_origin(world: World) -> None:
    api = f"http://{world.api.host}"
    policy = f"default-src 'none'; script-src {api}; connect-src {api}; require-trusted-types-for 'script'"
    icon = "img-src 'self'"  # for which Firefox asks by itself
    world.blog.headers["Content-Security-Policy"] = f"{policy}; {icon}"
    fill(world)
    world.visit(EVERYTHING, language="de")
    world.wait(f"{COUNT}:load")
    expect(world.tab.get_by_role("button", name="Kopieren")).to_be_visible()
    expect(world.tab.locator("[part=from]").first).to_have_css("font-size", "14px")
    assert sorted(world.events) == [f"{COUNT}:load", LOADED]


@pytest.mark.parametrize(
    ("head", "status"), [("", 200), (DARK, 200), (DARK, 500)], ids=["light", "dark", "error"]
)
def test_axe_finds_nothing_amiss(world: World, head: str, status: int) -> None:
    fill(world)
    if status != 200:
        world.answer(world.post, status=status)
    world.visit(EVERYTHING.replace("heading='3'", ""), head=head, until=LOADED if status == 200 else FAILED)
    expect(world.tab.get_by_role("button", name="Copy")).to_be_visible()
    found = Axe().run(world.tab, options=RULES).response["violations"]
    assert [(fault["id"], node["html"]) for fault in found for node in fault["nodes"]] == []


def test_it_wears_the_pages_font_and_colours(world: World) -> None:
    world.answer(world.post, ping(), then="more")
    world.visit(SCRIPT_AND_LIST, head=DARK + "<style>trackback-list { --trackback-link: #8cf }</style>")
    for part in ("heading", "item", "button"):
        expect(world.tab.locator(f"[part={part}]")).to_have_css("color", "rgb(221, 221, 221)")
        expect(world.tab.locator(f"[part={part}]")).to_have_css("font-family", "serif")
    expect(world.tab.locator("[part=button]")).to_have_css("font-size", "20px")
    expect(world.tab.locator("[part=title]")).to_have_css("color", "rgb(136, 204, 255)")


def test_a_page_styles_its_parts(world: World) -> None:
    world.answer(world.post, ping())
    style = (
        "<style>trackback-list::part(title) { color: red } trackback-list { --trackback-gap: 7px }</style>"
    )
    world.visit(SCRIPT_AND_LIST, head=style)
    expect(world.tab.locator("[part=title]")).to_have_css("color", "rgb(255, 0, 0)")
    expect(world.tab.locator("[part=item]")).to_have_css("margin-bottom", "7px")


@only_chromium
def test_paper_gets_no_buttons(world: World) -> None:
    fill(world)
    world.visit("{script}<trackback-list ping-url></trackback-list>")
    expect(world.tab.get_by_role("button")).to_have_count(2)
    try:
        world.tab.emulate_media(media="print")
        expect(world.tab.get_by_role("button")).to_have_count(0)
        expect(world.tab.get_by_role("listitem")).to_have_count(2)
    finally:
        world.tab.emulate_media(media="screen")


def test_nothing_moves_for_who_wants_less_motion(world: World) -> None:
    fill(world)
    world.visit(EVERYTHING)
    moving = world.tab.locator(LIST).evaluate(
        "list => [...list.shadowRoot.querySelectorAll('*')].map(it => getComputedStyle(it))"
        ".filter(it => it.animationName !== 'none' || it.transitionDuration !== '0s').length"
    )
    assert (moving, world.tab.evaluate("document.getAnimations().length")) == (0, 0)


def test_on_a_phone_nothing_is_wider_than_the_page(world: World) -> None:
    long = "W" * 250
    world.answer(world.post, ping(title=long, excerpt=long, blog_name=long), then="more")
    size = world.tab.viewport_size
    assert size
    try:
        world.tab.set_viewport_size({"width": 390, "height": 844})
        world.visit(EVERYTHING)
        expect(world.tab.get_by_role("button", name="Copy")).to_be_visible()
        assert world.tab.evaluate("document.documentElement.scrollWidth") <= 390
    finally:
        world.tab.set_viewport_size(size)


def test_the_page_stays_where_it_is_while_the_list_loads_and_when_it_is_empty(world: World) -> None:
    path = world.answer(world.post)
    world.api.held[path] = threading.Event()
    body = SCRIPT_AND_LIST + "<p id='after'>Footer</p>"
    with world.tab.expect_request(lambda request: request.url.endswith(path)):
        world.visit(body, until="", times=0)
    expect(world.tab.get_by_role("status")).to_have_text("Loading…")
    expect(world.tab.get_by_role("link", name="TrackBacks")).to_be_visible()
    top = "document.querySelector('#after').getBoundingClientRect().top"
    while_loading = world.tab.evaluate(top)
    world.api.held[path].set()
    world.wait(LOADED)
    expect(world.tab.get_by_role("link", name="TrackBacks")).to_be_hidden()
    assert world.tab.evaluate(top) == while_loading
    world.tab.evaluate(
        f"document.querySelector('{LIST}').shadowRoot.replaceChildren(document.createElement('slot'))"
    )
    assert world.tab.evaluate(top) == while_loading  # as it was before the script ran


@pytest.mark.parametrize("pings", [[], [ping()] * 9], ids=["empty", "below the window"])
@only_chromium
def test_the_layout_shifts_by_nothing(world: World, pings: list[dict[str, object]]) -> None:
    world.answer(world.post, *pings)
    world.tab.goto("about:blank")
    space = "" if not pings else "<div id='space'></div>"
    world.visit(
        f"{space}{SCRIPT_AND_LIST}<p>Footer</p>",
        head=f"<style>#space {{ height: 800px }}</style><script>{SHIFTS}</script>",
    )
    world.tab.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert world.tab.evaluate("[...shifts, ...observer.takeRecords().map((shift) => shift.value)]") == []


@only_chromium
def test_without_scripts_the_fallback_is_all(browser: Browser) -> None:
    with open_tab(browser, java_script_enabled=False) as tab, embedding(tab) as world:
        world.answer(world.post, ping())
        script = f'<script type="module" src="http://{world.api.host}/embed.js"></script>'
        world.blog.answers["/hello/"] = (200, "text/html", SCRIPT_AND_LIST.replace("{script}", script))
        tab.goto(f"http://{world.blog.host}/hello/")
        expect(tab.get_by_role("link", name="TrackBacks")).to_be_visible()
        assert world.api.asked == []

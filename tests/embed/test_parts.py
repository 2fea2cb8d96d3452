"""What a page may have beside the list: counts of many posts, and the post's TrackBack URL."""

import json
import threading
from itertools import chain
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, expect

from tests.support.embedding import COUNT, LIST, LOADED, World, ping

COUNTED, UNCOUNTED = f"{COUNT}:load", f"{COUNT}:error"


def counts(world: World, **found: int) -> str:
    """Have the API tell the counts of these posts of blog.example; return the path that it tells them at."""
    posts = {f"blog.example/{name}": number for name, number in found.items()}
    path = "/counts?" + "&".join(f"post=blog.example%2F{name}" for name in found)
    world.api.answers[path] = (200, "application/json", json.dumps({"counts": posts}))
    return path


def element(post: str, inside: str = "–", attributes: str = "") -> str:
    return f"<p><{COUNT} post='blog.example/{post}' {attributes}>{inside}</{COUNT}> TrackBacks</p>"


def shown(world: World) -> list[str]:
    script = "all => all.map(one => one.shadowRoot.textContent || one.textContent)"
    found: list[str] = world.tab.locator(COUNT).evaluate_all(script)
    return found


def test_all_counts_of_a_page_are_one_request_and_no_list_is_put_there(world: World) -> None:
    path = counts(world, a=3, b=0, c=12345)
    world.visit("{script}" + "".join(map(element, "abca")), until=COUNTED, times=4)
    assert shown(world) == ["3", "0", "12,345", "3"]
    assert world.tab.locator(f"{COUNT}[count='0']").count() == 1
    assert (world.asked("/counts"), world.asked()) == ([path], [])
    expect(world.tab.locator(LIST)).to_have_count(0)


@pytest.mark.usefixtures("table")
def test_more_than_fifty_are_several_requests_none_of_them_too_long(world: World) -> None:
    names = [f"{number}/" + "x" * (number % 3 * 300) for number in range(120)]
    world.visit("{script}" + "".join(map(element, names)), until=COUNTED, times=120)
    assert shown(world) == ["0"] * 120
    asked = [parse_qs(urlsplit(path).query)["post"] for path in world.asked("/counts")]
    assert sorted(chain(*asked)) == sorted(f"blog.example/{name}" for name in names)
    assert all(len(posts) <= 50 for posts in asked)
    assert all(len(path) < 8_000 for path in world.asked("/counts"))


def test_a_count_without_a_name_is_the_pages_own_beside_its_list(world: World) -> None:
    world.answer(world.post, ping())
    head = f"<link rel='canonical' href='http://{world.post}'>"
    world.visit(f"{{script}}<{LIST}></{LIST}><{COUNT}></{COUNT}>", head=head, until=COUNTED)
    world.wait(LOADED)
    assert shown(world) == ["0"]  # as `serve` itself says
    assert [parse_qs(urlsplit(path).query) for path in world.asked("/counts")] == [
        {"post": [f"http://{world.post}"]}
    ]


def test_a_count_that_does_not_come_leaves_what_is_inside(world: World) -> None:
    world.api.answers["/counts?post=blog.example%2Fa"] = (429, "application/json", "{}")
    world.visit("{script}" + element("a", "some"), until=UNCOUNTED)
    expect(world.tab.get_by_text("some TrackBacks")).to_be_visible()


def test_a_count_follows_its_attribute_and_the_language(world: World) -> None:
    first = counts(world, a=1234)
    world.api.held[first] = threading.Event()
    counts(world, b=12345)
    with world.tab.expect_request(lambda request: "/counts" in request.url):
        world.visit("{script}" + element("a", attributes="lang='de'"), until="DOMContentLoaded", times=0)
    world.tab.locator(COUNT).evaluate("count => count.setAttribute('post', 'blog.example/b')")
    world.wait(COUNTED)
    with world.tab.expect_response(lambda response: response.url.endswith("Fa")) as late:
        world.api.held[first].set()
    late.value.finished()
    assert shown(world) == ["12.345"]
    assert world.events == [COUNTED]


def url(world: World) -> Locator:
    return world.tab.get_by_text(f"http://{world.api.host}/trackback/{world.post}", exact=True)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_trackback_url_stands_there_to_be_copied(world: World, language: str) -> None:
    copy, copied = {"en": ("Copy", "Copied"), "ja": ("コピー", "コピーしました")}[language]
    world.answer(world.post)
    world.visit("{script}<trackback-list ping-url></trackback-list><textarea></textarea>", language=language)
    expect(url(world)).to_be_visible()
    world.tab.get_by_role("button", name=copy).click()
    expect(world.tab.get_by_role("status").filter(has_text=copied)).to_be_visible()
    world.tab.get_by_role("textbox").press("Control+v")
    expect(world.tab.get_by_role("textbox")).to_have_value(f"http://{world.api.host}/trackback/{world.post}")


def test_where_nothing_may_be_written_to_the_clipboard_the_url_is_copied_as_a_selection(world: World) -> None:
    world.answer(world.post)
    world.visit("{script}<trackback-list ping-url></trackback-list><textarea></textarea>")
    world.tab.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    world.tab.get_by_role("button", name="Copy").click()
    expect(world.tab.get_by_role("status").filter(has_text="Copied")).to_be_visible()
    world.tab.get_by_role("textbox").press("Control+v")
    expect(world.tab.get_by_role("textbox")).to_have_value(f"http://{world.api.host}/trackback/{world.post}")


def test_the_trackback_url_comes_and_goes_with_its_attributes(world: World) -> None:
    world.answer(world.post)
    world.answer("blog.example/two", ping())
    world.visit("{script}<trackback-list></trackback-list>")
    assert world.asked("/embed/") == []
    change = world.tab.locator(LIST).evaluate
    change("list => list.setAttribute('ping-url', '')")
    expect(url(world)).to_be_visible()
    change("list => list.setAttribute('label-url', 'Ping me at')")
    change("list => list.setAttribute('label-copy', 'Take it')")
    expect(world.tab.get_by_text("Ping me at")).to_be_visible()
    expect(world.tab.get_by_role("button", name="Take it")).to_be_visible()
    change("list => list.setAttribute('post', 'blog.example/two')")
    expect(world.tab.get_by_text(f"{world.api.host}/trackback/blog.example/two")).to_be_visible()
    change("list => list.removeAttribute('ping-url')")
    expect(world.tab.get_by_role("button")).to_have_count(0)


def test_without_the_part_the_list_is_there_all_the_same(world: World) -> None:
    world.api.answers["/embed/ping.js"] = (404, "text/javascript", "")
    world.answer(world.post, ping())
    world.visit("{script}<trackback-list ping-url></trackback-list>")
    expect(world.tab.get_by_role("listitem")).to_be_visible()

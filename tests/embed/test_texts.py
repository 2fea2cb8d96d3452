"""Texts: strangers' ones stay texts, run in their own direction and language; ours are in the page's."""

import json
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.support.embedding import FAILED, LIST, World, ping
from tests.support.payloads import LOADED as FOREIGN
from tests.support.payloads import PAYLOADS

SCRIPT_AND_LIST = "{script}<trackback-list></trackback-list>"
SHOWN = ("title", "excerpt", "blog_name")
MADE = "ul :not(li, a, span, p, bdi, time), #pwned, [style], [onerror], [onload]"


def shown(world: World, *names: str) -> list[list[str]]:
    """Return these properties of every element of the list's items that has a text of the ping's."""
    found: list[list[str]] = world.tab.locator(LIST).evaluate(
        "(list, names) => [...list.shadowRoot.querySelectorAll('li')].map(item =>"
        " [...item.querySelectorAll('[part=title], [part=blog], [part=excerpt]')].flatMap(element =>"
        "  names.map(name => element[name])))",
        list(names),
    )
    return found


def test_hostile_texts_stay_texts(world: World) -> None:
    pings: list[dict[str, Any]] = [ping(**dict.fromkeys(SHOWN, text)) for _, text in PAYLOADS]
    world.answer(world.post, *pings)
    requests: list[str] = []
    world.tab.on("request", lambda request: requests.append(request.url))
    world.visit(SCRIPT_AND_LIST)
    expected = [[text] * 3 for text in json.loads(json.dumps([text for _, text in PAYLOADS]))]
    assert shown(world, "textContent") == expected
    assert world.tab.locator(LIST).evaluate(f"list => list.shadowRoot.querySelectorAll(`{MADE}`).length") == 0
    assert world.tab.evaluate("[window.pwned, document.title]") == [None, "Hello"]
    assert FOREIGN not in requests


def test_only_a_web_address_is_a_link(world: World) -> None:
    addresses = [
        "javascript:alert(1)",
        " javascript:alert(1)//https://",
        "java\nscript:alert(1)",
        "",
        "/here",
    ]
    addresses += [
        "data:text/html,x",
        "//other.example/",
        "ftp://other.example/",
        "\x01https://other.example/",
    ]
    addresses += [text for _, text in PAYLOADS if not text.lower().startswith(("http://", "https://"))]
    world.answer(world.post, *[ping(url=url) for url in addresses], ping(url="HTTP://other.example/last"))
    world.visit(SCRIPT_AND_LIST)
    expect(world.tab.get_by_role("listitem")).to_have_count(len(addresses) + 1)
    (link,) = world.tab.get_by_role("listitem").get_by_role("link").all()
    assert link.evaluate("a => [a.href, a.rel]") == ["http://other.example/last", "nofollow ugc noopener"]


def test_a_text_has_the_language_that_its_letters_tell_and_no_other(world: World) -> None:
    titles = {
        "Bonjour": "",
        "東京、大阪の話": "ja",
        "«Кофе»": "",
        "北京": "zh",
        "“서울” 이야기": "ko",
        "123 مرحبا": "ar",
        "שלום": "he",
        "A word of 日本語": "",
    }
    world.answer(world.post, *[ping(title=title) for title in titles])
    world.visit(SCRIPT_AND_LIST)
    assert [languages[0] for languages in shown(world, "lang")] == list(titles.values())


def test_a_right_to_left_ping_runs_right_to_left_on_any_page(world: World) -> None:
    world.answer(world.post, ping(title="مرحبا", excerpt="نص"), ping(), ping(title="مرحبا", excerpt="Text"))
    for body in (SCRIPT_AND_LIST, f"<div dir='rtl'>{SCRIPT_AND_LIST}</div>"):
        world.visit(body)
        arabic, english, both = world.tab.get_by_role("listitem").all()
        expect(arabic).to_have_css("direction", "rtl")
        expect(arabic.locator("time")).to_have_css("direction", "ltr")  # else "22 November" ends in "22"
        expect(english).to_have_css("direction", "ltr")
        expect(both.locator("p").last).to_have_css("direction", "ltr")


@pytest.mark.parametrize(
    ("language", "heading", "more", "date"),
    [
        ("en-GB", "TrackBacks", "Show more", "22 November 2026"),
        ("en_US", "TrackBacks", "Show more", "November 22, 2026"),
        ("de-AT", "TrackBacks", "Mehr anzeigen", "22. November 2026"),
        ("fr", "Rétroliens", "Afficher plus", "22 novembre 2026"),
        ("pt_BR", "Trackbacks", "Mostrar mais", "22 de novembro de 2026"),
        ("ja", "トラックバック", "もっと見る", "2026年11月22日"),
        ("zh-Hant-TW", "引用通告", "顯示更多", "2026年11月22日"),
        ("sv", "TrackBacks", "Show more", "22 november 2026"),
        ("constructor", "TrackBacks", "Show more", "November 22, 2026"),
    ],
)
def test_words_and_dates_are_in_the_language_of_the_page(
    world: World, language: str, heading: str, more: str, date: str
) -> None:
    world.answer(world.post, ping(), then="more")
    world.visit(SCRIPT_AND_LIST, language=language)
    expect(world.tab.get_by_role("heading")).to_have_text(heading)
    expect(world.tab.get_by_role("button")).to_have_text(more)
    expect(world.tab.locator("time")).to_have_text(date)


def test_an_arabic_page_has_arabic_words_and_dates(world: World) -> None:
    world.answer(world.post, ping())
    world.visit(SCRIPT_AND_LIST, language="ar")
    expect(world.tab.get_by_role("region", name="التعقيبات")).to_be_visible()
    expect(world.tab.locator("time")).to_contain_text("نوفمبر")


def test_words_that_do_not_come_are_english(world: World) -> None:
    world.answer(world.post, ping())
    world.api.answers["/embed/words.js"] = (500, "text/plain", "")
    world.visit(SCRIPT_AND_LIST, language="de")
    expect(world.tab.get_by_role("region", name="TrackBacks")).to_be_visible()


def test_an_attribute_says_it_otherwise(world: World) -> None:
    world.answer(world.post, status=500)
    labels = {
        "error": "<b>No luck.</b>",
        "retry": "Once more",
        "loading": "One moment",
        "heading": "Who answered",
    }
    attributes = " ".join(f'label-{name}="{text}"' for name, text in labels.items())
    world.visit(f"{{script}}<trackback-list lang='fr' {attributes}></trackback-list>", until=FAILED)
    expect(world.tab.get_by_role("status")).to_have_text("<b>No luck.</b>")
    world.answer(world.post, ping())
    world.tab.get_by_role("button", name="Once more").click()
    expect(world.tab.get_by_role("region", name="Who answered")).to_be_visible()

"""Each recipe, followed as its README says, ends with a ping below the post, and others find its ping URL."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.e2e.conftest import Running, eventually
from tests.sites.recipe import API, OTHERS, RECIPES, SITES, TOOLS, Recipe, Site
from tests.support.websites import page, website
from trackback.model.ping import Status, ping_id
from trackback.model.posts import Sites
from trackback.protocols.trackback.discovery import Form, discover
from trackback.protocols.trackback.rdf import Block, read_blocks
from trackback.urls import read_source

TITLE = "Reading this week"
POST_TITLE = 'Hello -- it\'s "us" & <you> -->'
PATIENCE = 120  # seconds for what takes one, or ten behind a slow source

GENERATED = [recipe for recipe in RECIPES if recipe.steps("build")]
PASTED = [recipe for recipe in RECIPES if recipe.steps("snippet")]


def only(recipes: list[Recipe]) -> pytest.MarkDecorator:
    """Run a test on some recipes' sites, not on all."""
    names = [recipe.name for recipe in recipes]
    return pytest.mark.parametrize("site", recipes, indirect=True, ids=names, scope="session")


def known(site: Site, source: str) -> str:
    """Return the id of a ping from a source."""
    return ping_id(Sites(site.post.removesuffix("/posts/hello/")).find(site.post), read_source(source))


def trackback(stack: Running, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the author's command line."""
    command = [str(Path(sys.executable).with_name("trackback")), *arguments]
    environment = {"AWS_ENDPOINT_URL": stack.aws}
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True)


def approve(stack: Running, ping: str) -> None:
    """Approve a ping on the command line, once it waits for its author."""
    eventually(lambda: stack.ping(ping).status is Status.PENDING, PATIENCE)
    assert trackback(stack, "approve", ping).returncode == 0


def opened(browser: Browser, address: str, *, scripts: bool) -> Page:
    """Open a page in a window of its own."""
    visit = browser.new_context(java_script_enabled=scripts).new_page()
    visit.set_default_timeout(PATIENCE * 1000)
    visit.goto(address)
    return visit


def built_on(api: str, site: Site, folder: Path, browser: Browser) -> Locator:
    """Build the site once more, on another service; return the list that is shown without scripts."""
    other = replace(site, folder=folder, addresses=site.addresses | {API: api.partition("://")[2]})
    other.copy()
    other.build()
    return opened(browser, other.file.as_uri(), scripts=False).locator("trackback-list")


def test_a_readme_that_is_followed_ends_with_a_ping_below_the_post(
    site: Site, stack: Running, browser: Browser
) -> None:
    (ping,) = site.recipe.steps("ping")
    assert "<error>0</error>" in site.run(ping)
    approve(stack, known(site, f"http://{site.addresses[OTHERS]}/reading/"))

    live = opened(browser, site.post, scripts=True)
    expect(live.locator("trackback-list").get_by_role("link", name=TITLE)).to_be_visible(
        timeout=PATIENCE * 1000
    )
    live.context.close()

    site.build()
    unscripted = opened(browser, site.post, scripts=False)
    shown = unscripted.locator("trackback-list") if site.is_generated else unscripted.frame_locator("iframe")
    link = shown.get_by_role("link", name=TITLE)
    expect(link).to_be_visible(timeout=PATIENCE * 1000)
    assert link.get_attribute("rel") == "nofollow ugc noopener"
    unscripted.context.close()


def test_an_independent_client_finds_where_to_ping_and_pings(site: Site, stack: Running) -> None:
    with website(page(f"<a href='{site.post}'>a post</a>")) as other:
        said = _client(site.post, f"{other.url}/re")
        assert json.loads(said) == {"found": site.ping_url, "refused": None}
        eventually(lambda: stack.ping(known(site, f"{other.url}/re")).status is Status.PENDING, PATIENCE)


def _client(post: str, source: str) -> str:
    command = [f"{TOOLS}/bin/python", str(Path(__file__).with_name("client.py")), post, source]
    return subprocess.run(
        command, env={"NO_PROXY": "*"}, check=True, stdout=subprocess.PIPE, text=True
    ).stdout


def test_every_way_of_discovery_leads_to_the_ping_url(site: Site) -> None:
    text = site.file.read_text()
    found = discover(text, site.post)
    assert {each.ping_url for each in found.found} == {site.ping_url}
    assert {each.form for each in found.found} >= {Form.LINK, Form.RDF}
    assert list(read_blocks(text)) == [Block(site.ping_url, site.post, site.post, POST_TITLE)]
    (comment,) = re.findall("<!--(.*?)-->", text, re.DOTALL)
    assert "--" not in comment


def test_the_doctor_finds_nothing_wrong(site: Site, stack: Running) -> None:
    done = trackback(stack, "doctor", site.post, "--api", stack.api)
    assert done.returncode == 0, done.stdout + done.stderr


@only(PASTED)
def test_a_pasted_page_has_what_the_service_says_to_paste(site: Site) -> None:
    (snippet,) = site.recipe.steps("snippet")
    parts = r'^(?:<link|<script type="module" src="[^ ]*>|<trackback-list).*$'
    lines = re.findall(parts, site.run(snippet), re.MULTILINE)
    text = site.file.read_text()
    assert len(lines) == 3
    assert [line for line in lines if line not in text] == []


LIES: dict[str, Any] = {
    "count": 2,
    "next": None,
    "pings": [
        {
            "id": "1",
            "url": "https://other.example/?a=1&b='\"><i>",
            "title": "<script>pwned</script> {{ 6 * 7 }} {% raw %} -->",
            "excerpt": "</ul></trackback-list><img src=x onerror=pwned> ${6 * 7} #{6 * 7} <%= 6 * 7 %>",
            "blog_name": "&lt;b&gt; \\1 $& `",
            "received_at": "2026-11-22T06:11:00Z",
            "verified": True,
        },
        {
            "id": "2",
            "url": "javascript:pwned",
            "title": "No link",
            "excerpt": "",
            "blog_name": "",
            "received_at": "2026-11-21T06:11:00Z",
            "verified": False,
        },
    ],
}


@only(GENERATED)
def test_what_the_api_says_is_text(site: Site, tmp_path: Path, browser: Browser) -> None:
    with website(page(json.dumps(LIES), Content_Type="application/json")) as liar:
        shown = built_on(liar.url, site, tmp_path, browser)
    assert re.search(r"[?&]at=\d{10}", liar.requests[0])  # no cache may answer
    first, second = LIES["pings"]
    texts = shown.inner_text()
    wanted = (first["title"], first["excerpt"], first["blog_name"], "2026-11-22", second["title"])
    assert [text for text in wanted if text not in texts] == []
    hrefs = [unquote(str(link.get_attribute("href"))) for link in shown.locator("a").all()]
    assert hrefs[0] == first["url"]
    assert not any("javascript:" in href for href in hrefs)
    assert shown.locator("script, img, i, b").count() == 0
    shown.page.context.close()


NO_LIST = {
    "nobody": b"",
    "no HTTP": b"SSH-2.0-x\r\n",
    "a broken-off answer": page('{"pings": [', Content_Type="application/json", Content_Length="999"),
    "too many requests": page('{"message": "Too Many Requests"}', "429 Too Many Requests"),
    "other JSON": page("[1]", Content_Type="application/json"),
    "no pings": page('{"pings": "none"}', Content_Type="application/json"),
    "pings of nothing": page('{"pings": [null]}', Content_Type="application/json"),
}


@only(GENERATED)
@pytest.mark.parametrize("answer", NO_LIST.values(), ids=NO_LIST)
def test_a_build_goes_on_without_the_list(
    site: Site, tmp_path: Path, browser: Browser, answer: bytes
) -> None:
    with website(answer) as broken:
        shown = built_on(broken.url, site, tmp_path, browser)
        assert broken.requests
    assert shown.get_by_role("link").all_inner_texts() == ["All TrackBacks"]
    shown.page.context.close()


@pytest.mark.parametrize("recipe", GENERATED, ids=[recipe.name for recipe in GENERATED])
def test_what_a_readme_tells_to_write_into_templates_is_in_its_own(recipe: Recipe) -> None:
    told = re.findall(r"```html\n(.*?)```", recipe.readme, re.DOTALL)
    files = [
        file.read_text()
        for file in (SITES / recipe.name).rglob("*")
        if file.suffix != ".md" and file.is_file()
    ]
    lines = [line.strip() for block in told for line in block.splitlines()]
    assert lines
    assert [line for line in lines if not any(line in text for text in files)] == []


VERSIONS = {
    "hugo": "hugo version",
    "jekyll": "jekyll --version",
    "eleventy": "npx eleventy --version",
    "astro": "npx astro --version",
    "pelican": "pelican --version",
}


@only(GENERATED)
def test_each_generator_is_of_the_version_that_the_table_says(site: Site) -> None:
    table = (SITES / "README.md").read_text()
    said = re.search(rf"\| \[\w+\]\({site.recipe.name}/README.md\) \| ([\d.]+) \|", table)
    assert said
    assert re.search(rf"(?<![\d.]){re.escape(said[1])}(?![\d.]*\d)", site.run(VERSIONS[site.recipe.name]))

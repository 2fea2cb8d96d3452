"""Each recipe, followed as its README says, ends with a ping below the post, and others find its ping URL."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.e2e.conftest import Running, eventually
from tests.sites.recipe import API, OTHERS, TOOLS, Site
from tests.websites import page, website
from trackback.discovery import Form, discover
from trackback.link import read_source
from trackback.ping import Status, ping_id
from trackback.rdf import Block, read_blocks
from trackback.site import Sites

TITLE = "Reading this week"
POST_TITLE = 'Hello -- it\'s "us" & <you> -->'
PATIENCE = 60_000  # milliseconds for what takes one second


def known(site: Site, source: str) -> str:
    """Return the id of a ping from a source."""
    return ping_id(Sites(site.post.removesuffix("/posts/hello/")).find(site.post), read_source(source))


def approve(stack: Running, ping: str) -> None:
    """Approve a ping on the command line, once it waits for its author."""
    eventually(lambda: stack.ping(ping).status is Status.PENDING)
    command = [str(Path(sys.executable).with_name("trackback")), "approve", ping]
    subprocess.run(command, env={"AWS_ENDPOINT_URL": stack.aws}, check=True, capture_output=True)


def shown(browser: Browser, site: Site, *, scripts: bool) -> Locator:
    """Open the post, and return its list."""
    visit = browser.new_context(java_script_enabled=scripts).new_page()
    visit.set_default_timeout(PATIENCE)
    visit.goto(site.post)
    return visit.locator("trackback-list")


def built_on(api: str, site: Site, folder: Path, browser: Browser) -> Locator:
    """Build the site once more, on another service; open the post without scripts, and return its list."""
    other = replace(site, folder=folder, addresses=site.addresses | {API: api.partition("://")[2]})
    other.copy()
    other.build()
    visit = browser.new_context(java_script_enabled=False).new_page()
    visit.goto(other.file.as_uri())
    return visit.locator("trackback-list")


def test_a_readme_that_is_followed_ends_with_a_ping_below_the_post(
    site: Site, stack: Running, browser: Browser
) -> None:
    (ping,) = site.recipe.steps("ping")
    assert "<error>0</error>" in site.run(ping)
    approve(stack, known(site, f"http://{site.addresses[OTHERS]}/reading/"))

    live = shown(browser, site, scripts=True).get_by_role("link", name=TITLE)
    expect(live).to_be_visible(timeout=PATIENCE)
    live.page.context.close()

    site.build()
    built = shown(browser, site, scripts=False).get_by_role("link", name=TITLE)
    expect(built).to_be_visible(timeout=PATIENCE)
    assert built.get_attribute("rel") == "nofollow ugc noopener"
    built.page.context.close()


def test_an_independent_client_finds_where_to_ping_and_pings(site: Site, stack: Running) -> None:
    with website(page(f"<a href='{site.post}'>a post</a>")) as other:
        said = json.loads(_client(site.post, f"{other.url}/re"))
        assert said == {"found": site.ping_url, "refused": None}
        eventually(lambda: stack.ping(known(site, f"{other.url}/re")).status is Status.PENDING)


def _client(post: str, source: str) -> str:
    command = [f"{TOOLS}/bin/python", str(Path(__file__).with_name("client.py")), post, source]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_every_way_of_discovery_leads_to_the_ping_url(site: Site) -> None:
    found = discover(site.file.read_text(), site.post)
    assert {each.ping_url for each in found.found} == {site.ping_url}
    assert {each.form for each in found.found} >= {Form.LINK, Form.RDF}
    (block,) = read_blocks(site.file.read_text())
    assert block == Block(site.ping_url, site.post, site.post, POST_TITLE)


LIES: dict[str, Any] = {
    "count": 2,
    "next": None,
    "pings": [
        {
            "url": "https://other.example/?a=1&b='\"><i>",
            "title": "<script>pwned</script> {{ 6 * 7 }} {% raw %} -->",
            "excerpt": "</ul></trackback-list><img src=x onerror=pwned> ${6 * 7} #{6 * 7} <%= 6 * 7 %>",
            "blog_name": "&lt;b&gt; \\1 $& `",
        },
        {"url": "javascript:pwned", "title": "No link", "excerpt": "", "blog_name": ""},
    ],
}
for _ping in LIES["pings"]:
    _ping |= {"id": "1", "received_at": "2026-11-22T06:11:00Z", "verified": True}


def test_what_the_api_says_is_text(site: Site, tmp_path: Path, browser: Browser) -> None:
    with website(page(json.dumps(LIES), Content_Type="application/json")) as liar:
        shown_list = built_on(liar.url, site, tmp_path, browser)
    texts = shown_list.inner_text()
    first, second = LIES["pings"]
    for text in (first["title"], first["excerpt"], first["blog_name"], second["title"]):
        assert text in texts
    hrefs = [link.get_attribute("href") for link in shown_list.locator("a").all()]
    assert unquote(str(hrefs[0])) == first["url"]
    assert not any("javascript:" in str(href) for href in hrefs)
    assert shown_list.locator("script, img, i, b").count() == 0
    shown_list.page.context.close()


NO_LIST = {
    "nobody": b"",
    "too many requests": page('{"message": "Too Many Requests"}', "429 Too Many Requests"),
    "other JSON": page("[1]", Content_Type="application/json"),
}


@pytest.mark.parametrize("answer", NO_LIST.values(), ids=NO_LIST)
def test_a_build_goes_on_without_the_list(
    site: Site, tmp_path: Path, browser: Browser, answer: bytes
) -> None:
    with website(answer) as broken:
        shown_list = built_on(broken.url, site, tmp_path, browser)
        assert broken.requests
    assert len(shown_list.get_by_role("link").all()) == 1
    shown_list.page.context.close()

"""What the doctor reads from a page's Content Security Policy is what a browser does with the page."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.support.websites import Website, page, website
from trackback.cli.doctor.csp import forbids_request, forbids_script, read_policies

SCRIPT = """
document.title = "runs";
document.title = await fetch(new URL("pings/a", import.meta.url)).then(() => "asks", () => "asks in vain");
"""
POLICIES = [
    "",
    "default-src 'none'",
    "default-src 'self'",
    "default-src {api}",
    "default-src *",
    "default-src http:",
    "default-src https:",
    "script-src {api}; connect-src 'self'",
    "script-src {api}; connect-src {api}/pings/",
    "script-src {api}; connect-src {api}/other/",
    "script-src {api}/embed.js; connect-src {api}/pings/a",
    "script-src {api}/embed",
    "script-src {api}/%65mbed.js",
    "script-src 127.0.0.1:*; connect-src *:*",
    "script-src 127.0.0.1",
    "script-src http://*; connect-src ws:",
    "script-src 'none'; script-src *",
    "script-src *; script-src-elem 'none'",
    "script-src-elem *; script-src 'none'",
    "script-src 'nonce-Abc'",
    "script-src 'nonce-abc'",
    "script-src 'strict-dynamic' 'nonce-Abc'",
    "script-src 'strict-dynamic' {api}",
    "default-src *, script-src {api}, connect-src 'none'",
    "img-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
]


@pytest.fixture(scope="module")
def window(browser: Browser) -> Iterator[Page]:
    """A page of a browser."""
    with browser.new_page() as page:
        yield page


@pytest.fixture(scope="module")
def api() -> Iterator[Website]:
    """What hands out a script, and answers it."""
    script = page(SCRIPT, content_type="text/javascript", access_control_allow_origin="*")
    with website({"/embed.js": script, "/pings/a": page("{}", access_control_allow_origin="*")}) as server:
        yield server


@pytest.mark.parametrize("policy", POLICIES)
def test_a_browser_does_as_is_said(window: Page, api: Website, policy: str) -> None:
    header = policy.replace("{api}", api.url)
    body = f"<body><script nonce=Abc type=module src={api.url}/embed.js></script>"
    with website(page(body, content_security_policy=header)) as blog:
        policies = read_policies(header, [])
        runs = not forbids_script(policies, f"{api.url}/embed.js", blog.url, nonce="Abc")
        asks = not forbids_request(policies, f"{api.url}/pings/a", blog.url)
        window.goto(blog.url)  # a module has run, up to its first wait, when its page is loaded
        window.wait_for_function("() => document.title !== 'runs'")
        assert window.title() == (("asks" if asks else "asks in vain") if runs else "")

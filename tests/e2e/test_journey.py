"""The whole journey: a ping is received, held, approved and shown."""

import re
import shlex
import subprocess
from urllib.request import Request, urlopen

from playwright.sync_api import Browser

from tests.e2e.conftest import Running, Trackback, judged, rows

SUCCESS = b'<?xml version="1.0" encoding="utf-8"?>\n<response>\n<error>0</error>\n</response>\n'

# As WordPress 6.1.9 with curl sends it: entities in the values, no charset named.
WORDPRESS = (
    b"title=Hello%2C+world%3A+it%26%238217%3Bs+%26%238220%3Bopen%26%238221%3B&url=https%3A%2F%2Fwp.example%2F%3Fp%3D7"
    b"&blog_name=Tom+%26amp%3B+Jo&excerpt=The+door+was+left+ajar%2C+so+I+came+in+%26%238230%3B"
)


def test_a_wordpress_ping_is_shown_once_its_author_approved_it(
    stack: Running, trackback: Trackback, browser: Browser
) -> None:
    ping = Request(stack.ping_url, WORDPRESS, {"User-Agent": "WordPress/6.1.9; https://wp.example"})
    with urlopen(ping) as answer:
        assert (answer.status, answer.headers["Content-Type"]) == (200, "text/xml; charset=utf-8")
        assert answer.read() == SUCCESS

    with browser.new_page() as page:
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        with page.expect_response(re.compile("/pings/")):
            page.goto(f"{stack.blog}/posts/hello-world/")
        page.wait_for_load_state("networkidle")
        assert page.get_by_text("The door was left ajar").count() == 0

        held = judged(stack, "https://wp.example/?p=7")
        assert (held["title"], held["status"]) == ("Hello, world: it’s “open”", "pending")
        assert "pending → approved" in trackback("approve", held["id"])

        page.reload()
        link = page.get_by_role("link", name="Hello, world: it’s “open”")
        link.wait_for()
        assert link.get_attribute("href") == "https://wp.example/?p=7"
        assert link.get_attribute("rel") == "nofollow ugc noopener"
        page.get_by_text("Tom & Jo").wait_for()
        page.get_by_text("The door was left ajar, so I came in …").wait_for()
        assert faults == []


def test_the_printed_lines_send_and_list_a_ping(stack: Running, trackback: Trackback) -> None:
    curl = stack.welcome.partition("  curl ")[2].partition("\n\n")[0].replace("\\\n", " ")
    answer = subprocess.run(["curl", "--silent", *shlex.split(curl)], check=True, capture_output=True).stdout
    assert answer == SUCCESS
    source = f"{stack.others}/re-hello/"
    judged(stack, source)
    (ping,) = (row for row in rows(trackback) if row["url"] == source)
    assert (ping["title"], ping["status"], ping["verdict"]["link"]) == ("Re: Hello", "pending", "found")


def test_the_demo_blog_starts_with_pings_of_every_kind(
    stack: Running, trackback: Trackback, browser: Browser
) -> None:
    assert {"pending", "approved", "rejected", "spam"} <= {row["status"] for row in rows(trackback)}
    with browser.new_page() as page:
        page.goto(f"{stack.blog}/")
        page.get_by_role("link", name="Paid by the ping").first.click()
        page.get_by_role("link", name="In praise of idle things").wait_for()
        assert page.get_by_text("Counting cents").count() == 0

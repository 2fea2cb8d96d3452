"""`trackback sign-in` on the local stack, in the browser: print a link, open it, press the button."""

import re
import subprocess
from datetime import UTC, datetime

from tests.e2e.author import ask, new_sign_in_link
from tests.e2e.conftest import NewContext, Running, Trackback, eventually
from trackback.signing import SIGN_IN_LASTS, Keyring, write_sign_in


def printed(trackback: Trackback) -> str:
    """Return the printed link; the service notes its own address soon after its start."""

    def link() -> str | None:
        try:
            return trackback("sign-in").strip()
        except subprocess.CalledProcessError:
            return None

    return eventually(link)


def test_the_printed_link_signs_in_by_a_button_and_works_once(
    stack: Running, trackback: Trackback, new_context: NewContext
) -> None:
    link = printed(trackback)
    assert re.fullmatch(rf"{re.escape(stack.api)}/moderate/sign-in/[\w.-]+", link)
    with new_context() as author, author.new_page() as page:
        page.goto(link)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{stack.api}/moderate")
        assert page.get_by_role("button", name="Sign out").count()
    with new_context() as stranger, stranger.new_page() as page:
        page.goto(link)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_text("This link has been used").wait_for()
        assert page.goto(f"{stack.api}/moderate")
        assert page.url.startswith(f"{stack.api}/moderate/sign-in")


def test_it_works_while_a_mailed_link_is_outstanding_and_replaces_that(
    stack: Running, trackback: Trackback
) -> None:
    printed(trackback)  # the address is noted from here on
    mailed = new_sign_in_link(stack)
    link = printed(trackback)
    assert ask(mailed, {}).status == 410
    assert ask(link, {}).status == 303


def test_an_expired_one_is_refused(stack: Running, trackback: Trackback) -> None:
    link = printed(trackback)
    nonce = link.rpartition("/")[2].partition(".")[0]
    keys = stack.client("ssm").get_parameter(Name="/trackback/trackback/signing-key", WithDecryption=True)
    (key,) = re.findall(r'"key": "([\w-]+)"', keys["Parameter"]["Value"])[-1:]
    old = write_sign_in(Keyring(key), nonce, datetime.now(UTC) - SIGN_IN_LASTS * 1.1)
    answer = ask(f"{stack.api}/moderate/sign-in/{old}", {})
    assert (answer.status, "15 minutes" in answer.text) == (410, True)
    assert ask(link, {}).status == 303

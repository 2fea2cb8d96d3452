"""Every route of `moderate`: the few that are open to anyone are named here, and all others are guarded."""

import re
from typing import Any

import pytest

from functions.moderate import app
from tests.support.admin_client import SESSION, Visitor

FILES = r"/moderate/(?:style\.css|moderate\.js|icon\.svg)"
SIGN_IN = {"/moderate/sign-in", "/moderate/sign-in/<token>"}
MAIL_LINK = "/moderate/link/<token>"

ROUTES = {(route.method, route.path) for route in app.app._static_routes + app.app._dynamic_routes}
PAGES = sorted({path for method, path in ROUTES if method != "POST"} - SIGN_IN - {MAIL_LINK, FILES})
FORMS = sorted({path for method, path in ROUTES if method == "POST"} - SIGN_IN - {MAIL_LINK})

NO_SESSION = ["", "x", "session.aaaaaa." + "A" * 43]
FOREIGN: list[dict[str, Any]] = [
    {"origin": "https://evil.example"},
    {"origin": "null"},
    {"sec_fetch_site": "cross-site"},
]


def example(path: str) -> str:
    """Return a path that a route answers."""
    return re.sub("<[a-z_]+>", "a" * 26, path)


def test_the_app_has_guarded_pages_and_forms() -> None:
    assert {method for method, _ in ROUTES} == {"GET", "HEAD", "POST"}
    assert (len(PAGES), len(FORMS)) == (7, 12)


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_shown_without_a_session(path: str, method: str) -> None:
    for cookie in NO_SESSION:
        answer = Visitor({SESSION: cookie}).get(example(path), method=method, sec_fetch_site="none")
        assert (answer["statusCode"], answer["body"]) == (303, "")
        assert answer["headers"]["Location"].startswith("/moderate/sign-in")


@pytest.mark.parametrize("path", FORMS)
def test_no_form_is_taken_without_a_session_its_token_and_our_own_origin(author: Visitor, path: str) -> None:
    strangers = [Visitor({SESSION: cookie}).post(path, {"csrf": author.csrf}) for cookie in NO_SESSION]
    tokens = [author.post(path, {"csrf": token}) for token in ("", "x", "A" * 43)]
    foreign = [author.post(path, **headers) for headers in FOREIGN]
    answers = strangers + tokens + foreign
    assert [answer["statusCode"] for answer in answers] == [403] * 9
    assert not any(answer.get("cookies") for answer in answers)


@pytest.mark.parametrize("path", sorted(SIGN_IN))
def test_nobody_signs_in_by_a_form_from_elsewhere(stranger: Visitor, path: str) -> None:
    answers = [stranger.post(example(path), **headers) for headers in FOREIGN]
    assert [answer["statusCode"] for answer in answers] == [403] * 3


def test_a_mail_links_post_needs_its_signature(stranger: Visitor, author: Visitor) -> None:
    for visitor in (stranger, author):
        assert visitor.post(example(MAIL_LINK))["statusCode"] == 400


@pytest.mark.parametrize("path", PAGES)
def test_the_author_sees_every_page(author: Visitor, path: str) -> None:
    assert author.get(example(path))["statusCode"] == (404 if "<" in path else 200)


@pytest.mark.parametrize("path", FORMS)
def test_the_author_may_post_every_form(author: Visitor, path: str) -> None:
    assert author.post(path)["statusCode"] in {303, 400}

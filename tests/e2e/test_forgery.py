"""What is not the author's own form, or comes twice, is refused with a page that says so."""

from http.cookies import SimpleCookie

import pytest

from tests.e2e.author import SESSION, ask, csrf, new_sign_in_link, sign_in, sign_in_links
from tests.e2e.conftest import Reply, Running
from trackback.model.ping import Status


@pytest.fixture(scope="module")
def session(stack: Running) -> str:
    """The cookie of a session."""
    return sign_in(stack)


@pytest.fixture
def form(stack: Running, session: str, reply: Reply) -> dict[str, str]:
    """The form that approves a ping, as its page has it."""
    (ping,) = reply("A ping to decide about")
    token = csrf(ask(f"{stack.api}/moderate/ping/{ping.id}", Cookie=session).text)
    return {"csrf": token, "one": f"approve {ping.id}:pending:{ping.texts.hash}", "back": ping.id}


FORGED: dict[str, dict[str, str | None]] = {
    "no token": {"csrf": None},
    "an empty token": {"csrf": ""},
    "another token": {"csrf": "A" * 43},
    "a foreign origin": {"Origin": "https://evil.example"},
    "no origin at all": {"Origin": "null"},
    "the blog's origin": {"Origin": "http://localhost:1"},
    "a foreign page": {"Sec_Fetch_Site": "cross-site"},
    "another origin of the site": {"Sec_Fetch_Site": "same-site"},
    "no session": {"Cookie": ""},
    "another session": {"Cookie": f"{SESSION}=AAAAAAAAAAAAAAAAAAAAAA.awY6eQ.{'A' * 43}"},
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_form_does_nothing(stack: Running, session: str, form: dict[str, str], forged: str) -> None:
    change = FORGED[forged]
    headers = {"Cookie": session, "Origin": stack.api, "Sec_Fetch_Site": "same-origin"}
    headers |= {name: value for name, value in change.items() if name != "csrf" and value is not None}
    sent = {name: value for name, value in {**form, **change}.items() if value is not None and name in form}
    answer = ask(f"{stack.api}/moderate/decide", sent, **headers)
    assert answer.status == 403
    assert "<h1>" in answer.text
    assert stack.ping(form["back"]).status == "pending"


def test_a_form_that_is_sent_twice_is_done_once(stack: Running, session: str, form: dict[str, str]) -> None:
    for _ in range(2):
        assert ask(f"{stack.api}/moderate/decide", form, Cookie=session, Origin=stack.api).status == 303
    ping = stack.ping(form["back"])
    assert [entry.what for entry in ping.history].count(Status.APPROVED) == 1


def test_however_often_a_sign_in_is_asked_for_one_mail_goes_out(stack: Running) -> None:
    stack.forget("access#")
    before = sign_in_links(stack)
    answers = [ask(f"{stack.api}/moderate/sign-in", {}) for _ in range(20)]
    assert len({(answer.status, answer.text, answer.headers["Location"]) for answer in answers}) == 1
    assert len(sign_in_links(stack)) == len(before) + 1


def test_a_sign_in_link_works_once_and_only_if_it_is_posted(stack: Running) -> None:
    link = new_sign_in_link(stack)
    assert [ask(link).cookie(SESSION) for _ in range(2)] == ["", ""]
    first, second = ask(link, {}), ask(link, {})
    assert (first.status, second.status, second.cookie(SESSION)) == (303, 410, "")


def test_the_sessions_cookie_is_for_this_host_alone_and_no_script(stack: Running) -> None:
    cookie = SimpleCookie(ask(new_sign_in_link(stack), {}).cookie(SESSION))[SESSION]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Strict")
    assert (cookie["path"], cookie["domain"], int(cookie["max-age"]) <= 12 * 3_600) == ("/", "", True)


PAGES = ["", "/overview", "/rules", "/settings", "/ping/aaaaaaaaaaaaaaaaaaaaaaaaaa", "/nothing"]


@pytest.mark.parametrize("page", PAGES)
def test_without_a_session_no_page_shows_anything(stack: Running, page: str) -> None:
    answer = ask(f"{stack.api}/moderate{page}")
    assert answer.status in {303, 404}
    assert "Undo" not in answer.text


@pytest.mark.parametrize("page", [*PAGES, "/sign-in", "/link/nothing"])
def test_no_page_may_be_kept_framed_or_found(stack: Running, session: str, page: str) -> None:
    headers = ask(f"{stack.api}/moderate{page}", Cookie=session).headers
    assert headers["Cache-Control"] == "no-store"
    assert "noindex" in headers["X-Robots-Tag"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]

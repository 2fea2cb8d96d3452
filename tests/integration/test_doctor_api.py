"""What the doctor says of the API: whether it is there, takes pings, and hands out list and embed."""

import base64
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.support.demo_site import PATH, Published
from tests.support.websites import Answer, page, silence, website
from trackback.cli.doctor.api_check import ApiCheck
from trackback.cli.doctor.discovery_check import Post
from trackback.cli.doctor.finding import Finding, Severity
from trackback.cli.doctor.post_page import Script
from trackback.storage.dynamodb import BUSY
from trackback.web.http.client import Fetcher

POST = "http://blog.example" + PATH
PING = "/trackback/blog.example/2026/hello/?__mode=rss"
LIST = "/pings/blog.example/2026/hello/"
RSS = "<response>\n<error>0</error>\n<rss><channel><title>x</title><link>{}</link></channel></rss></response>"
JSON = "application/json"
BODY = "console.log(1)"
OPEN = page(BODY, content_type="text/javascript; charset=utf-8", access_control_allow_origin="*")


@pytest.fixture
def reception() -> ApiCheck:
    """What asks the API."""
    return ApiCheck(Fetcher(loopback=True, seconds=30))


@contextmanager
def api(answers: dict[str, Answer] | Answer) -> Iterator[Post]:
    """Run what says that it is the API, and return a post that it serves."""
    with website(answers) as server:
        yield Post(POST, server.url)


def severities(findings: Iterator[Finding]) -> dict[str, Severity]:
    """Return the severities, by check."""
    return {finding.check: finding.severity for finding in findings}


@pytest.mark.usefixtures("table")
def test_the_deployed_api_is_right(here: Published, reception: ApiCheck) -> None:
    found = reception.check_pings(here.post())
    assert (found.severity, found.check) == (Severity.OK, "api")
    script = Script(f"{here.api}/embed.js", is_module=True, in_body=True)
    assert severities(reception.check_readers(here.post(), script)) == {
        "cors": Severity.OK,
        "script": Severity.OK,
    }
    assert severities(reception.check_readers(here.post(), None)) == {"cors": Severity.OK}


@pytest.mark.usefixtures("table")
def test_an_api_that_does_not_serve_the_blog_is_wrong(here: Published, reception: ApiCheck) -> None:
    found = reception.check_pings(Post("https://elsewhere.example/a/", here.api))
    assert found.severity is Severity.ERROR
    assert found.words == "The API refuses: No blog with this host takes TrackBacks here. Check the ping URL."
    assert "Add elsewhere.example to the setting Sites" in found.advice


@pytest.mark.usefixtures("table")
def test_a_blog_that_readers_see_under_another_address_gets_a_note(
    here: Published, reception: ApiCheck
) -> None:
    found = reception.check_pings(Post(here.url.replace("http:", "https:"), here.api))
    assert found.severity is Severity.WARNING
    assert here.url in found.words
    assert f"blog at {here.blog.replace('http:', 'https:')}," in found.advice


def test_a_flood_is_no_reason_to_change_settings(reception: ApiCheck) -> None:
    with api(page(f"<message>{BUSY}</message>")) as post:
        assert reception.check_pings(post).advice == "Wait a minute."


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        pytest.param(page("<h1>Welcome</h1>"), "does not answer as this service does (200)", id="a web page"),
        pytest.param(page("No.", "404 Not Found"), "does not answer as this service does (404)", id="404"),
        pytest.param(page(RSS.format(POST), "500 Oh"), "as this service does (500)", id="an error"),
        pytest.param(page("<message>&lt;b&gt; no</message>"), "The API refuses: <b> no", id="a refusal"),
        pytest.param(page(b"\xff\xfe\x00"), "does not answer as this service does (200)", id="bytes"),
        pytest.param(silence, "cannot be reached: its server did not answer within 1 seconds", id="silence"),
    ],
)
def test_what_is_no_such_api_is_told(answer: Answer, words: str) -> None:
    with api(answer) as post:
        found = ApiCheck(Fetcher(loopback=True, seconds=1 if answer is silence else 30)).check_pings(post)
    assert found.severity is Severity.ERROR
    assert words in found.words


def test_an_address_where_nothing_listens_is_told(reception: ApiCheck) -> None:
    with api({}) as post:
        pass
    found = reception.check_pings(post)
    assert found.words == f"The API at {post.api} cannot be reached: its server takes no connection."


@pytest.mark.parametrize(
    ("answer", "severity", "words"),
    [
        (page("{}", content_type=JSON, access_control_allow_origin="*"), Severity.OK, "hand the list"),
        (
            page("{}", content_type=JSON, access_control_allow_origin="http://blog.example"),
            Severity.OK,
            "hand the list",
        ),
        (page("{}", content_type=JSON), Severity.ERROR, "without leave"),
        (
            page("{}", content_type=JSON, access_control_allow_origin="http://x.example"),
            Severity.ERROR,
            "without leave",
        ),
        (page("<p>", access_control_allow_origin="*"), Severity.ERROR, "answers 200, text/html"),
        (page("{}", "429 Too Many", content_type=JSON), Severity.ERROR, "answers 429"),
        (b"nonsense", Severity.ERROR, "cannot be had"),
    ],
)
def test_a_list_that_browsers_do_not_hand_on_is_told(
    reception: ApiCheck, answer: Answer, severity: Severity, words: str
) -> None:
    with api({LIST: answer}) as post:
        (found,) = reception.check_readers(post, None)
    assert (found.check, found.severity) == ("cors", severity)
    assert words in found.words


def hashed(body: str) -> str:
    """Return a body's hash as a tag has it."""
    return "sha384-" + base64.b64encode(hashlib.sha384(body.encode()).digest()).decode()


@pytest.mark.parametrize(
    ("answer", "integrity", "severity", "words"),
    [
        (OPEN, "", Severity.OK, "The embed comes."),
        (OPEN, hashed(BODY), Severity.OK, "The embed comes."),
        (OPEN, f"md5-x sha256-x {hashed(BODY)}", Severity.OK, "comes"),
        (OPEN, hashed("old"), Severity.ERROR, "of another version"),
        (OPEN, f"{hashed(BODY)} {hashed('old')}", Severity.OK, "comes"),
        (OPEN, f"{hashed(BODY)} sha512-x", Severity.ERROR, "of another version"),
        (OPEN, "nonsense", Severity.OK, "The embed comes."),
        (page(BODY, content_type="text/javascript"), "", Severity.ERROR, "without leave"),
        (page(BODY), "", Severity.ERROR, "answers 200, text/html"),
        (page("{}", "404 Not Found"), "", Severity.ERROR, "answers 404"),
        (b"nonsense", "", Severity.ERROR, "cannot be had"),
    ],
)
def test_an_embed_that_browsers_do_not_run_is_told(
    reception: ApiCheck, answer: Answer, integrity: str, severity: Severity, words: str
) -> None:
    listed = page("{}", content_type=JSON, access_control_allow_origin="*")
    with api({LIST: listed, "/embed.js": answer}) as post:
        script = Script(f"{post.api}/embed.js", is_module=True, in_body=True, integrity=integrity)
        _, found = reception.check_readers(post, script)
    assert (found.check, found.severity) == ("script", severity)
    assert words in found.words

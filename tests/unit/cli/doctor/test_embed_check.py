"""What the doctor says of a page's place for TrackBacks."""

import pytest

from trackback.cli.doctor.csp import read_policies
from trackback.cli.doctor.discovery_check import Post
from trackback.cli.doctor.embed_check import check_placement, own_script
from trackback.cli.doctor.finding import Finding, Severity
from trackback.cli.doctor.post_page import read_post_page

POST = Post("https://blog.example/2026/hello/", "https://api.example")
SCRIPT = '<script type="module" src="https://api.example/embed.js"></script>'
LIST = "<trackback-list><a href='https://api.example/pings/blog.example/2026/hello/'>x</a></trackback-list>"
VERSIONED = SCRIPT.replace("embed.js", "embed.0123456789abcdef.js").replace(
    "></", ' integrity="sha384-x"{}></'
)


def found(page: str, *, csp: str = "", post: Post = POST) -> dict[str, Finding]:
    """Return what is not right, by check."""
    shown = read_post_page(page, post.url)
    findings = check_placement(shown, post, read_policies(csp, shown.policies))
    return {finding.check: finding for finding in findings if finding.severity is not Severity.OK}


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(SCRIPT + LIST, id="script and element"),
        pytest.param(f"<p>{SCRIPT}{LIST[16:]}", id="the script alone, in the body"),
        pytest.param(VERSIONED.format(" crossorigin") + LIST, id="a pinned version"),
        pytest.param(VERSIONED.format("") + LIST, id="a pinned version: a module needs no crossorigin"),
        pytest.param(
            f'<link rel=canonical href="https://blog.example/">{SCRIPT}'
            + LIST.replace("-list>", "-list post=blog.example/2026/hello>", 1),
            id="post= against another canonical link",
        ),
        pytest.param(
            SCRIPT + LIST + '<trackback-list post="blog.example/2026/more/"></trackback-list>', id="two lists"
        ),
        pytest.param(
            '<iframe src="https://api.example/pings/blog.example/2026/hello/.html"></iframe>', id="a frame"
        ),
        pytest.param(
            f'<head><meta http-equiv=Content-Security-Policy content="script-src https:">{SCRIPT}{LIST}',
            id="a policy",
        ),
    ],
)
def test_a_page_that_shows_the_list_is_right(page: str) -> None:
    assert found(page) == {}


@pytest.mark.parametrize(
    ("page", "check", "words", "advice"),
    [
        pytest.param("", "embed", "does not load the embed", SCRIPT, id="no script"),
        pytest.param(
            SCRIPT.replace("api.", "old."),
            "embed",
            "comes from https://old.example/embed.js",
            SCRIPT,
            id="another API",
        ),
        pytest.param(SCRIPT.replace(' type="module"', ""), "embed", "is no module", SCRIPT, id="no module"),
        pytest.param(SCRIPT, "embed", "in the head and there is no", "<trackback-list>", id="no place"),
        pytest.param(
            SCRIPT + '<trackback-list post="blog.example/2026/helo/"></trackback-list>',
            "list",
            "that of blog.example/2026/helo.",
            'post="blog.example/2026/hello/"',
            id="post= of another",
        ),
        pytest.param(
            f'<link rel="canonical" href="https://blog.example/">{SCRIPT}{LIST}',
            "list",
            "that of blog.example, which the page's canonical link names",
            'post="blog.example/2026/hello/"',
            id="canonical link to another",
        ),
        pytest.param(
            f'<head><meta http-equiv="content-security-policy" content="script-src \'self\'">{SCRIPT}{LIST}',
            "csp",
            "way: script-src 'self'",
            "Allow https://api.example in script-src.",
            id="a policy in the head",
        ),
        pytest.param(
            SCRIPT.replace("https:", "http:") + LIST,
            "https",
            "by http, which browsers block",
            "https",
            id="mixed",
        ),
    ],
)
def test_what_is_wrong_is_named_with_what_to_do(page: str, check: str, words: str, advice: str) -> None:
    finding = found(page)[check]
    assert finding.severity is Severity.ERROR
    assert words in finding.words
    assert advice in finding.advice


def test_of_a_list_that_is_nowhere_it_is_not_told_whose_it_is() -> None:
    nowhere = read_post_page(f"<head>{SCRIPT}</head><p>A post.", POST.url)
    assert "list" not in {finding.check for finding in check_placement(nowhere, POST, [])}


@pytest.mark.parametrize(
    ("csp", "by", "allow"),
    [
        ("default-src 'self'", "default-src 'self'", "script-src and in connect-src"),
        ("script-src 'none'; connect-src *", "script-src 'none'", "script-src"),
        ("script-src https://api.example/embed.js", "script-src https://api.example/embed.js", "script-src"),
        ("connect-src 'self'", "connect-src 'self'", "connect-src"),
        (
            "script-src *, connect-src https://api.example/x/",
            "connect-src https://api.example/x/",
            "connect-src",
        ),
    ],
)
def test_a_policy_in_the_header_that_keeps_the_embed_out_is_quoted(csp: str, by: str, allow: str) -> None:
    finding = found(SCRIPT + LIST, csp=csp)["csp"]
    assert finding.words.endswith(f": {by}")
    assert finding.advice == f"Allow https://api.example in {allow}."


def test_a_nonce_lets_the_script_in() -> None:
    page = SCRIPT.replace("<script", '<script nonce="abc"') + LIST
    assert found(page, csp="script-src 'nonce-abc' 'strict-dynamic'") == {}
    assert "csp" in found(page, csp="script-src 'nonce-other'")


def test_an_api_on_this_machine_may_be_on_http() -> None:
    """Browsers take it for as safe as https."""
    for host in ("localhost:8080", "127.0.0.1:8080", "api.localhost", "[::1]:8080"):
        post = Post(POST.url, f"http://{host}")
        page = (SCRIPT + LIST).replace("https://api.example", post.api)
        assert found(page, post=post) == {}


def test_a_page_on_http_may_load_the_embed_in_either_way() -> None:
    post = Post("http://blog.example/2026/hello/", POST.api)
    assert found(SCRIPT + LIST, post=post) == {}
    assert found((SCRIPT + LIST).replace("https:", "http:"), post=post) == {}


def test_a_page_without_a_link_to_the_list_gets_a_note() -> None:
    for page in ("<p>" + SCRIPT, SCRIPT + LIST.replace("2026/hello", "2026/other")):
        finding = found(page)["fallback"]
        assert finding.severity is Severity.WARNING
        assert "https://api.example/pings/blog.example/2026/hello/" in finding.advice


def test_of_several_scripts_the_api_s_own_is_found() -> None:
    page = read_post_page(SCRIPT.replace("api.", "old.") + SCRIPT, POST.url)
    script = own_script(page, POST)
    assert script
    assert script.url == "https://api.example/embed.js"

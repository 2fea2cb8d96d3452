"""Which Content Security Policies let the embed run, and by which directive the others do not."""

import pytest

from trackback.cli.doctor.csp import forbids_request, forbids_script, read_policies

API = "https://api.example"
SCRIPT = f"{API}/embed.js"
PINGS = f"{API}/pings/blog.example/2026/hello/"
PAGE = "https://blog.example/2026/hello/"


def script(policy: str, page: str = PAGE, url: str = SCRIPT, **trust: str) -> str:
    """Return what forbids the embed's script."""
    return forbids_script(read_policies(policy, []), url, page, **trust)


def request(policy: str, page: str = PAGE, url: str = PINGS) -> str:
    """Return what forbids its request."""
    return forbids_request(read_policies(policy, []), url, page)


@pytest.mark.parametrize(
    "sources",
    [
        "*",
        "https:",
        "http:",
        "api.example",
        "https://api.example",
        "http://api.example",
        "HTTPS://API.EXAMPLE",
        "api.example:443",
        "api.example:*",
        "http://api.example:80",
        "*.example",
        "https://*:*",
        "https://api.example/",
        "'self' 'unsafe-inline' https://cdn.example api.example",
    ],
)
def test_a_source_that_names_the_api_lets_it_in(sources: str) -> None:
    for directive in ("script-src", "default-src", "script-src-elem"):
        assert script(f"{directive} {sources}") == ""
    for directive in ("connect-src", "default-src"):
        assert request(f"{directive} {sources}") == ""


@pytest.mark.parametrize(
    "sources",
    [
        "'none'",
        "",
        "'self'",
        "'unsafe-inline' 'unsafe-eval' data: blob:",
        "api.example:8443",
        "*.api.example",
        "wss://api.example",
        "api.example.evil.example",
        "https://api.example/other/",
        "https://api.example/embed",
        "https://",
        "[",
        "api.example?x",
    ],
)
def test_a_source_that_does_not_keeps_it_out(sources: str) -> None:
    for directive in ("script-src", "default-src", "script-src-elem"):
        assert script(f"{directive} {sources}") == f"{directive} {sources}".strip()
    for directive in ("connect-src", "default-src"):
        assert request(f"{directive} {sources}") == f"{directive} {sources}".strip()


@pytest.mark.parametrize(
    ("source", "page", "url", "allowed"),
    [
        ("'self'", "https://blog.example/a", "https://blog.example/embed.js", True),
        ("'self'", "http://blog.example/a", "https://blog.example/embed.js", True),
        ("'self'", "https://blog.example/a", "http://blog.example/embed.js", False),
        ("'self'", "http://localhost:8081/", "http://localhost:8080/embed.js", False),
        ("'self'", "http://localhost:8081/", "http://localhost:8081/embed.js", True),
        ("api.example", "https://blog.example/", "http://api.example/embed.js", False),
        ("api.example", "http://blog.example/", "http://api.example/embed.js", True),
        ("localhost:8080", "http://localhost:8081/", "http://localhost:8080/embed.js", True),
        ("localhost", "http://localhost:8081/", "http://localhost:8080/embed.js", False),
        ("https://api.example/embed.js", PAGE, SCRIPT, True),
        ("https://api.example/%65mbed.js", PAGE, SCRIPT, True),
        ("https://api.example/pings/", PAGE, PINGS, True),
        ("[::1]:*", "http://[::1]/", "http://[::1]:8080/embed.js", True),
    ],
)
def test_a_source_is_matched_as_browsers_do(source: str, page: str, url: str, allowed: bool) -> None:
    assert (script(f"script-src {source}", page, url) == "") is allowed


def test_the_most_special_directive_counts_and_its_first_mention() -> None:
    assert script("script-src api.example; default-src 'none'") == ""
    assert script("script-src-elem 'none'; script-src api.example") == "script-src-elem 'none'"
    assert script("script-src 'none'; script-src api.example; default-src *") == "script-src 'none'"
    assert request("DEFAULT-SRC 'none'; Connect-Src api.example") == ""
    assert request("script-src 'none'; img-src 'none'") == ""


def test_every_policy_has_to_allow_it() -> None:
    header = "default-src *, script-src api.example; connect-src 'self'"
    policies = read_policies(header, ["script-src 'self'"])
    assert forbids_request(policies, PINGS, PAGE) == "connect-src 'self'"
    assert forbids_script(policies, SCRIPT, PAGE) == "script-src 'self'"
    assert forbids_script(policies[:2], SCRIPT, PAGE) == ""


def test_a_nonce_or_a_hash_vouches_for_a_script() -> None:
    policy = "script-src 'nonce-Abc' 'sha384-XyZ='"
    assert script(policy)
    assert script(policy, nonce="abc")
    assert script(policy, nonce="Abc") == ""
    assert script(policy, integrity="sha384-XyZ=") == ""
    assert script(policy, integrity="sha384-XyZ= sha512-other")
    assert script("script-src 'strict-dynamic' 'nonce-Abc' api.example")
    assert script("script-src 'strict-dynamic' 'nonce-Abc'", nonce="Abc") == ""


def test_a_sandbox_counts_in_the_header_only() -> None:
    assert script("sandbox allow-forms") == "sandbox allow-forms"
    assert script("sandbox Allow-Scripts") == ""
    assert forbids_script(read_policies("", ["sandbox"]), SCRIPT, PAGE) == ""


@pytest.mark.parametrize("header", ["", " , ;; ,", "upgrade-insecure-requests"])
def test_what_says_nothing_about_it_forbids_nothing(header: str) -> None:
    assert script(header) == request(header) == ""


def test_trusted_types_are_no_matter() -> None:
    policy = "require-trusted-types-for 'script'; trusted-types 'none'; script-src api.example"
    assert script(policy) == request(policy) == ""

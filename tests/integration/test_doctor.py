"""`trackback doctor`, on a published post and its deployed API."""

import json

import pytest

from tests.support.demo_site import PATH, Published
from tests.support.websites import page, redirect
from trackback.cli.doctor.examine import Doctor
from trackback.cli.doctor.finding import Finding, Severity
from trackback.cli.main import main
from trackback.model.rule import Effect, Matches, Rule
from trackback.storage.api_address import note_api
from trackback.storage.pings import PingStore
from trackback.storage.settings import save_rules
from trackback.storage.table import Table
from trackback.web.http.client import MAX_BODY, Fetcher

Output = pytest.CaptureFixture[str]
CHECKS = [
    *("page", "address", "link", "rdf", "visible", "senders"),
    *("embed", "list", "csp", "https", "fallback", "links", "api", "cors", "script", "ping"),
]


def examine(table: Table, here: Published, path: str = PATH) -> dict[str, Finding]:
    """Return what is not right, by check."""
    found = Doctor(table, Fetcher(loopback=True, seconds=30), here.api).examine(here.blog + path)
    return {finding.check: finding for finding in found if finding.severity is not Severity.OK}


def test_a_post_that_has_all_it_should_have_is_right(
    store: PingStore, here: Published, capsys: Output
) -> None:
    assert main(["doctor", here.url, "--api", here.api]) == 0
    printed = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in printed[:-2] if line.startswith("right")] == [
        ["right", check] for check in CHECKS
    ]
    assert printed[-2:] == ["", "All is right."]
    assert list(store.pings()) == []


def test_which_links_send_pings_is_told_and_which_do_not(here: Published, capsys: Output) -> None:
    link = "<a {}href=https://{}.example/>x</a>"
    links = link.format("", "a") + link.format("rel=nofollow ", "b")
    here.publish(f"<title>Hello</title><article>{links}<footer>{link.format('', 'c')}</footer></article>")
    main(["doctor", here.url, "--api", here.api])
    printed = " ".join(capsys.readouterr().out.split())
    assert (
        "links to 1 page of other sites, which your own pings go to. Left out: 1 link marked nofollow"
        in printed
    )
    assert "1 link around the post's text" in printed


def test_a_page_with_what_the_snippet_says_pasted_in_is_right(
    table: Table, here: Published, capsys: Output
) -> None:
    assert main(["snippet", here.url, "--api", here.api]) == 0
    here.publish(f"<!doctype html><title>Hello</title><p>A post.{capsys.readouterr().out}")
    assert examine(table, here) == {}


def test_a_rule_that_is_too_wide_is_told(table: Table, here: Published) -> None:
    save_rules(table, [Rule(Effect.ALLOW, Matches.HOST, "medium.com")], [])
    told = examine(table, here)["rules"]
    assert "“allow host medium.com” approves nothing" in told.words
    assert told.advice == "Remove it: trackback rules remove host medium.com"


def test_each_fault_of_a_post_is_told_with_what_to_do(
    store: PingStore, here: Published, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    here.publish("<title>Bare</title><p>A post.", content_security_policy="default-src 'self'")
    assert main(["doctor", here.url, "--api", here.api]) == 1
    printed = capsys.readouterr().out
    wrong = [line.split()[1] for line in printed.splitlines() if line.startswith("wrong")]
    assert wrong == ["link", "rdf", "senders", "embed"]
    assert printed.endswith(f"\n{len(wrong)} of 12 checks found something wrong.\n")
    advice = [line for line in printed.splitlines() if line.strip().startswith("→")]
    assert len(advice) == len(wrong) + len(["visible", "fallback"])
    assert max(len(line) for line in printed.splitlines() if line not in advice) <= 80
    tag = f'<script type="module" src="{here.api}/embed.js"></script>'
    assert any(tag in line for line in advice)  # to be copied in one piece
    assert list(store.pings()) == []


def test_programs_get_one_object_a_line(table: Table, here: Published, capsys: Output) -> None:
    here.publish(here.markup().replace('rel="trackback"', 'rel="nofollow"'))
    assert main(["doctor", here.url, "--api", here.api, "--json"]) == 1
    found = {row["check"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert list(found) == CHECKS
    told = examine(table, here)
    link = told["link"]
    assert found["link"] == {
        "check": "link",
        "grade": "wrong",
        "words": link.words,
        "advice": link.advice,
    }
    assert {row["grade"] for name, row in found.items() if name not in told} == {"right"}


@pytest.mark.parametrize("how", ["environment", "table"])
def test_the_api_s_address_is_found_where_it_is_noted(
    table: Table, here: Published, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if how == "table":
        note_api(table, {}, here.api)
    else:
        monkeypatch.setenv("TRACKBACK_API", f"{here.api}/moderate")
    assert main(["doctor", here.url]) == 0


@pytest.mark.usefixtures("table")
def test_what_cannot_be_done_is_one_line_and_status_1(here: Published, capsys: Output) -> None:
    assert main(["doctor", here.url]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert "--api" in told.err


@pytest.mark.parametrize("arguments", [[], ["blog.example/a"], ["ftp://blog.example/"], ["https://a b/"]])
def test_wrong_usage_is_status_2(arguments: list[str], capsys: Output) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["doctor", *arguments])
    assert stopped.value.code == 2
    assert "usage: trackback doctor" in capsys.readouterr().err


def test_a_page_that_is_not_there_is_all_that_is_told(table: Table, here: Published) -> None:
    found = list(Doctor(table, Fetcher(loopback=True), here.api).examine(f"{here.blog}/nothing"))
    assert [finding.check for finding in found] == ["page"]
    assert found[0].words == f"The server answers 404 for {here.blog}/nothing"
    found = list(Doctor(table, Fetcher(), here.api).examine(here.url))
    assert [finding.words for finding in found] == [
        "The page cannot be had: its server is not on the public internet."
    ]


def test_what_is_no_page_is_told(table: Table, here: Published) -> None:
    here.publish("%PDF", content_type="application/pdf")
    assert examine(table, here)["page"].words == "It is no HTML page, but application/pdf."


def test_a_huge_page_is_looked_at_as_far_as_senders_read(table: Table, here: Published) -> None:
    here.publish(here.markup() + "x" * MAX_BODY)
    found = examine(table, here)
    assert {name: finding.severity for name, finding in found.items()} == {"page": Severity.WARNING}


def test_a_redirect_is_followed_and_told(table: Table, here: Published) -> None:
    here.pages["/old"] = redirect(PATH)
    (found,) = examine(table, here, "/old").values()
    assert (found.check, found.severity) == ("page", Severity.WARNING)
    assert here.url in found.words
    assert examine(table, here, f"{PATH}#comments") == {}


@pytest.mark.parametrize(
    ("canonical", "severity", "words"),
    [
        ("/2026/other/", Severity.ERROR, "names another page"),
        ("/2026/hello", Severity.WARNING, "spells the address otherwise"),
    ],
)
def test_a_canonical_link_that_is_not_the_address_is_told(
    table: Table, here: Published, canonical: str, severity: Severity, words: str
) -> None:
    here.publish(
        here.markup().replace(f'rel="canonical" href="{here.url}"', f'rel="canonical" href="{canonical}"')
    )
    (found,) = examine(table, here).values()
    assert (found.check, found.severity) == ("address", severity)
    assert words in found.words


def test_an_address_with_a_query_is_told(table: Table, here: Published) -> None:
    here.pages[f"{PATH}?p=7"] = page(here.markup().replace("canonical", "x"))
    found = examine(table, here, f"{PATH}?p=7")
    assert "each post have a path of its own" in found["address"].advice


def test_a_policy_in_the_header_counts(table: Table, here: Published) -> None:
    here.publish(content_security_policy="connect-src 'self'")
    (found,) = examine(table, here).values()
    assert found.words.endswith("is in the embed's way: connect-src 'self'")


def test_no_ping_is_sent_where_the_api_does_not_take_it(table: Table, here: Published) -> None:
    here.before = lambda: pytest.fail("a ping came")
    elsewhere = Published("http://localhost" + here.blog[len("http://127.0.0.1") :], here.pages, here.api)
    elsewhere.publish()
    found = examine(table, elsewhere)
    assert found["api"].severity is Severity.ERROR
    assert "ping" not in found


@pytest.mark.usefixtures("table")
def test_what_a_page_says_does_not_steer_the_terminal(here: Published, capsys: Output) -> None:
    name = "\x1b]0;x\x07https://x.example/"
    here.publish(f'<rdf:Description dc:identifier="{name}" trackback:ping="/" />')
    main(["doctor", here.url, "--api", here.api])
    printed = capsys.readouterr().out
    assert "https://x.example/" in printed
    assert not {"\x1b", "\x07"} & set(printed)

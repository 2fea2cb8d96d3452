"""The author's rules: how they are written, and what they match."""

from dataclasses import replace
from typing import Any

import pytest

from trackback.errors import TrackbackError
from trackback.model.rule import BadRule, Effect, Matches, Rule
from trackback.receiving.spam.evidence import Evidence
from trackback.receiving.spam.rules import applies, deciding_rule, idle_rule, read_rule


def evidence(url: str = "https://o.example/a", landed: str = "") -> Evidence:
    return Evidence(url, "A title", "", "Other", landed=landed)


@pytest.mark.parametrize(
    ("matches", "written", "value"),
    [
        pytest.param("host", "o.example", "o.example", id="a host"),
        pytest.param("host", " https://www.O.example:8080/ ", "o.example", id="a host pasted as URL"),
        pytest.param("host", "*.o.example", "o.example", id="a host with a star"),
        pytest.param("host", ".o.example", "o.example", id="a host with a dot before it"),
        pytest.param("host", "o.example.", "o.example", id="a host with a dot behind it"),
        pytest.param("host", "bücher.example", "xn--bcher-kva.example", id="an IDN"),
        pytest.param("host", "203.0.113.7", "203.0.113.7", id="an address"),
        pytest.param("host", "[2001:DB8:0::7]", "2001:db8::7", id="an IPv6 address"),
        pytest.param("path", "https://www.o.example/~ann/", "o.example/~ann", id="a path pasted as URL"),
        pytest.param("path", "o.example/a/../b//./c", "o.example/b/c", id="a path with dots"),
        pytest.param("path", "o.example/%61%C3%A9", "o.example/a%C3%A9", id="a path in another encoding"),
        pytest.param("text", "  Cheap\n PILLS ", "cheap pills", id="a text in capitals"),
        pytest.param("text", "Ｃａｓｉｎò", "casino", id="a text in disguise"),
        pytest.param("text", "名牌", "名牌", id="a text of two characters"),
    ],
)
def test_a_rule_is_kept_in_one_form(matches: str, written: str, value: str) -> None:
    rule = read_rule("block", matches, written)
    assert rule == Rule(Effect.BLOCK, Matches(matches), value)
    assert rule.id == f"{matches}:{value}"
    assert str(rule) == f"block {matches} {value}"
    assert read_rule("block", matches, rule.value if ":" not in rule.value else f"[{rule.value}]") == rule


@pytest.mark.parametrize(
    ("effect", "matches", "value", "words"),
    [
        pytest.param("ban", "host", "o.example", "block or allow", id="no such effect"),
        pytest.param("block", "title", "x", "host, path or text", id="nothing to look at"),
        pytest.param("block", "host", "", "Write a host", id="no host"),
        pytest.param("block", "host", "o example", "Write a host", id="a blank in a host"),
        pytest.param("block", "host", "o.example@evil.example", "Write a host", id="a user name"),
        pytest.param("block", "host", "o.example\\.evil.example", "Write a host", id="a backslash"),
        pytest.param("block", "host", "o.example/a", "path rule", id="a path in a host rule"),
        pytest.param("block", "path", "o.example", "needs a path", id="a host in a path rule"),
        pytest.param("block", "path", "o.example/..", "needs a path", id="a path that leads nowhere"),
        pytest.param("block", "path", "o.example/?user=1", "without a", id="a query"),
        pytest.param("block", "path", "o.example/" + "a" * 500, "500 characters", id="a very long path"),
        pytest.param("block", "text", " a ", "2 to 100", id="a text of one letter"),
        pytest.param("block", "text", "a" * 101, "2 to 100", id="a very long text"),
        pytest.param("block", "text", "a" * 1_000_000, "2 to 100", id="a text without end"),
        pytest.param("allow", "host", "example", "top-level domain", id="allowing a top-level domain"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_with_words(
    effect: str, matches: str, value: str, words: str
) -> None:
    with pytest.raises(BadRule, match=words) as error:
        read_rule(effect, matches, value)
    assert isinstance(error.value, TrackbackError)


def test_a_whole_top_level_domain_may_be_blocked_and_this_machine_allowed() -> None:
    assert applies(read_rule("block", "host", "xyz"), evidence("https://a.b.xyz/"))
    assert applies(read_rule("allow", "host", "localhost:8081"), evidence("http://localhost:8081/a"))


@pytest.mark.parametrize(
    ("rule", "url", "expected"),
    [
        pytest.param("host o.example", "https://o.example/a", True, id="the host"),
        pytest.param("host o.example", "http://O.EXAMPLE.:8080/a", True, id="the host, spelt differently"),
        pytest.param("host o.example", "https://www.o.example/a", True, id="its www"),
        pytest.param("host o.example", "https://a.b.o.example/", True, id="a subdomain"),
        pytest.param("host bücher.example", "https://bücher.example/", True, id="an IDN"),
        pytest.param("host o.example", "https://evil-o.example/", False, id="a host that ends alike"),
        pytest.param("host o.example", "https://xo.example/", False, id="a host with more before"),
        pytest.param(
            "host o.example", "https://o.example.evil.example/", False, id="a host with more behind"
        ),
        pytest.param("host o.example", "https://evil.example/o.example", False, id="the host as path"),
        pytest.param("host o.example", "https://evil.example/?o.example", False, id="the host as query"),
        pytest.param("host o.example", "https://evil.example/#o.example", False, id="the host as fragment"),
        pytest.param("host o.example", "https://o.example@evil.example/", False, id="the host as user"),
        pytest.param("host o.example", "https://evil.example\\@o.example/", False, id="a backslash"),
        pytest.param("host o.example", "https://o.exаmple/", False, id="a Cyrillic letter"),
        pytest.param("host o.example", "javascript://o.example/%0aalert(1)", False, id="another scheme"),
        pytest.param("host 0.113.7", "http://203.0.113.7/", False, id="half an address"),
        pytest.param("host 203.0.113.7", "http://203.0.113.7:81/", True, id="an address"),
        pytest.param("host [2001:db8::7]", "http://[2001:DB8:0:0::7]:81/", True, id="an IPv6 address"),
        pytest.param("path o.example/ann", "https://o.example/ann", True, id="the path"),
        pytest.param("path o.example/ann", "https://www.o.example/ann/1?p=2", True, id="below the path"),
        pytest.param("path o.example/ann", "https://o.example/%61nn/1", True, id="in another encoding"),
        pytest.param("path o.example/ann", "https://o.example/x/..//ann/1", True, id="through dots"),
        pytest.param("path o.example/ann", "https://o.example/anna", False, id="half a segment"),
        pytest.param("path o.example/ann", "https://o.example/Ann", False, id="another case"),
        pytest.param("path o.example/ann", "https://o.example/ann/../eve", False, id="dots out of it"),
        pytest.param("path o.example/ann", "https://o.example/ann/%2e%2E/eve", False, id="escaped dots"),
        pytest.param("path o.example/ann", "https://o.example/", False, id="above the path"),
        pytest.param("path o.example/ann", "https://sub.o.example/ann", False, id="on a subdomain"),
        pytest.param(
            "path o.example/ann", "https://evil.example/o.example/ann", False, id="deeper elsewhere"
        ),
    ],
)
def test_hosts_match_by_label_and_paths_by_segment(rule: str, url: str, expected: bool) -> None:
    matches, _, value = rule.partition(" ")
    for effect in Effect:
        assert applies(read_rule(effect, matches, value), evidence(url)) is expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        pytest.param({"title": "Buy CHEAP pills"}, True, id="title"),
        pytest.param({"excerpt": "so chéap"}, True, id="excerpt with an accent"),
        pytest.param({"blog_name": "ｃｈｅａｐ"}, True, id="blog name in wide letters"),
        pytest.param({"title": "Dear", "excerpt": "friends"}, False, id="nowhere"),
        pytest.param({"title": "a che", "excerpt": "ap"}, False, id="across two fields"),
    ],
)
def test_a_text_is_looked_for_in_every_field(texts: dict[str, Any], expected: bool) -> None:
    assert applies(read_rule("block", "text", "Cheap"), replace(evidence(), **texts)) is expected


@pytest.mark.parametrize(
    ("landed", "blocked", "allowed"),
    [
        pytest.param("https://www.o.example/b", True, True, id="on the same site"),
        pytest.param("https://evil.example/", True, False, id="elsewhere, by an open redirect"),
        pytest.param("https://[::1", True, False, id="nowhere that can be read"),
    ],
)
def test_a_redirect_does_not_escape_a_block_or_carry_an_allow(
    landed: str, blocked: bool, allowed: bool
) -> None:
    ping = evidence("https://o.example/a", landed)
    assert applies(read_rule("block", "host", "o.example"), ping) is blocked
    assert applies(read_rule("allow", "host", "o.example"), ping) is allowed


@pytest.mark.parametrize(
    ("rules", "decides"),
    [
        pytest.param([], None, id="no rule"),
        pytest.param(["block host x.example"], None, id="none that applies"),
        pytest.param(["block host blogs.example", "allow host ann.blogs.example"], 1, id="a longer host"),
        pytest.param(["block host ann.blogs.example", "allow path ann.blogs.example/a"], 1, id="a path"),
        pytest.param(["allow text a title", "block host blogs.example"], 1, id="a host before a text"),
        pytest.param(["allow host blogs.example", "block host blogs.example"], 1, id="block in a tie"),
        pytest.param(["block host blogs.example", "allow host blogs.example"], 0, id="block in a tie, first"),
    ],
)
def test_the_most_specific_rule_decides(rules: list[str], decides: int | None) -> None:
    read = [read_rule(*rule.split(" ", 2)) for rule in rules]
    found = deciding_rule(evidence("https://ann.blogs.example/a"), read)
    assert found == (None if decides is None else read[decides])


WIDE = [
    ("host", "co.uk", "allow host name.co.uk"),
    ("host", "github.io", "allow host name.github.io"),
    ("host", "https://www.blogspot.com/", "allow host name.blogspot.com"),
    ("host", "wordpress.com", "allow host name.wordpress.com"),
    ("host", "substack.com", "allow host name.substack.com"),
    ("host", "medium.com", "allow path medium.com/@name"),
    ("host", "dev.to", "allow path dev.to/name"),
    ("host", "tumblr.com", "allow path tumblr.com/name"),
    ("host", "sites.google.com", "allow path sites.google.com/view/name"),
    ("host", "mastodon.social", "allow path mastodon.social/@name"),
    ("host", "mstdn.example", "allow path mstdn.example/@name"),
    ("path", "medium.com/tag", "allow path medium.com/@name"),
    ("path", "sites.google.com/view", "allow path sites.google.com/view/name"),
    ("path", "github.io/x", "allow host name.github.io"),
]


@pytest.mark.parametrize(("matches", "value", "instead"), WIDE, ids=[row[1] for row in WIDE])
def test_what_many_people_share_cannot_be_allowed_as_a_whole_but_can_be_blocked(
    matches: str, value: str, instead: str
) -> None:
    with pytest.raises(BadRule, match="Many people share") as refused:
        read_rule("allow", matches, value)
    assert str(refused.value).endswith(f"Allow one of them: {instead}")
    assert read_rule(*instead.split(" ")).value == instead.split(" ")[2]
    assert read_rule("block", matches, value).effect is Effect.BLOCK


@pytest.mark.parametrize("host", ["telegra.ph", "en.wikipedia.org"])
def test_a_host_whose_addresses_do_not_name_their_authors_cannot_be_allowed(host: str) -> None:
    with pytest.raises(BadRule, match="do not say whose a page is"):
        read_rule("allow", "host", host)


@pytest.mark.parametrize(
    ("rule", "url", "decides"),
    [
        ("host medium.com", "https://medium.com/@eve/a", False),
        ("host co.uk", "https://eve.co.uk/a", False),
        ("host blogspot.com", "https://eve.blogspot.com/a", False),
        ("host google.com", "https://sites.google.com/view/eve/a", False),
        ("host friend.example", "https://friend.example/@eve/1", False),
        ("host friend.example", "https://friend.example/~eve/1", False),
        ("host friend.example", "https://friend.example/1", True),
        ("host friend.example", "https://blog.friend.example/1", True),
        ("path medium.com/@ann", "https://medium.com/@ann/a", True),
        ("path friend.example/@ann", "https://friend.example/@ann/a", True),
        ("path friend.example/news", "https://friend.example/news/1", True),
        ("host localhost", "http://localhost:8081/1", True),
        ("host 203.0.113.7", "http://203.0.113.7/1", True),
        ("text a title", "https://medium.com/@eve/a", True),
    ],
)
def test_a_stored_rule_decides_only_about_pages_of_one_person(rule: str, url: str, decides: bool) -> None:
    matches, _, value = rule.partition(" ")
    stored = Rule(Effect.ALLOW, Matches(matches), value)
    assert deciding_rule(evidence(url), [stored]) == (stored if decides else None)
    assert idle_rule(evidence(url), [stored]) == (None if decides else stored)
    blocking = Rule(Effect.BLOCK, Matches(matches), value)
    assert deciding_rule(evidence(url), [blocking]) == blocking


@pytest.mark.parametrize("hidden", ["..%2f~evil/", "%5c..%5c~evil/", "%2e%2e%2f~evil/"])
def test_an_allowed_path_holds_no_hidden_way_out_of_it(hidden: str) -> None:
    rule = read_rule("allow", "path", "tilde.example/~friend")
    evidence = Evidence(f"https://tilde.example/~friend/{hidden}", "A title", "", "Other")
    assert not applies(rule, evidence)

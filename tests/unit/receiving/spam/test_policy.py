"""What becomes of a ping: evidence and rules in, status and reasons out."""

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from trackback.model.ping import Status
from trackback.model.rule import Effect, Matches, Rule
from trackback.model.verdict import LinkStatus
from trackback.receiving.spam.bayes import WordModel
from trackback.receiving.spam.evidence import Evidence
from trackback.receiving.spam.policy import CERTAIN, MILD, judge, judge_before_fetch
from trackback.receiving.spam.rules import read_rule
from trackback.web.html.regions import Standing

FOUND, MISSING, UNREACHABLE = LinkStatus.FOUND, LinkStatus.MISSING, LinkStatus.UNREACHABLE
PLAIN = Evidence("https://o.example/a", "A title", "What I think of it.", "Other")
PENDING, APPROVED, SPAM = Status.PENDING, Status.APPROVED, Status.SPAM

MODEL = WordModel.empty().learn(
    [(f"casino poker pills outlet {n}", True) for n in range(20)]
    + [(f"letters gardens roses essay {n}", False) for n in range(20)]
)
INFOS = "[…] There you will find 85615 more Infos: blog.example/a […]"

LOUDEST: dict[str, dict[str, Any]] = {
    "markup": {"has_markup": True},
    "title is blog name": {"title": "Other"},
    "title is [Trackback]": {"title": "… [Trackback]"},
    "template": {"excerpt": INFOS},
    "addresses": {"excerpt": "http://a.example http://b.example http://c.example"},
    "reflection": {"reflection": True},
    "flood": {"same_text": 999, "same_host": 999, "burst": 999},
    "words": {"excerpt": "poker casino pills outlet", "words": MODEL},
    "no link": {"link": MISSING},
    "unreachable": {"link": UNREACHABLE},
    "sponsored": {"link": FOUND, "rel": frozenset({"sponsored"})},
    "beside the text": {"link": FOUND, "standing": Standing.ASIDE},
    "in a comment": {"link": FOUND, "standing": Standing.COMMENT},
    "hidden": {"link": MISSING, "standing": Standing.HIDDEN},
    "link farm": {"links": 100_000},
    "front page": {"url": "https://o.example/"},
    "log-in": {"url": "https://o.example/wp-login.php?next=/"},
    "phrase": {"title": "old wooden chairs"},
    "spintax": {"excerpt": "{old|new|used} chairs"},
    "stock phrases": {"excerpt": "Hi! Thanks, I really like your blog and will come back."},
    "stock sentence": {"excerpt": "[…] an interesting post was made today on that site […]"},
    "echo": {"post": "https://b.example/how-letters-went-slow", "excerpt": "How letters went slow"},
    "disguise": {"excerpt": "bоok reаd wоrd lоng"},
}
"""Every tell at its loudest."""
WEIGHTS = {
    "markup": 4,
    "title is blog name": 3,
    "title is [Trackback]": 3,
    "template": 8,
    "addresses": 3,
    "reflection": 5,
    "flood": 4,
    "words": 4,
    "no link": 2,
    "unreachable": 0,
    "sponsored": -1,  # the link itself speaks for the ping
    "beside the text": -2,
    "in a comment": 0,
    "hidden": 3,
    "link farm": 4,
    "front page": 4,
    "log-in": 4,
    "phrase": 3,
    "spintax": 4,
    "stock phrases": 3,
    "stock sentence": 4,
    "echo": 3,
    "disguise": 4,
}


def ping(*known: dict[str, Any]) -> Evidence:
    merged: dict[str, Any] = {}
    for each in known:
        merged |= each
    return replace(PLAIN, **merged)


@pytest.mark.parametrize("tell", LOUDEST)
def test_no_tell_alone_is_certain(tell: str) -> None:
    judgement = judge(ping(LOUDEST[tell]), [])
    assert judgement.status is PENDING
    assert judgement.score == WEIGHTS[tell]
    assert judgement.score == sum(reason.weight for reason in judgement.reasons)


def test_no_two_tells_but_a_template_and_another_are_certain() -> None:
    for one, other in combinations(LOUDEST, 2):
        judgement = judge(ping(LOUDEST[one], LOUDEST[other]), [])
        assert (judgement.status is SPAM) == (judgement.score >= CERTAIN), (one, other)
        assert judgement.status is PENDING or "template" in {one, other}, (one, other)


@pytest.mark.parametrize(
    ("known", "status", "score"),
    [
        pytest.param([], PENDING, 0, id="nothing known"),
        pytest.param([{"link": FOUND}], PENDING, -3, id="a link alone approves nothing"),
        pytest.param([LOUDEST["template"], LOUDEST["no link"]], SPAM, 10, id="template without a link"),
        pytest.param([LOUDEST["template"], {"link": UNREACHABLE}], PENDING, 8, id="template, page away"),
        pytest.param([LOUDEST["template"], {"link": FOUND}], PENDING, 7, id="template with a link"),
        pytest.param(
            [LOUDEST["template"], LOUDEST["title is [Trackback]"], {"link": FOUND}],
            SPAM,
            11,
            id="a link does not save what the ping alone gives away",
        ),
        pytest.param(
            [LOUDEST["markup"], LOUDEST["title is blog name"], LOUDEST["no link"]],
            PENDING,
            9,
            id="a script's fields without a link",
        ),
        pytest.param(
            [LOUDEST["markup"], LOUDEST["flood"], LOUDEST["no link"]],
            SPAM,
            10,
            id="a script's flood, no link",
        ),
        pytest.param(
            [LOUDEST["markup"], LOUDEST["flood"], {"link": FOUND}, LOUDEST["link farm"]],
            SPAM,
            11,
            id="a script's flood from a link farm",
        ),
        pytest.param([LOUDEST["words"], LOUDEST["no link"]], PENDING, 6, id="bad words without a link"),
        pytest.param(
            [LOUDEST["words"], LOUDEST["flood"], LOUDEST["no link"]],
            SPAM,
            10,
            id="bad words in a flood, no link",
        ),
        pytest.param([LOUDEST["reflection"], {"link": FOUND}], PENDING, 5, id="a reflected link is none"),
        pytest.param(
            [LOUDEST["reflection"], LOUDEST["markup"], LOUDEST["title is blog name"]],
            SPAM,
            12,
            id="a script's fields and a reflection",
        ),
    ],
)
def test_tells_add_up(known: list[dict[str, Any]], status: Status, score: int) -> None:
    judgement = judge(ping(*known), [])
    assert (judgement.status, judgement.score) == (status, score)


@pytest.mark.parametrize(
    ("rules", "known", "status"),
    [
        pytest.param(["block host o.example"], {"link": FOUND}, SPAM, id="block"),
        pytest.param(["block host other.example"], {"link": FOUND}, PENDING, id="a block of another"),
        pytest.param(["block text what i think"], {}, SPAM, id="block a text"),
        pytest.param(["allow host o.example"], {"link": FOUND}, APPROVED, id="allow with a link"),
        pytest.param(["allow path o.example/a"], {"link": FOUND}, APPROVED, id="allow a path with a link"),
        pytest.param(["allow host o.example"], {}, PENDING, id="allow, not fetched"),
        pytest.param(["allow host o.example"], {"link": MISSING}, PENDING, id="allow without a link"),
        pytest.param(["allow host o.example"], {"link": UNREACHABLE}, PENDING, id="allow, page away"),
        pytest.param(["allow host o.example"], {"link": FOUND, "title": "Other"}, APPROVED, id="allow, mild"),
        pytest.param(
            ["allow host o.example"],
            {"link": FOUND, "reflection": True},
            PENDING,
            id="allow a reflection",
        ),
        pytest.param(
            ["allow host o.example"],
            {"link": FOUND, "rel": frozenset({"ugc"})},
            PENDING,
            id="allow a link that its page does not vouch for",
        ),
        *(
            pytest.param(
                ["allow host o.example"],
                {"link": FOUND, "standing": standing},
                PENDING,
                id=f"allow a link that stands elsewhere: {standing.name.lower()}",
            )
            for standing in list(Standing)[1:]
        ),
        pytest.param(
            ["allow host o.example"],
            {"link": FOUND, "landed": "https://evil.example/"},
            PENDING,
            id="allow what redirects elsewhere",
        ),
        pytest.param(
            ["allow host o.example"],
            {"link": FOUND, **LOUDEST["words"]},
            PENDING,
            id="a friend's page with a stranger's words",
        ),
        pytest.param(
            ["allow host o.example"],
            {"link": FOUND, **LOUDEST["template"], **LOUDEST["flood"]},
            PENDING,
            id="a friend is never spam unseen",
        ),
        pytest.param(
            ["block host o.example", "allow path o.example/a"],
            {"link": FOUND},
            APPROVED,
            id="a friend on a blocked platform",
        ),
        pytest.param(
            ["allow host o.example", "block text think"],
            {"link": FOUND},
            APPROVED,
            id="host over text",
        ),
    ],
)
def test_the_authors_rules_come_first(rules: list[str], known: dict[str, Any], status: Status) -> None:
    judgement = judge(ping(known), [read_rule(*rule.split(" ", 2)) for rule in rules])
    assert judgement.status is status


def test_a_stored_rule_that_is_too_wide_approves_nothing_and_says_what_to_write_instead() -> None:
    stored = Rule(Effect.ALLOW, Matches.HOST, "medium.com")
    judgement = judge(ping({"link": FOUND, "url": "https://medium.com/@eve/a"}), [stored])
    assert (judgement.status, judgement.score) == (PENDING, -3)
    assert judgement.reasons[-1].text == (
        "Your rule “allow host medium.com” does not count: many people share that site. "
        "Instead: allow path medium.com/@eve."
    )


def test_the_rule_is_the_first_reason() -> None:
    judgement = judge(ping(LOUDEST["markup"]), [read_rule("block", "host", "o.example")])
    assert judgement.reasons[0].text == "Your rule “block host o.example” matches."
    assert judgement.reasons[0].weight == CERTAIN > MILD


@pytest.mark.parametrize(
    ("known", "rules", "decided"),
    [
        pytest.param({}, [], False, id="nothing known"),
        pytest.param({}, ["block host o.example"], True, id="blocked"),
        pytest.param({}, ["allow host o.example"], False, id="allowed"),
        pytest.param(LOUDEST["template"], [], False, id="a template alone"),
        pytest.param(LOUDEST["template"] | {"title": "… [Trackback]"}, [], True, id="certain"),
        pytest.param(
            LOUDEST["template"] | {"title": "… [Trackback]"},
            ["allow host o.example"],
            False,
            id="certain, allowed",
        ),
        pytest.param(LOUDEST["no link"] | LOUDEST["template"], [], False, id="certain by its page only"),
    ],
)
def test_what_is_certain_is_not_fetched(known: dict[str, Any], rules: list[str], decided: bool) -> None:
    read = [read_rule(*rule.split(" ", 2)) for rule in rules]
    before = judge_before_fetch(ping(known), read)
    assert (before is not None) is decided
    assert before is None or (before == judge(ping(known), read) and before.status is SPAM)

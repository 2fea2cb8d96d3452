"""What is stored of a source check, and what is said of it."""

from datetime import UTC, datetime

from trackback.model.verdict import LinkStatus, Reason, ReasonCode, Verdict
from trackback.timestamps import stamp

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def test_what_is_empty_is_not_stored() -> None:
    assert Verdict(LinkStatus.UNREACHABLE, stamp(NOW)).as_map() == {
        "link": "unreachable",
        "checked_at": stamp(NOW),
        "reasons": [],
    }


def test_a_score_is_said_in_words() -> None:
    said = [Verdict(LinkStatus.FOUND, stamp(NOW), score=score).looks for score in (-3, -1, 0, 3, 4, 30)]
    assert said == ["looks genuine"] * 2 + ["unclear"] * 2 + ["looks like spam"] * 2


def test_everything_else_is() -> None:
    verdict = Verdict(
        link=LinkStatus.FOUND,
        checked_at=stamp(NOW),
        url="https://other.example/",
        http_status=200,
        why="because",
        text="a post",
        sentence="I read a post.",
        rel=("nofollow",),
        title="Mine",
        language="en",
        links=3,
        score=-3,
        same_as="aaaaaaaaaaaaaaaaaaaaaaaaaa",
        reasons=(Reason(ReasonCode.LINK, "The source links to the post."),),
    )
    stored = verdict.as_map()
    assert stored.keys() == set(Verdict.__dataclass_fields__)
    assert (stored["rel"], stored["reasons"]) == (["nofollow"], ["The source links to the post."])
    assert {type(stored[name]) for name in ("link", "url")} == {str}

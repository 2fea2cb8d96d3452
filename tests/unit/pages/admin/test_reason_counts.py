"""The rules page's table: how often each reason was right."""

from trackback.model.verdict import ReasonCode
from trackback.pages.admin import reason_counts as counts
from trackback.pages.admin.reason_counts import ReasonCount, reason_counts


def test_a_reason_against_is_right_about_unwanted_pings_and_one_for_about_wanted() -> None:
    found = reason_counts({"names": (1, 9), "link:found": (30, 2), "words:for": (3, 1)})
    assert found == [
        ReasonCount("Links to your post", 30, 32),
        ReasonCount("Title and blog name are the same", 9, 10),
        ReasonCount("Words like those of pings you approved", 3, 4),
    ]


def test_what_a_later_version_counted_is_left_out() -> None:
    assert reason_counts({"horoscope": (1, 1)}) == []


def test_every_reason_of_the_judge_has_a_name() -> None:
    named = {name.partition(":")[0] for name in counts._NAMES}
    of_service = {
        ReasonCode.RULE,
        ReasonCode.CEILING,
        ReasonCode.SAME_PAGE,
        ReasonCode.SAME_PENDING,
        ReasonCode.FAULT,
        ReasonCode.RETURNED,
        ReasonCode.UNKNOWN,
    }
    assert {code for code in ReasonCode if code not in of_service} == named

"""How many pings a rule may approve in a day."""

from datetime import UTC, datetime

import pytest

from trackback.model.rule_approvals import DAY, MOST_A_DAY, MOST_FOR_POST, Approval, why_not, within_day

NOW = datetime(2026, 11, 24, tzinfo=UTC)
AT = int(NOW.timestamp())


def given(number: int, post: str = "") -> list[Approval]:
    """Return approvals, each for a post of its own unless one is named."""
    return [Approval(AT, f"ping {n}", post or f"post {n}") for n in range(number)]


@pytest.mark.parametrize(
    ("before", "refusal"),
    [
        pytest.param([], "", id="the first"),
        pytest.param(given(MOST_A_DAY - 1), "", id="the last of a day"),
        pytest.param(given(MOST_A_DAY), "20 pings in 24 hours", id="one more in a day"),
        pytest.param(given(MOST_FOR_POST - 1, "post"), "", id="the last for a post"),
        pytest.param(given(MOST_FOR_POST, "post"), "3 pings for this post", id="one more for a post"),
        pytest.param(given(MOST_FOR_POST, "another"), "", id="for another post"),
        pytest.param([*given(MOST_A_DAY), Approval(AT, "new", "post")], "", id="a repeat"),
    ],
)
def test_a_rule_has_a_ceiling_for_a_day_and_for_a_post(before: list[Approval], refusal: str) -> None:
    told = why_not(before, Approval(AT, "new", "post"))
    assert refusal in told
    assert bool(refusal) == bool(told)


def test_an_approval_counts_for_a_day() -> None:
    assert within_day(given(1), NOW + DAY / 2) == given(1)
    assert within_day(given(1), NOW + DAY) == []

"""What an answer means in any protocol: which errors may pass, and how long to wait."""

from datetime import UTC, datetime

import pytest

from trackback.protocols.outcome import MOST_WAIT, is_temporary, seconds_to_wait

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def test_an_error_passes_if_the_server_is_at_fault_or_asks_for_patience() -> None:
    every = {status for status in range(100, 600) if is_temporary(status)}
    assert every == {408, 425, 429, *range(500, 600)}


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        ("Thu, 26 Nov 2026 12:02:00 GMT", 120),
        ("999999999", MOST_WAIT.total_seconds()),
        ("0", None),
        ("Thu, 26 Nov 2026 11:00:00 GMT", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_server_may_ask_for_two_days_at_most(header: str, seconds: int | None) -> None:
    assert seconds_to_wait(header, NOW) == seconds

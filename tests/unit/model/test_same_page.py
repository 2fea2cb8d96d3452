"""Which pages are the same, and what is remembered of them."""

from datetime import UTC, datetime, timedelta

import pytest

from trackback.model.same_page import (
    IN_FLIGHT,
    KNOWN_AFTER,
    MOST_PAGES,
    MOST_REPEATS,
    MOST_SENDERS,
    Known,
    KnownPages,
    Page,
    short_hash,
)

NOW = datetime(2026, 11, 24, tzinfo=UTC)
AT = int(NOW.timestamp())
OWN, NAMED = Page("address", "text", is_own=True), Page("address", "other text", is_own=False)


def known(ping: str, page: Page = OWN, at: int = AT, *, by_rule: bool = False) -> Known:
    return Known(page, ping, at, by_rule)


@pytest.mark.parametrize(
    ("page", "other", "same"),
    [
        pytest.param(OWN, OWN, True, id="the same"),
        pytest.param(OWN, Page("elsewhere", "text", is_own=True), True, id="the same text elsewhere"),
        pytest.param(OWN, Page("elsewhere", "other", is_own=True), False, id="another page"),
        pytest.param(NAMED, OWN, True, id="one that names the other canonical"),
        pytest.param(NAMED, Page("address", "x", is_own=False), True, id="two that name a third"),
        pytest.param(OWN, NAMED, False, id="one that the other names"),
    ],
)
def test_a_page_at_its_own_address_is_not_what_another_names(page: Page, other: Page, same: bool) -> None:
    assert page.is_same(other) is same


def test_a_ping_is_not_another_ping_of_its_page() -> None:
    pages = KnownPages([known("one"), known("two")])
    assert [each.ping for each in pages.others(OWN, "one")] == ["two"]


def test_the_oldest_pages_that_no_rule_approved_are_forgotten_first() -> None:
    pages = KnownPages().with_page(known("by rule", at=AT - 99, by_rule=True))
    for number in range(2 * MOST_PAGES):
        pages = pages.with_page(known(f"held {number}", at=AT + number))
    kept = {each.ping for each in pages.pages}
    assert len(kept) == MOST_PAGES
    assert {"by rule", f"held {2 * MOST_PAGES - 1}"} < kept
    assert [each.at for each in pages.with_page(known("by rule", at=7)).pages if each.ping == "by rule"] == [
        7
    ]


def test_a_claim_is_in_flight_for_a_quarter_of_an_hour() -> None:
    claim = known("one", by_rule=True)
    assert claim.is_in_flight(NOW + IN_FLIGHT - timedelta(seconds=1))
    assert not claim.is_in_flight(NOW + IN_FLIGHT)
    assert not known("one").is_in_flight(NOW)


def test_an_address_is_known_to_a_sender_who_has_repeated_it() -> None:
    pages = KnownPages()
    for _ in range(KNOWN_AFTER):
        assert pages.repeated("address", "sender") == ""
        pages = pages.with_repeat("address", "ping", "sender")
    assert pages.repeated("address", "sender") == "ping"
    assert pages.repeated("address", "another") == pages.repeated("other", "sender") == ""
    assert pages.with_repeat("address", "another ping", "sender").repeated("address", "sender") == ""


def test_few_repeats_are_remembered() -> None:
    pages = KnownPages()
    for number in range(20):
        pages = pages.with_repeat(f"address {number % 5}", "ping", f"sender {number}")
        pages = pages.with_repeat("address", "ping", f"sender {number}")
    assert len(pages.repeats) == MOST_REPEATS
    assert max(len(repeat.senders) for repeat in pages.repeats.values()) == MOST_SENDERS


def test_a_short_hash_is_ten_letters_and_digits() -> None:
    assert len(short_hash("a", "b")) == 10
    assert short_hash("a", "b") != short_hash("b", "a")
    assert short_hash("\ud800").isalnum()

"""Pings in stored form: what is written is read again, and what is empty costs nothing."""

from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import MakePing
from trackback.model.ping import Due, HistoryEntry, Ping, Status
from trackback.model.protocol import Protocol
from trackback.model.texts import Texts
from trackback.model.verdict import Gone, LinkStatus, Reason, ReasonCode, Verdict
from trackback.storage.items import to_attributes, to_ping

EVERY_FIELD: dict[str, Any] = {
    "protocol": Protocol.WEBMENTION,
    "charset": "read as latin-1, undeclared",
    "has_markup": True,
    "client_hash": "0123456789abcdef",
    "status": Status.APPROVED,
    "history": (HistoryEntry("2026-11-24T06:11:00.000Z", Status.APPROVED, "rule", "Your rule matches."),),
    "verdict": Verdict(
        LinkStatus.FOUND,
        "2026-11-24T06:11:00.000Z",
        http_status=200,
        rel=["ugc"],
        links=3,
        score=-2,
        reasons=(Reason(ReasonCode.LINK, "It links."), Reason(ReasonCode.REL, "It does not count.")),
    ),
    "verified": True,
    "check_count": 3,
    "link_missing": Gone("2026-11-24T06:11:00.000Z", 2),
    "needs_check": True,
    "check_at": "2026-11-25T06:11:00.000Z",
    "due": Due.REVISED,
    "revision": Texts("Later", "", "Other"),
    "previous_texts": Texts("Before", "said", "Other"),
    "dismissed_revision": "01234567",
    "turned_down": ("0123456789abcdef", "fedcba9876543210"),
    "heard": ("0011223344556677",),
    "refused": Texts("Spam", "words", "Other"),
    "returned_at": "2026-11-23T06:11:00.000Z",
    "notified": "ping@2026-11-24T06:12:00.000Z",
    "expires_at": 1_800_000_000,
}


@pytest.fixture
def full(make_ping: MakePing) -> Ping:
    """A ping whose every field holds something."""
    return replace(make_ping(), **EVERY_FIELD)


def test_a_ping_is_read_as_it_was_written(full: Ping) -> None:
    own = {"id", "post", "url", "texts", "received_at", "comes_first"}
    assert own | EVERY_FIELD.keys() == set(Ping.__dataclass_fields__)
    assert to_ping(to_attributes(full)) == full


def test_a_pending_ping_that_comes_first_is_stored_in_a_partition_of_its_own(make_ping: MakePing) -> None:
    first = replace(make_ping(), status=Status.PENDING, comes_first=True)
    assert to_attributes(first)["status"] == "linked"
    assert to_ping(to_attributes(first)) == first


def test_a_received_ping_holds_what_its_sender_sent_and_is_in_no_index(make_ping: MakePing) -> None:
    stored = to_attributes(make_ping(excerpt=""))
    assert stored.keys() == {"id", "post", "url", "title", "blog_name", "received_at"}


def test_a_reason_of_a_later_version_is_read_by_its_text(full: Ping) -> None:
    stored = to_attributes(full)
    stored["verdict"]["codes"] = ["link", "nothing we know"]
    verdict = to_ping(stored).verdict
    assert verdict
    assert [reason.code for reason in verdict.reasons] == [ReasonCode.LINK, ReasonCode.UNKNOWN]


def test_reasons_without_codes_are_known_by_the_first_versions_sentences(full: Ping) -> None:
    stored = to_attributes(full)
    stored["verdict"] |= {"codes": [], "reasons": ["The source links to the post.", "It is short."]}
    verdict = to_ping(stored).verdict
    assert verdict
    assert verdict.reasons_besides_link == ["It is short."]

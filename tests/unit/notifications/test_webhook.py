"""What a webhook says, and how the receiver knows that it is ours."""

import json
import subprocess
import sys
from base64 import b64decode, urlsafe_b64encode
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import standardwebhooks

from tests.conftest import MakePing
from trackback.model.ping import Status
from trackback.model.settings import Event
from trackback.model.texts import MAX_BLOG_NAME, MAX_EXCERPT, MAX_TITLE, Texts
from trackback.model.verdict import LinkStatus, Reason, ReasonCode, Verdict
from trackback.notifications.webhook import payload, secret, sign
from trackback.signing import Keyring

NOW = datetime(2026, 11, 24, 6, 11, 5, 678_000, tzinfo=UTC)
OLDER = urlsafe_b64encode(bytes(range(32))).decode().rstrip("=")
NEWER = urlsafe_b64encode(bytes(range(255, 223, -1))).decode().rstrip("=")  # holds "-" and "_"
BODY = '{"title":"Grüße 💌"}'


def receiver(key: str) -> standardwebhooks.Webhook:
    """Return a program that was given a key's secret."""
    return standardwebhooks.Webhook(secret(Keyring(key)))


def test_a_payload_says_what_happened_to_which_ping(make_ping: MakePing) -> None:
    ping = replace(
        make_ping(title="Grüße", excerpt="Say “hi”", blog_name="Other"),
        status=Status.APPROVED,
        verified=True,
        client_hash="0123456789abcdef",
        verdict=Verdict(
            LinkStatus.FOUND,
            "2026-11-24T06:11:05.000Z",
            sentence="A sentence.",
            score=1,
            reasons=[Reason(ReasonCode.LINK, "It links.")],
        ),
        revision=Texts("New", "", "Other"),
    )
    written = payload(Event.APPROVED, ping, NOW)
    assert json.loads(written) == {
        "type": "ping.approved",
        "timestamp": "2026-11-24T06:11:05.678Z",
        "data": {
            "id": ping.id,
            "post": "https://blog.example/2026/hello/",
            "url": "https://other.example/1",
            "title": "Grüße",
            "excerpt": "Say “hi”",
            "blog_name": "Other",
            "status": "approved",
            "received_at": "2026-11-22T06:11:01.000Z",
            "verified": True,
            "verdict": {"link": "found", "reasons": ["It links."]},
            "revision": {"title": "New", "excerpt": "", "blog_name": "Other"},
        },
    }
    assert "Grüße" in written


def test_what_is_not_known_of_a_ping_is_null(make_ping: MakePing) -> None:
    data = json.loads(payload(Event.PENDING, make_ping(), NOW))["data"]
    assert (data["verdict"], data["revision"]) == (None, None)


def test_an_ordinary_payload_is_small_and_the_largest_bearable(make_ping: MakePing) -> None:
    texts = {"title": "💌" * MAX_TITLE, "excerpt": "💌" * MAX_EXCERPT, "blog_name": "💌" * MAX_BLOG_NAME}
    largest = replace(make_ping(url="https://other.example/" + "a" * 2_000, **texts), revision=Texts(**texts))
    assert len(payload(Event.PENDING, make_ping(excerpt="word " * 100), NOW)) < 1_024
    assert len(payload(Event.PENDING, largest, NOW).encode()) < 16_384


def test_the_secret_is_the_key_in_the_form_that_receivers_take() -> None:
    assert secret(Keyring(NEWER, (OLDER,))).startswith("whsec_")
    assert b64decode(secret(Keyring(NEWER)).removeprefix("whsec_"), validate=True) == bytes(
        range(255, 223, -1)
    )


@pytest.mark.parametrize("key", [NEWER, OLDER], ids=["the newest key", "the older key"])
def test_a_receiver_with_either_key_takes_a_delivery(key: str) -> None:
    headers = sign(Keyring(NEWER, (OLDER,)), "event-1", BODY, datetime.now(UTC))
    assert receiver(key).verify(BODY.encode(), headers) == {"title": "Grüße 💌"}


def test_the_newest_key_signs_first_and_the_headers_are_the_standards() -> None:
    alone = sign(Keyring(NEWER), "event-1", BODY, NOW)
    both = sign(Keyring(NEWER, (OLDER,)), "event-1", BODY, NOW)
    assert alone["webhook-id"] == both["webhook-id"] == "event-1"
    assert alone["webhook-timestamp"] == both["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert both["webhook-signature"].split(" ")[0] == alone["webhook-signature"]
    assert len(both["webhook-signature"].split(" ")) == 2


def test_a_signature_is_what_the_reference_library_makes() -> None:
    signed = sign(Keyring(OLDER), "event-1", BODY, NOW)["webhook-signature"]
    assert signed == receiver(OLDER).sign("event-1", NOW, BODY)


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        (BODY.replace("ü", "u"), {}),
        (BODY + " ", {}),
        ("", {}),
        (BODY, {"webhook-id": "event-2"}),
        (BODY, {"webhook-timestamp": str(int(datetime.now(UTC).timestamp()) + 5)}),
        (BODY, {"webhook-signature": "v1," + "A" * 43 + "="}),
    ],
    ids=["a letter", "a space", "nothing", "another id", "another time", "another signature"],
)
def test_a_receiver_refuses_what_was_tampered_with(body: str, changed: dict[str, str]) -> None:
    headers = sign(Keyring(NEWER, (OLDER,)), "event-1", BODY, datetime.now(UTC)) | changed
    for key in (NEWER, OLDER):
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            receiver(key).verify(body, headers)


def test_a_receiver_refuses_the_signature_of_a_forgotten_key() -> None:
    headers = sign(Keyring(NEWER), "event-1", BODY, datetime.now(UTC))
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        receiver(OLDER).verify(BODY, headers)


def test_the_authors_pages_load_it_without_the_http_client() -> None:
    loads = "import sys, trackback.notifications.webhook; print('trackback.web.http.client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", loads], capture_output=True, check=True).stdout == b"False\n"

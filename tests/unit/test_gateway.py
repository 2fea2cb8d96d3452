"""Who asks, and which address they asked: whom to believe."""

from typing import Any

import pytest

from tests.events import http_event
from trackback.gateway import address, origin

KEY = "known to the CDN alone"
GATEWAY, SOURCE = "abc.execute-api.us-east-1.amazonaws.com", "192.0.2.1"
TOLD = {"x-viewer-address": "2001:db8::7", "x-viewer-host": "d111.cloudfront.net"}


@pytest.fixture(autouse=True)
def as_deployed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("API_URL")
    monkeypatch.setenv("CDN_KEY", KEY)


def asked(headers: dict[str, str]) -> dict[str, Any]:
    return http_event("GET", "/moderate", headers={"host": GATEWAY, **headers})


def test_the_cdn_tells_the_viewers_address_and_the_host_that_was_asked() -> None:
    event = asked({**TOLD, "x-cdn-key": KEY})
    assert (address(event), origin(event)) == ("2001:db8::7", "https://d111.cloudfront.net")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        TOLD,
        {**TOLD, "x-cdn-key": ""},
        {**TOLD, "x-cdn-key": "guessed"},
        {**TOLD, "x-cdn-key": KEY.upper()},
        {**TOLD, "x-cdn-key": f"{KEY},{KEY}"},  # the gateway joins what comes twice
        {**TOLD, "x-cdn-key": "ключ \udc80"},
        {"x-cdn-key": KEY},
        {"x-cdn-key": KEY, "x-viewer-address": "", "x-viewer-host": ""},
        {"x-forwarded-for": "203.0.113.9", "x-forwarded-host": "evil.example", "x-real-ip": "203.0.113.9"},
    ],
    ids=lambda headers: ascii(headers.get("x-cdn-key", sorted(headers))),
)
def test_without_the_cdns_word_it_is_the_gateway_that_knows(headers: dict[str, str]) -> None:
    event = asked(headers)
    assert (address(event), origin(event)) == (SOURCE, f"https://{GATEWAY}")


@pytest.mark.parametrize("sent", [{}, {"x-cdn-key": ""}])
@pytest.mark.parametrize("key", ["", None])
def test_where_there_is_no_key_nobody_has_it(
    sent: dict[str, str], key: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CDN_KEY") if key is None else monkeypatch.setenv("CDN_KEY", key)
    event = asked({**TOLD, **sent})
    assert (address(event), origin(event)) == (SOURCE, f"https://{GATEWAY}")


def test_an_event_without_headers_is_one_of_the_gateways() -> None:
    event = {**asked({}), "headers": None}
    assert (address(event), origin(event)) == (SOURCE, f"https://{GATEWAY}")


def test_on_this_machine_a_setting_says_where_the_api_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_URL", "http://localhost:8080")
    assert origin(asked({**TOLD, "x-cdn-key": KEY})) == "http://localhost:8080"

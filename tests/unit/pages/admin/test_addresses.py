"""Addresses of the author's pages."""

import pytest

from trackback.gateway import Fields
from trackback.pages.admin.addresses import ping_address, queue_address, return_address

PING = "a" * 26


@pytest.mark.parametrize("text", ["", "a" * 25, "A" * 26, f"{PING}\n", "../settings", "//evil.example"])
def test_what_is_no_pings_id_leads_to_the_queue(text: str) -> None:
    assert ping_address(text) == "/moderate"


def test_a_place_in_the_queue_keeps_what_is_set() -> None:
    place = {"tab": "spam", "search": "a b&c", "post": "", "after": "x"}
    assert queue_address(place) == "/moderate?tab=spam&search=a+b%26c&after=x"
    assert queue_address(place, after="", search="") == "/moderate?tab=spam"
    assert queue_address({}) == "/moderate"


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({"back": [PING]}, f"/moderate/ping/{PING}"),
        ({"back": ["//evil.example"]}, "/moderate"),
        ({"tab": ["spam", "x"], "after": ["y"], "other": ["z"]}, "/moderate?tab=spam&after=y"),
        ({}, "/moderate"),
    ],
)
def test_a_form_leads_back_to_its_page(fields: Fields, address: str) -> None:
    assert return_address(fields) == address

"""Pings can be sent in every protocol."""

from trackback.model.protocol import Protocol
from trackback.protocols.clients import CLIENTS


def test_every_protocol_has_a_client() -> None:
    assert set(CLIENTS) == set(Protocol)

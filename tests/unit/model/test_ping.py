"""Who sent a ping is known by a hash, which tells one sender from another and nothing else."""

import pytest

from trackback.model.ping import client_hash

KEY = "known to nobody else"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8:0:0:0:0:0:1"),
        ("2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff"),
        ("2001:DB8:0:1::a", "2001:db8:0:1:ffff::b"),
        ("192.0.2.1", "::ffff:192.0.2.1"),
    ],
    ids=["IPv4", "two spellings", "one network", "letters of both sizes", "IPv4 in IPv6"],
)
def test_one_sender_has_one_hash(one: str, other: str) -> None:
    assert client_hash(KEY, one) == client_hash(KEY, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("192.0.2.1", "192.0.2.2"), ("2001:db8::1", "2001:db8:0:1::1"), ("192.0.2.1", "")],
    ids=["IPv4", "two networks", "no address"],
)
def test_two_senders_have_two(one: str, other: str) -> None:
    assert client_hash(KEY, one) != client_hash(KEY, other)


def test_a_hash_tells_nothing_without_the_key() -> None:
    assert client_hash(KEY, "192.0.2.1") != client_hash("another", "192.0.2.1")

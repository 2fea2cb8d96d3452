"""The signing keys in SSM: made once, read seldom, rotated with an overlap, never lost."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import boto3
import pytest

from trackback.signing import OVERLAP, Keyring
from trackback.storage.signing_keys import BrokenKeys, Keys

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def ssm() -> "SSMClient":
    return boto3.client("ssm")


@pytest.fixture
def name(ssm: "SSMClient") -> Iterator[str]:
    """The name of a parameter that is not there yet."""
    name = f"/trackback/{uuid4()}"
    yield name
    ssm.delete_parameters(Names=[name])


def stored(ssm: "SSMClient", name: str) -> str:
    return ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]


def store(ssm: "SSMClient", name: str, value: str) -> None:
    ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)


def test_the_first_use_makes_a_key(ssm: "SSMClient", name: str) -> None:
    keyring = Keys(name).load(NOW)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", keyring.newest)
    assert keyring.accepted == [keyring.newest]
    parameter = ssm.get_parameter(Name=name, WithDecryption=True)["Parameter"]
    assert (parameter["Type"], parameter["Version"]) == ("SecureString", 1)
    assert json.loads(parameter["Value"]) == {
        "keys": [{"key": keyring.newest, "made_at": "2026-11-24T00:00:00.000Z"}]
    }


def test_later_uses_find_the_same_key(name: str) -> None:
    first = Keys(name).load(NOW)
    assert Keys(name).load(NOW + timedelta(days=1_000)) == first


def test_another_parameter_has_another_key(name: str) -> None:
    assert Keys(name).load(NOW) != Keys(f"{name}/webhook").load(NOW)


def test_eight_first_uses_at_once_end_with_one_key(ssm: "SSMClient", name: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        keyrings = set(pool.map(lambda keys: keys.load(NOW), [Keys(name) for _ in range(8)]))
    assert keyrings == {Keys(name).load(NOW)}
    assert ssm.get_parameter(Name=name)["Parameter"]["Version"] == 1


def test_a_key_that_is_made_after_the_look_for_it_is_kept(ssm: "SSMClient", name: str) -> None:
    late = Keys(name)
    first: list[Keyring] = []

    def make_first(**_: object) -> None:
        if not first:
            first.append(Keys(name).load(NOW))

    late.client.meta.events.register("before-call.ssm.PutParameter", make_first)
    assert late.load(NOW) == first[0]
    assert ssm.get_parameter(Name=name)["Parameter"]["Version"] == 1


@pytest.mark.parametrize(
    ("after", "is_read"),
    [(timedelta(), False), (MINUTE - SECOND, False), (MINUTE, True), (-SECOND, True)],
    ids=["at once", "within a minute", "after a minute", "when the clock has been put back"],
)
def test_keys_are_read_again_after_a_minute(name: str, after: timedelta, is_read: bool) -> None:
    keys = Keys(name)
    before = keys.load(NOW)
    rotated = Keys(name).rotate(NOW)
    assert keys.load(NOW + after) == (rotated if is_read else before)


def test_keys_are_read_at_once_where_they_must_be_fresh(name: str) -> None:
    keys = Keys(name)
    keys.load(NOW)
    rotated = Keys(name).rotate(NOW)
    assert keys.load(NOW, fresh=True) == rotated == keys.load(NOW)


def test_a_rotation_is_known_at_once_to_who_made_it(name: str) -> None:
    keys = Keys(name)
    before = keys.load(NOW)
    rotated = keys.rotate(NOW)
    assert rotated.newest != before.newest
    assert rotated.older == (before.newest,)
    assert keys.load(NOW) == Keys(name).load(NOW) == rotated


@pytest.mark.parametrize(
    ("after", "is_accepted"),
    [(timedelta(), True), (OVERLAP, True), (OVERLAP + SECOND, False), (OVERLAP * 2, False)],
    ids=["at once", "after 14 days", "a second later", "after 28 days"],
)
def test_the_older_key_is_accepted_for_14_days(name: str, after: timedelta, is_accepted: bool) -> None:
    old = Keys(name).load(NOW - timedelta(days=100))
    new = Keys(name).rotate(NOW)
    expected = Keyring(new.newest, (old.newest,) if is_accepted else ())
    assert Keys(name).load(NOW + after) == expected


def test_the_older_key_ends_within_the_minute_in_which_keys_are_not_read(name: str) -> None:
    keys = Keys(name)
    keys.load(NOW)
    keys.rotate(NOW)
    assert keys.load(NOW + OVERLAP).older
    assert not keys.load(NOW + OVERLAP + SECOND).older


def test_two_rotations_in_a_row_lose_no_key(name: str) -> None:
    keys = Keys(name)
    first = keys.load(NOW).newest
    second = keys.rotate(NOW).newest
    third = keys.rotate(NOW + timedelta(days=10)).newest
    assert keys.load(NOW + timedelta(days=10)).accepted == [first, second, third]
    assert keys.load(NOW + timedelta(days=20)).accepted == [second, third]
    assert keys.load(NOW + timedelta(days=30)).accepted == [third]


def test_a_key_that_is_not_accepted_any_more_is_not_kept(ssm: "SSMClient", name: str) -> None:
    keys = Keys(name)
    first = keys.load(NOW).newest
    keys.rotate(NOW)
    keys.rotate(NOW + timedelta(days=15))
    assert first not in stored(ssm, name)


def test_any_number_of_rotations_fits_the_parameter(ssm: "SSMClient", name: str) -> None:
    keys = Keys(name)
    made = [keys.rotate(NOW).newest for _ in range(50)]
    assert keys.load(NOW).accepted == made[-20:]
    assert len(stored(ssm, name)) < 4_000


def test_forgetting_drops_every_older_key_at_once(ssm: "SSMClient", name: str) -> None:
    keys = Keys(name)
    before = keys.load(NOW)
    keys.rotate(NOW)
    rotated = keys.rotate(NOW, forget=True)
    assert rotated.older == ()
    assert before.newest not in stored(ssm, name)
    assert Keys(name).load(NOW) == rotated


@pytest.mark.parametrize("forget", [False, True])
def test_a_rotation_may_be_the_first_use(name: str, forget: bool) -> None:
    rotated = Keys(name).rotate(NOW, forget=forget)
    assert Keys(name).load(NOW) == rotated == Keyring(rotated.newest)


def test_rotations_at_once_leave_keys_that_are_good(name: str) -> None:
    first = Keys(name).load(NOW)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda keys: keys.rotate(NOW), [Keys(name) for _ in range(8)]))
    assert Keys(name).load(NOW) in made
    assert Keys(name).load(NOW).older[0] == first.newest


GOOD: dict[str, object] = {"key": "k" * 43, "made_at": "2026-11-24T00:00:00.000Z"}
BAD_KEYS: list[object] = [
    [],
    {},
    None,
    "kk",
    [None],
    ["k" * 43],
    [{}],
    [{"key": "k" * 43}],
    [GOOD | {"more": 1}],
    [GOOD | {"key": ""}],
    [GOOD | {"key": "k" * 42}],
    [GOOD | {"key": "k" * 42 + "\n"}],
    [GOOD | {"key": 1}],
    [GOOD | {"made_at": "yesterday"}],
    [GOOD | {"made_at": "2026-11-24T00:00:00"}],
    [GOOD | {"made_at": 1}],
    [GOOD, GOOD | {"key": None}],
]


@pytest.mark.parametrize(
    "value",
    [
        "x",
        "{",
        "null",
        "[]",
        "{}",
        '"keys"',
        pytest.param("[" * 4_000, id="many brackets"),
        *(json.dumps({"keys": keys}) for keys in BAD_KEYS),
    ],
)
def test_a_broken_value_is_an_error_and_stays(ssm: "SSMClient", name: str, value: str) -> None:
    store(ssm, name, value)
    keys = Keys(name)
    with pytest.raises(BrokenKeys, match=f"{name} does not hold signing keys"):
        keys.load(NOW)
    for forget in (False, True):
        with pytest.raises(BrokenKeys):
            keys.rotate(NOW, forget=forget)
    assert stored(ssm, name) == value


def test_the_error_does_not_tell_the_value(ssm: "SSMClient", name: str) -> None:
    store(ssm, name, json.dumps({"keys": ["a secret"]}))
    with pytest.raises(BrokenKeys) as caught:
        Keys(name).load(NOW)
    assert "a secret" not in str(caught.value)


def test_a_parameter_that_is_mended_is_read(ssm: "SSMClient", name: str) -> None:
    keys = Keys(name)
    store(ssm, name, "x")
    with pytest.raises(BrokenKeys):
        keys.load(NOW)
    store(ssm, name, json.dumps({"keys": [GOOD]}))
    assert keys.load(NOW).newest == GOOD["key"]

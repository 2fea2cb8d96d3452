"""The signing keys: one SSM parameter, created on first use and cached for a minute.

A rotation therefore reaches every process within a minute. A signature by an unknown key is simply invalid:
if it triggered a read of newer keys, strangers could make the service read SSM all day.
"""

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from trackback.signing import OVERLAP, Keyring
from trackback.storage.dynamodb import CONFIG
from trackback.timestamps import stamp

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


_FRESH = timedelta(minutes=1)
_MOST_KEYS = 20  # a parameter holds 4 KB
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
_DESCRIPTION = "Signing keys of the TrackBack service, which makes them itself."
_CONFIG = CONFIG.merge(Config(retries={"mode": "standard", "total_max_attempts": 3}))


class BrokenKeys(Exception):
    """The parameter holds something else; the owner must repair it: the service cannot know what to keep."""


@dataclass(frozen=True, slots=True)
class _Key:
    key: str
    made_at: str


class Keys:
    """The keys in one SSM parameter, a SecureString."""

    def __init__(self, name: str) -> None:
        """Region, credentials and a stand-in's endpoint come from the environment."""
        self.name = name
        self._known: list[_Key] = []
        self._known_since: datetime | None = None

    @cached_property
    def client(self) -> "SSMClient":
        """The SSM client, created on first use: it takes 40 ms, and many requests need no key."""
        return boto3.client("ssm", config=_CONFIG)

    def load(self, now: datetime, *, fresh: bool = False) -> Keyring:
        """Return the keys, at most a minute old; `fresh` bypasses the cache.

        Raises:
            BrokenKeys: the parameter does not hold keys.
        """
        since = self._known_since
        if fresh or since is None or not timedelta() <= now - since < _FRESH:
            self._know(self._read() or self._make(now), now)
        return _keyring(self._known, now)

    def rotate(self, now: datetime, *, forget: bool = False) -> Keyring:
        """Create a new key; older signatures stay valid for `OVERLAP`, or become invalid with `forget`.

        Raises:
            BrokenKeys: the parameter does not hold keys.
        """
        known = self._read()
        kept = [] if forget else [key for key in known if key.key in _keyring(known, now).accepted]
        keys = [*kept, _new_key(now)][-_MOST_KEYS:]
        self._write(keys, overwrite=True)
        self._know(keys, now)
        return _keyring(keys, now)

    def _know(self, keys: list[_Key], now: datetime) -> None:
        self._known, self._known_since = keys, now

    def _make(self, now: datetime) -> list[_Key]:
        keys = [_new_key(now)]
        try:
            self._write(keys, overwrite=False)
        except self.client.exceptions.ParameterAlreadyExists:  # another process was first: use its key
            return self._parse(self._value())
        return keys

    def _read(self) -> list[_Key]:
        try:
            return self._parse(self._value())
        except self.client.exceptions.ParameterNotFound:
            return []

    def _value(self) -> str:
        return self.client.get_parameter(Name=self.name, WithDecryption=True)["Parameter"]["Value"]

    def _write(self, keys: Sequence[_Key], *, overwrite: bool) -> None:
        self.client.put_parameter(
            Name=self.name,
            Description=_DESCRIPTION,
            Value=json.dumps({"keys": [asdict(key) for key in keys]}),
            Type="SecureString",
            Overwrite=overwrite,
        )

    def _parse(self, value: str) -> list[_Key]:
        try:
            keys = [_Key(**key) for key in json.loads(value)["keys"]]
            good = [_KEY.fullmatch(key.key) and datetime.fromisoformat(key.made_at).tzinfo for key in keys]
        except (ValueError, TypeError, KeyError, RecursionError):
            good = []
        if not good or not all(good):
            raise BrokenKeys(
                f"The SSM parameter {self.name} does not hold signing keys. Restore an earlier version, or "
                "delete it: a new key is then made, and all links and sessions end."
            )
        return keys


def _new_key(now: datetime) -> _Key:
    return _Key(secrets.token_urlsafe(32), stamp(now))


def _keyring(keys: Sequence[_Key], now: datetime) -> Keyring:
    """Return the valid keys; each is valid until `OVERLAP` after the next one was created."""
    older = [key.key for key, by in pairwise(keys) if now <= datetime.fromisoformat(by.made_at) + OVERLAP]
    return Keyring(keys[-1].key, tuple(older))

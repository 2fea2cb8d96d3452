"""Akismet's API key: one SSM parameter, a SecureString, which the author sets and removes.

It is a secret, so it is not a template parameter: those are readable in the stack and in settings files.
"""

import logging
import re
import threading
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from trackback.errors import BadSettings
from trackback.storage.dynamodb import CONFIG

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

FRESH = timedelta(minutes=5)
"""How long the cached key is valid, also if there is none: one SSM request in five minutes."""

_KEY = re.compile("[0-9a-zA-Z]{12}")
_SHOWN = 4
_DESCRIPTION = "Key of akismet.com, which the TrackBack service asks about pings. The author sets it."

_logger = logging.getLogger(__name__)


class AkismetKey:
    """The key in its SSM parameter; an empty text means no key."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._known = ""
        self._known_since: datetime | None = None
        self._lock = threading.Lock()

    @cached_property
    def client(self) -> "SSMClient":
        """The SSM client, created on first use."""
        return boto3.client("ssm", config=CONFIG)

    def load(self, now: datetime) -> str:
        """Return the key, at most five minutes old. While SSM fails, the last known key applies.

        Thread-safe: of several concurrent calls, only one asks SSM.
        """
        with self._lock:
            since = self._known_since
            if since is None or not timedelta() <= now - since < FRESH:
                self._known_since = now
                try:
                    self._known = self.read()
                except (ClientError, BotoCoreError):
                    _logger.warning("Akismet's key could not be read", exc_info=True)
            return self._known

    def read(self) -> str:
        """Return the current key, without the cache; empty if there is none."""
        try:
            return self.client.get_parameter(Name=self.name, WithDecryption=True)["Parameter"]["Value"]
        except self.client.exceptions.ParameterNotFound:
            return ""

    def ending(self) -> str:
        """Return the key's last four characters: enough to recognise it, and not secret."""
        return self.read()[-_SHOWN:]

    def save(self, text: str) -> None:
        """Store a key, replacing any earlier one.

        Raises:
            BadSettings: the text does not have the form of an Akismet key.
        """
        key = text.strip()
        if not _KEY.fullmatch(key):
            raise BadSettings("An Akismet key has 12 letters and digits. Copy it from akismet.com/account.")
        self.client.put_parameter(
            Name=self.name, Description=_DESCRIPTION, Value=key, Type="SecureString", Overwrite=True
        )

    def remove(self) -> bool:
        """Delete the key; return whether there was one."""
        try:
            self.client.delete_parameter(Name=self.name)
        except self.client.exceptions.ParameterNotFound:
            return False
        return True

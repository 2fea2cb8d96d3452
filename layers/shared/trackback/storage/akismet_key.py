"""Akismet's key: one SSM parameter, a SecureString, which the author sets and removes.

It is a secret, and so no parameter of the template: those can be read in the stack and in settings files.
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
"""For how long what was read is believed, also that there is none: one request of SSM in five minutes."""

_KEY = re.compile("[0-9a-zA-Z]{12}")
_SHOWN = 4
_DESCRIPTION = "Key of akismet.com, which the TrackBack service asks about pings. The author sets it."

_logger = logging.getLogger(__name__)


class AkismetKey:
    """The key in its parameter; an empty text stands for none."""

    def __init__(self, name: str) -> None:
        """Take the parameter's name; nothing is read yet."""
        self.name = name
        self._known = ""
        self._known_since: datetime | None = None
        self._lock = threading.Lock()

    @cached_property
    def client(self) -> "SSMClient":
        """The connection, made at the first use."""
        return boto3.client("ssm", config=CONFIG)

    def load(self, now: datetime) -> str:
        """Return the key, at most five minutes old. While SSM fails, what was known last counts.

        Threads may call it side by side, and one of them asks.
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
        """Return the key as it is now."""
        try:
            return self.client.get_parameter(Name=self.name, WithDecryption=True)["Parameter"]["Value"]
        except self.client.exceptions.ParameterNotFound:
            return ""

    def ending(self) -> str:
        """Return the key's last four characters, which tell it from others and give nothing away."""
        return self.read()[-_SHOWN:]

    def save(self, text: str) -> None:
        """Put a key in place of the one that is there, if any.

        Raises:
            BadSettings: it is not written as Akismet's keys are.
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

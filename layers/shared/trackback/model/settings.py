"""The author's settings, and how to read them from a form."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from trackback.errors import BadSettings, PingRefused
from trackback.model.posts import host_key
from trackback.model.sending_limits import SendingLimits
from trackback.urls import read_source

KEEP_DAYS = (7, 30, 90, 365)
"""Choices for how many days rejected and spam pings are kept."""

MOST_PINGS, MOST_DAYS, MOST_NEVER = 200, 3_650, 500
"""Upper bounds: pings of a post, days of its age, hosts that are never pinged."""


class Notify(StrEnum):
    """When the author gets an email about pending pings."""

    EACH = "each"
    DAILY = "daily"
    NONE = "none"


class Event(StrEnum):
    """An event that a webhook can receive."""

    PENDING = "ping.pending"
    APPROVED = "ping.approved"
    REMOVED = "ping.removed"


@dataclass(frozen=True, slots=True)
class Settings:
    """The author's settings.

    Attributes:
        notify: When to send email.
        webhook: URL that receives events; empty for none.
        events: Which events the webhook receives.
        approve_known: Whether approving a ping also adds a rule that allows its site.
        keep_days: For how many days rejected and spam pings are kept.
        feed: The blog's feed, or a page that links to it, whose new posts send pings; empty for none, and
            None for the feed from the deployment.
        pings: How many pings one post may send.
        oldest: Maximum age, in days, of a post from the feed.
        never: Hosts that are never pinged, including their subdomains.
    """

    notify: Notify = Notify.EACH
    webhook: str = ""
    events: tuple[Event, ...] = tuple(Event)
    approve_known: bool = False
    keep_days: int = 30
    feed: str | None = None
    pings: int = 50
    oldest: int = 30
    never: tuple[str, ...] = ()

    @property
    def limits(self) -> SendingLimits:
        """The limits for sending pings."""
        return SendingLimits(pings=self.pings, days=self.oldest, never=frozenset(self.never))

    @property
    def keep(self) -> timedelta:
        """How long rejected and spam pings are kept after the decision."""
        return timedelta(days=self.keep_days)


def read_settings(form: Mapping[str, Sequence[str]], deployed_feed: str = "") -> Settings:
    """Return the settings from the author's form, which has a field for each.

    A feed equal to `deployed_feed` is not stored as a setting, so it follows the next deployment.

    Raises:
        BadSettings: a field is invalid; the message tells what to write instead.
    """
    return Settings(
        notify=_read_notify(_first(form, "notify")),
        webhook=_read_webhook(_first(form, "webhook")),
        events=_read_events(form.get("events", [])),
        approve_known=bool(_first(form, "approve_known")),
        keep_days=_read_keep_days(_first(form, "keep_days")),
        feed=None if (feed := _first(form, "feed")) == deployed_feed else _read_feed(feed),
        pings=_read_number(form, "pings", MOST_PINGS, "How many pings a post may send"),
        oldest=_read_number(form, "oldest", MOST_DAYS, "How many days old a post may be"),
        never=_read_never(_first(form, "never")),
    )


def _first(form: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(form.get(name, [])), "").strip()


def _read_notify(text: str) -> Notify:
    try:
        return Notify(text)
    except ValueError:
        raise BadSettings("Choose when to be mailed: for each ping, daily or not at all.") from None


def _read_webhook(text: str) -> str:
    try:
        return read_source(text).url if text else ""
    except PingRefused:
        raise BadSettings(
            "Write the webhook as a whole URL, like https://hooks.example/trackback, without a user name or "
            "password, or leave it empty."
        ) from None


def _read_events(texts: Sequence[str]) -> tuple[Event, ...]:
    if not set(texts) <= set(Event):
        raise BadSettings(f"The events of the webhook are {', '.join(Event)}.")
    return tuple(event for event in Event if event in texts)


def _read_keep_days(text: str) -> int:
    if text not in map(str, KEEP_DAYS):
        raise BadSettings("Choose for how long rejected pings and spam are kept: 7, 30, 90 or 365 days.")
    return int(text)


def _read_feed(text: str) -> str:
    try:
        return read_source(text).url if text else ""
    except PingRefused:
        raise BadSettings(
            "Write the feed as a whole URL, like https://blog.example/feed.xml, or your blog's address, or "
            "leave it empty."
        ) from None


def _read_number(form: Mapping[str, Sequence[str]], name: str, most: int, what: str) -> int:
    text = _first(form, name)
    if not re.fullmatch("[0-9]{1,4}", text) or not 1 <= int(text) <= most:
        raise BadSettings(f"{what} must be a number from 1 to {most:,}.")
    return int(text)


def _read_never(text: str) -> tuple[str, ...]:
    hosts = tuple(dict.fromkeys(map(host_key, re.split(r"[\s,]+", text) if text else [])))
    if not all(hosts) or any(":" in host for host in hosts) or len(hosts) > MOST_NEVER:
        raise BadSettings(
            f"Write the hosts that are never pinged like other.example, one a line, at most {MOST_NEVER}."
        )
    return hosts

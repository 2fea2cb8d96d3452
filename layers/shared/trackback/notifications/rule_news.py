"""Describes for a mail the pings that a rule has approved: readers see them already."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from trackback.model.ping import Ping
from trackback.notifications.mail import one_line
from trackback.paths import QUEUE
from trackback.urls import host_of

MOST_IN_SUBJECT = 60


class ApprovedByRule(NamedTuple):
    """A ping that a rule has approved, as a mail shows it.

    Attributes:
        title: Its title, which readers see.
        host: Its source's host.
        url: Its source.
        post_title: The post's title, or its address.
        why: The rule, as a sentence.
        details: The address of its page.
    """

    title: str
    host: str
    url: str
    post_title: str
    why: str
    details: str


def approved_by_rule(pings: Sequence[Ping], titles: Mapping[str, str], api: str) -> list[ApprovedByRule]:
    """Return the description of pings; `titles` are those of posts by key, `api` is the API's origin."""
    return [
        ApprovedByRule(
            title=one_line(ping.texts.title),
            host=host_of(ping.url),
            url=ping.url,
            post_title=one_line(titles.get(ping.post_key, "")) or ping.post.partition("://")[2],
            why=one_line(ping.history[-1].why),
            details=f"{api}{QUEUE}/ping/{ping.id}",
        )
        for ping in pings
    ]


def approvals_subject(approved: Sequence[Ping]) -> str:
    """Return the subject of a mail that tells of nothing else."""
    if len(approved) == 1:
        return f"Your rule approved “{one_line(approved[0].texts.title, MOST_IN_SUBJECT)}”"
    return f"Your rules approved {len(approved):,} TrackBacks"

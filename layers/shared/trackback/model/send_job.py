"""Send jobs: requests of the author's to send pings, with their results."""

import secrets
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from trackback.errors import BadSettings, PingRefused
from trackback.model.posts import Sites
from trackback.timestamps import stamp
from trackback.urls import read_source

RECORD = "send#"
"""Prefix of a job's id (`storage.keys` lists all prefixes)."""
MOST_STEPS = 40
"""How many links a job's result lists, each at most 9 KB: a record may have 400 KB."""


@dataclass(frozen=True, slots=True)
class JobResult:
    """Result for one link: the sent ping's stage and message, and what was or would be sent."""

    target: str
    ping_url: str
    stage: str
    words: str
    title: str = ""
    excerpt: str = ""
    blog_name: str = ""


@dataclass(frozen=True, slots=True)
class SendJob:
    """The author's request to send pings, and its result.

    Attributes:
        id: Its id; the prefix differs from every ping's id.
        at: When the author asked, as `stamp` writes it.
        source: URL of the author's post.
        ping_url: The only ping URL to ping; empty to discover those of all links in the post.
        again: Whether to retry pings that were refused, are unclear or have failed.
        dry_run: Whether to report what would be sent, and send nothing.
        state: Its state.
        words: Why it failed.
        title: The post's title.
        steps: Results for its links.
        more: How many further links `steps` omits.
        left_out: Which links of its page get no ping, and why.
    """

    id: str
    at: str
    source: str
    ping_url: str = ""
    again: bool = False
    dry_run: bool = False
    state: Literal["waiting", "done", "failed"] = "waiting"
    words: str = ""
    title: str = ""
    steps: Sequence[JobResult] = ()
    more: int = 0
    left_out: str = ""


def read_send_job(  # noqa: PLR0913 - one for each field of the form
    sites: Sites, url: str, ping_url: str, now: datetime, *, again: bool = False, dry_run: bool = False
) -> SendJob:
    """Return the job from the author's form.

    Raises:
        BadSettings: a field is invalid; the message tells what to write instead.
    """
    try:
        source = read_source(url.strip()).url
        sites.find(source)
    except PingRefused:
        raise BadSettings(
            "Write the address of a post on one of your blogs, like https://blog.example/2026/hello/."
        ) from None
    try:
        to = read_source(ping_url.strip()).url if ping_url.strip() else ""
    except PingRefused:
        raise BadSettings("Write the ping URL as a whole URL, or leave it empty.") from None
    name = b32encode(secrets.token_bytes(10)).decode().lower()
    return SendJob(RECORD + name, stamp(now), source, to, again, dry_run)

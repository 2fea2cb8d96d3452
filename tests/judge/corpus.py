"""The corpus: labelled messages, read as the service reads the pings that it receives."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from trackback.errors import PingRefused
from trackback.model.ping import Ping
from trackback.model.posts import Post, post_key
from trackback.model.verdict import LinkStatus
from trackback.protocols.trackback.receive import read_ping
from trackback.receiving.source_check import JudgingContext, evidence
from trackback.receiving.spam.bayes import WordModel
from trackback.receiving.spam.evidence import Evidence, judged_text
from trackback.receiving.spam.flood import FloodCounts

MESSAGES = Path(__file__).with_name("messages.jsonl")
_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_TEXTS = ("url", "title", "excerpt", "blog_name")


class Message(NamedTuple):
    """A ping with its label, the blog that received it, and its language."""

    ping: Ping
    is_spam: bool
    blog: str
    language: str

    @property
    def text(self) -> str:
        """The text from which the word model learns."""
        texts = self.ping.texts
        return judged_text(self.ping.url, texts.title, texts.excerpt, texts.blog_name)


@cache
def messages() -> Sequence[Message]:
    """Read all messages; the few whose address no ping may have are left out."""
    with MESSAGES.open(encoding="utf-8") as lines:
        found = [_read(json.loads(line)) for line in lines]
    return [message for message in found if message]


def evidence_of(message: Message, words: WordModel, link: LinkStatus) -> Evidence:
    """Return what the judge knows of a message if its source was fetched with this outcome."""
    known = evidence(message.ping, FloodCounts(), JudgingContext((), words, timedelta()))
    return replace(known, link=link)


def learned(decided: Iterable[Message]) -> WordModel:
    """Return the word model after decisions about messages."""
    return WordModel.empty().learn((message.text, message.is_spam) for message in decided)


def _read(row: dict[str, str]) -> Message | None:
    form = {name: row[name].encode() for name in _TEXTS if row[name]}
    post = Post(row["post_url"], post_key(row["post_url"]))
    try:
        ping = read_ping(post, form, "utf-8", _NOW)
    except PingRefused:
        return None
    return Message(ping, row["kind"] == "spam", row["blog"], row["lang"])

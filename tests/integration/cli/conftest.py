"""The command line, run within this process on a table of its own."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.support.websites import Answer, Website, page, website
from trackback.cli.main import main
from trackback.model.ping import Ping
from trackback.model.posts import Sites
from trackback.protocols.trackback.receive import read_ping
from trackback.storage.pings import PingStore

Output = pytest.CaptureFixture[str]
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def said(output: Output, *arguments: str) -> str:
    """Return what a command that works prints."""
    assert main(arguments) == 0
    return output.readouterr().out


def rows(output: Output, *arguments: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said(output, *arguments, "--json").splitlines()]


@dataclass(frozen=True)
class Blogs:
    """A blog and a page that pings it, on one server."""

    server: Website
    answers: dict[str, Answer]
    ping: Ping

    def link(self, sentence: str = "I read <a href='{post}'>a post</a> today.") -> None:
        """Let the page link to the post."""
        self.answers["/re"] = page(f"<title>Mine</title><p>{sentence}".replace("{post}", self.ping.post))


@pytest.fixture
def blogs(store: PingStore) -> Iterator[Blogs]:
    """A blog that is there, and a ping from a page that is not."""
    answers: dict[str, Answer] = {"/post/": page("<title>A post</title>")}
    with website(answers) as server:
        post = Sites(server.url).find(f"{server.url.partition('://')[2]}/post/")
        fields = {"url": f"{server.url}/re", "title": "A reply", "excerpt": "Words", "blog_name": "Other"}
        ping = read_ping(post, {name: value.encode() for name, value in fields.items()}, "utf-8", NOW)
        store.add(ping)
        yield Blogs(server, answers, ping)


def folded(printed: str) -> str:
    """Return what was printed, as if its lines had no end."""
    return " ".join(printed.split())

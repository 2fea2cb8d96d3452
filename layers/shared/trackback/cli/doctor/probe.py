"""A synthetic probe: sends a test ping to the API, finds it in the table, and removes it.

The ping is certain spam to the verifier by itself: nothing is fetched for it, no notification is sent and no
count changes, even if the doctor is killed before it removes the ping. Its source has a host that can never
exist (RFC 2606), a new one each time.
"""

import html
import re
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from botocore.exceptions import BotoCoreError, ClientError

from trackback.cli.doctor.discovery_check import Post
from trackback.cli.doctor.finding import Finding, note, right, wrong
from trackback.errors import NoSuchPing, TrackbackError
from trackback.model.ping import Ping
from trackback.model.posts import Post as Target
from trackback.protocols.trackback import xml as answer
from trackback.protocols.trackback.receive import read_ping
from trackback.receiving.source_check import JudgingContext, evidence
from trackback.receiving.spam.flood import FloodCounts
from trackback.receiving.spam.policy import judge_before_fetch
from trackback.receiving.spam.training import load_words
from trackback.storage.closed_posts import is_closed, load_closed
from trackback.storage.pings import PingStore
from trackback.storage.settings import load_rules, load_settings
from trackback.storage.table import Table
from trackback.web.http.client import Fetched, Fetcher
from trackback.web.http.failures import FetchFailed

CHECK = "ping"
MAY_STILL_COME = 12
"""Seconds after which an unanswered ping can no longer be stored; the function's timeout is 10."""

_NAME = "A test by trackback doctor"
_MESSAGE = re.compile("<message>(.{1,500})</message>", re.DOTALL)


class NotRemoved(TrackbackError):
    """The test ping is still in the table."""


class Probe:
    """Sends a test ping for a post, and always removes it."""

    def __init__(self, table: Table, fetcher: Fetcher) -> None:
        self._table = table
        self._fetcher = fetcher

    def run(self, post: Post) -> Finding:
        """Send a test ping and return its result.

        Raises:
            NotRemoved: The test ping is still in the table.
        """
        if is_closed(load_closed(self._table), post.key):
            words = "You have closed this post, so no test ping was sent."
            return note(CHECK, words, "To open it again, see the settings on your pages.")
        form = _form(post)
        ping = _as_received(post, form)
        if not self._is_certain_spam(ping):
            words = "Your rules might let a test ping pass for a real one, so none was sent."
            return note(CHECK, words, "An allow rule matches it: trackback rules list shows them.")
        return self._send(post, form, ping)

    def _is_certain_spam(self, ping: Ping) -> bool:
        """Check that the verifier will judge the ping as spam early, without a fetch or a notification."""
        keep = load_settings(self._table).keep
        policy = JudgingContext(load_rules(self._table), load_words(self._table), keep)
        return judge_before_fetch(evidence(ping, FloodCounts(), policy), policy.rules) is not None

    def _send(self, post: Post, form: dict[str, str], ping: Ping) -> Finding:
        patience = MAY_STILL_COME
        try:
            told = self._fetcher.post(post.ping_url, form)
            patience = 0
            return self._outcome(told, ping)
        except FetchFailed as failure:
            return wrong(CHECK, f"The API did not answer a test ping: {failure}.", "Try again in a minute.")
        finally:
            # A non-daemon thread: an interrupt waits until it has finished.
            with ThreadPoolExecutor(1) as pool:
                pool.submit(self._remove, ping, patience).result()

    def _outcome(self, told: Fetched, ping: Ping) -> Finding:
        if told.body.decode("utf-8", "replace") != answer.success():
            return wrong(CHECK, f"The API refuses a test ping: {_words(told)}", "Do what it says.")
        try:
            PingStore(self._table).get(ping.id)
        except NoSuchPing:
            words = f"The API took a test ping, but it is not in the table {self._table.name}."
            return wrong(CHECK, words, "Name the table of this very API: --table, or TRACKBACK_TABLE.")
        return right(CHECK, "A test ping was taken, arrived in the table, and was removed.")

    def _remove(self, ping: Ping, patience: float) -> None:
        """Delete the ping, and wait for one that may still arrive. Never delete an approved one."""
        end = time.monotonic() + patience
        while not self._delete(ping.id) and time.monotonic() < end:
            time.sleep(0.2)

    def _delete(self, ping_id: str) -> bool:
        try:
            deleted = self._table.delete_if(ping_id, "attribute_not_exists(shown_on)")
        except (ClientError, BotoCoreError) as error:
            words = f"the test ping {ping_id} is still in the table, as spam that expires: {error}"
            raise NotRemoved(words) from error
        if deleted is None:
            words = f"somebody has approved the test ping {ping_id} meanwhile: trackback spam {ping_id}"
            raise NotRemoved(words)
        return bool(deleted)


def _form(post: Post) -> dict[str, str]:
    """Return a ping that is certain spam by several rules, whatever the author's training says."""
    source = f"https://{secrets.token_hex(8)}.invalid/?post={post.key}"
    excerpt = f"[url={source}]trackback doctor[/url] asks whether {post.api} takes pings for {post.url}"
    return {"url": source, "title": _NAME, "blog_name": _NAME, "excerpt": excerpt}


def _as_received(post: Post, form: dict[str, str]) -> Ping:
    fields = {name: value.encode() for name, value in form.items()}
    return read_ping(Target(post.url, post.key), fields, "utf-8", datetime.now(UTC))


def _words(told: Fetched) -> str:
    message = _MESSAGE.search(told.body.decode("utf-8", "replace"))
    return html.unescape(message[1]) if message else f"it answers {told.status}, and not in TrackBack's XML."

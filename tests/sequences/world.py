"""A blog whose pings anyone sends, and its author: what was named by a decision or a rule is written down."""

from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from trackback.errors import NoSuchPing, StatusChanged
from trackback.model.ping import Ping, Status
from trackback.model.posts import Sites
from trackback.model.rule import Effect
from trackback.model.settings import Settings
from trackback.model.texts import Texts
from trackback.pages.admin.actions import apply_action
from trackback.pages.admin.choices import Choice, PingAction
from trackback.pages.admin.mail_links import follow_link, show_link
from trackback.protocols.trackback.receive import read_ping
from trackback.receiving.bulk import Bulk, BulkRun
from trackback.receiving.moderation import Moderation
from trackback.receiving.spam.flood import FloodWindow
from trackback.receiving.spam.rules import read_rule
from trackback.receiving.verifier import Verifier
from trackback.signing import Action, MailLink
from trackback.storage.moderation_queue import Queue
from trackback.storage.pings import PingStore
from trackback.storage.settings import load_rules, save_rules
from trackback.storage.table import Table
from trackback.web.http.client import Fetched, Fetcher
from trackback.web.http.failures import FetchFailed

BLOG, POST = "blog.example", "blog.example/post/"
PAGES = ("https://friend.example/re", "https://stranger.example/re")
SENTENCE = "I read a post."


class Pages(Fetcher):
    """Everybody's pages: a source's has a title and perhaps a link, or its server does not answer."""

    def __init__(self) -> None:
        super().__init__()
        self.titles = dict.fromkeys(PAGES, "A page")
        self.links: dict[str, bool | None] = dict.fromkeys(PAGES, True)

    def get(self, url: str, **options: Any) -> Fetched:
        """Answer, if it is this page's turn."""
        if admit := options.get("admit"):
            admit(url, f"93.184.216.{len(urlsplit(url).netloc)}")
        if url in self.links and self.links[url] is None:
            raise FetchFailed("its server takes no connection")
        link = f"<a href='https://{POST}'>a post</a>" if self.links.get(url) else "a post"
        body = f"<html lang=en><title>{self.titles.get(url, 'Post')}</title><p>I read {link}.".encode()
        return Fetched(url, 200, "text/html; charset=utf-8", body, whole=True, headers={})

    def texts(self, url: str) -> Texts:
        """Return a page's own words, which a rule names."""
        return Texts(self.titles[url], SENTENCE, urlsplit(url).netloc)


@dataclass
class Seen:
    """A page of the author's, as it was opened: what its buttons may do, and about which words."""

    ping: Ping
    link: MailLink | None = None
    asked_about: str = ""


@dataclass
class World:
    """The service's own parts over one table.

    Attributes:
        named: The texts of each ping that a decision or a rule has named.
        down: The pings that the author's last decision has turned down.
        runs: Decisions about many pings that were begun.
    """

    table: Table
    now: datetime = datetime(2026, 12, 1, tzinfo=UTC)
    pages: Pages = field(default_factory=Pages)
    named: dict[str, set[Texts]] = field(default_factory=lambda: defaultdict(set))
    down: set[str] = field(default_factory=set)
    runs: list[BulkRun] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store, self.moderation = PingStore(self.table), Moderation(self.table)
        self.verifier = Verifier(self.table, self.pages, FloodWindow())
        self.bulk = Bulk(Queue(self.table), self.store, self.moderation)
        self.services: Any = SimpleNamespace(table=self.table, pings=self.store, moderation=self.moderation)

    def ping(self, page: str, texts: Texts) -> None:
        """Somebody pings in a page's name."""
        fields = {"url": page, "title": texts.title, "excerpt": texts.excerpt, "blog_name": texts.blog_name}
        form = {name: value.encode() for name, value in fields.items()}
        self.store.add(read_ping(Sites(BLOG).find(POST), form, "utf-8", self.now, "sender"))

    def id_of(self, page: str) -> str:
        """Return the id of a page's ping."""
        return read_ping(Sites(BLOG).find(POST), {"url": page.encode()}, "utf-8", self.now).id

    def look(self, page: str, *, if_waiting: bool = False) -> None:
        """Check a source; if a rule allows its site, the page's own words are named."""
        host = urlsplit(page).netloc
        if any(rule.effect is Effect.ALLOW and rule.value == host for rule in load_rules(self.table)):
            self.named[self.id_of(page)].add(self.pages.texts(page))
        self.verifier.verify(self.id_of(page), self.verifier.context(), self.now, if_waiting=if_waiting)

    def give_up(self, page: str) -> None:
        """End a check that never comes about."""
        self.verifier.give_up(self.id_of(page), self.verifier.context(), self.now)

    def rule(self, effect: str, page: str, *, added: bool) -> None:
        """The author adds or removes a rule about a page's site."""
        rule, before = read_rule(effect, "host", urlsplit(page).netloc), load_rules(self.table)
        others = [one for one in before if one.id != rule.id]
        save_rules(self.table, [*others, rule] if added else others, before)

    def known(self, page: str) -> Ping | None:
        """Return a page's ping, if there is one."""
        with suppress(NoSuchPing):
            return self.store.get(self.id_of(page))
        return None

    def press(self, seen: Seen, action: PingAction, *, ticked: bool) -> None:
        """The author presses a button of a page, perhaps long after it was opened."""
        ping = seen.ping
        choice = Choice(ping.id, ping.status, ping.texts.hash, "" if ticked else ping.revision_hash)
        is_shown = ping.status is Status.APPROVED and bool(choice.revision)
        if action is PingAction.TAKE or (action is PingAction.APPROVE and is_shown):
            self.named[ping.id].add(ping.latest_texts)
        elif action in {PingAction.APPROVE, PingAction.ALLOW}:
            self.named[ping.id].add(ping.texts)
        said = apply_action(self.services, action, [choice], self.now)
        turns_down = {PingAction.SPAM, PingAction.BLOCK, *([] if is_shown else [PingAction.REJECT])}
        if not said.is_error and action not in {PingAction.KEEP, PingAction.LOOK}:
            (self.down.add if action in turns_down else self.down.discard)(ping.id)

    def command(self, page: str, status: Status) -> None:
        """The author decides on the command line, about the words that stand there."""
        if not (ping := self.known(page)):
            return
        if status is Status.APPROVED:
            self.named[ping.id].add(ping.texts)
        with suppress(StatusChanged):
            self.moderation.decide(ping.id, status, self.now, settings=Settings())
            (self.down.discard if status is Status.APPROVED else self.down.add)(ping.id)

    def open_link(self, ping: Ping, action: Action, *, short: bool) -> Seen:
        """The author opens a link of a mail about a ping's latest words."""
        texts = ping.latest_texts
        link = MailLink(action, ping.id, texts.short_hash if short else texts.hash)
        try:
            shown = show_link(self.services, link)
        except NoSuchPing:
            return Seen(ping)
        asked = shown["asked_about"]
        now = self.store.get(ping.id)
        read = next((one for one in (now.texts, now.revision) if one and one.hash == asked), texts)
        return Seen(replace(now, texts=read), link, asked)

    def press_link(self, seen: Seen) -> None:
        """The author presses the button of a link's page."""
        link, ping = seen.link, seen.ping
        if not link:
            return
        if link.action is Action.APPROVE:
            self.named[ping.id].add(ping.texts)
        before = self.store.get(ping.id) if ping.id in {one.id for one in self._all()} else None
        with suppress(NoSuchPing):
            said = follow_link(self.services, link, self.now, seen.asked_about)
            if not said["late"] and before and before.status is not Status.APPROVED:
                (self.down.discard if link.action is Action.APPROVE else self.down.add)(ping.id)

    def _all(self) -> list[Ping]:
        return [ping for page in PAGES if (ping := self.known(page))]

    def step_run(self, number: int) -> None:
        """Carry on with a decision about many pings, or with its undoing."""
        run = self.runs[number]
        self.runs[number] = self.bulk.step(run, self.now)

    def pass_time(self, length: timedelta) -> None:
        """Let time pass; what has expired is deleted."""
        self.now += length
        for ping in self._all():
            if 0 < ping.expires_at < self.now.timestamp():
                self.forget(ping.id)

    def forget(self, ping: str) -> None:
        """Delete a ping, as the table does."""
        self.table.delete_if(ping, "attribute_exists(id)")
        self.down.discard(ping)
        self.named.pop(ping, None)

    def check(self) -> None:
        """Readers see only what was named, and nothing that was turned down; the count is right."""
        page = self.store.approved(POST.rstrip("/"), 50)
        for one in page.pings:
            texts = Texts(one.title, one.excerpt, one.blog_name)
            assert texts in self.named[one.id], f"readers see {texts}, which nobody named"
            assert one.id not in self.down, f"readers see {texts}, which was turned down"
        assert page.count == len(page.pings)

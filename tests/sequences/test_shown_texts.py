"""No sequence of events shows readers a text that no decision or rule named.

By default these are few, and always the same; `make test-sequences` tries thousands of others.
"""

import os
from datetime import timedelta
from functools import partial

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.sequences.world import PAGES, Seen, World
from tests.stack.aws import make_anew
from tests.support.memory_table import MemoryTable
from tests.support.same_name import NASTY, NICE
from trackback.model.ping import Status
from trackback.model.texts import Texts
from trackback.pages.admin.choices import PingAction
from trackback.receiving.bulk import BulkRun
from trackback.signing import Action
from trackback.storage.table import Table
from trackback.timestamps import stamp

SEQUENCES = int(os.environ.get("SEQUENCES", "0"))
TEXTS = [
    NICE,
    NASTY,
    Texts("buy  PILLS 7024!", NASTY.excerpt, NASTY.blog_name),
    Texts("On gardens", "A thoughtful essay.", "Friend"),
    *(
        Texts("[Trackback]", f"[...] Find {number} more infos on that topic: x.example [...]", "Spam")
        for number in (58213, 41027)
    ),
]
ACTIONS = [action for action in PingAction if action is not PingAction.NONE]
LENGTHS = [timedelta(minutes=1), timedelta(hours=1), timedelta(days=1), timedelta(days=8), timedelta(days=31)]

pages = st.sampled_from(PAGES)
texts = st.sampled_from([*TEXTS, NICE, NASTY])  # those two more often
actions = st.sampled_from(ACTIONS)
racing = st.sampled_from([NICE, *TEXTS[-2:]])
showing = st.sampled_from([PingAction.APPROVE, PingAction.TAKE, PingAction.ALLOW, PingAction.UNDO])
titles = st.sampled_from(["A page", NICE.title, NASTY.title])
mailed = st.sampled_from([Action.APPROVE, Action.REJECT, Action.SPAM])
places = st.integers(0, 5)


class Sequence(RuleBasedStateMachine):
    """Strangers, a friend and the author, in any order."""

    @initialize()
    def begin(self) -> None:
        self.world = World(self.table())
        self.seen: list[Seen] = []
        self.links: list[Seen] = []

    def table(self) -> Table:
        """Return an empty table."""
        return MemoryTable()

    @rule(page=pages, words=texts)
    def ping(self, page: str, words: Texts) -> None:
        self.world.ping(page, words)

    @rule(page=pages, words=texts)
    def ping_and_look(self, page: str, words: Texts) -> None:
        self.world.ping(page, words)
        self.world.look(page)

    @rule(page=pages, if_waiting=st.booleans())
    def look(self, page: str, if_waiting: bool) -> None:
        self.world.look(page, if_waiting=if_waiting)

    @rule(page=pages)
    def give_up(self, page: str) -> None:
        self.world.give_up(page)

    @rule(
        page=pages,
        title=st.sampled_from(["A page", NICE.title, NASTY.title]),
        link=st.sampled_from([True, False, None]),
    )
    def change_page(self, page: str, title: str, link: bool | None) -> None:
        self.world.pages.titles[page], self.world.pages.links[page] = title, link

    @rule(page=pages, effect=st.sampled_from(["allow", "block"]), added=st.booleans())
    def change_rules(self, page: str, effect: str, added: bool) -> None:
        self.world.rule(effect, page, added=added)

    @rule(page=pages)
    def open_page(self, page: str) -> None:
        if ping := self.world.known(page):
            self.seen.append(Seen(ping))

    @precondition(lambda self: self.seen)
    @rule(place=places, action=actions, ticked=st.booleans())
    def press(self, place: int, action: PingAction, ticked: bool) -> None:
        self.world.press(self.seen[-1 - place % len(self.seen)], action, ticked=ticked)

    @rule(page=pages, action=actions)
    def open_and_press(self, page: str, action: PingAction) -> None:
        if ping := self.world.known(page):
            self.world.press(Seen(ping), action, ticked=False)

    @rule(page=pages, action=actions, words=texts)
    def press_after_others_ping(self, page: str, action: PingAction, words: Texts) -> None:
        if ping := self.world.known(page):
            self.world.ping(page, words)
            self.world.press(Seen(ping), action, ticked=False)

    @precondition(lambda self: isinstance(self.world.table, MemoryTable))
    @rule(page=pages, action=showing, first=racing, second=racing)
    def press_while_others_ping(self, page: str, action: PingAction, first: Texts, second: Texts) -> None:
        """Something comes between what a decision reads and what it writes."""
        table = self.world.table
        assert isinstance(table, MemoryTable)
        self.ping_and_look(page, first)
        if ping := self.world.known(page):
            table.before_write = partial(self.ping_and_look, page, second)
            self.world.press(Seen(ping), action, ticked=False)
            table.before_write = None

    @precondition(lambda self: self.seen)
    @rule(place=places, action=mailed, short=st.booleans())
    def open_link(self, place: int, action: Action, short: bool) -> None:
        told = self.seen[-1 - place % len(self.seen)].ping
        self.links.append(self.world.open_link(told, action, short=short))

    @rule(page=pages, action=mailed, short=st.booleans(), words=texts)
    def press_link_after_others_ping(self, page: str, action: Action, short: bool, words: Texts) -> None:
        if ping := self.world.known(page):
            link = self.world.open_link(ping, action, short=short)
            self.world.ping(page, words)
            self.world.press_link(link)

    @precondition(lambda self: self.links)
    @rule(place=places)
    def press_link(self, place: int) -> None:
        self.world.press_link(self.links[-1 - place % len(self.links)])

    @rule(page=pages, status=st.sampled_from([Status.APPROVED, Status.REJECTED, Status.SPAM]))
    def command(self, page: str, status: Status) -> None:
        self.world.command(page, status)

    @rule(status=st.sampled_from([Status.REJECTED, Status.SPAM]), unlinked=st.booleans())
    def decide_about_all(self, status: Status, unlinked: bool) -> None:
        self.world.runs.append(BulkRun(status, stamp(self.world.now), unlinked=unlinked))
        self.world.step_run(-1)

    @precondition(lambda self: self.world.runs)
    @rule(place=places, undoes=st.booleans())
    def go_on_with_all(self, place: int, undoes: bool) -> None:
        number = place % len(self.world.runs)
        run = self.world.runs[number]
        self.world.runs[number] = BulkRun(run.status, run.started, undoes=undoes, unlinked=run.unlinked)
        self.world.step_run(number)

    @rule(length=st.sampled_from(LENGTHS))
    def pass_time(self, length: timedelta) -> None:
        self.world.pass_time(length)

    @rule()
    def check_what_is_due(self) -> None:
        due = self.world.store.due(self.world.now, 9)
        for page in PAGES:
            if self.world.id_of(page) in due:
                self.world.look(page, if_waiting=True)

    @invariant()
    def readers_see_what_was_named(self) -> None:
        if hasattr(self, "world"):
            self.world.check()


class OnTheStandIn(Sequence):
    """The same on an engine that is not ours."""

    def table(self) -> Table:
        table = Table("trackback")
        make_anew(table)
        return table


TestShownTexts = Sequence.TestCase
TestShownTexts.settings = settings(
    max_examples=SEQUENCES or 300, stateful_step_count=40, derandomize=not SEQUENCES, deadline=None
)
TestOnTheStandIn = OnTheStandIn.TestCase
TestOnTheStandIn.settings = settings(max_examples=5, stateful_step_count=20, deadline=None)

"""On the author's pages, words that a sender sent later: no decision is about words that were not seen."""

import re
from dataclasses import replace

import pytest

from tests.support.admin_client import QUEUE, Visitor, Waiting, chosen, now, one, reopen, revise
from tests.support.same_name import NASTY, NICE
from trackback.model.ping import Status
from trackback.storage.pings import PingStore
from trackback.storage.settings import load_rules
from trackback.storage.table import Table


@pytest.mark.parametrize(
    ("form", "title"),
    [
        ("take", "Later words"),
        ("keep", "First"),
        ("ticked approve", "Later words"),
        ("ticked reject", "First"),
    ],
)
def test_new_words_of_a_ping_that_readers_see_are_shown_or_dropped(
    author: Visitor, store: PingStore, waiting: Waiting, form: str, title: str
) -> None:
    ping = waiting(title="First")
    store.decide(ping.id, Status.APPROVED, now())
    ping = revise(store, store.get(ping.id))
    act = form.rpartition(" ")[2]
    fields = one(act, ping) if act == form else {"act": act, "ping": chosen(ping)}
    author.post(f"{QUEUE}/decide", fields)
    known = store.get(ping.id)
    assert (known.status, known.texts.title, known.revision) == (Status.APPROVED, title, None)


def test_new_words_are_read_as_a_before_and_after(
    author: Visitor, store: PingStore, waiting: Waiting
) -> None:
    ping = revise(store, waiting(title="Words of old"), "Words of late")
    page = author.read(f"{QUEUE}/ping/{ping.id}")
    assert "Words of <del>old</del><ins>late</ins>" in re.sub(r"\n\s*", "", page)


@pytest.mark.parametrize("act", ["approve", "reject", "spam", "allow", "block"])
@pytest.mark.parametrize("ticked", [False, True], ids=["its own button", "ticked"])
def test_a_page_decides_about_no_words_that_have_replaced_those_on_it(
    author: Visitor, table: Table, store: PingStore, waiting: Waiting, act: str, ticked: bool
) -> None:
    ping = waiting(title="Nice words")
    later = reopen(store, ping, "BUY PILLS")
    fields = {"act": act, "ping": chosen(ping)} if ticked else one(act, ping)
    author.post(f"{QUEUE}/decide", fields)
    assert "changed meanwhile" in author.notice()
    assert (store.get(ping.id), load_rules(table)) == (later, [])


@pytest.mark.parametrize("act", ["approve", "reject", "spam", "allow", "block", "take", "keep"])
def test_a_choice_that_names_no_words_decides_about_none(
    author: Visitor, store: PingStore, waiting: Waiting, act: str
) -> None:
    ping = revise(store, waiting())
    author.post(f"{QUEUE}/decide", {"one": f"{act} {ping.id}:pending:"})
    assert "changed meanwhile" in author.notice()
    assert store.get(ping.id) == ping


def test_first_words_that_come_back_as_a_revision_are_approved_and_no_others(
    author: Visitor, store: PingStore, waiting: Waiting
) -> None:
    ping = waiting(title="Nice words")
    revise(store, reopen(store, ping, "BUY PILLS"), "Nice words")
    author.post(f"{QUEUE}/decide", one("approve", ping))
    known = store.get(ping.id)
    assert (known.status, known.texts.title) == (Status.APPROVED, "Nice words")


@pytest.mark.parametrize(
    ("act", "status"), [("approve", Status.APPROVED), ("reject", Status.REJECTED), ("spam", Status.SPAM)]
)
def test_a_page_about_first_words_goes_on_working_once_others_were_sent(
    author: Visitor, store: PingStore, waiting: Waiting, act: str, status: Status
) -> None:
    ping = waiting(title="First")
    revise(store, ping, "Words that nobody has read")
    author.post(f"{QUEUE}/decide", one(act, ping))
    known = store.get(ping.id)
    assert (known.status, known.texts.title) == (status, "First")


@pytest.mark.parametrize("page", ["", "/ping"], ids=["the queue", "the ping's page"])
def test_the_buttons_and_ticks_of_a_page_name_the_words_on_it(
    author: Visitor, store: PingStore, waiting: Waiting, page: str
) -> None:
    first = waiting(title="First")
    ping = revise(store, first)
    read = author.read(f"{QUEUE}{page}/{ping.id}" if page else QUEUE)
    choices = set(re.findall(rf'value="(?:\w+ )?({ping.id}:[^"]+)"', read))
    assert choices == {f"{ping.id}:pending:{first.texts.hash}-{ping.revision_hash}"}


def test_words_that_came_after_the_page_was_read_are_not_taken(
    author: Visitor, store: PingStore, waiting: Waiting
) -> None:
    ping = revise(store, waiting(title="First"))
    revise(store, ping, "Words that nobody has read")
    for act in ("take", "keep"):
        author.post(f"{QUEUE}/decide", one(act, ping))
        assert "changed meanwhile" in author.notice()
    assert store.get(ping.id).texts.title == "First"


@pytest.mark.parametrize("act", ["take", "ticked approve"])
def test_a_page_takes_no_other_words_with_the_same_short_name(
    author: Visitor, store: PingStore, waiting: Waiting, act: str
) -> None:
    ping = waiting(title="First")
    store.decide(ping.id, Status.APPROVED, now())
    store.add(replace(ping, texts=NICE, status=Status.RECEIVED))
    seen = store.get(ping.id)
    store.add(replace(ping, texts=NASTY, status=Status.RECEIVED))
    fields = one(act, seen) if act == "take" else {"act": "approve", "ping": chosen(seen)}
    author.post(f"{QUEUE}/decide", fields)
    assert "changed meanwhile" in author.notice()
    assert NASTY.title in re.sub("</?(ins|del)>|\n\\s*", "", author.read(f"{QUEUE}/ping/{ping.id}"))
    assert store.get(ping.id).texts.title == "First"


def test_a_page_of_an_older_version_decides_nothing(
    author: Visitor, store: PingStore, waiting: Waiting
) -> None:
    ping = waiting(title="First")
    author.post(f"{QUEUE}/decide", {"one": f"approve {ping.id}:pending:{ping.texts.short_hash}"})
    assert "changed meanwhile" in author.notice()
    assert store.get(ping.id) == ping


def test_an_undo_is_about_the_words_on_its_page(author: Visitor, store: PingStore, waiting: Waiting) -> None:
    ping = waiting(title="First")
    store.decide(ping.id, Status.APPROVED, now())
    seen = store.get(ping.id)
    ping = revise(store, seen)
    store.decide(ping.id, Status.APPROVED, now(), texts_hash=ping.revision_hash)
    author.post(f"{QUEUE}/decide", one("undo", seen))
    assert "changed meanwhile" in author.notice()
    assert store.get(ping.id).texts.title == "Later words"

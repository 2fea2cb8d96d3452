"""One button decides about all pending pings of a search, step by step, and another undoes it."""

import html
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.moderate import app
from tests.conftest import MakePing
from tests.support.admin_client import QUEUE, Visitor, Waiting, now
from trackback.errors import TableBusy
from trackback.model.ping import Ping, Status
from trackback.model.transitions import CheckOutcome, checked
from trackback.model.verdict import LinkStatus, Verdict
from trackback.receiving.bulk import STEP, Bulk, BulkRun
from trackback.storage.pings import PingStore
from trackback.timestamps import stamp

DECIDE_ALL = f"{QUEUE}/decide-all"
REJECT = {"becomes": "rejected", "show": "unlinked"}

Noise = Callable[..., list[Ping]]


@pytest.fixture
def noise(store: PingStore, make_ping: MakePing) -> Noise:
    """Store pending pings without a link to the post."""

    def make(number: int, **fields: str) -> list[Ping]:
        pings = [make_ping(**fields) for _ in range(number)]
        for ping in pings:
            store.add(ping)
            verdict = Verdict(LinkStatus.MISSING, ping.received_at)
            store.apply(checked(store.get(ping.id), verdict, CheckOutcome(Status.PENDING), now()))
        return pings

    return make


def press(author: Visitor, fields: dict[str, str]) -> str:
    answer = author.post(DECIDE_ALL, fields)
    assert answer["statusCode"] == 200, answer
    body: str = answer["body"]
    return body


def hidden_fields(page: str) -> dict[str, str]:
    """Return the fields of the page's form that goes on, or undoes."""
    form = re.search(r'<form method="post" action="/moderate/decide-all".*?</form>', page, re.DOTALL)
    assert form, page
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form[0])
    return {name: html.unescape(value) for name, value in fields}


def finish(author: Visitor, fields: dict[str, str]) -> tuple[str, int]:
    """Press a button, and "Go on" until it is done; return the last page and how many requests it took."""
    page, requests = press(author, fields), 1
    while "data-goes-on" in page:
        page, requests = press(author, hidden_fields(page)), requests + 1
    return page, requests


def statuses(store: PingStore, pings: list[Ping]) -> set[Status]:
    return {store.get(ping.id).status for ping in pings}


def test_all_without_a_link_are_rejected_and_what_links_stays(
    author: Visitor, store: PingStore, waiting: Waiting, noise: Noise
) -> None:
    genuine = waiting()
    pings = noise(2 * STEP + 5)
    page = press(author, REJECT)
    assert f"{STEP} pings rejected." in page
    assert f"{STEP} of {2 * STEP + 5} pending pings searched." in page
    page, requests = finish(author, hidden_fields(page))
    assert f"{2 * STEP + 5} pings rejected." in page
    assert requests == 2
    assert statuses(store, pings) == {Status.REJECTED}
    assert store.get(genuine.id).status is Status.PENDING


def test_a_search_decides_about_its_own_pings_on_every_page(
    author: Visitor, store: PingStore, noise: Noise
) -> None:
    found, others = noise(STEP + 3, title="Cheap watches"), noise(4)
    page, _ = finish(author, {"becomes": "spam", "search": "cheap WATCHES"})
    assert f"{STEP + 3} pings marked as spam." in page
    assert (statuses(store, found), statuses(store, others)) == ({Status.SPAM}, {Status.PENDING})


def test_an_undo_puts_back_what_the_run_decided_and_nothing_else(
    author: Visitor, store: PingStore, noise: Noise
) -> None:
    before, pings = noise(2), noise(STEP + 1)
    for ping in before:
        store.decide(ping.id, Status.REJECTED, now())
    page, _ = finish(author, REJECT)
    assert f"Undo all {STEP + 1}" in page
    page, _ = finish(author, hidden_fields(page))
    assert f"{STEP + 1} pings put back." in page
    assert (statuses(store, pings), statuses(store, before)) == ({Status.PENDING}, {Status.REJECTED})


def test_what_comes_after_the_button_was_pressed_is_left_alone(
    author: Visitor, store: PingStore, noise: Noise
) -> None:
    known, late = noise(1), noise(1)
    finish(author, REJECT | {"started": known[0].received_at})
    assert (statuses(store, known), statuses(store, late)) == ({Status.REJECTED}, {Status.PENDING})


def test_a_run_can_be_stopped_and_goes_on_later(author: Visitor, store: PingStore, noise: Noise) -> None:
    pings = noise(STEP + 1)
    page = press(author, hidden_fields(press(author, REJECT)) | {"stop": "1"})
    assert "Stopped" in page
    assert "data-goes-on" not in page
    assert statuses(store, pings) == {Status.REJECTED, Status.PENDING}
    page, _ = finish(author, hidden_fields(page))
    assert f"{STEP + 1} pings rejected." in page


def test_a_decision_in_between_wins_and_is_counted(
    author: Visitor, store: PingStore, noise: Noise, monkeypatch: pytest.MonkeyPatch
) -> None:
    pings = noise(3)
    decide, other = PingStore.decide, pings[1].id

    def after_another(self: PingStore, ping_id: str, *given: object, **more: object) -> Ping:
        if ping_id == other and store.get(other).status is Status.PENDING:
            decide(store, other, Status.APPROVED, now())
        return decide(self, ping_id, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(PingStore, "decide", after_another)
    page, _ = finish(author, REJECT)
    assert "2 pings rejected." in page
    assert "1 had changed in the meantime and was skipped." in page
    assert store.get(other).status is Status.APPROVED


def test_a_busy_table_delays_a_run_and_loses_nothing(
    author: Visitor, store: PingStore, noise: Noise, monkeypatch: pytest.MonkeyPatch
) -> None:
    pings, decide, tried = noise(4), PingStore.decide, list[str]()

    def busy_once(self: PingStore, ping_id: str, *given: object, **more: object) -> Ping:
        tried.append(ping_id)
        if len(tried) == 3:
            raise TableBusy("busy")
        return decide(self, ping_id, *given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(PingStore, "decide", busy_once)
    page = press(author, REJECT)
    assert "The table is busy" in page
    page, _ = finish(author, hidden_fields(page))
    assert "4 pings rejected." in page
    assert statuses(store, pings) == {Status.REJECTED}


def test_a_step_ends_when_its_time_is_over(store: PingStore, noise: Noise) -> None:
    pings, seconds = noise(6), iter(range(0, 100, 2))
    services = app.services
    bulk = Bulk(services.queue, services.pings, services.moderation, lambda: next(seconds))
    run = bulk.step(BulkRun(Status.SPAM, stamp(now()), unlinked=True), now())
    assert 0 < run.done < len(pings)
    assert not run.is_over
    while not run.is_over:
        run = bulk.step(replace(run), now() + timedelta(seconds=1))
    assert (run.done, statuses(store, pings)) == (len(pings), {Status.SPAM})


@pytest.mark.parametrize(
    "wrong",
    [{}, {"becomes": "approved"}, {"becomes": "x"}, {"done": "-1"}, {"done": "x"}, {"started": "2026-12-01"}],
)
def test_a_form_that_is_none_of_ours_decides_nothing(
    author: Visitor, store: PingStore, noise: Noise, wrong: dict[str, str]
) -> None:
    pings = noise(1)
    fields = REJECT | wrong if wrong else {"show": "unlinked"}
    assert author.post(DECIDE_ALL, fields)["statusCode"] == 400
    assert statuses(store, pings) == {Status.PENDING}


def test_a_stranger_and_a_link_decide_nothing(author: Visitor, store: PingStore, noise: Noise) -> None:
    pings = noise(1)
    assert Visitor().post(DECIDE_ALL, REJECT)["statusCode"] == 403
    assert author.get(DECIDE_ALL, "becomes=rejected")["statusCode"] == 405
    assert statuses(store, pings) == {Status.PENDING}


def test_the_queue_shows_what_belongs_together_and_leads_to_it(
    author: Visitor, waiting: Waiting, noise: Noise
) -> None:
    waiting(title="A genuine reply")
    for number in range(3):
        noise(1, url=f"https://loud.example/{number}")
    for number in range(4):
        noise(1, title="Buy now", url=f"https://blog{number}.example/")
    page = author.read(QUEUE)
    assert page.index("A genuine reply") < page.index("Buy now</a></h2>")
    assert "Reject all" not in page
    groups = re.findall(r'<a href="/moderate\?([^"]+)">(\d+) on this page <bdi>([^<]+)', page)
    assert [(count, label) for _, count, label in groups] == [
        ("4", "titled “Buy now”"),
        ("3", "from loud.example"),
    ]
    asked = next(html.unescape(query) for query, _, label in groups if "loud" in label)
    page = author.read(QUEUE, asked)
    assert page.count("data-item") == 3
    assert "Reject all found" in page
    page = author.read(QUEUE, "show=unlinked")
    assert "A genuine reply" not in page
    assert "Mark all as spam" in page

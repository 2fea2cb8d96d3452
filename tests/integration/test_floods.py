"""Floods are counted by all environments together, and an ordinary ping costs no write for it."""

from typing import Any

from tests.integration.conftest import Web
from trackback.model.ping import Ping
from trackback.storage.floods import FloodStore
from trackback.storage.keys import FLOODS


def flood(web: Web, pings: int, environments: int) -> Ping:
    """Verify pings with one text, by several environments in turns; return the last."""
    verifiers = [web.new_verifier() for _ in range(environments)]
    for n in range(pings):
        web.verifier = verifiers[n % environments]
        last = web.verify(web.add(f"/{n}", f"shop{n}.example", title="Chairs", excerpt="All of oak and ash."))
    return last


def test_one_text_from_many_sites_is_counted_across_environments(web: Web) -> None:
    last = flood(web, 20, environments=2)
    assert last.verdict
    (said,) = [text for text in last.verdict.reason_texts if "other sites" in text]
    assert int(said.split()[0]) >= 15


def test_an_ordinary_ping_writes_nothing_of_floods(web: Web) -> None:
    for n in range(4):
        web.verify(web.add(f"/{n}", f"blog{n}.example", title=f"Title {n}", excerpt=f"Word{n}"))
    assert web.table.get(FLOODS) == {}


def test_a_flood_is_told_as_often_as_it_doubles(web: Web) -> None:
    flood(web, 33, environments=1)
    assert web.table.get(FLOODS)["step"] <= 5


def test_two_environments_that_write_at_once_lose_nothing(web: Web) -> None:
    first, second = FloodStore(web.table), FloodStore(web.table)
    between: list[Any] = []

    def merge(stored: Any) -> Any:
        if not between:
            between.append(second.exchange({"b": 2}, lambda found: {**found, "b": {"at": "", "marks": "b"}}))
        return {**stored, "a": {"at": "", "marks": "a"}}

    first.exchange({"a": 2}, merge)
    assert set(web.table.get(FLOODS)["seen"]) == {"b"}
    first.exchange({"a": 2}, merge)
    assert set(web.table.get(FLOODS)["seen"]) == {"a", "b"}

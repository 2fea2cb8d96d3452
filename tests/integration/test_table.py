"""The generic table: conditional writes, reads in batches and queries, on a real engine."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support import aws_faults as faults
from tests.support.concurrency import side_by_side
from trackback.errors import StatusChanged, TableBusy
from trackback.storage.keys import BY_STATUS
from trackback.storage.table import BATCH, IS_NEW, Table, Update

LEFT = {"Responses": {}, "UnprocessedKeys": {"trackback": {"Keys": [{"id": {"S": "a"}}]}}}


def listed(table: Table, *ids: str) -> None:
    """Store records in the index, the first the oldest."""
    for number, each in enumerate(ids):
        table.put({"id": each, "status": "sent", "received_at": f"2026-11-{number:04}"})


def test_a_record_is_read_with_the_values_that_were_written(table: Table) -> None:
    record = {
        "id": "a",
        "number": 3,
        "yes": True,
        "texts": {"x", "y"},
        "map": {"deep": [1, ""]},
        "none": None,
    }
    table.put(record)
    assert table.get("a") == record
    assert table.get("b") == {}


def test_a_record_is_put_only_if_the_condition_holds(table: Table) -> None:
    assert table.put_if({"id": "a", "state": "old"}, IS_NEW)
    assert not table.put_if({"id": "a", "state": "new"}, IS_NEW)
    assert not table.put_if({"id": "a", "state": "new"}, "#state = :seen", seen="other")
    assert table.get("a") == {"id": "a", "state": "old"}
    assert table.put_if({"id": "a", "state": "new"}, "#state = :seen", seen="old")
    assert table.get("a") == {"id": "a", "state": "new"}


def test_a_new_record_is_put_and_one_that_is_there_is_returned(table: Table) -> None:
    assert table.put_new({"id": "a", "text": "first"}) is None
    assert table.put_new({"id": "a", "text": "second"}) == {"id": "a", "text": "first"}


def test_of_many_new_records_with_one_id_one_is_stored(table: Table) -> None:
    found = side_by_side(*(lambda n=n: table.put_new({"id": "a", "number": n}) for n in range(8)))
    assert found.count(None) == 1
    assert table.get("a") == {"id": "a", "number": found.index(None)}


def test_an_update_happens_only_if_its_condition_holds(table: Table) -> None:
    assert table.update_if(
        "a", "SET #day = :day ADD mails :one", "attribute_not_exists(#day)", day="x", one=1
    )
    assert not table.update_if("a", "ADD mails :one", "#day = :day", day="y", one=1)
    assert table.update_and_get("a", "ADD mails :one", "#day = :day", day="y", one=1) is None
    after = {"id": "a", "day": "x", "mails": 3}
    assert table.update_and_get("a", "ADD mails :two", "#day = :day", day="x", two=2) == after
    assert table.get("a") == after


def test_of_many_updates_on_one_condition_one_happens(table: Table) -> None:
    claims = [lambda n=n: table.update_if("a", "SET run = :run", IS_NEW, run=n) for n in range(8)]
    won = side_by_side(*claims)
    assert won.count(True) == 1
    assert table.get("a")["run"] == won.index(True)


@pytest.mark.parametrize("others", [(), ("b",)], ids=["one update", "two updates"])
def test_updates_happen_all_or_none(table: Table, others: tuple[str, ...]) -> None:
    more = [Update(other, "SET seen = :yes", values={"yes": True}) for other in others]
    with pytest.raises(StatusChanged):
        table.update_all([*more, Update("a", "SET seen = :yes", "attribute_exists(id)", {"yes": True})])
    assert [table.get(each) for each in ("a", *others)] == [{}] * (1 + len(others))
    table.update_all([*more, Update("a", "SET seen = :yes", IS_NEW, {"yes": True})])
    assert all(table.get(each)["seen"] for each in ("a", *others))


def test_a_value_is_replaced_only_while_it_is_as_it_was_read(table: Table) -> None:
    table.write("a", "rules", ["x"], was=[])
    with pytest.raises(StatusChanged):
        table.write("a", "rules", ["y"], was=[])
    table.write("a", "rules", ["y"], was=["x"])
    assert table.get("a") == {"id": "a", "rules": ["y"]}


def test_a_record_is_deleted_only_if_the_condition_holds(table: Table) -> None:
    table.put({"id": "a", "version": 2})
    assert table.delete_if("a", "version = :seen", seen=1) is None
    assert table.delete_if("a", "version = :seen", seen=2) == {"id": "a", "version": 2}
    assert table.delete_if("a", "attribute_not_exists(version)") == {}


def test_records_come_in_the_order_of_their_ids_and_once_however_many(table: Table) -> None:
    ids = [f"record-{n}" for n in range(BATCH + 20)]
    for each in ids[::2]:
        table.put({"id": each, "facts": {"title": each, "language": "de"}})
    backwards = ids[::-1]
    assert [found["id"] for found in table.batch_get([backwards[0], *backwards])] == ids[::2][::-1]
    found = next(table.batch_get([ids[0]], only="#id, #facts.#title"))
    assert found == {"id": ids[0], "facts": {"title": ids[0]}}


@pytest.mark.parametrize(
    ("read", "times", "outcome"),
    [
        (lambda table: list(table.batch_get("a")), 3, [{"id": "a"}]),
        (lambda table: list(table.batch_get("a")), 8, TableBusy),
        (lambda table: list(table.batch_get("a", retry=False)), 1, TableBusy),
    ],
    ids=["again", "without end", "no retry"],
)
def test_records_that_were_left_out_are_asked_for_again(
    table: Table, monkeypatch: pytest.MonkeyPatch, read: Callable[[Table], Any], times: int, outcome: Any
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    table.put({"id": "a"})
    faults.answer(table, "BatchGetItem", times, LEFT, 200)
    if outcome is TableBusy:
        with pytest.raises(TableBusy):
            read(table)
    else:
        assert read(table) == outcome


def test_an_index_is_read_page_by_page_in_both_directions_and_from_a_place(table: Table) -> None:
    listed(table, "a", "b", "c", "d")
    pages = [[each["id"] for each in page] for page in table.query(BY_STATUS, "sent", limit=3)]
    assert pages == [["a", "b", "c"], ["d"]]
    newest = table.query(BY_STATUS, "sent", newest_first=True, after=("2026-11-0002", "c"))
    assert [each["id"] for page in newest for each in page] == ["b", "a"]
    assert table.query_ids(BY_STATUS, "sent", limit=2, newest_first=True) == ["d", "c"]
    assert table.query_ids(BY_STATUS, "sent", limit=9, until="2026-11-0001") == ["a", "b"]
    assert table.query_ids(BY_STATUS, "other", limit=9) == []


def test_entries_are_counted_up_to_a_limit(table: Table) -> None:
    listed(table, "a", "b", "c")
    assert [table.count(BY_STATUS, "sent", limit=limit) for limit in (2, 9)] == [2, 3]


def test_a_scan_finds_what_a_condition_holds_for(table: Table) -> None:
    listed(table, "a")
    table.put({"id": "b", "url": "x"})
    assert list(table.scan("attribute_exists(#url)")) == [{"id": "b", "url": "x"}]

"""What failed is listed."""

import json

import pytest

from tests.conftest import MakePing
from tests.integration.failures.conftest import ASYNC, Output, Queues, batch
from trackback.cli.main import main
from trackback.storage.pings import PingStore
from trackback.storage.table import Table


def test_where_nothing_has_failed_the_list_says_so(queues: Queues, capsys: Output) -> None:
    assert queues.texts("Failures") == []
    assert main(["failures"]) == 0
    assert capsys.readouterr().out == "Nothing has failed.\n"


def test_the_list_says_what_failed_where_and_why_and_leaves_it(
    queues: Queues, table: Table, store: PingStore, make_ping: MakePing, capsys: Output
) -> None:
    store.add(make_ping())
    queues.fail(ASYNC)
    queues.fail(batch(table))
    queues.poison('{"ping": "abc234"}')
    for _ in range(2):  # it is all there for the second time, too
        assert main(["failures", "list"]) == 0
        printed = capsys.readouterr().out
        for words in (
            "trackback-SendFunction-1", "sending order abc", "RetriesExhausted, FeedUnreadable: the feed",
            "trackback-TriageFunction-1", "1 changes of the table", "RetryAttemptsExhausted",
            "ping abc234", "3 failed.",
        ):  # fmt: skip
            assert words in printed
        assert "\x1b" not in printed
        assert all(len(line) <= 80 for line in printed.splitlines())


def test_json_is_one_object_a_line(queues: Queues, capsys: Output) -> None:
    queues.poison('{"ping": "abc234"}')
    assert main(["failures", "list", "--json"]) == 0
    (row,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert (row["ping"], row["group"], row["what"]) == ("abc234", "other.example", "ping abc234")
    assert row["failed"] == "Checks"
    assert row.keys() == {"id", "when", "failed", "what", "why", "ping", "group"}


@pytest.mark.parametrize("arguments", [["drop"], ["drop", "--all", "12345678"], ["drop", "a"], ["forget"]])
def test_wrong_usage_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["failures", *arguments])


def test_a_stack_that_is_not_there_is_one_line_and_exit_status_1(capsys: Output) -> None:
    assert main(["failures", "--stack", "nowhere"]) == 1
    assert capsys.readouterr().err.count("\n") == 1

"""The API's address: noted in the table by the service, found by the command line."""

from dataclasses import replace

import pytest

from trackback.model.settings import Settings
from trackback.storage.api_address import ApiUnknown, find_api, note_api
from trackback.storage.keys import SETTINGS
from trackback.storage.settings import load_settings, save_settings
from trackback.storage.table import Table

NOTED, TOLD, NAMED = ("https://noted.example", "https://told.example", "https://named.example")


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACKBACK_API", raising=False)


def note(table: Table, address: str = NOTED) -> None:
    note_api(table, table.get(SETTINGS), address)


def test_what_the_author_names_comes_first_then_the_environment_then_the_table(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(table)
    assert find_api(table) == NOTED
    monkeypatch.setenv("TRACKBACK_API", TOLD)
    assert find_api(table) == TOLD
    assert find_api(table, NAMED) == NAMED


def test_without_any_the_author_is_told_what_to_do(table: Table) -> None:
    with pytest.raises(ApiUnknown, match="give --api, or set TRACKBACK_API, to the ApiUrl"):
        find_api(table)


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ("https://api.example/", "https://api.example"),
        ("HTTPS://API.example:443/moderate?tab=spam#x", "https://api.example"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_any_page_of_the_api_tells_where_it_is(table: Table, named: str, found: str) -> None:
    assert find_api(table, named) == found


@pytest.mark.parametrize(
    "named", ["api.example", "/moderate", "ftp://api.example", "https://a:b@api.example", "https://", " "]
)
def test_what_is_no_address_is_told(table: Table, named: str) -> None:
    with pytest.raises(ApiUnknown, match="a whole URL"):
        find_api(table, named)


def test_the_address_is_written_only_where_another_is_there(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    note(table)
    with monkeypatch.context() as patch:
        patch.setattr(table, "write", None)
        note(table)
    note(table, TOLD)
    assert find_api(table) == TOLD


def test_the_address_and_the_settings_keep_out_of_each_others_way(table: Table) -> None:
    daily = replace(Settings(), keep_days=7)
    note(table)
    save_settings(table, daily, Settings())
    note(table, TOLD)
    assert (load_settings(table), find_api(table)) == (daily, TOLD)

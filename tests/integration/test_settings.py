"""The author's settings and rules, kept in the table."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from trackback.errors import BadSettings, StatusChanged
from trackback.model.ping import Status
from trackback.model.sending_limits import SendingLimits
from trackback.model.settings import Event, Notify, Settings, read_settings
from trackback.receiving.spam.rules import read_rule
from trackback.storage.pings import PingStore
from trackback.storage.settings import load_rules, load_settings, save_rules, save_settings
from trackback.storage.table import Table

FRIEND = read_rule("allow", "host", "friend.example")
FOE = read_rule("block", "path", "platform.example/foe")
WORDS = read_rule("block", "text", "two words and a “quote”")

DEFAULT = Settings()
OTHER = Settings(
    Notify.DAILY,
    "https://hooks.example/a?b=c",
    (Event.APPROVED,),
    approve_known=True,
    keep_days=7,
    feed="https://blog.example/feed.xml",
    pings=5,
    oldest=3,
    never=("other.example", "xn--bcher-kva.example"),
)
FORM: dict[str, list[str]] = {
    "notify": ["each"],
    "webhook": [""],
    "events": [*Event],
    "keep_days": ["30"],
    "feed": [""],
    "pings": ["50"],
    "oldest": ["30"],
    "never": [""],
}


def test_at_first_the_author_is_mailed_for_each_ping_and_nothing_is_approved_by_itself(table: Table) -> None:
    assert load_settings(table) == DEFAULT
    assert (DEFAULT.notify, DEFAULT.webhook, DEFAULT.approve_known) == (Notify.EACH, "", False)
    assert DEFAULT.events == (Event.PENDING, Event.APPROVED, Event.REMOVED)
    assert DEFAULT.keep == timedelta(days=30)


CHANGES = [
    ("all at once", OTHER),
    ("notify", replace(DEFAULT, notify=Notify.NONE)),
    ("webhook", replace(DEFAULT, webhook="https://hooks.example/")),
    ("events", replace(DEFAULT, events=(Event.PENDING, Event.REMOVED))),
    ("no events", replace(DEFAULT, events=())),
    ("approve_known", replace(DEFAULT, approve_known=True)),
    ("keep_days", replace(DEFAULT, keep_days=365)),
    ("feed", replace(DEFAULT, feed="https://blog.example/")),
    ("no feed, though one was deployed", replace(DEFAULT, feed="")),
    ("pings", replace(DEFAULT, pings=1)),
    ("oldest", replace(DEFAULT, oldest=3_650)),
    ("never", replace(DEFAULT, never=("other.example",))),
]


@pytest.mark.parametrize("settings", [row[1] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_settings_are_read_as_they_were_written(table: Table, settings: Settings) -> None:
    save_settings(table, settings, DEFAULT)
    assert load_settings(table) == settings
    save_settings(table, DEFAULT, settings)
    assert load_settings(table) == DEFAULT
    save_settings(table, settings, DEFAULT)
    assert load_settings(table) == settings


def test_settings_that_changed_meanwhile_are_not_overwritten(table: Table) -> None:
    save_settings(table, OTHER, DEFAULT)
    with pytest.raises(StatusChanged):
        save_settings(table, replace(DEFAULT, keep_days=90), DEFAULT)
    assert load_settings(table) == OTHER


def test_of_eight_who_change_the_settings_at_once_one_succeeds(table: Table) -> None:
    def save(n: int) -> bool:
        try:
            save_settings(table, replace(DEFAULT, webhook=f"https://hooks.example/{n}"), DEFAULT)
        except StatusChanged:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(save, range(8))) == 1


READ: list[tuple[str, dict[str, list[str]], Settings]] = [
    ("as it is shown at first", FORM, DEFAULT),
    ("a box that is ticked", FORM | {"approve_known": ["on"]}, replace(DEFAULT, approve_known=True)),
    ("no mail", FORM | {"notify": ["none"]}, replace(DEFAULT, notify=Notify.NONE)),
    ("a year", FORM | {"keep_days": ["365"]}, replace(DEFAULT, keep_days=365)),
    ("no events", FORM | {"events": []}, replace(DEFAULT, events=())),
    ("no field for events", {k: v for k, v in FORM.items() if k != "events"}, replace(DEFAULT, events=())),
    ("no field for the webhook", {k: v for k, v in FORM.items() if k != "webhook"}, DEFAULT),
    ("events in another order", FORM | {"events": [*reversed(Event), "ping.pending"]}, DEFAULT),
    (
        "a webhook with spaces around and an international host",
        FORM | {"webhook": [" https://BÜCHER.example/é?k=v "]},
        replace(DEFAULT, webhook="https://xn--bcher-kva.example/%C3%A9?k=v"),
    ),
    (
        "a webhook on plain http",
        FORM | {"webhook": ["http://hooks.example"]},
        replace(DEFAULT, webhook="http://hooks.example"),
    ),
    ("a feed", FORM | {"feed": [" https://BLOG.example "]}, replace(DEFAULT, feed="https://blog.example")),
    ("the most pings", FORM | {"pings": ["200"]}, replace(DEFAULT, pings=200)),
    ("young posts only", FORM | {"oldest": ["1"]}, replace(DEFAULT, oldest=1)),
    (
        "hosts in all spellings",
        FORM | {"never": ["www.Other.example, bücher.example\r\nother.example\r\n o.example "]},
        replace(DEFAULT, never=("other.example", "xn--bcher-kva.example", "o.example")),
    ),
]


@pytest.mark.parametrize(
    ("typed", "feed"),
    [("https://blog.example/feed.xml", None), ("", ""), ("https://blog.example/", "https://blog.example/")],
    ids=["left as it was deployed", "emptied", "another"],
)
def test_the_feed_of_the_deployment_is_no_setting_until_it_is_changed(typed: str, feed: str | None) -> None:
    assert read_settings(FORM | {"feed": [typed]}, "https://blog.example/feed.xml").feed == feed


def test_the_settings_are_what_sending_may_do() -> None:
    assert DEFAULT.limits == SendingLimits()
    assert OTHER.limits == SendingLimits(pings=5, days=3, never=frozenset(OTHER.never))


@pytest.mark.parametrize(("form", "settings"), [row[1:] for row in READ], ids=[row[0] for row in READ])
def test_a_form_is_read(form: dict[str, list[str]], settings: Settings) -> None:
    assert read_settings(form) == settings


BAD = [
    ("no notify", "notify", [], "Choose when to be mailed"),
    ("another notify", "notify", ["hourly"], "Choose when to be mailed"),
    ("no days", "keep_days", [""], "7, 30, 90 or 365 days"),
    ("other days", "keep_days", ["31"], "7, 30, 90 or 365 days"),
    ("days with a sign", "keep_days", ["+30"], "7, 30, 90 or 365 days"),
    ("days in another script", "keep_days", ["٣٠"], "7, 30, 90 or 365 days"),
    (
        "an unknown event",
        "events",
        ["ping.pending", "ping.pong"],
        "ping.pending, ping.approved, ping.removed",
    ),
    ("a webhook without a scheme", "webhook", ["hooks.example/x"], "Write the webhook as a whole URL"),
    ("a webhook of another scheme", "webhook", ["javascript:alert(1)"], "Write the webhook as a whole URL"),
    ("a webhook with a password", "webhook", ["https://me:pass@hooks.example/"], "without a user name"),
    ("a webhook with a new line", "webhook", ["https://hooks.example/\r\nX: y"], "Write the webhook"),
    ("a webhook that is too long", "webhook", ["https://hooks.example/" + "a" * 2_048], "Write the webhook"),
    ("a webhook on a host that is none", "webhook", ["https://a..b/"], "Write the webhook as a whole URL"),
    ("a feed without a scheme", "feed", ["notes.example/feed.xml"], "Write the feed as a whole URL"),
    ("a feed of another scheme", "feed", ["file:///etc/passwd"], "Write the feed as a whole URL"),
    ("no pings", "pings", ["000"], "How many pings a post may send must be a number from 1 to 200"),
    ("too many pings", "pings", ["201"], "from 1 to 200"),
    ("pings in another script", "pings", ["٣٠"], "from 1 to 200"),
    ("pings in words", "pings", ["plenty"], "from 1 to 200"),
    ("days without end", "oldest", ["9" * 5_000], "from 1 to 3,650"),
    ("a negative age", "oldest", ["-1"], "from 1 to 3,650"),
    ("hosts that are URLs", "never", ["https://other.example/"], "never pinged like other.example"),
    ("a host with a port", "never", ["o.example:8080"], "never pinged like other.example"),
    ("too many hosts", "never", [" ".join(f"h{n}.example" for n in range(501))], "at most 500"),
]


@pytest.mark.parametrize(("field", "values", "words"), [row[1:] for row in BAD], ids=[row[0] for row in BAD])
def test_a_bad_value_is_told_what_to_write(field: str, values: list[str], words: str) -> None:
    with pytest.raises(BadSettings, match=words) as told:
        read_settings(FORM | {field: values})
    assert not any(value in str(told.value) for value in values if value and not value.startswith("ping."))


def test_an_empty_form_is_no_settings() -> None:
    with pytest.raises(BadSettings):
        read_settings({})


def test_settings_are_no_ping(table: Table, store: PingStore) -> None:
    save_settings(table, OTHER, DEFAULT)
    assert list(store.pings()) == []


def test_there_are_no_rules_at_first(table: Table) -> None:
    assert load_rules(table) == []


def test_rules_are_read_as_they_were_written_and_in_order(table: Table) -> None:
    save_rules(table, [FRIEND, FOE, WORDS], [])
    assert load_rules(table) == [FRIEND, FOE, WORDS]
    save_rules(table, [WORDS], [FRIEND, FOE, WORDS])
    assert load_rules(table) == [WORDS]
    save_rules(table, [], [WORDS])
    assert load_rules(table) == []
    save_rules(table, [FOE], [])
    assert load_rules(table) == [FOE]


@pytest.mark.parametrize("before", [[], [FOE], [FOE, FRIEND]], ids=["none", "another", "another order"])
def test_rules_that_changed_meanwhile_are_not_overwritten(table: Table, before: list[object]) -> None:
    save_rules(table, [FRIEND, FOE], [])
    with pytest.raises(StatusChanged):
        save_rules(table, [WORDS], before)  # type: ignore[arg-type]
    assert load_rules(table) == [FRIEND, FOE]


def test_of_eight_who_change_the_rules_at_once_one_succeeds(table: Table) -> None:
    save_rules(table, [FRIEND], [])
    texts = [read_rule("block", "text", f"text {n}") for n in range(8)]

    def add(n: int) -> bool:
        try:
            save_rules(table, [FRIEND, texts[n]], [FRIEND])
        except StatusChanged:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(add, range(8))) == 1
    assert load_rules(table)[0] == FRIEND
    assert len(load_rules(table)) == 2


def test_rules_are_no_pings(table: Table, store: PingStore) -> None:
    save_rules(table, [FRIEND], [])
    assert list(store.pings()) == list(store.pings(Status.RECEIVED)) == []


RULES = [
    ("block", "host", "[2001:db8::1]"),
    ("block", "path", "[2001:db8::1]/x"),
    ("allow", "host", "www.www.example"),
    ("block", "host", "www.com"),
    ("block", "path", "blog.example/" + "é" * 60),
    ("allow", "text", "block host x"),
]


@pytest.mark.parametrize("written", RULES, ids=[" ".join(row)[:30] for row in RULES])
def test_every_rule_that_can_be_added_can_be_read_and_removed(
    table: Table, written: tuple[str, str, str]
) -> None:
    rule = read_rule(*written)
    save_rules(table, [rule], [])
    assert load_rules(table) == [rule]
    save_rules(table, [], [rule])
    assert load_rules(table) == []


def test_a_rule_of_a_host_named_www_is_not_one_of_its_whole_top_level_domain() -> None:
    assert read_rule("block", "host", "www.com").value == "www.com"

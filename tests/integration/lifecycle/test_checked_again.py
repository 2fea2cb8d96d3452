"""When a source is checked again."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from tests.integration.conftest import NOW, POST, Web
from tests.integration.lifecycle.conftest import DAY, approved, item, shown
from tests.support.websites import page
from trackback.model.ping import Due, Ping, Status
from trackback.model.transitions import Change, postponed
from trackback.model.verdict import Gone
from trackback.receiving.spam.rules import read_rule
from trackback.storage.settings import save_rules
from trackback.timestamps import stamp


def look_when_due(web: Web, ping: Ping) -> float:
    """Look at a ping when the schedule would; return how many days after `NOW` that is."""
    due = datetime.fromisoformat(web.store.get(ping.id).check_at)
    assert ping.id not in web.store.due(due - timedelta(seconds=1), 50)
    assert ping.id in web.store.due(due, 50)
    web.verify(ping, due - NOW)
    return (due - NOW) / DAY


def test_what_is_put_away_is_never_due(web: Web) -> None:
    ping = web.add(host="unknown.example")
    web.verify(ping)
    assert web.store.due(NOW + 999 * DAY, 10) == [ping.id]
    save_rules(web.table, [read_rule("block", "host", "unknown.example")], [])
    assert web.verify(ping, DAY).status is Status.SPAM
    assert web.store.due(NOW + 999 * DAY, 10) == []


def test_what_is_approved_is_looked_at_ever_more_rarely(web: Web) -> None:
    ping = approved(web)
    assert [look_when_due(web, ping) for _ in range(4)] == pytest.approx([1, 8, 38, 68])
    assert shown(web) == ["A reply"]


def test_what_could_not_be_reached_is_looked_at_after_an_hour_a_day_a_week_a_month(web: Web) -> None:
    web.answers["/re"] = page("", "503 Later")
    ping = web.add()
    web.verify(ping)
    hour = 1 / 24
    assert [look_when_due(web, ping) for _ in range(4)] == pytest.approx(
        [hour, hour + 1, hour + 8, hour + 38]
    )
    assert web.store.get(ping.id).check_at == ""
    assert web.store.due(NOW + 999 * DAY, 50) == []


def test_what_could_not_be_reached_at_first_is_judged_when_it_can(web: Web) -> None:
    save_rules(web.table, [read_rule("allow", "host", "other.example")], [])
    web.answers["/re"] = page("", "503 Later")
    ping = web.add()
    assert web.verify(ping).status is Status.PENDING
    web.answers["/re"] = web.link()
    look_when_due(web, ping)
    assert (web.store.get(ping.id).status, shown(web)) == (Status.APPROVED, ["Mine"])


def test_what_is_held_and_was_seen_is_not_looked_at_again(web: Web) -> None:
    web.answers |= {"/re": web.link(), "/no": page("Nothing.")}
    for path in ("/re", "/no"):
        web.verify(web.add(path))
    assert web.store.due(NOW + 999 * DAY, 50) == []


def test_a_post_that_the_blog_takes_down_later_closes_no_approved_ping(web: Web) -> None:
    ping = approved(web)
    web.answers[POST] = page("", "410 Gone")
    assert web.verify(ping, 31 * DAY).status is Status.APPROVED
    assert shown(web) == ["A reply"]


def test_an_approved_ping_that_is_decided_against_is_not_looked_at_again(web: Web) -> None:
    ping = approved(web)
    web.answers["/re"] = page("", "410 Gone")
    web.verify(ping, DAY)
    web.store.decide(ping.id, Status.REJECTED, NOW)
    after = web.store.get(ping.id)
    assert (after.link_missing, after.check_at, shown(web)) == (None, "", [])
    assert web.store.due(NOW + 999 * DAY, 50) == []


def test_what_is_due_is_found_the_longest_due_first_and_so_many_at_a_time(web: Web) -> None:
    waits = [5, 1, 4, 2, 3]
    pings = {}
    for wait in waits:
        ping = web.add(f"/{wait}", f"blog{wait}.example")
        web.store.decide(ping.id, Status.APPROVED, NOW + wait * DAY)
        pings[wait] = ping.id
    gone = Gone(stamp(NOW - 9 * DAY), 3)
    for wait, due in ((2, Due.GONE), (3, Due.REVISED)):
        before = web.store.get(pings[wait])
        web.store.apply(Change(before, replace(before, due=due, link_missing=gone)))
    later = NOW + 4 * DAY
    assert web.store.due(later, 50) == [pings[wait] for wait in (1, 2, 3)]
    assert web.store.due(later, 2) == [pings[wait] for wait in (1, 2)]
    assert web.store.due(NOW, 50) == []


def test_what_is_put_off_does_not_wake_verification_by_itself(web: Web) -> None:
    ping = web.add(title="One")
    web.store.decide(ping.id, Status.APPROVED, NOW)
    web.store.add(web.ping(title="Two"))
    web.store.apply(postponed(web.store.get(ping.id), NOW + timedelta(minutes=1)))
    assert "unlooked" not in item(ping)
    assert web.store.due(NOW + timedelta(minutes=2), 10) == [ping.id]

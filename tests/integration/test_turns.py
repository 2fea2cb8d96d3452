"""Sites are asked only so often, by all environments together, and nobody waits behind another's flood."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.integration.conftest import NOW, POST, Web
from tests.support.websites import redirect
from trackback.errors import TableBusy
from trackback.model.ping import Due, Ping, Status
from trackback.model.transitions import check_requested
from trackback.model.turns import MOST_TIMES, Visit
from trackback.model.verdict import LinkStatus
from trackback.storage.table import Table
from trackback.storage.turns import TurnStore


def spellings(web: Web, number: int) -> list[Ping]:
    """Add pings that name ever other spellings of a friend's front page."""
    return [web.add(f"/?n={n}", "friend.example") for n in range(number)]


def waiting(web: Web, pings: list[Ping]) -> list[Ping]:
    """Return the pings that have no verdict yet, as they are stored now."""
    return [ping for ping in (web.store.get(one.id) for one in pings) if ping.verdict is None]


def test_spellings_of_one_page_wait_for_their_turns_and_get_them(web: Web) -> None:
    pings = spellings(web, 8)
    for ping in pings:
        web.verify(ping)
    left = waiting(web, pings)
    assert (len(left), {ping.status for ping in left}) == (3, {Status.RECEIVED})
    assert {ping.due for ping in left} == {Due.TURN}
    assert web.store.due(NOW + timedelta(seconds=29), 10) == []
    assert set(web.store.due(NOW + timedelta(minutes=2), 10)) == {ping.id for ping in left}
    for ping in left:
        assert web.verify(ping, timedelta(minutes=2)).verdict


def test_the_friends_own_ping_is_looked_at_at_once(web: Web) -> None:
    for ping in spellings(web, 30):
        web.verify(ping)
    web.answers["/my-post"] = web.link()
    own = web.verify(web.add("/my-post", "friend.example"))
    assert own.verdict
    assert own.verdict.link is LinkStatus.FOUND


def test_all_environments_count_together(web: Web) -> None:
    pings = spellings(web, 8)
    for ping in pings:
        web.verifier = web.new_verifier()
        web.verify(ping)
    assert len(waiting(web, pings)) == 3


def test_a_turn_that_lies_ahead_is_of_no_use_before(web: Web) -> None:
    pings = spellings(web, 6)
    for ping in pings:
        web.verify(ping)
    (early,) = waiting(web, pings)
    web.store.apply(check_requested(early))  # as new texts of the sender's would
    asked = len(web.asked())
    assert web.verify(early).verdict is None
    assert len(web.asked()) == asked


def test_a_redirect_counts_where_it_leads_to(web: Web) -> None:
    web.answers |= {f"/to{n}": redirect(web.url(f"/?n={n}", "victim.example")) for n in range(8)}
    checks = [web.verify(web.add(f"/to{n}", f"blog{n}.example")).verdict for n in range(8)]
    assert len([path for path in web.asked() if path.startswith("/?n=")]) == 5
    refused = [verdict.why for verdict in checks if verdict and verdict.http_status is None]
    assert refused == ["it redirects to a site that is being asked too often just now"] * 3


def test_who_would_wait_for_too_long_is_held_without_a_look(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trackback.model.turns.LONGEST_WAIT", 0)
    pings = spellings(web, 6)
    for ping in pings:
        web.verify(ping)
    last = web.store.get(pings[-1].id)
    assert last.status is Status.PENDING
    assert last.verdict
    assert last.verdict.reason_texts == ["It was not looked at: too many pings name its site."]
    assert last.check_at  # it is looked at later, as any source that could not be fetched


def test_a_post_that_is_asked_about_is_no_source(web: Web) -> None:
    web.answers["/re"] = web.link()
    for n in range(30):
        web.verify(web.add("/re", f"blog{n}.example"))
    assert web.asked().count(POST) == 1


def test_visits_at_once_each_take_a_turn_of_their_own(table: Table) -> None:
    turns, visit = TurnStore(table), Visit("site", "page", "sender")
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: TurnStore(table).take("192.0.2.1", visit, NOW), range(12)))
    ahead = [at for at in found if at != NOW]
    assert len(ahead) == len(set(ahead)) == 7
    assert turns.take("192.0.2.2", visit, NOW) == NOW


def test_a_record_that_others_write_all_the_time_is_busy(
    table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Table, "update_if", lambda *_, **__: False)
    monkeypatch.setattr("trackback.storage.dynamodb.time.sleep", lambda _: None)
    with pytest.raises(TableBusy):
        TurnStore(table).take("192.0.2.1", Visit("site", "page"), NOW)


def test_a_record_is_a_write_unit_or_two_and_deleted_by_the_table(table: Table) -> None:
    turns = TurnStore(table)
    for n in range(3 * MOST_TIMES):
        turns.take("192.0.2.1", Visit("a" * 8, f"{n:08}", f"{n:08}"), NOW)
    stored = table.get("turns#192.0.2.1")
    assert len(str(stored)) < 2_048
    assert NOW.timestamp() < stored["expires_at"] < (NOW + timedelta(days=2)).timestamp()

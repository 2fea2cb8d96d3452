"""A verdict is one conditional write."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.conftest import NOW, Web
from tests.integration.verification.conftest import SOURCE, rule
from tests.support import aws_faults as faults
from tests.support.websites import page
from trackback.errors import StatusChanged
from trackback.model.ping import Status
from trackback.model.transitions import Change
from trackback.receiving.spam.rules import read_rule
from trackback.storage.pings import PingStore
from trackback.storage.settings import save_rules
from trackback.storage.updates import ping_change


@pytest.mark.parametrize("status", [Status.APPROVED, Status.REJECTED, Status.SPAM])
def test_a_decision_that_falls_while_the_source_is_fetched_stands(web: Web, status: Status) -> None:
    ping = web.add()

    def decide_first(connection: object, _: object) -> None:
        web.store.decide(ping.id, status, NOW)
        connection.sendall(web.link())  # type: ignore[attr-defined]

    web.answers[SOURCE] = decide_first
    after = web.verify(ping)
    assert (after.status, after.verdict, len(after.history)) == (status, None, 1)


@pytest.mark.parametrize("status", [Status.REJECTED, Status.SPAM])
def test_what_is_decided_against_is_not_looked_at(web: Web, status: Status) -> None:
    ping = web.add()
    web.store.decide(ping.id, status, NOW)
    assert web.verify(ping).verdict is None
    assert web.server.connections == 0


def test_a_verdict_is_one_conditional_write(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    ping = web.add()
    writes: list[Change] = []
    web.verify(web.add("/first"))  # so that the post is known
    monkeypatch.setattr(PingStore, "apply", lambda _, change: writes.append(change))
    web.verify(ping)
    (change,) = writes
    assert ping_change(change).condition == (
        "attribute_exists(id) AND attribute_not_exists(#history) AND attribute_not_exists(#status)"
    )
    monkeypatch.undo()
    web.store.decide(ping.id, Status.SPAM, NOW)
    with pytest.raises(StatusChanged):
        web.store.apply(change)


def test_verifying_twice_changes_nothing_that_counts(web: Web) -> None:
    rule(web.table, "allow", "host", "other.example")
    web.answers |= {SOURCE: web.link(), "/held": page("Nothing.")}
    for ping in (web.add(), web.add("/held", "third.example")):
        once, twice = web.verify(ping), web.verify(ping)
        assert (once.status, once.texts, once.history) == (twice.status, twice.texts, twice.history)
        assert once.verdict
        assert twice.verdict
        assert once.verdict.reasons == twice.verdict.reasons
    assert web.store.approved(web.post_key, 50).count == web.store.counts([web.post_key])[web.post_key] == 1


def test_one_ping_verified_eight_times_at_once_is_approved_once(web: Web) -> None:
    rule(web.table, "allow", "host", "other.example")
    web.answers[SOURCE] = web.link()
    ping = web.add()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: web.new_verifier().verify(ping.id, web.verifier.context(), NOW), range(8)))
    after = web.store.get(ping.id)
    assert (after.status, [entry.what for entry in after.history]) == (Status.APPROVED, ["approved"])
    assert web.store.approved(web.post_key, 50).count == web.store.counts([web.post_key])[web.post_key] == 1


def test_eight_pings_of_one_post_verified_at_once_are_all_counted(web: Web) -> None:
    save_rules(web.table, [read_rule("allow", "host", f"blog{n}.example") for n in range(8)], [])
    web.answers |= {f"/{n}": web.link() for n in range(8)}
    pings = [web.add(f"/{n}", f"blog{n}.example") for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(web.verify, pings))
    assert web.store.counts([web.post_key]) == {web.post_key: 8}
    assert len(web.store.approved(web.post_key, 50).pings) == 8


def test_a_fault_of_our_own_is_raised_for_a_retry(web: Web) -> None:
    ping = web.add()
    faults.answer(web.table, "UpdateItem", 2, faults.error("InternalServerError"), status=500)
    with pytest.raises(Exception, match="InternalServerError"):
        web.verify(ping)
    assert web.verify(ping).verdict

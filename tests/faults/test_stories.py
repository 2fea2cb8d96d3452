"""Longer faults: records that come twice, clocks that jump, ceilings and outages; then all is well again."""

from datetime import timedelta

import pytest

from tests.faults.conftest import MakeWorld
from tests.faults.invariants import alarms, check
from tests.faults.kinds import throttled
from tests.faults.people import People
from tests.faults.wire import Call
from tests.faults.world import HOUR, MINUTE
from trackback.model.ping import Status
from trackback.receiving.spam.rules import read_rule
from trackback.storage.settings import save_rules

WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}


@pytest.fixture
def people(make_world: MakeWorld) -> People:
    return People(make_world())


def test_records_that_come_again_in_another_order_change_nothing(people: People) -> None:
    people.ping("Mine")
    people.world.settle()
    people.press("approve", "Mine", Status.APPROVED)
    for record in reversed(people.world.stream.delivered):
        people.world.invoke("triage", {"Records": [record]})
        people.world.go_on(10 * MINUTE)
    people.world.run_on()
    assert check(people) == []


def test_a_message_that_is_worked_on_twice_at_once_and_fails_both_times_comes_again(people: People) -> None:
    world = people.world
    people.ping("Mine")
    world.stream.poll()
    world.stream.deliver(lambda event: world.invoke("triage", event))
    records = world.checks.receive()
    world.clock.go_on(16 * MINUTE)  # the first environment still works on it
    assert [one["body"] for one in world.checks.receive()] == [one["body"] for one in records]
    world.wire.fault = lambda call: world.overtaken(call) if call.operation == "UpdateItem" else call.go()
    world.invoke("verify", {"Records": records})
    world.wire.fault = None
    world.clock.go_on(16 * MINUTE)
    world.run_on()
    assert check(people) == []


def test_an_hour_at_the_tables_ceiling_delays_what_came_and_loses_nothing(people: People) -> None:
    world = people.world
    people.ping("Mine")
    world.wire.fault = lambda call: throttled(call) if call.operation in WRITES else call.go()
    for _ in range(12):
        world.go_on(5 * MINUTE)
    world.wire.fault = None
    world.author_retries()
    world.run_on()
    assert check(people) == []


@pytest.mark.parametrize("function", ["triage", "verify", "notify"])
def test_a_day_without_a_function_delays_what_came_and_loses_nothing(people: People, function: str) -> None:
    world = people.world
    world.down = {function}
    people.ping("Mine")
    for _ in range(12):
        world.go_on(2 * HOUR)
    world.down = set()
    world.author_retries()
    world.run_on()
    assert check(people) == []


@pytest.mark.parametrize("hours", [1, -1])
@pytest.mark.parametrize("number", range(4))
def test_a_clock_that_jumps_and_jumps_back_loses_nothing_and_mails_nothing_twice(
    people: People, hours: int, number: int
) -> None:
    world = people.world

    def jump(call: Call) -> object:
        world.clock.offset = hours * HOUR if call.number % 4 == number else timedelta()
        return call.go()

    world.wire.fault = jump
    people.ping("Mine")
    for _ in range(4):
        world.go_on()
    world.wire.fault, world.clock.offset = None, timedelta()
    world.run_on()
    assert check(people) == []


def test_a_record_that_always_fails_is_put_aside_and_holds_up_no_other(people: People) -> None:
    world = people.world
    people.ping("Mine")
    poison = {
        "eventID": "poison",
        "eventName": "INSERT",
        "dynamodb": {"SequenceNumber": "0", "NewImage": {"url": {}}},
    }
    world.stream.poll()
    world.stream.put_first(poison)
    for _ in range(10):
        world.go_on()
    assert world.pings()[0].status is Status.PENDING
    for _ in range(10):
        world.go_on(2 * MINUTE)
    assert world.put_aside()["Failures"] == 1
    assert list(alarms(world)) == ["the alarm FailedWork is on"]
    world.stream.put_aside.clear()  # as `trackback failures drop` does
    world.run_on()
    assert check(people) == []


def test_what_a_rule_approves_takes_no_more_than_the_policies_allow(people: People) -> None:
    save_rules(people.world.table, [read_rule("allow", "host", "other.example")], [])
    people.ping("Mine")
    people.world.settle()
    assert people.only_ping().status is Status.APPROVED
    assert people.world.wire.denied == []

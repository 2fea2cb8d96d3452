"""Each call to AWS of each journey meets each kind of fault; then the service runs on, and all is well."""

from collections.abc import Iterator

import pytest

from tests.faults.conftest import MakeWorld
from tests.faults.invariants import MAY_COME_TWICE, check
from tests.faults.journeys import JOURNEYS
from tests.faults.kinds import KINDS, applies
from tests.faults.people import People
from tests.faults.wire import Call, Fault

OVERTAKEN = "overtaken"


@pytest.mark.parametrize("journey", JOURNEYS)
@pytest.mark.parametrize("kind", [*KINDS, OVERTAKEN])
def test_whatever_a_call_meets_nothing_is_lost_or_wrongly_shown_and_no_alarm_stays_on(
    make_world: MakeWorld, journey: str, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    faults = [
        (number, call) for number, call in enumerate(calls(make_world, journey)) if _applies(kind, call)
    ]
    problems = [
        f"{number} {call}: {problem}"
        for number, call in faults
        for problem in problems_after(make_world, journey, kind, number)
    ]
    with capsys.disabled():
        print(f"\n  {journey}, {kind}: {len(faults)} faults", *problems, sep="\n    ")
    assert problems == []


def _applies(kind: str, call: str) -> bool:
    return applies(kind, call.partition(" ")[2])


def calls(make_world: MakeWorld, journey: str) -> list[str]:
    """Return the calls of a journey that meets no fault."""
    people = People(make_world())
    JOURNEYS[journey].before(people)
    begin = len(people.world.wire.made)
    JOURNEYS[journey].story(people)
    made = people.world.wire.made[begin:]
    people.world.run_on()
    assert check(people) == []
    return made


def problems_after(make_world: MakeWorld, journey: str, kind: str, number: int) -> Iterator[str]:
    """Yield what does not hold after a fault of one call."""
    people = People(make_world())
    world = people.world
    JOURNEYS[journey].before(people)
    fault = world.overtaken if kind == OVERTAKEN else KINDS[kind]
    number += len(world.wire.made)
    world.wire.fault = only(number, fault)
    try:
        JOURNEYS[journey].story(people)
    except AssertionError as error:
        yield str(error)
        return
    finally:
        world.wire.fault = None
    met = "".join(world.wire.made[number : number + 1])  # a key that is known by then saves a call
    world.run_on()
    yield from check(people, mails=1 + ((met, kind) in MAY_COME_TWICE))


def only(number: int, fault: Fault) -> Fault:
    """Return the fault of one call; all others go through."""

    def meet(call: Call) -> object:
        return fault(call) if call.number == number else call.go()

    return meet

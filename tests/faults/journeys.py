"""What people do with the service, in parts: what comes before a fault may, and what a fault may meet."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.faults.people import People
from trackback.model.ping import Status

Part = Callable[[People], None]


@dataclass(frozen=True, slots=True)
class Journey:
    """A story, and what has happened before."""

    before: Part
    story: Part


def nothing(_: People) -> None:
    """Begin with an empty table."""


def mailed_ping(people: People) -> None:
    """A ping comes in, is looked at and mailed."""
    people.ping("Mine")
    people.world.settle()


def ping(people: People) -> None:
    """A ping comes in, is looked at and mailed; the author approves it, and readers see it."""
    mailed_ping(people)
    people.press("approve", "Mine", Status.APPROVED)
    people.read()


def revision(people: People) -> None:
    """The ping's sender sends other words, which the author takes over."""
    people.ping("Later")
    people.world.replaced.add("Mine")
    people.world.settle()
    people.press("take", "Later", Status.APPROVED)


def withdrawal(people: People) -> None:
    """The author takes the approval back."""
    people.press("undo", "Mine", Status.PENDING)


def sending(people: People) -> None:
    """The author has the pings of a post sent."""
    people.world.sent_pings = 1
    people.send_post()
    people.world.settle()


def sign_in(people: People) -> None:
    """The author signs in by a mailed link."""
    people.sign_in()


def sign_out(people: People) -> None:
    """The author signs out."""
    people.sign_out()


def unsubscribing(people: People) -> None:
    """Somebody follows the unsubscribe link of an email, and the author is told."""
    people.world.unsubscribed = True
    people.unsubscribe()
    people.world.settle()


JOURNEYS: Mapping[str, Journey] = {
    "ping": Journey(nothing, ping),
    "revision": Journey(ping, revision),
    "withdrawal": Journey(ping, withdrawal),
    "sending": Journey(nothing, sending),
    "sign-in": Journey(nothing, sign_in),
    "sign-out": Journey(nothing, sign_out),
    "unsubscribing": Journey(mailed_ping, unsubscribing),
}

"""What is sent again costs little: a repeat one refused write, ever other texts at most one check an hour."""

from datetime import timedelta
from functools import partial

import pytest

from tests.integration.conftest import NOW, Web
from tests.support.units import Writes
from tests.support.websites import page
from trackback.model.ping import Due, Ping, Status
from trackback.model.sent_again import CHECK_PAUSE
from trackback.model.settings import Event
from trackback.model.transitions import revision_dismissed
from trackback.storage.dynamodb import to_item
from trackback.storage.items import to_attributes
from trackback.storage.pings import Added
from trackback.storage.stream import event_of, needs_check
from trackback.timestamps import stamp

SOON = stamp(NOW + CHECK_PAUSE)


def fetches(web: Web) -> int:
    """Return how often the source was fetched."""
    return web.asked().count("/re")


def change(before: Ping, after: Ping) -> dict[str, object]:
    """Return the stream's record of a change."""
    images = {"OldImage": to_item(to_attributes(before)), "NewImage": to_item(to_attributes(after))}
    return {"eventName": "MODIFY", "dynamodb": images}


@pytest.fixture
def checked(web: Web) -> Ping:
    """A ping whose source has just been checked."""
    web.answers["/re"] = web.link()
    return web.verify(web.add())


@pytest.mark.parametrize("status", [Status.PENDING, Status.APPROVED, Status.REJECTED, Status.SPAM])
def test_a_repeat_writes_nothing(web: Web, checked: Ping, status: Status) -> None:
    web.store.decide(checked.id, status, NOW)
    assert Writes(web.table).of(web.add) == 0


@pytest.mark.parametrize("status", [Status.REJECTED, Status.SPAM])
@pytest.mark.parametrize("texts", [{"title": "a  REPLY!"}, {"excerpt": "some-words"}])
def test_the_same_words_in_another_spelling_for_what_the_author_put_away_write_nothing(
    web: Web, checked: Ping, status: Status, texts: dict[str, str]
) -> None:
    web.store.decide(checked.id, status, NOW)
    assert Writes(web.table).of(lambda: web.add(**texts)) == 0


@pytest.mark.parametrize("status", [Status.REJECTED, Status.SPAM])
def test_other_texts_for_what_the_author_put_away_are_one_write_each_and_one_look_a_day(
    web: Web, checked: Ping, status: Status
) -> None:
    web.answers["/re"] = page("No link.")
    web.store.decide(checked.id, status, NOW)
    writes = Writes(web.table)
    assert writes.of(lambda: web.add(title="Other words")) <= 2
    assert writes.of(lambda: web.add(title="Other words")) == 0
    web.verify(checked)
    for title in ("Second", "Third", "Fourth"):
        assert writes.of(partial(web.add, title=title)) <= 4
        web.verify(checked)
    assert fetches(web) == 2


@pytest.mark.parametrize("status", [Status.PENDING, Status.APPROVED])
def test_the_first_other_texts_are_checked_at_once(web: Web, checked: Ping, status: Status) -> None:
    web.store.decide(checked.id, status, NOW)
    before = web.store.get(checked.id)
    web.add(title="First")
    assert needs_check(change(before, web.store.get(checked.id)))


@pytest.mark.parametrize("status", [Status.PENDING, Status.APPROVED])
def test_still_others_soon_after_a_check_wait_for_the_next(web: Web, checked: Ping, status: Status) -> None:
    web.store.decide(checked.id, status, NOW)
    web.add(title="First")
    before = web.verify(checked)
    for title in ("Second", "Third", "Second", "Third"):
        assert web.store.add(web.ping(title=title)) is Added.REVISED
    after = web.store.get(checked.id)
    assert not needs_check(change(before, after))
    assert after.revision
    assert (after.revision.title, after.due, after.check_at) == ("Third", Due.CHECK, SOON)
    assert web.store.due(NOW + CHECK_PAUSE, 9) == [checked.id]
    looked_at = web.verify(checked, CHECK_PAUSE)
    assert fetches(web) == 3
    assert not looked_at.needs_check
    assert looked_at.revision


def test_the_author_hears_of_other_texts_that_waited_for_their_check(web: Web, checked: Ping) -> None:
    web.store.decide(checked.id, Status.APPROVED, NOW)
    web.add(title="First")
    web.verify(checked)
    web.store.apply(revision_dismissed(web.store.get(checked.id)))
    web.add(title="Second")
    before = web.store.get(checked.id)
    assert event_of(change(before, web.verify(checked, CHECK_PAUSE))) is Event.PENDING


def test_other_texts_long_after_a_check_are_checked_at_once(web: Web) -> None:
    web.answers["/re"] = web.link()
    web.verify(web.add(), -2 * CHECK_PAUSE)
    before = web.verify(web.add(title="First"), -CHECK_PAUSE)
    web.add(title="Second")
    assert needs_check(change(before, web.store.get(before.id)))


def test_a_ping_that_the_check_put_away_twice_is_reopened_at_most_once_an_hour(web: Web) -> None:
    ping = web.add(post="/nothing/")
    assert web.verify(ping).status is Status.REJECTED
    web.add(post="/nothing/", title="First")
    assert web.verify(ping).status is Status.REJECTED
    for title in ("A reply", "Second", "Third"):
        web.add(post="/nothing/", title=title)
    after = web.store.get(ping.id)
    assert (after.status, after.needs_check, after.check_at) == (Status.RECEIVED, False, SOON)
    assert after.latest_texts.title == "Third"
    assert web.verify(ping, CHECK_PAUSE + timedelta(minutes=1)).status is Status.REJECTED

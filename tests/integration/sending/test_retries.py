"""A ping that has not arrived is retried when it is due, and one that has arrived never."""

import pytest
from werkzeug.wrappers import Response

from tests.integration.sending.conftest import MINUTE, NOW, Clock, Make, outcome
from tests.support.receivers import Web, post, refused, web
from trackback.model.sent_ping import GIVE_UP, PATIENCE, Ledger, SentPing, Stage
from trackback.sending.post_run import TIME_IS_UP
from trackback.sending.sender import GONE
from trackback.sending.throttle import BLOCKED


def test_what_was_refused_is_tried_again_only_if_asked_and_what_arrived_never(
    blog: Web, other: Web, sender: Make
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a", f"{other.url}/p/b")
    other.pages["/tb/a"] = refused("Sorry, closed.")
    for again in (False, False, True, True):
        assert outcome(sender().send(f"{blog.url}/post", retry=again))[0] == ("a", "refused")
    assert other.asked == {"GET /p/a": 3, "GET /p/b": 1, "POST /tb/a": 3, "POST /tb/b": 1}


def test_what_is_to_be_tried_later_is_tried_when_it_is_due(
    blog: Web, other: Web, sender: Make, clock: Clock, ledger: Ledger
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a", f"{other.url}/p/b", f"{other.url}/x")
    other.pages["/tb/a"] = Response("", 503, {"Retry-After": "3600"})
    sender().send(f"{blog.url}/post")
    for minutes, tries in ((0, 1), (59, 1), (60, 2), (61, 2), (121, 3)):
        clock.now = NOW + minutes * MINUTE
        sender().send_due()
        assert other.asked["POST /tb/a"] == tries
    del other.pages["/tb/a"]
    clock.now = NOW + GIVE_UP
    (report,) = sender().send_due()
    assert outcome(report)[0] == ("a", "accepted")
    assert other.asked["GET /x"] == other.asked["POST /tb/b"] == 1
    assert sender().send_due() == []
    assert all(record.stage is not Stage.LATER for record in ledger.every())


def after_days(sender: Make, clock: Clock, ledger: Ledger) -> SentPing:
    """Return the only record after four days of retries."""
    for _ in range(400):
        clock.now += 15 * MINUTE
        sender().send_due()
    (record,) = ledger.every()
    return record


def test_what_is_busy_for_two_days_has_failed(
    blog: Web, other: Web, sender: Make, clock: Clock, ledger: Ledger
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    other.pages["/tb/a"] = Response("", 500)
    sender().send(f"{blog.url}/post")
    record = after_days(sender, clock, ledger)
    assert (record.stage, record.attempts, other.asked["POST /tb/a"]) == (Stage.FAILED, 6, 6)
    assert "two days" in record.words


def test_a_page_that_never_answers_is_no_ping_that_failed(
    blog: Web, other: Web, sender: Make, clock: Clock, ledger: Ledger
) -> None:
    blog.pages["/post"] = post(f"{other.url}/busy")
    other.pages["/busy"] = Response("", 503)
    sender().send(f"{blog.url}/post")
    record = after_days(sender, clock, ledger)
    assert record.stage is Stage.NONE  # listed, and in no mail
    assert record.words == "its server answers 503, and it was tried for two days"


def test_what_is_due_and_linked_to_no_longer_is_dropped(
    blog: Web, other: Web, sender: Make, clock: Clock, ledger: Ledger
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    other.pages["/tb/a"] = Response("", 500)
    sender().send(f"{blog.url}/post")
    blog.pages["/post"] = post()
    clock.now += 15 * MINUTE
    sender().send_due()
    (record,) = ledger.every()
    assert (record.stage, record.words) == (Stage.DROPPED, GONE)
    assert other.asked["POST /tb/a"] == 1


@pytest.mark.parametrize(
    ("page", "stage", "of_post"),
    [(Response("", 410), Stage.DROPPED, Stage.FAILED), (Response("", 500), Stage.LATER, Stage.LATER)],
)
def test_what_is_due_waits_for_a_post_that_fails_and_goes_with_one_that_is_gone(
    blog: Web,
    other: Web,
    sender: Make,
    clock: Clock,
    ledger: Ledger,
    page: Response,
    stage: Stage,
    of_post: Stage,
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    other.pages["/tb/a"] = Response("", 500)
    sender().send(f"{blog.url}/post")
    blog.pages["/post"] = page
    clock.now += 15 * MINUTE
    assert sender().send_due() == []
    stages = {record.is_post_record: record.stage for record in ledger.every()}
    assert stages == {False: stage, True: of_post}
    blog.pages["/post"] = post(f"{other.url}/p/a")
    del other.pages["/tb/a"]
    clock.now += 15 * MINUTE
    sender().send_due()
    stages = {record.is_post_record: record.stage for record in ledger.every()}
    assert stages == ({False: stage, True: of_post} if stage is Stage.DROPPED else {False: Stage.ACCEPTED})


def test_what_is_due_brings_no_other_links_along(blog: Web, other: Web, sender: Make, clock: Clock) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    other.pages["/tb/a"] = Response("", 500)
    sender().send(f"{blog.url}/post")
    blog.pages["/post"] = post(f"{other.url}/p/a", f"{other.url}/p/b")
    clock.now += 15 * MINUTE
    sender().send_due()
    assert other.pinged() == ["a", "a"]


def test_a_site_that_asks_for_patience_again_and_again_is_left_alone(
    blog: Web, other: Web, sender: Make, clock: Clock
) -> None:
    with web() as third:
        links = [f"{other.url}/p/{n}" for n in range(6)]
        blog.pages["/post"] = post(*links, f"{third.url}/p/a")
        other.pages |= {f"/tb/{n}": Response("", 429) for n in range(1, 6)}
        report = sender().send(f"{blog.url}/post")
        assert [stage for _, stage in outcome(report)] == ["accepted", *["later"] * 5, "accepted"]
        assert other.pinged() == ["0", "1", "2", "3"]
        assert {step.record.words for step in report.steps[4:6]} == {BLOCKED}
        for n in range(1, 6):
            del other.pages[f"/tb/{n}"]
        clock.now += 15 * MINUTE
        (report,) = sender().send_due()
        assert {stage for _, stage in outcome(report)} == {"accepted"}
        assert third.pinged() == ["a"]


def test_what_the_time_does_not_suffice_for_is_sent_by_the_next_run(
    blog: Web, other: Web, sender: Make, clock: Clock
) -> None:
    blog.pages["/post"] = post(*(f"{other.url}/p/{n}" for n in range(4)))
    report = sender(time_is_up=lambda: len(other.pings) >= 2).send(f"{blog.url}/post")
    assert [stage for _, stage in outcome(report)] == ["accepted", "accepted", "later", "later"]
    assert report.steps[3].record.words == TIME_IS_UP
    assert sender(time_is_up=lambda: True).send_due() == []
    clock.now += 15 * MINUTE
    sender().send_due()
    assert other.pinged() == ["0", "1", "2", "3"]


@pytest.mark.parametrize("page", [post(), Response("", 410), Response("", 500)])
def test_a_run_that_died_is_told_of_whatever_has_become_of_its_post(
    blog: Web, other: Web, sender: Make, clock: Clock, ledger: Ledger, page: Response | str
) -> None:
    blog.pages["/post"] = page
    claim = SentPing(f"{blog.url}/post", f"{other.url}/p/a").claimed(f"{other.url}/tb/a", NOW)
    assert ledger.put(claim)
    clock.now += PATIENCE
    sender().send_due()
    assert ledger.find([claim.id])[claim.id].stage is Stage.UNCLEAR
    blog.pages["/post"] = post(f"{other.url}/p/a")
    clock.now += GIVE_UP
    sender().send_due()
    assert not other.pings


def test_the_age_of_a_claim_decides_whether_its_run_has_died(
    blog: Web, other: Web, sender: Make, clock: Clock, ledger: Ledger
) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    claim = SentPing(f"{blog.url}/post", f"{other.url}/p/a").claimed(f"{other.url}/tb/a", NOW)
    assert ledger.put(claim)
    assert outcome(sender().send(f"{blog.url}/post", retry=True)) == [("a", "claimed")]
    clock.now += PATIENCE
    assert outcome(sender().send(f"{blog.url}/post")) == [("a", "unclear")]
    assert not other.pings
    assert outcome(sender().send(f"{blog.url}/post", retry=True)) == [("a", "accepted")]
    assert outcome(sender().send(f"{blog.url}/post", retry=True)) == [("a", "accepted")]
    assert other.pinged() == ["a"]

"""A source that has gone, and one that cannot be reached."""

from datetime import UTC, datetime

import pytest

from tests.integration.conftest import BLOG, NOW, POST, Web
from tests.integration.lifecycle.conftest import DAY, approved, shown
from tests.support.websites import Answer, page, redirect, reset, silence
from trackback.cli.main import main
from trackback.cli.output import as_json
from trackback.model.ping import Status
from trackback.model.verdict import GONE_TIMES, Gone
from trackback.timestamps import stamp

GONE: list[tuple[str, Answer]] = [
    ("404", page("", "404 Not Found")),
    ("410", page("", "410 Gone")),
    ("without the link", page("<p>Nothing here any more.")),
]


@pytest.mark.parametrize("answer", [row[1] for row in GONE], ids=[row[0] for row in GONE])
def test_a_source_that_went_away_is_told_after_a_week_and_readers_still_see_its_ping(
    web: Web, answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    long_ago = datetime.now(UTC) - 60 * DAY
    ping = approved(web)
    web.answers["/re"] = answer
    for times, (day, again) in enumerate([(0, 1), (1, 4), (4, 8), (8, 38)], 1):
        if times <= GONE_TIMES:
            assert main(["list", "--disappeared", "--json"]) == 0
            assert capsys.readouterr().out == ""
        web.verifier.verify(ping.id, web.verifier.context(), long_ago + day * DAY)
        after = web.store.get(ping.id)
        assert after.link_missing == Gone(stamp(long_ago), times)
        assert after.check_at == stamp(long_ago + again * DAY)
    assert (after.status, shown(web)) == (Status.APPROVED, ["A reply"])
    assert main(["list", "--disappeared", "--json"]) == 0
    assert ping.id in capsys.readouterr().out
    assert main(["list"]) == 0
    assert f"not been found since {stamp(long_ago)[:10]}" in " ".join(capsys.readouterr().out.split())
    assert as_json(after)["gone"]


NOT_GONE: list[tuple[str, Answer]] = [
    ("500", page("", "500 Ouch")),
    ("403", page("", "403 No")),
    ("a reset", reset(b"HT")),
    ("silence", silence),
    ("a redirect to a private address", redirect("http://private.example/")),
    ("a redirect to an unknown name", redirect("http://unknown.example/")),
]


@pytest.mark.parametrize("answer", [row[1] for row in NOT_GONE], ids=[row[0] for row in NOT_GONE])
def test_a_source_that_cannot_be_reached_for_months_is_not_gone(web: Web, answer: Answer) -> None:
    ping = approved(web)
    web.verifier = web.new_verifier(seconds=0.5)
    web.answers["/re"] = answer
    for day in range(0, 200, 40):
        after = web.verify(ping, day * DAY)
        assert after.verdict
        assert (after.status, after.link_missing, after.verdict.link) == (
            Status.APPROVED,
            None,
            "unreachable",
        )
        assert after.check_at
    assert shown(web) == ["A reply"]


def test_a_look_that_failed_neither_counts_nor_clears(web: Web) -> None:
    ping = approved(web)
    for day, answer in ((1, GONE[0][1]), (2, NOT_GONE[0][1]), (3, NOT_GONE[1][1]), (4, GONE[1][1])):
        web.answers["/re"] = answer
        web.verify(ping, day * DAY)
    assert web.store.get(ping.id).link_missing == Gone(stamp(NOW + DAY), 2)


def test_a_link_that_is_back_is_no_longer_told_as_gone(web: Web) -> None:
    ping = approved(web)
    web.answers["/re"] = page("", "410 Gone")
    for day in (1, 4, 9):
        web.verify(ping, day * DAY)
    assert web.store.get(ping.id).link_missing
    web.answers["/re"] = web.link()
    after = web.verify(ping, 12 * DAY)
    assert (after.link_missing, after.check_at) == (None, stamp(NOW + 13 * DAY))


def test_what_was_approved_without_a_link_has_not_lost_one(web: Web) -> None:
    ping = approved(web, page("<p>No link, but kind words."))
    for day in (1, 4, 9):
        after = web.verify(ping, day * DAY)
        assert (after.link_missing, after.status) == (None, Status.APPROVED)
        assert after.check_at


def test_what_was_approved_without_a_link_can_still_go_away_and_come_back(web: Web) -> None:
    here = page("<p>No link, but kind words.")
    ping = approved(web, here)
    web.answers["/re"] = page("", "404 Not Found")
    web.verify(ping, DAY)
    web.answers["/re"] = page("", "503 Later")
    web.verify(ping, 2 * DAY)
    assert web.store.get(ping.id).link_missing == Gone(stamp(NOW + DAY), 1)
    web.answers["/re"] = here
    assert web.verify(ping, 3 * DAY).link_missing is None


def test_a_page_over_a_megabyte_whose_start_has_no_link_is_not_called_linkless(web: Web) -> None:
    web.answers["/re"] = page("<p>" + "much to say " * 100_000)
    verdict = web.verify(web.add()).verdict
    assert verdict
    assert (verdict.link, verdict.why) == (
        "unreachable",
        "the page is over 1 MB, its first has no link",
    )


@pytest.mark.usefixtures("slow_reading")
def test_a_page_that_takes_too_long_to_read_ends_in_a_verdict_and_in_few_further_checks(web: Web) -> None:
    web.answers["/re"] = page("<b>x" * 1_000 + f"<a href={web.url(POST, BLOG)}>here</a>")
    ping = web.add()
    due = []
    for _ in range(5):
        ping = web.verify(ping)
        due.append(ping.check_at != "")
    assert ping.verdict
    assert (ping.verdict.link, ping.verdict.why) == ("unreachable", "the page takes too long to read")
    assert due == [True, True, True, True, False]


@pytest.mark.usefixtures("slow_reading")
def test_a_link_before_the_point_at_which_reading_ends_counts(web: Web) -> None:
    web.answers["/re"] = page(f"<a href={web.url(POST, BLOG)}>here</a>" + "<b>x" * 1_000)
    verdict = web.verify(web.add()).verdict
    assert verdict
    assert (verdict.link, verdict.why) == ("found", "")

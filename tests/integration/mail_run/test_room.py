"""How many mails go out in a day, and which pings they show."""

from datetime import datetime, timedelta

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.integration.mail_run.conftest import ENDPOINT, HOUR, MINUTE, NOW, REFUSALS, SECOND, Author, shown
from tests.stack.aws import sent_mails
from trackback.model.verdict import LinkStatus
from trackback.notifications.mail_renderer import MOST_BYTES, MOST_SHOWN
from trackback.notifications.outbox_state import MOST, MOST_A_DAY, PAUSE


def test_the_mails_of_a_day_are_those_of_the_last_24_hours_also_after_midnight(author: Author) -> None:
    first = NOW - 23 * HOUR
    tried = [int(first.timestamp()) + n for n in range(MOST_A_DAY - 1)]
    author.table.put({"id": "mail#", "tried_at": tried})
    author.gets("First")
    assert len(author.mailed()) == 1
    author.gets("Second")
    assert len(author.mailed(2 * MINUTE)) == 1
    assert len(author.mailed(HOUR - SECOND)) == 1
    assert len(author.mailed(HOUR)) == 2
    author.gets("Third")
    assert len(author.mailed(HOUR + SECOND)) == 3  # the first of the day is a day ago


@pytest.mark.parametrize(
    ("fault", "counted"), [("SES refuses", 0), ("SES throttles", 0), ("SES does not answer", 1)]
)
def test_a_refused_mail_is_none_of_the_day_unless_it_may_have_been_sent(
    author: Author, fault: str, counted: int
) -> None:
    author.gets("First")
    REFUSALS[fault](author)
    author.mailed()
    assert len(author.record()["tried_at"]) == counted
    author.mailed(SECOND)
    assert len(author.record()["tried_at"]) == counted + 1


def test_a_mail_that_nobody_answers_for_is_repeated_no_more_often_than_a_day_has_mails(
    author: Author,
) -> None:
    author.gets("First")
    asked: list[datetime] = []

    def say_nothing(**_: object) -> None:
        asked.append(NOW)
        raise ReadTimeoutError(**ENDPOINT)

    author.ses.meta.events.register("before-send.sesv2.SendEmail", say_nothing)
    for n in range(100):
        author.mailed(n * SECOND)
    assert len(asked) == MOST_A_DAY


def test_mails_that_the_version_before_counted_still_count(author: Author) -> None:
    earlier = {"sent_at": "2026-11-24T23:00:00.000Z", "day": "2026-11-24", "mails": MOST_A_DAY}
    author.table.put({"id": "mail#", **earlier})
    author.gets("First")
    assert author.mailed(timedelta(seconds=-1)) == []
    assert len(author.mailed(2 * MINUTE)) == 1
    record = author.record()
    assert {"day", "mails"}.isdisjoint(record)
    assert len(record["tried_at"]) == MOST_A_DAY + 1


def test_genuine_pings_are_in_the_next_mail_whatever_else_comes_in(author: Author) -> None:
    genuine = [f"Genuine {n}" for n in range(37)]
    for n, title in enumerate(genuine):  # at one ping a second, as many noise as time allows in five minutes
        author.gets(*(f"Noise {7 * n + m}" for m in range(7)), link=LinkStatus.MISSING)
        author.gets(title)
    assert author.mailed() == [f"{37 * 8} TrackBacks wait for you"]
    assert [title for title in genuine if not shown(title)] == []


def test_promising_pings_for_which_a_mail_has_no_room_are_in_the_next_one(author: Author) -> None:
    for n in range(50):
        author.gets(f"Reply {n}", excerpt="日本語" * 166, blog_name="&<>" * 83)
    author.mailed()
    first = sum(shown(f"Reply {n}") for n in range(50))
    assert 0 < first < 50
    author.mailed(SECOND)
    assert len(sent_mails()) == 1
    for n in range(1, 4):
        author.mailed(n * PAUSE)
    assert [shown(f"Reply {n}") for n in range(50)] == [1] * 50
    assert all(len(str(mail.get_body(("html",))).encode()) < 2 * MOST_BYTES for mail in sent_mails())


def test_of_a_flood_beside_promising_pings_a_mail_says_one_sentence(author: Author) -> None:
    author.gets(*(f"Noise {n}" for n in range(MOST + 5)), link=LinkStatus.MISSING)
    author.gets(*(f"Reply {n}" for n in range(5)))
    assert author.mailed() == [f"{MOST + 10} TrackBacks wait for you"]
    assert sum(shown(f"Reply {n}") for n in range(5)) == 5
    assert sum(shown(f"Noise {n}") for n in range(MOST + 5)) == 0
    (mail,) = sent_mails()
    said = " ".join(str(mail.get_body(("plain",))).split())
    assert f"{MOST + 5} more TrackBacks. A sample of {MOST} is from " in said
    assert ": none links to you. Review them together: " in said


def test_of_few_others_a_mail_shows_each_behind_the_promising_ones(author: Author) -> None:
    author.gets("Noise", link=LinkStatus.MISSING)
    author.gets(*(f"Reply {n}" for n in range(MOST_SHOWN - 1)))
    author.mailed()
    assert shown("Noise") == 1

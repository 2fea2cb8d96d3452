"""A ping's whole life: sent again, looked at again, gone, decided, expired."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from tests import template
from tests.integration.conftest import NOW, POST, Web
from tests.websites import Answer, page, redirect, reset, silence
from trackback.cli.main import main
from trackback.cli.output import as_json
from trackback.errors import StatusChanged
from trackback.model.ping import Due, Ping, Status
from trackback.model.texts import Texts
from trackback.model.transitions import KEEP_UNWANTED, Change, postponed
from trackback.model.verdict import GONE_TIMES, Gone
from trackback.receiving.spam.rules import read_rule
from trackback.storage.pings import Added
from trackback.storage.settings import save_rules
from trackback.timestamps import stamp

DAY = timedelta(days=1)
SPAMMY = {
    "title": "[Trackback]",
    "excerpt": "[...] Here you will find 58213 more infos on that topic: x.example [...]",
}
DECIDED = [status for status in Status if status is not Status.RECEIVED]


def item(ping: Ping) -> Mapping[str, Any]:
    """Return a ping as the table holds it."""
    return boto3.client("dynamodb").get_item(TableName="trackback", Key={"id": {"S": ping.id}})["Item"]


def approved(web: Web, answer: Answer | None = None) -> Ping:
    """Return a ping that was looked at and approved at `NOW`."""
    web.answers["/re"] = answer or web.link()
    ping = web.add()
    web.verify(ping)
    web.store.decide(ping.id, Status.APPROVED, NOW)
    return web.store.get(ping.id)


def shown(web: Web) -> list[str]:
    """Return the titles that readers see."""
    return [ping.title for ping in web.store.approved(web.post_key, 50).pings]


def look_when_due(web: Web, ping: Ping) -> float:
    """Look at a ping when the schedule would; return how many days after `NOW` that is."""
    due = datetime.fromisoformat(web.store.get(ping.id).check_at)
    assert ping.id not in web.store.due(due - timedelta(seconds=1), 50)
    assert ping.id in web.store.due(due, 50)
    web.verify(ping, due - NOW)
    return (due - NOW) / DAY


def test_an_approved_text_stays_until_the_author_takes_the_new_one(web: Web) -> None:
    ping = approved(web)
    assert web.store.add(web.ping(title="Buy now", excerpt="Other words")) is Added.REVISED
    web.verify(ping)
    after = web.store.get(ping.id)
    assert (after.status, after.texts.title, shown(web)) == (Status.APPROVED, "A reply", ["A reply"])
    assert after.revision == Texts("Buy now", "Other words", "Other")
    web.store.decide(ping.id, Status.APPROVED, NOW)
    assert shown(web) == ["A reply"]
    web.store.decide(ping.id, Status.APPROVED, NOW, texts_hash=after.revision_hash)
    after = web.store.get(ping.id)
    assert (after.texts.title, after.texts.excerpt, after.revision) == ("Buy now", "Other words", None)
    assert shown(web) == ["Buy now"]
    assert web.store.counts([web.post_key]) == {web.post_key: 1}
    assert [entry.what for entry in after.history] == ["pending", "approved", "approved"]


@pytest.mark.parametrize("changed", ["title", "excerpt", "blog_name"])
@pytest.mark.parametrize("status", list(Status))
def test_other_texts_are_kept_beside_what_is_there_unless_it_is_unwanted(
    web: Web, status: Status, changed: str
) -> None:
    ping = web.add()
    if status is not Status.RECEIVED:
        web.store.decide(ping.id, status, NOW)
    before = web.store.get(ping.id)
    unwanted = status in {Status.REJECTED, Status.SPAM}
    outcome = web.store.add(web.ping(**{changed: "Something else"}))
    after = web.store.get(ping.id)
    assert outcome is (Added.REPEATED if unwanted else Added.REVISED)
    assert (after.status, after.texts, after.history) == (before.status, before.texts, before.history)
    assert after.revision == (None if unwanted else replace(ping.texts, **{changed: "Something else"}))


@pytest.mark.parametrize("revised", [False, True], ids=["as it is", "with a revision"])
@pytest.mark.parametrize("status", list(Status))
def test_the_same_again_changes_nothing(web: Web, status: Status, revised: bool) -> None:
    ping = web.add()
    if status is not Status.RECEIVED:
        web.store.decide(ping.id, status, NOW)
    texts = {"title": "Something else"} if revised else {}
    web.store.add(web.ping(**texts))
    before = item(ping)
    assert web.store.add(web.ping(**texts)) is Added.REPEATED
    assert item(ping) == before


def test_the_latest_of_several_revisions_waits(web: Web) -> None:
    ping = approved(web)
    for title in ("Second", "Third", "Fourth"):
        web.add(title=title)
    assert web.store.get(ping.id).latest_texts.title == "Fourth"
    assert shown(web) == ["A reply"]


@pytest.mark.parametrize("effect", ["allow", "block"])
def test_no_rule_touches_what_is_approved(web: Web, effect: str) -> None:
    ping = approved(web)
    save_rules(web.table, [read_rule(effect, "host", "other.example")], [])
    web.add(title="Another title")
    after = web.verify(ping)
    assert (after.status, after.texts.title, shown(web)) == (Status.APPROVED, "A reply", ["A reply"])
    assert after.revision


def test_spam_in_a_revision_is_told_and_touches_nothing(web: Web) -> None:
    ping = approved(web)
    web.add(**SPAMMY)
    after = web.verify(ping)
    assert after.verdict
    assert (after.status, shown(web)) == (Status.APPROVED, ["A reply"])
    assert "known template of spam" in " ".join(after.verdict.reason_texts)


def test_what_is_held_is_approved_with_the_words_that_the_author_names(web: Web) -> None:
    first, second = web.add("/1"), web.add("/2")
    for ping, path in ((first, "/1"), (second, "/2")):
        web.verify(ping)
        web.add(path, title="With a better title")
    web.store.decide(first.id, Status.APPROVED, NOW)
    web.store.decide(second.id, Status.APPROVED, NOW, texts_hash=web.store.get(second.id).revision_hash)
    assert sorted(shown(web)) == ["A reply", "With a better title"]


def test_a_revision_that_is_not_the_latest_is_not_taken(web: Web) -> None:
    ping = approved(web)
    web.store.add(web.ping(title="Kind words"))
    seen = web.store.get(ping.id).revision_hash
    web.store.add(web.ping(title="Buy now"))
    with pytest.raises(StatusChanged):
        web.store.decide(ping.id, Status.APPROVED, NOW, texts_hash=seen)
    assert shown(web) == ["A reply"]


def test_a_revision_that_is_sent_while_another_is_taken_stays(
    web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    ping = approved(web)
    web.store.add(web.ping(title="Kind words"))
    seen = web.store.get(ping.id)
    web.store.add(web.ping(title="Buy now"))
    monkeypatch.setattr(web.store, "get", lambda _: seen)
    with pytest.raises(StatusChanged):
        web.store.decide(ping.id, Status.APPROVED, NOW, texts_hash=seen.revision_hash)


def test_spam_in_a_revision_of_what_is_held_is_dropped_and_says_nothing_about_the_ping(web: Web) -> None:
    ping = web.add()
    web.verify(ping)
    web.add(**SPAMMY)
    after = web.verify(ping)
    assert (after.status, after.texts.title, after.revision) == (Status.PENDING, "A reply", None)


def test_who_pings_first_with_spam_keeps_no_genuine_ping_out(web: Web) -> None:
    web.answers["/re"] = web.link()
    spam = web.add(**SPAMMY)
    assert web.verify(spam).status is Status.SPAM
    assert web.store.add(web.ping(title="A reply")) is Added.REVISED
    after = web.verify(spam)
    assert (after.status, after.texts.title) == (Status.PENDING, "A reply")
    assert after.verdict
    assert after.verdict.link == "found"
    assert "expires_at" not in item(spam)


def test_what_is_put_away_is_never_due(web: Web) -> None:
    ping = web.add(host="unknown.example")
    web.verify(ping)
    assert web.store.due(NOW + 999 * DAY, 10) == [ping.id]
    save_rules(web.table, [read_rule("block", "host", "unknown.example")], [])
    assert web.verify(ping, DAY).status is Status.SPAM
    assert web.store.due(NOW + 999 * DAY, 10) == []


def test_what_a_rule_approves_is_shown_in_its_pages_words(web: Web) -> None:
    save_rules(web.table, [read_rule("allow", "host", "other.example")], [])
    web.answers["/re"] = web.link()
    ping = web.verify(web.add(title="The author is a crook", excerpt="Lies", blog_name="Friend"))
    assert (ping.status, ping.texts.title, ping.texts.blog_name) == (Status.APPROVED, "Mine", "other.example")
    assert "I read a post" in ping.texts.excerpt


def test_a_rule_approves_no_link_that_its_page_does_not_vouch_for(web: Web) -> None:
    save_rules(web.table, [read_rule("allow", "host", "other.example")], [])
    web.answers["/re"] = page(f"<a rel='ugc' href='{web.url(POST, 'blog.example')}'>a comment</a>")
    assert web.verify(web.add()).status is Status.PENDING


def test_a_decision_against_a_ping_survives_all_that_comes(web: Web) -> None:
    save_rules(web.table, [read_rule("allow", "host", "other.example")], [])
    web.answers["/re"] = web.link()
    for path, status in (("/re", Status.REJECTED), ("/re?2", Status.SPAM)):
        ping = web.add(path)
        web.store.decide(ping.id, status, NOW)
        before = item(ping)
        for title in ("A reply", "Second", "Third"):
            web.add(path, title=title)
            web.verify(ping)
        assert item(ping) == before


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


def test_the_history_tells_every_change_of_status_in_order(web: Web) -> None:
    ping = web.add()
    web.verify(ping)
    for hours, status in enumerate([Status.APPROVED, Status.REJECTED, Status.SPAM, Status.APPROVED], 1):
        web.store.decide(ping.id, status, NOW + timedelta(hours=hours), why="so be it")
        web.store.decide(ping.id, status, NOW + timedelta(hours=hours))
        web.verify(ping, timedelta(hours=hours))
    history = web.store.get(ping.id).history
    assert [(entry.at[11:13], entry.what, entry.by) for entry in history] == [
        ("00", "pending", "check"),
        ("01", "approved", "author"),
        ("02", "rejected", "author"),
        ("03", "spam", "author"),
        ("04", "approved", "author"),
    ]
    assert {entry.why for entry in history[1:]} == {"so be it"}


def test_the_history_is_short(web: Web) -> None:
    ping = web.add()
    for n in range(30):
        status = (Status.APPROVED, Status.REJECTED)[n % 2]
        web.store.decide(ping.id, status, NOW + timedelta(hours=n))
    history = web.store.get(ping.id).history
    assert len(history) == 20
    assert history[-1].at == stamp(NOW + timedelta(hours=29))


def test_unwanted_pings_expire_whoever_decided(web: Web) -> None:
    (table,) = template.load().resources("AWS::DynamoDB::Table").values()
    ttl = table["TimeToLiveSpecification"]["AttributeName"]
    save_rules(web.table, [read_rule("block", "host", "foe.example")], [])
    web.answers["/nowhere/"] = page("", "404 Not Found")
    by_rule, by_check = web.add(host="foe.example"), web.add("/x", "third.example", "/nowhere/")
    by_author, held = web.add("/a"), web.add("/b")
    for ping in (by_rule, by_check, held):
        web.verify(ping)
    web.store.decide(by_author.id, Status.SPAM, NOW)
    then = {"N": str(int((NOW + KEEP_UNWANTED).timestamp()))}
    assert [item(ping).get(ttl) for ping in (by_rule, by_check, by_author, held)] == [then, then, then, None]
    assert [web.store.get(ping.id).status for ping in (by_rule, by_check)] == [Status.SPAM, Status.REJECTED]


@pytest.mark.parametrize("status", DECIDED)
def test_no_decision_keeps_what_stands_for_the_sender(web: Web, status: Status) -> None:
    ping = web.add()
    assert item(ping)["sender"]
    web.store.decide(ping.id, status, NOW)
    assert "sender" not in item(ping)


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


def test_words_that_return_to_what_stands_there_leave_no_revision(web: Web) -> None:
    ping = web.add(title="One")
    web.store.decide(ping.id, Status.APPROVED, NOW)
    web.store.add(web.ping(title="Two"))
    web.store.add(web.ping(title="One"))
    assert web.store.get(ping.id).revision is None


def test_the_history_says_why_a_ping_was_put_away(web: Web) -> None:
    save_rules(web.table, [read_rule("block", "host", "other.example")], [])
    entry = web.verify(web.add()).history[-1]
    assert (entry.what, entry.by) == ("spam", "rule")
    assert entry.why == "Your rule “block host other.example” matches."


def test_what_is_put_off_does_not_wake_verification_by_itself(web: Web) -> None:
    ping = web.add(title="One")
    web.store.decide(ping.id, Status.APPROVED, NOW)
    web.store.add(web.ping(title="Two"))
    web.store.apply(postponed(web.store.get(ping.id), NOW + timedelta(minutes=1)))
    assert "unlooked" not in item(ping)
    assert web.store.due(NOW + timedelta(minutes=2), 10) == [ping.id]


def test_a_page_over_a_megabyte_whose_start_has_no_link_is_not_called_linkless(web: Web) -> None:
    web.answers["/re"] = page("<p>" + "much to say " * 100_000)
    verdict = web.verify(web.add()).verdict
    assert verdict
    assert (verdict.link, verdict.why) == (
        "unreachable",
        "the page is over 1 MB, its first has no link",
    )

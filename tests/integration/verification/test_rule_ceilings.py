"""A rule approves so many pings a day, and no more; what comes beyond waits for the author."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.integration.conftest import NOW, POST, Web
from tests.integration.verification.conftest import rule
from tests.support.units import KB, size
from tests.support.websites import page
from trackback.model.ping import Ping, Status
from trackback.model.rule_approvals import MOST_A_DAY, MOST_FOR_POST
from trackback.receiving.spam.rules import read_rule
from trackback.storage.settings import save_rules

FRIEND = "other.example"


def publish(web: Web, number: int, host: str = FRIEND, post: str = POST) -> Ping:
    """Publish a page about a post, and take its ping in."""
    web.answers[post] = page("<title>A post</title>")
    web.answers[f"/{number}"] = page(
        f"<title>Post {number}</title><p>See <a href='{web.url(post, 'blog.example')}'>this</a>."
    )
    return web.add(f"/{number}", host, post, title=f"Title {number}", excerpt=f"Excerpt {number}")


def many(web: Web, count: int, first: int = 0, after: timedelta = timedelta()) -> list[Ping]:
    """Check pings from pages of one host, each about a post of its own, slowly enough for its server."""
    found = []
    for index in range(count):
        web.verifier = web.new_verifier()  # which has counted no flood
        ping = publish(web, first + index, post=f"/2026/{first + index}/")
        found.append(web.verify(ping, after + timedelta(seconds=30 * index)))
    return found


def last_reason(ping: Ping) -> str:
    assert ping.verdict
    return ping.verdict.reason_texts[-1]


def test_a_rule_approves_twenty_pings_in_a_day(web: Web) -> None:
    rule(web.table, "allow", "host", FRIEND)
    pings = many(web, MOST_A_DAY + 2)
    assert [ping.status for ping in pings] == [Status.APPROVED] * 20 + [Status.PENDING] * 2
    assert last_reason(pings[-1]) == "It has approved 20 pings in 24 hours, its limit."
    assert many(web, 1, 30, timedelta(hours=23))[0].status is Status.PENDING
    assert many(web, 1, 40, timedelta(hours=24))[0].status is Status.APPROVED


def test_a_rule_approves_three_pings_for_one_post_in_a_day(web: Web) -> None:
    rule(web.table, "allow", "host", FRIEND)
    pings = [web.verify(publish(web, number)) for number in range(MOST_FOR_POST + 1)]
    assert [ping.status for ping in pings] == [Status.APPROVED] * 3 + [Status.PENDING]
    assert last_reason(pings[-1]) == "It has approved 3 pings for this post in 24 hours, its limit."
    assert web.verify(publish(web, 9), timedelta(days=1)).status is Status.APPROVED


def test_each_rule_has_a_ceiling_of_its_own(web: Web) -> None:
    save_rules(web.table, [read_rule("allow", "host", host) for host in (FRIEND, "third.example")], [])
    for number in range(3):
        web.verify(publish(web, number))
    assert web.verify(publish(web, 4, "third.example")).status is Status.APPROVED
    assert web.verify(publish(web, 5)).status is Status.PENDING


def test_the_ceiling_holds_when_many_environments_check_at_once(web: Web) -> None:
    rule(web.table, "allow", "host", FRIEND)
    pings = [publish(web, number) for number in range(6)]
    context = web.verifier.context()
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda ping: web.new_verifier().verify(ping.id, context, NOW), pings))
    assert web.store.counts([web.post_key]) == {web.post_key: MOST_FOR_POST}


def test_a_check_that_is_repeated_counts_once(web: Web) -> None:
    rule(web.table, "allow", "host", FRIEND)
    ping = publish(web, 0)
    for _ in range(5):
        web.verify(ping)
        web.store.decide(ping.id, Status.PENDING, NOW)
    others = [web.verify(publish(web, number)) for number in (1, 2)]
    assert [other.status for other in others] == [Status.APPROVED] * 2


@pytest.mark.parametrize("by", ["author", "nobody"])
def test_what_no_rule_approves_is_not_counted(web: Web, by: str) -> None:
    for number in range(4):
        ping = web.verify(publish(web, number))
        if by == "author":
            web.store.decide(ping.id, Status.APPROVED, NOW)
    rule(web.table, "allow", "host", FRIEND)
    assert web.verify(publish(web, 5)).status is Status.APPROVED


def test_the_count_takes_one_write_unit(web: Web) -> None:
    rule(web.table, "allow", "host", FRIEND)
    many(web, MOST_A_DAY)
    items = web.table.client.scan(TableName=web.table.name)["Items"]
    (counted,) = (item for item in items if item["id"]["S"].startswith("approvals#"))
    assert size(counted) < KB

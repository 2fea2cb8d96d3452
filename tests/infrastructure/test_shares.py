"""What strangers can ask for leaves the author and the readers their share of the table's ceilings."""

from datetime import UTC, datetime
from math import ceil

from tests.costs import deployment, measured
from tests.support import template
from tests.support.units import KB, size
from trackback.model.posts import MAX_KEY, Sites
from trackback.protocols.trackback.receive import read_ping
from trackback.storage.dynamodb import to_item
from trackback.storage.items import to_attributes
from trackback.urls import MAX_URL

ROUTES = {route.key: route.rate for route in deployment.load().routes}
BURSTS = template.load().resources("AWS::Serverless::HttpApi")["Api"]["RouteSettings"]
WRITES, READS = deployment.load().ceilings[0]
WORK = measured.load().work
WIDE = "\N{CJK UNIFIED IDEOGRAPH-2070E}".encode()
"""A character of four bytes."""


def largest_ping() -> int:
    """Return the write units of the largest form, for the longest post."""
    post = Sites("blog.example").find("blog.example/".ljust(MAX_KEY, "x"))
    form = {"title": WIDE * 300, "excerpt": WIDE * 600, "blog_name": WIDE * 300}
    form["url"] = b"https://other.example/".ljust(MAX_URL, b"x")
    ping = read_ping(post, form, "windows-1252".ljust(40, "x"), datetime.now(UTC), "0" * 16)
    return ceil(size(to_item(to_attributes(ping))) / KB)


def test_the_largest_pings_leave_the_author_a_fifth_of_the_write_units() -> None:
    assert largest_ping() == 8
    assert ROUTES["ANY /trackback/{post+}"] * largest_ping() <= 0.8 * WRITES


def test_a_flood_of_ordinary_pings_with_their_checks_takes_half_of_the_write_units() -> None:
    life = WORK("receive", "ping").writes + WORK("verify", "looked_at").writes + WORK("triage", "held").writes
    assert ROUTES["ANY /trackback/{post+}"] * life <= WRITES / 2


def test_counts_take_less_than_half_of_the_read_units_and_lists_still_fit() -> None:
    counts = ROUTES["GET /counts"] * WORK("serve", "counts").reads
    lists = ROUTES["GET /pings/{post+}"] * WORK("serve", "view").reads
    assert counts <= READS / 2
    assert counts + lists <= READS


def test_a_burst_of_counts_is_over_within_three_seconds_of_read_units() -> None:
    assert BURSTS["GET /counts"]["ThrottlingBurstLimit"] * WORK("serve", "counts").reads <= 3 * READS


def test_asking_for_sign_in_mails_uses_up_nothing_of_the_pages_and_mailed_links() -> None:
    assert ROUTES["POST /moderate/sign-in"] < ROUTES["ANY /moderate/{page+}"]
    assert BURSTS["POST /moderate/sign-in"]["ThrottlingBurstLimit"] <= 5

"""One page counts once for a post, under however many addresses it is pinged."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from tests.integration.conftest import NOW, POST, Web
from tests.integration.verification.conftest import rule
from tests.support import aws_faults as faults
from tests.support.units import KB, Item, size
from tests.support.websites import page, redirect
from trackback.model.ping import Ping, Status
from trackback.model.transitions import check_requested
from trackback.model.verdict import Verdict

FRIEND, PATH = "other.example", "/about-you"
ADDRESSES = [f"{PATH}?x={n}" for n in range(8)]


def linking(
    web: Web, title: str = "Mine", canonical: str = "", text: str = "I read {} today.", more: str = ""
) -> bytes:
    """Return a page that links to the post."""
    link = f"<a href='{web.url(POST, 'blog.example')}'>a post</a>"
    head = f"<title>{title}</title>" + (f"<link rel=canonical href='{canonical}'>" if canonical else "")
    return page(f"{head}<p>{text.format(link)}</p>{more}")


def serve(web: Web, *paths: str, **said: str) -> None:
    """Serve one page at several addresses."""
    web.answers |= {path: linking(web, **said) for path in paths}


def statuses(pings: list[Ping]) -> list[str]:
    return [str(ping.status) for ping in pings]


def checked(web: Web, *paths: str, host: str = FRIEND, **fields: str) -> list[Ping]:
    """Receive pings from addresses on a host, and check each before the next comes."""
    return [web.verify(web.add(path, host, **fields)) for path in paths]


def stored(web: Web, prefix: str) -> list[Item]:
    """Return the records of a kind."""
    items = web.table.client.scan(TableName=web.table.name)["Items"]
    return [item for item in items if item["id"]["S"].startswith(prefix)]


def verdict_of(ping: Ping) -> Verdict:
    assert ping.verdict
    return ping.verdict


def told(ping: Ping) -> str:
    """Return what the author is told about the ping last."""
    return verdict_of(ping).reason_texts[-1]


VARIANTS: list[tuple[str, dict[str, str], list[str]]] = [
    ("the same bytes", {}, ADDRESSES),
    ("a canonical address, other texts", {"canonical": PATH}, ADDRESSES),
    ("paths of its own", {}, [PATH, f"{PATH}/index.php/0", f"{PATH}/1", f"/{PATH}", f"{PATH};x=1"]),
    ("with and without parameters", {}, [PATH, *ADDRESSES]),
    ("without and with parameters", {}, [*ADDRESSES, PATH]),
]


@pytest.mark.parametrize(("said", "paths"), [row[1:] for row in VARIANTS], ids=[row[0] for row in VARIANTS])
def test_a_rule_shows_a_page_once_under_however_many_addresses_it_is_pinged(
    web: Web, said: dict[str, str], paths: list[str]
) -> None:
    rule(web.table, "allow", "host", FRIEND)
    for number, path in enumerate(paths):
        reflected = {"title": f"You asked for {number}", "text": f"{number}: {{}}."} if said else {}
        serve(web, path, **said, **reflected)
    first, *others = checked(web, *paths)
    assert first.status is Status.APPROVED
    assert set(statuses(others)) == {"pending"}
    assert len(web.store.approved(web.post_key, 50).pings) == 1
    for ping in others:
        assert told(ping) == f"This page is there already, as “{first.texts.title}”."
        assert verdict_of(ping).same_as == first.id
        assert not ping.comes_first


def test_volatile_text_elsewhere_on_a_page_makes_no_other_page_of_it(web: Web) -> None:
    rule(web.table, "allow", "host", FRIEND)
    for number, path in enumerate(ADDRESSES):
        serve(web, path, more=f"<p>You are visitor {number}.")
    assert statuses(checked(web, *ADDRESSES))[:3] == ["approved", "pending", "pending"]


def test_wildcard_subdomains_of_a_friend_are_one_site(web: Web) -> None:
    rule(web.table, "allow", "host", FRIEND)
    serve(web, PATH)
    pings = [web.verify(web.add(PATH, host)) for host in (FRIEND, f"a.{FRIEND}", f"b.a.{FRIEND}")]
    assert statuses(pings) == ["approved", "pending", "pending"]


def test_other_pages_of_a_friend_are_other_pages(web: Web) -> None:
    rule(web.table, "allow", "host", FRIEND)
    for number in range(3):
        serve(web, f"/?p={number}", title=f"Post {number}")
    assert statuses(checked(web, *(f"/?p={number}" for number in range(3)))) == ["approved"] * 3


def test_a_site_whose_every_page_calls_the_home_page_canonical_has_more_than_one_page(web: Web) -> None:
    rule(web.table, "allow", "host", FRIEND)
    for number in range(3):
        serve(web, f"/{number}", title=f"Post {number}", canonical="/")
    assert statuses(checked(web, "/0", "/1", "/2")) == ["approved"] * 3


def test_the_same_page_may_link_to_two_posts(web: Web) -> None:
    rule(web.table, "allow", "host", FRIEND)
    web.answers["/2026/other/"] = page("<title>Other</title>")
    links = "".join(
        f"<p><a href='{web.url(path, 'blog.example')}'>a post</a>" for path in (POST, "/2026/other/")
    )
    web.answers[PATH] = page(links)
    pings = [web.verify(web.add(PATH, post=post)) for post in (POST, "/2026/other/")]
    assert statuses(pings) == ["approved", "approved"]


@pytest.mark.parametrize("number", range(3))
def test_addresses_that_are_checked_at_the_same_moment_show_once(web: Web, number: int) -> None:
    rule(web.table, "allow", "host", FRIEND)
    serve(web, *ADDRESSES)
    pings = [web.add(path) for path in ADDRESSES[: 4 + number]]
    context = web.verifier.context()
    with ThreadPoolExecutor(len(pings)) as pool:
        list(pool.map(lambda ping: web.new_verifier().verify(ping.id, context, NOW), pings))
    shown = web.store.approved(web.post_key, 50)
    assert (len(shown.pings), shown.count) == (1, 1)


def test_a_claim_whose_approval_was_lost_holds_others_up_for_a_quarter_of_an_hour(web: Web) -> None:
    rule(web.table, "allow", "host", FRIEND)
    serve(web, *ADDRESSES)
    lost = web.add(ADDRESSES[0])
    faults.answer(web.table, "TransactWriteItems", 2, faults.error("InternalServerError"), status=500)
    with pytest.raises(ClientError):
        web.verify(lost)
    soon, later = (web.add(path) for path in ADDRESSES[1:3])
    assert told(web.verify(soon)) == "This page is pending already, as “A reply”."
    assert web.store.get(soon.id).status is Status.PENDING
    assert web.verify(later, after=timedelta(minutes=20)).status is Status.APPROVED
    assert web.verify(lost, after=timedelta(minutes=21)).status is Status.PENDING


def test_a_claim_whose_approval_was_lost_is_completed_by_the_next_attempt(web: Web) -> None:
    rule(web.table, "allow", "host", FRIEND)
    serve(web, PATH)
    ping = web.add(PATH)
    faults.answer(web.table, "TransactWriteItems", 2, faults.error("InternalServerError"), status=500)
    with pytest.raises(ClientError):
        web.verify(ping)
    assert web.verify(ping).status is Status.APPROVED


STRANGERS = [
    ("another site", "evil.example", "/copy", FRIEND, PATH),
    ("a neighbour on a shared host", "mastodon.example", "/@eve/1", "mastodon.example", "/@ann/1"),
]


@pytest.mark.parametrize("text", ["I read {} today.", "Buy {}."], ids=["a copy", "other words"])
@pytest.mark.parametrize(
    ("host", "copy", "friend", "path"), [row[1:] for row in STRANGERS], ids=[row[0] for row in STRANGERS]
)
def test_a_stranger_cannot_take_the_place_of_a_friends_page_by_calling_it_canonical(
    web: Web, host: str, copy: str, friend: str, path: str, text: str
) -> None:
    serve(web, copy, canonical=web.url(path, friend), text=text)
    serve(web, path)
    web.store.decide(checked(web, copy, host=host)[0].id, Status.APPROVED, NOW)
    rule(web.table, "allow", "path" if "@" in path else "host", friend + path if "@" in path else friend)
    (ping,) = checked(web, path, host=friend)
    assert (ping.status, verdict_of(ping).same_as) == (Status.APPROVED, "")


@pytest.mark.parametrize(
    ("host", "copy", "friend", "path"), [row[1:] for row in STRANGERS], ids=[row[0] for row in STRANGERS]
)
def test_a_strangers_page_is_not_taken_for_the_friends_page_that_it_calls_canonical(
    web: Web, host: str, copy: str, friend: str, path: str
) -> None:
    serve(web, path)
    serve(web, copy, canonical=web.url(path, friend))
    web.store.decide(checked(web, path, host=friend)[0].id, Status.APPROVED, NOW)
    (ping,) = checked(web, copy, host=host)
    assert (ping.status, verdict_of(ping).same_as, ping.comes_first) == (Status.PENDING, "", True)


def test_a_page_of_the_same_site_cannot_take_the_place_of_the_one_that_it_calls_canonical(web: Web) -> None:
    serve(web, "/amp", canonical=PATH, title="Buy", text="Buy {}.")
    serve(web, PATH)
    web.store.decide(checked(web, "/amp")[0].id, Status.APPROVED, NOW)
    rule(web.table, "allow", "host", FRIEND)
    assert statuses(checked(web, PATH)) == ["approved"]


def test_a_stranger_who_redirects_to_a_friends_page_neither_takes_its_place_nor_shows_it_again(
    web: Web,
) -> None:
    rule(web.table, "allow", "host", FRIEND)
    serve(web, PATH)
    web.answers |= {path: redirect(web.url(PATH, FRIEND)) for path in ("/early", "/late")}
    (early,) = checked(web, "/early", host="evil.example")
    (friends,) = checked(web, PATH)
    (late,) = checked(web, "/late", host="evil.example")
    assert statuses([early, friends, late]) == ["pending", "approved", "pending"]
    assert told(late) == "This page is there already, as “Mine”."


def test_a_stranger_who_pings_a_friends_page_first_with_words_that_no_rule_trusts_holds_it_up_nowhere(
    web: Web,
) -> None:
    rule(web.table, "allow", "host", FRIEND)
    serve(web, *ADDRESSES, PATH)
    words = {"title": "<a href='https://pills.example/'>Pills</a>", "excerpt": "http://a.example"}
    (first,) = checked(web, ADDRESSES[0], **words)
    (friends,) = checked(web, PATH)
    assert statuses([first, friends]) == ["pending", "approved"]
    assert friends.texts.title == "Mine"


@pytest.mark.parametrize("status", [Status.REJECTED, Status.SPAM])
def test_a_page_that_the_author_takes_back_is_not_shown_again_under_another_address(
    web: Web, status: Status
) -> None:
    rule(web.table, "allow", "host", FRIEND)
    serve(web, *ADDRESSES)
    (first,) = checked(web, ADDRESSES[0])
    web.store.decide(first.id, status, NOW)
    (second,) = checked(web, ADDRESSES[1])
    assert second.status is Status.PENDING
    assert told(second) == "You have turned this page down already, as “Mine”."


def test_words_that_the_author_turned_down_do_not_turn_their_page_down(web: Web) -> None:
    serve(web, *ADDRESSES, PATH)
    (first,) = checked(web, ADDRESSES[0], title="Pills")
    web.store.decide(first.id, Status.SPAM, NOW)
    rule(web.table, "allow", "host", FRIEND)
    assert statuses(checked(web, PATH)) == ["approved"]


TWICE = [
    ("a redirect, the page first", ["/new", "/old"]),
    ("a redirect, the page last", ["/old", "/new"]),
    ("a canonical address, the page first", ["/new", "/print"]),
    ("a canonical address, two others", ["/print", "/amp"]),
    ("parameters", ["/new?a=1", "/new?b=2"]),
]


@pytest.mark.parametrize("approved", [True, False], ids=["approved", "pending"])
@pytest.mark.parametrize("paths", [row[1] for row in TWICE], ids=[row[0] for row in TWICE])
def test_the_author_is_told_under_which_title_a_page_is_there_already(
    web: Web, paths: list[str], approved: bool
) -> None:
    serve(web, "/new", "/new?a=1", "/new?b=2")
    serve(web, "/print", canonical="/new", title="Print me")
    serve(web, "/amp", canonical="/new", title="Faster")
    web.answers["/old"] = redirect(web.url("/new"))
    (first,) = checked(web, paths[0], title="My own title")
    if approved:
        web.store.decide(first.id, Status.APPROVED, NOW)
    (second,) = checked(web, paths[1])
    where = "there" if approved else "pending"
    assert told(second) == f"This page is {where} already, as “My own title”."
    assert (second.status, verdict_of(second).same_as) == (Status.PENDING, first.id)
    assert second.comes_first is not approved


def test_further_addresses_of_one_page_from_one_sender_are_not_looked_at(web: Web) -> None:
    serve(web, *ADDRESSES, "/about-you?y=1", "/other?x=1")
    *looked_at, _, _, _, _, last = checked(web, *ADDRESSES)
    before = len(web.asked())
    assert [verdict_of(ping).link for ping in looked_at] == ["found"] * 3
    assert (last.status, verdict_of(last).link, last.check_at) == (Status.PENDING, "unreachable", "")
    assert (told(last), verdict_of(last).same_as) == (
        "This page is pending already, as “A reply”.",
        looked_at[0].id,
    )
    checked(web, "/about-you?y=1", "/other?x=1")
    assert len(web.asked()) == before + 2
    assert web.asked().count(PATH) + sum(path.startswith(f"{PATH}?x") for path in web.asked()) == 3


def test_an_address_that_was_not_looked_at_is_when_the_author_asks(web: Web) -> None:
    serve(web, *ADDRESSES)
    last = checked(web, *ADDRESSES)[-1]
    web.store.apply(check_requested(last))
    assert verdict_of(web.verify(last)).link == "found"


def test_another_senders_ping_of_such_an_address_is_looked_at(web: Web) -> None:
    serve(web, *ADDRESSES)
    checked(web, *ADDRESSES[:6])
    theirs = replace(web.ping(ADDRESSES[6]), client_hash="someone else")
    web.store.add(theirs)
    assert verdict_of(web.verify(theirs)).link == "found"


def test_a_friend_whose_permalinks_are_parameters_is_not_taken_for_one_page(web: Web) -> None:
    serve(web, "/?p=5", "/?p=5a", "/?p=5b", "/?p=5c", title="Five")
    serve(web, "/?p=77", title="Seventy-seven")
    checked(web, "/?p=5", "/?p=5a", "/?p=5b", "/?p=5c")
    friends = replace(web.ping("/?p=77"), client_hash="the friend's own server")
    web.store.add(friends)
    found = web.verify(friends)
    assert (verdict_of(found).link, verdict_of(found).same_as) == ("found", "")


def test_what_is_known_of_an_accounts_pages_stays_small(web: Web) -> None:
    rule(web.table, "allow", "text", "some words")
    for number in range(30):
        serve(web, f"/{number}?x=1", f"/{number}?x=2", title=f"Post {number}")
        checked(web, f"/{number}?x=1", f"/{number}?x=2")
    sizes = [size(item) for item in stored(web, "page#")]
    assert len(sizes) == 1
    assert max(sizes) < KB

"""Rules and spam policy decide, before or after the source is fetched."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.integration.conftest import NOW, POST, SENDER, Web
from tests.integration.verification.conftest import SOURCE, rule
from tests.support.websites import Answer, page, redirect
from trackback.model.ping import Status
from trackback.model.settings import Settings
from trackback.receiving.spam.rules import read_rule
from trackback.storage.settings import save_rules, save_settings

UNSEEN = [
    ("a block rule", ("block", "host", "other.example"), {}, "Your rule “block host other.example”", "rule"),
    ("a blocked text", ("block", "text", "Cheap"), {"title": "CHEAP pills"}, "Your rule “block text", "rule"),
    (
        "a known template with more",
        None,
        {"title": "[Trackback]", "excerpt": "[...] Here you will find 58213 more infos on that topic"},
        "just “[Trackback]”",
        "check",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "fields", "reason", "by"), [row[1:] for row in UNSEEN], ids=[row[0] for row in UNSEEN]
)
def test_what_is_blocked_or_certain_spam_is_told_so_without_a_fetch(
    web: Web, words: tuple[str, ...] | None, fields: dict[str, str], reason: str, by: str
) -> None:
    if words:
        rule(web.table, *words)
    web.answers[SOURCE] = web.link()
    ping = web.verify(web.add(**fields))
    assert (web.server.connections, ping.status) == (0, Status.SPAM)
    assert ping.verdict
    assert reason in ping.verdict.reasons[0].text
    assert ping.verdict.link == "unreachable"
    assert ping.verdict.http_status is None
    assert (ping.history[-1].what, ping.history[-1].by) == ("spam", by)
    assert [found.id for found in web.store.pings(Status.SPAM)] == [ping.id]


def test_an_allow_rule_approves_what_links_here(web: Web) -> None:
    rule(web.table, "allow", "host", "other.example")
    web.answers[SOURCE] = web.link()
    ping = web.verify(web.add())
    assert ping.status is Status.APPROVED
    assert ping.verdict
    assert ping.verdict.reasons[0].text == "Your rule “allow host other.example” matches."
    assert [(entry.what, entry.by) for entry in ping.history] == [("approved", "rule")]
    page_of_post = web.store.approved(web.post_key, 50)
    assert page_of_post.count == 1
    assert [(shown.id, shown.verified) for shown in page_of_post.pings] == [(ping.id, True)]


@pytest.mark.parametrize(
    ("answer", "host"),
    [
        (page("Nothing."), "other.example"),
        (page("", "500 Ouch"), "other.example"),
        (redirect("http://private.example/"), "other.example"),
        (page("", "404 Gone"), "other.example"),
        (None, "notother.example"),
    ],
    ids=["no link", "500", "redirect to a private address", "404", "another host"],
)
def test_an_allow_rule_approves_nothing_that_does_not_link(web: Web, answer: bytes | None, host: str) -> None:
    rule(web.table, "allow", "host", "other.example")
    web.answers[SOURCE] = answer or web.link()
    ping = web.verify(web.add(host=host))
    assert ping.status is Status.PENDING
    assert web.store.approved(web.post_key, 50).count == 0


@pytest.mark.parametrize(
    ("around", "link", "said"),
    [
        ("<div class=comment><p>{}</div>", "found", "The link stands in a comment."),
        (
            "<aside>{}</aside>",
            "found",
            "The link stands beside the page's text: in a sidebar, a menu or a footer.",
        ),
        ("<div style='display:none'>{}</div>", "missing", "The link is hidden from readers."),
    ],
    ids=["a comment", "an aside", "a hidden element"],
)
def test_a_link_that_is_not_the_pages_own_proves_nothing_to_a_rule_and_is_named(
    web: Web, around: str, link: str, said: str
) -> None:
    rule(web.table, "allow", "host", "other.example")
    link_to_post = f"Buy <a href='{web.url(POST, 'blog.example')}'>pills</a> now."
    web.answers[SOURCE] = page(f"<article>A friend's text.</article>{around.format(link_to_post)}")
    ping = web.verify(web.add())
    assert (ping.status, ping.texts.excerpt, ping.comes_first) == (Status.PENDING, "Some words", False)
    assert ping.verdict
    assert ping.verdict.link == link
    assert said in ping.verdict.reason_texts
    assert "Your rule “allow host other.example” matches." in ping.verdict.reason_texts


def test_a_link_in_the_text_counts_whatever_a_commenter_links_to(web: Web) -> None:
    rule(web.table, "allow", "host", "other.example")
    href = web.url(POST, "blog.example")
    comment = f"<div class=comments><p>Buy <a href='{href}'>pills</a> now.</div>"
    web.answers[SOURCE] = page(f"{comment}<p>I read <a href='{href}'>a post</a>.{comment}")
    ping = web.verify(web.add())
    assert (ping.status, ping.texts.excerpt) == (Status.APPROVED, "I read a post.")


def test_a_friend_whose_redirect_leads_elsewhere_is_held(web: Web) -> None:
    rule(web.table, "allow", "host", "other.example")
    web.answers |= {SOURCE: redirect(web.url("/theirs", "evil.example")), "/theirs": web.link()}
    assert web.verify(web.add()).status is Status.PENDING


PUT_AWAY: list[tuple[str, str, str, Callable[[Web], Answer]]] = [
    ("before a look", POST, "Cheap pills", lambda web: web.link()),
    ("after a look", POST, "A reply", lambda web: redirect(web.url("/theirs", "foe.example"))),
    ("without a post", "/nowhere/", "A reply", lambda web: web.link("/nowhere/")),
]


@pytest.mark.parametrize("days", [7, 365])
@pytest.mark.parametrize(
    ("post", "title", "answer"), [row[1:] for row in PUT_AWAY], ids=[row[0] for row in PUT_AWAY]
)
def test_what_is_put_away_is_kept_for_as_long_as_the_author_says(
    web: Web, post: str, title: str, answer: Callable[[Web], Answer], days: int
) -> None:
    save_settings(web.table, Settings(keep_days=days), Settings())
    rules = [read_rule("block", "host", "foe.example"), read_rule("block", "text", "cheap pills")]
    save_rules(web.table, rules, [])
    web.answers |= {SOURCE: answer(web), "/theirs": web.link(), "/nowhere/": page("", "404 Gone")}
    ping = web.verify(web.add(post=post, title=title))
    assert ping.status in {Status.REJECTED, Status.SPAM}
    key = {"id": {"S": ping.id}}
    item = web.table.client.get_item(TableName=web.table.name, Key=key)["Item"]
    assert item["expires_at"] == {"N": str(int((NOW + timedelta(days=days)).timestamp()))}


@pytest.mark.parametrize("looked_at", [True, False], ids=["held", "just received"])
def test_a_revision_that_its_page_makes_spam_is_dropped_and_leaves_the_ping_that_was_there(
    web: Web, looked_at: bool
) -> None:
    web.answers[SOURCE] = page("No link.")  # two points, beside the eight of the revision
    ping = web.add()
    if looked_at:
        assert web.verify(ping).status is Status.PENDING
    web.add(excerpt="There you will find 58213 more infos")
    before = len(web.asked())
    after = web.verify(ping)
    assert web.asked()[before:].count(SOURCE) == 1
    assert (after.status, after.texts, after.revision) == (Status.PENDING, ping.texts, None)
    assert after.verdict
    assert (after.verdict.link, after.verdict.score) == ("missing", 2)
    other = web.verify(web.add(SOURCE, "else.example", excerpt="There you will find 58213 more infos"))
    assert other.status is Status.SPAM


def test_the_sender_is_known_by_a_hash_until_the_verdict_only(web: Web) -> None:
    ping = web.add()
    assert web.store.get(ping.id).client_hash == SENDER != ""
    web.answers[SOURCE] = web.link()
    assert web.verify(ping).client_hash == ""


def test_many_pings_of_one_sender_are_told_as_such(web: Web) -> None:
    for n in range(25):
        last = web.verify(web.add(f"/{n}", f"blog{n}.example", title=f"Title {chr(97 + n)}", excerpt="Word"))
    assert last.verdict
    assert "24 other pings came from the same sender within ten minutes." in last.verdict.reason_texts

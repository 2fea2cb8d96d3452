"""A ping that is sent again, with the same texts or others."""

from dataclasses import replace

import pytest

from tests.integration.conftest import NOW, Web
from tests.integration.lifecycle.conftest import approved, item, shown
from trackback.errors import StatusChanged
from trackback.model.ping import Status
from trackback.model.texts import Texts
from trackback.storage.pings import Added

SPAMMY = {
    "title": "[Trackback]",
    "excerpt": "[...] Here you will find 58213 more infos on that topic: x.example [...]",
}


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
def test_other_texts_are_kept_beside_what_is_there(web: Web, status: Status, changed: str) -> None:
    ping = web.add()
    if status is not Status.RECEIVED:
        web.store.decide(ping.id, status, NOW)
    before = web.store.get(ping.id)
    assert web.store.add(web.ping(**{changed: "Something else"})) is Added.REVISED
    after = web.store.get(ping.id)
    assert (after.status, after.texts, after.history) == (before.status, before.texts, before.history)
    assert after.revision == replace(ping.texts, **{changed: "Something else"})


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


def test_words_that_stand_there_already_take_no_later_ones_away(web: Web) -> None:
    ping = web.add(title="One")
    web.store.decide(ping.id, Status.APPROVED, NOW)
    web.store.add(web.ping(title="Two"))
    assert web.store.add(web.ping(title="One")) is Added.REPEATED
    assert web.store.get(ping.id).latest_texts.title == "Two"

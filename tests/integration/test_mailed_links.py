"""The links of mails: they show first, act on a press, once, and about the words of their mail alone."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from functions.moderate import app
from tests.support.admin_client import NO_PING, QUEUE, Visitor, Waiting, mailed, now, reopen, revise
from tests.support.events import FORM, Context, http_event
from tests.support.same_name import NASTY, NICE
from trackback.model.ping import Ping, Status
from trackback.model.settings import Notify
from trackback.model.texts import Texts
from trackback.receiving.spam.training import learn, load_words
from trackback.signing import Action, MailLink, write_link, write_session
from trackback.storage.pings import PingStore
from trackback.storage.settings import load_settings
from trackback.storage.table import Table


@pytest.mark.parametrize(
    ("action", "status", "words"),
    [
        (Action.APPROVE, Status.APPROVED, "Approved"),
        (Action.REJECT, Status.REJECTED, "Rejected"),
        (Action.SPAM, Status.SPAM, "Marked as spam"),
    ],
)
def test_a_link_shows_first_and_acts_on_a_press(
    stranger: Visitor, store: PingStore, waiting: Waiting, action: Action, status: Status, words: str
) -> None:
    ping = waiting(title="What the mail was about")
    link = mailed(ping, action)
    assert "What the mail was about" in stranger.read(link)
    assert store.get(ping.id) == ping
    done = stranger.post(link)
    assert done["statusCode"] == 200
    assert f"<h1>{words}</h1>" in done["body"]
    assert f'href="/moderate/ping/{ping.id}"' in done["body"]
    assert store.get(ping.id).status is status
    again = stranger.post(link)
    assert (again["statusCode"], f"{words} already" in again["body"]) == (409, True)
    assert len(store.get(ping.id).history) == len(ping.history) + 1


def test_who_is_signed_in_may_undo_right_where_a_link_has_led(author: Visitor, waiting: Waiting) -> None:
    assert 'value="undo"' in author.post(mailed(waiting()))["body"]
    assert 'value="undo"' not in Visitor().post(mailed(waiting()))["body"]


def test_a_link_about_what_was_decided_otherwise_says_so(
    stranger: Visitor, store: PingStore, waiting: Waiting
) -> None:
    ping = waiting()
    store.decide(ping.id, Status.SPAM, now())
    assert "Decided otherwise meanwhile" in stranger.read(mailed(ping))
    assert stranger.post(mailed(ping))["statusCode"] == 409
    assert store.get(ping.id).status is Status.SPAM


def test_a_link_about_words_that_have_changed_since_says_so(
    stranger: Visitor, store: PingStore, waiting: Waiting
) -> None:
    ping = waiting(title="Nice words")
    later = reopen(store, ping, "BUY PILLS")
    for link in (mailed(ping), mailed(ping, Action.REJECT), mailed(ping, Action.SPAM)):
        assert "There are other words by now" in stranger.read(link)
        assert stranger.post(link)["statusCode"] == 409
    assert store.get(ping.id) == later


@pytest.mark.parametrize(
    ("action", "status"),
    [
        (Action.APPROVE, Status.APPROVED),
        (Action.REJECT, Status.REJECTED),
        (Action.SPAM, Status.SPAM),
    ],
)
def test_a_link_about_first_words_shows_and_decides_about_these_once_others_were_sent(
    stranger: Visitor, store: PingStore, waiting: Waiting, action: Action, status: Status
) -> None:
    ping = waiting(title="First")
    link = mailed(ping, action)
    revise(store, ping, "Words that nobody has read")
    shown = stranger.read(link)
    assert "This is about what was sent first" in shown
    assert "Words that nobody has read" not in shown
    assert stranger.post(link)["statusCode"] == 200
    assert (store.get(ping.id).status, store.get(ping.id).texts.title) == (status, "First")


def test_a_link_about_later_words_of_what_is_held_approves_these(
    stranger: Visitor, store: PingStore, waiting: Waiting
) -> None:
    ping = revise(store, waiting(title="First"))
    stranger.post(mailed(ping))
    assert (store.get(ping.id).status, store.get(ping.id).texts.title) == (Status.APPROVED, "Later words")


@pytest.mark.parametrize(("action", "title"), [(Action.APPROVE, "Later words"), (Action.REJECT, "First")])
def test_a_link_about_new_words_of_what_readers_see_decides_about_these(
    stranger: Visitor, store: PingStore, waiting: Waiting, action: Action, title: str
) -> None:
    ping = waiting(title="First")
    store.decide(ping.id, Status.APPROVED, now())
    stranger.post(mailed(revise(store, store.get(ping.id)), action))
    known = store.get(ping.id)
    assert (known.status, known.texts.title, known.revision) == (Status.APPROVED, title, None)


def test_a_link_that_marks_new_words_as_spam_leaves_what_readers_see(
    stranger: Visitor, table: Table, store: PingStore, waiting: Waiting
) -> None:
    ping = waiting(title="Gardens")
    store.decide(ping.id, Status.APPROVED, now())
    link = mailed(revise(store, store.get(ping.id), "Pills"), Action.SPAM)
    assert "Mark its new words as spam?" in stranger.read(link)
    stranger.post(link)
    known = store.get(ping.id)
    assert (known.status, known.texts.title, known.revision) == (Status.APPROVED, "Gardens", None)
    learn(table, now())
    words = load_words(table)
    assert (words.counts["pills"], words.counts["gardens"]) == ((1, 0), (0, 1))


def spoken(ping: Ping, texts: Texts) -> Ping:
    """Return a ping with other words, as it is sent."""
    return replace(ping, texts=texts, status=Status.RECEIVED, revision=None)


@pytest.fixture
def nice(store: PingStore, waiting: Waiting) -> Ping:
    """A ping that readers see, with later words that wait for the author."""
    ping = waiting(title="First")
    store.decide(ping.id, Status.APPROVED, now())
    store.add(spoken(ping, NICE))
    return store.get(ping.id)


def test_a_link_shows_nobody_other_words_with_the_same_short_name(
    stranger: Visitor, store: PingStore, nice: Ping
) -> None:
    link = mailed(nice)
    stranger.read(link)
    store.add(spoken(nice, NASTY))
    answer = stranger.post(link)
    assert answer["statusCode"] == 409
    assert "There are other words by now" in answer["body"]
    assert f"<ins>{NASTY.title}</ins>" in re.sub(r"\n\s*", "", answer["body"])
    assert store.get(nice.id).texts.title == "First"


def old_link(ping: Ping, action: Action = Action.APPROVE) -> str:
    """Return the path of a link as the versions before December 2026 mailed it."""
    link = MailLink(action, ping.id, ping.latest_texts.short_hash)
    return f"{QUEUE}/link/{write_link(app.services.keys.load(now()), link, now())}"


def asked_about(page: str) -> str:
    """Return the name of the words that a link's page asks about."""
    found = re.search(r'name="words" value="(\w+)"', page)
    return found[1] if found else ""


def test_a_link_of_an_older_version_asks_about_the_words_that_it_shows(
    stranger: Visitor, store: PingStore, nice: Ping
) -> None:
    link = old_link(nice)
    shown = stranger.read(link)
    assert "older version" in shown
    assert NICE.title in re.sub(r"\n\s*", "", shown)
    again = stranger.post(link)
    assert (again["statusCode"], asked_about(again["body"])) == (409, NICE.hash)
    assert store.get(nice.id) == nice
    assert stranger.post(link, {"words": asked_about(shown)})["statusCode"] == 200
    assert store.get(nice.id).texts == NICE


def test_a_link_of_an_older_version_takes_no_words_that_its_page_did_not_show(
    stranger: Visitor, store: PingStore, nice: Ping
) -> None:
    link = old_link(nice)
    shown = stranger.read(link)
    store.add(spoken(nice, NASTY))
    answer = stranger.post(link, {"words": asked_about(shown)})
    assert (answer["statusCode"], asked_about(answer["body"])) == (409, NASTY.hash)
    assert store.get(nice.id).texts.title == "First"


def test_a_link_of_an_older_version_that_may_mean_two_texts_decides_about_none(
    stranger: Visitor, store: PingStore, waiting: Waiting
) -> None:
    ping = waiting(title=NICE.title, excerpt=NICE.excerpt, blog_name=NICE.blog_name)
    link = old_link(ping)
    store.add(spoken(ping, NASTY))
    assert "There are other words by now" in stranger.read(link)
    for words in (NICE.hash, NASTY.hash, ""):
        assert stranger.post(link, {"words": words})["statusCode"] == 409
    assert store.get(ping.id).status is Status.PENDING


def test_links_that_are_no_good_say_what_to_do(stranger: Visitor, store: PingStore, waiting: Waiting) -> None:
    ping = waiting()
    good = mailed(ping)
    cases = {
        mailed(ping, age=timedelta(days=15)): 410,
        good.replace("approve.", "spam."): 400,
        good[:-10]: 400,
        f"{QUEUE}/link/\u202e": 404,
        mailed(replace(ping, id=NO_PING)): 404,
        f"{QUEUE}/link/{write_session(app.services.keys.load(now()), 'x', now())}": 400,
    }
    for link, status in cases.items():
        for answer in (stranger.get(link), stranger.post(link)):
            assert answer["statusCode"] == status
            assert 'class="button" href="/moderate' in answer["body"]
    assert store.get(ping.id) == ping


def test_a_mail_program_can_stop_the_mails(stranger: Visitor, table: Table, waiting: Waiting) -> None:
    link = mailed(waiting(), Action.MUTE)
    assert "Stop emails" in stranger.read(link)
    assert load_settings(table).notify is Notify.EACH
    event = http_event("POST", link, headers={"content-type": FORM}, body=b"List-Unsubscribe=One-Click")
    answer = app.handler(event, Context())  # type: ignore[arg-type]
    assert answer["statusCode"] == 200
    assert load_settings(table).notify is Notify.NONE
    assert stranger.post(link)["statusCode"] == 200

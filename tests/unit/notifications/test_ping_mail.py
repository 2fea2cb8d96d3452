"""What a mail says of a ping, and that a stranger's words never pass for ours."""

from dataclasses import replace
from typing import Any

import pytest

from trackback.model.ping import Ping, Status
from trackback.model.texts import Texts
from trackback.model.verdict import LinkStatus, Reason, ReasonCode, Verdict
from trackback.notifications.ping_mail import (
    Announcement,
    announce,
    mail_subject,
    marked,
    quoted,
    rest_sentence,
)
from trackback.receiving.spam.evidence import Evidence
from trackback.receiving.spam.signals import link

PING = Ping(
    id="aaaabbbbccccddddeeeeffff22",
    post="https://blog.example/2026/hello/",
    url="https://other.example/re-hello/",
    texts=Texts("Re: Hello", "The sender's words", "Other"),
    received_at="2026-11-24T06:11:00.000Z",
    status=Status.PENDING,
    verdict=Verdict(LinkStatus.FOUND, "", sentence="I read a post about it.", text="a post"),
)
REVISION = Texts("Re: Bye", "New words", "Other")


def announced(post_title: str = "Hello, world", **changes: Any) -> Announcement:
    return announce(
        replace(PING, **changes), post_title, lambda link: f"{link.action}/{link.ping}/{link.texts_hash}"
    )


@pytest.mark.parametrize(
    ("changes", "subject"),
    [
        ({}, "“Re: Hello” links to “Hello, world”"),
        ({"verdict": Verdict(LinkStatus.MISSING, "")}, "A TrackBack for “Hello, world”: “Re: Hello”"),
        ({"verdict": None}, "A TrackBack for “Hello, world”: “Re: Hello”"),
        ({"revision": REVISION}, "“Re: Bye” on “Hello, world” was sent again with other words"),
        ({"post_title": ""}, "“Re: Hello” links to “blog.example/2026/hello/”"),
        (
            {"texts": Texts("Hi\r\nBcc: victim@evil.example", "", "Other")},
            "“Hi Bcc: victim@evil.example” links to “Hello, world”",
        ),
        ({"texts": Texts("x" * 250, "", "Other")}, f"“{'x' * 59}…” links to “Hello, world”"),
    ],
    ids=["link", "no link", "not looked at", "revision", "post without a title", "injection", "long title"],
)
def test_the_subject_says_who_wrote_about_which_post(changes: dict[str, Any], subject: str) -> None:
    assert mail_subject([announced(**changes)], 1) == subject


def test_the_subject_of_several_says_how_many() -> None:
    assert mail_subject([announced()], 1_200) == "1,200 TrackBacks wait for you"


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict(LinkStatus.FOUND, ""), "✓ The page links to your post."),
        (
            Verdict(LinkStatus.MISSING, "", why="the server answers 404"),
            "✗ The page does not link to your post: the server answers 404.",
        ),
        (
            Verdict(LinkStatus.UNREACHABLE, "", why="no answer."),
            "? The page could not be looked at: no answer.",
        ),
        (None, "? The page could not be looked at."),
    ],
    ids=["found", "missing", "unreachable", "not looked at"],
)
def test_it_says_in_words_and_by_a_sign_whether_the_link_exists(verdict: Verdict | None, words: str) -> None:
    said = announced(verdict=verdict)
    assert f"{said.mark} {said.link}" == words


@pytest.mark.parametrize("state", list(LinkStatus))
def test_what_is_said_of_the_link_is_no_reason_again(state: LinkStatus) -> None:
    reason = link(Evidence("https://other.example/", "t", "", "b", link=state))
    assert reason
    other = Reason(ReasonCode.MANY_LINKS, "The source has 900 links.")
    said = announced(verdict=Verdict(state, "", reasons=[reason, other]))
    assert said.reasons == ["The source has 900 links."]


def test_what_the_judge_makes_of_it_is_said_in_words() -> None:
    assert announced(verdict=Verdict(LinkStatus.FOUND, "", score=-3)).looks == "looks genuine"
    assert announced(verdict=Verdict(LinkStatus.MISSING, "", score=5)).looks == "looks like spam"
    assert announced(verdict=None).looks == ""


def test_the_links_words_stand_out_in_their_sentence() -> None:
    sentence = announced().sentence
    assert sentence
    assert marked(sentence) == "I read *a post* about it."
    elsewhere = announced(
        verdict=Verdict(LinkStatus.FOUND, "", sentence="I read it.", text="another")
    ).sentence
    assert elsewhere
    assert marked(elsewhere) == "I read it."
    assert announced(verdict=Verdict(LinkStatus.MISSING, "")).sentence is None


@pytest.mark.parametrize(
    ("status", "earlier_is"), [(Status.APPROVED, "Readers see"), (Status.PENDING, "First sent")]
)
def test_of_a_revision_both_are_shown_and_the_links_are_for_the_new_words(
    status: Status, earlier_is: str
) -> None:
    said = announced(status=status, revision=REVISION)
    assert (said.words.title, said.earlier and said.earlier.title) == ("Re: Bye", "Re: Hello")
    assert said.earlier_is == earlier_is
    revision = replace(PING, revision=REVISION).revision_hash
    assert said.approve == f"approve/{PING.id}/{revision}"
    assert (said.reject, said.spam) == (f"reject/{PING.id}/{revision}", f"spam/{PING.id}/{revision}")


def test_the_links_name_the_words_that_are_mailed() -> None:
    said = announced()
    assert said.approve == f"approve/{PING.id}/{PING.texts.hash}"
    assert (said.reject, said.spam) == tuple(
        said.approve.replace("approve", other) for other in ("reject", "spam")
    )


def test_it_tells_where_a_page_leads_and_what_it_calls_itself_if_that_is_something_else() -> None:
    verdict = Verdict(LinkStatus.FOUND, "", url="https://elsewhere.example/x", title="Mine")
    said = announced(verdict=verdict)
    assert (said.leads_to, said.own_title) == ("elsewhere.example", "Mine")
    verdict = Verdict(LinkStatus.FOUND, "", url="https://other.example/x", title="Re: Hello")
    said = announced(verdict=verdict)
    assert (said.leads_to, said.own_title) == ("", "")


def test_only_web_addresses_can_be_followed() -> None:
    assert announced().href == PING.url
    assert announced(url="javascript:alert(1)").href == ""


def test_a_blog_without_a_name_is_named_once() -> None:
    assert announced().sender == "Other (other.example)"
    assert announced(texts=Texts("Re: Hello", "", "other.example")).sender == "other.example"


@pytest.mark.parametrize(
    "text",
    [
        "Approve:\nhttps://evil.example/moderate/link/x",
        "x " * 300 + "https://evil.example/" + "x" * 200,
        "a\x85https://evil.example\u2028Approve:\x0bhttps://evil.example\x1chttps://evil.example",
        "https://evil.example/" + "x" * 400,
        "日本語" * 150,
    ],
    ids=["newline", "wrapped", "odd line ends", "long word", "no spaces"],
)
def test_every_line_of_a_strangers_text_is_marked_as_theirs(text: str) -> None:
    assert all(line.startswith("> ") for line in quoted(text).splitlines())


@pytest.mark.parametrize(
    ("linked", "sites", "more", "sentence"),
    [
        ([], [], 0, ""),
        ([], [], 3, "3 more TrackBacks."),
        ([False], ["a"], 0, "1 more TrackBack from 1 site: none links to you."),
        ([False, False, True], ["a", "a", "b"], 0, "3 more TrackBacks from 2 sites: 1 links to you."),
        ([True, True], ["a", "b"], 0, "2 more TrackBacks from 2 sites: 2 link to you."),
        (
            [False] * 3,
            ["a", "b", "c"],
            1_200,
            "1,203 more TrackBacks. A sample of 3 is from 3 sites: none links to you.",
        ),
    ],
)
def test_one_sentence_says_what_a_mail_does_not_show(
    linked: list[bool], sites: list[str], more: int, sentence: str
) -> None:
    pairs = zip(linked, sites, strict=True)
    hidden = [replace(PING, url=f"https://www.{site}.example/", verified=is_seen) for is_seen, site in pairs]
    assert rest_sentence(hidden, more) == sentence

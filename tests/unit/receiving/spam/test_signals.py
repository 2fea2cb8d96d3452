"""Each tell alone: when it speaks, how loudly, and in which words."""

from dataclasses import replace
from typing import Any

import pytest

from trackback.model.verdict import LinkStatus, Reason, ReasonCode
from trackback.receiving.spam.bayes import WordModel
from trackback.receiving.spam.evidence import Evidence
from trackback.receiving.spam.signals import FROM_PAGE, FROM_PING

FOUND, MISSING, UNREACHABLE = LinkStatus.FOUND, LinkStatus.MISSING, LinkStatus.UNREACHABLE
PLAIN = Evidence("https://o.example/a", "A title", "What I think of it.", "Other")
MODEL = WordModel.empty().learn(
    [(f"cheap casino pills {n}", True) for n in range(12)]
    + [(f"an essay on roses {n}", False) for n in range(12)]
)


def heard(**known: Any) -> list[Reason]:
    return [reason for tell in FROM_PING + FROM_PAGE if (reason := tell(replace(PLAIN, **known)))]


@pytest.mark.parametrize(
    ("known", "weight", "words"),
    [
        pytest.param({"has_markup": True}, 4, "links in HTML or BBCode", id="markup"),
        pytest.param({"title": "Other"}, 3, "title and the blog's name", id="title is blog name"),
        pytest.param(
            {"title": "ÓTHER"}, 3, "title and the blog's name", id="title is blog name, in capitals"
        ),
        pytest.param({"title": "… [Trackback]"}, 3, "just “[Trackback]”", id="a title that is none"),
        pytest.param({"title": "[...] [Trackback]"}, 3, "just “[Trackback]”", id="with dots in brackets"),
        pytest.param(
            {"excerpt": "see http://a.example www.b.example HTTPS://c.example"},
            3,
            "3 web",
            id="many addresses",
        ),
        pytest.param({"reflection": True}, 5, "contains the post's own", id="reflection"),
        pytest.param({"reflection": True, "link": MISSING}, 5, "proves nothing", id="reflection, fetched"),
        pytest.param({"same_text": 5}, 2, "5 other posts got the same text", id="the same text"),
        pytest.param({"same_text": 20}, 4, "20 other posts got the same text", id="a flood of one text"),
        pytest.param({"same_host": 10}, 2, "10 other posts were pinged from", id="one host"),
        pytest.param({"same_host": 30}, 4, "30 other posts were pinged from", id="a flood of one host"),
        pytest.param({"burst": 20}, 2, "20 other pings came from", id="one sender"),
        pytest.param({"burst": 60}, 4, "60 other pings came from", id="a flood of one sender"),
        pytest.param({"same_text": 9, "same_host": 40, "burst": 70}, 4, "40 other", id="all three, once"),
        pytest.param({"link": FOUND}, -3, "links to the post", id="a link"),
        pytest.param({"link": MISSING}, 2, "does not link", id="no link"),
        pytest.param({"link": UNREACHABLE}, 0, "could not be fetched", id="no page"),
        pytest.param({"links": 501}, 2, "501 links", id="many links"),
        pytest.param({"links": 2_001}, 4, "2001 links", id="a link farm"),
    ],
)
def test_a_tell_alone_gives_one_reason(known: dict[str, Any], weight: int, words: str) -> None:
    (reason,) = heard(**known)
    assert reason.weight == weight
    assert words in reason.text


def test_many_pings_of_one_sender_say_nothing_about_one_whose_page_links() -> None:
    assert [reason.code for reason in heard(burst=70, link=FOUND)] == [ReasonCode.LINK]
    assert ReasonCode.FLOOD in {reason.code for reason in heard(burst=70, link=FOUND, reflection=True)}
    assert ReasonCode.FLOOD in {reason.code for reason in heard(same_host=40, burst=70, link=FOUND)}


@pytest.mark.parametrize(
    "known",
    [
        pytest.param({}, id="a plain ping"),
        pytest.param({"excerpt": ""}, id="no excerpt"),
        pytest.param({"excerpt": "After http://a.example and https://b.example"}, id="two addresses"),
        pytest.param(
            {"title": "o.example", "blog_name": "o.example", "url": "http://o.example/"}, id="stand-ins"
        ),
        pytest.param({"title": "Other thoughts"}, id="a title that begins like the blog's name"),
        pytest.param({"title": "What is [Trackback]?"}, id="a title about TrackBack"),
        pytest.param({"same_text": 4, "same_host": 9, "burst": 19}, id="a few at once"),
        pytest.param({"links": 500}, id="a page with many links"),
        pytest.param({"words": MODEL}, id="words that nobody judged"),
        pytest.param({"rel": frozenset({"nofollow"})}, id="the rel of no link"),
    ],
)
def test_what_honest_pings_look_like_tells_nothing(known: dict[str, Any]) -> None:
    assert heard(**known) == []


@pytest.mark.parametrize(
    ("rel", "weight"),
    [
        pytest.param({"nofollow"}, 1, id="nofollow"),
        pytest.param({"ugc", "noopener"}, 1, id="ugc"),
        pytest.param({"nofollow", "sponsored"}, 2, id="sponsored"),
    ],
)
def test_a_link_that_its_page_does_not_stand_by_counts_less(rel: set[str], weight: int) -> None:
    link, noted = heard(link=FOUND, rel=frozenset(rel))
    assert (link.weight, noted.weight) == (-3, weight)


@pytest.mark.parametrize(
    "excerpt",
    [
        pytest.param("[…] There you will find 85615 more Infos: blog.example/433/a […]", id="more infos"),
        pytest.param(
            "[...] Here you can find 61912 more Information to that Topic: x […]", id="more information"
        ),
        pytest.param("[…] Here you will find 7 additional Info to that Topic: x […]", id="additional info"),
        pytest.param("[…] Read More: blog.example/433/web/a-post […]", id="read more"),
        pytest.param("[…] Read More here on that Topic: https://blog.example/a […]", id="read more here"),
        pytest.param("[…] Find More on to that Topic: blog.example/a […]", id="find more"),
        pytest.param("[…] Infos on that Topic: blog.example/a […]", id="infos"),
        pytest.param("[..] Information to that topic: blog.example/a [..]", id="information"),
        pytest.param("ＦＩＮＤ […] Ｉｎｆｏ on that Topic: x", id="in wide letters"),
        pytest.param(
            "Bob wrote an interesting post today onHere’s a quick excerpt What I think", id="a quick excerpt"
        ),
    ],
)
def test_known_templates_are_recognised(excerpt: str) -> None:
    (reason,) = heard(excerpt=excerpt)
    assert reason.weight == 8
    assert "known template" in reason.text


@pytest.mark.parametrize(
    "excerpt",
    [
        pytest.param("For more info on that topic, see my earlier post.", id="about a topic"),
        pytest.param(
            "[…] as Ann says. Read more: https://blog.example/a […]", id="read more after a sentence"
        ),
        pytest.param("[…] you can find more information on this topic in the manual […]", id="WordPress"),
        pytest.param("Ann wrote an interesting post on letters. I disagree.", id="an interesting post"),
        pytest.param("There you will find 12 more reasons to write letters.", id="a number of reasons"),
    ],
)
def test_ordinary_sentences_are_no_templates(excerpt: str) -> None:
    assert heard(excerpt=excerpt) == []


def test_the_word_model_speaks_by_the_words_that_counted() -> None:
    (against,) = heard(excerpt="cheap casino pills", words=MODEL)
    assert against.weight == 4
    assert all(word in against.text for word in ("cheap", "casino", "pills"))
    (wanted,) = heard(excerpt="an essay on roses", words=MODEL)
    assert wanted.weight == -2
    assert "approved" in wanted.text


@pytest.mark.parametrize(
    "text",
    [
        "[...] read more " * 31,
        "[...] a b c d e f " * 28,
        "wrote an interesting post " * 19,
        "here you will find 1234567 " * 18,
        "http://" * 71,
        "[…]" * 166,
        "\ufdfa" * 500,
    ],
)
def test_hostile_texts_of_full_length_are_read_and_give_plain_words(text: str) -> None:
    reasons = heard(title=text[:250], blog_name=text[:250], excerpt=text[:500], words=MODEL)
    assert all(len(reason.text) < 250 for reason in reasons)
    assert not any(set("<>&\n") & set(reason.text) for reason in reasons)

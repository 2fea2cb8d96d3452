"""Each tell alone: when it speaks, how loudly, and in which words."""

from dataclasses import replace
from typing import Any

import pytest

from trackback.model.verdict import LinkStatus, Reason, ReasonCode
from trackback.receiving.spam.bayes import WordModel
from trackback.receiving.spam.evidence import AboutPost, Evidence
from trackback.receiving.spam.signals import FROM_PAGE, FROM_PING

FOUND, MISSING, UNREACHABLE = LinkStatus.FOUND, LinkStatus.MISSING, LinkStatus.UNREACHABLE
PLAIN = Evidence("https://o.example/a", "A title", "What I think of it.", "Other")
MODEL = WordModel.empty().learn(
    [(f"cheap casino pills {n}", True) for n in range(20)]
    + [(f"an essay on roses {n}", False) for n in range(20)]
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


POST = "https://blog.example/2026/slow-letters/"


@pytest.mark.parametrize(
    "known",
    [
        pytest.param({"excerpt": "[…] see https://a.example/x and more […]"}, id="in a quotation"),
        pytest.param({"excerpt": f"He wrote {POST} and I agree", "post": POST}, id="to the post"),
        pytest.param({"excerpt": "He wrote www.blog.example/other", "post": POST}, id="to the post's site"),
    ],
)
def test_markup_that_blogs_send_weighs_little(known: dict[str, Any]) -> None:
    assert [reason.weight for reason in heard(has_markup=True, **known)] == [1]


def test_markup_to_elsewhere_weighs_much() -> None:
    assert [reason.weight for reason in heard(has_markup=True, excerpt="x https://a.example", post=POST)] == [
        4
    ]


def test_one_address_counts_once_and_a_host_that_stands_for_a_name_does_not() -> None:
    thrice = "https://www.a.example/x and www.a.example/x and http://a.example/x"
    assert heard(excerpt=thrice) == []
    assert (
        heard(
            excerpt="http://a.example www.b.example", url="http://www.o.example/a", blog_name="www.o.example"
        )
        == []
    )
    assert (
        heard(
            excerpt=f"One {POST}, two {POST}2, three {POST}3 and what I think of all these essays", post=POST
        )
        == []
    )


@pytest.mark.parametrize(
    ("known", "words"),
    [
        pytest.param({"url": "https://o.example"}, "front page", id="a front page"),
        pytest.param({"url": "https://o.example/index.php"}, "front page", id="its file"),
        pytest.param({"url": "https://o.example/wp-login.php?to=/"}, "not a post", id="a log-in"),
        pytest.param({"url": "https://o.example/tag/x/"}, "not a post", id="a tag"),
        pytest.param({"url": "https://o.example/feed"}, "not a post", id="a feed"),
        pytest.param({"url": "https://o.example/a/b.jpg"}, "not a post", id="an image"),
        pytest.param({"url": "https://o.example/user/Nolta"}, "not a post", id="a profile"),
        pytest.param({"url": "https://o.example/index.php/User:Nolta"}, "not a post", id="a wiki's profile"),
        pytest.param({"title": "rapid loans"}, "search", id="a phrase without a capital"),
        pytest.param({"title": "https://o.example/---x"}, "title is a web address", id="an address"),
        pytest.param({"blog_name": "{a cure|the cure|cures}"}, "alternatives", id="spintax"),
        pytest.param(
            {"excerpt": "old chairs|new chairs|oak chairs|ash chairs|chairs"}, "alternatives", id="a list"
        ),
        pytest.param(
            {"excerpt": "Chairs here. Cheer chairs. Chairs, chairs."}, "again and again", id="repetition"
        ),
        pytest.param({"title": "Cheap handbags"}, "what spam sells: “cheap”", id="goods"),
        pytest.param({"url": "https://buycarports.example/a"}, "what spam sells", id="a shop's host"),
        pytest.param(
            {"excerpt": "Hi, thanks! I love your great blog, I will be back."}, "stock", id="flattery"
        ),
        pytest.param({"excerpt": "[…] sites we link to […]"}, "stock", id="a trade's sentence"),
        pytest.param(
            {"title": "Here", "excerpt": "I added a trackback to it on my weblog"}, "stock", id="another"
        ),
        pytest.param(
            {"excerpt": "Slow letters went", "post": POST + "went"}, "your post's title", id="an echo"
        ),
        pytest.param({"excerpt": "g&#959 d&#959 n&#959w"}, "disguised", id="other letters"),
        pytest.param({"excerpt": "[...]One Two | Blog[...]"}, "template", id="stuck brackets"),
        pytest.param({"excerpt": "[…]text that sticks[…]"}, "template", id="stuck ellipses"),
    ],
)
def test_odd_forms_are_told(known: dict[str, Any], words: str) -> None:
    assert any(words in reason.text for reason in heard(**known))


@pytest.mark.parametrize(
    "known",
    [
        pytest.param({"url": "https://o.example/?p=123"}, id="a permalink by number"),
        pytest.param({"url": "https://o.example/2026/tagging-birds/"}, id="a post about tags"),
        pytest.param({"title": "links for 2007-07-25"}, id="a list of links"),
        pytest.param({"title": "xhtml"}, id="one small word"),
        pytest.param({"title": "über briefe und mehr"}, id="a title with other letters"),
        pytest.param({"title": "リンクについて"}, id="a script without capitals"),
        pytest.param({"excerpt": "[...] text with blanks [...]"}, id="a quotation"),
        pytest.param({"excerpt": "[…] thanks, I love your great blog […]"}, id="quoted praise"),
        pytest.param({"excerpt": "[…] slow letters went […]", "post": POST + "went"}, id="a quoted title"),
        pytest.param({"excerpt": "A great post by Ann on letters."}, id="praise that names somebody"),
    ],
)
def test_forms_that_blogs_have_tell_nothing(known: dict[str, Any]) -> None:
    assert heard(**known) == []


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
            {"title": "o.example", "blog_name": "o.example", "url": "http://o.example/a"}, id="stand-ins"
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
    reason = heard(excerpt=excerpt)[0]
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


PRAISED = {
    "excerpt": "letters gardens roses essay photographs summer paper stamps ink envelope pencil bench tea",
    "words": WordModel.empty().learn(
        [(f"cheap casino pills {n}", True) for n in range(20)]
        + [
            (
                f"letters gardens roses essay photographs summer paper stamps ink envelope pencil tea {n}",
                False,
            )
            for n in range(20)
        ]
    ),
}


def test_words_praise_only_a_ping_whose_page_links() -> None:
    assert heard(**PRAISED) == []
    assert [reason.weight for reason in heard(**PRAISED, link=FOUND)] == [-3, -2]
    assert "approved" in heard(**PRAISED, link=FOUND)[1].text
    assert [reason.weight for reason in heard(**PRAISED, link=MISSING)] == [2]


def test_few_telling_words_praise_nothing() -> None:
    few = PRAISED | {"excerpt": "letters gardens roses essay"}
    assert [reason.weight for reason in heard(**few, link=FOUND)] == [-3]


def test_the_words_of_the_posts_own_title_praise_nothing() -> None:
    for own in (
        {"about": AboutPost(str(PRAISED["excerpt"]))},
        {"post": f"https://b.example/{PRAISED['excerpt']}"},
    ):
        weights = {reason.code: reason.weight for reason in heard(**PRAISED, **own, link=FOUND)}
        assert ReasonCode.WORDS not in weights


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

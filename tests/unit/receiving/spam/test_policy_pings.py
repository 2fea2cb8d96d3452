"""Policy on whole pings as they are sent: genuine ones are held, spam too or put away."""

from typing import Any

import pytest

from trackback.model.ping import Status
from trackback.model.verdict import LinkStatus
from trackback.receiving.spam.bayes import WordModel
from trackback.receiving.spam.evidence import Evidence
from trackback.receiving.spam.policy import judge

FOUND, MISSING, UNREACHABLE = LinkStatus.FOUND, LinkStatus.MISSING, LinkStatus.UNREACHABLE
PENDING, SPAM = Status.PENDING, Status.SPAM
MODEL = WordModel.empty().learn(
    [(f"casino poker pills outlet {n}", True) for n in range(20)]
    + [(f"letters gardens roses essay {n}", False) for n in range(20)]
)

GENUINE = [
    (
        "Re: Why we still link",
        "I have been reading this and cannot agree with the second half.",
        "Ann's notebook",
    ),
    ("Re: Hello", "[…] as she wrote in Hello, letters are slower but kinder […]", "Slow mail"),
    ("Links for Tuesday", "Ten things worth your time: letters, leaflets, casinos of the 1920s.", "Linkdump"),
    ("リンクについて", "この記事を読んで考えたことを少し書いてみます。続きはこちらで。", "日々の手紙"),
    ("Re: 手紙の話", "トラックバックありがとうございます。詳しくは記事を読んでください。", "手帖"),
    ("关于链接的一点想法", "读了这篇文章以后，我想到了十年前的博客时代。", "旧博客"),
    ("트랙백에 대하여", "이 글을 읽고 몇 가지 생각을 적어 둡니다.", "느린 편지"),
    ("О ссылках и письмах", "Прочитал эту статью и хочу возразить по двум пунктам.", "Записки"),
    (
        "Warum wir noch verlinken",
        "Weitere Informationen zu diesem Thema gibt es im Beitrag.",
        "Briefe & mehr",
    ),
    ("Pourquoi lier ?", "J'ai lu ce billet et j'y réponds longuement ici.", "Carnet d'Élise"),
    ("Sobre los enlaces", "Más información sobre este tema en el artículo original.", "Cartas"),
    ("تدوينة عن الروابط", "قرأت هذا المقال وأردت أن أضيف بعض الملاحظات.", "دفتر"),
    ("על קישורים", "קראתי את הרשומה וחשבתי להשיב בכמה מילים.", "יומן"),
    ("ว่าด้วยลิงก์", "อ่านบทความนี้แล้วอยากเขียนตอบสักเล็กน้อย", "บันทึก"),
    ("लिंक के बारे में", "यह लेख पढ़कर कुछ विचार आए, यहाँ लिख रहा हूँ।", "चिट्ठी"),
    ("o.example/2026/11/an-answer", "", "o.example"),
    ("Ann's notebook", "The latest from Ann's notebook.", "Ann's notebook"),
    ("My poker night", "We played poker at the casino in Monte Carlo and I lost my pills.", "Travels"),
    ("HTML for old people", "How an <a> became the web: http://a.example and https://b.example", "Markup"),
    (
        "[Trackback] and its friends",
        "A history of TrackBack, Pingback and Webmention, with a table.",
        "Protocols",
    ),
    ("Read more", "Where you can find more information on this topic: in the library.", "Stacks"),
    ("An interesting post", "Bob wrote an interesting post on links. I could quote all of it.", "Seconded"),
]
CIRCUMSTANCES: dict[str, dict[str, Any]] = {
    "not fetched": {},
    "with a link": {"link": FOUND},
    "with a nofollow link": {"link": FOUND, "rel": frozenset({"nofollow", "ugc"})},
    "without a link": {"link": MISSING},
    "page away": {"link": UNREACHABLE},
    "link blog": {"link": MISSING, "links": 900},
    "retrospective": {"link": FOUND, "same_text": 25, "same_host": 25, "burst": 25},
    "markup in its fields": {"link": MISSING, "has_markup": True},
    "judged by words": {"link": MISSING, "words": MODEL},
}


@pytest.mark.parametrize("known", CIRCUMSTANCES.values(), ids=CIRCUMSTANCES)
def test_a_genuine_ping_always_reaches_the_author(known: dict[str, Any]) -> None:
    url = "https://o.example/2026/11/an-answer"
    found = {texts: judge(Evidence(url, *texts, **known), []) for texts in GENUINE}
    assert {texts: judged for texts, judged in found.items() if judged.status is not PENDING} == {}


TO = "blog.example/433/web/a-post"
TRACKBACK = "… [Trackback]"


SEEN = {
    "read more": (TRACKBACK, f"[…] Read More: {TO} […]", "Hire", {}, SPAM, "template"),
    "infos": (TRACKBACK, f"[…] There you will find 85615 more Infos: {TO} […]", "x", {}, SPAM, "template"),
    "information": (
        TRACKBACK,
        f"[…] Here you can find 61912 more Information to that Topic: {TO}",
        "x",
        {},
        SPAM,
        "template",
    ),
    "find more": (TRACKBACK, f"[…] Find More Info here to that Topic: {TO} […]", "x", {}, SPAM, "template"),
    "informations": (TRACKBACK, f"[…] Informations on that Topic: {TO} […]", "x", {}, SPAM, "template"),
    "title is blog name": ("Slots", f"[…] Read More here: {TO} […]", "Slots", {}, SPAM, "same"),
    "template, no link": (
        "Slots",
        f"[…] Infos on that Topic: {TO} […]",
        "Best slots",
        {"link": MISSING},
        SPAM,
        "not link",
    ),
    "template on a link farm": (
        "Slots",
        f"[…] Infos on that Topic: {TO} […]",
        "Best slots",
        {"link": FOUND},
        PENDING,
        "template",
    ),
    "template in a flood": (
        "Slots",
        f"[…] Infos on that Topic: {TO} […]",
        "Best slots",
        {"same_text": 6},
        SPAM,
        "same text",
    ),
    "splog of 2007": (
        "Links",
        "Bob wrote an interesting post today onHere’s a quick excerpt …",
        "Splog",
        {"link": MISSING},
        SPAM,
        "template",
    ),
    "pharmacy in BBCode": (
        "viagra",
        "viagra cialis",
        "viagra",
        {"has_markup": True, "link": MISSING},
        SPAM,
        "BBCode",
    ),
    "pharmacy in a flood": (
        "viagra",
        "viagra cialis",
        "viagra",
        {"has_markup": True, "same_host": 40, "link": MISSING},
        SPAM,
        "same site",
    ),
    "poker burst": (
        "online poker",
        "[url=http://p.example]poker[/url]",
        "online poker",
        {"has_markup": True, "burst": 80},
        SPAM,
        "same sender",
    ),
    "words, no link": (
        "Casino",
        "casino poker pills outlet",
        "Casino",
        {"words": MODEL, "link": MISSING},
        SPAM,
        "turned down",
    ),
    "words in markup": (
        "Casino",
        "casino poker pills outlet",
        "Casino",
        {"words": MODEL, "has_markup": True},
        SPAM,
        "turned down",
    ),
    "words with a link": (
        "Casino",
        "poker pills outlet",
        "Deals",
        {"words": MODEL, "link": FOUND},
        PENDING,
        "turned down",
    ),
    "nothing but addresses": (
        "Nice",
        "http://a.example http://b.example http://c.example",
        "Nice",
        {"link": MISSING},
        PENDING,
        "3 web",
    ),
    "addresses in markup": (
        "Nice",
        "http://a.example http://b.example http://c.example",
        "Nice",
        {"has_markup": True},
        SPAM,
        "3 web",
    ),
    "reflection": (
        "Sneakers",
        "I found this most helpful.",
        "Outlet",
        {"reflection": True, "link": MISSING},
        SPAM,
        "proves nothing",
    ),
    "reflection in a flood": (
        "Sneakers",
        "I found this most helpful.",
        "Sneakers",
        {"reflection": True, "same_text": 30},
        SPAM,
        "proves nothing",
    ),
    "link farm": (
        "Directory",
        "Your post was added.",
        "Directory",
        {"link": FOUND, "links": 9_000},
        PENDING,
        "9000 links",
    ),
    "Japanese shop": (
        "激安ブランド",
        "激安ブランド財布の専門店です。",
        "激安ブランド",
        {"link": MISSING, "same_text": 8},
        SPAM,
        "same text",
    ),
    "flattery": (
        "Great post!",
        "Thanks for sharing, very informative.",
        "SEO service",
        {"link": MISSING},
        PENDING,
        "not link",
    ),
    "paid link": (
        "Loan",
        "Fast loans.",
        "Loan",
        {"link": FOUND, "rel": frozenset({"sponsored"})},
        PENDING,
        "paid for",
    ),
}


@pytest.mark.parametrize(
    ("title", "excerpt", "blog_name", "known", "status", "words"), SEEN.values(), ids=SEEN
)
def test_spam_as_it_was_seen_is_put_away_or_held_with_reasons(
    title: str, excerpt: str, blog_name: str, known: dict[str, Any], status: Status, words: str
) -> None:
    judgement = judge(Evidence("https://o.example/x", title, excerpt, blog_name, **known), [])
    assert judgement.status is status
    assert any(words in reason.text for reason in judgement.reasons)
    assert judgement.score > 0

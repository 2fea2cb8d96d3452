"""Whether a page is about the post, as a fact for the author."""

from dataclasses import replace
from typing import Any

import pytest

from trackback.model.verdict import LinkStatus
from trackback.receiving.spam.evidence import AboutPost, Evidence
from trackback.receiving.spam.topic import topic

FOREIGN = Evidence(
    "https://o.example/a",
    "Ein Titel",
    "Was ich denke.",
    "Andere",
    link=LinkStatus.MISSING,
    post="https://blog.example/2026/slow-letters/",
    about=AboutPost("Why letters were slow", "en-GB"),
    language="de",
)


def test_another_language_without_a_word_of_the_posts_is_told_and_weighs_a_little() -> None:
    reason = topic(FOREIGN)
    assert reason
    assert reason.text == "The page is in German, your post in English. They share no words."
    assert reason.weight == 1


@pytest.mark.parametrize(
    "known",
    [
        pytest.param({"link": LinkStatus.FOUND}, id="a link that was found"),
        pytest.param({"excerpt": "Zu „Letters“ sage ich ja."}, id="a word of the title"),
        pytest.param({"page_text": "Über slow letters"}, id="a word on the page"),
    ],
)
def test_another_language_alone_is_a_fact_and_no_fault(known: dict[str, Any]) -> None:
    reason = topic(replace(FOREIGN, **known))
    assert reason
    assert (reason.text, reason.weight) == ("The page is in German, your post in English.", 0)


@pytest.mark.parametrize(
    "known",
    [
        pytest.param({"language": "en-US"}, id="the same language"),
        pytest.param({"language": ""}, id="a page that does not say"),
        pytest.param({"about": AboutPost("Why letters were slow")}, id="a post that does not say"),
    ],
)
def test_without_two_languages_there_is_nothing_to_tell(known: dict[str, Any]) -> None:
    assert topic(replace(FOREIGN, **known)) is None

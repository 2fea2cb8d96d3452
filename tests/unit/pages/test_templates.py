"""What the author's pages say in words of their own, and what holds for all their templates."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from functions.moderate import app
from tests.conftest import MakePing
from trackback.model.verdict import LinkStatus, Reason, ReasonCode, Sentence, Verdict
from trackback.pages.templates import check_result, marked, minute, reasons, web

FOLDER = Path(app.__file__).parent
TEMPLATES = sorted(FOLDER.glob("*.html"))


@pytest.mark.parametrize(
    ("sentence", "link", "expected"),
    [
        ("I read a post today.", "a post", Sentence("I read ", "a post", " today.")),
        ("a post, a post", "a post", Sentence("", "a post", ", a post")),
        ("I read it.", "a post", Sentence("I read it.", "", "")),
        ("I read it.", "", Sentence("I read it.", "", "")),
        ("", "a post", Sentence("", "", "")),
    ],
    ids=["within", "twice", "not there", "no words", "no sentence"],
)
def test_the_links_own_words_are_marked_in_its_sentence(sentence: str, link: str, expected: Sentence) -> None:
    assert marked(Verdict(LinkStatus.FOUND, "", sentence=sentence, text=link)) == expected


@pytest.mark.parametrize(
    ("verdict", "kind", "words"),
    [
        (None, "unknown", "Not looked at yet"),
        (Verdict(LinkStatus.FOUND, ""), "found", "Links to your post"),
        (Verdict(LinkStatus.MISSING, ""), "missing", "No link to your post found"),
        (
            Verdict(LinkStatus.MISSING, "", why="too large."),
            "missing",
            "No link to your post found: too large",
        ),
        (
            Verdict(LinkStatus.UNREACHABLE, "", why="it is slow"),
            "unreachable",
            "Could not be looked at: it is slow",
        ),
        (Verdict(LinkStatus.UNREACHABLE, ""), "unknown", "Not looked at, for the ping alone says enough"),
    ],
)
def test_a_verdict_is_told_in_words(
    make_ping: MakePing, verdict: Verdict | None, kind: str, words: str
) -> None:
    seen = check_result(replace(make_ping(), verdict=verdict))
    assert (seen.kind, seen.words) == (kind, words)
    assert seen.sign  # never by colour alone


def test_what_the_look_says_already_is_no_reason(make_ping: MakePing) -> None:
    said = [Reason(ReasonCode.LINK, "It links."), Reason(ReasonCode.ADDRESSES, "It holds 4 web addresses.")]
    verdict = Verdict(LinkStatus.FOUND, "", reasons=said)
    assert reasons(replace(make_ping(), verdict=verdict)) == ["It holds 4 web addresses."]
    assert not reasons(make_ping())


@pytest.mark.parametrize(
    ("url", "followed"),
    [
        ("https://other.example/", True),
        ("HTTP://other.example/", True),
        ("javascript:alert(1)", False),
        ("\tjavascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//other.example/", False),
        ("", False),
    ],
)
def test_only_addresses_on_the_web_are_followed(url: str, followed: bool) -> None:
    assert bool(web(url)) is followed


def test_a_time_is_told_to_the_minute() -> None:
    assert minute("2026-11-04T06:11:59.123Z") == "4 Nov 2026, 06:11"


def matching(pattern: str) -> list[str]:
    """Return the names of the templates in which a pattern is found."""
    return [template.name for template in TEMPLATES if re.search(pattern, template.read_text())]


def test_no_template_has_scripts_or_styles_in_it_or_values_unescaped() -> None:
    assert matching(r"\|\s*safe|autoescape|Markup|<style|\son[a-z]+=") == []
    assert matching(r"<script(?! src=\"{{ asset)") == []
    assert matching("style=") == ["letter.html"]  # mail programs know no style sheets


def test_every_form_that_the_author_posts_carries_the_token() -> None:
    form = r'<form [^>]*method="post" action="([^"]+)"[^>]*>(.*?)</form>'
    forms = [found for page in TEMPLATES for found in re.findall(form, page.read_text(), re.DOTALL)]
    without = {action for action, inside in forms if 'name="csrf"' not in inside}
    assert {
        action for action in without if not action.startswith(("/moderate/sign-in", "/moderate/link/"))
    } == set()


def test_no_field_hides_what_a_form_is_in_scripts() -> None:
    """A field called `matches` would stand in place of the form's own method."""
    own = "matches|closest|submit|action|method|contains|id|parentNode"
    assert matching(rf'<(?:input|select|button)[^>]* name="(?:{own})"') == []


def test_windows_opened_from_here_know_nothing_of_us() -> None:
    for template in TEMPLATES:
        for tag in re.findall(r"<a [^>]*_blank[^>]*>", template.read_text()):
            assert "noopener noreferrer" in tag

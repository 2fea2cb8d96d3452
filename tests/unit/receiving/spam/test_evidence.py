"""What a ping's raw texts give away before they are cleaned, and what of it words are learned from."""

import pytest

from trackback.receiving.spam.evidence import judged_text
from trackback.web.text.plain_text import marks_up_links


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param('<a href="http://x.example">x</a>', True, id="an anchor"),
        pytest.param("<A\nHREF=x>", True, id="an anchor in capitals over two lines"),
        pytest.param("x</a>", True, id="the end of an anchor, the rest cut off"),
        pytest.param("[url=http://x.example]x[/url]", True, id="BBCode"),
        pytest.param("[URL]http://x.example[/URL]", True, id="BBCode in capitals"),
        pytest.param("x[/url]", True, id="the end of BBCode"),
        pytest.param("[link=http://x.example]x[/link]", True, id="a dialect of BBCode"),
        pytest.param("[…] a sentence […]", False, id="WordPress's brackets"),
        pytest.param("<em>so</em> <abbr>WWW</abbr> <article>", False, id="other markup"),
        pytest.param("a < b, [urls] and [link]", False, id="neither"),
        pytest.param("<a" * 50_000 + "[url" * 50_000, False, id="something endless"),
    ],
)
def test_links_in_markup_are_noticed(raw: str, expected: bool) -> None:
    assert marks_up_links(raw) is expected


def test_words_are_learned_from_all_that_the_sender_chose_and_from_its_form() -> None:
    text = judged_text("https://o.example/buy", "A title", "An excerpt", "Other")
    forms, *chosen = text.split("\n")
    assert chosen == ["A title", "Other", "An excerpt", "o.example/buy"]
    assert "post" in forms

"""The words of a link and the sentence around it, as an author wants to read them."""

import pytest

from trackback.web.html.link_reader import Link
from trackback.web.html.page import read_page

A = "<a href=https://blog.example/post>"


def read(page: str) -> Link:
    """Return the link to the post."""
    link = read_page(page.encode(), "text/html", "https://o.example/", lambda url: url.endswith("/post")).link
    assert link
    return link


@pytest.mark.parametrize(
    ("page", "text", "sentence"),
    [
        pytest.param(f"<p>{A}here</a>", "here", "here", id="nothing but the link"),
        pytest.param(
            f"<p>One. Two {A}here</a> ends. Three.", "here", "Two here ends.", id="one sentence of three"
        ),
        pytest.param(f"<p>One? “{A}Two.</a>” Three.", "Two.", "“Two.”", id="a stop in the link"),
        pytest.param(f"<p>{A}What? Why!</a> Then. End", "What? Why!", "What? Why!", id="stops in the link"),
        pytest.param(
            f"<p>See e.g. v1.2 of {A}a.example</a>, i.e. that. No",
            "a.example",
            "See e.g. v1.2 of a.example, i.e. that.",
            id="full stops that end nothing",
        ),
        pytest.param(
            f"<p>前の文。ここに{A}記事</a>がある！次",
            "記事",
            "ここに記事がある！",
            id="Japanese, without spaces",
        ),
        pytest.param(f"<p>أولا؟ هذا {A}رابط</a> جيد. بعد", "رابط", "هذا رابط جيد.", id="from right to left"),
        pytest.param(f"<p>पहला। यह {A}कड़ी</a> है। बाद", "कड़ी", "यह कड़ी है।", id="Hindi"),
        pytest.param(
            f"<div>no<p>a <b>bold</b> {A}<i>he</i>re</a><br>b</p>no</div>",
            "here",
            "a bold here b",
            id="a paragraph's inline elements",
        ),
        pytest.param(f"<ul><li>no<li>a {A}here</a> b<li>no</ul>", "here", "a here b", id="an item of a list"),
        pytest.param(
            f"no<p>a {A}<h2>Big</h2><p>and</p> small</a> b<p>no",
            "Big and small",
            "a Big and small b",
            id="a link of several blocks",
        ),
        pytest.param(f"<p>a {A}<img alt='a photo'></a> b", "a photo", "a a photo b", id="an image"),
        pytest.param(f"<p>a {A}</a> b", "", "a b", id="an empty link"),
        pytest.param(
            f"<p>a<script>x</script> {A}he<style>x</style>re</a><!-- x --> b<textarea>x</textarea>",
            "here",
            "a here b",
            id="scripts and comments in between",
        ),
        pytest.param(
            f"<p>a &lt;b&gt;bold&lt;/b&gt; &amp;lt; {A}x&nbsp;&lt; y</a>",
            "x < y",
            "a bold &lt; x < y",
            id="markup written as text is no markup, and decoded once",
        ),
        pytest.param(
            f"<p>\u202ea\x07 {A}he\u200bre</a>\0", "here", "a here\ufffd", id="invisible characters"
        ),
        pytest.param(f"<p>{A}one <p>two", "one two", "one two", id="a link without end"),
        pytest.param(
            "<p><map><area href=https://blog.example/post alt=map></map> b", "map", "map b", id="an area"
        ),
    ],
)
def test_the_sentence_is_the_one_around_the_link(page: str, text: str, sentence: str) -> None:
    link = read(page)
    assert (link.text, link.sentence) == (text, sentence)


@pytest.mark.parametrize("before", ["", "word " * 400, "x" * 2_000, "あ" * 2_000, "e\u0301" * 2_000])
@pytest.mark.parametrize("after", ["", " word" * 400, "x" * 2_000, "か" * 2_000])
def test_a_long_sentence_is_cut_around_the_link(before: str, after: str) -> None:
    link = read(f"<p>{before}{A}here</a>{after}")
    assert link.text == "here"
    assert "here" in link.sentence
    assert len(link.sentence) <= 300
    assert link.sentence.startswith("…") == bool(before)
    assert link.sentence.endswith("…") == bool(after)
    assert not before or not after or link.sentence.index("here") in range(70, 200)


def test_a_long_link_is_cut() -> None:
    link = read(f"<p>before {A}{'word ' * 400}</a> after")
    assert link.text.startswith("word word")
    assert len(link.text) <= 300
    assert len(link.sentence) <= 300

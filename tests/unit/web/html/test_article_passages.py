"""The words around a link."""

import pytest

from tests.unit.web.html.articles import NO, A, B, read
from trackback.web.html.article import Citation


def citation(page: str) -> Citation:
    """Return the only link of a post."""
    (link,) = read(page).links
    return link


@pytest.mark.parametrize(
    ("block", "text", "passage"),
    [
        pytest.param(f"<p>{A}", "one", "one", id="nothing but the link"),
        pytest.param(
            f"<p>Before. I read {A} today. After it.</p><p>no",
            "one",
            "Before. I read one today. After it.",
            id="the paragraph",
        ),
        pytest.param(
            f"<p>I read {A}, {NO} and {B}.", "one", "I read one, x and two.", id="other links of the sentence"
        ),
        pytest.param(
            f"<ul><li>no<li>See {A}: good<li>no</ul>", "one", "See one: good", id="an item of a list"
        ),
        pytest.param(f"no<h2>{A}</h2>no", "one", "one", id="a heading"),
        pytest.param(
            '<p>a <a href="https://a.example/1"><img alt="A &amp; B"></a> b',
            "A & B",
            "a A & B b",
            id="an image",
        ),
        pytest.param(
            '<p>a<br>b <a href="https://a.example/1">x<p>y</a> z',
            "x y",
            "a b x y z",
            id="a link of two blocks",
        ),
        pytest.param(
            "<p>a <map><area href='https://a.example/1' alt=map></map> b", "map", "a map b", id="an area"
        ),
        pytest.param(f"<p>a<script>no</script> {A}<style>no</style>", "one", "a one", id="scripts"),
        pytest.param(f"<p>\u202ea &lt;b&gt; \0{A}", "one", "a \ufffdone", id="what is no text"),
        pytest.param(f"<p>前の文。ここに{A}がある。次", "one", "前の文。ここにoneがある。次", id="Japanese"),
    ],
)
def test_the_words_around_a_link_are_those_of_its_block(block: str, text: str, passage: str) -> None:
    first = read(f"<article>{block}</article>").links[0]
    assert (first.text, first.passage) == (text, passage)


def test_a_passage_is_whole_sentences_as_far_as_they_fit() -> None:
    far, near, last = (f"{word} {'so ' * 30}on." for word in ("Far", "Near", "Last"))
    assert citation(f"<p>{far} {near} See {A}. {last}").passage == f"{near} See one. {last}"
    assert citation(f"<p>{far} {near} See {A}.").passage == f"{far} {near} See one."
    assert citation(f"<p>See {A}. {near} {last} {far}").passage == f"See one. {near} {last}"


@pytest.mark.parametrize("before", ["", "word " * 400, "x" * 2_000, "あ" * 2_000])
@pytest.mark.parametrize("after", ["", " word" * 400, "x" * 2_000])
def test_a_sentence_that_is_too_long_is_cut_around_the_link(before: str, after: str) -> None:
    passage = citation(f"<p>{before}{A}{after}").passage
    assert "one" in passage
    assert len(passage) <= 252
    assert passage.startswith("…") == bool(before)
    assert passage.endswith("…") == bool(after)


def test_a_link_that_is_too_long_is_cut() -> None:
    link = citation(f"<p>before <a href=https://a.example/1>{'word ' * 400}</a> after")
    assert len(link.text) <= 300
    assert len(link.passage) <= 252
    assert "word word" in link.passage

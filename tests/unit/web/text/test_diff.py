"""What has changed between two texts, as the author reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.linear_time import LIMIT, growth
from trackback.web.text.diff import Part, difference

CASES: list[tuple[str, str, str, list[Part]]] = [
    ("nothing changes", "Kind words", "Kind words", [("same", "Kind words")]),
    ("no text at all", "", "", []),
    ("a text where none was", "", "Buy now", [("new", "Buy now")]),
    ("a text that is gone", "Kind words", "", [("gone", "Kind words")]),
    (
        "a word in the middle",
        "I read a post",
        "I wrote a post",
        [("same", "I "), ("gone", "read"), ("new", "wrote"), ("same", " a post")],
    ),
    ("words at the end", "Kind words", "Kind words here", [("same", "Kind words"), ("new", " here")]),
    (
        "several words, in one piece",
        "my kind words stay",
        "my cheap watches stay",
        [("same", "my "), ("gone", "kind words"), ("new", "cheap watches"), ("same", " stay")],
    ),
    (
        "Japanese, by characters",
        "私は東京へ行く",
        "私は京都へ行く",
        [("same", "私は"), ("gone", "東"), ("same", "京"), ("new", "都"), ("same", "へ行く")],
    ),
]


@pytest.mark.parametrize(("before", "after", "parts"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_changes_are_told_in_words(before: str, after: str, parts: list[Part]) -> None:
    assert difference(before, after) == parts


TEXTS = st.lists(st.sampled_from(["a", "b", "kind", " ", "  ", "東", "京", "é", "\U00020000", "x-"])).map(
    "".join
)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_their_difference(before: str, after: str) -> None:
    parts = difference(before, after)
    assert "".join(text for kind, text in parts if kind != "new") == before
    assert "".join(text for kind, text in parts if kind != "gone") == after
    assert all(text for _, text in parts)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("あ", "い"),
        ("あ", "あい"),
        ("a ", "a b "),
        ("あい", "いあ"),
    ],
    ids=["all new", "one character", "one word", "shifted"],
)
def test_repetitive_texts_are_compared_in_linear_time(before: str, after: str) -> None:
    def compare(size: int) -> None:
        one, other = (before * size)[:size], (after * size)[:size]
        parts = difference(one, other)
        assert "".join(text for kind, text in parts if kind != "new") == one
        assert "".join(text for kind, text in parts if kind != "gone") == other

    assert growth(compare, 2_000) <= LIMIT


def test_of_what_repeats_itself_all_but_the_ends_counts_as_changed() -> None:
    assert difference("始" + "あ" * 400 + "終", "始" + "あい" * 200 + "終") == [
        ("same", "始あ"),
        ("gone", "あ" * 399),
        ("new", "いあ" * 199 + "い"),
        ("same", "終"),
    ]

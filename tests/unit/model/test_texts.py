"""Names of texts, and the traces that they leave."""

import pytest

from tests.support.same_name import NASTY, NICE
from trackback.model.texts import Texts

TEXTS = Texts("A reply", "Some words, and more.", "Other")


def test_texts_that_had_one_short_name_have_different_ones() -> None:
    assert NICE.short_hash == NASTY.short_hash
    assert NICE.hash != NASTY.hash
    assert len(NICE.hash) == 52


@pytest.mark.parametrize(
    "spelling",
    [
        Texts("a REPLY", "Some words, and more.", "Other"),
        Texts("A  reply", "Some words and more", "Other"),
        Texts("A reply!!!", "some-words & more.".replace("&", "and"), "OTHER"),
    ],
)
def test_other_spellings_leave_the_same_trace(spelling: Texts) -> None:
    assert spelling.trace == TEXTS.trace
    assert spelling.hash != TEXTS.hash


@pytest.mark.parametrize(
    "other",
    [
        Texts("A reply", "Some words and more", "Others"),
        Texts("A reply Some", "words, and more.", "Other"),
        Texts("A reply 2", "Some words, and more.", "Other"),
    ],
)
def test_other_words_leave_another_trace(other: Texts) -> None:
    assert other.trace != TEXTS.trace


def test_texts_of_signs_alone_leave_traces_of_their_own() -> None:
    assert Texts("👍", "", "Other").trace != Texts("👎", "", "Other").trace
    assert Texts("किताब", "", "Other").trace != Texts("कताब", "", "Other").trace

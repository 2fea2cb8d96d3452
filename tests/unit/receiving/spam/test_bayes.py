"""The word model: what it learns, when it is silent, and that it stays small."""

import json
import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackback.receiving.spam.bayes import MAX_BYTES, MAX_WORDS, WordModel, WordVerdict, tokens
from trackback.web.text.plain_text import fold

SPAM = [f"cheap casino pills number {n}, buy now without prescription" for n in range(12)]
WANTED = [f"an answer to your essay on gardens number {n}, with photographs of roses" for n in range(12)]
DECIDED = [*((text, True) for text in SPAM), *((text, False) for text in WANTED)]
SILENT = WordVerdict(0.5)


def test_an_empty_model_says_nothing() -> None:
    assert WordModel.empty().judge("cheap casino pills") == SILENT


@pytest.mark.parametrize(("spam", "wanted"), [(12, 9), (9, 12), (12, 0), (0, 12)])
def test_it_says_nothing_below_ten_decisions_of_each_kind(spam: int, wanted: int) -> None:
    decided = [*((text, True) for text in SPAM[:spam]), *((text, False) for text in WANTED[:wanted])]
    assert WordModel.empty().learn(decided).judge(SPAM[0]) == SILENT


def test_it_names_the_words_that_counted() -> None:
    model = WordModel.empty().learn(DECIDED)
    against = model.judge("Buy casino PILLS here, said somebody else")
    assert against.probability > 0.95
    assert set(against.words) == {"buy", "casino", "pills"}
    wanted = model.judge("Roses: my answer, with photographs")
    assert wanted.probability < 0.05
    assert set(wanted.words) <= {"roses", "answer", "with", "photographs"}
    assert len(wanted.words) >= 3


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("!?", id="no words"),
        pytest.param("völlig andere Wörter über den Winter", id="only unknown words"),
        pytest.param("casino", id="one telling word"),
        pytest.param("cheap casino pills roses essay gardens", id="words that disagree"),
    ],
)
def test_it_stays_in_the_middle_without_agreeing_words(text: str) -> None:
    assert 0.4 < WordModel.empty().learn(DECIDED).judge(text).probability < 0.6


def test_many_spam_decisions_do_not_make_a_common_word_bad() -> None:
    spam = [(f"today we say something about pills {n}", True) for n in range(500)]
    wanted = [(f"today we say something about roses {n}", False) for n in range(10)]
    assert WordModel.empty().learn([*spam, *wanted]).judge("today we say something about us") == SILENT


def test_learning_bit_by_bit_is_learning_at_once() -> None:
    model = WordModel.empty()
    for decision in DECIDED:
        model = model.learn([decision])
    assert model == WordModel.empty().learn(DECIDED)


def test_a_changed_decision_can_be_taken_back() -> None:
    model = WordModel.empty().learn(DECIDED)
    mistake = [("an essay on letters", True)]
    assert model.learn(mistake).forget(mistake) == model


def test_forgetting_what_was_never_learned_does_no_harm() -> None:
    model = WordModel.empty().forget(DECIDED)
    assert (model.unwanted, model.wanted, dict(model.counts)) == (0, 0, {})


def test_it_survives_being_saved() -> None:
    model = WordModel.empty().learn([*DECIDED, ("手紙とバラ", False)])
    assert WordModel.from_json(model.as_json()) == model
    assert json.loads(model.as_json())["unwanted"] == 12


@pytest.mark.parametrize(
    "alphabet",
    [
        pytest.param("abcdefghij", id="Latin"),
        pytest.param("абвгдежзий", id="Cyrillic"),
        pytest.param("𐐨𐐩𐐪𐐫𐐬𐐭𐐮𐐯𐐰𐐱", id="four bytes a letter"),
    ],
)
def test_it_stays_within_its_bounds_whatever_it_learns(alphabet: str) -> None:
    words = ["".join(letters) * 6 for letters in product(alphabet, repeat=4)]
    texts = [" ".join(words[n : n + 20]) for n in range(0, len(words), 20)]
    model = WordModel.empty().learn((text, n % 2 == 0) for n, text in enumerate(texts))
    assert 0 < len(model.counts) <= MAX_WORDS
    assert len(model.as_json().encode()) <= MAX_BYTES


def test_new_words_are_learned_when_the_vocabulary_is_full() -> None:
    full = WordModel.empty().learn((f"word{n}a word{n}b", n % 2 == 0) for n in range(3_000))
    assert len(full.counts) == MAX_WORDS
    model = full
    for _ in range(30):
        model = model.learn([("sneakers outlet replica", True)])
    assert model.judge("replica sneakers outlet").probability > 0.95


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Straße CAFÉ naïve", ["strasse", "cafe", "naive"], id="case and accents"),
        pytest.param("ＶＩＡＧＲＡ 𝐯𝐢𝐚𝐠𝐫𝐚", ["viagra"], id="letters in disguise"),
        pytest.param("a I be", ["be"], id="single letters do not count"),
        pytest.param("http://o.example/buy_now", ["http", "example", "buy", "now"], id="an address"),
        pytest.param("call 0800 123456789 or 42", ["call", "####", "######", "or", "##"], id="numbers"),
        pytest.param("手紙の話", ["手紙", "紙の", "の話"], id="Japanese"),
        pytest.param("がぎ", ["がぎ"], id="kana keep their marks"),
        pytest.param("iPhone手机壳", ["iphone", "手机", "机壳"], id="Latin and Chinese in one run"),
        pytest.param("한국어 글", ["한국", "국어", "글"], id="Korean"),
        pytest.param("ราคาถูก", ["รา", "าค", "คา", "าถ", "ถู", "ูก"], id="Thai"),
        pytest.param("हिन्दी में", ["हिन्दी", "में"], id="Hindi keeps its vowel signs"),
        pytest.param("один два один", ["один", "два"], id="each word once"),
        pytest.param("x" * 25 + " " + "y" * 24, ["y" * 24], id="no endless words"),
    ],
)
def test_words_are_found_in_any_language(text: str, expected: list[str]) -> None:
    assert tokens(text) == expected


def test_it_learns_a_language_without_spaces() -> None:
    spam = [(f"激安ブランド財布の専門店です{n}", True) for n in range(12)]
    wanted = [(f"昨日読んだ手紙の記事について{n}", False) for n in range(12)]
    model = WordModel.empty().learn([*spam, *wanted])
    assert model.judge("ブランド財布が激安").probability > 0.9
    assert model.judge("手紙の記事を読んだ").probability < 0.1


@given(st.lists(st.tuples(st.text(max_size=60), st.booleans()), max_size=40), st.text(max_size=200))
def test_any_text_can_be_learned_judged_and_saved(decided: list[tuple[str, bool]], text: str) -> None:
    model = WordModel.from_json(WordModel.empty().learn([*DECIDED, *decided]).as_json())
    verdict = model.judge(text)
    assert 0 <= verdict.probability <= 1
    assert math.isfinite(verdict.probability)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)

"""The corpus of hostile texts: many kinds, each once, and each with something to be caught by."""

from tests.payloads import FAMILIES, PAYLOADS


def test_there_are_more_than_sixty_kinds() -> None:
    names, texts = zip(*PAYLOADS, strict=True)
    assert len(set(names)) == len(set(texts)) == len(PAYLOADS) >= 60
    assert len(FAMILIES) >= 10


def test_every_payload_says_what_to_look_for() -> None:
    assert [name for name, text in PAYLOADS if "pwned" not in text] == []

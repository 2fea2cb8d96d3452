"""What the judge is compared with: rules of a WordPress plugin, and two learners of scikit-learn."""

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.judge.corpus import Message
from tests.judge.measure import LOOKS_BAD, Judged
from trackback.receiving.spam.policy import CERTAIN

PYTHON = Path(".cache/judge/venv/bin/python")
"""An environment that has scikit-learn, which `make judge` makes."""
_BBCODE = re.compile(r"\[url[=\]].*\[/url\]", re.IGNORECASE | re.DOTALL)
_NAMES = re.compile(
    r"moncler|north face|vuitton|handbag|burberry|outlet|prada|cialis|viagra|maillot|oakley|ralph lauren|"
    r"ray ban",
    re.IGNORECASE,
)
_SURE, _LIKELY, _UNLIKELY = 0.99, 0.7, 0.3


def by_holding(messages: Sequence[Message]) -> list[Judged]:
    """Hold everything, and say nothing about it."""
    return [Judged(message, is_unseen=False, score=0) for message in messages]


def by_plugin(messages: Sequence[Message]) -> list[Judged]:
    """Judge by what Antispam Bee's documentation says that it does with trackbacks; a hit is unseen spam.

    Its rules: the blog's name is the title, BBCode, and names of goods that its patterns list. What it asks
    of other services, and of the country and language that a site allows, is left out.
    """
    hits = [_plugin_hits(message) for message in messages]
    return [Judged(each, hit, CERTAIN if hit else 0) for each, hit in zip(messages, hits, strict=True)]


def by_learners(
    decided: Sequence[Message], messages: Sequence[Message], python: Path = PYTHON
) -> dict[str, list[Judged]]:
    """Let scikit-learn learn from decisions, and judge messages."""
    asked = {
        "decided": [_text(each) for each in decided],
        "is_spam": [each.is_spam for each in decided],
        "asked": [_text(each) for each in messages],
    }
    answered = subprocess.run(
        [python, Path(__file__).with_name("learners.py")],
        input=json.dumps(asked),
        capture_output=True,
        check=True,
        text=True,
    )
    return {
        name: [_judged(message, p) for message, p in zip(messages, found, strict=True)]
        for name, found in json.loads(answered.stdout).items()
    }


def _plugin_hits(message: Message) -> bool:
    texts = message.ping.texts
    is_same = texts.title == texts.blog_name
    return is_same or bool(_BBCODE.search(texts.excerpt) or _NAMES.search(f"{texts.title} {texts.blog_name}"))


def _text(message: Message) -> str:
    texts = message.ping.texts
    return "\n".join([texts.title, texts.blog_name, texts.excerpt, message.ping.url])


def _judged(message: Message, p: float) -> Judged:
    score = CERTAIN if p >= _SURE else LOOKS_BAD if p >= _LIKELY else -1 if p <= _UNLIKELY else 0
    return Judged(message, p >= _SURE, score + p / 10)

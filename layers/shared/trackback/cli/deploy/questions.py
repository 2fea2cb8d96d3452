"""The four questions of a first deployment. After a wrong answer, it explains why and asks again."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rich.console import Console

from trackback.cli.deploy.hosts import host_problem, tidy_hosts
from trackback.cli.deploy.parameters import Parameter
from trackback.cli.deploy.settings_file import REGION

Check = Callable[[str], str]
"""Returns what is wrong with an answer, in sentences for the author; empty if it is valid."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question.

    Attributes:
        setting: Name of the setting that it fills.
        words: Text of the question.
        why: A sentence that explains it.
        check: Returns what is wrong with an answer.
        default: Meaning of Enter alone; None if an answer is required.
        shown: Label of an empty default.
    """

    setting: str
    words: str
    why: str
    check: Check
    default: str | None = None
    shown: str = ""


def questions(
    known: Mapping[str, Parameter], region: str | None, region_problem: Check, domain_problem: Check
) -> list[Question]:
    """Return the questions of a first deployment in order. `region` is that of the AWS configuration."""
    return [
        Question(
            "Sites",
            "Your blog's host",
            "The host in your posts' addresses, without https:// and without a path.\n"
            "Several blogs: separate their hosts by commas.",
            lambda text: host_problem(text, known["Sites"]),
        ),
        Question(
            "AuthorEmail",
            "Your email address",
            "New pings, sign-in links and alarms go to this address.",
            known["AuthorEmail"].problem,
        ),
        Question(
            REGION,
            "AWS region",
            "Where the service runs. Choose one near you, like eu-central-1 or us-east-1.",
            region_problem,
            default=region,
        ),
        Question(
            "DomainName",
            "Domain for the service",
            "Optional, like trackback.blog.example. It stands in the addresses that senders\n"
            "use, so decide now if you can. It needs a certificate in us-east-1\n"
            "(docs/deploy.md). Without a domain, AWS gives the service an address.",
            domain_problem,
            default="",
            shown="none",
        ),
    ]


def ask_all(every: list[Question]) -> dict[str, str]:
    """Ask each question until its answer is valid. Returns the non-empty answers by setting."""
    answers = {question.setting: ask(question) for question in every}
    return {name: answer for name, answer in answers.items() if answer}


def ask(question: Question) -> str:
    """Ask one question on the terminal until the answer is valid."""
    out = Console(highlight=False, markup=False, stderr=True)
    out.print(f"\n{question.why}", style="dim")
    while True:
        answer = _read(question)
        problem = "Please type an answer." if not answer and question.default is None else ""
        if answer:
            problem = question.check(answer)
        if not problem:
            return answer
        out.print(problem, style="yellow")


def confirm(words: str) -> bool:
    """Ask a yes/no question; Enter means yes."""
    return input(f"\n{words} [Y/n] ").strip().lower() in {"", "y", "yes"}


def is_terminal() -> bool:
    """Check whether stdin is a terminal."""
    return sys.stdin.isatty()


def _read(question: Question) -> str:
    shown = question.shown or question.default
    typed = input(f"{question.words}{f' [{shown}]' if shown else ''}: ").strip()
    return tidy(question.setting, typed or question.default or "")


def tidy(setting: str, answer: str) -> str:
    """Return a normalised answer: no blanks between hosts, lower case, no trailing dot of a host."""
    if setting == "Sites":
        return tidy_hosts(answer)
    if setting == "DomainName":
        return answer.lower().rstrip(".")
    return answer.lower() if setting == REGION else answer

"""Reads template.yaml: its parameters, their constraints, and the keys of its table."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from trackback.errors import TrackbackError

OURS = {"Release", "ExistingStream", "Secret"}
"""Parameters that each deployment sets by itself; authors never write them."""


_ENCODE = " In a URL, percent-encode it, as a browser's address bar does when you copy from it."
"""SAM treats a backslash as an escape, and CloudFormation does not keep non-ASCII letters."""


class BadTemplate(TrackbackError):
    """There is a template.yaml, but it is not this service's."""


class _Loader(yaml.SafeLoader):
    """Loads a template's parameters. Intrinsic functions (`!Ref`) occur only elsewhere and become None."""


_Loader.add_multi_constructor("!", lambda *_: None)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of the template.

    Attributes:
        default: None if the author must set it.
        pattern: A regular expression that the value must match, as CloudFormation applies it.
        constraint: Description of a valid value: "must be one email address".
        longest: Maximum number of characters; at most 4,096.
        low, high: Bounds of a number.
        allowed: The allowed values, if they are enumerated.
    """

    name: str
    default: str | None = None
    pattern: str = ""
    constraint: str = ""
    longest: int = 4_096
    low: int | None = None
    high: int | None = None
    allowed: tuple[str, ...] = ()

    def problem(self, value: str) -> str:
        """Return what is wrong with a value in one sentence; empty if it is valid."""
        if self.allowed:
            return "" if value in self.allowed else f"{self.name} must be one of {', '.join(self.allowed)}."
        if self.low is not None and self.high is not None:
            is_good = re.fullmatch("0|[1-9][0-9]{0,8}", value) and self.low <= int(value) <= self.high
            return "" if is_good else f"{self.name} must be a number from {self.low} to {self.high}."
        if len(value) > self.longest:
            return f"{self.name} has {len(value)} characters. Use at most {self.longest}."
        if not re.fullmatch(self.pattern or ".*", value):
            return f"{self.name} {self.constraint}."
        if odd := sorted({_name(each) for each in value if each == "\\" or not " " <= each <= "~"}):
            encode = _ENCODE if "://" in value else ""
            return f"{self.name} must be in ASCII, without {', '.join(odd)}.{encode}"
        return ""


def _name(character: str) -> str:
    return "a backslash" if character == "\\" else ascii(character)


def read_parameters(template: Path) -> dict[str, Parameter]:
    """Return the parameters that an author may set, by name.

    Raises:
        BadTemplate: The template is another project's, or broken.
    """
    every = {name: _parameter(name, facts) for name, facts in _read(template)["Parameters"].items()}
    return {name: parameter for name, parameter in every.items() if name not in OURS}


def read_keys(template: Path) -> dict[str, dict[str, str]]:
    """Return key types (HASH, RANGE) and attributes: of the table ("") and of its indexes by name."""
    table = _read(template)["Resources"]["Table"]["Properties"]
    parts = {"": table["KeySchema"]}
    parts |= {index["IndexName"]: index["KeySchema"] for index in table["GlobalSecondaryIndexes"]}
    return {part: keys(schema) for part, schema in parts.items()}


def keys(schema: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return a DynamoDB key schema as a map of key type to attribute."""
    return {key["KeyType"]: key["AttributeName"] for key in schema}


def _read(template: Path) -> Mapping[str, Any]:
    try:
        body: Any = yaml.load(template.read_text("utf-8"), _Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadTemplate(
            f"{template} cannot be read: {error} `git checkout {template}` restores it."
        ) from error
    if not isinstance(body, dict) or not {"Sites", "AuthorEmail"} <= {*body.get("Parameters", ())}:
        raise BadTemplate(f"{template} is not that of this service. Run this in the folder of the project.")
    return body


def _parameter(name: str, facts: Mapping[str, Any]) -> Parameter:
    default = facts.get("Default")
    return Parameter(
        name,
        default=None if default is None else str(default),
        pattern=facts.get("AllowedPattern", ""),
        constraint=facts.get("ConstraintDescription", ""),
        longest=facts.get("MaxLength", 4_096),
        low=facts.get("MinValue"),
        high=facts.get("MaxValue"),
        allowed=tuple(map(str, facts.get("AllowedValues", ()))),
    )

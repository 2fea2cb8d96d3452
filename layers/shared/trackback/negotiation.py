"""Which form of a list a client would rather have: JSON for programs, HTML for people (RFC 9110, 12.5.1)."""

import re
from collections.abc import Iterator

_HTML, _JSON = "text/html", "application/json"

_RANGE = re.compile(r"\s*([a-z0-9!#$&^_.+-]+|\*)/([a-z0-9!#$&^_.+-]+|\*)\s*(?:;(.*))?", re.DOTALL)


def prefers_html(accept: str) -> bool:
    """Tell whether an `Accept` header asks for HTML rather than for JSON.

    A tie is JSON, and so is nothing: it is what the list's readers got before there was a choice, and what
    a script gets that says nothing or `*/*`. Of the ranges that match a type the most specific one counts;
    ranges that are none are passed over, and parameters other than `q` do not matter.
    """
    ranges = dict(_ranges(accept.lower()))
    return _quality(ranges, _HTML) > _quality(ranges, _JSON)


def _quality(ranges: dict[str, float], wanted: str) -> float:
    matching = (wanted, f"{wanted.partition('/')[0]}/*", "*/*")
    return next((ranges[each] for each in matching if each in ranges), 0)


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for text in accept.split(","):
        if match := _RANGE.fullmatch(text):
            kind, subtype, parameters = match.groups()
            yield f"{kind}/{subtype}", _weight(parameters or "")


def _weight(parameters: str) -> float:
    """Return the `q` among a range's parameters, 1 if there is none, 0 if it is no number from 0 to 1."""
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            number = re.fullmatch(r"[01]?(?:\.[0-9]{0,3})?", value.strip())
            return min(float(f"0{number[0]}"), 1) if number and number[0] else 0
    return 1

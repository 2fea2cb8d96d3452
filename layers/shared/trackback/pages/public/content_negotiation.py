"""Which form of a list a client would rather have: HTML for people, JSON for programs (RFC 9110, 12.5.1)."""

from collections.abc import Iterator, Mapping

_HTML, _JSON = "text/html", "application/json"


def prefers_html(accept: str) -> bool:
    """Tell whether an `Accept` header asks for HTML rather than for JSON.

    A tie is JSON, and so is nothing: it is what the list's readers got before there was a choice, and what
    a script gets that says nothing or `*/*`. Of the ranges that match a type the most specific one counts;
    what is no range is passed over, and parameters other than `q` do not matter.
    """
    ranges = dict(_ranges(accept.lower()))
    return _quality(ranges, _HTML) > _quality(ranges, _JSON)


def _quality(ranges: Mapping[str, float], wanted: str) -> float:
    matching = (wanted, f"{wanted.partition('/')[0]}/*", "*/*")
    return next((ranges[each] for each in matching if each in ranges), 0)


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for text in accept.split(","):
        kind, _, parameters = text.partition(";")
        yield kind.strip(), _weight(parameters)


def _weight(parameters: str) -> float:
    """Return the `q` among a range's parameters, 1 if there is none, 0 if it is no number."""
    for parameter in parameters.split(";"):
        name, _, value = map(str.strip, parameter.partition("="))
        if name == "q":
            return min(float(value), 1) if value.replace(".", "", 1).isdecimal() else 0
    return 1

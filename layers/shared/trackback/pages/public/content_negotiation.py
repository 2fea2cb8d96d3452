"""Content negotiation of a list: HTML for people, JSON for programs (RFC 9110, 12.5.1)."""

from collections.abc import Iterator, Mapping

_HTML, _JSON = "text/html", "application/json"


def prefers_html(accept: str) -> bool:
    """Check whether an `Accept` header prefers HTML to JSON.

    JSON wins a tie and an empty header: clients got it before there was a choice, and so do scripts that send
    nothing or `*/*`. The most specific range that matches a type counts. Malformed ranges are ignored, as are
    parameters other than `q`.
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
    """Return the `q` of a range's parameters: 1 if it is missing, 0 if it is malformed."""
    for parameter in parameters.split(";"):
        name, _, value = map(str.strip, parameter.partition("="))
        if name == "q":
            return min(float(value), 1) if value.replace(".", "", 1).isdecimal() else 0
    return 1

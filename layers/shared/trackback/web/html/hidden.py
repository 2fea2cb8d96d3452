"""Tells from an element's own tag whether browsers hide its content; style sheets are not read.

A closed `details` is no hiding place: a click opens it, and blogs use it for notes and spoilers. Neither is
`aria-hidden`, since everybody but screen readers sees it.
"""

import re
from collections.abc import Mapping

FALLBACKS = {"audio", "canvas", "datalist", "defs", "desc", "metadata", "select", "symbol", "video"}
"""Their content shows only to who lacks the element itself, or to nobody."""
_ATTRIBUTES = ("hidden", "inert", "popover")
_CLASSES = {"screen-reader-only", "screen-reader-text", "sr-only", "visually-hidden", "visuallyhidden"}
_FADING_IN = {"article", "div", "header", "main", "section"}
"""Pages show these by a script after loading, and their source has `opacity: 0` until then."""

_COMMENT = re.compile(r"/\*.*?(?:\*/|$)", re.DOTALL)
_ESCAPE = re.compile(r"\\([0-9a-f]{1,6})[ \t\r\n\f]?|\\([^0-9a-f])")
_LENGTH = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(px|r?em|ch|ex|pt|vw|vh|%)?")
_FAR = {
    "px": 500,
    "": 500,
    "pt": 400,
    "em": 50,
    "rem": 50,
    "ch": 100,
    "ex": 100,
    "vw": 100,
    "vh": 100,
    "%": 100,
}
"""From so far on, a negative offset leads off the screen."""
_MOST_CHARACTERS = 9  # of a number; longer ones are no lengths


def is_hidden(name: str, attributes: Mapping[str, str]) -> bool:
    """Tell whether browsers hide an element's content. The whole page never counts as hidden."""
    if name in {"html", "body"}:
        return False
    if name in FALLBACKS or (name == "dialog" and "open" not in attributes):
        return True
    if any(attribute in attributes for attribute in _ATTRIBUTES):
        return True
    if "style" in attributes and _hides(name, attributes["style"]):
        return True
    return "class" in attributes and not _CLASSES.isdisjoint(attributes["class"].lower().split())


def _hides(name: str, style: str) -> bool:
    said = _declarations(style)
    return (
        said.get("display") == "none"
        or said.get("visibility") in {"hidden", "collapse"}
        or said.get("content-visibility") == "hidden"
        or (_is_small(said, "opacity", 0) and name not in _FADING_IN)
        or _is_small(said, "font-size", 1)
        or said.get("color") == "transparent"
        or _is_cut_off(said)
        or _is_off_screen(said)
    )


def _declarations(style: str) -> dict[str, str]:
    """Return the last value of each property, in lower case."""
    text = _ESCAPE.sub(_unescaped, _COMMENT.sub("", style.lower()))
    pairs = (each.partition(":") for each in text.split(";"))
    return {key.strip(): value.replace("!important", "").strip() for key, _, value in pairs}


def _unescaped(match: re.Match[str]) -> str:
    code = int(match[1], 16) if match[1] else 0
    return chr(code).lower() if 0 < code < 0x110000 else match[2] or ""  # noqa: PLR2004 - Unicode's end


def _is_cut_off(said: Mapping[str, str]) -> bool:
    """Tell whether nothing is left of an element: clipped away, scaled to a point, or without a size."""
    clip, path, transform = (said.get(key, "") for key in ("clip", "clip-path", "transform"))
    if clip.startswith("rect(") and all(abs(size) <= 1 for size, _ in _lengths(clip)):
        return True
    if path.startswith(("inset(50%", "inset(100%", "circle(0")) or "scale(0)" in transform:
        return True
    sizes = ("width", "height", "max-width", "max-height")
    return said.get("overflow") in {"hidden", "clip"} and any(_is_small(said, size, 1) for size in sizes)


def _is_off_screen(said: Mapping[str, str]) -> bool:
    places = ["text-indent", "margin-left", "margin-top"]
    if said.get("position") in {"absolute", "fixed"}:
        places += ["left", "top", "right", "bottom"]
    values = [said.get(place, "") for place in places]
    values += [said["transform"]] if said.get("transform", "").startswith("translate") else []
    return any(-size >= _FAR[unit] for value in values for size, unit in _lengths(value))


def _is_small(said: Mapping[str, str], key: str, most: int) -> bool:
    lengths = _lengths(said.get(key, ""))
    return len(lengths) == 1 and 0 <= lengths[0][0] <= (0 if lengths[0][1] not in {"", "px"} else most)


def _lengths(value: str) -> list[tuple[float, str]]:
    words = re.split(r"[\s,()]+", value)
    found = (_LENGTH.fullmatch(word) for word in words if len(word) <= _MOST_CHARACTERS)
    return [(float(match[1]), match[2] or "") for match in found if match]

"""Text functions that need no HTML parser."""

from itertools import accumulate


def shorten(text: str, limit: int) -> str:
    """Cut `text` to at most `limit` characters, ending in an ellipsis, never inside a grapheme."""
    if len(text) <= limit:
        return text
    from wcwidth import iter_graphemes  # noqa: PLC0415 - loads a megabyte of tables that few pings need

    ends = accumulate(map(len, iter_graphemes(text[:limit])))
    return text[: max((end for end in ends if end < limit), default=limit - 1)].rstrip() + "…"

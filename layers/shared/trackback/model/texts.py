"""Texts of a ping and of its sender, as far as no reader of pages is needed."""

from itertools import accumulate


def shorten(text: str, limit: int) -> str:
    """Cut `text` to at most `limit` characters, ending in an ellipsis, never inside a grapheme."""
    if len(text) <= limit:
        return text
    from wcwidth import iter_graphemes  # noqa: PLC0415 - tables of a megabyte that few pings need

    ends = accumulate(map(len, iter_graphemes(text[:limit])))
    return text[: max((end for end in ends if end < limit), default=limit - 1)].rstrip() + "…"

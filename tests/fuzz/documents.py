"""Documents that the fuzzer's bytes stand for: it makes short pieces, and costly documents repeat a piece."""

from collections.abc import Sequence


def document(data: bytes, kinds: Sequence[str], size: int) -> tuple[bytes, str]:
    """Return a document of about a size, and its media type; the first two bytes say how it is made."""
    if len(data) < 3:
        return data, kinds[0]
    how, kind, piece = data[0] % 4, kinds[data[1] % len(kinds)], data[2:]
    if how == 0:
        return piece, kind
    half = len(piece) // 2
    before = piece[:half] if how == 2 else b""
    after = piece[half:] if how == 3 else b""
    repeated = piece[half:] if how == 2 else piece[: half or 1] if how == 3 else piece
    return before + repeated * max(1, (size - len(before + after)) // len(repeated)) + after, kind

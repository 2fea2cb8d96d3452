"""Decodes EUC-JP and ISO-2022-JP with the vendors' extensions (①, ㈱, 髙).

Python's codecs for them reject these characters or change them into others, while its cp932 has them all.
Both encodings and Shift_JIS number the same table of 94 by 94 characters, so the bytes are renumbered (JIS X
0208:1997, appendices 1 and 2) and decoded as cp932.
"""

import re

CHARSETS = {"euc-jp", "iso-2022-jp"}

_SEGMENTS = re.compile(rb"\x1b(\$[@B]|\([BIJ])")
_EUC = re.compile(rb"[\x00-\x7f]+|[\xa1-\xfe]{2}|\x8e[\xa1-\xdf]|\x8f[\xa1-\xfe]{2}|.", re.DOTALL)
_AS_EUC = bytes(byte | 0x80 if 0x20 < byte < 0x7F else byte for byte in range(256))
_LONGEST = 3  # bytes of one character


def decode(data: bytes, charset: str, errors: str = "strict") -> str:
    """Decode `data`, which is written in one of `CHARSETS`.

    Raises:
        UnicodeDecodeError: with errors="strict", a byte is invalid.
    """
    return _from_escapes(data, errors) if charset == "iso-2022-jp" else _from_euc(data, errors)


def decode_cut(data: bytes, charset: str) -> str:
    """Decode `data`; if its last character is cut in half, drop that.

    Raises:
        UnicodeDecodeError: an earlier byte is invalid.
    """
    for end in range(len(data), len(data) - _LONGEST + 1, -1):
        try:
            return decode(data[:end], charset)
        except UnicodeDecodeError:
            pass
    return decode(data[: 1 - _LONGEST], charset)


def _from_escapes(data: bytes, errors: str) -> str:
    mode, texts = b"(B", []
    for index, piece in enumerate(_SEGMENTS.split(data)):
        if index % 2:
            mode = piece
        elif mode.startswith(b"$") and piece.isascii():
            texts.append(_from_euc(piece.translate(_AS_EUC), errors))
        elif mode == b"(I":
            texts.append(piece.translate(_AS_EUC).decode("cp932", errors))
        else:
            texts.append(piece.decode("ascii", errors))
    return "".join(texts)


def _from_euc(data: bytes, errors: str) -> str:
    characters = _STRICT if errors == "strict" else _WITH_REPLACEMENTS
    return "".join(map(characters.__getitem__, _EUC.findall(data)))


class _Characters(dict[bytes, str]):
    """The characters of EUC-JP by their bytes, each decoded on first use."""

    def __init__(self, errors: str) -> None:
        super().__init__()
        self._errors = errors

    def __missing__(self, code: bytes) -> str:
        if code.isascii():
            return code.decode("ascii")
        try:
            self[code] = _character(code)
        except UnicodeDecodeError:
            if self._errors == "strict":
                raise
            self[code] = "\ufffd"
        return self[code]


_STRICT, _WITH_REPLACEMENTS = _Characters("strict"), _Characters("replace")


def _character(code: bytes) -> str:
    if len(code) == 1:
        return code.decode("ascii")
    if code.startswith(b"\x8f"):  # JIS X 0212, which Shift_JIS lacks
        return code.decode("euc_jp")
    return (code[1:] if code.startswith(b"\x8e") else _shifted(code)).decode("cp932")


def _shifted(code: bytes) -> bytes:
    """Renumber the two bytes of a character of JIS X 0208 as Shift_JIS."""
    row, cell = (byte & 0x7F for byte in code)
    lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
    trail = cell + (0x7E if row % 2 == 0 else 0x20 if cell > 0x5F else 0x1F)
    return bytes((lead & 0xFF, trail & 0xFF))

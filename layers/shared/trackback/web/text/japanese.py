"""Decodes EUC-JP and ISO-2022-JP with the vendors' extensions (①, ㈱, 髙).

Python's codecs for them reject these characters or change them into others, while its cp932 has them all.
Both encodings and Shift_JIS number the same table of 94 by 94 characters, so the bytes are renumbered (JIS X
0208:1997, appendices 1 and 2) and decoded as cp932.
"""

import re

CHARSETS = {"euc-jp", "iso-2022-jp"}

_SEGMENTS = re.compile(rb"\x1b(\$[@B]|\([BIJ])")
_EUC = re.compile(
    rb"([\x00-\x7f]+)|\x8e([\xa1-\xdf])|((?:[\xa1-\xfe]{2})+)|(\x8f[\xa1-\xfe]{2})|(.)", re.DOTALL
)
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
            texts.append(_shifted(piece).decode("cp932", errors))
        elif mode == b"(I":
            kana = bytes(byte | 0x80 if byte > 0x20 else byte for byte in piece)
            texts.append(kana.decode("cp932", errors))
        else:
            texts.append(piece.decode("ascii", errors))
    return "".join(texts)


def _from_euc(data: bytes, errors: str) -> str:
    texts = []
    for match in _EUC.finditer(data):
        ascii_run, katakana, pairs, triple, stray = match.groups(b"")
        if pairs:
            texts.append(_shifted(bytes(byte & 0x7F for byte in pairs)).decode("cp932", errors))
        elif triple:  # JIS X 0212, which Shift_JIS lacks
            texts.append(triple.decode("euc_jp", errors))
        else:
            texts.append((ascii_run or katakana).decode("cp932") + stray.decode("ascii", errors))
    return "".join(texts)


def _shifted(pairs: bytes) -> bytes:
    """Renumber pairs of bytes 0x21 to 0x7E as Shift_JIS; line breaks between them are kept."""
    out = bytearray()
    index = 0
    while index < len(pairs):
        row, *cells = pairs[index : index + 2]
        if row < 0x21 or not cells or cells[0] < 0x21:  # a line break, or half a character (cp932 rejects it)
            out.append(row if row < 0x21 else 0x81)
            index += 1
            continue
        cell = cells[0]
        lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
        trail = cell + (0x7E if row % 2 == 0 else 0x20 if cell > 0x5F else 0x1F)
        out += bytes((lead & 0xFF, trail & 0xFF))
        index += 2
    return bytes(out)

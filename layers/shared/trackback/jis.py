"""EUC-JP and ISO-2022-JP with the characters that vendors added (①, ㈱, 髙).

Python's codecs for them refuse those characters or turn them into others, while its cp932 knows them all.
Both encodings and Shift_JIS number the same table of 94 by 94 characters, so the bytes are renumbered
(JIS X 0208:1997, appendices 1 and 2) and read as cp932.
"""

import re

CHARSETS = {"euc-jp", "iso-2022-jp"}

_SEGMENTS = re.compile(rb"\x1b(\$[@B]|\([BIJ])")
_EUC = re.compile(rb"([\x00-\x7f]+)|\x8e([\xa1-\xdf])|([\xa1-\xfe]{2})|(\x8f[\xa1-\xfe]{2})|(.)", re.DOTALL)


def decode(data: bytes, charset: str, errors: str = "strict") -> str:
    """Decode `data`, written in one of `CHARSETS`.

    Raises:
        UnicodeDecodeError: with errors="strict", a byte does not fit.
    """
    return _from_escapes(data, errors) if charset == "iso-2022-jp" else _from_euc(data, errors)


def _from_escapes(data: bytes, errors: str) -> str:
    mode, texts = b"(B", []
    for index, piece in enumerate(_SEGMENTS.split(data)):
        if index % 2:
            mode = piece
        elif mode.startswith(b"$"):
            texts.append(_shifted(piece).decode("cp932", errors))
        elif mode == b"(I":
            texts.append(bytes(byte | 0x80 for byte in piece).decode("cp932", errors))
        else:
            texts.append(piece.decode("ascii", errors))
    return "".join(texts)


def _from_euc(data: bytes, errors: str) -> str:
    texts = []
    for ascii_run, katakana, pair, triple, stray in _EUC.findall(data):
        if pair:
            texts.append(_shifted(bytes(byte & 0x7F for byte in pair)).decode("cp932", errors))
        elif triple:  # JIS X 0212, which Shift_JIS lacks
            texts.append(triple.decode("euc_jp", errors))
        else:
            texts.append((ascii_run or katakana).decode("cp932") + stray.decode("ascii", errors))
    return "".join(texts)


def _shifted(pairs: bytes) -> bytes:
    """Renumber pairs of bytes 0x21 to 0x7E as Shift_JIS; line breaks between them stay."""
    out = bytearray()
    index = 0
    while index < len(pairs):
        row = pairs[index]
        if row < 0x21 or index + 1 == len(pairs):  # a line break, or half a character, which cp932 refuses
            out.append(row if row < 0x21 else 0x81)
            index += 1
            continue
        cell = pairs[index + 1]
        lead = (row + 1) // 2 + (0x70 if row < 0x5F else 0xB0)
        trail = cell + (0x7E if row % 2 == 0 else 0x20 if cell > 0x5F else 0x1F)
        out += bytes((lead & 0xFF, trail & 0xFF))
        index += 2
    return bytes(out)

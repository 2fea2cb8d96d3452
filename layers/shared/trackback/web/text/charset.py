"""Detects the charset of a ping.

TrackBack 1.2 requires `charset` in the Content-Type. Senders put it into the body, omit it or name a wrong
one, so the bytes take precedence. All fields are judged together, since one short field alone is
inconclusive.
"""

import codecs
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import webencodings

from trackback.web.text import japanese as jis

Codec = Callable[[bytes, str], str]

_LABEL = re.compile(r"[A-Za-z0-9._:-]{1,40}")  # CVE-2009-3622: lists of labels exhausted WordPress
_MARKS = [  # longest first: the UTF-32 mark begins with the UTF-16 mark
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
]
_ISO_2022_JP = re.compile(rb"\x1b\$[@B]|\x1b\([JI]")
# Charset names follow the WHATWG's list, which has no UTF-7 and no codecs that are not charsets.
# Python's codecs of these names lack the vendors' extensions, so the wider codec replaces them.
_WIDER = {"shift_jis": "cp932", "gbk": "gb18030", "euc-kr": "cp949", "big5": "big5hkscs"}
_OTHER_LABELS = {
    "jis": "iso-2022-jp",
    "cp932": "shift_jis",
    "sjis-win": "shift_jis",
    "euc_jis_2004": "euc-jp",
    "eucjp-win": "euc-jp",
    "cp936": "gbk",
    "cp949": "euc-kr",
    "uhc": "euc-kr",
    "big5hkscs": "big5",
}
_NOT_FOR_FORMS = {"replacement", "x-user-defined", "utf-16le", "utf-16be"}
_DETECTED = ["cp932", "euc_jis_2004", "gb18030", "cp949", "big5", "cp1251", "koi8-r", "cp1252"]
_CYRILLIC = {"windows-1251", "koi8-r"}
_SAMPLE = 4_096


@dataclass(frozen=True, slots=True)
class Decoded:
    """Decoded texts, their charset, and whether bytes were replaced (U+FFFD)."""

    texts: list[str]
    charset: str
    replaced: bool = False


def decode(values: Sequence[bytes], labels: Iterable[str]) -> Decoded:
    """Decode the values of one ping, by the first evidence that fits.

    The order is: byte order marks; ISO-2022-JP's escapes; valid UTF-8, even against the label, since a wrong
    label is more common than a legacy text that happens to be valid UTF-8; the labels as given; detection;
    windows-1252.
    """
    if marked := _by_mark(values):
        return marked
    values = [value.removeprefix(codecs.BOM_UTF8) for value in values]
    named = list(dict.fromkeys(name for label in labels if (name := known_charset(label))))
    return (
        _first_that_fits(values, dict.fromkeys(_plausible(values, named)))
        or _hardly_broken(values, ["utf-8", *named])
        or _first_that_fits(values, [_detect(b"\n".join(values)), "windows-1252"])
        or _with_replacements(values, next(iter(named), "windows-1252"))
    )


def known_charset(label: str) -> str | None:
    """Return the charset of a label, or None unless blogs were written in it."""
    label = label.strip().strip("\"'").lower()
    if not _LABEL.fullmatch(label):
        return None
    encoding = webencodings.lookup(_OTHER_LABELS.get(label, label))
    return None if encoding is None or encoding.name in _NOT_FOR_FORMS else encoding.name


def _by_mark(values: Sequence[bytes]) -> Decoded | None:
    for mark, codec in _MARKS:
        if not any(value.startswith(mark) for value in values):
            continue
        wide = [value.startswith(mark) or b"\0" in value for value in values]
        try:
            texts = [
                _whole_part(value.removeprefix(mark), codec if is_wide else "utf-8")
                for value, is_wide in zip(values, wide, strict=True)
            ]
        except ValueError:  # the mark was text in another charset
            continue
        return Decoded(texts, codec[:6])
    return None


def _plausible(values: Sequence[bytes], named: list[str]) -> Iterator[str]:
    if any(_ISO_2022_JP.search(value) for value in values):
        yield "iso-2022-jp"
    yield "utf-8"
    for name in named:
        yield name
        if name == "big5":
            yield "cp950"  # it has the euro sign, which Hong Kong's Big5 lacks


def _first_that_fits(values: Sequence[bytes], names: Iterable[str]) -> Decoded | None:
    texts = ((name, _strictly(values, name)) for name in names)
    return next((Decoded(found, name) for name, found in texts if found is not None), None)


def _hardly_broken(values: Sequence[bytes], names: Iterable[str]) -> Decoded | None:
    """Decode with replacements if most characters are intact: the label is right, and a byte is broken."""
    for name in names:
        decoded = _with_replacements(values, name)
        text = "".join(decoded.texts)
        foreign = len(text) - len(text.encode("ascii", "ignore"))
        if 2 * text.count("\ufffd") <= foreign:
            return decoded
    return None


def _strictly(values: Sequence[bytes], name: str) -> list[str] | None:
    """Decode without errors, or return None; a final character that its sender cut in half is dropped."""
    decoder = _codec(name)
    try:
        return [decoder(value, "strict") for value in values]
    except ValueError:
        pass
    if name == "windows-1252":
        return None
    try:
        texts = [_without_cut_tail(value, name) for value in values]
    except ValueError:
        return None
    # "Café" in Latin-1 ends like a cut UTF-8 character, so intact non-ASCII characters must precede it.
    return None if all(text.isascii() for text in texts) else texts


def _without_cut_tail(value: bytes, name: str) -> str:
    if name in jis.CHARSETS:
        return jis.decode_cut(value, name)
    return _whole_part(value, _python_name(name))


def _whole_part(value: bytes, codec: str) -> str:
    return codecs.getincrementaldecoder(codec)("strict").decode(value)


def _codec(name: str) -> Codec:
    if name in jis.CHARSETS:
        return lambda value, errors: jis.decode(value, name, errors)
    return lambda value, errors: value.decode(_python_name(name), errors)


def _python_name(name: str) -> str:
    known = webencodings.lookup(name)
    return _WIDER.get(name) or (known.codec_info.name if known else name)


def _detect(sample: bytes) -> str:
    import chardet  # noqa: PLC0415 - its models take a megabyte, and few pings need them

    sample = sample[:_SAMPLE]
    guess = chardet.detect(sample, include_encodings=_DETECTED, compat_names=False)["encoding"]
    name = known_charset(guess or "") or "windows-1252"
    latin = sum(map(str.isalpha, sample.decode("ascii", "ignore")))
    # Russian has hardly any Latin letters, while "Café" has one accent among them.
    return "windows-1252" if name in _CYRILLIC and latin * 2 > len(sample) - latin else name


def _with_replacements(values: Sequence[bytes], name: str) -> Decoded:
    decoder = _codec(name)
    return Decoded([decoder(value, "replace") for value in values], name, replaced=True)

"""Writes the first inputs: the hostile pages of the unit tests, shortened to the piece that they repeat."""
# ruff: noqa: E501 - a list of pieces

import sys
from pathlib import Path

from tests.fuzz.parsers import PARSERS

HTML = (
    "<", "<a ", "&#9", "&lt", "<div>", "<a href=/x>", "<b><p>", "<table>", "<svg><a></p>", "<body><html lang=x>",
    "<p a=b ", "<title> </title>", "<template></template>", "<!-->", "</", "<!ENTITY a '&a;&a;'>", "\0", "e\u0301",
    "<script><!--<script>", "<textarea></textare", "<a rel='ugc' href='../'>", "<base href=/x><a href=x>",
    "<a href=x><base href=/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx/>", "<a href=//é1.é.example>", "<a href=//x>",
    "<a href=//ｂlog.example/é>", "<a href=https://blog.example/post>here</a>", "<p", "<![CDATA[", "<?", "<!--",
    "<link rel=canonical href=/a>", "<link rel=alternate type=application/rss+xml href=/f>", "<noscript><area href=x>",
    "<rdf:Description trackback:ping='//x' dc:identifier='//y' />", "<a rel=trackback href=/t>", "<meta charset=euc-jp>",
    "<article class=h-entry><div class=e-content><h1><a class=u-url href=x>. A! b? </a></h1></div></article>",
)  # fmt: skip
FEED = (
    "<rss><channel><item><title>a</title><link>//é/</link><description>&lt;b></description></item>",
    "<feed xmlns='http://www.w3.org/2005/Atom'><entry><link href='/x'/><content type='html'>x</content></entry>",
    '{"version": "https://jsonfeed.org/version/1.1", "items": [{"url": "//é", "date_published": "2026-01-01"}]}',
    "<rss><channel></x><b>", "<a '<b \"", "<item><author>a.b@c (d)</author></item>", "<pubDate>Mon, 1 Jan 2026</pubDate>",
    "[[[[", "<?xml version='1.0' encoding='utf-16'?><rdf:RDF>", "<!DOCTYPE rss [<!ENTITY a 'b'>]>",
)  # fmt: skip
FORM = (
    "url=https%3A%2F%2Fo.example%2Fa&title=x&excerpt=y&blog_name=z&charset=euc-jp",
    '--x\r\nContent-Disposition: form-data; name="url"\r\n\r\nhttps://o.example/\r\n--x--\r\n',
    "url=http://é.example/&&&&", "session=a; b=c", "dXJsPWh0dHA6Ly9v",
)  # fmt: skip
OTHERS = (
    "https://o.example/a?b=c&utm_source=d#e", "http://[::1]:80/%41%2f", "https://xn--a.é.co.uk./index.html?p=1",
    "MjAyNi0xMi0wMVQwMDowMDowMC4wMDBaIGFhIDE", "approve.abc.def.Zg.sig", "50",
    "<response><error>1</error><message><![CDATA[already]]></message></response>",
)  # fmt: skip
RAW = (
    b"\xa4\xa2a", b"\x1b$B$\"\x1b(B", b"\x8f\xa1\xa1", b"\x81\x30\x81\x30", b"\xef\xbb\xbfa", b"\xff\xfea\0",
    bytes.fromhex("1f8b0800000000000203cb48cdc9c907008 65f3c360500 0000".replace(" ", "")),
    bytes.fromhex("789ccb48cdc9c907 00062c0215".replace(" ", "")),
)  # fmt: skip


def main() -> None:
    """Write them for every parser, in every form of a document."""
    folder = Path(sys.argv[1])
    pieces = [*(text.encode() for text in (*HTML, *FEED, *FORM, *OTHERS)), *RAW]
    for name, parser in PARSERS.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number, piece in enumerate(pieces):
            head = bytes([number % 4, number % len(parser.kinds)])
            (folder / name / f"seed-{number}").write_bytes(head + piece)
            (folder / name / f"seed-{number}-repeated").write_bytes(bytes([1, head[1]]) + piece)


if __name__ == "__main__":
    main()

"""Finds where a page sends its readers: `<meta http-equiv="refresh">`, or the header of the same name.

Site generators move a page in this way, since they cannot answer with a redirect: Hugo's aliases, Jekyll's
redirect-from, Eleventy's and Astro's redirects (HTML standard, "Shared declarative refresh steps").
"""

import re
from collections.abc import Mapping

from trackback.web.budget import TooCostly
from trackback.web.html.href import published, resolve
from trackback.web.html.page import is_html, page_text
from trackback.web.html.reader import PageReader
from trackback.web.html.tokenizer import read_markup

LONGEST = 5
"""Seconds that a page may be shown before: a longer one is a page of its own."""
READ = 16_384
"""Bytes of a page in which the element is looked for."""

_VALUE = re.compile(
    r"[ \t\n\f\r]*(\d{0,9})(?:\.[\d.]*)?[ \t\n\f\r]*(?:[;,][ \t\n\f\r]*|(?<=[ \t\n\f\r]))"
    r"(?:url[ \t\n\f\r]*=[ \t\n\f\r]*)?(?:\"([^\"]*)|'([^']*)|(.*))",
    re.IGNORECASE | re.DOTALL,
)


def refresh_target(body: bytes, content_type: str, header: str, url: str) -> str | None:
    """Return the absolute URL to which a page sends its readers within `LONGEST` seconds, or None.

    `header` is the response's `Refresh`; it comes before the page's element, as in browsers.
    """
    if found := _target(header, url):
        return found
    if not is_html(content_type) or b"refresh" not in body[:READ].lower():
        return None
    reader = _Refresh(url)
    try:
        read_markup(page_text(body[:READ], content_type), reader)
    except TooCostly:
        return None
    return _target(reader.content, reader.base)


def _target(value: str, base: str) -> str | None:
    said = _VALUE.match(value)
    if not said or (not said[1] and not value.lstrip().startswith(".")) or int(said[1] or 0) > LONGEST:
        return None
    address = next(filter(None, said.groups()[1:]), "").strip()
    return published(resolve(address, base)) if address else None


class _Refresh(PageReader):
    """Takes the first element that has a content; one in `noscript` is for readers without scripts."""

    content = ""

    def on_start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "meta" and attributes.get("http-equiv", "").strip().lower() == "refresh":
            self.content = self.content or attributes.get("content", "")

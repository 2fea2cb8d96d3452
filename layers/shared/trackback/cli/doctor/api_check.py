"""Checks whether the API takes a post's pings, and serves its list and the embed to readers."""

import base64
import hashlib
import html
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from trackback.cli.doctor.discovery_check import Post
from trackback.cli.doctor.finding import Finding, note, right, wrong
from trackback.cli.doctor.post_page import Script
from trackback.paths import LISTS
from trackback.storage.dynamodb import BUSY
from trackback.web.http.client import Fetched, Fetcher
from trackback.web.http.failures import FetchFailed

_LINK = re.compile(r"<link>([^<]{1,3000})</link>")
_MESSAGE = re.compile(r"<message>([^<]{1,500})</message>")
_HASHES = {"sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}
_OK = 200


class ApiCheck:
    """Sends requests to the API about a post."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    def check_pings(self, post: Post) -> Finding:
        """Check whether the API answers and takes pings for the post. The post's RSS list shows both."""
        advice = "Check the address: --api, or TRACKBACK_API."
        try:
            told = self._fetcher.get(f"{post.ping_url}?__mode=rss", accept="text/xml")
        except FetchFailed as failure:
            return wrong("api", f"The API at {post.api} cannot be reached: {failure}.", advice)
        text = told.body.decode("utf-8", "replace")
        if message := _MESSAGE.search(text):
            sites = f"Add {urlsplit(post.url).netloc} to the setting Sites, and deploy again."
            advice = "Wait a minute." if message[1] == BUSY else sites
            return wrong("api", f"The API refuses: {html.unescape(message[1])}", advice)
        link = _LINK.search(text)
        if told.status != _OK or not link:
            return wrong("api", f"{post.api} does not answer as this service does ({told.status}).", advice)
        return _check_site(html.unescape(link[1]), post)

    def check_readers(self, post: Post, script: Script | None) -> Iterator[Finding]:
        """Yield whether the page can fetch the list and, with a script tag, the embed."""
        told = self._get("cors", f"{post.api}{LISTS}{post.name}", "application/json", post)
        yield (
            told if isinstance(told, Finding) else right("cors", "Browsers hand the list to the page (CORS).")
        )
        if script:
            told = self._get("script", script.url, "text/javascript", post)
            yield told if isinstance(told, Finding) else _check_hash(told, script.integrity)

    def _get(self, check: str, url: str, kind: str, post: Post) -> Fetched | Finding:
        """Return a browser's response for the page, or a finding if the browser would get none."""
        advice = f"Look at {url} in a browser."
        try:
            told = self._fetcher.get(url, accept=kind, headers={"Origin": post.origin})
        except FetchFailed as failure:
            return wrong(check, f"{url} cannot be had: {failure}.", advice)
        if told.status != _OK or not told.content_type.startswith(kind):
            return wrong(check, f"{url} answers {told.status}, {told.content_type}.", advice)
        if told.headers.get("access-control-allow-origin") not in {"*", post.origin}:
            words = f"Browsers keep {url} from the page: it comes without leave for its origin (CORS)."
            return wrong(check, words, "Whatever stands before the API must pass its CORS headers on.")
        return told


def _check_site(url: str, post: Post) -> Finding:
    """Compare the post's address in the service with the page's own."""
    known, page = urlsplit(url), urlsplit(post.url)
    if (known.scheme, known.netloc) == (page.scheme, page.netloc):
        return right("api", f"The API at {post.api} takes pings for {page.netloc}")
    return note(
        "api",
        f"The API takes pings for this blog, and leads people who follow a ping URL to {url}",
        f"If readers see the blog at {post.origin}, write it so in the setting Sites.",
    )


def _check_hash(told: Fetched, integrity: str) -> Finding:
    """Compare the embed with its tag's hashes as browsers do: only the strongest known algorithm counts."""
    hashes = integrity.split()
    kind = next((kind for kind in reversed(_HASHES) if f" {kind}-" in f" {' '.join(hashes)}"), "")
    if kind and _hash(kind, told.body) not in hashes:
        words = "The tag's integrity is that of another version, so browsers refuse the embed."
        return wrong("script", words, "Paste the tag anew that trackback snippet prints.")
    return right("script", "The embed comes.")


def _hash(kind: str, body: bytes) -> str:
    return f"{kind}-{base64.b64encode(_HASHES[kind](body).digest()).decode()}"

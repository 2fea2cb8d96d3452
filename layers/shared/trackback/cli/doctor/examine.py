"""Runs all checks of a published post in order, as the rest of the web sees it."""

from collections.abc import Iterator
from urllib.parse import urldefrag, urlsplit

from trackback.cli.doctor.api_check import ApiCheck
from trackback.cli.doctor.csp import read_policies
from trackback.cli.doctor.discovery_check import Post, check_ping_urls
from trackback.cli.doctor.embed_check import check_placement, own_script
from trackback.cli.doctor.finding import Finding, Severity, note, right, wrong
from trackback.cli.doctor.post_page import PostPage, read_post_page
from trackback.cli.doctor.probe import Probe
from trackback.protocols.trackback.discovery import discover
from trackback.receiving.spam.rules import too_wide
from trackback.storage.settings import load_rules
from trackback.storage.table import Table
from trackback.urls import is_same_page
from trackback.web.budget import TooCostly
from trackback.web.html.article import left_out_words, read_article
from trackback.web.html.page import is_html, page_text
from trackback.web.http.client import Fetched, Fetcher
from trackback.web.http.failures import FetchFailed

_OK = 200


class Doctor:
    """Checks posts that send their pings to one API and its table."""

    def __init__(self, table: Table, fetcher: Fetcher, api: str) -> None:
        """`api` is the API's origin without a trailing slash."""
        self._table, self._fetcher = table, fetcher
        self._api = api
        self._api_check = ApiCheck(fetcher)
        self._probe = Probe(table, fetcher)

    def examine(self, url: str) -> Iterator[Finding]:
        """Yield findings check by check. If the page cannot be fetched, stop after the first.

        Raises:
            NotRemoved: The test ping is still in the table.
        """
        url = urldefrag(url).url
        try:
            page = self._fetcher.get(url)
        except FetchFailed as failure:
            advice = "Publish the post where everyone can reach it, and check the address."
            yield wrong("page", f"The page cannot be had: {failure}.", advice)
            return
        there = _check_page(url, page)
        yield there
        if there.severity is Severity.ERROR:
            return
        post = Post(urldefrag(page.url).url, self._api)
        text = page_text(page.body, page.content_type)
        shown = read_post_page(text, page.url)
        yield _check_address(post, shown)
        shows_ping_url = any(element.shows_ping_url for element in shown.elements)
        yield from check_ping_urls(discover(text, page.url), post, shown.canonical, shows=shows_ping_url)
        policies = read_policies(page.headers.get("content-security-policy", ""), shown.policies)
        yield from check_placement(shown, post, policies)
        yield self._links(page)
        yield from self._service(post, shown)

    def _links(self, page: Fetched) -> Finding:
        """Say which links of the post send pings."""
        try:
            article = read_article(page.body, page.content_type, page.url)
        except TooCostly as error:
            return note("links", f"What the post links to cannot be told: {error}.")
        pages = f"{len(article.links):,} page{'s' * (len(article.links) != 1)}"
        words = f"The post links to {pages} of other sites, which your own pings go to"
        left_out = left_out_words(article)
        return right("links", f"{words}. Left out: {left_out}." if left_out else f"{words}.")

    def _service(self, post: Post, shown: PostPage) -> Iterator[Finding]:
        takes = self._api_check.check_pings(post)
        yield takes
        if takes.severity is not Severity.ERROR:
            yield from self._api_check.check_readers(post, own_script(shown, post))
            yield self._probe.run(post)
        yield from check_rules(self._table)


def check_rules(table: Table) -> Iterator[Finding]:
    """Yield a finding for each rule that is too wide to approve anything."""
    for rule in load_rules(table):
        if problem := too_wide(rule):
            remove = f"trackback rules remove {rule.matches} {rule.value}"
            yield note("rules", f"Your rule “{rule}” approves nothing. {problem}", f"Remove it: {remove}")


def _check_page(asked: str, page: Fetched) -> Finding:
    if page.status != _OK:
        words = f"The server answers {page.status} for {page.url}"
        return wrong("page", words, "Publish the post, and check the address.")
    if not is_html(page.content_type):
        return wrong("page", f"It is no HTML page, but {page.content_type}.", "Name the page of a post.")
    if not page.whole:
        words = "It is over 1 MB; only the first megabyte was looked at, which is more than senders read."
        return note("page", words, "Keep the markup for TrackBacks in the page's head.")
    if page.url != asked:
        return note("page", f"It is there, at {page.url}, where the address leads.")
    return right("page", "It is there.")


def _check_address(post: Post, shown: PostPage) -> Finding:
    if urlsplit(post.url).query:
        words = "The address has a query, which does not count: all such pages are one post here."
        return note("address", words, "Let each post have a path of its own.")
    if shown.canonical and not is_same_page(shown.canonical, post.url):
        words = f"The page's canonical link names another page, {shown.canonical}"
        return wrong(
            "address", words, f'Write <link rel="canonical" href="{post.url}">, or examine that page.'
        )
    if shown.canonical and shown.canonical != post.url:
        words = f"The canonical link spells the address otherwise: {shown.canonical}"
        return note("address", words, "Let people find one spelling everywhere; senders compare.")
    return right("address", "The page is at the address that it gives for itself.")

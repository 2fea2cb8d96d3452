"""Checks whether a post shows its TrackBacks: the embed, its fallback, and what may block them."""

from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from trackback.cli.doctor.csp import Policy, forbids_request, forbids_script
from trackback.cli.doctor.discovery_check import Post
from trackback.cli.doctor.finding import Finding, note, right, wrong
from trackback.cli.doctor.post_page import PostPage, Script
from trackback.model.posts import host_key, post_key
from trackback.paths import LISTS
from trackback.web.http.addresses import is_loopback

PARTS = "/embed/words.js"
"""One of the parts that the embed loads on demand."""


def check_placement(page: PostPage, post: Post, policies: list[Policy]) -> Iterator[Finding]:
    """Yield findings about what readers of the page see."""
    script = own_script(page, post)
    yield _script(page, script, post)
    if script:
        if page.elements or script.in_body:
            yield _post(page, post)
        yield _policy(script, post, policies)
        yield _safety(script, post)
    yield _fallback(page, post)


def own_script(page: PostPage, post: Post) -> Script | None:
    """Return the script tag that loads the embed from the API."""
    host = host_key(urlsplit(post.api).netloc)
    return next((script for script in page.scripts if host_key(urlsplit(script.url).netloc) == host), None)


def _script(page: PostPage, script: Script | None, post: Post) -> Finding:
    tag = f'<script type="module" src="{post.api}/embed.js"></script>'
    if script:
        return _tag(page, script, f"Write {tag}")
    if page.scripts:
        words = f"The embed comes from {page.scripts[0].url}, while your API is {post.api}."
        return wrong("embed", words, f"Write {tag}")
    if any(_is_list(url, post) for url in page.frames):
        return right("embed", "The page shows the list in a frame.")
    return wrong("embed", "The page does not load the embed.", f"Where the list should be, put {tag}")


def _tag(page: PostPage, script: Script, advice: str) -> Finding:
    if not script.is_module:
        return wrong("embed", "The embed's script tag is no module, so it does not run.", advice)
    if not page.elements and not script.in_body:
        words = "The script is in the head and there is no <trackback-list>, so nothing shows."
        return wrong("embed", words, "Put <trackback-list></trackback-list> where the list should be.")
    return right("embed", "The page loads the embed, and has a place for the list.")


def _post(page: PostPage, post: Post) -> Finding:
    named = [element.post for element in page.elements] or [None]
    shown = [post_key(name or page.canonical or post.url) for name in named]
    if post.key in shown:
        return right("list", "The list is this post's.")
    if page.elements and page.elements[0].post:
        return wrong("list", f"The list is that of {shown[0]}.", f'Write post="{post.name}".')
    words = f"The list is that of {shown[0]}, which the page's canonical link names."
    return wrong("list", words, f'Correct the canonical link, or write <trackback-list post="{post.name}">.')


def _policy(script: Script, post: Post, policies: list[Policy]) -> Finding:
    scripts = forbids_script(
        policies, script.url, post.url, nonce=script.nonce, integrity=script.integrity
    ) or forbids_script(policies, urljoin(script.url, PARTS), post.url, nonce=script.nonce)
    requests = forbids_request(policies, urljoin(script.url, f"{LISTS}{post.name}"), post.url)
    if not scripts and not requests:
        return right("csp", "No Content Security Policy of the page is in the embed's way.")
    kinds = [kind for kind, forbidden in (("script-src", scripts), ("connect-src", requests)) if forbidden]
    return wrong(
        "csp",
        f"The page's Content Security Policy is in the embed's way: {scripts or requests}",
        f"Allow {urljoin(script.url, '/').rstrip('/')} in {' and in '.join(kinds)}.",
    )


def _safety(script: Script, post: Post) -> Finding:
    """Check for mixed content: browsers block http in an https page, except from this machine."""
    is_mixed = post.url.startswith("https:") and script.url.startswith("http:")
    if is_mixed and not _is_here(urlsplit(script.url).hostname or ""):
        words = "The page is on https and loads the embed by http, which browsers block."
        return wrong("https", words, "Write the API's address with https.")
    return right("https", "The embed comes as safely as the page does.")


def _is_here(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost") or is_loopback(host)


def _is_list(url: str, post: Post) -> bool:
    """Check whether a URL is that of the post's list, as JSON or as HTML."""
    name = urlsplit(url).path.removeprefix(LISTS)
    return post.key in {post_key(name), post_key(name.removesuffix(".html"))}


def _fallback(page: PostPage, post: Post) -> Finding:
    link = f"{post.api}{LISTS}{post.name}"
    if any(_is_list(url, post) for url in (*page.links, *page.frames)):
        return right("fallback", "Without JavaScript, a link to the list is there.")
    return note(
        "fallback",
        "Without JavaScript, readers see nothing of the list.",
        f'Put a link into the element: <trackback-list><a href="{link}">TrackBacks</a></trackback-list>',
    )

"""Parses an incoming ping from its TrackBack form (TrackBack 1.2)."""

from datetime import datetime

from trackback.errors import PingRefused
from trackback.model.ping import Ping, ping_id
from trackback.model.posts import Post, post_key
from trackback.model.texts import MAX_BLOG_NAME, MAX_EXCERPT, MAX_TITLE, Texts
from trackback.protocols.trackback.form import Form
from trackback.timestamps import stamp
from trackback.urls import read_source
from trackback.web.text.charset import decode
from trackback.web.text.plain_text import clean, marks_up_links


def read_ping(post: Post, form: Form, label: str, now: datetime, client_hash: str = "") -> Ping:
    """Return the ping of `post` that a form describes.

    `label` is the charset in its Content-Type; `client_hash` is the keyed hash of the sender's address.

    Only `url` is required (TrackBack 1.2). A missing title is replaced by the source's address, and a missing
    blog name by its host, so that readers see a text.

    Raises:
        PingRefused: the `url` is missing, malformed or the post itself.
    """
    labels = [form.get("charset", b"").decode("ascii", "replace"), label]
    names = [name for name in ("url", "title", "excerpt", "blog_name") if name in form]
    decoded = decode([form[name] for name in names], labels)
    said = dict(zip(names, decoded.texts, strict=True))
    source = read_source(said["url"])
    if post_key(source.url) == post.key:
        raise PingRefused("The url is the post itself. Send the permalink of the page that links to it.")
    address = source.key.partition("?")[0]
    host = address.partition("/")[0]
    return Ping(
        id=ping_id(post, source),
        post=post.url,
        url=source.url,
        texts=Texts(
            title=clean(said.get("title", ""), MAX_TITLE) or clean(address, MAX_TITLE),
            excerpt=clean(said.get("excerpt", ""), MAX_EXCERPT),
            blog_name=clean(said.get("blog_name", ""), MAX_BLOG_NAME) or clean(host, MAX_BLOG_NAME),
        ),
        received_at=stamp(now),
        charset=_how_read(decoded.charset, decoded.replaced, labels),
        client_hash=client_hash,
        has_markup=any(map(marks_up_links, decoded.texts)),
    )


def _how_read(charset: str, replaced: bool, labels: list[str]) -> str:
    declared = next((clean(label, 40) for label in labels if label.strip()), "")
    if charset == "utf-8" and not replaced:
        return ""
    words = f"read as {charset}" + (f", declared as {declared}" if declared else ", undeclared")
    return words + (", with characters replaced" if replaced else "")

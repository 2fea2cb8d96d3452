"""The HTML that an author pastes into a post: its ping URL and its list."""

from html import escape

from trackback.model.posts import Post
from trackback.pages.public.embed import Embed
from trackback.paths import LISTS, PING_URLS, path_of
from trackback.protocols.trackback import rdf

_SNIPPET = """\
<!-- Into the post's <head>: where other blogs send their TrackBacks. -->
<link rel="trackback" href="{ping_url}">
{block}

<!-- Where the list should be. The link in it is for readers without JavaScript. -->
<script type="module" src="{api}/embed.js"></script>
<trackback-list post="{name}" ping-url><a href="{list}">TrackBacks</a></trackback-list>

<!-- In place of that script, if you like: one that browsers check. After an upgrade, paste the new one.
<script type="module" src="{api}/{versioned}" integrity="{integrity}" crossorigin="anonymous"></script>
-->
"""


def snippet(api: str, post: Post, title: str, embed: Embed) -> str:
    """Return the HTML to paste, with comments that say where each part goes. No value can end a comment.

    Args:
        api: The API's origin, without a trailing slash.
        post: A post on one of the served blogs.
        title: The post's title; if empty, its address is used.
        embed: The embed that the API serves.
    """
    name = post.url.partition("://")[2]
    path = path_of(post.url)
    ping_url = f"{api}{PING_URLS}{path}"
    return _SNIPPET.format(
        api=escape(api),
        name=escape(name),
        ping_url=escape(ping_url),
        list=escape(f"{api}{LISTS}{path}"),
        block=rdf.block(ping_url=ping_url, post_url=post.url, title=title or post.url),
        versioned=embed.versioned,
        integrity=embed.integrity,
    )

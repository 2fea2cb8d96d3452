"""Akismet's opinion of a ping, for authors with an API key: one signal among others.

Akismet is asked only about pings whose source was fetched, and gets only public data. The sender's address is
not kept, so the source's own address replaces it. A missing or unclear answer counts as no signal: the
author decides.
"""

from collections.abc import Callable

from trackback.model.ping import Ping
from trackback.web.http.client import Fetched, Fetcher
from trackback.web.http.failures import FetchFailed

CHECK = "https://rest.akismet.com/1.1/comment-check"
SECONDS = 3


class Akismet:
    """Client for Akismet's comment check (its developer documentation, version 1.1)."""

    def __init__(self, key: Callable[[], str], *, loopback: bool = False, url: str = CHECK) -> None:
        """`key` returns the author's API key; `url` differs only when a stand-in replaces Akismet."""
        self._key = key
        self._url = url
        self._fetcher = Fetcher(loopback=loopback, seconds=SECONDS)

    def takes_for_spam(self, ping: Ping, page: Fetched) -> bool:
        """Tell whether Akismet calls a ping spam; False without a clear answer or a key."""
        if not (key := self._key()):
            return False
        site = "/".join(ping.post.split("/")[:3]) + "/"
        try:
            answer = self._fetcher.post(
                self._url,
                {
                    "api_key": key,
                    "blog": site,
                    "user_ip": page.address,
                    "permalink": ping.post,
                    "comment_type": "trackback",
                    "comment_author": ping.latest_texts.blog_name,
                    "comment_author_url": ping.url,
                    "comment_content": f"{ping.latest_texts.title}\n\n{ping.latest_texts.excerpt}",
                    "comment_date_gmt": ping.received_second,
                    "blog_charset": "UTF-8",
                },
            )
        except FetchFailed:
            return False
        return answer.body.strip() == b"true"

"""Whose a page is: a registered domain, or one person's part of a host that many people share.

The public suffix list knows shared hosts whose operators have asked for it. The lists here hold others, and
those where people share one name and have paths.
"""

from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from trackback.errors import PingRefused
from trackback.urls import read_source
from trackback.web.sites import network_of, registrable_domain

_OF_SUBDOMAINS = frozenset(
    """
    000webhostapp.com altervista.org angelfire.com bandcamp.com beehiiv.com blog.com blog.fc2.com blog.jp
    blogfree.net blogger.com blogs.com blogspot.co.uk blogspot.de blogspot.fr blogspot.jp blot.im
    canalblog.com cocolog-nifty.com deviantart.com diarynote.jp dreamwidth.org edublogs.org egloos.com
    exblog.jp fc2.com free.fr ghost.io glitch.me hashnode.dev home.blog insanejournal.com itch.io
    jimdofree.com jimdosite.com journoportfolio.com jugem.jp listed.to livedoor.blog livedoor.jp
    livejournal.com lolipop.jp mataroa.blog medium.com micro.blog neocities.org newgrounds.com orange.fr
    over-blog.com overblog.com pika.page posthaven.com prose.sh seesaa.net skyrock.com smol.pub
    sourcehut.page squarespace.com strikingly.com substack.com super.site svbtle.com tilde.team
    tistory.com tripod.com tumblr.com typepad.com typepad.fr webnode.page weebly.com wix.com wordpress.com
    wpcomstaging.com wpengine.com write.as xrea.com xsrv.jp
    """.split()  # noqa: SIM905 - a list of words
)
"""Hosts under which each name is somebody's."""

_OF_PATHS = {
    host: frozenset(below)
    for host, *below in (
        line.split()
        for line in """
        ameblo.jp .
        blog.goo.ne.jp .
        blog.naver.com .
        brunch.co.kr @
        bsky.app profile
        d.hatena.ne.jp .
        dev.to .
        facebook.com .
        flickr.com photos people
        gist.github.com .
        github.com .
        gitlab.com .
        habr.com users
        hackernoon.com u
        instagram.com .
        kaggle.com .
        linkedin.com in company
        medium.com .
        note.com .
        pinterest.com .
        plaza.rakuten.co.jp .
        plus.google.com .
        qiita.com .
        quora.com profile
        reddit.com user u
        sites.google.com view site
        news.ycombinator.com
        slashdot.org
        soundcloud.com .
        stackexchange.com users
        stackoverflow.com users
        teletype.in @
        telegra.ph
        threads.com @
        threads.net @
        tumblr.com .
        twitter.com .
        velog.io @
        vimeo.com .
        vk.com .
        wikipedia.org
        write.as .
        x.com .
        youtube.com @ c channel user
        zenn.dev .
        aus.social @ users
        c.im @ users
        chaos.social @ users
        fosstodon.org @ users
        hachyderm.io @ users
        indieweb.social @ users
        infosec.exchange @ users
        mas.to @ users
        mathstodon.xyz @ users
        mastodonapp.uk @ users
        octodon.social @ users
        pawoo.net @ users
        pixelfed.social @ users
        sfba.social @ users
        social.coop @ users
        social.lol @ users
        techhub.social @ users
        toot.community @ users
        universeodon.com @ users
        """.strip().splitlines()
    )
}
"""Hosts on which paths are people's: directly below (.), only names with an @, below a word, or nowhere."""
_SERVERS = {"lemmy", "masto", "mastodon", "misskey", "mstdn", "peertube", "pixelfed", "pleroma"}
"""First labels, and whole names, of hosts that run software with accounts."""
_OF_SERVERS = frozenset({"@", "users", "u", "accounts"})
_NOBODYS = frozenset(
    """
    a about article articles c embed explore help home i l link login m me news notes oembed out p post
    posts privacy r redirect s search settings share sharer signup status statuses t tag tagged tags terms
    topic topics web
    """.split()  # noqa: SIM905 - a list of words
)
"""Names directly below a shared host that are no account's."""
_OF_ANY = {"u", "user", "users", "profile", "profiles", "members"}
"""Where many programs have their users' pages."""


class Account(NamedTuple):
    """The part of the web that one person is known to have: a host with its subdomains, or a path on it."""

    host: str
    path: tuple[str, ...] = ()

    def holds(self, host: str, path: tuple[str, ...]) -> bool:
        """Tell whether a place lies in it: a host, or what is below a path."""
        is_on_host = host == self.host or (not self.path and host.endswith(f".{self.host}"))
        return is_on_host and path[: len(self.path)] == self.path

    def __str__(self) -> str:
        """Return it as people write it."""
        return "/".join([self.host, *self.path])


def account_of(url: str) -> Account | None:
    """Return whose a page is; None if it is on a shared host and nobody's in particular, or no valid URL."""
    try:
        authority, _, path = read_source(url).key.partition("?")[0].partition("/")
    except PingRefused:
        return None
    return account_at(urlsplit(f"//{authority}").hostname or "", segments(path))


@lru_cache(maxsize=1_024)
def account_at(host: str, path: tuple[str, ...]) -> Account | None:
    """Return whose a place is; None if many people share it."""
    host = without_www(host)
    if network_of(host) or "." not in host:
        return Account(host, _user_in(path))
    below = _paths_of(host)
    if below is not None:
        found = _account_below(below, path)
        return Account(host, found) if found else None
    domain = _domain_of(host)
    if not domain:
        return None
    user = _user_in(path)
    return Account(host, user) if user else Account(domain)


def example_on(host: str) -> str:
    """Return how an account on a shared host is written; empty if no address there tells whose a page is."""
    below = _paths_of(without_www(host))
    if below is None:
        return f"name.{host}"
    if not below:
        return ""
    words = sorted(below - {".", "@"})
    if "@" in below or host == "medium.com":
        return f"{host}/@name"
    return f"{host}/name" if "." in below else f"{host}/{words[-1]}/name"


def segments(path: str) -> tuple[str, ...]:
    """Return a path's segments with `.` and `..` resolved, as the fetcher resolves them."""
    found: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del found[-1:]
        elif segment not in {"", "."}:
            found.append(segment)
    return tuple(found)


def without_www(host: str) -> str:
    """Return a host without `www.`, unless that is the name of a domain."""
    rest = host.removeprefix("www.")
    return rest if "." in rest else host


def _domain_of(host: str) -> str:
    """Return the domain that one person has, on a shared host the name below it; empty for a shared host."""
    labels = host.split(".")
    for start in range(len(labels) - 1):
        if ".".join(labels[start:]) in _OF_SUBDOMAINS:
            return ".".join(labels[start - 1 :]) if start else ""
    return registrable_domain(host)


def _paths_of(host: str) -> frozenset[str] | None:
    """Return below which words a host has people's paths; None if the whole host is one owner's."""
    labels = host.split(".")
    for start in range(len(labels) - 1):
        parent = ".".join(labels[start:])
        if parent in _OF_PATHS and not (start and parent in _OF_SUBDOMAINS):
            return _OF_PATHS[parent]
    return _OF_SERVERS if labels[0] in _SERVERS else None


def _account_below(below: frozenset[str], path: tuple[str, ...]) -> tuple[str, ...]:
    first = path[0] if path else ""
    if first.startswith("@"):
        return path[:1] if below & {".", "@"} and len(first) > 1 else ()
    if first in below:
        return path[:2] if len(path) > 1 else ()
    return path[:1] if "." in below and first and first.lower() not in _NOBODYS else ()


def _user_in(path: tuple[str, ...]) -> tuple[str, ...]:
    """Return the path of a user's pages, as `@name`, `~name` or `users/name`; empty if there is none."""
    first = path[0] if path else ""
    if first[:1] in {"@", "~"} and len(first) > 1:
        return path[:1]
    return path[:2] if first.lower() in _OF_ANY and len(path) > 1 else ()

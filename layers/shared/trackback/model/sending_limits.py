"""The author's limits for sending pings."""

from dataclasses import dataclass
from datetime import timedelta

from trackback.model.posts import host_key
from trackback.urls import host_of


@dataclass(frozen=True, slots=True)
class SendingLimits:
    """Limits for sending pings.

    Attributes:
        pings: How many pings one post may send in all.
        links: How many links of one post are followed in a run.
        days: Maximum age, in days, of a post from the feed.
        pause: Minimum time between two pings to one site.
        never: Hosts that get no requests, including their subdomains.
    """

    pings: int = 50
    links: int = 200
    days: int = 30
    pause: timedelta = timedelta(seconds=1)
    never: frozenset[str] = frozenset()

    def allow(self, url: str) -> bool:
        """Tell whether a request to a URL's host is allowed."""
        labels = host_key(host_of(url)).split(".")
        return self.never.isdisjoint(".".join(labels[at:]) for at in range(len(labels)))

"""What the author allows of sending."""

from dataclasses import dataclass
from datetime import timedelta

from trackback.model.posts import host_key
from trackback.urls import host_of


@dataclass(frozen=True, slots=True)
class SendingLimits:
    """What the author allows.

    Attributes:
        pings: How many pings one post may send in all.
        links: How many links of one post are followed in a run.
        days: How old a post of the feed may be.
        pause: How long to wait between two pings to one site.
        never: Hosts that get nothing, each with all below it.
    """

    pings: int = 50
    links: int = 200
    days: int = 30
    pause: timedelta = timedelta(seconds=1)
    never: frozenset[str] = frozenset()

    def allow(self, url: str) -> bool:
        """Tell whether a URL's host may be asked for anything."""
        labels = host_key(host_of(url)).split(".")
        return self.never.isdisjoint(".".join(labels[at:]) for at in range(len(labels)))

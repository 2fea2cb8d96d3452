"""One page under several addresses: which pings for a post have brought it.

Two pings are about the same page if their pages have the same address after redirects, or name the same
canonical one, or have the same title and the same sentence around the link. Only pages of one account are
compared (`web.accounts`), so nobody can claim another person's page. A page that only names an address
canonical is not the page at that address. Otherwise a neighbour could take its place.
"""

import hashlib
from base64 import b32encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

MOST_PAGES = 8
"""Pages of one account that are remembered for a post, so that the record takes one write unit."""
MOST_REPEATS, MOST_SENDERS = 3, 6
"""Addresses with other parameters' values that are remembered, and the senders of each."""
KNOWN_AFTER = 2
"""Times that a sender's address has led to a page that was there already, before others are not looked at."""
IN_FLIGHT = timedelta(minutes=15)
"""How long an approval by a rule may take from its claim to its end, with the queue's repeats."""


class Page(NamedTuple):
    """What tells a page from others.

    Attributes:
        address: Short hash of its address: the canonical one that it names, otherwise where it was found.
        text: Short hash of its title and the sentence around its link.
        is_own: Whether `address` is where it was found.
    """

    address: str
    text: str
    is_own: bool

    def is_same(self, other: "Page") -> bool:
        """Tell whether a page is another that is known already."""
        is_there = self.address == other.address and (other.is_own or not self.is_own)
        return is_there or self.text == other.text


class Known(NamedTuple):
    """A page that a ping has brought.

    Attributes:
        page: The page.
        ping: The ping's id.
        at: When, in Unix seconds.
        by_rule: Whether a rule was about to approve the ping.
    """

    page: Page
    ping: str
    at: int
    by_rule: bool = False

    def is_in_flight(self, now: datetime) -> bool:
        """Tell whether a rule may still be approving the ping."""
        return self.by_rule and self.at > int((now - IN_FLIGHT).timestamp())


class Repeat(NamedTuple):
    """An address whose parameters change nothing: the ping of its page, and who sent such addresses."""

    ping: str
    senders: Sequence[str]


@dataclass(frozen=True, slots=True)
class KnownPages:
    """What one record of a post and an account holds.

    Attributes:
        pages: The account's pages that pings for the post have brought.
        repeats: Such addresses, by a short hash of all but their parameters' values.
        step: How often the record was written.
    """

    pages: Sequence[Known] = ()
    repeats: Mapping[str, Repeat] = field(default_factory=dict)
    step: int = 0

    def others(self, page: Page, ping: str) -> list[Known]:
        """Return under which other pings a page is known."""
        return [known for known in self.pages if known.ping != ping and page.is_same(known.page)]

    def with_page(self, new: Known) -> "KnownPages":
        """Return the record with a ping's page, in place of an earlier one; the oldest are forgotten."""
        others = [known for known in self.pages if known.ping != new.ping]
        kept = sorted(others, key=lambda known: (known.by_rule, known.at))[-(MOST_PAGES - 1) :]
        return replace(self, pages=(*kept, new))

    def with_repeat(self, name: str, ping: str, sender: str) -> "KnownPages":
        """Return the record after a sender's address has led to a page that was there already."""
        before = self.repeats.get(name)
        senders = [*(before.senders if before and before.ping == ping else ()), sender]
        others = [(one, repeat) for one, repeat in self.repeats.items() if one != name]
        latest = [*others[-(MOST_REPEATS - 1) :], (name, Repeat(ping, senders[-MOST_SENDERS:]))]
        return replace(self, repeats=dict(latest))

    def repeated(self, name: str, sender: str) -> str:
        """Return the ping whose page a sender's address is known to lead to; empty if none is known."""
        repeat = self.repeats.get(name)
        return repeat.ping if repeat and list(repeat.senders).count(sender) >= KNOWN_AFTER else ""


def short_hash(*texts: str) -> str:
    """Return ten letters and digits that stand for some texts."""
    digest = hashlib.sha256("\n".join(texts).encode(errors="replace")).digest()
    return b32encode(digest[:7]).decode().lower()[:10]

"""Whoever tries the service gets the mail about the first ping in seconds, whatever was pinged before."""

import time
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.demo.sources import REPLY, SLOW_SOURCE, own_site
from tests.e2e.author import mails
from tests.e2e.conftest import Running, eventually, running

SOON = 6  # seconds from a ping to the mail about it


def test_the_first_mail_comes_within_seconds_of_the_ping_also_while_a_slow_page_is_checked() -> None:
    with running() as stack:
        slow = own_site(stack.others) + SLOW_SOURCE.path
        (ping,) = eventually(lambda: stack.from_source(slow))
        assert ping.verdict is None
        seconds = seconds_to_mail(stack)
        assert stack.ping(ping.id).verdict is None, "the slow page was not being checked"
        assert seconds <= SOON


def seconds_to_mail(stack: Running) -> float:
    """Ping as the start-up text says; return how long the mail about it takes."""
    fields = {"url": stack.others + REPLY.path, "title": REPLY.title, "excerpt": REPLY.excerpt}
    began = time.monotonic()
    with urlopen(Request(stack.ping_url, urlencode(fields).encode())):
        eventually(lambda: any(REPLY.title in mail.text for mail in mails(stack)))
    return time.monotonic() - began

"""Whoever tries the service gets the mail about the first ping soon, whatever was pinged before."""

from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.demo.sources import REPLY, SLOW_SOURCE, own_site
from tests.e2e.author import mails
from tests.e2e.conftest import Running, eventually, running


def test_the_first_mail_comes_although_a_slow_page_is_checked_before() -> None:
    with running() as stack:
        slow = own_site(stack.others) + SLOW_SOURCE.path
        eventually(lambda: stack.from_source(slow))
        ping_as_the_start_up_text_says(stack)
        eventually(lambda: any(REPLY.title in mail.text for mail in mails(stack)))


def ping_as_the_start_up_text_says(stack: Running) -> None:
    fields = {"url": stack.others + REPLY.path, "title": REPLY.title, "excerpt": REPLY.excerpt}
    with urlopen(Request(stack.ping_url, urlencode(fields).encode())) as answer:
        assert answer.status == 200

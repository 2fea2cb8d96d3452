"""The whole service on this machine, for `make run` and the end-to-end tests.

It has the API of `template.yaml` with the deployed handlers, demo blogs on other origins, and a stand-in for
AWS.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

from tests.demo.blog import SECOND_THOUGHTS
from tests.demo.site import DemoBlog, plant
from tests.demo.sources import REPLY, OtherBlogs, ping_from_all, ping_from_slow
from tests.stack.aws import confirm, make_queues, make_tables, sent_mails, stand_in
from tests.stack.environment import Environments
from tests.stack.gateway import Gateway
from tests.stack.invocations import Invocations
from tests.stack.queues import Consumer
from tests.stack.schedules import Schedule, calls, messages
from tests.stack.servers import QuietHandler, TalkingHandler, is_free, serving
from tests.stack.streams import Delivery
from tests.support import template
from tests.support.template import Template
from trackback.model.posts import Sites
from trackback.storage.pings import PingStore
from trackback.storage.table import Table

LAST_PORT = 65_531  # the stack needs four more
CHECKED_AFTER = 15  # seconds, more than the first checks take on a busy machine
NOTIFY_EVERY = 1 / 60  # minutes instead of one, so that a mail comes soon


@dataclass(frozen=True)
class LocalStack:
    """Addresses of a running stack."""

    api: str
    blog: str
    aws: str
    others: str
    second: str


@contextmanager
def local_stack(port: int = 0, *, talks: bool = False, sites: Sequence[str] = ()) -> Iterator[LocalStack]:
    """Run the stack, and yield its addresses once it answers. Ports are `port` and the next four, or free.

    `sites` are the origins of further served blogs beside the demo blogs.
    """
    with ExitStack() as stack:
        others = OtherBlogs(sites)
        others_url = _serve(stack, others, port and port + 3)
        blog = DemoBlog(sent_mails)
        blog_url = _serve(stack, blog, port and port + 1)
        second = DemoBlog(sent_mails, SECOND_THOUGHTS)
        second_url = _serve(stack, second, port and port + 4)
        deployed = _template(blog_url, [blog_url, second_url, *sites])
        aws = stack.enter_context(stand_in(port and port + 2))
        make_tables(deployed)
        make_queues(deployed, os.environ.get("HIDDEN_SECONDS", ""))
        confirm(deployed.resolve({"Ref": "AuthorEmail"}))
        plant(PingStore(Table("trackback")), blog_url)  # before any function runs: their sources do not exist
        gateway = Gateway(deployed)
        api = _serve(stack, gateway, port, talks=talks)
        invocations = Invocations()
        settings = {"API_URL": api, "AWS_ENDPOINT_URL_LAMBDA": _serve(stack, invocations, 0)}
        own = {"SITES": ",".join([blog_url, *sites])}  # the second blog has another author, and may be pinged
        gateway.functions += [
            Environments(function, settings | (own if function.name == "send" else {}))
            for function in deployed.functions()
        ]
        for function in gateway.functions:
            invocations.add(function)
            _subscribe(stack, function)
        for tick in deployed.ticks():
            stack.callback(Schedule(messages(tick), tick.minutes).close)
        stack.callback(invocations.close)
        blog.api = second.api = api
        blog.host, second.host = _host(blog_url), _host(second_url)
        others.origin = others_url
        blog.second, blog.others, others.blog = second_url, others_url, blog_url
        stack.callback(others.close)  # runs first: otherwise the end waits for the slow page
        yield LocalStack(api, blog_url, aws, others_url, second_url)


def _template(blog: str, sites: Sequence[str]) -> Template:
    """Return the template for these sites, with the blog's feed."""
    minutes = os.environ.get("CHECK_EVERY_MINUTES", "1")
    return template.load(
        Sites=",".join(sites), Feed=f"{blog}/", CheckEveryMinutes=minutes, SendEveryMinutes=minutes
    )


def _host(url: str) -> str:
    return url.partition("://")[2]


def _subscribe(stack: ExitStack, function: Environments) -> None:
    """Deliver a function its stream changes, messages and schedules until the stack ends."""
    stack.callback(function.close)
    for subscription in function.function.streams:
        stack.callback(Delivery("trackback", function, subscription).close)
    for mapping in function.function.queues:
        stack.callback(Consumer(function, mapping).close)
    for minutes in function.function.minutes:
        every = NOTIFY_EVERY if function.function.name == "notify" else minutes
        stack.callback(Schedule(calls(function), every).close)


def _serve(stack: ExitStack, application: Any, port: int, *, talks: bool = False) -> str:
    handler = TalkingHandler if talks else QuietHandler
    return f"http://localhost:{stack.enter_context(serving(application, port, handler)).port}"


def main() -> None:
    """Run the stack with seeded pings until Ctrl-C."""
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    wanted = os.environ.get("PORT", "8080")
    if not wanted.isdecimal() or not 1 <= int(wanted) <= LAST_PORT:
        sys.exit(f"PORT must be a number from 1 to {LAST_PORT}: PORT=9080 make run")
    port = int(wanted)
    if taken := [number for number in range(port, port + 5) if not is_free(number)]:
        sys.exit(f"Port {taken[0]} is taken, and five in a row are needed: try PORT={port + 1000} make run")
    with local_stack(port, talks=True, sites=_sites(os.environ.get("SITES", ""))) as stack:
        host = _host(stack.blog)
        ping_url = f"{stack.api}/trackback/{host}/posts/letters-and-leaflets/"
        ping_from_all(ping_url, stack.others)
        print(_welcome(stack), flush=True)
        _wait_for_checks(stopped)
        ping_from_slow(ping_url, stack.others)  # last, so that nothing is checked in one batch with it
        while not stopped.wait(0.1):  # an endless wait would miss a signal that another thread receives
            pass
        print("\nStopping.")


def _wait_for_checks(stopped: threading.Event) -> None:
    """Wait until every ping has its first verdict, or for so long that one never gets it."""
    table, end = Table("trackback"), time.monotonic() + CHECKED_AFTER
    unchecked = "attribute_exists(#url) AND attribute_not_exists(verdict)"
    while not stopped.wait(0.2) and time.monotonic() < end and any(table.scan(unchecked)):
        pass


def _sites(hosts: str) -> list[str]:
    """Return the origins of comma-separated hosts. Hosts without a scheme get http, as on this machine."""
    names = filter(None, (host.strip() for host in hosts.split(",")))
    origins = [name if "://" in name else f"http://{name}" for name in names]
    try:
        Sites(",".join(origins))
    except ValueError as error:
        sys.exit(f"{error}: SITES=localhost:1313,localhost:4000 make run")
    return origins


def _welcome(stack: LocalStack) -> str:
    blog = stack.blog.partition("://")[2]
    return f"""
TrackBack is running, all on this machine.

  The demo blog     {stack.blog}/
  Its mailbox       {stack.blog}/mailbox/
  A second blog     {stack.second}/
  Other blogs       {stack.others}/
  Your pages        {stack.api}/moderate
  The API           {stack.api}

Send a ping from one of the other blogs:

  curl -d 'url={stack.others}{REPLY.path}' -d 'title={REPLY.title}' \\
       -d 'excerpt={REPLY.excerpt}' -d 'blog_name={REPLY.blog_name}' \\
       {stack.api}/trackback/{blog}/posts/hello-world/

A few seconds later there is a mail about it in the mailbox. Follow its Approve, press the button, and read
the ping below {stack.blog}/posts/hello-world/

Then look at your pages: their sign-in link comes by mail, too. The same from another terminal:

  export AWS_ENDPOINT_URL={stack.aws}
  .venv/bin/trackback list
  .venv/bin/trackback explain ID
  .venv/bin/trackback approve ID
  .venv/bin/trackback sign-in

And ping what a post of the demo blog links to: one ping arrives at the second blog, and waits for you again.

  .venv/bin/trackback send {stack.blog}/posts/links-out/
  .venv/bin/trackback sent

Ctrl-C ends it all.
"""


if __name__ == "__main__":
    main()

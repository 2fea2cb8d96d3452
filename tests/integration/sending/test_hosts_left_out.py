"""The author's own hosts, and hosts that want nothing, get no pings."""

from werkzeug.wrappers import Response

from tests.integration.sending.conftest import Make, outcome
from tests.support.receivers import Web, post, web
from trackback.sending.post_run import NEVER, OWN


def test_nothing_is_sent_to_the_authors_own_hosts(blog: Web, other: Web, sender: Make) -> None:
    with web() as second:
        blog.pages["/post"] = post(f"{blog.url}/p/own", f"{second.url}/p/mine", f"{other.url}/p/a")
        own = [second.url.partition("//")[2]]
        assert outcome(sender(own=own).send(f"{blog.url}/post")) == [("a", "accepted")]
        assert not second.requests


def test_hosts_that_want_nothing_get_nothing(blog: Web, other: Web, sender: Make) -> None:
    blog.pages["/post"] = post(f"{other.url}/p/a")
    report = sender(limits={"never": frozenset({"127.0.0.1"})}).send(f"{blog.url}/post")
    assert not report.steps
    assert not other.requests


def moved(to: str) -> Response:
    """Return a short link's answer."""
    return Response("", 302, headers={"Location": to})


def naming(ping_url: str) -> str:
    """Return a page that names a ping URL."""
    return f'<link rel="trackback" href="{ping_url}"><p>Hello.</p>'


def test_a_link_that_looks_like_anothers_sends_nothing_to_the_authors_own_hosts(
    blog: Web, other: Web, sender: Make
) -> None:
    with web() as second:
        own = second.url.partition("//")[2]
        other.pages |= {"/short": moved(f"{second.url}/p/mine"), "/home": moved(f"{blog.url}/p/mine")}
        other.pages["/copy"] = naming(f"{second.url}/tb/mine")
        targets = (f"{other.url}/{name}" for name in ("short", "home", "copy", "p/a"))
        blog.pages["/post"] = post(*targets)
        report = sender(own=[own]).send(f"{blog.url}/post")
        dropped = [(name, "dropped") for name in ("short", "home", "copy")]
        assert outcome(report) == [*dropped, ("a", "accepted")]
        assert {step.record.words for step in report.steps[:3]} == {OWN}
        assert not second.pings
        assert not blog.pings


def test_a_link_that_looks_like_anothers_pings_no_host_that_wants_nothing(other: Web, sender: Make) -> None:
    with web("localhost") as quiet, web() as author:
        other.pages |= {"/short": moved(f"{quiet.url}/p/b"), "/copy": naming(f"{quiet.url}/tb/c")}
        author.pages["/post"] = post(f"{other.url}/short", f"{other.url}/copy")
        run = sender(limits={"never": frozenset({"localhost"})})
        report = run.send(f"{author.url}/post")
        assert outcome(report) == [("short", "dropped"), ("copy", "dropped")]
        by_hand = run.send_to(f"{author.url}/post", f"{quiet.url}/tb/hand")
        assert {step.record.words for step in (*report.steps, *by_hand.steps)} == {NEVER}
        assert not quiet.pings

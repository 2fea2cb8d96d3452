"""The HTTP client follows redirects, within bounds."""

import pytest

from tests.support.websites import page, redirect, silence, watched_connects, website
from tests.unit.web.http.fetching import NOT_PLAIN, NOT_PUBLIC, PORT, get, here
from trackback.web.http.client import Fetcher
from trackback.web.http.failures import FetchFailed, TooSlow


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_followed(status: str) -> None:
    with website({"/": redirect("a/?b#c", status), "/a/?b": page("There.")}) as site:
        fetched = here().get(site.url)
    assert (fetched.body, fetched.url) == (b"There.", f"{site.url}/a/?b#c")


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("/grüße", "/gr%C3%BC%C3%9Fe"),
        ("/gr%C3%BC", "/gr%C3%BC"),
        ("  /a b ", "/a%20b"),
        ("?q=ü", "/?q=%C3%BC"),
        ("../../a", "/a"),
    ],
)
def test_a_redirects_target_is_read_as_servers_send_it(location: str, path: str) -> None:
    answer = redirect("LOCATION").replace(b"LOCATION", location.encode())
    with website({"/": answer, path: page("There.")}) as site:
        assert here().get(f"{site.url}/").body == b"There."


@pytest.mark.parametrize("status", ["300 Choose", "302 Found", "304 Same"])
def test_a_status_that_leads_nowhere_is_an_answer(status: str) -> None:
    answer = redirect("/a", status) if status[:3] != "302" else page("", status)
    assert get(answer).status == int(status[:3])


def test_five_redirects_are_followed() -> None:
    with website({f"/{n}": redirect(f"/{n + 1}") for n in range(5)} | {"/5": page("There.")}) as site:
        assert here().get(f"{site.url}/0").body == b"There."


@pytest.mark.parametrize("start", ["/0", "/loop", "/a"])
def test_more_redirects_are_not(start: str) -> None:
    chain = {f"/{n}": redirect(f"/{n + 1}") for n in range(9)}
    with website({**chain, "/loop": redirect("/loop"), "/a": redirect("/b"), "/b": redirect("/a")}) as site:
        with pytest.raises(FetchFailed, match="it redirects more than 5 times"):
            here().get(site.url + start)
        assert site.connections == 6


def moved(to: str) -> bytes:
    """Return a page that moved, as site generators write it."""
    return page(f"<meta http-equiv=refresh content='0; url={to}'>", Content_Type="text/html")


def test_a_page_that_moved_by_its_markup_or_a_header_is_a_redirect() -> None:
    pages = {"/alias": moved("/a?b"), "/a?b": page("x", Refresh="0; url=/there"), "/there": page("There.")}
    with website(pages) as site:
        fetched = here().get(f"{site.url}/alias")
    assert (fetched.body, fetched.url) == (b"There.", f"{site.url}/there")


def test_markup_counts_as_a_redirect_among_the_others() -> None:
    chain = {f"/{n}": moved(f"/{n + 1}") if n % 2 else redirect(f"/{n + 1}") for n in range(6)}
    with website({**chain, "/6": page("There."), "/loop": moved("/pool"), "/pool": moved("/loop")}) as site:
        assert here().get(f"{site.url}/1").body == b"There."
        for start in ("/0", "/loop"):
            with pytest.raises(FetchFailed, match="it redirects more than 5 times"):
                here().get(site.url + start)


def test_a_page_that_loads_itself_again_is_a_page() -> None:
    with website({"/": moved("/#again")}) as site:
        assert b"again" in here().get(f"{site.url}/").body


def test_a_page_that_moved_leads_to_no_private_address() -> None:
    with website({"/": moved("http://10.0.0.1/")}) as site, watched_connects() as connects:
        with pytest.raises(FetchFailed, match=NOT_PUBLIC):
            here().get(f"{site.url}/")
        assert {host for host, _ in connects} == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("http://10.0.0.1/", NOT_PUBLIC),
        ("http://169.254.169.254/latest/meta-data/", NOT_PUBLIC),
        ("//169.254.169.254/", NOT_PUBLIC),
        ("http://2852039166/", NOT_PUBLIC),
        ("http://[::ffff:a9fe:a9fe]/", NOT_PUBLIC),
        ("http://[fd00:ec2::254]/", NOT_PUBLIC),
        ("http://0/", NOT_PUBLIC),
        ("http://8.8.8.8:22/", PORT),
        ("https://8.8.8.8:6379/", PORT),
        ("file:///etc/passwd", NOT_PLAIN),
        ("ftp://8.8.8.8/", NOT_PLAIN),
        ("javascript:alert(1)", NOT_PLAIN),
        ("http://user:secret@8.8.8.8/", NOT_PLAIN),
        ("http://8.8.8.8\\@127.0.0.1/", NOT_PLAIN),
        ("http://[::1", NOT_PLAIN),
        ("http://a\0b/", NOT_PLAIN),
        ("/" + "a" * 2_048, NOT_PLAIN),
    ],
)
def test_a_redirect_leads_only_where_one_may_go(location: str, words: str) -> None:
    with website(redirect(location)) as site, watched_connects() as connects:
        with pytest.raises(FetchFailed) as failure:
            here().get(site.url)
        assert connects == [("127.0.0.1", site.port)]
    assert str(failure.value) == words


def test_every_connection_of_a_fetch_may_be_prevented() -> None:
    asked: list[tuple[str, str]] = []

    def admit(url: str, address: str) -> None:
        asked.append((url, address))
        if len(asked) == 3:
            raise FetchFailed("asked too often")

    with website({"/": page("a victim")}) as victim, website(redirect(f"{victim.url}/")) as site:
        assert here().get(site.url, admit=admit).body == b"a victim"
        with pytest.raises(FetchFailed, match="asked too often"):
            here().get(site.url, admit=admit)
    assert asked == [(one, "127.0.0.1") for one in (site.url, f"{victim.url}/", site.url)]
    assert (site.connections, victim.connections) == (1, 1)


def test_each_address_that_is_tried_is_asked_about_so_that_no_name_hides_its_server() -> None:
    tried: list[str] = []
    with website(page("here")) as site:
        fetcher = Fetcher(loopback=True, seconds=5, resolve=lambda _: ["127.0.0.9", "127.0.0.1"])
        fetcher.get(f"http://blog.example:{site.port}/", admit=lambda _, address: tried.append(address))
    assert tried == ["127.0.0.9", "127.0.0.1"]


def test_a_fetch_may_be_given_less_time_than_the_client_has() -> None:
    with website(silence) as site, pytest.raises(TooSlow, match=r"within 0\.1 seconds"):
        here().get(site.url, seconds=0.1)

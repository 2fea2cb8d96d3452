"""Akismet, stood in for by a server on loopback that answers as it does."""

from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from werkzeug.wrappers import Request, Response

from tests.integration.conftest import Web
from tests.stack.servers import serving
from tests.support.websites import page
from trackback.model.ping import Status
from trackback.receiving.spam.akismet import Akismet
from trackback.receiving.verifier import Verifier


class StandIn:
    """A WSGI application that remembers the forms it was sent."""

    def __init__(self) -> None:
        """Take everything that holds `spam` for such, until told otherwise."""
        self.answer = Response("true")
        self.spam = ""
        self.forms: list[dict[str, str]] = []

    def __call__(self, environ: object, start_response: object) -> object:
        """Answer one check."""
        request = Request(environ)  # type: ignore[arg-type]
        form = parse_qs(request.get_data().decode(), keep_blank_values=True)
        self.forms.append({name: values[0] for name, values in form.items()})
        answer = self.answer if self.spam in form["comment_content"][0] else Response("false")
        return answer(environ, start_response)  # type: ignore[arg-type]


@pytest.fixture
def akismet(web: Web) -> Iterator[StandIn]:
    """Have every ping of `web` checked by a stand-in."""
    stand_in = StandIn()
    with serving(stand_in) as server:
        url = f"http://127.0.0.1:{server.port}/1.1/comment-check"
        client = Akismet(lambda: "0123456789ab", loopback=True, url=url)
        plain = web.verifier
        web.verifier = Verifier(web.table, plain._fetcher, plain._flood, client)
        yield stand_in


def test_what_akismet_takes_for_spam_is_held_with_that_reason(web: Web, akismet: StandIn) -> None:
    web.answers["/re"] = web.link()
    ping = web.verify(web.add(title="Grüße", excerpt="Wörter", blog_name="Other"))
    assert ping.status is Status.PENDING
    assert ping.verdict
    assert "Akismet takes it for spam." in ping.verdict.reason_texts
    (form,) = akismet.forms
    assert form == {
        "api_key": "0123456789ab",
        "blog": web.url("/", "blog.example"),
        "user_ip": "127.0.0.1",
        "permalink": ping.post,
        "comment_type": "trackback",
        "comment_author": "Other",
        "comment_author_url": ping.url,
        "comment_content": "Grüße\n\nWörter",
        "comment_date_gmt": ping.received_second,
        "blog_charset": "UTF-8",
    }


@pytest.mark.parametrize(
    "answer",
    [Response("false"), Response("invalid"), Response(""), Response("oops", 500), Response("", 302)],
    ids=["no spam", "a wrong key", "nothing", "a fault", "a redirect"],
)
def test_any_other_answer_says_nothing(web: Web, akismet: StandIn, answer: Response) -> None:
    akismet.answer = answer
    web.answers["/re"] = web.link()
    verdict = web.verify(web.add()).verdict
    assert verdict
    assert verdict.reason_texts == ["The source links to the post."]


def test_what_akismet_says_of_a_revision_is_not_held_against_the_first_words(
    web: Web, akismet: StandIn
) -> None:
    akismet.spam = "58213"
    web.answers["/re"] = page("No link.")
    ping = web.verify(web.add())
    web.add(excerpt="There you will find 58213 more infos")
    after = web.verify(ping)
    assert [akismet.spam in form["comment_content"] for form in akismet.forms] == [False, True, False]
    assert (after.status, after.texts, after.revision) == (Status.PENDING, ping.texts, None)
    assert after.verdict
    assert "Akismet takes it for spam." not in after.verdict.reason_texts


def test_an_akismet_that_cannot_be_reached_says_nothing(web: Web) -> None:
    nowhere = Akismet(lambda: "0123456789ab", loopback=True, url="http://127.0.0.1:9/")
    plain = web.verifier
    web.verifier = Verifier(web.table, plain._fetcher, plain._flood, nowhere)
    web.answers["/re"] = web.link()
    verdict = web.verify(web.add()).verdict
    assert verdict
    assert verdict.reason_texts == ["The source links to the post."]


def test_akismet_is_not_asked_where_there_is_nothing_to_ask_about(web: Web, akismet: StandIn) -> None:
    web.verify(web.add(host="unknown.example"))
    spam = {"title": "Deals", "blog_name": "Deals"}
    web.verify(web.add(excerpt="[...] Here you will find 58213 more infos on that topic: x.example", **spam))
    assert akismet.forms == []

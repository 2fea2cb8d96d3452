"""Signing in to the author's pages by a mailed link, and out again."""

import os
import re
from typing import Any

import pytest

from functions.moderate import app
from tests.stack.aws import confirm, sent_mails, unconfirm
from tests.support.admin_client import (
    NO_PING,
    ORIGIN,
    QUEUE,
    SESSION,
    SETTINGS,
    SIGN_IN,
    Visitor,
    Waiting,
    mailed,
    new_mails,
    now,
    one,
)
from trackback.model.ping import Status
from trackback.signing import write_session
from trackback.storage.deliveries import Deliveries
from trackback.storage.table import Table


def sign_in_path(visitor: Visitor, query: str = "") -> tuple[str, str]:
    """Ask for a link; return the path and query that the mail has."""
    confirm("author@blog.example")
    before = len(sent_mails())
    visitor.post(SIGN_IN, query=query)
    (text,) = new_mails(before)
    match = re.search(rf"{ORIGIN}(/moderate/sign-in/[^\s?]+)\??(\S*)", text)
    assert match
    return match[1], match[2]


def test_a_mailed_link_signs_in_by_a_button(stranger: Visitor) -> None:
    path, _ = sign_in_path(stranger)
    assert "<form" in stranger.read(path)
    assert SESSION not in stranger.cookies
    answer = stranger.post(path)
    assert (answer["statusCode"], answer["headers"]["Location"]) == (303, QUEUE)
    (line,) = answer["cookies"]
    assert set(line.split("; ")[1:]) == {"Path=/", "Max-Age=43200", "HttpOnly", "Secure", "SameSite=Strict"}
    assert "Nothing waits for you" in stranger.read(QUEUE)


def test_who_came_for_a_ping_gets_there_after_signing_in(stranger: Visitor) -> None:
    led = stranger.get(f"{QUEUE}/ping/{NO_PING}")["headers"]["Location"]
    assert led == f"{SIGN_IN}?ping={NO_PING}"
    assert f"?ping={NO_PING}" in stranger.read(SIGN_IN, f"ping={NO_PING}")
    path, query = sign_in_path(stranger, f"ping={NO_PING}")
    assert stranger.post(path, query=query)["headers"]["Location"] == f"{QUEUE}/ping/{NO_PING}"


def test_no_sign_in_leads_away_from_our_pages(stranger: Visitor) -> None:
    path, _ = sign_in_path(stranger, "ping=//evil.example")
    assert stranger.post(path, query="ping=//evil.example")["headers"]["Location"] == QUEUE


def test_whoever_asks_how_often_gets_the_same_answer_and_one_mail_goes_out(stranger: Visitor) -> None:
    confirm("author@blog.example")
    before = len(sent_mails())
    answers = [stranger.post(SIGN_IN) for _ in range(20)]
    assert all(answer == answers[0] for answer in answers)
    assert len(new_mails(before)) == 1


def test_a_request_that_cannot_be_read_keeps_no_mail_from_the_author(stranger: Visitor) -> None:
    assert stranger.post(SIGN_IN, query="&".join(f"a{n}=" for n in range(201)))["statusCode"] == 400
    sign_in_path(stranger)


def test_a_mail_that_cannot_be_sent_changes_nothing_for_who_asks(stranger: Visitor, table: Table) -> None:
    unconfirm("author@blog.example")
    answer = stranger.post(SIGN_IN)
    assert (answer["statusCode"], answer["headers"]["Location"]) == (303, f"{SIGN_IN}?sent=1")
    assert [each.state for each in Deliveries(table).newest()] == ["failed"]


def test_a_sign_in_link_works_once_and_unchanged(stranger: Visitor) -> None:
    path, _ = sign_in_path(stranger)
    tampered = stranger.post(path[:-2] + ("AA" if path[-2:] != "AA" else "BB"))
    assert (tampered["statusCode"], SESSION in stranger.cookies) == (400, False)
    stranger.post(path)
    again = Visitor().post(path)
    assert again["statusCode"] == 410
    assert SIGN_IN in again["body"]


@pytest.mark.parametrize("path", [SIGN_IN, f"{SIGN_IN}/x"])
@pytest.mark.parametrize("headers", [{"origin": "https://evil.example"}, {"sec_fetch_site": "cross-site"}])
def test_no_other_site_can_sign_the_author_in(stranger: Visitor, path: str, headers: dict[str, Any]) -> None:
    assert stranger.post(path, **headers)["statusCode"] == 403


@pytest.mark.parametrize(
    ("headers", "leads_to"),
    [
        ({"x_cdn_key": os.environ["CDN_KEY"], "x_viewer_host": "d111.cloudfront.net"}, "d111.cloudfront.net"),
        ({"x_cdn_key": "guessed", "x_viewer_host": "evil.example"}, "api.example"),
        ({"x_viewer_host": "evil.example"}, "api.example"),
    ],
    ids=["from the CDN", "with a wrong key", "with no key"],
)
def test_a_sign_in_link_leads_where_it_was_asked_for_which_only_the_cdn_may_tell(
    stranger: Visitor, headers: dict[str, Any], leads_to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("API_URL")
    confirm("author@blog.example")
    before = len(sent_mails())
    own = f"https://{leads_to}"
    assert stranger.post(SIGN_IN, **headers, origin="https://elsewhere.example")["statusCode"] == 403
    assert stranger.post(SIGN_IN, **headers, origin=own)["statusCode"] == 303
    (text,) = new_mails(before)
    assert f"{own}/moderate/sign-in/" in text
    assert "evil.example" not in text


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(author: Visitor) -> None:
    copied = Visitor(dict(author.cookies))
    assert author.post(f"{QUEUE}/sign-out")["headers"]["Location"] == SIGN_IN
    assert SESSION not in author.cookies
    assert copied.get(QUEUE)["headers"]["Location"] == SIGN_IN


def test_a_form_in_another_tab_does_nothing_after_signing_out(author: Visitor, waiting: Waiting) -> None:
    ping, tab = waiting(), Visitor(dict(author.cookies))
    form = {**one("approve", ping), "csrf": author.csrf}
    author.post(f"{QUEUE}/sign-out")
    assert tab.post(f"{QUEUE}/decide", form)["statusCode"] == 403
    assert app.services.pings.get(ping.id).status is Status.PENDING


def test_signing_out_leaves_the_sessions_of_other_browsers(author: Visitor) -> None:
    now_ = now()
    other = Visitor({SESSION: write_session(app.services.keys.load(now_), "another", now_)})
    author.post(f"{QUEUE}/sign-out")
    assert "Nothing waits for you" in other.read(QUEUE)


def test_signing_out_everywhere_ends_all_sessions_but_no_link(author: Visitor, waiting: Waiting) -> None:
    elsewhere, link = Visitor(dict(author.cookies)), mailed(waiting())
    author.post(f"{SETTINGS}/sign-out-everywhere")
    assert elsewhere.get(QUEUE)["statusCode"] == 303
    assert "Approve this ping?" in elsewhere.read(link)

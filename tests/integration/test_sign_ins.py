"""Who may use the author's pages: sign-in links, sessions, forms."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.aws_faults import answer, error
from trackback.errors import TableBusy
from trackback.model.ping import Status
from trackback.signing import SESSION_LASTS, SIGN_IN_LASTS, TokenExpired, TokenInvalid, write_sign_in
from trackback.storage.keys import ACCESS
from trackback.storage.pings import PingStore
from trackback.storage.sign_ins import PAUSE, SignIns
from trackback.storage.signing_keys import Keys
from trackback.storage.table import Table

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def keys() -> Iterator[Keys]:
    """The keys in a parameter of their own."""
    name = f"/trackback/{uuid4()}"
    yield Keys(name)
    boto3.client("ssm").delete_parameters(Names=[name])


@pytest.fixture
def access(table: Table, keys: Keys) -> SignIns:
    """Access to the pages of a service that nobody has signed in to."""
    return SignIns(table, keys)


def asked(access: SignIns, now: datetime = NOW) -> str:
    token = access.ask(now)
    assert token
    return token


def signed_in(access: SignIns, now: datetime = NOW) -> str:
    session = access.session(access.enter(asked(access, now), now), now)
    assert session
    return session.id


def end(access: SignIns, cookie: str, now: datetime = NOW) -> None:
    session = access.session(cookie, now)
    assert session
    access.end(session, now)


def requests(client: object) -> list[str]:
    """Return the list in which the names of a client's requests will stand."""
    names: list[str] = []
    events = client.meta.events  # type: ignore[attr-defined]
    events.register("before-call", lambda model, **_: names.append(model.name))
    return names


def test_a_sign_in_link_begins_a_session(access: SignIns) -> None:
    cookie = access.enter(asked(access), NOW)
    session = access.session(cookie, NOW)
    assert session
    assert access.session(cookie, NOW + SESSION_LASTS) == session


def test_the_owner_gets_a_link_at_any_time_which_replaces_a_mailed_one(access: SignIns) -> None:
    mailed, issued = asked(access), access.issue(NOW)
    with pytest.raises(TokenExpired):
        access.enter(mailed, NOW)
    assert access.enter(issued, NOW)
    with pytest.raises(TokenExpired):
        access.enter(issued, NOW)


def test_no_mail_can_be_had_that_would_replace_the_owners_link(access: SignIns) -> None:
    access.issue(NOW)
    assert access.ask(NOW + PAUSE - SECOND) is None
    assert access.ask(NOW + PAUSE)


def test_an_owners_link_ends_after_15_minutes(access: SignIns) -> None:
    issued = access.issue(NOW)
    with pytest.raises(TokenExpired):
        access.enter(issued, NOW + SIGN_IN_LASTS + SECOND)


def test_a_session_ends_after_12_hours(access: SignIns) -> None:
    cookie = access.enter(asked(access), NOW)
    assert access.session(cookie, NOW + SESSION_LASTS + SECOND) is None


def test_every_session_is_another(access: SignIns) -> None:
    assert len({signed_in(access) for _ in range(5)}) == 5


@pytest.mark.parametrize(
    ("after", "is_sent"),
    [(timedelta(), False), (PAUSE - SECOND, False), (PAUSE, True)],
    ids=["at once", "within 5 minutes", "after 5 minutes"],
)
def test_there_is_one_sign_in_link_in_5_minutes(access: SignIns, after: timedelta, is_sent: bool) -> None:
    asked(access)
    assert bool(access.ask(NOW + after)) is is_sent


def test_asking_in_vain_does_not_prolong_the_pause(access: SignIns) -> None:
    asked(access)
    for seconds in range(0, 300, 20):
        assert access.ask(NOW + seconds * SECOND) is None
    assert access.ask(NOW + PAUSE)


def test_a_flood_of_requests_costs_a_read_each(access: SignIns, table: Table, keys: Keys) -> None:
    asked(access)
    to_table, to_ssm = requests(table.client), requests(keys.client)
    assert [access.ask(NOW + SECOND) for _ in range(50)] == [None] * 50
    assert to_table == ["GetItem"] * 50
    assert to_ssm == []


def test_of_many_who_ask_at_once_one_gets_a_link(access: SignIns) -> None:
    with ThreadPoolExecutor(8) as pool:
        tokens = list(filter(None, pool.map(access.ask, [NOW] * 64)))
    assert len(tokens) == 1
    assert access.enter(tokens[0], NOW)


def test_a_link_is_good_once(access: SignIns) -> None:
    token = asked(access)
    access.enter(token, NOW)
    for now in (NOW, NOW + SECOND):
        with pytest.raises(TokenExpired, match=r"has been used, or there is a newer one. Ask for a new one"):
            access.enter(token, now)


def test_of_many_who_use_a_link_at_once_one_gets_in(access: SignIns) -> None:
    token = asked(access)

    def enter(_: int) -> bool:
        try:
            return bool(access.enter(token, NOW))
        except TokenExpired:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(enter, range(16))) == 1


def test_using_a_link_allows_to_ask_for_the_next(access: SignIns) -> None:
    token = asked(access)
    access.enter(token, NOW)
    following = asked(access, NOW + SECOND)
    with pytest.raises(TokenExpired):
        access.enter(token, NOW + SECOND)
    assert access.enter(following, NOW + SECOND)


def test_only_the_newest_link_is_good(access: SignIns) -> None:
    older = asked(access)
    newest = asked(access, NOW + PAUSE)
    with pytest.raises(TokenExpired):
        access.enter(older, NOW + PAUSE)
    assert access.ask(NOW + PAUSE) is None
    assert access.enter(newest, NOW + PAUSE)


def test_a_link_is_good_for_15_minutes(access: SignIns) -> None:
    token = asked(access)
    with pytest.raises(TokenExpired, match=r"has been used or is older than 15 minutes. Ask for a new one"):
        access.enter(token, NOW + SIGN_IN_LASTS + SECOND)
    assert access.enter(token, NOW + SIGN_IN_LASTS)


def test_a_nonce_that_was_never_handed_out_opens_nothing(access: SignIns, keys: Keys) -> None:
    token = write_sign_in(keys.load(NOW), "made-up", NOW)
    with pytest.raises(TokenExpired):
        access.enter(token, NOW)
    asked(access)
    with pytest.raises(TokenExpired):
        access.enter(token, NOW)


def test_a_token_that_is_none_costs_no_request(access: SignIns, table: Table, keys: Keys) -> None:
    token = asked(access)
    to_table, to_ssm = requests(table.client), requests(keys.client)
    for _ in range(20):
        with pytest.raises(TokenInvalid):
            access.enter(token[:-2], NOW)
        assert access.session(token, NOW) is None
    assert to_table == to_ssm == []


def test_a_sign_in_link_is_no_cookie_and_a_cookie_no_sign_in_link(access: SignIns) -> None:
    token = asked(access)
    assert access.session(token, NOW) is None
    cookie = access.enter(token, NOW)
    with pytest.raises(TokenInvalid):
        access.enter(cookie, NOW)


@pytest.mark.parametrize("forget", [False, True])
def test_a_rotation_ends_every_session_and_sign_in_link(access: SignIns, keys: Keys, forget: bool) -> None:
    cookie = access.enter(asked(access), NOW)
    token = asked(access)
    keys.rotate(NOW, forget=forget)
    assert access.session(cookie, NOW) is None
    with pytest.raises(TokenInvalid):
        access.enter(token, NOW)


def test_who_signs_in_after_a_rotation_elsewhere_stays_in(table: Table, access: SignIns, keys: Keys) -> None:
    elsewhere = Keys(keys.name)
    access.session("", NOW)
    elsewhere.rotate(NOW)
    cookie = access.enter(asked(access), NOW)
    assert access.session(cookie, NOW)
    assert SignIns(table, elsewhere).session(cookie, NOW)


def test_a_session_that_was_ended_is_over_for_every_copy_of_its_cookie_and_for_no_other(
    access: SignIns, table: Table, keys: Keys
) -> None:
    cookie, other = (access.enter(asked(access), NOW) for _ in range(2))
    end(access, cookie)
    elsewhere = SignIns(table, Keys(keys.name))
    assert (access.session(cookie, NOW), elsewhere.session(cookie, NOW)) == (None, None)
    assert elsewhere.session(other, NOW)
    end(access, other)
    assert (access.session(cookie, NOW), access.session(other, NOW)) == (None, None)


def test_to_end_a_session_twice_ends_it_once(access: SignIns) -> None:
    cookie = access.enter(asked(access), NOW)
    session = access.session(cookie, NOW)
    assert session
    access.end(session, NOW)
    access.end(session, NOW)
    assert access.session(cookie, NOW) is None


def test_of_ended_sessions_only_those_are_kept_whose_cookies_have_not_expired(
    access: SignIns, table: Table
) -> None:
    later = NOW + SESSION_LASTS + SECOND
    first, second = access.enter(asked(access), NOW), access.enter(asked(access, later), later)
    end(access, first)
    end(access, second, later)
    assert len(table.get(ACCESS)["ended"]) == 1
    assert access.session(second, later) is None


def test_to_end_all_sessions_ends_them_everywhere_at_once(access: SignIns, table: Table, keys: Keys) -> None:
    cookie, elsewhere = access.enter(asked(access), NOW), SignIns(table, Keys(keys.name))
    assert elsewhere.session(cookie, NOW)  # it knows the old key for a minute
    access.end_all(NOW)
    assert (access.session(cookie, NOW), elsewhere.session(cookie, NOW)) == (None, None)
    assert access.session(access.enter(asked(access), NOW + SECOND), NOW + SECOND)


def test_a_sessions_cookie_costs_one_read_and_no_other_cookie_any(access: SignIns, table: Table) -> None:
    cookie = access.enter(asked(access), NOW)
    to_table = requests(table.client)
    assert access.session(cookie, NOW)
    assert to_table == ["GetItem"]
    assert access.session(cookie[:-2], NOW) is None
    assert access.session(cookie, NOW + SESSION_LASTS + SECOND) is None
    assert to_table == ["GetItem"]


def test_a_form_of_the_sessions_own_pages_may_be_posted(access: SignIns) -> None:
    session = signed_in(access)
    assert access.may_post(session, access.csrf(session, NOW), NOW)


def test_a_form_of_another_session_may_not(access: SignIns) -> None:
    session, other = signed_in(access), signed_in(access)
    assert not access.may_post(session, access.csrf(other, NOW), NOW)


def test_a_form_from_before_a_rotation_may_not(access: SignIns, keys: Keys) -> None:
    session = signed_in(access)
    token = access.csrf(session, NOW)
    keys.rotate(NOW)
    assert not access.may_post(session, token, NOW)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(sent=st.text(st.characters(exclude_categories=())))
def test_whatever_else_is_sent_opens_nothing(access: SignIns, sent: str) -> None:
    assert access.session(sent, NOW) is None
    assert not access.may_post("a session", sent, NOW)
    with pytest.raises(TokenInvalid):
        access.enter(sent, NOW)


def test_a_flood_that_uses_up_the_table_is_told_as_such(access: SignIns, table: Table) -> None:
    answer(table, "UpdateItem", 2, error("ProvisionedThroughputExceededException"))
    with pytest.raises(TableBusy):
        access.ask(NOW)
    assert access.ask(NOW)


def test_the_record_is_no_ping(access: SignIns, store: PingStore) -> None:
    asked(access)
    assert list(store.pings()) == []
    assert all(not list(store.pings(status)) for status in Status)

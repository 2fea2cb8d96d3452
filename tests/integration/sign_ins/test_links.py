"""Sign-in links: who gets one, and that each is good once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.sign_ins.conftest import NOW, SECOND, asked, requests
from tests.support.aws_faults import answer, error
from trackback.errors import TableBusy
from trackback.model.ping import Status
from trackback.signing import SESSION_LASTS, SIGN_IN_LASTS, TokenExpired, TokenInvalid, write_sign_in
from trackback.storage.pings import PingStore
from trackback.storage.sign_ins import PAUSE, SignIns
from trackback.storage.signing_keys import Keys
from trackback.storage.table import Table


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

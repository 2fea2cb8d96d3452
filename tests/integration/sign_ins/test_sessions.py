"""Sessions: how long they last, how they end, and which forms they may post."""

from tests.integration.sign_ins.conftest import NOW, SECOND, asked, end, requests, signed_in
from trackback.signing import SESSION_LASTS
from trackback.storage.keys import ACCESS
from trackback.storage.sign_ins import SignIns
from trackback.storage.signing_keys import Keys
from trackback.storage.table import Table


def test_a_session_ends_after_12_hours(access: SignIns) -> None:
    cookie = access.enter(asked(access), NOW)
    assert access.session(cookie, NOW + SESSION_LASTS + SECOND) is None


def test_every_session_is_another(access: SignIns) -> None:
    assert len({signed_in(access) for _ in range(5)}) == 5


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

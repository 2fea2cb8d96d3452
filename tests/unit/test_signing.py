"""Links, sign-in links, sessions and CSRF tokens: what passes, and that nothing else does."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.support.linear_time import not_linear
from trackback.signing import (
    LINK_LASTS,
    SESSION_LASTS,
    SIGN_IN_LASTS,
    Action,
    Keyring,
    MailLink,
    Session,
    TokenExpired,
    TokenInvalid,
    csrf_token,
    read_link,
    read_session,
    read_sign_in,
    write_link,
    write_session,
    write_sign_in,
)

NOW = datetime(2026, 11, 24, 8, 30, 15, 750_000, tzinfo=UTC)
SECOND = timedelta(seconds=1)
KEYRING = Keyring("n" * 43)
OTHER = Keyring("o" * 43)
ROTATED = Keyring("x" * 43, (KEYRING.newest,))
PING = "abcdefghijklmnopqrstuvwx27"
LINK = MailLink(Action.APPROVE, PING, "0a1b2c3d")
NONCE = "Nonce_of-22-characters"

Read = Callable[[Keyring, str, datetime], object]
TOKENS = {
    "link": write_link(KEYRING, LINK, NOW),
    "sign-in": write_sign_in(KEYRING, NONCE, NOW),
    "session": write_session(KEYRING, NONCE, NOW),
    "csrf": csrf_token(KEYRING, NONCE),
}
READERS: dict[str, Read] = {"link": read_link, "sign-in": read_sign_in, "session": read_session}
LASTS = {"link": LINK_LASTS, "sign-in": SIGN_IN_LASTS, "session": SESSION_LASTS}
MEANT: dict[str, object] = {"link": LINK, "sign-in": NONCE, "session": Session(NONCE, int(NOW.timestamp()))}
EVERY_KIND = pytest.mark.parametrize("kind", READERS)


@pytest.mark.parametrize(
    "link",
    [
        *(MailLink(action, PING, "0a1b2c3d") for action in (Action.APPROVE, Action.REJECT, Action.SPAM)),
        MailLink(Action.MUTE),
        MailLink(Action.MUTE, changes=12),
        MailLink(Action.UNMUTE, changes=13, notify="daily"),
    ],
    ids=lambda link: f"{link.action} {link.ping and 'ping'}".strip(),
)
def test_a_link_says_what_it_is_good_for(link: MailLink) -> None:
    assert read_link(KEYRING, write_link(KEYRING, link, NOW), NOW) == link


def test_an_unsubscribe_link_from_before_there_was_a_count_is_for_the_setting_that_never_changed() -> None:
    older = "mute.awVLFw.xnkn-ENGPWx2PxXM4moYMI9IE6DmTuNRlsGOc4qUrr0"
    assert read_link(KEYRING, older, NOW) == MailLink(Action.MUTE, changes=0)


@EVERY_KIND
def test_a_token_is_good_until_its_last_second(kind: str) -> None:
    assert READERS[kind](KEYRING, TOKENS[kind], NOW) == MEANT[kind]
    assert READERS[kind](KEYRING, TOKENS[kind], NOW + LASTS[kind]) == MEANT[kind]


@EVERY_KIND
def test_a_token_a_second_older_has_expired(kind: str) -> None:
    with pytest.raises(TokenExpired):
        READERS[kind](KEYRING, TOKENS[kind], NOW + LASTS[kind] + SECOND)


@EVERY_KIND
@pytest.mark.parametrize("ahead", [SECOND, timedelta(days=400)], ids=str)
def test_a_token_from_the_future_is_none(kind: str, ahead: timedelta) -> None:
    with pytest.raises(TokenInvalid):
        READERS[kind](KEYRING, TOKENS[kind], NOW - ahead)


@pytest.mark.parametrize(
    ("reader", "token"), [(reader, token) for reader in READERS for token in TOKENS if token != reader]
)
def test_a_token_of_one_kind_passes_as_no_other(reader: str, token: str) -> None:
    with pytest.raises(TokenInvalid):
        READERS[reader](KEYRING, TOKENS[token], NOW)


@EVERY_KIND
def test_a_token_signed_with_another_key_is_none(kind: str) -> None:
    with pytest.raises(TokenInvalid):
        READERS[kind](OTHER, TOKENS[kind], NOW)


@EVERY_KIND
def test_a_token_with_any_character_tampered_with_is_none(kind: str) -> None:
    token = TOKENS[kind]
    for at, old in enumerate(token):
        others = ["", f"%{ord(old):02x}", *"Aa0.-_+/=! \n\x00é"]
        changed = {token[:at] + other + token[at + 1 :] for other in others}
        put_before = {token[:at] + other + token[at:] for other in others if other}
        for tampered in (changed | put_before) - {token}:
            with pytest.raises(TokenInvalid):
                READERS[kind](KEYRING, tampered, NOW)


SPELLINGS: dict[str, Callable[[str], str]] = {
    "padded": lambda token: token + "=",
    "with a line break": lambda token: token + "\n",
    "with a full stop after": lambda token: token + ".",
    "with a space before": lambda token: " " + token,
    "the last bits changed": lambda token: token[:-1] + chr(ord(token[-1]) + 1),
    "in capitals": str.upper,
    "with its case swapped": str.swapcase,
    "twice": lambda token: token * 2,
    "without its signature": lambda token: token.rpartition(".")[0],
    "with an empty signature": lambda token: token.rpartition(".")[0] + ".",
    "only its signature": lambda token: token.rpartition(".")[2],
    "at another time": lambda token: re.sub(r"[^.]+(?=\.[^.]+$)", "______", token),
}


@EVERY_KIND
def test_a_token_in_another_spelling_is_none(kind: str, subtests: pytest.Subtests) -> None:
    for name, change in SPELLINGS.items():
        with subtests.test(name), pytest.raises(TokenInvalid):
            READERS[kind](KEYRING, change(TOKENS[kind]), NOW)


@EVERY_KIND
@given(text=st.one_of(st.text(), st.from_regex(r"\A[\w.-]{1,60}\.[\w-]{6}\.[\w-]{43}\Z"), st.binary()))
@example(text="")
@example(text="\ud800")
@example(text="." * 200)
def test_whatever_else_is_sent_is_no_token(kind: str, text: str | bytes) -> None:
    sent = text if isinstance(text, str) else text.decode("utf-8", "surrogateescape")
    with pytest.raises(TokenInvalid):
        READERS[kind](KEYRING, sent, NOW)


@EVERY_KIND
def test_a_token_of_megabytes_takes_linear_time(kind: str) -> None:
    def read(text: str) -> None:
        for token in (text, TOKENS[kind] + text, text + TOKENS[kind]):
            with pytest.raises(TokenInvalid):
                READERS[kind](KEYRING, token, NOW)

    assert not_linear([".", "a", "a.", "-", "\x00", "\U0001f600"], read, 3_000_000) == {}


def test_an_action_that_this_release_does_not_know_is_none() -> None:
    with pytest.raises(TokenInvalid):
        read_link(KEYRING, write_link(KEYRING, MailLink(cast("Action", "paint")), NOW), NOW)


@pytest.mark.parametrize("action", Action)
def test_a_link_survives_mail_programs(action: Action) -> None:
    for second in range(500):
        token = write_link(KEYRING, MailLink(action, PING, "0a1b2c3d"), NOW + second * SECOND)
        assert re.fullmatch(r"[A-Za-z][A-Za-z0-9_.-]{1,98}[A-Za-z0-9]", token)
        assert ".." not in token


def test_a_link_outlives_a_rotation_while_the_older_key_is_accepted() -> None:
    assert read_link(ROTATED, TOKENS["link"], NOW) == LINK
    with pytest.raises(TokenInvalid):
        read_link(Keyring(ROTATED.newest), TOKENS["link"], NOW)


def test_an_old_link_has_expired_whichever_accepted_key_has_signed_it() -> None:
    with pytest.raises(TokenExpired):
        read_link(ROTATED, TOKENS["link"], NOW + LINK_LASTS + SECOND)


@pytest.mark.parametrize("kind", ["sign-in", "session"])
def test_a_rotation_ends_sessions_and_sign_in_links(kind: str) -> None:
    with pytest.raises(TokenInvalid):
        READERS[kind](ROTATED, TOKENS[kind], NOW)


def test_every_new_token_is_signed_with_the_newest_key() -> None:
    newest = Keyring(ROTATED.newest)
    assert read_link(newest, write_link(ROTATED, LINK, NOW), NOW) == LINK
    assert read_sign_in(newest, write_sign_in(ROTATED, NONCE, NOW), NOW) == NONCE
    assert read_session(newest, write_session(ROTATED, NONCE, NOW), NOW).id == NONCE


def test_a_csrf_token_is_of_one_session_and_key() -> None:
    tokens = {
        csrf_token(KEYRING, NONCE),
        csrf_token(KEYRING, NONCE + "x"),
        csrf_token(OTHER, NONCE),
        csrf_token(ROTATED, NONCE),
    }
    assert len(tokens) == 4
    assert csrf_token(ROTATED, NONCE) == csrf_token(Keyring(ROTATED.newest), NONCE)


@pytest.mark.parametrize(
    ("kind", "late", "words"),
    [
        ("link", LINK_LASTS + SECOND, "older than 14 days. Sign in"),
        ("link", -SECOND, "Copy it whole from the mail, or sign in"),
        ("sign-in", SIGN_IN_LASTS + SECOND, "used or is older than 15 minutes. Ask for a new one"),
        ("sign-in", -SECOND, "Copy it whole from the mail, or ask for a new one"),
        ("session", SESSION_LASTS + SECOND, "Sign in again"),
    ],
)
def test_the_author_is_told_what_to_do(kind: str, late: timedelta, words: str) -> None:
    with pytest.raises((TokenExpired, TokenInvalid), match=words):
        READERS[kind](KEYRING, TOKENS[kind], NOW + late)

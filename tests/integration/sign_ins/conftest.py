"""A service that nobody has signed in to, and how to sign in."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import boto3
import pytest

from trackback.storage.sign_ins import SignIns
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

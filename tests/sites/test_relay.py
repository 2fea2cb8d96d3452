"""The relay starts a build for what the service signs, and for nothing else."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from tests.sites.recipe import SITES, TOOLS
from tests.stack.servers import serving
from trackback.notifications.webhook import secret, sign
from trackback.signing import Keyring

KEY, NEXT_KEY, ANOTHER = (letter * 43 for letter in "AQg")
APPROVED = '{"type":"ping.approved","data":{"title":"Grüße"}}'
TOKEN = "a token"
RUN = f"""
import relay from "{(SITES / "relay" / "worker.js").as_uri()}";
import {{ readFileSync }} from "node:fs";
const {{ method, headers, body, settings }} = JSON.parse(readFileSync(0));
const request = new Request("https://relay.example/", {{ method, headers, body }});
const answer = await relay.fetch(request, settings);
console.log(answer.status);
"""


@dataclass
class GitHub:
    """A stand-in that keeps what it was asked."""

    status: int = 204
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    url: str = ""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Answer one request (PEP 3333)."""
        request = Request(environ)
        self.asked.append((request.method, request.headers["Authorization"], request.get_json()))
        return Response(status=self.status)(environ, start_response)


@pytest.fixture
def github() -> Iterator[GitHub]:
    """GitHub, on this machine."""
    github = GitHub()
    with serving(github) as server:
        github.url = f"http://127.0.0.1:{server.port}/repos/me/blog/dispatches"
        yield github


def signed(body: str, *keys: str, age: timedelta = timedelta()) -> dict[str, str]:
    """Return the headers of a message, as the service sends it."""
    return sign(Keyring(keys[-1], keys[:-1]), "msg_1", body, datetime.now(UTC) - age)


def relay(github: GitHub, body: str | None, headers: dict[str, str], method: str = "POST") -> int:
    """Have the relay take a message; return the status of its answer."""
    settings = {"SECRET": secret(Keyring(KEY)), "TARGET": github.url, "TOKEN": TOKEN}
    told = {"method": method, "headers": headers, "body": body, "settings": settings}
    node = [f"{TOOLS}/node_modules/.bin/node", "--input-type=module", "--eval", RUN]
    done = subprocess.run(node, input=json.dumps(told), check=True, stdout=subprocess.PIPE, text=True)
    return int(done.stdout)


@pytest.mark.parametrize("event", ["ping.approved", "ping.removed", "ping.test"])
def test_what_changes_the_list_starts_a_build(github: GitHub, event: str) -> None:
    body = json.dumps({"type": event})
    assert relay(github, body, signed(body, KEY)) == 204
    assert github.asked == [("POST", f"Bearer {TOKEN}", {"event_type": "trackback"})]


def test_a_message_is_taken_while_its_key_changes(github: GitHub) -> None:
    headers = signed(APPROVED, KEY, NEXT_KEY)
    assert headers["webhook-signature"].count("v1,") == 2
    assert relay(github, APPROVED, headers) == 204
    assert len(github.asked) == 1


def test_a_ping_that_waits_starts_none(github: GitHub) -> None:
    body = '{"type":"ping.pending"}'
    assert relay(github, body, signed(body, KEY)) == 204
    assert github.asked == []


def changed(name: str, value: str) -> dict[str, str]:
    """Return the headers of a good message, but one of them changed."""
    return signed(APPROVED, KEY) | {name: value}


NOT_OURS: dict[str, Callable[[], dict[str, str]]] = {
    "nothing": dict,
    "another's key": lambda: signed(APPROVED, ANOTHER),
    "another message's": lambda: signed(APPROVED + " ", KEY),
    "too old": lambda: signed(APPROVED, KEY, age=timedelta(minutes=6)),
    "of the future": lambda: signed(APPROVED, KEY, age=timedelta(minutes=-6)),
    "of no time": lambda: changed("webhook-timestamp", "now"),
    "of another time": lambda: changed("webhook-timestamp", str(int(time.time()) + 9)),
    "of another id": lambda: changed("webhook-id", "msg_2"),
    "no base64": lambda: changed("webhook-signature", "v1,!!!"),
    "another scheme": lambda: changed("webhook-signature", "v1a,AAAA"),
}


@pytest.mark.parametrize("headers", NOT_OURS.values(), ids=NOT_OURS)
def test_what_is_not_signed_starts_none(github: GitHub, headers: Callable[[], dict[str, str]]) -> None:
    assert relay(github, APPROVED, headers()) == 401
    assert github.asked == []


def test_a_build_that_did_not_start_is_told_to_the_service(github: GitHub) -> None:
    github.status = 422
    assert relay(github, APPROVED, signed(APPROVED, KEY)) == 502


def test_a_visitor_is_told_what_it_is_for(github: GitHub) -> None:
    assert relay(github, None, {}, method="GET") == 405
    assert github.asked == []

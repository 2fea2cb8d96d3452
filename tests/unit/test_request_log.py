"""Slow requests leave a line in the log, and quick ones none."""

import io
import json
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from tests.support.events import Context
from trackback import request_log as slow

EVENT = {"routeKey": "GET /pings/{post+}", "rawPath": "/pings/a-strangers-words"}


LOGGER = Logger(service="slow")


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    log = io.StringIO()
    monkeypatch.setattr(LOGGER.registered_handler, "stream", log)
    return log


def ask(fault: Exception | None = None) -> None:
    @slow.log_slow_requests(LOGGER)
    def handler(_: dict[str, Any], __: Any) -> dict[str, Any]:
        if fault:
            raise fault
        return {"statusCode": 200}

    assert handler(EVENT, Context()) == {"statusCode": 200}  # type: ignore[arg-type]


def test_a_quick_request_leaves_none(stream: io.StringIO) -> None:
    ask()
    assert stream.getvalue() == ""


@pytest.mark.parametrize("fault", [None, KeyError("x")], ids=["answered", "failed"])
def test_a_slow_request_leaves_its_route_and_time_and_no_strangers_words(
    stream: io.StringIO, monkeypatch: pytest.MonkeyPatch, fault: Exception | None
) -> None:
    monkeypatch.setattr(slow, "SLOW", 0)
    if fault:
        with pytest.raises(KeyError):
            ask(fault)
    else:
        ask()
    (line,) = map(json.loads, stream.getvalue().splitlines())
    assert (line["level"], line["route"]) == ("INFO", "GET /pings/{post+}")
    assert line["milliseconds"] >= 0
    assert "strangers" not in stream.getvalue()

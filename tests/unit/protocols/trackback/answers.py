"""Reads receivers' answers for tests."""

from datetime import UTC, datetime

from trackback.model.sent_ping import Stage
from trackback.protocols.outcome import Outcome
from trackback.protocols.trackback.response import read_response

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ACCEPTED, DUPLICATE, REFUSED, UNCLEAR, LATER = (
    Stage.ACCEPTED,
    Stage.DUPLICATE,
    Stage.REFUSED,
    Stage.UNCLEAR,
    Stage.LATER,
)


def document(error: object, message: str = "") -> str:
    """Return an answer as the specification has it."""
    told = f"<message>{message}</message>" if message else ""
    return f'<?xml version="1.0" encoding="utf-8"?>\n<response>\n<error>{error}</error>\n{told}</response>'


def read(body: str | bytes, status: int = 200, **headers: str) -> Outcome:
    """Read an answer; `content_type` stands for the header."""
    named = {name.replace("_", "-").title(): value for name, value in headers.items()}
    return read_response(status, named, body.encode() if isinstance(body, str) else body, NOW)

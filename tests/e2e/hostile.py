"""Records that no stranger can make: every word is hostile, as if nothing had been cleaned on the way in."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.payloads import PAYLOADS
from trackback.model.ping import HistoryEntry, Ping, Status
from trackback.model.texts import Texts
from trackback.model.verdict import LinkStatus, Reason, ReasonCode, Verdict
from trackback.timestamps import stamp
from trackback.web.text.plain_text import clean

Item = dict[str, Any]

TEXTS = [text for _, text in PAYLOADS]
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
FIELDS = 13
SOME = -(-len(TEXTS) // FIELDS)  # so many pings hold every text, each in one field or another
_LETTERS = str.maketrans("0189", "wxyz")


def hostile(post: str, number: int, status: Status) -> Ping:
    """Return a ping of hostile words, others in each field and in each ping."""

    def text(field: int) -> str:
        return TEXTS[(number * FIELDS + field) % len(TEXTS)]

    at = stamp(LONG_AGO + timedelta(minutes=number))
    revised = Texts(*[clean(text(5), 200)] * 3)
    return Ping(
        id=f"{status[:3]}{number:023}".translate(_LETTERS),
        post=post,
        url=f"http://h{number}.example/?{text(0)}",
        texts=Texts(text(1), text(2), text(3)),
        received_at=at,
        status=status,
        charset=text(4),
        verdict=_verdict(at, [text(field) for field in range(4, FIELDS)]),
        revision=revised if status is Status.PENDING and number % 2 else None,
        history=(HistoryEntry(at, status, "check", text(6)),),
    )


def _verdict(at: str, texts: list[str]) -> Verdict:
    url, why, title, language, link, *reasons = texts
    return Verdict(
        LinkStatus.FOUND,
        at,
        url=f"http://leads.example/{url}",
        why=why,
        title=title,
        language=language,
        sentence=f"Before {link} after",
        text=link,
        reasons=[Reason(ReasonCode.UNKNOWN, reason) for reason in reasons],
    )


def records_of_texts() -> list[Item]:
    """Return records of all else that holds words: rules, what is closed, and what was sent."""
    lines = [" ".join(text.split()) for text in TEXTS]
    now = stamp(datetime.now(UTC))
    plain: list[dict[str, Any]] = [
        {"id": "rules#", "rules": [f"block text {line}" for line in lines]},
        {"id": "closed#", "entries": {f"closed.example/{line}" for line in lines}},
    ]
    for number, text in enumerate(TEXTS[::4]):
        sent = {"status": "delivery", "received_at": now, "kind": "mail", "state": "sent", "attempts": 1}
        plain.append({"id": f"delivery#hostile-{number}", "what": text, "answer": text, **sent})
    return plain

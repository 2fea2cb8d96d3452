"""A stand-in for parts of SES that moto lacks: the account, identities in every state, the suppression list.

Its answers follow https://docs.aws.amazon.com/ses/latest/APIReference-V2/; VerifyEmailIdentity follows API
v1.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Request, Response

from tests.stack.servers import serving

TOKENS = ["aaaa1111", "bbbb2222", "cccc3333"]
ZONE = "dkim.amazonses.com"
_V1 = "http://ses.amazonaws.com/doc/2010-12-01/"


def account(*, production: bool = False, sent: float = 3, **more: Any) -> dict[str, Any]:
    """Return an account, in the sandbox by default."""
    quota = {"Max24HourSend": 50_000.0 if production else 200.0, "MaxSendRate": 1.0, "SentLast24Hours": sent}
    known = {"EnforcementStatus": "HEALTHY", "SendingEnabled": True, "SendQuota": quota}
    return {**known, "ProductionAccessEnabled": production, **more}


def identity(status: str = "SUCCESS", **dkim: Any) -> dict[str, Any]:
    """Return an identity in a state; `dkim` sets the DKIM attributes of a domain."""
    return {
        "VerificationStatus": status,
        "VerifiedForSendingStatus": status == "SUCCESS",
        "DkimAttributes": {
            "SigningEnabled": True,
            "Status": status,
            "Tokens": TOKENS,
            "SigningHostedZone": ZONE,
            "SigningAttributesOrigin": "AWS_SES",
            **dkim,
        },
    }


def address(status: str = "SUCCESS") -> dict[str, Any]:
    """Return the identity of an address in a state. SES does not sign for it."""
    return identity(status, SigningEnabled=False, Status="NOT_STARTED", Tokens=[])


@dataclass
class Ses:
    """SES in one account and region. `mailed` lists the addresses that got a confirmation link."""

    account: dict[str, Any] = field(default_factory=account)
    identities: dict[str, dict[str, Any]] = field(default_factory=dict)
    suppressed: dict[str, str] = field(default_factory=dict)
    mailed: list[str] = field(default_factory=list)
    denied: set[str] = field(default_factory=set)

    def answer(self, request: Request) -> Response:
        """Answer one request of either API."""
        if request.method == "POST":
            return self._verify(request.form["EmailAddress"])
        kind, _, name = request.path.removeprefix("/v2/email/").partition("/")
        if kind in self.denied:
            return _refuse(403, "AccessDeniedException", f"You are not authorized: {kind}")
        if kind == "account":
            return _answer(self.account)
        if kind == "identities":
            return _answer(self.identities.get(name))
        return self._suppressed(name.removeprefix("addresses/"))

    def _suppressed(self, address: str) -> Response:
        if not self.account["ProductionAccessEnabled"]:
            return _refuse(400, "BadRequestException", "Not available in the sandbox")
        reason = self.suppressed.get(address)
        found = {"EmailAddress": address, "Reason": reason, "LastUpdateTime": 1_795_824_000}
        return _answer({"SuppressedDestination": found} if reason else None)

    def _verify(self, author: str) -> Response:
        self.mailed.append(author)
        self.identities[author] = address("PENDING")
        result = "<VerifyEmailIdentityResult/>"
        body = f'<VerifyEmailIdentityResponse xmlns="{_V1}">{result}</VerifyEmailIdentityResponse>'
        return Response(body, content_type="text/xml")


@contextmanager
def ses_server(ses: Ses) -> Iterator[str]:
    """Serve it on loopback, and yield its URL."""
    with serving(Request.application(ses.answer)) as server:
        yield f"http://localhost:{server.port}"


def _answer(found: dict[str, Any] | None) -> Response:
    if found is None:
        return _refuse(404, "NotFoundException", "There is no such thing")
    return Response(json.dumps(found), content_type="application/json")


def _refuse(status: int, kind: str, words: str) -> Response:
    body = json.dumps({"message": words})
    return Response(body, status, {"x-amzn-ErrorType": kind}, content_type="application/json")

"""Who asks, and which address they asked: the CDN tells it, and nobody else is believed.

Behind the CDN the gateway sees the CDN's address and its own host. So the CDN sends the viewer's in two
headers, with a key that nobody outside the account knows. Who calls the gateway directly may claim what they
like.
"""

import hmac
import os
from collections.abc import Mapping
from typing import Any


def address(event: Mapping[str, Any]) -> str:
    """Return the IP address of the client."""
    return _told(event, "x-viewer-address") or str(event["requestContext"]["http"]["sourceIp"])


def origin(event: Mapping[str, Any]) -> str:
    """Return the origin of the API as the client knows it, without a slash at its end.

    The gateway takes requests for its own host names alone, and so does the CDN, whatever a client claims.
    """
    host = _told(event, "x-viewer-host") or event["requestContext"]["domainName"]
    return os.environ.get("API_URL") or f"https://{host}"


def _told(event: Mapping[str, Any], name: str) -> str:
    """Return what the CDN says in a header, empty if it is not the CDN that says it."""
    headers = event.get("headers") or {}
    known, sent = os.environ.get("CDN_KEY", ""), headers.get("x-cdn-key", "")
    by_cdn = known and hmac.compare_digest(known.encode(), sent.encode("utf-8", "replace"))
    return str(headers.get(name, "")) if by_cdn else ""

"""The client's address and the requested host, trusted only from the CDN.

Behind the CDN the gateway sees the CDN's address and its own host. The CDN therefore sends the viewer's in
two headers, with a secret key that only the account knows. A client that calls the gateway directly cannot
forge them without the key.
"""

import hmac
import os
from collections.abc import Mapping
from typing import Any


def address(event: Mapping[str, Any]) -> str:
    """Return the client's IP address."""
    return _told(event, "x-viewer-address") or str(event["requestContext"]["http"]["sourceIp"])


def origin(event: Mapping[str, Any]) -> str:
    """Return the API's origin as the client knows it, without a trailing slash.

    The gateway and the CDN accept only their own host names, so a client cannot forge the host.
    """
    host = _told(event, "x-viewer-host") or event["requestContext"]["domainName"]
    return os.environ.get("API_URL") or f"https://{host}"


def _told(event: Mapping[str, Any], name: str) -> str:
    """Return a header that the CDN set; empty if the request did not come through the CDN."""
    headers = event.get("headers") or {}
    known, sent = os.environ.get("CDN_KEY", ""), headers.get("x-cdn-key", "")
    by_cdn = known and hmac.compare_digest(known.encode(), sent.encode("utf-8", "replace"))
    return str(headers.get(name, "")) if by_cdn else ""

"""Requests as API Gateway passes them to a function (payload 2.0), parsed strictly and within limits.

Behind the CDN the gateway sees the CDN's address and its own host. The CDN therefore sends the viewer's in
two headers, with a secret key that only the account knows. A client that calls the gateway directly cannot
forge them without the key.
"""

import base64
import hmac
import os
from typing import Any
from urllib.parse import parse_qs

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEventV2

from trackback.errors import BadQuery

MAX_BODY = 65_536
"""Maximum size of a request's body, in bytes."""

MAX_FIELDS = 200
"""Maximum number of fields of a form, or of parameters of a query."""

_FORM = "application/x-www-form-urlencoded"

Fields = dict[str, list[str]]
"""The values of a form or a query by name; each name has at least one."""


class Request:
    """A request, from the event that the gateway made of it."""

    def __init__(self, event: dict[str, Any]) -> None:
        self._event = APIGatewayProxyEventV2(event)

    @property
    def path(self) -> str:
        """The path, which the gateway has decoded once."""
        return self._event.path

    @property
    def method(self) -> str:
        """The method, in upper case."""
        return self._event.http_method

    @property
    def client_address(self) -> str:
        """The client's IP address."""
        return self._from_cdn("x-viewer-address") or self._event.request_context.http.source_ip

    @property
    def public_origin(self) -> str:
        """The API's origin as the client knows it, without a trailing slash.

        The gateway and the CDN accept only their own host names, so a client cannot forge the host.
        """
        host = self._from_cdn("x-viewer-host") or self._event.request_context.domain_name
        return os.environ.get("API_URL") or f"https://{host}"

    def header(self, name: str) -> str:
        """Return a header, or an empty string. The gateway joins repeated ones with commas."""
        return str(self._event.headers.get(name, ""))

    def cookie(self, name: str) -> str:
        """Return a cookie's value, or an empty string.

        Only ASCII spaces are stripped: browsers let a sibling host set a "__Host-" name with a Unicode space
        before it. That is a different cookie.
        """
        pairs = (pair.strip(" ").partition("=") for pair in self._event.cookies)
        return next((value for known, _, value in pairs if known == name), "")

    @property
    def raw_query(self) -> str:
        """The query string as sent."""
        return self._event.get("rawQueryString") or ""

    def query(self, limit: int | None = MAX_FIELDS) -> Fields:
        """Return the query's parameters. The event's own map joins repeated ones with commas.

        Raises:
            BadQuery: There are more than `limit`.
        """
        return _parse(self.raw_query, limit)

    def body(self) -> bytes:
        """Return the body's bytes; text is encoded as UTF-8.

        Raises:
            ValueError: The event's base64 is broken.
        """
        body = (self._event.body or "").encode("utf-8", "replace")
        return base64.b64decode(body, validate=True) if self._event.is_base64_encoded else body

    def form(self) -> Fields:
        """Return the fields of a form that a page of ours has posted.

        Raises:
            BadQuery: The body is no URL-encoded form, or it is too large.
        """
        if not self.header("content-type").lower().startswith(_FORM):
            raise BadQuery(f"Send a form, as {_FORM}.")
        try:
            body = self.body()
        except ValueError:
            raise BadQuery("The request's body is broken. Send it again.") from None
        if len(body) > MAX_BODY:
            raise BadQuery("The form is too large: at most 64 KB.")
        return _parse(body.decode("utf-8", "replace"), MAX_FIELDS)

    def _from_cdn(self, name: str) -> str:
        """Return a header that the CDN set; empty if the request did not come through the CDN."""
        known, sent = os.environ.get("CDN_KEY", ""), self.header("x-cdn-key")
        by_cdn = known and hmac.compare_digest(known.encode(), sent.encode("utf-8", "replace"))
        return self.header(name) if by_cdn else ""


def first(fields: Fields, name: str) -> str:
    """Return a field's first value, or an empty string."""
    return next(iter(fields.get(name, ())), "")


def _parse(text: str, limit: int | None) -> Fields:
    try:
        return parse_qs(text, keep_blank_values=True, max_num_fields=limit)
    except ValueError:
        raise BadQuery(f"Send at most {limit} parameters.") from None

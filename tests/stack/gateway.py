"""API Gateway's HTTP API as the template uses it: HTTP requests become payload-2.0 events.

It does what the real one does: it decodes the path once, answers preflights without a route and sets CORS
headers by itself, passes binary bodies on in base64, and turns a failing function into a bare 500.
"""

import base64
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote, urlsplit

from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.wrappers import Request, Response

from tests.stack.environment import Environments, FunctionFailedError, report
from tests.support.events import http_event
from tests.support.template import Template

MAX_BODY = 10_000_000
_TEXT = ("text/", "application/json", "application/xml", "application/javascript")


class Gateway:
    """A WSGI application that routes requests to the functions."""

    def __init__(self, template: Template, functions: Iterable[Environments] = ()) -> None:
        """Read the CORS settings from the template. Routes come from the functions."""
        self.functions = list(functions)
        cors = template.cors()
        self._cors = {"access-control-allow-origin": ",".join(cors["AllowOrigins"])}
        self._preflight = self._cors | {
            "access-control-allow-methods": ",".join(cors["AllowMethods"]),
            "access-control-allow-headers": ",".join(cors["AllowHeaders"]),
            "access-control-max-age": str(cors["MaxAge"]),
        }

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Answer one request (PEP 3333)."""
        request = Request(environ)
        try:
            response = self._answer(request)
        except HTTPException as error:
            response = _message(error.code or 400, error.name)
        except OSError:  # an incomplete body, or malformed chunks
            response = _message(400, "Bad Request")
        if "Origin" in request.headers:
            response.headers.extend(self._cors)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if (request.content_length or 0) > MAX_BODY:
            return _message(413, "Request Entity Too Large")
        path, query = _target(request)
        takers = [
            (route.vagueness, function)
            for function in self.functions
            for route in function.function.routes
            if route.matches(request.method, path)
        ]
        if takers:
            _, function = min(takers, key=lambda taker: taker[0])
            return _invoke(function, _event(request, path, query))
        if request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers:
            return Response(status=204, headers=self._preflight)
        return _message(404, "Not Found")


def _target(request: Request) -> tuple[str, str]:
    """Return path and query as API Gateway does: it decodes the path once, and cuts it at a `?`.

    Werkzeug passes the request line's bytes on, decoded as Latin-1 twice.
    """
    target = request.environ["REQUEST_URI"]
    for _ in range(2):
        target = target.encode("latin-1", "replace").decode("utf-8", "replace")
    try:
        url = urlsplit(target)
    except ValueError:
        raise BadRequest from None
    return unquote(url.path).partition("?")[0], url.query


def _event(request: Request, path: str, query: str) -> dict[str, Any]:
    return http_event(
        request.method,
        path,
        query=query,
        headers=dict(request.headers),
        body=request.get_data(cache=False, parse_form_data=False),
        base64_encoded=not (request.content_type or "").lower().startswith(_TEXT),
    )


def _invoke(function: Environments, event: dict[str, Any]) -> Response:
    try:
        result = function.invoke(event)
    except FunctionFailedError as error:
        report(function.function, error)  # the client sees no details
        return _message(500, "Internal Server Error")
    body = result.get("body") or ""
    content = base64.b64decode(body) if result.get("isBase64Encoded") else body.encode()
    response = Response(content, result["statusCode"], result.get("headers"))
    for cookie in result.get("cookies", []):
        response.headers.add("Set-Cookie", cookie)
    return response


def _message(status: int, words: str) -> Response:
    return Response(f'{{"message":"{words}"}}', status, mimetype="application/json")

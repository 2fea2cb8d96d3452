"""CloudFront as the template uses it: the behaviour of a request, and what the cache and the API see.

The managed policies are those of AWS's documentation. The edge function really runs, in a browser.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

from playwright.sync_api import Page

from tests.support.events import http_event
from tests.support.template import Template

CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
CORS_S3_ORIGIN = "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf"
ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
PREFLIGHT = {"origin", "access-control-request-method", "access-control-request-headers"}
ADDRESS = "198.51.100.7"


@dataclass(frozen=True)
class Viewed:
    """A request at the edge, with header names in lower case."""

    path: str
    method: str = "GET"
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: {"host": "d111.cloudfront.net"})

    def saying(self, **headers: str) -> "Viewed":
        """Return a copy with further headers."""
        return replace(self, headers={**self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}})


class Cdn:
    """The distribution of a template."""

    def __init__(self, template: Template, page: Page) -> None:
        """`page` is a blank page of a browser; the edge function runs in it."""
        (made,) = template.resources("AWS::CloudFront::Distribution").values()
        self.config: dict[str, Any] = template.resolve(made["DistributionConfig"])
        self._policies = template.resolve(template.resources("AWS::CloudFront::CachePolicy"))
        (function,) = template.resources("AWS::CloudFront::Function").values()
        self._code, self._page = function["FunctionCode"], page

    def behaviour(self, path: str) -> dict[str, Any]:
        """Return the first behaviour whose pattern matches a path, or the default one."""
        found: dict[str, Any] = next(
            (it for it in self.config["CacheBehaviors"] if _fits(it["PathPattern"], path)),
            self.config["DefaultCacheBehavior"],
        )
        return found

    def at_edge(self, requests: Sequence[Viewed]) -> list[Viewed]:
        """Return requests after the edge function, before the cache."""
        events = [
            {
                "viewer": {"ip": ADDRESS},
                "request": {"headers": {name: {"value": value} for name, value in request.headers.items()}},
            }
            for request in requests
        ]
        script = "([code, events]) => events.map(new Function(`${code}; return handler`)())"
        seen = self._page.evaluate(script, [self._code, events])
        return [
            replace(request, headers={name: header["value"] for name, header in after["headers"].items()})
            for request, after in zip(requests, seen, strict=True)
        ]

    def cache(self, path: str) -> dict[str, Any] | None:
        """Return the cache settings of a path, or None if it is not cached."""
        policy = self.behaviour(path)["CachePolicyId"]
        if policy == CACHING_DISABLED:
            return None
        found: dict[str, Any] = self._policies[policy]["CachePolicyConfig"]
        return found

    def key(self, request: Viewed) -> tuple[Any, ...]:
        """Return the cache key of a request."""
        cache = self.cache(request.path)
        assert cache, "nothing is cached there"
        (asked,) = self.at_edge([request])
        return (request.path, self._query(asked, cache), self._headers(asked, cache))

    def at_origin(self, request: Viewed) -> dict[str, Any]:
        """Return the event that reaches a function behind API Gateway on a cache miss."""
        cache, (asked,) = self.cache(request.path), self.at_edge([request])
        (origin,) = self.config["Origins"]
        if self.behaviour(request.path)["OriginRequestPolicyId"] == ALL_VIEWER_EXCEPT_HOST_HEADER:
            query, headers = request.query, dict(asked.headers)
        else:
            assert cache
            assert self.behaviour(request.path)["OriginRequestPolicyId"] == CORS_S3_ORIGIN
            query = "&".join(f"{name}={value}" for name, value in self._query(asked, cache))
            preflight = {name: value for name, value in asked.headers.items() if name in PREFLIGHT}
            headers = {**preflight, **dict(self._headers(asked, cache))}
        own = {each["HeaderName"]: each["HeaderValue"] for each in origin["OriginCustomHeaders"]}
        sent = {**headers, "host": origin["DomainName"], **own}
        return http_event(request.method, request.path, query=query, headers=sent)

    def _query(self, request: Viewed, cache: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        names = cache["ParametersInCacheKeyAndForwardedToOrigin"]["QueryStringsConfig"]["QueryStrings"]
        return tuple(pair for pair in parse_qsl(request.query, keep_blank_values=True) if pair[0] in names)

    def _headers(self, request: Viewed, cache: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        names = cache["ParametersInCacheKeyAndForwardedToOrigin"]["HeadersConfig"].get("Headers", [])
        return tuple((name, request.headers[name]) for name in names if name in request.headers)


def _fits(pattern: str, path: str) -> bool:
    literal = (re.escape(part).replace(r"\?", ".") for part in pattern.split("*"))
    return re.fullmatch(".*".join(literal), path, re.DOTALL) is not None

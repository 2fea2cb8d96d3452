"""The CDN in front: who may ask what of which path, what is cached, and what reaches the functions."""

import random
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.stack.cdn import ADDRESS, CACHING_DISABLED, Cdn, Viewed
from tests.support import template
from tests.support.template import ROOT
from trackback.gateway import Request
from trackback.pages.public.content_negotiation import prefers_html

TEMPLATE = template.load(
    DomainName="trackback.blog.example", CertificateArn="arn:aws:acm:us-east-1:1:certificate/1"
)
(_policy,) = TEMPLATE.resources("AWS::CloudFront::CachePolicy").values()
KEPT = _policy["CachePolicyConfig"]
KEY = KEPT["ParametersInCacheKeyAndForwardedToOrigin"]
SECURITY_HEADERS = "67f7725c-6f97-4210-82d7-5512b31e9d03"

READ = {"GET", "HEAD", "OPTIONS"}
ALL = READ | {"PUT", "PATCH", "POST", "DELETE"}
POST = "blog.example/2026/hello/"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CHROMIUM = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.fixture(scope="module")
def cdn(browser: Browser) -> Iterator[Cdn]:
    with browser.new_page() as page:
        yield Cdn(TEMPLATE, page)


@pytest.mark.parametrize(
    ("path", "methods", "protocol", "cached"),
    [
        (f"/trackback/{POST}", ALL, "allow-all", False),
        ("/trackback/blog.example/moderate", ALL, "allow-all", False),
        ("/trackback/blog.example/pings/embed.js", ALL, "allow-all", False),
        ("/moderate", ALL, "redirect-to-https", False),
        ("/moderate/sign-in/token", ALL, "redirect-to-https", False),
        ("/moderate/style.css", ALL, "redirect-to-https", False),
        (f"/pings/{POST}", READ, "redirect-to-https", True),
        (f"/pings/{POST}.html", READ, "redirect-to-https", True),
        ("/pings/blog.example/trackback/", READ, "redirect-to-https", True),
        ("/counts", READ, "redirect-to-https", True),
        ("/snippet", READ, "redirect-to-https", True),
        ("/embed.js", READ, "redirect-to-https", True),
        ("/embed.0123456789abcdef.js", READ, "redirect-to-https", True),
        ("/embed/count.js", READ, "redirect-to-https", True),
        ("/favicon.ico", READ, "redirect-to-https", True),
        ("/", READ, "redirect-to-https", True),
    ],
)
def test_a_path_takes_what_its_visitors_need(
    cdn: Cdn, path: str, methods: set[str], protocol: str, cached: bool
) -> None:
    behaviour = cdn.behaviour(path)
    assert set(behaviour["AllowedMethods"]) == methods
    assert behaviour["ViewerProtocolPolicy"] == protocol
    assert (cdn.cache(path) is not None) is cached
    assert behaviour.get("Compress", False) is cached


@pytest.mark.parametrize(
    "route", [route for function in TEMPLATE.functions() for route in function.routes], ids=str
)
def test_every_route_of_the_api_can_be_asked_through_the_cdn(cdn: Cdn, route: template.Route) -> None:
    path = route.path.replace("{post+}", POST).replace("{page+}", "rules").replace("{file}", "embed.1.js")
    assert "{" not in path
    wanted = ALL if route.method == "ANY" else {route.method}
    assert wanted <= set(cdn.behaviour(path)["AllowedMethods"])
    assert (cdn.cache(path) is None) is path.startswith(("/trackback/", "/moderate"))


LIST, COUNTS, SNIPPET = Viewed(f"/pings/{POST}"), Viewed("/counts", query="post=a&post=b"), Viewed("/snippet")
EMBED = Viewed("/embed.js")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LIST, LIST.saying(accept="*/*")),
        (LIST, LIST.saying(accept="application/json")),
        (LIST.saying(accept=FIREFOX), LIST.saying(accept=CHROMIUM)),
        (LIST, LIST.saying(cookie="a=b", user_agent="x", origin="https://blog.example", referer="https://x.example")),
        (LIST, LIST.saying(x_viewer_host="evil.example", x_viewer_address="203.0.113.9")),
        (LIST, Viewed(LIST.path, query="utm_source=feed&fbclid=1")),
        (LIST, LIST.saying(host="D111.CloudFront.net:443")),
        (COUNTS, Viewed(COUNTS.path, query=f"{COUNTS.query}&v=1")),
        (EMBED, EMBED.saying(accept="text/javascript, */*", origin="null", x_viewer_host="x.example")),
    ],
)  # fmt: skip
def test_what_does_not_change_an_answer_does_not_split_the_cache(
    cdn: Cdn, one: Viewed, other: Viewed
) -> None:
    assert cdn.key(one) == cdn.key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (LIST, Viewed("/pings/blog.example/2026/other/")),
        (LIST, LIST.saying(accept=FIREFOX)),
        (LIST, Viewed(LIST.path, query="limit=10")),
        (LIST, Viewed(LIST.path, query="cursor=abc")),
        (LIST, Viewed(LIST.path, query="at=1795690000")),
        (COUNTS, Viewed(COUNTS.path, query="post=a&post=c")),
        (COUNTS, Viewed(COUNTS.path, query="post=a")),
        (SNIPPET, Viewed(SNIPPET.path, query=f"post={POST}")),
        (SNIPPET, SNIPPET.saying(host="trackback.blog.example")),
    ],
)
def test_what_changes_an_answer_is_in_the_key(cdn: Cdn, one: Viewed, other: Viewed) -> None:
    assert cdn.key(one) != cdn.key(other)


def test_serve_reads_nothing_that_the_key_has_not() -> None:
    source = (ROOT / "functions" / "serve" / "app.py").read_text()
    parameters = re.findall(r"""query(?:\(\))?(?:\.get\(|\[)"([\w-]+)\"""", source)
    headers = re.findall(r"""\.header\("([\w-]+)\"""", source)
    assert {*parameters, "at"} == set(KEY["QueryStringsConfig"]["QueryStrings"])
    assert set(headers) == {"accept", "if-none-match"}  # the second is the CDN's own, when it asks again


def test_how_long_an_answer_is_kept_is_what_the_functions_say() -> None:
    assert (KEPT["MinTTL"], KEPT["DefaultTTL"], KEPT["MaxTTL"]) == (0, 0, 31_536_000)
    assert KEY["EnableAcceptEncodingBrotli"] is KEY["EnableAcceptEncodingGzip"] is True
    assert KEY["CookiesConfig"] == {"CookieBehavior": "none"}


def test_an_error_of_one_visitor_is_not_kept_for_the_next(cdn: Cdn) -> None:
    never_kept = {each["ErrorCode"] for each in cdn.config["CustomErrorResponses"]}
    assert {each["ErrorCachingMinTTL"] for each in cdn.config["CustomErrorResponses"]} == {0}
    assert never_kept >= {400, 403, 404, 405, 500, 502, 503, 504}


VERY_OWN = {
    "cookie": "__Host-trackback=x",
    "origin": "https://d111.cloudfront.net",
    "sec-fetch-site": "same-origin",
}


def test_the_authors_pages_get_cookies_query_and_what_forms_are_known_by(cdn: Cdn) -> None:
    event = cdn.at_origin(Viewed("/moderate", "POST", "tab=spam&search=x", {"host": "d111", **VERY_OWN}))
    assert event["cookies"] == [VERY_OWN["cookie"]]
    assert event["rawQueryString"] == "tab=spam&search=x"
    assert VERY_OWN.items() - event["headers"].items() == {("cookie", VERY_OWN["cookie"])}  # they stand apart


def test_a_ping_arrives_as_it_was_sent(cdn: Cdn) -> None:
    sent = {"host": "d111", "content-type": "application/x-www-form-urlencoded; charset=euc-jp"}
    event = cdn.at_origin(Viewed(f"/trackback/{POST}", "POST", "__mode=rss&url=x", sent))
    assert event["rawQueryString"] == "__mode=rss&url=x"
    assert event["headers"]["content-type"] == sent["content-type"]


@pytest.mark.parametrize("path", [LIST.path, EMBED.path, COUNTS.path])
def test_what_is_cached_for_all_is_asked_for_in_nobodys_name(cdn: Cdn, path: str) -> None:
    event = cdn.at_origin(Viewed(path, headers={"host": "d111", "authorization": "x", **VERY_OWN}))
    assert "cookies" not in event
    assert set(event["headers"]) <= {"host", "accept", "origin", "x-cdn-key", "x-viewer-host"}


@pytest.mark.parametrize("path", [LIST.path, EMBED.path, COUNTS.path])
def test_preflights_reach_the_gateway_which_answers_them(cdn: Cdn, path: str) -> None:
    asked = {"origin": "https://blog.example", "access-control-request-method": "GET"}
    event = cdn.at_origin(Viewed(path, "OPTIONS", headers={"host": "d111", **asked}))
    assert asked.items() <= event["headers"].items()


def test_the_function_runs_before_every_answer(cdn: Cdn) -> None:
    behaviours = [cdn.config["DefaultCacheBehavior"], *cdn.config["CacheBehaviors"]]
    runs = [{"EventType": "viewer-request", "FunctionARN": "ViewerTold.FunctionARN"}]
    assert [behaviour["FunctionAssociations"] for behaviour in behaviours] == [runs] * 3


FORGED = {
    "x-cdn-key": "guessed",
    "x-viewer-address": "203.0.113.9",
    "x-viewer-host": "evil.example",
    "x-forwarded-for": "203.0.113.9",
    "x-forwarded-host": "evil.example",
}
GATEWAY = "Api.execute-api.AWS::Region.AWS::URLSuffix"


@pytest.fixture
def believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the functions are set that believe the CDN."""
    keys = {function.environment.get("CDN_KEY") for function in TEMPLATE.functions() if function.routes}
    (key,) = keys
    assert key
    monkeypatch.setenv("CDN_KEY", key)
    monkeypatch.delenv("API_URL")


@pytest.mark.usefixtures("believed")
@pytest.mark.parametrize("forged", [{}, FORGED], ids=["plain", "forged"])
@pytest.mark.parametrize("path", [f"/trackback/{POST}", "/moderate", "/moderate/sign-in"])
def test_a_function_is_told_who_asks_and_which_host(cdn: Cdn, path: str, forged: dict[str, str]) -> None:
    for host in ("d111.cloudfront.net", "D111.CloudFront.NET:443", "d111.cloudfront.net."):
        event = cdn.at_origin(Viewed(path, "POST", headers={"host": host, **forged}))
        assert Request(event).client_address == ADDRESS
        assert Request(event).public_origin == "https://d111.cloudfront.net"


@pytest.mark.usefixtures("believed")
@pytest.mark.parametrize("path", [LIST.path, EMBED.path, COUNTS.path, SNIPPET.path])
def test_who_asks_for_what_is_cached_is_told_to_nobody(cdn: Cdn, path: str) -> None:
    event = cdn.at_origin(Viewed(path, headers={"host": "d111.cloudfront.net", **FORGED}))
    assert Request(event).public_origin == "https://d111.cloudfront.net"
    assert Request(event).client_address == event["requestContext"]["http"]["sourceIp"]


ACCEPTED = [
    None, "", "*/*", "text/html", "application/json", "text/*", "application/*", FIREFOX, CHROMIUM,
    "text/html;q=0", "text/html;q=0.5, application/json;q=0.4", "text/html;q=0.4, application/json;q=0.5",
    "text/html, application/json", "*/*;q=0.1, text/html;q=0.2", "text/*;q=0.2, text/html;q=0.1, */*;q=0.15",
    "application/json;q=0, */*", "TEXT/HTML;Q=1,*/*;Q=0.5", "text/html ; q = 0.9 , */*;q=0.8",
    "text/html;level=1", "text/html;q=2,*/*;q=0.5", "text/html;q=x", "text/html;q=", "text/html;q",
    "text/html;q=.5, */*;q=0.4", "text/html;q=1.,*/*;q=.", "text/html;q=0.1234",
    "text/html;q=-1", "text/html;q=1;q=0, */*;q=0.5",
    "text/html;charset=q=1", "text/html;q=1=1", "text/html, text/html;q=0", ",,;;q=,=;/;",
    "constructor, __proto__",
]  # fmt: skip


RANGES = [
    kind + weight
    for kind in (
        "text/html",
        "text/*",
        "*/*",
        "application/json",
        "application/*",
        "image/png",
        "text / html",
        "",
    )
    for weight in ("", ";q=1", ";q=0", ";q=0.5", "; q=0.501", ";q=.5", ";Q=0.2", ";q=9", ";v=1;q=0.3")
]


def test_the_edge_and_serve_agree_on_who_wants_html(cdn: Cdn) -> None:
    dice = random.Random(5)
    headers = [*ACCEPTED, *(",".join(dice.choices(RANGES, k=dice.randint(1, 5))) for _ in range(500))]
    asked = [LIST if accept is None else LIST.saying(accept=accept) for accept in headers]
    told = [request.headers["accept"] for request in cdn.at_edge(asked)]
    assert dict(zip(headers, told, strict=True)) == {
        accept: "text/html" if prefers_html(accept or "") else "application/json" for accept in headers
    }
    assert {accept: prefers_html(accept) for accept in told} == {"text/html": True, "application/json": False}


@pytest.mark.parametrize("path", [LIST.path, "/snippet", "/counts", EMBED.path])
def test_readers_get_safe_headers_and_those_that_let_any_page_read(cdn: Cdn, path: str) -> None:
    policy = cdn.behaviour(path)["ResponseHeadersPolicyId"]
    sent = TEMPLATE.resources("AWS::CloudFront::ResponseHeadersPolicy")[policy]["ResponseHeadersPolicyConfig"]
    cors, gateway = sent["CorsConfig"], TEMPLATE.cors()
    assert [cors[f"AccessControlAllow{what}"]["Items"] for what in ("Origins", "Methods", "Headers")] == [
        gateway[f"Allow{what}"] for what in ("Origins", "Methods", "Headers")
    ]
    assert cors["AccessControlMaxAgeSec"] == gateway["MaxAge"]
    assert (cors["AccessControlAllowCredentials"], cors["OriginOverride"]) == (False, True)
    assert sent["SecurityHeadersConfig"] == {
        "ContentTypeOptions": {"Override": True},
        "ReferrerPolicy": {"ReferrerPolicy": "strict-origin-when-cross-origin", "Override": False},
        "StrictTransportSecurity": {"AccessControlMaxAgeSec": 31_536_000, "Override": True},
    }


@pytest.mark.parametrize("path", ["/moderate/rules", f"/trackback/{POST}"])
def test_the_authors_pages_and_pings_have_safe_headers_and_no_page_may_read_them(cdn: Cdn, path: str) -> None:
    """AWS's own policy: HSTS and nosniff, and the referrer policy only where the function sets none."""
    assert cdn.behaviour(path)["ResponseHeadersPolicyId"] == SECURITY_HEADERS
    assert cdn.behaviour(path)["CachePolicyId"] == CACHING_DISABLED

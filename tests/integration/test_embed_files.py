"""The embed's files as the gateway hands them out: for how long, and what an upgrade does to a pinned tag."""

from pathlib import Path
from typing import Any

import pytest

from functions.serve import app
from tests.support import template
from tests.support.events import Context, http_event
from trackback.pages.public.embed import PARTS, Embed

GOOD = f"/{app.embed.versioned}"


def get(path: str, method: str = "GET", **headers: str) -> dict[str, Any]:
    """Return what the handler answers to one request."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.handler(http_event(method, path, headers=sent), Context())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("path", "cache"),
    [
        ("/embed.js", "public, max-age=86400, stale-while-revalidate=604800"),
        (GOOD, "public, max-age=31536000, immutable"),
        ("/embed.0123456789abcdef.js", "public, max-age=60"),
        *[(f"/embed/{part}", "public, max-age=86400, stale-while-revalidate=604800") for part in PARTS],
    ],
)
def test_a_script_is_kept_as_long_as_its_name_is_good_for(path: str, cache: str) -> None:
    answer = get(path)
    assert answer["statusCode"] == 200
    assert answer["headers"]["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["headers"]["Cache-Control"] == cache
    assert get(path, method="HEAD")["headers"] == answer["headers"]
    assert get(path, if_none_match=answer["headers"]["ETag"])["statusCode"] == 304


@pytest.mark.parametrize(
    "path", ["/favicon.ico", "/embed/app.py", "/embed.js.map", "/embed.0.js", "/%00", '/"']
)
def test_another_name_is_missing_for_a_minute(path: str) -> None:
    answer = get(path)
    assert (answer["statusCode"], answer["headers"]["Cache-Control"]) == (404, "public, max-age=60")
    assert len(answer["body"]) < 100


def test_a_pinned_tag_outlives_an_upgrade(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = get(GOOD)
    for name in ("embed.js", *PARTS):
        (tmp_path / name).write_text(f"// the next {name}\n")
    monkeypatch.setattr(app, "embed", Embed(tmp_path))
    after = get(GOOD)
    assert (after["statusCode"], after["body"]) == (200, "// the next embed.js\n")
    assert after["headers"]["Cache-Control"] == "public, max-age=60"
    assert after["headers"]["ETag"] != before["headers"]["ETag"]
    assert get(f"/{app.embed.versioned}")["headers"]["Cache-Control"].endswith("immutable")


@pytest.mark.parametrize(
    ("path", "taken"),
    [
        ("/embed.js", "/embed.js"),
        (GOOD, "/{file}"),
        ("/embed/ping.js", "/embed/{file}"),
        ("/counts", "/counts"),
        ("/moderate", "/moderate"),
        ("/pings/embed.js", "/pings/{post+}"),
    ],
)
def test_a_name_of_its_own_wins_over_any_name(path: str, taken: str) -> None:
    routes = [route for function in template.load().functions() for route in function.routes]
    matching = [route for route in routes if route.matches("GET", path)]
    assert min(matching, key=lambda route: route.vagueness).path == taken

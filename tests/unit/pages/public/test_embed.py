"""The embed's files: small, and each under the names that it is asked for by."""

import base64
import gzip
import hashlib
from pathlib import Path

import pytest
from rjsmin import jsmin

from tests.support.template import ROOT
from trackback.pages.public.embed import FOR_GOOD, LONG, PARTS, SHORT, Embed

SERVE = ROOT / "functions" / "serve"
EMBED = Embed(SERVE)


def test_the_embed_is_small_as_it_is_built() -> None:
    assert len(gzip.compress(jsmin((SERVE / "embed.js").read_bytes()), 9)) <= 2.4 * 1024


@pytest.mark.parametrize("language", ["ar", "de", "es", "fr", "ja", "pt", "zh"])
def test_the_words_are_there_in(language: str) -> None:
    assert f"  {language}: {{\n    heading: " in (SERVE / "words.js").read_text("utf-8")


def test_a_version_and_a_hash_pin_the_very_text() -> None:
    content = (SERVE / "embed.js").read_bytes()
    assert EMBED.versioned == f"embed.{hashlib.sha256(content).hexdigest()[:16]}.js"
    assert EMBED.integrity == f"sha384-{base64.b64encode(hashlib.sha384(content).digest()).decode()}"


@pytest.mark.parametrize(
    ("path", "name", "cache"),
    [
        ("/embed.js", "embed.js", LONG),
        (f"/{EMBED.versioned}", "embed.js", FOR_GOOD),
        ("/embed.0123456789abcdef.js", "embed.js", SHORT),
        *[(f"/embed/{part}", part, LONG) for part in PARTS],
    ],
)
def test_a_file_is_found_under_its_name(path: str, name: str, cache: str) -> None:
    found = EMBED.find(path)
    assert found
    assert (found.text, found.cache) == ((SERVE / name).read_text("utf-8"), cache)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/favicon.ico",
        "/app.py",
        "/count.js",
        "/embed/",
        "/embed/embed.js",
        "/embed/app.py",
        "/embed/../app.py",
        "/embed.0123456789ABCDEF.js",
        "/embed.0123456789abcdef0.js",
        "/embed.0123456789abcdef.js\n",
        "//embed.js",
    ],
)
def test_nothing_else_is_found(path: str) -> None:
    assert EMBED.find(path) is None


def test_another_text_is_another_version(tmp_path: Path) -> None:
    for name in ("embed.js", *PARTS):
        (tmp_path / name).write_bytes((SERVE / name).read_bytes())
    assert Embed(tmp_path).version == EMBED.version
    (tmp_path / "embed.js").write_text("// another")
    later = Embed(tmp_path)
    assert later.version != EMBED.version
    pinned = later.find(f"/{EMBED.versioned}")
    assert pinned
    assert (pinned.text, pinned.cache) == ("// another", SHORT)

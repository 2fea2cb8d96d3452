"""What the README of the pipelines tells to run, run: with a ledger that is kept, and one that is lost."""

import json
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from werkzeug.wrappers import Response

from tests.sites.recipe import SITES, TOOLS
from tests.support.receivers import Web, post, web
from trackback.cli.main import main

PIPELINES = SITES / "pipelines"
README = (PIPELINES / "README.md").read_text("utf-8")
FEED = "https://blog.example/feed.xml"


def block(language: str) -> str:
    """Return the README's first block of a language."""
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found
    return found[1]


def workflow() -> dict[Any, Any]:
    """Return GitHub's workflow."""
    found: dict[Any, Any] = yaml.safe_load(block("yaml"))
    return found


@pytest.fixture
def blogs() -> Iterator[tuple[Web, Web]]:
    """The author's blog, whose feed lists what `publish` has it list, and somebody else's."""
    with web("localhost") as blog, web() as other:
        yield blog, other


def publish(blog: Web, other: Web, *names: str) -> None:
    """Publish posts that link to the other blog, the newest first."""
    items = ""
    for name in names:
        blog.pages[f"/{name}"] = post(f"{other.url}/p/{name}")
        items += f"<item><title>{name}</title><link>{blog.url}/{name}</link></item>"
    rss = f"<rss version='2.0'><channel>{items}</channel></rss>"
    blog.pages["/feed.xml"] = Response(rss, content_type="application/rss+xml")


def run(command: str, blog: Web) -> int:
    """Run a command of the README, with another feed."""
    program, *arguments = shlex.split(command.replace(FEED, f"{blog.url}/feed.xml"))
    assert program == "trackback"
    return main(arguments)


def test_a_pipeline_sends_what_is_new_once_and_nothing_twice_when_its_ledger_is_lost(
    blogs: tuple[Web, Web], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    blog, other = blogs
    command = block("sh").strip()
    publish(blog, other, "first")
    assert run(command, blog) == 0
    publish(blog, other, "second", "first")
    assert [run(command, blog), run(command, blog)] == [0, 0]
    assert other.pinged() == ["second"]
    Path("trackback.json").unlink()
    assert [run(command, blog), run(command, blog)] == [0, 0]
    assert other.pinged() == ["second"]


def test_githubs_step_runs_the_same_and_keeps_the_file_that_it_writes() -> None:
    steps = workflow()["jobs"]["send"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == ["pip install .", block("sh").strip()]
    caches = {
        step["uses"].partition("@")[0]: step["with"] for step in steps if "cache" in step.get("uses", "")
    }
    restored, saved = caches["actions/cache/restore"], caches["actions/cache/save"]
    assert restored["path"] == saved["path"] == "trackback.json"
    assert restored["key"] == saved["key"]
    assert saved["key"].startswith(restored["restore-keys"])


PLUGIN = """
const { onSuccess } = await import(process.argv[1]);
const did = [];
const note = name => async (...what) => { did.push([name, ...what]); };
const run = async (...what) => { did.push(['run', ...what]); if (process.argv[2]) throw new Error('no'); };
await onSuccess({ utils: { cache: { restore: note('restore'), save: note('save') }, run,
  status: { show: what => did.push(['show', what.summary]) } } });
console.log(JSON.stringify(did));
"""


def plugin(*arguments: str, context: str = "production") -> list[list[Any]]:
    """Return what Netlify's plugin has its tools do."""
    index = (PIPELINES / "plugins" / "trackback" / "index.js").as_uri()
    done = subprocess.run(
        [TOOLS / "node_modules" / ".bin" / "node", "--input-type=module", "-e", PLUGIN, index, *arguments],
        env={**os.environ, "CONTEXT": context},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    did: list[list[Any]] = json.loads(done.stdout)
    return did


def test_netlifys_plugin_runs_the_same_between_reading_its_ledger_and_keeping_it() -> None:
    first, *_, sends, last = plugin()
    assert (first, last) == (["restore", "trackback.json"], ["save", "trackback.json"])
    program, arguments = sends[1:]
    assert shlex.join([program.rpartition("/")[2], *arguments]) == block("sh").strip()


def test_netlifys_plugin_fails_no_build_and_sends_nothing_for_previews() -> None:
    assert plugin("fail")[-2:] == [["show", "TrackBacks were not sent: no"], ["save", "trackback.json"]]
    assert plugin(context="deploy-preview") == []

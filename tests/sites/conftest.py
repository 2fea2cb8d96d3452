"""The recipes, each followed in an empty folder and served, and one service for all of them."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.demo.sources import OtherBlogs
from tests.e2e.conftest import Running, running
from tests.sites.recipe import API, BLOG, OTHERS, RECIPES, TOOLS, Recipe, Site
from tests.stack.servers import serving


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """An empty folder for each recipe."""
    assert (TOOLS / "installed").exists(), "The generators are not installed: run `make test-sites`."
    assert shutil.which("jekyll"), (
        "Jekyll is not installed: `apt-get install jekyll`, or `gem install jekyll -v 4.3.1`."
    )
    return {recipe.name: tmp_path_factory.mktemp(recipe.name) for recipe in RECIPES}


@pytest.fixture(scope="session")
def hosts(folders: dict[str, Path]) -> Iterator[dict[str, str]]:
    """Where each recipe's site is served, by the server that its README names."""
    with ExitStack() as stack:
        yield {
            recipe.name: stack.enter_context(_served(folders[recipe.name] / recipe.output))
            for recipe in RECIPES
        }


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def stack(hosts: dict[str, str]) -> Iterator[Running]:
    """The service, as `SITES=… make run` starts it."""
    with running(",".join(hosts.values())) as stack:
        yield stack


@pytest.fixture(scope="session", params=RECIPES, ids=[recipe.name for recipe in RECIPES])
def site(
    request: pytest.FixtureRequest, folders: dict[str, Path], hosts: dict[str, str], stack: Running
) -> Iterator[Site]:
    """A recipe's site, copied and built; other blogs of its own write about it."""
    recipe: Recipe = request.param
    host = hosts[recipe.name]
    with serving(OtherBlogs([f"http://{host}"])) as others:
        addresses = {BLOG: host, API: stack.api.partition("://")[2], OTHERS: f"localhost:{others.port}"}
        site = Site(recipe, folders[recipe.name], addresses)
        site.copy()
        site.build()
        yield site

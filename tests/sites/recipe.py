"""A recipe: a small site whose README says how it is built, and what the tests do of that."""

import os
import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.support.template import ROOT

SITES = ROOT / "examples"
TOOLS = ROOT / ".venv" / "tools" / "sites"
BLOG, API, OTHERS = "localhost:4000", "localhost:8080", "localhost:8083"
"""Where the recipes say that the site, the service and the other blogs are."""
KINDS: dict[str, str | tuple[str, ...]] = {
    "start": "SITES=",
    "copy": "cp ",
    "install": ("npm ", "python3 -m venv ", "sudo apt-get "),
    "serve": "python3 -m http.server ",
    "snippet": "curl '",
    "ping": "curl -d ",
}
"""How each step of a recipe begins; what begins otherwise builds the site."""


@dataclass(frozen=True)
class Recipe:
    """One of the folders in `examples/`, and the file of it that holds the two addresses."""

    name: str
    settings: str

    @cached_property
    def readme(self) -> str:
        """What it tells its reader."""
        return (SITES / self.name / "README.md").read_text()

    def steps(self, kind: str) -> list[str]:
        """Return the commands of a kind, in order."""
        blocks = re.findall(r"```sh\n(.*?)```", self.readme, re.DOTALL)
        return [block for block in blocks if _kind(block) == kind]

    @property
    def output(self) -> str:
        """The folder that is served."""
        (serve,) = self.steps("serve")
        return serve.partition("--directory ")[2].split()[0]


RECIPES = (
    Recipe("hugo", "hugo.toml"),
    Recipe("jekyll", "_config.yml"),
    Recipe("eleventy", "eleventy.config.js"),
    Recipe("astro", "astro.config.mjs"),
    Recipe("pelican", "pelicanconf.py"),
    Recipe("plain", "posts/hello/index.html"),
)


@dataclass(frozen=True)
class Site:
    """A recipe that is followed in a folder of its own; its addresses are by those that the README says."""

    recipe: Recipe
    folder: Path
    addresses: dict[str, str]

    @property
    def post(self) -> str:
        """The address of its one post."""
        return f"http://{self.addresses[BLOG]}/posts/hello/"

    @property
    def ping_url(self) -> str:
        """Where it takes pings."""
        return f"http://{self.addresses[API]}/trackback/{self.post.removeprefix('http://')}"

    @property
    def is_generated(self) -> bool:
        """Whether a generator builds it."""
        return bool(self.recipe.steps("build"))

    @property
    def file(self) -> Path:
        """Its one post, as it was built last."""
        return self.folder / self.recipe.output / "posts/hello/index.html"

    def copy(self) -> None:
        """Copy the recipe into the folder, as it says, and write the addresses into its settings."""
        for step in self.recipe.steps("copy"):
            self.run(step)
        settings = self.folder / self.recipe.settings
        settings.write_text(self._here(settings.read_text()))
        if (modules := TOOLS / self.recipe.name / "node_modules").exists():  # what it says to install
            (self.folder / "node_modules").symlink_to(modules)

    def build(self) -> None:
        """Build the site; the README says it twice, before the ping and after."""
        for step in set(self.recipe.steps("build")):
            self.run(step)

    def run(self, commands: str) -> str:
        """Run commands of the README in the folder, at the addresses of here; return what they said."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self._here(commands)],
            cwd=self.folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def _environment(self) -> dict[str, str]:
        """Return the environment, with the tools first on the path, and with nothing asked of the network."""
        return os.environ | {
            "PATH": f"{TOOLS}/bin:{TOOLS}/node_modules/.bin:{os.environ['PATH']}",
            "CHECKOUT": str(ROOT),
            "XDG_CACHE_HOME": str(self.folder / ".cache"),
            "NO_PROXY": "*",
            "no_proxy": "*",
            "npm_config_offline": "true",
            "npm_config_update_notifier": "false",
            "ASTRO_TELEMETRY_DISABLED": "1",
        }

    def _here(self, text: str) -> str:
        for there, here in self.addresses.items():
            text = text.replace(there, here)
        return text


def _kind(block: str) -> str:
    return next((kind for kind, start in KINDS.items() if block.startswith(start)), "build")

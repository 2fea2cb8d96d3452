"""A recipe: a small site whose README says how it is built, and what the tests do of that."""

import os
import re
import subprocess
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tests.template import ROOT

SITES = Path(__file__).parent
TOOLS = ROOT / ".venv" / "tools" / "sites"
BLOG, API, OTHERS = "localhost:4000", "localhost:8080", "localhost:8083"
"""Where the recipes say that the site, the service and the other blogs are."""
KINDS: dict[str, str | tuple[str, ...]] = {
    "start": "SITES=",
    "copy": "cp ",
    "install": ("npm ", "python3 -m venv ", "sudo apt-get "),
    "serve": "python3 -m http.server ",
    "ping": "curl ",
}
"""How each step of a recipe begins; what begins otherwise builds the site."""


@dataclass(frozen=True)
class Recipe:
    """One of the folders beside this file, and the file of it that holds the two addresses."""

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

    def build(self) -> str:
        """Build the site, and return what the generator said."""
        first = self.recipe.steps("build")[:1]
        return "".join(map(self.run, first))

    def run(self, commands: str) -> str:
        """Run commands of the README in the folder, at the addresses of here; return what they said."""
        path = f"{TOOLS}/bin:{TOOLS}/node_modules/.bin:{os.environ['PATH']}"
        own = {"PATH": path, "CHECKOUT": str(ROOT), "HOME": str(self.folder), "ASTRO_TELEMETRY_DISABLED": "1"}
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", self._here(commands)],
            cwd=self.folder,
            env={"LANG": "C.UTF-8", **own},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def _here(self, text: str) -> str:
        for there, here in self.addresses.items():
            text = text.replace(there, here)
        return text


def _kind(block: str) -> str:
    return next((kind for kind, start in KINDS.items() if block.startswith(start)), "build")

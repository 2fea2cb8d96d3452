"""The browsers that the tests drive: the system's Chromium and Firefox, installed where they are missing.

`python -m tests.browser` makes sure that both are there, and prints where.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

ARGUMENTS = (
    "--no-sandbox",  # as root, which is all that many containers have, Chromium does not start without
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AS_MOZILLA_SHIPS_IT = "moz-firefox"  # Playwright drives it by WebDriver BiDi, as it does no other Firefox
SILENCE: dict[str, str | float | bool] = {  # for Firefox, which would ask its makers for news
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}
expect.set_options(timeout=30_000)  # ms: as long as all else here waits for a busy machine


@dataclass(frozen=True)
class Product:
    """A browser as systems know it: its commands, where macOS keeps it, and Debian's package of it."""

    name: str
    commands: tuple[str, ...]
    applications: tuple[str, ...]
    package: str


CHROMIUM = Product(
    "Chromium or Chrome",
    ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"),
    ("Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium"),
    "chromium",
)
FIREFOX = Product(
    "Firefox", ("firefox-esr", "firefox"), ("Firefox.app/Contents/MacOS/firefox",), "firefox-esr"
)


class NoBrowser(RuntimeError):
    """There is no browser and none could be installed; the message says what to do."""


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Run a headless Chromium for the length of a `with` block, one browser at a time."""
    path = find_or_install(CHROMIUM)
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path, args=ARGUMENTS) as browser,
    ):
        yield browser


@contextmanager
def open_firefox() -> Iterator[Browser]:
    """Run a headless Firefox likewise."""
    path = find_or_install(FIREFOX)
    with (
        sync_playwright() as playwright,
        playwright.firefox.launch(
            executable_path=path, channel=AS_MOZILLA_SHIPS_IT, firefox_user_prefs=SILENCE
        ) as browser,
    ):
        yield browser


def find_or_install(product: Product) -> Path:
    """Return the path of a browser's program.

    Raises:
        NoBrowser: there is none, and it cannot be installed from here.
    """
    if path := _find(product):
        return path
    try:
        _install(product)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoBrowser(
            f"The browser tests need {product.name}, and installing it failed ({error}). "
            f"Install it by hand, so that `{product.commands[0]}` is on the PATH, and try again."
        ) from error
    if path := _find(product):
        return path
    raise NoBrowser(f"{product.name} was installed but is not on the PATH. Add its folder and try again.")


def _find(product: Product) -> Path | None:
    commands = map(Path, filter(None, map(shutil.which, product.commands)))
    applications = (Path("/Applications", path) for path in product.applications)
    own = [_playwrights_own()] if product is CHROMIUM else []
    return next((path for path in (*commands, *applications, *own) if path.exists()), None)


def _install(product: Product) -> None:
    if shutil.which("apt-get"):
        _install_from_debian(product.package)
    elif product is CHROMIUM:  # Playwright's own Firefox is not the one that people have
        _run(sys.executable, "-m", "playwright", "install", "chromium")
    else:
        raise FileNotFoundError("there is no apt-get")


def _install_from_debian(package: str) -> None:
    root = () if os.geteuid() == 0 else ("sudo",)
    _run(*root, "apt-get", "update", "-q")
    _run(*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q", package)


def _playwrights_own() -> Path:
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    try:
        print(find_or_install(CHROMIUM), find_or_install(FIREFOX), sep="\n")
    except NoBrowser as none:
        sys.exit(str(none))

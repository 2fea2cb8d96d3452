"""The browsers of the tests: the system's Chromium and Firefox, installed if they are missing.

`python -m tests.support.browser` installs both if necessary, and prints their paths.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Playwright, expect, sync_playwright

ARGUMENTS = (
    "--no-sandbox",  # Chromium does not start as root without it, and many containers only have root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AS_MOZILLA_SHIPS_IT = "moz-firefox"  # Playwright drives it by WebDriver BiDi, unlike any other Firefox
SILENCE: dict[str, str | float | bool] = {  # stops Firefox's requests to Mozilla
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}
expect.set_options(timeout=30_000)  # ms: as long as all other waits for a busy machine


@dataclass(frozen=True)
class Product:
    """A browser product: its commands, its paths on macOS, and its Debian package."""

    name: str
    commands: tuple[str, ...]
    applications: tuple[str, ...]
    package: str


CHROMIUM = Product(
    "Chromium or Chrome",
    (
        "chromium-headless-shell",
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
        "chrome",
    ),
    ("Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium"),
    "chromium-headless-shell",  # the same engine with a quarter of the work
)
FIREFOX = Product(
    "Firefox", ("firefox-esr", "firefox"), ("Firefox.app/Contents/MacOS/firefox",), "firefox-esr"
)


class NoBrowser(RuntimeError):
    """No browser was found or installed; the message says what to do."""


class Browsers:
    """Headless browsers by name, each started on first use."""

    def __init__(self, playwright: Playwright) -> None:
        self._playwright = playwright
        self._running: dict[str, Browser] = {}

    def __getitem__(self, name: str) -> Browser:
        """Return the running "Chromium" or "Firefox". The caller closes its own windows."""
        if name not in self._running:
            self._running[name] = {"Chromium": self._chromium, "Firefox": self._firefox}[name]()
        return self._running[name]

    def close(self) -> None:
        """Close the running browsers."""
        for browser in self._running.values():
            browser.close()

    def _chromium(self) -> Browser:
        return self._playwright.chromium.launch(
            executable_path=find_or_install(CHROMIUM, self._playwright), args=ARGUMENTS
        )

    def _firefox(self) -> Browser:
        return self._playwright.firefox.launch(
            executable_path=find_or_install(FIREFOX, self._playwright),
            channel=AS_MOZILLA_SHIPS_IT,
            firefox_user_prefs=SILENCE,
        )


@contextmanager
def open_browsers() -> Iterator[Browsers]:
    """Yield browsers for a `with` block. Only one such block can be active at a time."""
    with sync_playwright() as playwright:
        browsers = Browsers(playwright)
        yield browsers
        browsers.close()


def find_or_install(product: Product, playwright: Playwright) -> Path:
    """Return the path of a browser's program.

    Raises:
        NoBrowser: There is none, and it cannot be installed.
    """
    if path := _find(product, playwright):
        return path
    try:
        _install(product)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoBrowser(
            f"The browser tests need {product.name}, and installing it failed ({error}). "
            f"Install it by hand, so that `{product.commands[0]}` is on the PATH, and try again."
        ) from error
    if path := _find(product, playwright):
        return path
    raise NoBrowser(f"{product.name} was installed but is not on the PATH. Add its folder and try again.")


def _find(product: Product, playwright: Playwright) -> Path | None:
    commands = map(Path, filter(None, map(shutil.which, product.commands)))
    applications = (Path("/Applications", path) for path in product.applications)
    own = [Path(playwright.chromium.executable_path)] if product is CHROMIUM else []
    return next((path for path in (*commands, *applications, *own) if path.exists()), None)


def _install(product: Product) -> None:
    if shutil.which("apt-get"):
        _install_from_debian(product.package)
    elif product is CHROMIUM:  # Playwright's own Firefox differs from the one that people use
        _run(sys.executable, "-m", "playwright", "install", "chromium")
    else:
        raise FileNotFoundError("there is no apt-get")


def _install_from_debian(package: str) -> None:
    root = () if os.geteuid() == 0 else ("sudo",)
    _run(*root, "apt-get", "update", "-q")
    _run(*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q", package)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    try:
        with sync_playwright() as playwright:
            print(*(find_or_install(product, playwright) for product in (CHROMIUM, FIREFOX)), sep="\n")
    except NoBrowser as none:
        sys.exit(str(none))

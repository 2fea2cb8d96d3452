"""The browser that the tests drive: the system's Chromium, installed where it is missing.

`python -m tests.browser` makes sure that there is one, and prints where.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
APPLICATIONS = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
ARGUMENTS = (
    "--no-sandbox",  # as root, which is all that many containers have, Chromium does not start without
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoBrowser(RuntimeError):
    """There is no browser and none could be installed; the message says what to do."""


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Run a headless browser for the length of a `with` block."""
    path = chromium()
    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path, args=ARGUMENTS) as browser,
    ):
        yield browser


def chromium() -> Path:
    """Return the path of a Chromium or Chrome, installing one if need be.

    Raises:
        NoBrowser: there is none, and it cannot be installed from here.
    """
    return _find() or _install()


def _find() -> Path | None:
    found = filter(None, map(shutil.which, NAMES))
    candidates = (*map(Path, found), *APPLICATIONS, _playwrights_own())
    return next((path for path in candidates if path.exists()), None)


def _install() -> Path:
    try:
        if shutil.which("apt-get"):
            _install_from_debian()
        else:
            _run(sys.executable, "-m", "playwright", "install", "chromium")
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoBrowser(
            f"The browser tests need Chromium or Chrome, and installing it failed ({error}). "
            "Install one by hand, so that `chromium` or `google-chrome` is on the PATH, and try again."
        ) from error
    if path := _find():
        return path
    raise NoBrowser("Chromium was installed but is not on the PATH. Add its folder and try again.")


def _install_from_debian() -> None:
    root = () if os.geteuid() == 0 else ("sudo",)
    _run(*root, "apt-get", "update", "-q")
    _run(*root, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q", "chromium")


def _playwrights_own() -> Path:
    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdout=sys.stderr)


if __name__ == "__main__":
    try:
        print(chromium())
    except NoBrowser as none:
        sys.exit(str(none))

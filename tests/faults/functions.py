"""The functions of the service, all in this process."""

import importlib
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

from tests.faults.clock import Clock
from trackback.notifications import mail

NAMES = ("receive", "triage", "verify", "notify", "moderate", "serve", "send")


class Functions:
    """The functions' modules, which live as long as nothing kills them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._modules = {name: self._load(name) for name in NAMES}

    def handler(self, name: str) -> Callable[..., Any]:
        """Return a function's handler."""
        self._clock.show()
        handler: Callable[..., Any] = vars(self._modules[name])["handler"]
        return handler

    def start_anew(self, name: str) -> None:
        """Start another environment: with clients of its own, and nothing remembered."""
        self._modules[name] = self._load(name)

    def _load(self, name: str) -> ModuleType:
        mail._ses.cache_clear()
        package = f"functions.{name}.app"
        known = sys.modules.get(package)
        return importlib.reload(known) if known else importlib.import_module(package)

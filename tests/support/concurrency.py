"""Concurrent calls."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from trackback.errors import StatusChanged


def side_by_side(*calls: Callable[[], Any]) -> list[Any]:
    """Make all calls concurrently. Returns the result of each, or its StatusChanged."""

    def outcome(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except StatusChanged as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(outcome, calls))

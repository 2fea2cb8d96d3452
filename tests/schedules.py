"""A function's schedule, kept as EventBridge would."""

import threading
from typing import Self

from tests.environment import Environments, FunctionFailedError


class Schedule:
    """Wakes one function every so many minutes; `run` does so at once."""

    def __init__(self, function: Environments, minutes: float) -> None:
        """Begin to wait."""
        self._function = function
        self._seconds = minutes * 60
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"schedule of {function.function.name}")
        self._thread.start()

    def run(self) -> Self:
        """Wake the function; its failure is in its log, as in AWS."""
        try:
            self._function.invoke({"detail-type": "Scheduled Event", "source": "aws.events", "detail": {}})
        except FunctionFailedError as error:
            print(f"  {self._function.function.name}: {error}", flush=True)
        return self

    def close(self) -> None:
        """Wake it no more."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._seconds):
            self.run()

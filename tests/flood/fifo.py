"""A FIFO queue with message groups, as SQS delivers it to Lambda: a group is in one batch at a time."""

from collections import deque
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count
from typing import Any


@dataclass(slots=True)
class Queued:
    """A message; one without a body stands for a ping like the sampled ones of its kind."""

    id: str
    group: str
    sent_at: float
    kind: str
    body: Any = None


class Fifo:
    """The queue. Groups are taken by the age of their oldest message."""

    def __init__(self) -> None:
        self._groups: dict[str, deque[Queued]] = {}
        self._ready: list[tuple[float, int, str]] = []
        self._number = count()
        self.busy: set[str] = set()
        self.length = 0
        self.longest = 0

    def put(self, message: Queued) -> None:
        """Add a message at the end of its group."""
        group = self._groups.setdefault(message.group, deque())
        group.append(message)
        self.length += 1
        self.longest = max(self.longest, self.length)
        if len(group) == 1 and message.group not in self.busy:
            self._offer(message.group)

    def take(self, most: int) -> list[Queued]:
        """Take a batch, and lock its groups."""
        batch: list[Queued] = []
        while self._ready and len(batch) < most:
            name = heappop(self._ready)[2]
            group = self._groups[name]
            batch.append(group.popleft())
            self.busy.add(name)
            if group:
                self._offer(name)
        if batch:  # a group that is in the batch is in no other
            self._ready = [one for one in self._ready if one[2] not in self.busy]
            self._ready.sort()
        self.length -= len(batch)
        return batch

    def free(self, groups: set[str]) -> None:
        """Unlock groups whose batch has ended."""
        for name in groups:
            self.busy.discard(name)
            if self._groups.get(name):
                self._offer(name)
            else:
                self._groups.pop(name, None)

    def put_back(self, messages: list[Queued]) -> None:
        """Put failed messages before their groups' others."""
        for message in reversed(messages):
            self._groups.setdefault(message.group, deque()).appendleft(message)
            self.length += 1

    def _offer(self, name: str) -> None:
        heappush(self._ready, (self._groups[name][0].sent_at, next(self._number), name))

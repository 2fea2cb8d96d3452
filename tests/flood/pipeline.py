"""What AWS does between the handlers, by simulated events: throttle, stream, queue, schedules."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from typing import Any
from urllib.parse import urlencode

import boto3
from botocore.config import Config

from tests.flood.fifo import Fifo, Queued
from tests.flood.limits import Bucket, Limits
from tests.flood.traffic import Ping
from tests.flood.world import START, Call, World
from tests.stack.streams import fits
from tests.support.events import FORM, http_event
from trackback.storage.keys import MAIL

STREAM_DELAY = 0.5
"""Seconds until Lambda's poller has a change: it asks four times a second."""
OVERHEAD = 0.3
"""Seconds of an invocation beside its fetches."""


@dataclass
class Outcome:
    """What happened to one scenario's pings."""

    accepted_at: dict[str, float] = field(default_factory=dict)
    mailed_at: dict[str, float] = field(default_factory=dict)
    looked_at: dict[str, float] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    writes: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    reads: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    verify_seconds: float = 0.0


class Simulation:
    """One scenario."""

    def __init__(self, world: World, limits: Limits) -> None:
        self.world, self.limits = world, limits
        self.outcome = Outcome()
        self.queue = Fifo()
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._number = count()
        self._throttle = Bucket(limits.pings)
        self._sent: set[str] = set()
        self._free = limits.environments
        self._by_id: dict[str, Ping] = {}
        self._last_wait: dict[str, float] = {}
        self._stream = _Stream()
        self._mail_waits = False

    def run(self, pings: Iterable[Ping], seconds: float) -> Outcome:
        """Send the pings, and go on until all genuine ones are mailed, or a day after the last."""
        self._pings = iter(sorted(pings, key=lambda ping: ping.at))
        self._until = seconds + 86_400
        self._next_ping(0.0)
        self._at(60.0, self._minute)
        self._at(self.limits.due_every, self._due)
        while self._events:
            at, _, act = heappop(self._events)
            if at > self._until or (at > seconds and len(self._mailed()) == len(self._genuine())):
                break
            act(at)
        return self.outcome

    def _genuine(self) -> set[str]:
        return set(self.outcome.accepted_at)

    def _mailed(self) -> set[str]:
        return self._genuine() & set(self.outcome.mailed_at)

    def _at(self, at: float, act: Callable[[float], None]) -> None:
        heappush(self._events, (at, next(self._number), act))

    def _next_ping(self, _: float) -> None:
        if ping := next(self._pings, None):
            self._at(ping.at, lambda at: self._arrive(ping, at))

    def _arrive(self, ping: Ping, at: float) -> None:
        self._receive(ping, at)
        self._next_ping(at)

    def _call(self, function: str, event: Any, at: float, *whose: str) -> Call:
        writes, reads = self.world.units()
        done = self.world.call(function, event, at)
        now = self.world.units()
        for each in whose:
            self.outcome.writes[each] += (now[0] - writes) / len(whose)
            self.outcome.reads[each] += (now[1] - reads) / len(whose)
        self.outcome.counts[f"calls {function}"] += 1
        return done

    def _receive(self, ping: Ping, at: float) -> None:
        kind = "genuine" if ping.is_genuine else "attack"
        self.outcome.counts[f"{kind} sent"] += 1
        if not self._throttle.takes(at):
            self.outcome.counts[f"{kind} refused by the throttle"] += 1
            return
        self.outcome.counts[f"{kind} accepted"] += 1
        if not ping.sampled:
            self._at(at + STREAM_DELAY, lambda now: self._put(Queued("", ping.group, now, ping.kind), now))
            return
        self.world.servers.takes[ping.url] = ping.takes
        fields = {
            "url": ping.url,
            "title": ping.title,
            "excerpt": "I read it and have this to say.",
            "blog_name": "B",
        }
        event = http_event("POST", "/trackback/blog.example/post", headers={"content-type": FORM},
                           body=urlencode(fields).encode())  # fmt: skip
        event["requestContext"]["http"]["sourceIp"] = ping.address
        done = self._call("receive", event, at, ping.kind)
        told = [about["ping"] for _, about in done.outcomes if "ping" in about]
        if "<error>0</error>" in done.answer["body"] and told:
            self._by_id[told[0]] = ping
            if ping.is_genuine:
                self.outcome.accepted_at[told[0]] = at
        else:
            self.outcome.counts[f"{kind} refused by receive"] += 1
        self._follow(at, ping.kind)

    def _follow(self, at: float, whose: str) -> None:
        """Deliver the table's changes to triage, after the poller's delay."""
        records = [one for one in self._stream.read() if any(fits(one, p) for p in self.limits.patterns)]
        if records:
            self._at(at + STREAM_DELAY, lambda now: self._triage(records, now, whose))

    def _triage(self, records: list[Any], at: float, whose: str) -> None:
        done = self._call("triage", {"Records": records}, at, whose)
        if done.answer["batchItemFailures"]:
            self._at(at + 1, lambda now: self._triage(records, now, whose))
        self._mail_waits = True
        self._send(done.sent, at)
        self._stream.read()

    def _send(self, messages: Iterable[Any], at: float) -> None:
        """Queue messages, each id once: the queue drops a second one (for five minutes)."""
        for message in messages:
            if message.id not in self._sent:
                self._sent.add(message.id)
                kind = self._kind(message.body)
                self._put(Queued(message.id, message.group, at, kind, message.body), at)

    def _kind(self, body: Any) -> str:
        ping = self._by_id.get(body.get("ping", ""))
        return ping.kind if ping else "schedule"

    def _put(self, message: Queued, at: float) -> None:
        self.queue.put(message)
        self._poll(at)

    def _poll(self, at: float) -> None:
        while self._free and (batch := self.queue.take(self.limits.batch)):
            self._free -= 1
            self._verify(batch, at)

    def _verify(self, batch: list[Queued], at: float) -> None:
        real = [message for message in batch if message.body is not None]
        waits = [self._last_wait.get(one.kind, 0.5) for one in batch if one.body is None]
        due: list[float] = []
        failed: list[Queued] = []
        sent: list[Any] = []
        if real:
            done = self._call("verify", _event(real), at, *(one.kind for one in real))
            named = {one.body.get("ping") for one in real}
            waits += [wait for ping, wait in done.waits.items() if ping in named]
            due = [wait for ping, wait in done.waits.items() if ping not in named]
            names = {one["itemIdentifier"] for one in done.answer["batchItemFailures"]}
            failed, sent = [one for one in real if one.id in names], done.sent
            self._learn(real, done)
            for what, about in done.outcomes:
                if what.startswith("Ping") and about.get("ping") in self.outcome.accepted_at:
                    self.outcome.counts[f"genuine {what}"] += 1
        from trackback.receiving.check_run import MOST_DUE, SIDE_BY_SIDE  # noqa: PLC0415 - needs the world

        ends = at + OVERHEAD + _makespan(waits, SIDE_BY_SIDE) + _makespan(due, MOST_DUE)
        self.outcome.verify_seconds += ends - at
        records = self._stream.read()
        self._at(ends, lambda now: self._verified(batch, failed, sent, records, now))

    def _learn(self, real: list[Queued], done: Call) -> None:
        """Remember what an attack's last sampled check took, for those that stand for others like it."""
        for one in real:
            if one.kind not in {"genuine", "schedule"} and one.body["ping"] in done.waits:
                self._last_wait[one.kind] = done.waits[one.body["ping"]]

    def _whose(self, real: list[Queued]) -> str:
        kinds = {one.kind for one in real} - {"schedule"}
        return min(kinds, default="schedule")

    def _verified(
        self, batch: list[Queued], failed: list[Queued], sent: list[Any], records: list[Any], at: float
    ) -> None:
        self._free += 1
        self._send(sent, at)
        held = {one.group for one in failed}
        self.queue.free({one.group for one in batch} - held)
        if failed:
            self.outcome.counts["checks that came back"] += len(failed)
            self._at(at + self.limits.hidden_for, lambda now: self._back(failed, now))
        wanted = [one for one in records if any(fits(one, p) for p in self.limits.patterns)]
        for record in records:
            new = record["dynamodb"].get("NewImage", {})
            name = record["dynamodb"]["Keys"]["id"]["S"]
            if name in self.outcome.accepted_at and "status" in new:
                self.outcome.looked_at.setdefault(name, at)
        if wanted:
            self._at(at + STREAM_DELAY, lambda now: self._triage(wanted, now, self._whose(batch)))
        self._poll(at)

    def _back(self, failed: list[Queued], at: float) -> None:
        self.queue.put_back(failed)
        self.queue.free({one.group for one in failed})
        self._poll(at)

    def _due(self, at: float) -> None:
        self._put(Queued(f"due-{at:.0f}", "schedule", at, "schedule", {"id": f"due-{at:.0f}"}), at)
        self._at(at + self.limits.due_every, self._due)

    def _minute(self, at: float) -> None:
        """Run notify if there is something to mail; idle minutes are not run."""
        if self._mail_waits:
            done = self._call("notify", {}, at, "notify")
            for what, about in done.outcomes:
                self.outcome.counts["mails"] += what == "MailSent"
                if what == "PingMailed":
                    self.outcome.mailed_at.setdefault(about["ping"], at)
            outbox = self.world.uncounted(MAIL)
            self._mail_waits = any(outbox.get(name) for name in ("waiting", "promising", "sending"))
            self._follow(at, "notify")
        self._at(at + 60.0, self._minute)


class _Stream:
    """The table's stream, read to its end each time."""

    def __init__(self) -> None:
        self._client: Any = boto3.client(
            "dynamodbstreams", config=Config(account_id_endpoint_mode="disabled")
        )
        arn = boto3.client("dynamodb").describe_table(TableName="trackback")["Table"]["LatestStreamArn"]
        shard = self._client.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][-1]["ShardId"]
        self._next: str = self._client.get_shard_iterator(
            StreamArn=arn, ShardId=shard, ShardIteratorType="LATEST"
        )["ShardIterator"]

    def read(self) -> list[Any]:
        """Return the new records, in Lambda's form."""
        answer = self._client.get_records(ShardIterator=self._next)
        self._next = answer["NextShardIterator"]
        for one in answer["Records"]:
            one["dynamodb"]["ApproximateCreationDateTime"] = 0
        return list(answer["Records"])


def _event(messages: list[Queued]) -> dict[str, Any]:
    def attributes(one: Queued) -> dict[str, str]:
        sent = str(int((START.timestamp() + one.sent_at) * 1_000))
        return {"SentTimestamp": sent, "MessageGroupId": one.group, "ApproximateReceiveCount": "1"}

    return {
        "Records": [
            {"messageId": one.id, "body": json.dumps(one.body), "attributes": attributes(one)}
            for one in messages
        ]
    }


def _makespan(waits: list[float], side_by_side: int) -> float:
    """Return how long waits take so many at a time, the longest first."""
    ends = [0.0] * side_by_side
    for wait in sorted(waits, reverse=True):
        ends[ends.index(min(ends))] += wait
    return max(ends)

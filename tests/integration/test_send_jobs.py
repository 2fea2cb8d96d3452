"""What the author asks for on the Send page, kept in the table until `send` has carried it out."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from werkzeug.wrappers import Request, Response

from tests.stack.servers import serving
from trackback.errors import BadSettings
from trackback.model.ping import Status
from trackback.model.posts import Sites
from trackback.model.send_job import MOST_STEPS, JobResult, SendJob, read_send_job
from trackback.storage.pings import PingStore
from trackback.storage.send_jobs import SendJobs
from trackback.storage.table import Table

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SITES = Sites("blog.example, http://localhost:8081")
POST = "https://blog.example/2026/hello/"


def job(url: str = POST, ping_url: str = "", now: datetime = NOW, **how: bool) -> SendJob:
    """Return a job as the author fills it in."""
    return read_send_job(SITES, url, ping_url, now, **how)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (job(), SendJob("", "2026-11-26T12:00:00.000Z", POST)),
        (job(f" {POST} ", again=True), SendJob("", "2026-11-26T12:00:00.000Z", POST, again=True)),
        (
            job("http://localhost:8081/a?b", " https://other.example/tb?id=7 ", dry_run=True),
            SendJob(
                "",
                "2026-11-26T12:00:00.000Z",
                "http://localhost:8081/a?b",
                "https://other.example/tb?id=7",
                dry_run=True,
            ),
        ),
    ],
    ids=["a post", "again", "to a ping URL"],
)
def test_a_job_is_read(given: SendJob, wanted: SendJob) -> None:
    assert given.id.startswith("send#")
    assert replace(given, id="") == wanted


@pytest.mark.parametrize(
    ("url", "ping_url", "words"),
    [
        ("", "", "Write the address of a post on one of your blogs"),
        ("blog.example/2026/hello/", "", "Write the address of a post"),
        ("https://elsewhere.example/", "", "Write the address of a post"),
        ("https://me:pass@blog.example/", "", "Write the address of a post"),
        ("javascript:alert(1)", "", "Write the address of a post"),
        ("https://blog.example/" + "a" * 3_000, "", "Write the address of a post"),
        (POST, "other.example/tb", "Write the ping URL as a whole URL"),
        (POST, "ftp://other.example/tb", "Write the ping URL as a whole URL"),
    ],
)
def test_what_is_no_order_is_told_what_to_write(url: str, ping_url: str, words: str) -> None:
    with pytest.raises(BadSettings, match=words):
        job(url, ping_url)


def test_a_job_waits_until_it_is_done_and_tells_what_came_of_it(table: Table) -> None:
    jobs, first, second = SendJobs(table), job(now=NOW - timedelta(minutes=1)), job(dry_run=True)
    jobs.start(second)
    jobs.start(first)
    assert jobs.waiting(NOW, 10) == [first.id, second.id]
    assert jobs.waiting(NOW, 1) == [first.id]
    step = JobResult("https://o.example/", "https://o.example/tb", "accepted", "it took it", "T", "E", "B")
    done = replace(first, state="done", title="»Grüße« 💌", steps=(step,) * MOST_STEPS, more=3)
    jobs.save(done)
    failed = replace(second, state="failed", words="its server answers 404")
    jobs.save(failed)
    assert jobs.waiting(NOW, 10) == []
    assert jobs.newest() == [failed, done]
    assert jobs.newest(1) == [failed]
    assert jobs.find(done.id) == done


def test_the_longest_order_fits_into_its_record(table: Table) -> None:
    url = "https://o.example/" + "a" * 2_030
    step = JobResult(url, url, "refused", "😀" * 400, "😀" * 250, "😀" * 252, "😀" * 250)
    long = replace(job(), state="done", steps=(step,) * MOST_STEPS)
    SendJobs(table).save(long)
    assert SendJobs(table).find(long.id) == long


@pytest.mark.parametrize("name", ["send#nosuch", "", "settings#", "2222222222222222222222222a"])
def test_no_other_record_is_an_order(table: Table, name: str) -> None:
    assert SendJobs(table).find(name) is None


def test_orders_are_no_pings_and_go_after_a_month(table: Table, store: PingStore) -> None:
    given = job()
    SendJobs(table).start(given)
    assert list(store.pings()) == [each for status in Status for each in store.pings(status)] == []
    assert store.due(NOW, 10) == []
    item = boto3.client("dynamodb").get_item(TableName="trackback", Key={"id": {"S": given.id}})["Item"]
    assert int(item["expires_at"]["N"]) == (NOW + timedelta(days=30)).timestamp()


class Lambda:
    """Lambda's API, as far as a job needs it."""

    def __init__(self) -> None:
        self.status = 202
        self.asked: list[tuple[str, Any, str]] = []

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Take an invocation (PEP 3333)."""
        request = Request(environ)
        self.asked.append(
            (request.path, request.get_json(force=True), request.headers["X-Amz-Invocation-Type"])
        )
        return Response("{}", self.status)(environ, start_response)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lambda]:
    """A stand-in for Lambda."""
    stand_in = Lambda()
    with serving(stand_in) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", f"http://127.0.0.1:{server.port}")
        yield stand_in


def test_a_new_order_wakes_the_function_that_sends(table: Table, service: Lambda) -> None:
    given = job()
    SendJobs(table, os.environ["SEND_FUNCTION"]).start(given)
    assert service.asked == [("/2015-03-31/functions/send/invocations", {"order": given.id}, "Event")]


@pytest.mark.parametrize("status", [404, 429, 500])
def test_a_job_that_wakes_nobody_waits_for_the_schedule(table: Table, service: Lambda, status: int) -> None:
    service.status = status
    given = job()
    SendJobs(table, "send").start(given)
    assert service.asked
    assert SendJobs(table).waiting(NOW, 10) == [given.id]

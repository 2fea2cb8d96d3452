"""Stores send jobs: requests from the author's Send page, one record each, with the result.

The caller stores a job and invokes `send`, which alone contacts other sites for it. A job is in
the index `by_due` until it is done, so that the schedule finds it if the invocation failed; `by_status` lists
all jobs. Jobs are kept for 30 days.
"""

import json
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from trackback.model.send_job import JobResult, SendJob
from trackback.storage.dynamodb import CONFIG, Item
from trackback.storage.items import fields_in, to_record
from trackback.storage.keys import BY_DUE, BY_STATUS, DUE_JOB, JOB, STATUS_JOB
from trackback.storage.table import Table
from trackback.timestamps import stamp

KEEP = timedelta(days=30)


class SendJobs:
    """The send jobs in the table."""

    def __init__(self, table: Table, function: str = "") -> None:
        """`function` is invoked for each new job; empty to leave jobs to the schedule."""
        self._table = table
        self._function = function

    def start(self, job: SendJob) -> None:
        """Store a new job and invoke `send`; if the invocation fails, the schedule picks the job up."""
        self.save(job)
        if self._function:
            with suppress(ClientError, BotoCoreError):
                invoke(self._function, job.id)

    def save(self, job: SendJob) -> None:
        """Store a job, and replace its earlier state."""
        self._table.put(_to_record(job))

    def find(self, job_id: str) -> SendJob | None:
        """Return the current state of a job, or None."""
        record = self._table.get(job_id) if job_id.startswith(JOB) else {}
        return _to_job(record) if record else None

    def waiting(self, now: datetime, limit: int) -> list[str]:
        """Return the ids of waiting jobs, the oldest first."""
        return self._table.query_ids(BY_DUE, DUE_JOB, until=stamp(now), limit=limit)

    def newest(self, limit: int = 10) -> list[SendJob]:
        """Return the newest jobs, newest first."""
        ids = self._table.query_ids(BY_STATUS, STATUS_JOB, newest_first=True, limit=limit)
        return list(map(_to_job, self._table.batch_get(ids, consistent=True)))


def invoke(function: str, job_id: str) -> None:
    """Invoke a function for a job, without waiting for the result."""
    import boto3  # noqa: PLC0415 - only a new job needs it

    payload = json.dumps({"order": job_id}).encode()
    boto3.client("lambda", config=CONFIG).invoke(
        FunctionName=function, InvocationType="Event", Payload=payload
    )


def _to_record(job: SendJob) -> dict[str, Any]:
    """Return a job in stored form: in `by_due` only while it waits."""
    expires_at = int((datetime.fromisoformat(job.at) + KEEP).timestamp())
    due = {"due": DUE_JOB, "check_at": job.at} if job.state == "waiting" else {}
    steps = [asdict(step) for step in job.steps]
    return to_record(job, steps=steps, status=STATUS_JOB, expires_at=expires_at, **due)


def _to_job(record: Item) -> SendJob:
    steps = tuple(JobResult(**step) for step in record.get("steps", ()))
    return SendJob(**fields_in(record, SendJob) | {"steps": steps})

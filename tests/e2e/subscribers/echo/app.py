"""A function that says which pings it was woken for; it fails at the first batch, and at ids it is told."""

import os
from pathlib import Path
from typing import Any

_said = 0


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Write each new ping's title into the pipe; report those named in FAIL once as failed."""
    global _said  # noqa: PLW0603 - one environment's memory between events is what is tested
    _said += 1
    if _said == 1 and os.environ.get("RAISE"):
        raise RuntimeError("the first batch fails")
    failures = []
    with Path(os.environ["PIPE"]).open("w") as pipe:
        for record in event["Records"]:
            title = record["dynamodb"]["NewImage"]["title"]["S"]
            print(_said, record["eventName"], title, file=pipe)
            if title == os.environ.get("FAIL") and _said == 1:
                failures.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
    return {"batchItemFailures": failures}

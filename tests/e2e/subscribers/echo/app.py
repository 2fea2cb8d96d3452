"""A function that says what it was woken for, and fails or ends where it is told to."""

import os
from pathlib import Path
from typing import Any

_said = 0


def handler(event: dict[str, Any], _: object) -> dict[str, Any]:
    """Write each new ping's title, message or tick into the pipe; report those named in FAIL as failed."""
    global _said  # noqa: PLW0603 - one environment's memory between events is what is tested
    _said += 1
    if _said == 1 and os.environ.get("RAISE"):
        raise RuntimeError("the first batch fails")
    if (died := os.environ.get("DIE")) and not Path(died).exists():
        Path(died).touch()
        os._exit(1)
    failures = []
    if os.environ.get("TICKS"):
        Path(os.environ["PIPE"]).write_text(f"{_said} {event['detail-type']}\n")
        return {}
    records = event["Records"]
    with Path(os.environ["PIPE"]).open("w") as pipe:
        for record in records:
            if "body" in record:
                print(_said, record["body"], file=pipe)
                if record["body"] == os.environ.get("FAIL") and (_said == 1 or os.environ.get("ALWAYS")):
                    failures.append({"itemIdentifier": record["messageId"]})
                continue
            title = record["dynamodb"]["NewImage"]["title"]["S"]
            print(_said, record["eventName"], title, file=pipe)
            if title == os.environ.get("FAIL") and (_said == 1 or os.environ.get("ALWAYS")):
                failures.append({"itemIdentifier": record["dynamodb"]["SequenceNumber"]})
    return {"batchItemFailures": failures}

"""The kinds of faults that one call to AWS can meet."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from tests.faults.wire import Call, Fault, Killed, answer

_CEILING = "Throughput exceeds the maximum OnDemandThroughput configured on table or index"
_THROTTLED = {"SendEmail": "TooManyRequestsException", "Invoke": "TooManyRequestsException"}
_CONFLICT = {"PutItem", "UpdateItem", "DeleteItem"}
_ENDPOINT: Any = {"endpoint_url": "https://aws.example"}


def killed_before(_: Call) -> Any:
    """The process ends before AWS gets the call."""
    raise Killed


def killed_after(call: Call) -> Any:
    """AWS carries the call out, and the process ends."""
    call.go()
    raise Killed


def throttled(call: Call) -> Any:
    """AWS refuses the call, and each repeat of it: the table is at its ceiling, or a quota is used up."""
    return _refusal(_THROTTLED.get(call.operation, "ThrottlingException"), _CEILING)


def unreachable(_: Call) -> Any:
    """No connection comes about."""
    raise ConnectTimeoutError(**_ENDPOINT)


def answer_lost(call: Call) -> Any:
    """AWS carries the call out, its answer is lost, and a repeat goes through."""
    answered = call.go()
    if call.attempt == 1:
        raise ReadTimeoutError(**_ENDPOINT)
    return answered


def answer_lost_for_good(call: Call) -> Any:
    """AWS carries the call out, its answer is lost, and no repeat gets through."""
    if call.attempt == 1:
        call.go()
    raise ReadTimeoutError(**_ENDPOINT)


def partly_failed(call: Call) -> Any:
    """AWS carries out a part of the call, or finds another one in its way."""
    if call.operation == "BatchGetItem":
        asked = json.loads(call.body)["RequestItems"]
        return answer({"Responses": {}, "UnprocessedKeys": asked})
    if call.operation == "SendMessageBatch":
        return _half_sent(call)
    if call.operation == "TransactWriteItems":
        reasons = [{"Code": "TransactionConflict", "Message": "It is ongoing"}, {"Code": "None"}]
        return _refusal("TransactionCanceledException", "cancelled", CancellationReasons=reasons)
    return _refusal("TransactionConflictException", "Transaction is ongoing for the item")


KINDS: Mapping[str, Fault] = {
    "killed before": killed_before,
    "killed after": killed_after,
    "throttled": throttled,
    "unreachable": unreachable,
    "answer lost": answer_lost,
    "answer lost for good": answer_lost_for_good,
    "partly failed": partly_failed,
}
_IN_PARTS = {"BatchGetItem", "SendMessageBatch", "TransactWriteItems"} | _CONFLICT
_READS = {"GetItem", "BatchGetItem", "Query", "Scan", "GetParameter"}
_OF_READS = {"killed before", "throttled", "partly failed"}
"""A read has no effect, so that what becomes of its answer makes no other fault."""


def applies(kind: str, operation: str) -> bool:
    """Tell whether an operation can fail in such a way, and in a way of its own."""
    if kind == "partly failed":
        return operation in _IN_PARTS
    return operation not in _READS or kind in _OF_READS


def _half_sent(call: Call) -> Any:
    """Let all entries through but the last."""
    asked = json.loads(call.body)
    *sent, refused = asked["Entries"]
    failed = [{"Id": refused["Id"], "Code": "InternalError", "SenderFault": False}]
    if not sent:
        return answer({"Successful": [], "Failed": failed})
    sent_answer = call.go(json.dumps(asked | {"Entries": sent}).encode())
    return answer(json.loads(sent_answer.content) | {"Failed": failed})


def _refusal(code: str, words: str, **more: Any) -> Any:
    body = {"__type": f"com.amazonaws#{code}", "message": words, "Message": words, **more}
    return answer(body, 400, x_amzn_errortype=code)

"""How many environments of the functions run at once for what strangers send: a new account may have ten."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support import sam, template

TEMPLATE = template.load()
MAPPINGS = sam.made("AWS::Lambda::EventSourceMapping")
RULES = sam.made("AWS::Events::Rule")
FUNCTIONS = sam.made("AWS::Lambda::Function")
STREAM = {"Fn::If": ["MakesTable", {"Fn::GetAtt": ["Table", "StreamArn"]}, {"Ref": "ExistingStream"}]}
SHARDS = 4
"""Of a new on-demand table's stream, each with an environment of its reader."""
FEWEST_ALLOWED = 10
"""Environments at once that AWS allows a new account."""
FOR_THE_API = 2


def of_a_source(mapping: dict[str, Any]) -> int:
    """Return how many environments a stream's or a queue's reader may hold."""
    if mapping["EventSourceArn"] == STREAM:
        return SHARDS * int(mapping.get("ParallelizationFactor", 1))
    return int(mapping["ScalingConfig"]["MaximumConcurrency"])


def of_a_schedule(rule: dict[str, Any], target: dict[str, Any]) -> int:
    """Return how many runs of a function a schedule may have side by side: none where it calls a queue."""
    if "SqsParameters" in target:
        return 0
    function = FUNCTIONS[target["Arn"]["Ref"].removesuffix("Aliaslive")]
    minutes = re.fullmatch(r"rate\((\d+) minutes?\)", TEMPLATE.resolve(rule["ScheduleExpression"]))
    assert minutes
    return -(-int(function["Timeout"]) // (60 * int(minutes[1])))


def at_once() -> Iterator[int]:
    """Yield the environments of each event source and each schedule."""
    yield from map(of_a_source, MAPPINGS.values())
    for rule in RULES.values():
        yield from (of_a_schedule(rule, target) for target in rule["Targets"])


def test_what_strangers_send_leaves_room_for_the_api_in_a_new_account() -> None:
    assert sum(at_once()) <= FEWEST_ALLOWED - FOR_THE_API
    assert all("ProvisionedPollerConfig" not in mapping for mapping in MAPPINGS.values())


@pytest.mark.parametrize(
    ("what", "setting"),
    [
        (MAPPINGS["TriageStream"], {"ParallelizationFactor": 2}),
        (MAPPINGS["VerifyChecks"], {"ScalingConfig": {"MaximumConcurrency": 3}}),
        (FUNCTIONS["NotifyFunction"], {"Timeout": 61}),
    ],
    ids=["a stream read twice", "a third check at once", "a schedule that meets itself"],
)
def test_one_more_environment_of_anything_is_noticed(
    what: dict[str, Any], setting: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in setting.items():
        monkeypatch.setitem(what, name, value)
    assert sum(at_once()) > FEWEST_ALLOWED - FOR_THE_API


def test_nothing_reserves_environments_which_new_accounts_refuse() -> None:
    assert "ReservedConcurrentExecutions" not in json.dumps(sam.translated())
    assert "ProvisionedConcurren" not in json.dumps(sam.translated())


def test_triage_alone_reads_the_stream_and_verify_alone_a_queue() -> None:
    subscribed = {mapping["FunctionName"]["Ref"]: mapping["EventSourceArn"] for mapping in MAPPINGS.values()}
    assert subscribed == {
        "TriageFunctionAliaslive": STREAM,
        "VerifyFunctionAliaslive": {"Fn::GetAtt": ["Checks", "Arn"]},
    }


def test_schedules_call_notify_and_send_and_the_one_of_verify_waits_its_turn_in_the_queue() -> None:
    targets = {name: [target["Arn"] for target in rule["Targets"]] for name, rule in RULES.items()}
    assert targets == {
        "SendFunctionDue": [{"Ref": "SendFunctionAliaslive"}],
        "NotifyFunctionWaiting": [{"Ref": "NotifyFunctionAliaslive"}],
        "DueChecks": [{"Fn::GetAtt": ["Checks", "Arn"]}],
    }
    assert sam.made("AWS::Scheduler::Schedule") == {}

"""How many environments of the functions run at once for what strangers send: a new account may have ten."""

import json
from collections.abc import Mapping
from typing import Any

from tests import sam

MAPPINGS = sam.made("AWS::Lambda::EventSourceMapping")
STREAM = {"Fn::GetAtt": ["Table", "StreamArn"]}
SHARDS = 4
"""Of a new on-demand table's stream, each with an environment of its reader."""
FEWEST_ALLOWED = 10
"""Environments at once that AWS allows a new account."""
FOR_THE_API = 2


def at_once(mapping: Mapping[str, Any]) -> int:
    """Return how many environments a subscription may hold."""
    if mapping["EventSourceArn"] == STREAM:
        return SHARDS * int(mapping.get("ParallelizationFactor", 1))
    return int(mapping["ScalingConfig"]["MaximumConcurrency"])


def test_what_strangers_send_leaves_room_for_the_api_in_a_new_account() -> None:
    assert sum(map(at_once, MAPPINGS.values())) <= FEWEST_ALLOWED - FOR_THE_API
    assert all("ProvisionedPollerConfig" not in mapping for mapping in MAPPINGS.values())


def test_nothing_reserves_environments_which_new_accounts_refuse() -> None:
    assert "ReservedConcurrentExecutions" not in json.dumps(sam.translated())
    assert "ProvisionedConcurren" not in json.dumps(sam.translated())


def test_triage_alone_reads_the_stream_and_verify_and_notify_read_their_queues() -> None:
    subscribed = {
        mapping["FunctionName"]["Ref"]: mapping["EventSourceArn"]["Fn::GetAtt"]
        for mapping in MAPPINGS.values()
    }
    assert subscribed == {
        "TriageFunctionAliaslive": ["Table", "StreamArn"],
        "VerifyFunctionAliaslive": ["Checks", "Arn"],
        "NotifyFunctionAliaslive": ["Changes", "Arn"],
    }


def test_a_schedule_calls_send_alone_and_otherwise_waits_its_turn_in_a_queue() -> None:
    targets = {
        name: [target["Arn"] for target in rule["Targets"]]
        for name, rule in sam.made("AWS::Events::Rule").items()
    }
    assert targets == {
        "SendFunctionDue": [{"Ref": "SendFunctionAliaslive"}],
        "DueChecks": [{"Fn::GetAtt": ["Checks", "Arn"]}],
        "Waiting": [{"Fn::GetAtt": ["Changes", "Arn"]}],
    }
    assert sam.made("AWS::Scheduler::Schedule") == {}

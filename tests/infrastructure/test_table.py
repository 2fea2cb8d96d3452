"""The table as template.yaml makes it: keys, indexes, ceilings, and what becomes of it."""

from dataclasses import fields
from typing import Any

import pytest

from tests.support import template
from trackback.model.listing import Summary

TEMPLATE = template.load()
RESOURCES: dict[str, Any] = TEMPLATE.body["Resources"]
(TABLE,) = TEMPLATE.resources("AWS::DynamoDB::Table").values()
INDEXES = {index["IndexName"]: index for index in TABLE["GlobalSecondaryIndexes"]}


def keys(schema: dict[str, Any]) -> dict[str, str]:
    return {key["KeyType"]: key["AttributeName"] for key in schema["KeySchema"]}


def test_the_table_outlives_the_stack_and_can_be_restored() -> None:
    assert RESOURCES["Table"]["UpdateReplacePolicy"] == "Retain"
    assert RESOURCES["Table"]["DeletionPolicy"] == "RetainExceptOnCreate"  # a failed creation leaves no table
    assert TABLE["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_a_table_that_is_there_takes_the_place_of_the_one_that_would_be_made() -> None:
    name, stream = "kept", "arn:aws:dynamodb:us-east-1:1:table/kept/stream/2026"
    kept = template.load(ExistingTable=name, ExistingStream=stream)
    assert not kept.holds({"Condition": RESOURCES["Table"]["Condition"]})
    assert kept.resolve(RESOURCES["TableArn"]["Properties"]["Value"]).endswith(f":table/{name}")
    assert kept.resolve(RESOURCES["TriageStream"]["Properties"]["EventSourceArn"]) == stream
    (reads, *_) = RESOURCES["TriageFunction"]["Properties"]["Policies"][0]["Statement"]
    assert kept.resolve(reads["Resource"]) == stream


def test_a_table_that_is_there_needs_its_stream() -> None:
    (rule,) = (it for name, it in TEMPLATE.body["Rules"].items() if "Table" in name)
    (asserted,) = rule["Assertions"]
    kept = template.load(ExistingTable="kept")
    assert kept.holds(rule["RuleCondition"])
    assert not kept.holds(asserted["Assert"])


def test_the_table_is_encrypted_by_a_key_that_costs_nothing() -> None:
    assert "SSESpecification" not in TABLE


def test_the_table_tells_of_changes_and_forgets_what_expires() -> None:
    assert TABLE["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert TABLE["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


@pytest.mark.parametrize("part", [TABLE, *INDEXES.values()], ids=["table", *INDEXES])
def test_the_table_and_its_indexes_have_a_ceiling(part: dict[str, Any]) -> None:
    assert part["OnDemandThroughput"] == {
        "MaxWriteRequestUnits": {"Ref": "MaxWritesPerSecond"},
        "MaxReadRequestUnits": {"Ref": "MaxReadsPerSecond"},
    }


def test_the_indexes_are_sparse() -> None:
    assert TABLE["BillingMode"] == "PAY_PER_REQUEST"
    assert keys(TABLE) == {"HASH": "id"}
    assert {name: keys(index) for name, index in INDEXES.items()} == {
        "by_post": {"HASH": "shown_on", "RANGE": "received_at"},
        "by_status": {"HASH": "status", "RANGE": "received_at"},
        "by_due": {"HASH": "due", "RANGE": "check_at"},
    }


def test_the_readers_index_holds_what_readers_get_and_the_count() -> None:
    held = {*INDEXES["by_post"]["Projection"]["NonKeyAttributes"], "id", "received_at"}
    assert held == {field.name for field in fields(Summary)} | {"approved"}


@pytest.mark.parametrize("index", ["by_status", "by_due"])
def test_what_only_its_owner_and_verify_ask_for_is_copied_into_no_index(index: str) -> None:
    assert INDEXES[index]["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_every_attribute_that_is_defined_is_in_a_key() -> None:
    defined = {attribute["AttributeName"] for attribute in TABLE["AttributeDefinitions"]}
    assert defined == {name for part in (TABLE, *INDEXES.values()) for name in keys(part).values()}

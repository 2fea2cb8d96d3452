"""Queues with what failed, and functions that can be invoked again."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from botocore.config import Config

from trackback.cli import failure_queues
from trackback.storage.table import Table

Output = pytest.CaptureFixture[str]
TRIAGE = "arn:aws:lambda:us-east-1:123456789012:function:trackback-TriageFunction-1:live"
SEND = "arn:aws:lambda:us-east-1:123456789012:function:trackback-SendFunction-1:live"
FIFO = {"FifoQueue": True}
DEAD = {"deadLetterTargetArn": {"Fn::GetAtt": ["FailedMessages", "Arn"]}, "maxReceiveCount": 1}
STACK = {
    "Resources": {
        "Failures": {"Type": "AWS::SQS::Queue"},
        "FailedMessages": {"Type": "AWS::SQS::Queue", "Properties": {**FIFO, "QueueName": "failed.fifo"}},
        "Checks": {
            "Type": "AWS::SQS::Queue",
            "Properties": {**FIFO, "QueueName": "checks.fifo", "RedrivePolicy": DEAD},
        },
    },
    "Outputs": {"TableName": {"Value": "trackback"}},
}


@dataclass
class Queues:
    """The queues of a stack that is deployed."""

    client: Any
    urls: dict[str, str]

    def fail(self, record: Any) -> None:
        """Put a record of Lambda's, or any text, into the failure queue."""
        text = record if isinstance(record, str) else json.dumps(record)
        self.client.send_message(QueueUrl=self.urls["Failures"], MessageBody=text)

    def poison(self, body: str, group: str = "other.example") -> None:
        """Have a message fail as often as its queue allows."""
        checks = self.urls["Checks"]
        number = str(len(self.texts("FailedMessages")))
        self.client.send_message(
            QueueUrl=checks, MessageBody=body, MessageGroupId=group, MessageDeduplicationId=number
        )
        for _ in range(2):  # the second time, it is moved
            self.client.receive_message(QueueUrl=checks, VisibilityTimeout=0)

    def texts(self, name: str) -> list[str]:
        """Return what a queue holds for everybody to take, and leave it there."""
        return [message["Body"] for message in self.messages(name)]

    def messages(self, name: str) -> list[Any]:
        found: list[Any] = self.client.receive_message(
            QueueUrl=self.urls[name],
            MaxNumberOfMessages=10,
            VisibilityTimeout=0,
            MessageSystemAttributeNames=["All"],
        ).get("Messages", [])
        return found


@pytest.fixture
def queues(table: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[Queues]:  # noqa: ARG001 - it has its stream
    """Deploy the queues; SQS's long poll would wait a second for each that is empty."""
    monkeypatch.setattr(failure_queues, "WAIT", 0)
    monkeypatch.setenv("COLUMNS", "80")
    cloudformation, sqs = boto3.client("cloudformation"), boto3.client("sqs")
    cloudformation.create_stack(StackName="trackback", TemplateBody=json.dumps(STACK))
    resources = cloudformation.describe_stack_resources(StackName="trackback")["StackResources"]
    yield Queues(sqs, {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources})
    cloudformation.delete_stack(StackName="trackback")


def context(function: str, condition: str) -> dict[str, Any]:
    return {"requestContext": {"functionArn": function, "condition": condition, "approximateInvokeCount": 3}}


ASYNC = {
    **context(SEND, "RetriesExhausted"),
    "requestPayload": {"order": "abc"},
    "responsePayload": {"errorType": "FeedUnreadable", "errorMessage": "the feed \x1b[31mcannot be read"},
}


def batch(table: Table) -> dict[str, Any]:
    """Return what Lambda writes of a batch that failed: of the whole stream."""
    streams = boto3.client("dynamodbstreams", config=Config(account_id_endpoint_mode="disabled"))
    arn = table.client.describe_table(TableName=table.name)["Table"]["LatestStreamArn"]
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    start = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )
    records = streams.get_records(ShardIterator=start["ShardIterator"])["Records"]
    numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
    info = {
        "shardId": shard["ShardId"],
        "startSequenceNumber": numbers[0],
        "endSequenceNumber": numbers[-1],
        "batchSize": len(numbers),
        "streamArn": arn,
    }
    return {**context(TRIAGE, "RetryAttemptsExhausted"), "DDBStreamBatchInfo": info}

"""The sums of tests/costs, against a bill worked out by hand for a small deployment with round figures.

Nothing here is computed by what is tested: each figure is written out with the working that gave it.
"""

from typing import Any

import pytest

from tests.costs import flood, idle, pings, views
from tests.costs.deployment import Deployment
from tests.costs.line import Bill
from tests.costs.measured import Measured
from tests.costs.prices import Meter, Prices
from tests.costs.usage import Usage
from tests.support import template

MILLION = 1_000_000
FUNCTION = {"MemorySize": 512, "Architectures": ["arm64"], "LoggingConfig": {"LogFormat": "JSON"}}
WORK = {
    "how": "made up",
    "cpu_ms": 10.0,  # at half a processor: 20 ms
    "init_cpu_ms": 100.0,  # at half a processor: 200 ms
    "calls": 2.0,  # of 5 ms each: 10 ms
    "reads": 3.0,
    "writes": 1.0,
    "log_bytes": 300.0,
    "answer_bytes": 9_500.0,
    "gzip_bytes": 1_500.0,
    "peak_mb": 50.0,
    "metrics": 2.0,
}


def resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def integration(function: str) -> dict[str, Any]:
    return {"x-amazon-apigateway-integration": {"uri": f"…/functions/${{{function}.Arn}}/invocations"}}


LIMITS = {"OnDemandThroughput": {"MaxWriteRequestUnits": 20, "MaxReadRequestUnits": 200}}
ANY = "x-amazon-apigateway-any-method"
PATHS = {
    "/trackback/{post+}": {ANY: integration("ReceiveFunction")},
    "/pings/{post+}": {"get": integration("ServeFunction"), "head": integration("ServeFunction")},
}
STAT: dict[str, Any] = {"MetricStat": {}}
RESOURCES = {
    "Api": resource("ApiGatewayV2::Api", Body={"paths": PATHS}),
    "Stage": resource(
        "ApiGatewayV2::Stage",
        DefaultRouteSettings={"ThrottlingRateLimit": 1},
        RouteSettings={
            "ANY /trackback/{post+}": {"ThrottlingRateLimit": 10},
            "GET /pings/{post+}": {"ThrottlingRateLimit": 4},
        },
    ),
    "ReceiveFunction": resource("Lambda::Function", **FUNCTION),
    "ServeFunction": resource("Lambda::Function", **FUNCTION),
    "VerifyFunction": resource("Lambda::Function", **FUNCTION | {"MemorySize": 1024}),
    "ModerateFunction": resource("Lambda::Function", **FUNCTION),
    "NotifyFunction": resource("Lambda::Function", **FUNCTION),
    "Checks": resource("SQS::Queue", FifoQueue=True),
    "Failures": resource("SQS::Queue"),
    "ChecksOfVerify": resource(
        "Lambda::EventSourceMapping",
        EventSourceArn="Checks.Arn",
        FunctionName="VerifyFunction",
        ScalingConfig={"MaximumConcurrency": 2},
    ),
    "Simple": resource("CloudWatch::Alarm", MetricName="5xx"),
    "Several": resource("CloudWatch::Alarm", Metrics=[STAT, STAT, {"Expression": "a + b"}]),
    "Clock": resource(
        "Events::Rule", ScheduleExpression="rate(15 minutes)", Targets=[{"Arn": "VerifyFunction.Arn"}]
    ),
    "Wheel": resource("Scheduler::Schedule", ScheduleExpression="rate(1 hour)", Target={"Arn": "Checks.Arn"}),
    "Table": resource("DynamoDB::Table", GlobalSecondaryIndexes=[LIMITS, LIMITS, LIMITS], **LIMITS),
    "Logs": resource("Logs::LogGroup", RetentionInDays=60),
}
KINDS = {
    "receive": ["ping"],
    "serve": ["view", "embed"],
    "verify": ["spam", "looked_at", "idle", "spam_ten"],
    "notify": ["mail"],
    "moderate": ["queue"],
}
SAID: dict[str, Any] = {
    "decision": {"approved": {"writes": 8.0}, "rejected": {"writes": 3.0}},
    **{function: dict.fromkeys(kinds, WORK) for function, kinds in KINDS.items()},
}
ASSUMED: dict[str, Any] = {
    "days_in_a_month": 30,
    "lambda": {
        "mb_of_a_processor": 1024,
        "wait_ms_of_a_call": 5,
        "wait_ms_of_a_page": 100,
        "fetches": ["verify.looked_at"],
        "warm_minutes": 20,
        "cold_share": 0.1,
        "shards": 4,
        "account_concurrency": 1_000,
        "platform_log_bytes": 700,
    },
    "sqs": {
        "pollers": 5,
        "pollers_without_maximum": 2,
        "seconds_of_a_poll": 20,
        "requests_of_a_message": 3,
    },
    "readers": {
        "requests_of_a_view": 1.5,
        "answered_by_cdn": 0.5,
        "answer_head_bytes": 500,
        "compressed_to": 0.2,
    },
    "flood": {
        "body_requests": 20,
        "mails_a_day": 50,
        "metrics": 4,
        "ping_bytes": 1_000,
        "cdn_requests_a_second": 1_000,
    },
    "addresses": {},
    "author": {"decides_at_once": 50},
    "idle": {"stored_gb": 0.01, "package_gb": 0.02},
}
PRICED = {
    "api": (1.00, MILLION),
    "lambda_requests": (0.20, MILLION),
    "lambda_arm": (13.3334, MILLION),
    "writes": (0.625, MILLION),
    "reads": (0.125, MILLION),
    "stored": (0.25, 1),
    "recoverable": (0.20, 1),
    "stream_reads": (0.0, 1),
    "sqs_fifo": (0.50, MILLION),
    "alarms": (0.10, 1),
    "composite_alarms": (0.50, 1),
    "metrics": (0.30, 1),
    "logs": (0.50, 1),
    "logs_kept": (0.03, 1),
    "schedule_rules": (0.0, 1),
    "scheduler": (1.00, MILLION),
    "mails": (0.10, 1_000),
    "data_out": (0.09, 1),
    "cdn": (1.00, MILLION),
    "cdn_functions": (0.10, MILLION),
    "cdn_out": (0.085, 1),
    "packages": (0.023, 1),
}
FREE = {"alarms": 2, "sqs_fifo": 500_000}
METERS = {name: Meter("one", price, per, "made up", name) for name, (price, per) in PRICED.items()}
PRICES = Prices("2026-11", "us-east-1", METERS, FREE, {}, {})


class Small(Deployment):
    """A deployment of the resources above."""

    resources = RESOURCES


USAGE = Usage(Small(template.load()), Measured(SAID, ASSUMED))
IDLE = idle.bill(USAGE, PRICES)
TENS = pings.bill(pings.SPAM, USAGE, PRICES, ten=True)
SPAM, APPROVED = (pings.bill(fate, USAGE, PRICES) for fate in (pings.SPAM, pings.APPROVED))
BEHIND, BARE = views.with_cdn(USAGE, PRICES), views.without_cdn(USAGE, PRICES)
FLOOD, CDN, TABLE = (make(USAGE, PRICES) for make in (flood.bill, flood.cdn_bill, flood.table_bill))

BY_HAND = [
    # Three metrics: one, and two in an alarm of an expression.       3 x 0.10
    (IDLE, "Alarms", 0.30),
    # 5 x 2,592,000 / 20 = 648,000 requests of a FIFO queue.           0.648 x 0.50
    (IDLE, "Polls of Checks, empty", 0.324),
    # 30 x 24 = 720 events of the scheduler.                           720 / 1,000,000
    (IDLE, "Schedule of verify", 0.00072),
    # each sent, received and deleted:                                 2,160 x 0.50 / 1,000,000
    (IDLE, "Messages of verify", 0.00108),
    # 2,880 of each quarter and 720 of each hour.                      3,600 x 0.20 / 1,000,000
    (IDLE, "Lambda requests", 0.00072),
    # One GB; 10 ms + 2 x 5 ms, as it has a whole processor, and a start of 100 ms for the hour's:
    # 2,880 x 0.020 + 720 x 0.120 = 57.6 + 86.4 = 144 GB-s.            144 x 13.3334 / 1,000,000
    (IDLE, "Lambda time: verify", 0.0019200096),
    # 3,600 x 3 = 10,800 units.                                        10,800 x 0.125 / 1,000,000
    (IDLE, "Table reads", 0.00135),
    # Twice a day 10,000,000 / 8,192 = 1,221 units.                    60 x 1,221 x 0.125 / 1,000,000
    (IDLE, "Sweeps of the table", 0.0091575),
    # 3,600 x (300 + 700) bytes = 0.0036 GB.                           0.0036 x 0.50
    (IDLE, "Logs taken in", 0.0018),
    # kept for 60 days:                                                0.0072 x 0.03
    (IDLE, "Logs kept", 0.000216),
    # A million requests.
    (SPAM, "API requests", 1.00),
    # 20 + 10 + 10 % of 200 = 50 ms x 0.5 GB x a million = 25,000 GB-s.
    (SPAM, "Lambda time: receive", 0.333335),
    # One unit of `receive` and one of `verify`; no function reads the stream in this deployment.
    (SPAM, "Table writes", 1.25),
    # Sent, received and deleted, of a FIFO queue.                    3 x 0.50
    (SPAM, "Messages: Checks", 1.50),
    # Two counts of `receive` and two of `verify`.                    4 x 0.30
    (SPAM, "Metrics", 1.20),
    # In batches of ten: 0.3 requests each,
    (TENS, "Messages: Checks", 0.15),
    # and 100,000 runs of `verify`: 10 + 10 + 10 % of 100 = 30 ms x 1 GB = 3,000 GB-s.
    (TENS, "Lambda time: verify", 0.0400002),
    # 79 in life, here 9,500 + 500 bytes: 10 GB.                       10 x 0.09
    (SPAM, "Data out", 0.90),
    # and 1,000,000 / 50 decisions:
    (APPROVED, "API requests", 1.02),
    # 10 + 10 + 100 + 10 % of 100 = 130 ms x 1 GB = 130,000 GB-s.
    (APPROVED, "Lambda time: verify", 1.733342),
    # 8 units each.
    (APPROVED, "Table writes: decision", 5.00),
    # 30 x 50 mails, and what `notify` takes for them: 20 + 10 = 30 ms x 0.5 GB x 1,500 = 22.5 GB-s.
    (APPROVED, "Mails", 0.15),
    (APPROVED, "Lambda time: notify", 0.0003000015),
    # 1.5 million requests, and half a million that reach the API.
    (BEHIND, "CloudFront requests", 1.50),
    (BEHIND, "CloudFront function", 0.15),
    (BEHIND, "API requests", 0.50),
    # 9,500 x 0.2 + 500 + (1,500 + 500) / 2 = 3,400 bytes.             3.4 x 0.085
    (BEHIND, "Data out", 0.289),
    # 9,500 + 500 + (9,500 + 500) / 2 = 15,000 bytes.                  15 x 0.09
    (BARE, "Data out", 1.35),
    (BARE, "API requests", 1.50),
    # 10 + 4 + 1 a second x 2,592,000 s = 38,880,000.
    (FLOOD, "API requests", 38.88),
    # Only ANY has a body: 10 x 2,592,000 x 19.
    (FLOOD, "API: bodies of 10 MB", 492.48),
    # 38,880,000 x 0.20 / 1,000,000; and as many as there are pings:
    (FLOOD, "Lambda requests", 7.776),
    (FLOOD, "Lambda requests: verify", 5.184),
    # Two environments of one GB, as the queue's maximum concurrency says, and one that the clock calls.
    (FLOOD, "Lambda time: verify", 103.6805184),
    # 10 x 2,592,000 x 3 requests.                                     77.76 x 0.50
    (FLOOD, "Messages: Checks", 38.88),
    # 14 a second x 10,000 bytes and 1 a second x 500 bytes: 364.176 GB.
    (FLOOD, "Data out", 32.77584),
    (FLOOD, "Metrics", 1.20),
    # 10 a second x 1,000 bytes is 25.92 GB at the end, half on average. 12.96 x 0.25
    (FLOOD, "Stored", 3.24),
    # Table and three indexes: 4 x 20 x 2,592,000 = 207.36 million; 4 x 200 x 2,592,000 = 2,073.6 million.
    (TABLE, "Table and indexes: writes", 129.60),
    (TABLE, "Table and indexes: reads", 259.20),
    # 1,000 x 2,592,000 s x 1.00; and 0.10 a million for the function.
    (CDN, "CloudFront requests", 2_592.00),
    (CDN, "CloudFront function", 259.20),
]


@pytest.mark.parametrize(
    ("bill", "what", "dollars"), BY_HAND, ids=[f"{bill.title}: {what}" for bill, what, _ in BY_HAND]
)
def test_a_line_costs_what_it_costs_by_hand(bill: Bill, what: str, dollars: float) -> None:
    assert sum(bill.cost(line) for line in bill.lines if line.what == what) == pytest.approx(dollars)


def test_the_table_and_three_indexes_are_389_dollars_at_20_writes_and_200_reads() -> None:
    assert TABLE.total == pytest.approx(388.80)


def test_cloudfront_at_a_thousand_requests_a_second_is_some_2850_dollars() -> None:
    assert CDN.total == pytest.approx(2_851.20)


def test_what_is_free_is_taken_off_once() -> None:
    """One of three alarm metrics is left, and 648,000 + 2,160 - 500,000 requests of the queue."""
    paid = {"Alarms": 0.10, "FIFO": 0.07508}
    without = IDLE.total - 0.30 - 0.324 - 0.00108
    assert IDLE.total_with_free() == pytest.approx(without + sum(paid.values()))
    assert IDLE.total_with_free(pools=("alarms",)) == pytest.approx(IDLE.total - 0.20)

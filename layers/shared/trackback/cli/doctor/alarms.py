"""Checks the author's subscription to the alarms' topic."""

from collections.abc import Iterator
from typing import Any

import boto3

from trackback.cli.doctor.finding import Finding, right, wrong
from trackback.cli.stack import Stack

_UNCONFIRMED = "PendingConfirmation"
"""SNS's placeholder for a subscription's ARN until the subscriber confirms it."""


def check_alarms(stack: Stack, author: str) -> Iterator[Finding]:
    """Yield whether the author receives alarms.

    Each alarm email has a link that ends the subscription without a sign-in, and mail scanners follow links.
    """
    topic = stack.resource("Alarms")
    states = {it["SubscriptionArn"] for it in _subscriptions(topic) if it["Endpoint"] == author}
    again = f"aws sns subscribe --topic-arn {topic} --protocol email --notification-endpoint {author}"
    if any(state.startswith("arn:") for state in states):
        yield right("alarms", f"Alarms are emailed to {author}.")
    elif _UNCONFIRMED in states:
        words = f"Alarms do not reach {author}: you have not followed the link in AWS's email about them."
        yield wrong("alarms", words, f"Follow that link (look in spam, too). For a new one: {again}")
    else:
        words = (
            "Alarms no longer reach you. A scanner may have followed their unsubscribe link (docs/mail.md)."
        )
        yield wrong("alarms", words, f"Subscribe again: {again}")


def _subscriptions(topic: str) -> Iterator[Any]:
    pages = boto3.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    return (found for page in pages for found in page["Subscriptions"])

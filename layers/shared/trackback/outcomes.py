"""Outcomes of a function's work: each is a metric and one log line in CloudWatch's embedded metric format.

The line's metadata names the subject. A ping's id is always under `ping`, so one search finds what receive,
triage, verify and notify did with it. A sender's text is never logged.
"""

from aws_lambda_powertools import Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit

metrics = Metrics()


def count(outcome: str, **about: str) -> None:
    """Count an outcome and log it with its metadata. Not thread-safe."""
    metrics.add_metric(outcome, MetricUnit.Count, 1)
    for name, value in about.items():
        metrics.add_metadata(name, value)
    metrics.flush_metrics()


def count_refused_mail(**about: str) -> None:
    """Count an email that SES refused, as one metric for all functions, so that one alarm covers them."""
    service = {"service": "mail"}
    with single_metric("MailRefused", MetricUnit.Count, 1, default_dimensions=service) as metric:
        for name, value in about.items():
            metric.add_metadata(name, value)

"""Outcomes of a function's work: each a metric and one line of the log, in CloudWatch's embedded format.

The line's metadata names what it is about. A ping's id is always under `ping`, so that one search finds what
receive, triage, verify and notify did with it. A sender's words are never logged.
"""

from aws_lambda_powertools import Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit

metrics = Metrics()


def count(outcome: str, **about: str) -> None:
    """Count an outcome and log it, with what it is about. Not for several threads at once."""
    metrics.add_metric(outcome, MetricUnit.Count, 1)
    for name, value in about.items():
        metrics.add_metadata(name, value)
    metrics.flush_metrics()


def count_refused_mail(**about: str) -> None:
    """Count an email that SES did not take, as one metric of all functions, so that one alarm watches it."""
    service = {"service": "mail"}
    with single_metric("MailRefused", MetricUnit.Count, 1, default_dimensions=service) as metric:
        for name, value in about.items():
            metric.add_metadata(name, value)

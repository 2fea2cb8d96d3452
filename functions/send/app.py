"""Sends pings for the links in the author's posts: for jobs, for new posts of the feed, and for retries."""

import os
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from trackback.outcomes import count
from trackback.sending.feed_poll import poll_feed
from trackback.sending.feed_trouble import end_trouble, note_trouble
from trackback.sending.job_run import run_job
from trackback.sending.sender import Report, Sender
from trackback.sending.subscription import FeedUnreadable
from trackback.sending.throttle import user_agent
from trackback.storage.send_jobs import SendJobs
from trackback.storage.sent_pings import SentPings
from trackback.storage.settings import load_settings
from trackback.storage.table import Table
from trackback.web.http.client import Fetcher

MOST_JOBS = 10
RESERVE = 30
"""Stop starting work this many seconds before the timeout; one page and its ping take at most 20."""

# At import, so that a missing setting fails the start.
own = [host.strip().rpartition("://")[2] for host in os.environ["SITES"].split(",")]
deployed_feed = os.environ["FEED"]
table = Table(os.environ["TABLE"])
send_jobs = SendJobs(table)
fetcher = Fetcher(loopback=os.environ.get("FETCH_LOOPBACK") == "true", user_agent=user_agent(own[0]))

logger = Logger()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Run the job that the event names, or everything that is due."""
    settings = load_settings(table)
    sender = Sender(
        fetcher,
        SentPings(table),
        own=own,
        limits=settings.limits,
        time_is_up=lambda: context.get_remaining_time_in_millis() < RESERVE * 1_000,
    )
    if "order" in event:
        run(sender, str(event["order"]))
        return
    for job_id in send_jobs.waiting(datetime.now(UTC), MOST_JOBS):
        if not sender.context.time_is_up():
            run(sender, job_id)
    for report in sender.send_due():
        count_pings(report)
    feed = deployed_feed if settings.feed is None else settings.feed
    if feed and not sender.context.time_is_up():
        read(sender, feed)


def run(sender: Sender, job_id: str) -> None:
    """Run a job, and count what was sent."""
    if report := run_job(send_jobs, sender, job_id):
        count_pings(report)


def read(sender: Sender, feed: str) -> None:
    """Send pings for new posts of the feed. If it stays unreadable, an email tells the author."""
    try:
        followed = poll_feed(sender, feed)
    except FeedUnreadable as error:
        logger.warning("the feed cannot be read", reason=str(error))
        note_trouble(sender.context.ledger, feed, str(error), sender.context.clock())
        return
    end_trouble(sender.context.ledger, feed)
    for report in followed.reports:
        count_pings(report)
    logger.info(
        "the feed was read",
        posts=len(followed.reports),
        unread=list(followed.unread),
        left=followed.left,
    )


def count_pings(report: Report) -> None:
    """Count the sent pings by result. A dry run sends none."""
    for step in report.steps:
        if step.form and step.tried:
            count(f"PostPing{step.record.stage.name.title()}", sent=step.record.id)

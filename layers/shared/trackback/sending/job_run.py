"""Runs a send job: sends what the author asked for, and stores the result with the job."""

from dataclasses import replace

from trackback.model.send_job import MOST_STEPS, JobResult, SendJob
from trackback.sending.post_run import Step
from trackback.sending.sender import PostUnreadable, Report, Sender
from trackback.storage.send_jobs import SendJobs


def run_job(jobs: SendJobs, sender: Sender, job_id: str) -> Report | None:
    """Run a job and store its result; return what was sent.

    Returns None for a job that is finished or deleted, or whose post cannot be read.
    """
    job = jobs.find(job_id)
    if not job or job.state != "waiting":
        return None
    try:
        report = _send(sender, job)
    except PostUnreadable as error:
        jobs.save(replace(job, state="failed", words=str(error)))
        return None
    jobs.save(_done(job, report))
    return report


def _send(sender: Sender, job: SendJob) -> Report:
    if job.ping_url:
        return sender.send_to(job.source, job.ping_url, retry=job.again, dry_run=job.dry_run)
    return sender.send(job.source, retry=job.again, dry_run=job.dry_run)


def _done(job: SendJob, report: Report) -> SendJob:
    """Return the job with its results: links with an endpoint first, then those tried in this run."""
    steps = sorted(report.steps, key=lambda step: (not step.form, not step.tried))
    shown, more = tuple(map(_result, steps[:MOST_STEPS])), len(steps[MOST_STEPS:])
    done = replace(job, state="done", title=report.title, steps=shown, more=more)
    return replace(done, left_out=report.left_out)


def _result(step: Step) -> JobResult:
    record, form = step.record, step.form or {}
    texts = (form.get(name, "") for name in ("title", "excerpt", "blog_name"))
    return JobResult(record.target, record.ping_url, record.stage, record.words, *texts)

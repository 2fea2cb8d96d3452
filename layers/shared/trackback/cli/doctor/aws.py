"""`trackback doctor --aws`: checks the service's setup in AWS, with the owner's credentials.

`examine` runs the checks in order; `identity` and `mail_domain` check the requirements of emails.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from trackback.cli.doctor.alarms import check_alarms
from trackback.cli.doctor.dns_records import Dns
from trackback.cli.doctor.finding import Finding, Severity, note, right, wrong
from trackback.cli.doctor.identity import check_author, check_suppression, resend_confirmation, signing_domain
from trackback.cli.doctor.mail_domain import check_domain, no_domain
from trackback.cli.stack import Stack, StackUnknown

if TYPE_CHECKING:
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sesv2.type_defs import GetAccountResponseTypeDef

_DELETE = "`aws cloudformation delete-stack --stack-name {0}`, then `make deploy`."
_EVENTS = "`aws cloudformation describe-stack-events --stack-name {0}` says why."
_NEVER = "The first deployment failed, and nothing runs."
_STATUS: dict[str, tuple[Severity, str, str]] = {
    "CREATE_COMPLETE": (Severity.OK, "The stack is deployed.", ""),
    "UPDATE_COMPLETE": (Severity.OK, "The stack is deployed.", ""),
    "IMPORT_COMPLETE": (Severity.OK, "The stack is deployed.", ""),
    "ROLLBACK_COMPLETE": (Severity.ERROR, _NEVER, f"{_EVENTS} Delete it and deploy again: {_DELETE}"),
    "ROLLBACK_FAILED": (Severity.ERROR, _NEVER, f"{_EVENTS} Delete it and deploy again: {_DELETE}"),
    "CREATE_FAILED": (Severity.ERROR, _NEVER, f"{_EVENTS} Delete it and deploy again: {_DELETE}"),
    "DELETE_FAILED": (Severity.ERROR, "The stack could not be deleted.", f"{_EVENTS} Try again: {_DELETE}"),
    "REVIEW_IN_PROGRESS": (Severity.ERROR, "The stack was never deployed.", "`make deploy`"),
    "UPDATE_ROLLBACK_COMPLETE": (
        Severity.WARNING,
        "The last deployment failed. The version before it runs.",
        f"{_EVENTS} Then `make deploy`.",
    ),
    "UPDATE_ROLLBACK_FAILED": (
        Severity.ERROR,
        "A deployment failed, and so did the way back to the version before it.",
        f"{_EVENTS} Then `aws cloudformation continue-update-rollback --stack-name {{0}}`.",
    ),
}


class AwsDoctor:
    """Checks a deployed stack, and the state of its addresses in SES."""

    def __init__(self, stack: Stack, dns: Dns | None = None) -> None:
        self._stack = stack
        self._dns = dns or Dns()
        self._ses: SESV2Client = boto3.client("sesv2")

    def examine(self, *, resend: bool = False) -> Iterator[Finding]:
        """Yield each finding as soon as it is known. Without a stack, stop after the first."""
        try:
            stack = check_status(self._stack.name, self._stack.status)
        except StackUnknown as unknown:
            yield wrong("stack", str(unknown), "`make deploy` deploys it.")
            return
        yield stack
        author = self._stack.parameters.get("AuthorEmail", "")
        if not author:
            yield wrong("stack", "It is not a TrackBack stack.", "--stack names another one.")
        if stack.severity is Severity.ERROR or not author:
            return
        if resend:
            yield from _allowed("resend", resend_confirmation(self._ses, author))
        yield from _allowed("email", self._check_mail(author))
        yield from _allowed("alarms", check_alarms(self._stack, author))

    def _check_mail(self, author: str) -> Iterator[Finding]:
        domain = self._stack.parameters.get("MailDomain", "")
        in_sandbox = not self._account["ProductionAccessEnabled"]
        yield check_author(self._ses, author, must_be_verified=in_sandbox or not domain)
        signing = domain or signing_domain(self._ses, author)
        yield from check_domain(self._ses, self._dns, signing) if signing else [no_domain(author)]
        yield from check_account(self._account)
        yield from check_suppression(self._ses, author, in_sandbox=in_sandbox)

    @cached_property
    def _account(self) -> "GetAccountResponseTypeDef":
        return self._ses.get_account()


def check_status(name: str, status: str) -> Finding:
    """Return a finding about a stack's status.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/view-stack-events.html lists all statuses.
    """
    if status.endswith("_IN_PROGRESS") and status not in _STATUS:
        return note("stack", f"AWS is at work on the stack {name} ({status}).", "Ask again when it is done.")
    severity, words, advice = _STATUS.get(status, (Severity.ERROR, "The stack is in no good state.", _EVENTS))
    return Finding("stack", severity, f"{words} ({name}: {status})", advice.format(name))


def check_account(account: "GetAccountResponseTypeDef") -> Iterator[Finding]:
    """Yield whether SES sends for this account in this region, and how much of today's quota is left."""
    enforced = account.get("EnforcementStatus", "HEALTHY")
    if not account["SendingEnabled"] or enforced == "SHUTDOWN":
        yield wrong(
            "account", "SES has stopped this account's mails.", "The SES console says why, and what to do."
        )
    elif enforced != "HEALTHY":
        yield note(
            "account", f"AWS has this account's emails under review ({enforced}).", "See the SES console."
        )
    elif account["ProductionAccessEnabled"]:
        yield right("account", "SES may email any address.")
    else:
        yield right(
            "account", "SES is in its sandbox: it emails verified addresses only, which is enough here."
        )
    quota = account["SendQuota"]
    sent, most = quota["SentLast24Hours"], quota["Max24HourSend"]
    words = f"{sent:,.0f} of {most:,.0f} emails were sent in the last 24 hours."
    if 0 <= most <= sent:  # -1 means no limit
        yield wrong("quota", words, "SES takes more as the hours pass. docs/mail.md says how to have more.")
    else:
        yield right("quota", words)


def _allowed(check: str, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings. If AWS refuses a request, yield that as the last one."""
    try:
        yield from findings
    except StackUnknown as unknown:
        yield wrong(check, str(unknown), "Ask again when the deployment is done.")
    except ClientError as error:
        operation, words = error.operation_name, error.response["Error"]["Message"]
        yield wrong(
            check, f"AWS did not answer {operation}: {words}", "Your credentials need the right to ask."
        )

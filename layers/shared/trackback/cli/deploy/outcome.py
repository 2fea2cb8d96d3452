"""Messages at the end of a deployment: the addresses and next steps, or why it failed."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

from trackback.cli.deploy.identities import CREATE
from trackback.cli.deploy.settings_file import Deployment
from trackback.cli.stack import SETTINGS_FILE

_REMEDIES = {
    r"must be verified before you can add new CloudFront": (
        "AWS lets new accounts use CloudFront only after a check. Remove DomainName and CertificateArn from "
        "the settings file and deploy again: the service works without a domain. Ask AWS Support (account "
        "and billing) to verify the account, and add the domain later."
    ),
    r"(?i)already ?exists": (
        "Something of that name is in the account already. If it is an SES identity, set AuthorIdentity or "
        'MailDomainIdentity to "existing" in the settings file; if it is a table, name it as ExistingTable.'
    ),
    r"(?i)not authorized|AccessDenied|is not allowed": (
        "Your credentials lack a right. Ask for it, or use an administrator's credentials."
    ),
    r"(?i)limit ?exceeded|quota": (
        "The account has reached a limit. AWS Service Quotas shows it, and raises it on request."
    ),
}


def remedy(reason: str) -> str:
    """Return the remedy for CloudFormation's failure reason; empty if the reason speaks for itself."""
    return next((words for pattern, words in _REMEDIES.items() if re.search(pattern, reason)), "")


def next_steps(
    deployment: Deployment,
    parameters: Mapping[str, str],
    outputs: Mapping[str, str],
    file: Path,
    *,
    is_new: bool,
) -> str:
    """Return the message after a deployment: the addresses, and the author's next steps."""
    first = _first_steps(deployment, parameters, outputs) if is_new else []
    which = [f"  export TRACKBACK_STACK={deployment.stack}"] if str(file) != SETTINGS_FILE else []
    lines = [
        "Your service is deployed." if is_new else "Your service is up to date.",
        "",
        f"  Your pages  {outputs['Moderate']}",
        f"  The API     {outputs['ApiUrl']}",
        f"  Ping URLs   {outputs['PingUrl']}",
        "",
        "For the command line, in each terminal:",
        "",
        f"  export AWS_REGION={deployment.region} AWS_DEFAULT_REGION={deployment.region}",
        f"  export TRACKBACK_TABLE={outputs['TableName']}",
        *which,
        "",
        *first,
        *_records(outputs),
        "To see whether email arrives: .venv/bin/trackback doctor --aws",
        "",
        f"The settings are in {file}. The next `{_command(file)}` asks nothing.",
    ]
    return "\n".join(lines)


def _command(file: Path) -> str:
    return "make deploy" if str(file) == SETTINGS_FILE else f"make deploy SETTINGS={shlex.quote(str(file))}"


def _first_steps(
    deployment: Deployment, parameters: Mapping[str, str], outputs: Mapping[str, str]
) -> list[str]:
    mails, links = "two emails", "both links within 24 hours, or no alarm and no ping reaches you"
    if parameters.get("AuthorIdentity") != CREATE:
        mails, links = "an email", "its link within 24 hours, or no alarm reaches you"
    return [
        f"1. AWS sends {mails} to {deployment['AuthorEmail']}.",
        f"   Follow {links}.",
        "2. Sign in to your pages with a link that needs no email:",
        "   .venv/bin/trackback sign-in",
        "3. Paste this into the template of your posts, where the list should show:",
        f"   {outputs['Snippet']}",
        "4. Check a published post:",
        f"   .venv/bin/trackback doctor {_first_blog(deployment)}/your-post/",
        "",
    ]


def _first_blog(deployment: Deployment) -> str:
    scheme, _, host = deployment["Sites"].split(",")[0].strip().rpartition("://")
    return f"{scheme or 'https'}://{host}"


def _records(outputs: Mapping[str, str]) -> list[str]:
    """Return the DNS records that the author's domains need."""
    records = [value for name, value in sorted(outputs.items()) if name.startswith("MailDkim")]
    if target := outputs.get("CnameTarget"):
        records.insert(0, f"{outputs['ApiUrl'].removeprefix('https://')} CNAME {target}")
    if not records:
        return []
    return ["Add these records to your DNS:", "", *(f"  {record}" for record in records), ""]

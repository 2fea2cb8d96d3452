"""What a deployment prints at its end."""

from pathlib import Path

import pytest

from trackback.cli.deploy.outcome import next_steps, remedy
from trackback.cli.deploy.settings_file import Deployment

DEPLOYMENT = Deployment(
    "eu-central-1", "trackback", {"Sites": "blog.example", "AuthorEmail": "author@blog.example"}
)
OUTPUTS = {
    "ApiUrl": "https://trackback.blog.example",
    "PingUrl": "https://trackback.blog.example/trackback/{host}/{path}",
    "Moderate": "https://trackback.blog.example/moderate",
    "Snippet": '<script type="module" src="https://trackback.blog.example/embed.js"></script>',
    "TableName": "trackback-Table-1",
}
DKIM = {f"MailDkim{n}": f"key{n}._domainkey.blog.example CNAME key{n}.dkim.amazonses.com" for n in (1, 2, 3)}


def printed(*, is_new: bool = True, identity: str = "create", **outputs: str) -> str:
    parameters = {"AuthorIdentity": identity}
    return next_steps(DEPLOYMENT, parameters, {**OUTPUTS, **outputs}, Path("trackback.toml"), is_new=is_new)


def test_a_first_deployment_says_where_everything_is_and_what_to_do() -> None:
    text = printed()
    assert all(value in text for value in OUTPUTS.values())
    assert "AWS sends two emails to author@blog.example" in text
    assert "24 hours" in text
    assert "trackback doctor https://blog.example/your-post/" in text
    assert text.index("export TRACKBACK_TABLE") < text.index("trackback sign-in")
    assert "TRACKBACK_STACK" not in text


def test_another_settings_file_is_named_and_so_is_its_stack() -> None:
    old = Deployment("eu-central-1", "two", {"Sites": "http://old.example", "AuthorEmail": "a@b.example"})
    text = next_steps(old, {}, OUTPUTS, Path("my blog.toml"), is_new=True)
    assert "export TRACKBACK_STACK=two" in text
    assert "make deploy SETTINGS='my blog.toml'" in text
    assert "trackback doctor http://old.example/your-post/" in text


def test_an_address_that_is_verified_gets_one_email() -> None:
    assert "AWS sends an email to author@blog.example" in printed(identity="existing")


def test_a_later_deployment_leaves_the_first_steps_out() -> None:
    text = printed(is_new=False)
    assert "up to date" in text
    assert "AWS sends" not in text


def test_records_for_the_dns_are_printed_each_time() -> None:
    for is_new in (True, False):
        text = printed(is_new=is_new, CnameTarget="d111.cloudfront.net", **DKIM)
        assert "trackback.blog.example CNAME d111.cloudfront.net" in text
        assert all(record in text for record in DKIM.values())
    assert "DNS" not in printed()


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("Your account must be verified before you can add new CloudFront resources.", "Remove DomainName"),
        ("author@blog.example already exists in stack arn:aws:...", "AuthorIdentity"),
        ("EmailIdentity AlreadyExists", "MailDomainIdentity"),
        ("User: x is not authorized to perform: iam:CreateRole", "lack a right"),
        ("Access denied: AccessDeniedException", "lack a right"),
        ("LimitExceeded: too many distributions", "Service Quotas"),
        ("Some other reason", ""),
    ],
)
def test_a_known_reason_for_a_failure_has_a_remedy(reason: str, words: str) -> None:
    assert (words in remedy(reason)) if words else (remedy(reason) == "")

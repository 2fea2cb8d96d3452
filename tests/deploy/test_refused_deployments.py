"""What cannot work is told before anything is made."""

import json
from collections.abc import Iterator

import pytest

from tests.deploy import emulator
from tests.deploy.answers import SETTINGS
from tests.deploy.owner import Owner, check_out


def test_credentials_without_a_right_are_told_before_anything_is_made(owner: Owner) -> None:
    iam = owner.client("iam")
    iam.create_user(UserName="guest")
    reads = {
        "Effect": "Allow",
        "Action": ["sts:*", "iam:SimulatePrincipalPolicy", "cloudformation:*"],
        "Resource": "*",
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [reads]})
    iam.put_user_policy(UserName="guest", PolicyName="reads", PolicyDocument=policy)
    key = iam.create_access_key(UserName="guest")["AccessKey"]
    scoped = {
        "Effect": "Allow",
        "Action": "dynamodb:CreateTable",
        "Resource": "arn:aws:dynamodb:*:*:table/trackback-*",
    }
    narrow = json.dumps({"Version": "2012-10-17", "Statement": [scoped]})
    iam.put_user_policy(UserName="guest", PolicyName="one table", PolicyDocument=narrow)
    owner.write(**SETTINGS)
    run = owner.deploy(AWS_ACCESS_KEY_ID=key["AccessKeyId"], AWS_SECRET_ACCESS_KEY=key["SecretAccessKey"])
    assert run.status == 1
    assert "may not do what a deployment does" in run.output
    assert "iam:CreateRole" in run.output
    assert "cloudformation:CreateChangeSet" not in run.output
    assert "dynamodb:CreateTable" not in run.output  # a right for the stack's own names suffices
    assert owner.tables() == []


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "There is no settings file trackback.toml"),
        ({"Region": "us-east-1", "Sites": "blog.example"}, "AuthorEmail is missing."),
        ({**SETTINGS, "Sites": "https://blog.example/posts"}, "Sites must be hosts separated by commas"),
        ({**SETTINGS, "AuthorEmail": "author"}, "AuthorEmail must be"),
        ({**SETTINGS, "AuthorEmail": "jürgen@blog.example"}, "AuthorEmail must be"),
        ({**SETTINGS, "Region": "ap-east-1"}, "is not in ap-east-1"),
        ({**SETTINGS, "Region": "Frankfurt"}, "Region must be a region's name"),
        ({**SETTINGS, "StackName": "a" * 129}, "StackName has 129 characters. Use at most 128."),
        ({**SETTINGS, "StackName": "my_blog"}, "StackName 'my_blog' is not allowed."),
        ({**SETTINGS, "MaxWritesPerSecond": "many"}, "MaxWritesPerSecond must be a number from 10 to 1000."),
        ({**SETTINGS, "LogRetentionDays": "2"}, "LogRetentionDays must be one of 1, 3, 7"),
        ({**SETTINGS, "AutorEmail": "x"}, "There is no setting AutorEmail. Do you mean AuthorEmail?"),
        ({**SETTINGS, "Region": "eu-north-1", "MonthlyBudget": "5"}, "makes no budgets in eu-north-1"),
        ({**SETTINGS, "ExistingTable": "nowhere"}, "There is no table 'nowhere' in this region."),
        ({**SETTINGS, "DomainName": "trackback.blog.example"}, "DomainName needs its certificate"),
        (
            {
                **SETTINGS,
                "DomainName": "trackback.blog.example",
                "CertificateArn": "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d",
            },
            "CertificateArn must be the ARN of a certificate in us-east-1",
        ),
    ],
)  # fmt: skip
def test_bad_settings_end_in_a_sentence_before_anything_is_made(
    refused: Owner, settings: dict[str, str], words: str
) -> None:
    (refused.folder / "trackback.toml").unlink(missing_ok=True)
    if settings:
        refused.write(**settings)
    run = refused.deploy()
    assert run.status == 1
    assert words in run.output
    assert "Traceback" not in run.output
    assert refused.tables() == []


def test_a_stack_of_another_service_is_left_alone(refused: Owner) -> None:
    other = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    refused.client("cloudformation").create_stack(StackName="shop", TemplateBody=json.dumps(other))
    refused.write(**SETTINGS, StackName="shop")
    run = refused.deploy()
    assert run.status == 1
    assert "'shop' in this region is not this service. Set StackName to another name." in run.output


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owner]:
    """An owner whose deployments are refused, so that one account does for all."""
    with emulator.emulator(tmp_path_factory.mktemp("emulator")) as environment:
        yield check_out(tmp_path_factory.mktemp("checkout"), environment)

"""`make deploy`: first and again, after a failure, with a table that exists; at a terminal and without."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy import emulator
from tests.deploy.owner import Owner, check_out
from tests.template import ROOT

SETTINGS = {"Region": "us-east-1", "Sites": "blog.example", "AuthorEmail": "author@blog.example"}
HOST, ADDRESS, REGION, DOMAIN = (
    "Your blog's host",
    "Your email address",
    "AWS region",
    "Domain for the service",
)
ANSWERS = [(HOST, "blog.example"), (ADDRESS, "author@blog.example"), (REGION, ""), (DOMAIN, "")]

BROKEN = """
  Broken:
    Type: AWS::SSM::Parameter
    DependsOn: [Table, ModerateFunction]
    Properties:
      Name: /taken
      Type: String
      Value: another
"""


@pytest.fixture
def owner(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owner]:
    """An owner with a new checkout and an account with nothing in it."""
    with emulator.emulator(tmp_path_factory.mktemp("emulator")) as environment:
        yield check_out(tmp_path / "my blog", environment)  # a blank in the path must do no harm


def transcript() -> list[str]:
    """Return the lines that docs/deploy.md shows of a first deployment, the account aside."""
    shown = (ROOT / "docs" / "deploy.md").read_text().split("<!-- transcript -->")[1].split("<!-- end -->")[0]
    lines = [line.rstrip() for line in shown.strip("`\n").splitlines()]
    return [line for line in lines if line and not line.startswith(("You are", "```"))]


def live_settings(owner: Owner, function: str) -> dict[str, str]:
    """Return the environment of the version of a function that answers."""
    found = owner.client("cloudformation").describe_stack_resource(
        StackName="trackback", LogicalResourceId=f"{function}Function"
    )
    name = found["StackResourceDetail"]["PhysicalResourceId"]
    live = owner.client("lambda").get_function_configuration(FunctionName=name, Qualifier="live")
    variables: dict[str, str] = live["Environment"]["Variables"]
    return variables


def given(owner: Owner) -> dict[str, str]:
    """Return the parameters that the stack was given."""
    return {each["ParameterKey"]: each["ParameterValue"] for each in owner.stack()["Parameters"]}


def test_the_first_deployment_asks_four_questions_and_the_next_ones_none(owner: Owner) -> None:
    first = owner.answer(*ANSWERS)
    assert first.status == 0, first.output
    assert "Your service is deployed." in first.output
    assert [line for line in transcript() if line not in first.output] == []
    for output in ("ApiUrl", "Moderate", "PingUrl", "Snippet", "TableName"):
        assert owner.outputs()[output] in first.output
    assert owner.changed() == ""
    release = live_settings(owner, "Serve")["RELEASE"]

    again = owner.deploy()
    assert again.status == 0, again.output
    assert "No changes to deploy" in again.output
    assert live_settings(owner, "Serve")["RELEASE"] == release

    changed = owner.settings().replace('"blog.example"', '"blog.example, München.example"')
    changed += "Feed = 'https://blog.example/?a=\"1\",2&b=$c'\n"
    (owner.folder / "trackback.toml").write_text(changed)
    assert owner.deploy().status == 0
    assert live_settings(owner, "Receive")["SITES"] == "blog.example,xn--mnchen-3ya.example"
    assert given(owner)["Feed"] == 'https://blog.example/?a="1",2&b=$c'

    code = owner.folder / "functions" / "serve" / "app.py"
    code.write_text(code.read_text().replace("There is no such file.", "No such file."))
    upgraded = owner.deploy("--settings", "trackback.toml")
    assert upgraded.status == 0, upgraded.output
    assert "Your service is up to date." in upgraded.output
    assert live_settings(owner, "Serve")["RELEASE"] not in {release, ""}


def test_make_deploys_from_a_fresh_checkout_with_no_more_than_deploying_takes(owner: Owner) -> None:
    owner.write(**SETTINGS)
    run = owner.make("deploy", "SETTINGS=trackback.toml")
    assert run.status == 0, run.output
    assert "Your service is deployed." in run.output
    assert owner.changed() == ""
    installed = {folder.name.lower() for folder in owner.folder.glob(".venv/lib/*/site-packages/*")}
    assert {"boto3", "rich"} <= installed
    assert not installed & {"pytest", "moto", "mypy", "ruff", "playwright", "hypothesis", "samcli"}
    size = sum(it.stat().st_size for it in owner.folder.rglob("*") if it.is_file())
    assert size < 300_000_000  # a CloudShell's home holds 1 GB


def test_a_wrong_answer_is_explained_and_asked_again(owner: Owner) -> None:
    run = owner.answer(
        (HOST, ""),
        (rf"Please type an answer\.\s+{HOST}", "https://blog.example/posts"),
        (rf"Write\s+blog\.example\s+alone\.\s+{HOST}", "blog"),
        (rf"has\s+a\s+dot\s+in\s+it,\s+like\s+blog\.example\.\s+{HOST}", "blog.example"),
        (ADDRESS, "author"),
        (rf"AuthorEmail must be [^:]*{ADDRESS}", "author@blog.example"),
        (REGION, "mars-1"),
        (rf"There is no region 'mars-1'[^:]*{REGION}", "ap-east-1"),
        (rf"Amazon SES[^:]* ap-east-1[^:]*{REGION}", "us-east-1"),
        (DOMAIN, "https://trackback.blog.example"),
        (rf"DomainName must be [^:]*{DOMAIN}", "trackback.blog.example"),
        (rf"There is no certificate for[^:]*{DOMAIN}", "\x03"),
    )
    assert run.status == 130
    assert not (owner.folder / "trackback.toml").exists()
    assert owner.tables() == []


def test_a_failed_first_try_leaves_nothing_and_the_next_one_is_offered_a_way_on(owner: Owner) -> None:
    owner.write(**SETTINGS)
    template = owner.folder / "template.yaml"
    whole = template.read_text()
    owner.client("ssm").put_parameter(Name="/taken", Value="x", Type="String")
    template.write_text(whole.replace("\nOutputs:\n", f"{BROKEN}\nOutputs:\n"))
    failed = owner.deploy()
    assert failed.status == 1
    assert re.search(r"trackback: the deployment failed\. Broken: .*already exists", failed.output), (
        failed.output
    )
    assert owner.stack()["StackStatus"] == "ROLLBACK_COMPLETE"
    assert owner.tables() == []

    template.write_text(whole)
    unattended = owner.deploy()
    assert unattended.status == 1
    assert "aws cloudformation delete-stack --stack-name trackback" in unattended.output
    run = owner.answer((r"holds nothing\. Delete it and go on\? \[Y/n\]", ""))
    assert run.status == 0, run.output
    assert owner.stack()["StackStatus"] == "CREATE_COMPLETE"


def test_a_kept_table_is_found_and_adopted_with_its_pings(owner: Owner) -> None:
    owner.write(**SETTINGS)
    assert owner.deploy().status == 0
    (table,) = owner.tables()
    ping = {"id": {"S": "abc"}, "post_key": {"S": "blog.example/hello"}, "url": {"S": "https://a.example/"}}
    owner.client("dynamodb").put_item(TableName=table, Item=ping)
    owner.client("cloudformation").delete_stack(StackName="trackback")
    owner.client("cloudformation").get_waiter("stack_delete_complete").wait(StackName="trackback")
    assert owner.tables() == [table]

    unattended = owner.deploy()
    assert unattended.status == 1
    assert f'ExistingTable = "{table}"' in unattended.output
    run = owner.answer((r"was kept .*\. Go on with its pings\? \[Y/n\]", ""))
    assert run.status == 0, run.output
    assert owner.outputs()["TableName"] == table
    assert owner.tables() == [table]
    assert live_settings(owner, "Receive")["TABLE"] == table
    assert owner.client("dynamodb").get_item(TableName=table, Key={"id": {"S": "abc"}})["Item"] == ping
    stream = owner.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
    sources = owner.client("lambda").list_event_source_mappings()["EventSourceMappings"]
    assert stream in {source["EventSourceArn"] for source in sources}

    owner.write(**SETTINGS)
    unnamed = owner.deploy()
    assert unnamed.status == 1
    assert f'Write ExistingTable = "{table}" into it' in unnamed.output
    (owner.folder / "trackback.toml").unlink()
    again = owner.answer(*ANSWERS)
    assert again.status == 0, again.output
    assert "Kept from it, in trackback.toml: ExistingTable." in again.output
    assert given(owner)["ExistingTable"] == table


def test_a_restored_table_gets_what_a_restore_leaves_out(owner: Owner) -> None:
    owner.write(**SETTINGS)
    assert owner.deploy().status == 0
    (made,) = owner.tables()
    dynamodb = owner.client("dynamodb")
    kept = dynamodb.describe_table(TableName=made)["Table"]
    dynamodb.create_table(  # with its indexes, and without stream, expiry, backups and ceilings
        TableName="restored",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=kept["AttributeDefinitions"],
        KeySchema=kept["KeySchema"],
        GlobalSecondaryIndexes=[
            {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
            for index in kept["GlobalSecondaryIndexes"]
        ],
    )
    owner.write(**SETTINGS, ExistingTable="restored", MaxWritesPerSecond="30")
    run = owner.deploy()
    assert run.status == 0, run.output
    assert owner.outputs()["TableName"] == "restored"
    table = dynamodb.describe_table(TableName="restored")["Table"]
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["OnDemandThroughput"] == {"MaxWriteRequestUnits": 30, "MaxReadRequestUnits": 200}
    expiry = dynamodb.describe_time_to_live(TableName="restored")["TimeToLiveDescription"]
    assert (expiry["TimeToLiveStatus"], expiry["AttributeName"]) == ("ENABLED", "expires_at")
    assert made in owner.tables()


def test_an_address_that_ses_knows_already_is_not_made_again_and_outlives_the_stack(owner: Owner) -> None:
    owner.client("sesv2").create_email_identity(EmailIdentity="author@blog.example")
    owner.write(**SETTINGS)
    assert owner.deploy().status == 0
    assert given(owner)["AuthorIdentity"] == "existing"
    owner.client("cloudformation").delete_stack(StackName="trackback")
    owner.client("cloudformation").get_waiter("stack_delete_complete").wait(StackName="trackback")
    assert owner.client("sesv2").get_email_identity(EmailIdentity="author@blog.example")


def test_a_mail_domain_is_made_beside_the_address_that_its_mail_goes_to(owner: Owner) -> None:
    owner.write(**SETTINGS, MailDomain="mail.example")
    run = owner.deploy()
    assert run.status == 0, run.output
    for identity in ("mail.example", "author@blog.example"):
        assert owner.client("sesv2").get_email_identity(EmailIdentity=identity)
    assert (given(owner)["MailDomainIdentity"], given(owner)["AuthorIdentity"]) == ("create", "create")
    assert live_settings(owner, "Notify")["MAIL_FROM"] == "trackback@mail.example"


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

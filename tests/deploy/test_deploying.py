"""The owner deploys, is asked four questions, and is led on after a failure."""

import re

from tests.deploy.answers import ADDRESS, ANSWERS, DOMAIN, HOST, REGION, SETTINGS, given, live_settings
from tests.deploy.owner import Owner
from tests.support.template import ROOT

BROKEN = """
  Broken:
    Type: AWS::SSM::Parameter
    DependsOn: [Table, ModerateFunction]
    Properties:
      Name: /taken
      Type: String
      Value: another
"""


def transcript() -> list[str]:
    """Return the lines that docs/deploy.md shows of a first deployment, the account aside."""
    shown = (ROOT / "docs" / "deploy.md").read_text().split("<!-- transcript -->")[1].split("<!-- end -->")[0]
    lines = [line.rstrip() for line in shown.strip("`\n").splitlines()]
    return [line for line in lines if line and not line.startswith(("You are", "```"))]


def test_the_first_deployment_asks_four_questions_and_the_next_ones_none(owner: Owner) -> None:
    first = owner.answer(*ANSWERS)
    assert first.status == 0, first.output
    assert "Your service is deployed." in first.output
    assert [line for line in transcript() if line not in first.output] == []
    for output in ("ApiUrl", "Moderate", "PingUrl", "Snippet", "TableName"):
        assert owner.outputs()[output] in first.output
    assert owner.changed() == ""
    release = live_settings(owner, "Serve")["RELEASE"]
    secret = live_settings(owner, "Serve")["CDN_KEY"]
    assert len(secret) == 43

    again = owner.deploy()
    assert again.status == 0, again.output
    assert "No changes to deploy" in again.output
    assert live_settings(owner, "Serve")["RELEASE"] == release

    changed = owner.settings().replace('"blog.example"', '"blog.example, München.example"')
    changed += "Feed = 'https://blog.example/?a=\"1\",2&b=$c'\n"
    (owner.folder / "trackback.toml").write_text(changed)
    assert owner.deploy().status == 0
    assert live_settings(owner, "Receive")["SITES"] == "blog.example,xn--mnchen-3ya.example"
    assert live_settings(owner, "Receive")["CDN_KEY"] == secret
    assert given(owner)["Feed"] == 'https://blog.example/?a="1",2&b=$c'

    code = owner.folder / "functions" / "serve" / "app.py"
    code.write_text(code.read_text().replace("There is no such file.", "No such file."))
    upgraded = owner.deploy("--settings", "trackback.toml")
    assert upgraded.status == 0, upgraded.output
    assert "Your service is up to date." in upgraded.output
    assert live_settings(owner, "Serve")["CDN_KEY"] == secret
    assert not [run for run in (first, again, upgraded) if secret in run.output]
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

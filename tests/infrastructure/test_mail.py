"""What the template makes for mail: identities only where they are wanted, and alarms that say what to do."""

from typing import Any

import pytest

from tests.support import template

BODY = template.load().body
RESOURCES: dict[str, Any] = BODY["Resources"]
OUTPUTS = [f"MailDkim{number}" for number in (1, 2, 3)]
MAKES = {"Author": "AuthorIdentity", "MailSender": "MailDomainIdentity"}


@pytest.mark.parametrize(
    ("parameters", "made"),
    [
        ({}, set()),
        ({"AuthorIdentity": "create"}, {"Author"}),
        ({"MailDomain": "blog.example"}, {"MailSender"}),
        ({"MailDomain": "blog.example", "AuthorIdentity": "create"}, {"Author", "MailSender"}),
        ({"MailDomain": "blog.example", "MailDomainIdentity": "existing"}, set()),
        ({"MailDomainIdentity": "create"}, set()),
    ],
)
def test_an_identity_is_made_only_when_asked_for(parameters: dict[str, str], made: set[str]) -> None:
    deployed = template.load(**parameters)
    conditions = {name: RESOURCES[name]["Condition"] for name in MAKES}
    assert {name for name, it in conditions.items() if deployed.holds({"Condition": it})} == made


@pytest.mark.parametrize("identity", MAKES)
def test_an_identity_outlives_its_stack_but_not_a_creation_that_failed(identity: str) -> None:
    resource = RESOURCES[identity]
    policies = (resource["DeletionPolicy"], resource["UpdateReplacePolicy"])
    assert policies == ("RetainExceptOnCreate", "Retain")


@pytest.mark.parametrize(
    ("parameters", "sender"),
    [({}, "author@blog.example"), ({"MailDomain": "mail.example"}, "trackback@mail.example")],
)
@pytest.mark.parametrize("name", ["notify", "moderate"])
def test_mails_come_from_the_mail_domain_or_else_from_the_author(
    name: str, parameters: dict[str, str], sender: str
) -> None:
    function = next(it for it in template.load(**parameters).functions() if it.name == name)
    assert function.environment["MAIL_FROM"] == sender
    assert function.environment["AUTHOR_EMAIL"] == "author@blog.example"
    assert function.environment["MAIL_EVENTS"] == "MailEvents"


def test_the_three_records_of_the_mail_domain_are_outputs_each_once() -> None:
    values = [BODY["Outputs"][name]["Value"]["Fn::Sub"] for name in OUTPUTS]
    assert values == [
        f"${{MailSender.DkimDNSTokenName{n}}} CNAME ${{MailSender.DkimDNSTokenValue{n}}}" for n in (1, 2, 3)
    ]
    assert {BODY["Outputs"][name]["Condition"] for name in OUTPUTS} == {"MakesMailDomainIdentity"}


def test_bounces_complaints_and_rejects_reach_a_topic_that_only_ses_for_this_account_may_use() -> None:
    events = RESOURCES["BouncedMailEvents"]
    destination = events["Properties"]["EventDestination"]
    assert destination["MatchingEventTypes"] == ["bounce", "complaint", "reject"]
    assert destination["SnsDestination"] == {"TopicARN": {"Ref": "BouncedMails"}}
    assert events["DependsOn"] == "SesPublishesBouncedMails"
    (statement,) = RESOURCES["SesPublishesBouncedMails"]["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "ses.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"AWS:SourceAccount": {"Ref": "AWS::AccountId"}}}


@pytest.mark.parametrize("alarm", ["MailBounced", "MailRefused"])
def test_an_alarm_about_mail_says_what_to_do_and_goes_to_the_author(alarm: str) -> None:
    properties = RESOURCES[alarm]["Properties"]
    assert "`trackback doctor --aws`" in properties["AlarmDescription"]
    assert "`trackback sign-in`" in properties["AlarmDescription"]
    assert properties["AlarmActions"] == [{"Ref": "Alarms"}]
    assert properties["TreatMissingData"] == "notBreaching"


def test_refused_mails_of_both_functions_that_send_them_are_one_metric() -> None:
    alarm = RESOURCES["MailRefused"]["Properties"]
    assert alarm["MetricName"] == "MailRefused"
    assert alarm["Dimensions"] == [{"Name": "service", "Value": "mail"}]

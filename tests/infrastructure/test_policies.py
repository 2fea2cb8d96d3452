"""What each function may do in the account: what it needs and no more, SAM's own additions included."""

import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.support import sam, template
from trackback.model.ping import Due, Ping, Status
from trackback.storage import keys

TEMPLATE = template.load()
FUNCTIONS = TEMPLATE.resources("AWS::Serverless::Function")

TABLE = "${TableArn.Value}"
STREAM, STREAMS = "${Table.StreamArn}", "${TableArn.Value}/stream/*"
CHECKS, FAILURES = "${Checks.Arn}", "${Failures.Arn}"
BY_POST, BY_STATUS, BY_DUE = (f"{TABLE}/index/{index}" for index in ("by_post", "by_status", "by_due"))
SIGNING_KEY, WEBHOOK_KEY = (
    f"arn:${{AWS::Partition}}:ssm:${{AWS::Region}}:${{AWS::AccountId}}:parameter/trackback/${{AWS::StackName}}/{name}"
    for name in ("signing-key", "webhook-key")
)
MAIL = [
    f"arn:${{AWS::Partition}}:ses:${{AWS::Region}}:${{AWS::AccountId}}:{name}"
    for name in (
        "identity/${AuthorEmail}",
        "identity/${AuthorDomain}",
        "identity/${MailDomain}",
        "configuration-set/${MailEvents}",
    )
]
_PARAMETER = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter"
AKISMET_KEY = f"{_PARAMETER}/trackback/${{AWS::StackName}}/akismet-key"
WRITES_TO_THE_AUTHOR = {
    ("dynamodb:GetItem", TABLE),
    ("dynamodb:BatchGetItem", TABLE),
    ("dynamodb:PutItem", TABLE),
    ("dynamodb:UpdateItem", TABLE),
    ("dynamodb:Query", BY_DUE),
    ("ssm:GetParameter", SIGNING_KEY),
    ("ssm:PutParameter", SIGNING_KEY),
    ("ssm:GetParameter", WEBHOOK_KEY),
    ("ssm:PutParameter", WEBHOOK_KEY),
    *(("ses:SendEmail", it) for it in MAIL),
    *(("ses:SendRawEmail", it) for it in MAIL),
}


def takes(queue: str) -> set[tuple[str, str]]:
    """Return what reading a queue takes."""
    actions = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
    return {(action, queue) for action in actions}


ALLOWED = {
    "ReceiveFunction": {
        ("dynamodb:GetItem", TABLE),
        ("dynamodb:PutItem", TABLE),
        ("dynamodb:UpdateItem", TABLE),
        ("dynamodb:Query", BY_POST),
    },
    "ServeFunction": {
        ("dynamodb:Query", BY_POST),
        ("dynamodb:BatchGetItem", TABLE),
    },
    "TriageFunction": {
        ("dynamodb:DescribeStream", STREAM),
        ("dynamodb:GetRecords", STREAM),
        ("dynamodb:GetShardIterator", STREAM),
        ("dynamodb:ListStreams", STREAMS),
        ("sqs:SendMessage", CHECKS),
        ("dynamodb:GetItem", TABLE),
        ("dynamodb:UpdateItem", TABLE),
        ("dynamodb:PutItem", TABLE),
        ("sqs:SendMessage", FAILURES),
    },
    "VerifyFunction": {
        ("dynamodb:GetItem", TABLE),
        ("dynamodb:BatchGetItem", TABLE),
        ("dynamodb:UpdateItem", TABLE),
        ("dynamodb:Query", BY_STATUS),
        ("dynamodb:Query", BY_DUE),
        ("dynamodb:Scan", TABLE),
        ("sqs:SendMessage", CHECKS),
        ("ssm:GetParameter", AKISMET_KEY),
    }
    | takes(CHECKS),
    "NotifyFunction": WRITES_TO_THE_AUTHOR,
    "ModerateFunction": WRITES_TO_THE_AUTHOR
    | {
        ("dynamodb:Query", BY_POST),
        ("dynamodb:Query", BY_STATUS),
        ("dynamodb:Scan", TABLE),
        ("lambda:InvokeFunction", "${SendFunction.Alias}"),
        ("ssm:GetParameter", AKISMET_KEY),
        ("ssm:PutParameter", AKISMET_KEY),
        ("ssm:DeleteParameter", AKISMET_KEY),
    },
    "SendFunction": {
        ("dynamodb:GetItem", TABLE),
        ("dynamodb:BatchGetItem", TABLE),
        ("dynamodb:PutItem", TABLE),
        ("dynamodb:UpdateItem", TABLE),
        ("dynamodb:DeleteItem", TABLE),
        ("dynamodb:Query", BY_DUE),
    },
}
SENDS = [f"{keys.SENT}*", f"{keys.JOB}*", f"{keys.FEED}*"]
"""Records of the ledger, of orders and of what is remembered of the feed."""
PING = "?" * 26
LEARNT = [f"{keys.POST}*", keys.WORDS]
OF_CHECKS = [
    f"{keys.PAGES}*",
    f"{keys.APPROVALS}*",
    f"{keys.TURNS}*",
    keys.FLOODS,
    keys.SWEEP,
    f"{keys.SWEPT}*",
]
AS_LONG = [f"{keys.DELIVERY}*", *SENDS]
"""Records whose ids may be as long as a ping's."""
CONDITIONS = {
    ("ReceiveFunction", "StorePings"): {"ForAllValues:StringNotLike": {"dynamodb:LeadingKeys": ["*#*"]}},
    ("ReceiveFunction", "ReadWhichPostsAreClosed"): {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [keys.CLOSED]}
    },
    ("TriageFunction", "ReadWhatTheAuthorWantsToHear"): {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [keys.SETTINGS, keys.MAIL]}
    },
    ("TriageFunction", "NoteWhatWaitsForAnEmail"): {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [keys.MAIL]}
    },
    ("TriageFunction", "NoteWhatTheWebhookGets"): {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{keys.DELIVERY}*"]}
    },
    ("VerifyFunction", "ReadWhatJudgingTakes"): {
        "ForAllValues:StringLike": {
            "dynamodb:LeadingKeys": [PING, *LEARNT, keys.RULES, keys.SETTINGS, *OF_CHECKS]
        },
        "ForAllValues:StringNotLike": {"dynamodb:LeadingKeys": AS_LONG},
    },
    ("VerifyFunction", "JudgePingsAndLearn"): {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": [PING, *LEARNT, *OF_CHECKS]},
        "ForAllValues:StringNotLike": {"dynamodb:LeadingKeys": AS_LONG},
    },
    ("VerifyFunction", "FindWhatIsDue"): {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [str(due) for due in Due]}
    },
    ("VerifyFunction", "FindWhatWasDecided"): {
        "ForAllValues:StringEquals": {
            "dynamodb:LeadingKeys": [Status.APPROVED.value, Status.REJECTED.value, Status.SPAM.value]
        }
    },
    ("VerifyFunction", "FindWhatWasForgotten"): {
        "StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
        "ForAllValues:StringEquals": {
            "dynamodb:Attributes": [
                *("id", "url", "status", "unlooked", "check_at", "due", "received_at"),
                *("facts", "approved", "expires_at"),
            ]
        },
    },
    ("NotifyFunction", "LogDeliveries"): {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{keys.DELIVERY}*"]}
    },
    ("ModerateFunction", "LogDeliveriesAndOrderPings"): {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{keys.DELIVERY}*", f"{keys.JOB}*"]}
    },
    ("SendFunction", "ReadWhatWasSaidAndSent"): {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": [*SENDS, keys.SETTINGS]}
    },
    ("SendFunction", "KeepTheLedger"): {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": SENDS}},
    **{
        (function, "MailTheAuthor"): {
            "ForAllValues:StringEquals": {"ses:Recipients": [{"Ref": "AuthorEmail"}]},
            "StringEquals": {
                "ses:FromAddress": {
                    "Fn::If": [
                        "HasMailDomain",
                        {"Fn::Sub": "trackback@${MailDomain}"},
                        {"Ref": "AuthorEmail"},
                    ]
                }
            },
        }
        for function in ("NotifyFunction", "ModerateFunction")
    },
    ("ServeFunction", "ReadCountsButNoPing"): {
        "ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{keys.POST}*"]}
    },
}
ADDED_BY_SAM = {"SendFunction": {("sqs:SendMessage", FAILURES)}}


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def own_statements(function: str) -> list[dict[str, Any]]:
    """Return the statements of a function's own policies."""
    return [statement for policy in FUNCTIONS[function]["Policies"] for statement in policy["Statement"]]


def role(function: str) -> dict[str, Any]:
    """Return the role that SAM makes for a function."""
    found: dict[str, Any] = sam.translated()[f"{function}Role"]["Properties"]
    return found


def statements(function: str) -> list[dict[str, Any]]:
    """Return all statements of a function's role, its own and those that SAM adds."""
    documents = (policy["PolicyDocument"] for policy in role(function)["Policies"])
    return [statement for document in documents for statement in document["Statement"]]


def grants(statement: dict[str, Any]) -> set[tuple[str, str]]:
    """Return the pairs of action and resource that a statement allows, as `!Sub` writes resources."""
    texts = [text_of(resource) for resource in as_list(statement["Resource"])]
    return {(action, text) for action in as_list(statement["Action"]) for text in texts}


def text_of(resource: dict[str, Any]) -> str:
    """Return a resource as `!Sub` writes it; one that is there on a condition counts as there."""
    match resource:
        case {"Fn::If": [_, inner, _]}:
            return text_of(inner)
        case {"Fn::GetAtt": names}:
            return "${" + ".".join(names) + "}"
        case {"Ref": name}:
            return "${" + str(name).replace("Aliaslive", ".Alias") + "}"  # as authors name it
    return str(as_list(resource["Fn::Sub"])[0])


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_do_what_it_must_and_nothing_else(function: str) -> None:
    allowed = {grant for statement in own_statements(function) for grant in grants(statement)}
    assert allowed == ALLOWED[function]
    assert {statement["Effect"] for statement in own_statements(function)} == {"Allow"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_sam_adds_no_more_than_logs_and_the_queue_of_failures(function: str) -> None:
    allowed = {grant for statement in statements(function) for grant in grants(statement)}
    assert allowed == ALLOWED[function] | ADDED_BY_SAM.get(function, set())
    managed = {arn.rpartition("/")[2] for arn in role(function)["ManagedPolicyArns"]}
    assert managed == {"AWSLambdaBasicExecutionRole"}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_policy_has_a_wildcard_but_for_the_streams_of_this_table(function: str) -> None:
    for statement in statements(function):
        texts = json.dumps([statement["Action"], statement["Resource"]])
        assert "*" not in texts.replace(STREAMS, "")


@pytest.mark.parametrize(
    "function", ["ReceiveFunction", "ServeFunction", "TriageFunction", "VerifyFunction", "SendFunction"]
)
def test_no_function_that_hears_strangers_may_read_signing_keys_or_send_mail(function: str) -> None:
    allowed = {grant for statement in statements(function) for grant in grants(statement)}
    others = {grant for grant in allowed if grant[0].partition(":")[0] not in {"dynamodb", "sqs"}}
    assert others <= {("ssm:GetParameter", AKISMET_KEY)}


def test_a_function_reaches_no_other_records_and_addresses_than_its_business_needs() -> None:
    conditions = {
        (function, statement["Sid"]): statement["Condition"]
        for function in FUNCTIONS
        for statement in own_statements(function)
        if "Condition" in statement
    }
    assert conditions == CONDITIONS


def reaches(condition: Any, record: str) -> bool:
    """Tell whether a statement with a condition covers a record."""
    like, unlike = (
        {"StringLike": ["*"], **_by_operator(condition)}.get(name, [])
        for name in ("StringLike", "StringNotLike")
    )
    return any(fnmatchcase(record, one) for one in like) and not any(
        fnmatchcase(record, one) for one in unlike
    )


def _by_operator(condition: Any) -> dict[str, list[str]]:
    return {
        operator.removeprefix("ForAllValues:"): values["dynamodb:LeadingKeys"]
        for operator, values in condition.items()
    }


@pytest.mark.parametrize("record", [keys.SWEEP, f"{keys.SWEPT}a-ping"])
def test_verify_keeps_the_sweeps_records_which_receive_cannot_touch(record: str) -> None:
    assert reaches(CONDITIONS["VerifyFunction", "JudgePingsAndLearn"], record)
    assert not reaches(CONDITIONS["ReceiveFunction", "StorePings"], record)


KINDS = [
    value for name, value in vars(keys).items() if name.isupper() and isinstance(value, str) and "#" in value
]
"""The prefix of each kind of record but pings, or its id."""


def test_verify_reaches_no_record_of_the_author_and_each_ping(make_ping: Callable[[], Ping]) -> None:
    read, written = (
        {kind for kind in KINDS if reaches(CONDITIONS["VerifyFunction", sid], kind)}
        for sid in ("ReadWhatJudgingTakes", "JudgePingsAndLearn")
    )
    assert written == {
        keys.POST,
        keys.WORDS,
        keys.PAGES,
        keys.APPROVALS,
        keys.TURNS,
        keys.FLOODS,
        keys.SWEEP,
        keys.SWEPT,
    }
    assert read - written == {keys.RULES, keys.SETTINGS}
    for sid in ("ReadWhatJudgingTakes", "JudgePingsAndLearn"):
        assert reaches(CONDITIONS["VerifyFunction", sid], make_ping().id)
        as_long = [kind.ljust(26, "x") for kind in (keys.DELIVERY, keys.SENT, keys.JOB, keys.FEED)]
        assert not [one for one in as_long if reaches(CONDITIONS["VerifyFunction", sid], one)]

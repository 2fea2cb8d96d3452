"""The secret that CloudFront and the functions share: made for each stack, and told to nobody."""

from typing import Any

from tests.support import template

TEMPLATE = template.load(
    DomainName="trackback.blog.example", CertificateArn="arn:aws:acm:us-east-1:1:certificate/1"
)
ENVIRONMENTS = {function.name: function.environment for function in TEMPLATE.functions()}


def header_of_the_cdn() -> str:
    config: Any = TEMPLATE.resources("AWS::CloudFront::Distribution")["Distribution"]["DistributionConfig"]
    (origin,) = TEMPLATE.resolve(config)["Origins"]
    (header,) = origin["OriginCustomHeaders"]
    return str(header["HeaderValue"])


def test_cloudformation_shows_the_secret_to_nobody_and_nobody_can_leave_it_out() -> None:
    secret = TEMPLATE.body["Parameters"]["Secret"]
    assert secret["NoEcho"] is True
    assert "Default" not in secret
    assert "Secret" not in str(TEMPLATE.body["Outputs"])


def test_the_functions_that_answer_requests_know_the_cdn_by_the_secret() -> None:
    told = {
        name: environment["CDN_KEY"] for name, environment in ENVIRONMENTS.items() if "CDN_KEY" in environment
    }
    assert told == dict.fromkeys(["receive", "moderate", "serve"], header_of_the_cdn())


def test_senders_are_hashed_with_another_key() -> None:
    keys = ENVIRONMENTS["receive"]
    assert keys["SENDER_KEY"] != keys["CDN_KEY"]
    assert keys["CDN_KEY"] in keys["SENDER_KEY"]


def test_no_function_and_no_header_has_the_stacks_id_for_a_secret() -> None:
    stack_id = str(TEMPLATE.resolve({"Ref": "AWS::StackId"}))
    values = [value for environment in ENVIRONMENTS.values() for value in environment.values()]
    assert not [value for value in [*values, header_of_the_cdn()] if stack_id.rpartition("/")[2] in value]

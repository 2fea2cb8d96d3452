"""The CDN's settings: it comes with a domain and its certificate, and what it may cost."""

import json
from typing import Any

import pytest

from tests.support import template

CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-abcd"
GATEWAY = "Api.execute-api.AWS::Region.AWS::URLSuffix"

OFF = template.load()
ON = template.load(DomainName="trackback.blog.example", CertificateArn=CERTIFICATE)
RESOURCES: dict[str, Any] = ON.body["Resources"]
OURS = {name for name, made in RESOURCES.items() if made["Type"].startswith("AWS::CloudFront::")}


def distribution(chosen: template.Template) -> dict[str, Any]:
    (made,) = chosen.resources("AWS::CloudFront::Distribution").values()
    config: dict[str, Any] = chosen.resolve(made["DistributionConfig"])
    return config


def test_the_way_to_the_api_is_encrypted_whatever_the_viewers_was() -> None:
    config = distribution(ON)
    (origin,) = config["Origins"]
    assert origin["DomainName"] == GATEWAY
    assert origin["CustomOriginConfig"] == {
        "OriginProtocolPolicy": "https-only",
        "OriginSSLProtocols": ["TLSv1.2"],
    }


def test_it_speaks_what_browsers_speak_and_costs_nothing_while_nobody_asks() -> None:
    config = distribution(ON)
    assert (config["HttpVersion"], config["IPV6Enabled"]) == ("http2and3", True)
    assert not {"Logging", "WebACLId", "OriginGroups"} & config.keys()
    assert "OriginShield" not in json.dumps(config)


def test_the_function_fits_where_it_runs() -> None:
    (function,) = ON.resources("AWS::CloudFront::Function").values()
    assert function["AutoPublish"] is True
    assert function["FunctionConfig"]["Runtime"] == "cloudfront-js-2.0"
    assert len(function["FunctionCode"].encode()) < 10_000


def test_off_leaves_none_of_it() -> None:
    assert len(OURS) == 4
    assert {RESOURCES[name]["Condition"] for name in OURS} == {"HasDomain"}
    assert not OFF.holds({"Condition": "HasDomain"})
    assert ON.holds({"Condition": "HasDomain"})


@pytest.mark.parametrize(
    ("chosen", "host"),
    [(OFF, GATEWAY), (ON, "trackback.blog.example")],
    ids=["without a domain", "with a domain"],
)
def test_mails_and_outputs_name_the_address_to_use(chosen: template.Template, host: str) -> None:
    outputs = chosen.resolve(chosen.body["Outputs"])
    others = {"TableName", "CnameTarget", "MailDkim1", "MailDkim2", "MailDkim3"}
    assert {name: output["Value"] for name, output in outputs.items() if name not in others} == {
        "ApiUrl": f"https://{host}",
        "PingUrl": f"https://{host}/trackback/{{host}}/{{path}}",
        "Moderate": f"https://{host}/moderate",
        "Snippet": f'<script type="module" src="https://{host}/embed.js"></script>',
    }
    (notify,) = (function for function in chosen.functions() if function.name == "notify")
    assert notify.environment["API_URL"] == f"https://{host}"


def test_a_domain_has_its_certificate_and_speaks_no_old_tls() -> None:
    config = distribution(ON)
    assert config["Aliases"] == ["trackback.blog.example"]
    assert config["ViewerCertificate"] == {
        "AcmCertificateArn": CERTIFICATE,
        "MinimumProtocolVersion": "TLSv1.2_2021",
        "SslSupportMethod": "sni-only",
    }
    assert ON.body["Outputs"]["CnameTarget"]["Condition"] == "HasDomain"


@pytest.mark.parametrize(
    ("domain", "certificate", "fits"),
    [
        ("", "", True),
        ("trackback.blog.example", CERTIFICATE, True),
        ("trackback.blog.example", "", False),
        ("", CERTIFICATE, False),
    ],
)
def test_a_domain_and_its_certificate_need_each_other(domain: str, certificate: str, fits: bool) -> None:
    chosen = template.load(DomainName=domain, CertificateArn=certificate)
    rules = [rule for rule in chosen.body["Rules"].values() if chosen.holds(rule["RuleCondition"])]
    assertions = [assertion for rule in rules for assertion in rule["Assertions"]]
    assert all(assertion["AssertDescription"].endswith(".") for assertion in assertions)
    assert all(chosen.holds(assertion["Assert"]) for assertion in assertions) is fits

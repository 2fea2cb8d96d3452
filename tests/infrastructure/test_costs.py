"""The costs that docs/costs.md and the README tell are those of the template, and no reason is missing."""

import pytest

from tests.costs import deployment, document, measured, prices, report, text
from tests.support import template

REPORT = report.make()
DEPLOYED = deployment.load()
ROUTES = {route.key: route for route in DEPLOYED.routes}
API = template.load().resources("AWS::Serverless::HttpApi")["Api"]


def test_the_document_is_what_the_command_writes_now() -> None:
    assert document.DOCUMENT.read_text() == document.document(REPORT), (
        "make it: python -m tests.costs --markdown"
    )


def test_the_readme_quotes_what_the_command_writes_now() -> None:
    said = document.README.read_text()
    assert said == document.readme(REPORT, said), "make it: python -m tests.costs --markdown"


def test_a_readme_without_the_markers_is_no_readme() -> None:
    with pytest.raises(ValueError, match="costs"):
        document.readme(REPORT, "It costs nothing.")


def test_the_report_fits_a_terminal() -> None:
    assert max(map(len, text.lines(REPORT))) <= text.WIDTH


def test_every_price_has_a_page_and_every_free_tier_a_meter() -> None:
    listed = prices.load()
    assert all(one.source.startswith("https://aws.amazon.com/") for one in listed.meters.values())
    assert set(listed.always_free) <= {one.pool for one in listed.meters.values()}
    assert set(listed.twelve_months) <= set(listed.meters)


def test_a_throttle_names_a_route_that_there_is() -> None:
    """AWS refuses to deploy settings of a route that is not there."""
    assert set(API["RouteSettings"]) <= set(ROUTES)


def test_a_route_that_is_no_head_has_a_throttle_of_its_own() -> None:
    """Or it would get one request a second, and nobody would have thought of it."""
    named = {key for key in ROUTES if not key.startswith("HEAD ")}
    assert named == set(API["RouteSettings"])


@pytest.mark.parametrize(
    ("key", "rate"),
    [("ANY /trackback/{post+}", 5), ("GET /pings/{post+}", 10), ("GET /embed.js", 10), ("GET /{file}", 10)],
)
def test_senders_have_five_requests_a_second_and_readers_ten(key: str, rate: int) -> None:
    assert ROUTES[key].rate == rate
    assert API["RouteSettings"][key]["ThrottlingBurstLimit"] == 200


def test_the_author_who_opens_a_page_is_not_throttled() -> None:
    """A page asks for its style, script and icon at once, and the author may open some in a row."""
    assert API["RouteSettings"]["ANY /moderate/{page+}"]["ThrottlingBurstLimit"] >= 40


@pytest.mark.parametrize(
    ("parameter", "line"), [("MaxWritesPerSecond", "writes"), ("MaxReadsPerSecond", "reads")]
)
def test_a_ceilings_description_tells_what_it_costs(parameter: str, line: str) -> None:
    table = REPORT.bills["table"]
    cost = sum(table.cost(one) for one in table.lines if one.meter == line)
    assert f" {cost:.0f} US dollars" in template.load().body["Parameters"][parameter]["Description"]


def test_work_that_was_not_measured_is_an_error_that_says_how_to_measure_it() -> None:
    with pytest.raises(LookupError, match=r"serve\.nonsense: python -m tests\.costs\.measure"):
        measured.load().work("serve", "nonsense")


def test_a_domain_brings_the_lines_of_the_cdn() -> None:
    certificate = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-abcd"
    behind = report.make(DomainName="trackback.blog.example", CertificateArn=certificate)
    for made, is_there in ((behind, True), (REPORT, False)):
        assert any(line.meter == "cdn" for line in made.bills["spam"].lines) is is_there


def test_a_budget_that_is_not_met_is_explained_in_the_document() -> None:
    said = document.DOCUMENT.read_text()
    missed = [one.what for one in REPORT.budgets if not one.met]
    assert said.count("Not met, because") == len(missed)


def test_ceilings_are_taken_from_the_parameters() -> None:
    half = report.make(MaxWritesPerSecond="25", MaxReadsPerSecond="100")
    assert half.bills["table"].total == pytest.approx(REPORT.bills["table"].total / 2)

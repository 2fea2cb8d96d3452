"""All bills and budgets of the template as it is, in the order in which they are read."""

from dataclasses import dataclass

from tests.costs import deployment, flood, idle, measured, pings, prices, views
from tests.costs.line import Bill, Budget
from tests.costs.usage import Usage

_CDN = ("cdn", "cdn_functions", "cdn_out")


@dataclass(frozen=True)
class Report:
    """The bills, by name, and what they may cost."""

    bills: dict[str, Bill]
    usage: Usage
    prices: prices.Prices

    @property
    def budgets(self) -> list[Budget]:
        """Return the design's budgets beside the figures."""
        idle_month, views_ = self.bills["idle"], self.bills["with_cdn"]
        return [
            Budget("An idle month, without any free tier", idle_month.total, 0.60),
            Budget("An idle month, with what is always free", idle_month.total_with_free(), 0.05),
            Budget("A million pings: certain spam", self.bills["spam"].total, 4.00),
            Budget("A million pings: looked at, put away", self.bills["put_away"].total, 8.00),
            Budget("A million views, in CloudFront's free requests", views_.total_with_free(_CDN), 0.50),
            Budget(
                "A million views beyond, in its free terabyte", views_.total_with_free(("cdn_out",)), 2.50
            ),
        ]


def make(**parameters: str) -> Report:
    """Compute all bills."""
    usage, listed = Usage(deployment.load(**parameters), measured.load()), prices.load()
    fates = {"spam": pings.SPAM, "put_away": pings.PUT_AWAY, "approved": pings.APPROVED}
    bills = {
        "idle": idle.bill(usage, listed),
        **{name: pings.bill(fate, usage, listed) for name, fate in fates.items()},
        "with_cdn": views.with_cdn(usage, listed),
        "without_cdn": views.without_cdn(usage, listed),
        "flood": flood.bill(usage, listed),
        "table": flood.table_bill(usage, listed),
        "cdn": flood.cdn_bill(usage, listed),
    }
    return Report(bills, usage, listed)

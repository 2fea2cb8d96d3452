"""A million page views, with the CDN and without it."""

from collections.abc import Iterator

from tests.costs.line import Bill, Line, merged
from tests.costs.prices import Prices
from tests.costs.usage import GB, Job, Usage

MILLION = 1_000_000


def with_cdn(usage: Usage, prices: Prices) -> Bill:
    """Return what views cost whose requests CloudFront takes, and asks the API for what it does not have."""
    said = usage.measured.assumed["readers"]
    asked = MILLION * said["requests_of_a_view"]
    missed = MILLION * (1 - said["answered_by_cdn"])
    words = f"{said['requests_of_a_view']} for each view"
    lines = [
        Line("CloudFront requests", words, "cdn", asked),
        Line("CloudFront function", words, "cdn_functions", asked),
        _data(usage, "cdn_out", compressed=True),
        Line("API requests", f"{1 - said['answered_by_cdn']:.0%} of the views", "api", missed),
        *_work(usage, missed, 0),
    ]
    return Bill("A million page views with the CDN", merged(lines), prices)


def without_cdn(usage: Usage, prices: Prices) -> Bill:
    """Return what views cost whose requests all reach the API."""
    said = usage.measured.assumed["readers"]
    scripts = MILLION * (said["requests_of_a_view"] - 1)
    lines = [
        Line("API requests", f"{said['requests_of_a_view']} for each view", "api", MILLION + scripts),
        *_work(usage, MILLION, scripts),
        _data(usage, "data_out", compressed=False),
    ]
    return Bill("A million page views without the CDN", merged(lines), prices)


def _work(usage: Usage, views: float, scripts: float) -> Iterator[Line]:
    cold = usage.measured.assumed["lambda"]["cold_share"]
    return usage.lines([Job("serve", "view", views, cold), Job("serve", "embed", scripts, cold)])


def _data(usage: Usage, meter: str, *, compressed: bool) -> Line:
    """Return the bytes that readers get; the gateway compresses nothing."""
    said = usage.measured.assumed["readers"]
    view, script = (usage.measured.work("serve", kind) for kind in ("view", "embed"))
    small = (view.answer_bytes * said["compressed_to"], script.gzip_bytes)
    sizes = small if compressed else (view.answer_bytes, script.answer_bytes)
    head, scripts = said["answer_head_bytes"], said["requests_of_a_view"] - 1
    each = sizes[0] + head + scripts * (sizes[1] + head)
    return Line("Data out", f"{each:,.0f} bytes for each view of 50 pings", meter, MILLION * each / GB)

"""Where a form may come from."""

import pytest

from tests.support.events import http_event
from trackback.gateway import Request
from trackback.pages.admin.session import ForeignForm, refuse_foreign


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({}, True),
        ({"origin": "https://api.example", "sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "https://api.example.evil.example"}, False),
        ({"origin": "null"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"origin": "https://api.example", "sec-fetch-site": "same-site"}, False),
    ],
)
def test_forms_come_from_our_own_pages(headers: dict[str, str], passes: bool) -> None:
    request = Request(http_event("POST", "/moderate/decide", headers=headers))
    if passes:
        refuse_foreign(request)
    else:
        with pytest.raises(ForeignForm):
            refuse_foreign(request)

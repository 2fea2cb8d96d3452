"""Which addresses belong to one owner."""

import pytest

from trackback.web.sites import network_of, site_of

SITES = {
    "https://blog.example/a": "blog.example",
    "https://www.blog.example/a": "blog.example",
    "https://a.b.blog.example:8443/": "blog.example",
    "https://blog.co.uk/": "blog.co.uk",
    "https://www.blog.co.uk/": "blog.co.uk",
    "https://name.github.io/": "name.github.io",
    "https://a.name.github.io/": "name.github.io",
    "https://github.io/": "github.io",
    "https://name.blogspot.com/": "name.blogspot.com",
    "https://co.uk/": "co.uk",
    "https://www.xn--bcher-kva.example/": "xn--bcher-kva.example",
    "http://localhost/": "localhost",
    "http://localhost:8081/": "localhost:8081",
    "http://203.0.113.7/": "203.0.113.7",
    "http://203.0.113.7:8081/": "203.0.113.7:8081",
    "http://[2001:db8:1:2::3]/": "2001:db8:1::/48",
    "http://[2001:db8:1:ffff::1]/": "2001:db8:1::/48",
    "http://[2001:db8:1:2::3]:8081/": "2001:db8:1::/48:8081",
    "http://[::ffff:203.0.113.7]/": "203.0.113.7",
}


@pytest.mark.parametrize(("url", "site"), SITES.items())
def test_a_site_is_what_one_owner_runs(url: str, site: str) -> None:
    assert site_of(url) == site


@pytest.mark.parametrize("name", ["blog.example", "", "1.2.3", "1.2.3.4.5", "[::1]"])
def test_a_name_is_no_address(name: str) -> None:
    assert network_of(name) == ""

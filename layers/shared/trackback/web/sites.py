"""The site that a URL belongs to, and the network of a server: what one owner runs."""

from functools import cache, lru_cache
from ipaddress import IPv6Network, ip_address
from typing import TYPE_CHECKING

from trackback.urls import host_and_port, host_of

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList

_CUSTOMER = 48
"""The bits of an IPv6 address that say whose it is, at most; what follows, one owner may choose."""


@lru_cache(maxsize=4_096)
def site_of(url: str) -> str:
    """Return a URL's registrable domain by the public suffix list, like `blog.example` of `www.blog.example`.

    A user of a shared host, like `name.github.io`, is a site. So is an IPv4 address, an IPv6 network, and a
    name of one label, with their port if it is not a default one.
    """
    host = host_of(url)
    if network := network_of(host):
        return network + host_and_port(url).removeprefix(f"[{host}]").removeprefix(host)
    return _suffixes().privatesuffix(host) or host_and_port(url)


def registrable_domain(host: str) -> str:
    """Return the domain that a host's owner has registered; empty for a public suffix."""
    return _suffixes().privatesuffix(host) or ""


def network_of(address: str) -> str:
    """Return an IPv4 address as it is, an IPv6 address as its network; empty if the text is no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if found.version == 6:  # noqa: PLR2004 - IPv6
        return str(found.ipv4_mapped or IPv6Network((int(found), _CUSTOMER), strict=False))
    return str(found)


@cache
def _suffixes() -> "PublicSuffixList":
    """Load the list that the package brings along, which takes a twentieth of a second."""
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415 - not at import, since few processes ask

    return PublicSuffixList()

"""Decides which addresses a stranger may make us connect to: those of the public internet only.

The lists are our own, because `ipaddress.is_global` differs between Python versions and ignores embedded
addresses. IPv6 is rejected outside the allocated range.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_NOT_PUBLIC_4 = [
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network; 0.0.0.0 is the machine itself
        "10.0.0.0/8",
        "100.64.0.0/10",  # behind a carrier's NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, with the cloud's metadata
        "172.16.0.0/12",
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
]
_GIVEN_OUT_6 = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = [
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: benchmarks, ORCHID, anycast services
        "2001:db8::/32",  # documentation
        "3ffe::/16",  # the former 6bone
        "3fff::/20",  # documentation
    )
]
_MAPPED = IPv6Network("::ffff:0:0/96")
_COMPATIBLE = IPv6Network("::/96")
_NAT64 = IPv6Network("64:ff9b::/96")  # 64:ff9b:1::/48 is local-use: it leads into private networks by design
_6TO4 = IPv6Network("2002::/16")
_TEREDO = IPv6Network("2001::/32")
_ISATAP = {0x00005EFE, 0x02005EFE}  # the upper half of an interface's id
_LOOPBACK_4 = IPv4Network("127.0.0.0/8")
_LOOPBACK_6 = IPv6Address("::1")


def is_public(address: str) -> bool:
    """Return whether an address, as a DNS lookup returns it, is on the public internet.

    An address that embeds others (mapped, translated, tunnelled) is public if all of these are.
    """
    read = _read(address)
    if read is None:
        return False
    return _is_public_4(read) if isinstance(read, IPv4Address) else _is_public_6(read)


def is_loopback(address: str) -> bool:
    """Return whether an address is a loopback address, not embedded in another."""
    read = _read(address)
    return read in _LOOPBACK_4 if isinstance(read, IPv4Address) else read == _LOOPBACK_6


def _read(address: str) -> IPv4Address | IPv6Address | None:
    if "%" in address:  # a zone index: only link-local addresses have one
        return None
    try:
        return ip_address(address)
    except ValueError:
        return None


def _is_public_4(address: IPv4Address) -> bool:
    return not any(address in network for network in _NOT_PUBLIC_4)


def _is_public_6(address: IPv6Address) -> bool:
    if carried := _carried(address):
        return all(map(_is_public_4, carried))
    if address not in _GIVEN_OUT_6 or any(address in network for network in _NOT_PUBLIC_6):
        return False
    number = int(address)
    return (number >> 32) & 0xFFFFFFFF not in _ISATAP or _is_public_4(_low(number))


def _carried(address: IPv6Address) -> list[IPv4Address]:
    """Return the IPv4 addresses that an IPv6 address of a translation or tunnel embeds."""
    number = int(address)
    if address in _MAPPED or address in _COMPATIBLE or address in _NAT64:
        return [_low(number)]
    if address in _6TO4:
        return [_low(number >> 80)]
    if address in _TEREDO:  # the server, and the client with all bits inverted
        return [_low(number >> 64), _low(~number)]
    return []


def _low(number: int) -> IPv4Address:
    return IPv4Address(number & 0xFFFFFFFF)

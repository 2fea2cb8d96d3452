"""Only addresses of the public internet are public, on every Python, however they are wrapped."""

from ipaddress import IPv4Address, IPv6Address

from hypothesis import given, settings
from hypothesis import strategies as st

from trackback.web.http.addresses import is_loopback, is_public

PUBLIC = """
1.0.0.0 1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 93.184.216.34
100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255 169.255.0.0
172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.1.255 192.0.3.0
192.88.98.255 192.88.100.0 192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0
198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255
2000:: 2001:200:: 2001:4860:4860::8888 2001:db7:ffff:ffff:ffff:ffff:ffff:ffff 2001:db9::
2003:: 2606:4700:4700::1111 2a00:1450:4001:82a::200e
3ffd:ffff:ffff:ffff:ffff:ffff:ffff:ffff
3fff:1000:: 3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
"""

REFUSED = """
0.0.0.0 0.0.0.1 0.255.255.255
10.0.0.0 10.255.255.255
100.64.0.0 100.64.0.1 100.100.100.200 100.127.255.255
127.0.0.0 127.0.0.1 127.255.255.255
169.254.0.0 169.254.169.253 169.254.169.254 169.254.170.2 169.254.255.255
172.16.0.0 172.31.255.255
192.0.0.0 192.0.0.8 192.0.0.9 192.0.0.10 192.0.0.170 192.0.0.192 192.0.0.255
192.0.2.0 192.0.2.255
192.88.99.0 192.88.99.1 192.88.99.255
192.168.0.0 192.168.255.255
198.18.0.0 198.19.255.255
198.51.100.0 198.51.100.255
203.0.113.0 203.0.113.255
224.0.0.0 224.0.0.1 239.255.255.255
240.0.0.0 255.255.255.254 255.255.255.255
:: ::1 ::2
::7f00:1 ::127.0.0.1 ::10.0.0.1 ::169.254.169.254
::ffff:0.0.0.0 ::ffff:127.0.0.1 ::ffff:169.254.169.254 ::ffff:10.0.0.1 ::ffff:100.64.0.1 ::ffff:224.0.0.1
::ffff:0:127.0.0.1 ::ffff:0:8.8.8.8
64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b::10.0.0.1 64:ff9b::ffff:ffff 64:ff9b::
64:ff9b:1:: 64:ff9b:1::1 64:ff9b:1::8.8.8.8 64:ff9b:1::a9fe:a9fe 64:ff9b:1:ffff:ffff:ffff:ffff:ffff
64:ff9b::1:0:0 64:ff9a:ffff:ffff:ffff:ffff:808:808
100:: 100::1 100::ffff:ffff:ffff:ffff 100:0:0:1:: 1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
2001:1::1 2001:1::2 2001:2:: 2001:2:0:ffff:ffff:ffff:ffff:ffff 2001:3::1 2001:4:112::1
2001:10:: 2001:1f:ffff:ffff:ffff:ffff:ffff:ffff 2001:20:: 2001:2f:ffff:ffff:ffff:ffff:ffff:ffff
2001:30:: 2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff
2001:0:7f00:1::f7f7:f7f7 2001:0:808:808::80ff:fffe 2001:0:808:808::5601:5601 2001:: 2001:0:a00:1::
2001:db8:: 2001:db8::1 2001:db8:ffff:ffff:ffff:ffff:ffff:ffff
2002:: 2002:7f00:1:: 2002:a9fe:a9fe::1 2002:a00:1:: 2002:c0a8:1::1 2002:ffff:ffff::
2a00:1450::5efe:7f00:1 2a00:1450::200:5efe:a9fe:a9fe 2a00:1450:0:1:0:5efe:10.0.0.1
3ffe:: 3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff
3fff:: 3fff::1 3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff
4000:: 5f00:: 5f00::1 fbff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
fc00:: fd00:ec2::254 fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
fe00:: fe80:: fe80::1 febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff
fec0:: fec0::1 feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
ff00:: ff02::1 ff0e::1 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff
fe80::1%eth0 2606:4700:4700::1111%1 2606:4700:4700::1111%
127.1 2130706433 0x7f.1 0177.0.0.1 010.8.8.8 8.8.8.8. 8.8.8 1.1.1.1:80 [::1] localhost example
"""

CARRIES_A_PUBLIC_ONE = """
::ffff:8.8.8.8 ::8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1 2001:0:808:808::f7f7:f7f7 2a00:1450::5efe:808:808
"""

LOOPBACK = "127.0.0.0 127.0.0.1 127.255.255.255 ::1"
NOT_LOOPBACK = """
126.255.255.255 128.0.0.0 0.0.0.0 8.8.8.8 10.0.0.1 :: ::2 ::127.0.0.1 ::ffff:127.0.0.1 ::1%lo 127.1 localhost
"""

quick = settings(max_examples=300, derandomize=True, deadline=None, database=None)
numbers_4 = st.integers(0, 2**32 - 1)


def test_addresses_of_the_internet_are_public() -> None:
    assert [address for address in PUBLIC.split() if not is_public(address)] == []


def test_addresses_of_special_ranges_are_not_public() -> None:
    assert [address for address in REFUSED.split() if is_public(address)] == []


def test_addresses_that_carry_a_public_one_are_public() -> None:
    assert [address for address in CARRIES_A_PUBLIC_ONE.split() if not is_public(address)] == []


def test_addresses_of_this_machine_are_loopback_and_not_public() -> None:
    addresses = LOOPBACK.split()
    assert [address for address in addresses if not is_loopback(address) or is_public(address)] == []


def test_other_addresses_are_not_loopback() -> None:
    assert [address for address in NOT_LOOPBACK.split() if is_loopback(address)] == []


@quick
@given(number=numbers_4)
def test_however_it_is_wrapped_an_address_is_judged_alike(number: int) -> None:
    plain = is_public(str(IPv4Address(number)))
    google = int(IPv4Address("8.8.8.8"))
    wrapped = [
        0xFFFF << 32 | number,
        number,
        0x64FF9B << 96 | number,
        0x2002 << 112 | number << 80,
        0x20010000 << 96 | google << 64 | number ^ 0xFFFFFFFF,
        0x20010000 << 96 | number << 64 | google ^ 0xFFFFFFFF,
        0x2A00 << 112 | 0x5EFE << 32 | number,
    ]
    assert [is_public(str(IPv6Address(number))) for number in wrapped] == [plain] * len(wrapped)


@quick
@given(number=st.integers(0x4000 << 112, 2**128 - 1))
def test_what_is_not_given_out_is_never_public(number: int) -> None:
    assert not is_public(str(IPv6Address(number)))


@quick
@given(text=st.text(max_size=40) | st.text("0123456789abcdefx.:%[]/", max_size=40))
def test_any_text_is_judged(text: str) -> None:
    assert is_public(text) in {True, False}
    assert is_loopback(text) in {True, False}

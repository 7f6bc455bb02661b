"""Which addresses notifications may go to, in every spelling."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armillary.server.notifying.addresses import Reach, reach_of

V4 = {
    "1.1.1.1": Reach.PUBLIC,
    "100.63.255.255": Reach.PUBLIC,
    "100.128.0.1": Reach.PUBLIC,
    "172.32.0.1": Reach.PUBLIC,
    "10.0.0.1": Reach.INSIDE,
    "127.0.0.1": Reach.INSIDE,
    "127.255.255.254": Reach.INSIDE,
    "172.31.255.255": Reach.INSIDE,
    "192.168.1.1": Reach.INSIDE,
    "100.64.0.1": Reach.INSIDE,
    "198.18.0.1": Reach.INSIDE,
    "192.0.0.1": Reach.INSIDE,
    "0.0.0.0": Reach.NEVER,
    "0.1.2.3": Reach.NEVER,
    "169.254.169.254": Reach.NEVER,
    "169.254.170.2": Reach.NEVER,
    "168.63.129.16": Reach.NEVER,
    "100.100.100.200": Reach.NEVER,
    "192.0.0.192": Reach.NEVER,
    "224.0.0.1": Reach.NEVER,
    "239.255.255.250": Reach.NEVER,
    "240.0.0.1": Reach.NEVER,
    "255.255.255.255": Reach.NEVER,
}
V6 = {
    "2606:4700::1111": Reach.PUBLIC,
    "::1": Reach.INSIDE,
    "fc00::1": Reach.INSIDE,
    "fd12:3456::1": Reach.INSIDE,
    "fec0::1": Reach.INSIDE,
    "2001:db8::1": Reach.INSIDE,
    "3fff::1": Reach.INSIDE,
    "4000::1": Reach.INSIDE,
    "::": Reach.NEVER,
    "fe80::1": Reach.NEVER,
    "fe80::1%eth0": Reach.NEVER,
    "ff02::1": Reach.NEVER,
    "100::1": Reach.NEVER,
    "fd00:ec2::254": Reach.NEVER,
    "fd00:ec2::23": Reach.NEVER,
    "fd20:ce::254": Reach.NEVER,
    "64:ff9b:1::7f00:1": Reach.NEVER,
}
V4_INSIDE_V6: dict[str, Callable[[int], int]] = {
    "mapped": lambda v4: (0xFFFF << 32) | v4,
    "translated": lambda v4: (0xFFFF << 48) | v4,
    "NAT64": lambda v4: (0x64FF9B << 96) | v4,
    "6to4": lambda v4: (0x2002 << 112) | (v4 << 80) | 1,
    "ISATAP": lambda v4: (0x2A00 << 112) | (0x5EFE << 32) | v4,
}


@pytest.mark.parametrize(("address", "reach"), [*V4.items(), *V6.items()])
def test_every_kind_of_address_has_its_reach(address: str, reach: Reach) -> None:
    assert reach_of(address) is reach


@pytest.mark.parametrize("way", V4_INSIDE_V6.values(), ids=V4_INSIDE_V6)
@pytest.mark.parametrize(("address", "reach"), V4.items())
def test_an_ipv4_address_inside_an_ipv6_one_is_the_same_place(
    way: Callable[[int], int], address: str, reach: Reach
) -> None:
    assert reach_of(str(IPv6Address(way(int(IPv4Address(address)))))) is reach


@pytest.mark.parametrize(("address", "reach"), V4.items())
def test_a_teredo_address_reaches_nothing_outside(address: str, reach: Reach) -> None:
    v4 = int(IPv4Address(address))
    for client, server in ((v4, int(IPv4Address("1.1.1.1"))), (int(IPv4Address("1.1.1.1")), v4)):
        teredo = (0x20010000 << 96) | (server << 64) | (~client & 0xFFFFFFFF)
        assert reach_of(str(IPv6Address(teredo))) is (Reach.NEVER if reach is Reach.NEVER else Reach.INSIDE)


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_nothing_is_public_that_python_knows_to_be_private(address: IPv4Address) -> None:
    if address.is_private or address.is_multicast or address.is_reserved or address.is_link_local:
        assert reach_of(str(address)) is not Reach.PUBLIC


@given(st.integers(0, 2**128 - 1).map(IPv6Address))
def test_nothing_is_public_outside_of_what_is_given_out(address: IPv6Address) -> None:
    if reach_of(str(address)) is Reach.PUBLIC:
        assert address.is_global or address.sixtofour is not None or address.ipv4_mapped is not None

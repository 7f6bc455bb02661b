"""Which IP addresses the server asks when it notifies: pure decisions, from the registries of special-purpose addresses.

The tables are written out here, as what ``ipaddress`` calls global differs between releases of Python. An IPv6 address that carries an
IPv4 one, in any of the ways a network may translate, is judged by both.

Sources: https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry, RFC 6052 (NAT64), RFC 3056 (6to4),
RFC 4380 (Teredo), RFC 5214 (ISATAP), RFC 7915 (translated).
"""

from __future__ import annotations

from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address


class Reach(Enum):
    PUBLIC = "public"
    INSIDE = "inside"  # this machine, or a private network
    NEVER = "never"  # no single machine's, or where clouds keep credentials


_V4_INSIDE = tuple(
    map(
        IPv4Network,
        (
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
        ),
    )
)
_V4_NEVER = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "169.254.0.0/16",
            "224.0.0.0/4",
            "240.0.0.0/4",
            "100.100.100.200/32",  # Alibaba Cloud
            "168.63.129.16/32",  # Azure
            "192.0.0.192/32",  # Oracle Cloud
        ),
    )
)
_V6_PUBLIC = IPv6Network("2000::/3")
_V6_INSIDE = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20")))
_V6_NEVER = tuple(
    map(
        IPv6Network,
        (
            "::/128",
            "64:ff9b:1::/48",  # a network's own NAT64: where in it the IPv4 address lies, only that network knows
            "100::/64",
            "fe80::/10",
            "ff00::/8",
            "fd00:ec2::/32",  # Amazon
            "fd20:ce::/32",  # Google
        ),
    )
)
_LOOPBACK = IPv6Address("::1")
_CARRIES_V4 = tuple(map(IPv6Network, ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96")))
"""In the last 32 bits, and it is that address: compatible, mapped, translated, NAT64."""
_SIX_TO_FOUR = IPv6Network("2002::/16")
_TEREDO = IPv6Network("2001::/32")
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)


def reach_of(address: str) -> Reach:
    """Of an address in numbers, with or without a zone. Raises ValueError for anything else.

    >>> reach_of("::ffff:169.254.169.254"), reach_of("::1"), reach_of("1.1.1.1")
    (<Reach.NEVER: 'never'>, <Reach.INSIDE: 'inside'>, <Reach.PUBLIC: 'public'>)
    """
    known = ip_address(address.partition("%")[0])
    found = {_reach_of_v4(known)} if isinstance(known, IPv4Address) else _reaches_of_v6(known)
    return next(each for each in (Reach.NEVER, Reach.INSIDE, Reach.PUBLIC) if each in found)


def _reach_of_v4(address: IPv4Address) -> Reach:
    if any(address in each for each in _V4_NEVER):
        return Reach.NEVER
    return Reach.INSIDE if any(address in each for each in _V4_INSIDE) else Reach.PUBLIC


def _reaches_of_v6(address: IPv6Address) -> set[Reach]:
    bits = int(address)
    if any(address in each for each in _V6_NEVER):
        return {Reach.NEVER}
    if address == _LOOPBACK:
        return {Reach.INSIDE}
    if any(address in each for each in _CARRIES_V4):
        return {_reach_of_v4(_low(bits))}
    if address in _SIX_TO_FOUR:
        return {_reach_of_v4(_low(bits >> 80)), *_of_isatap(bits)}
    if address in _TEREDO:
        return {Reach.INSIDE, _reach_of_v4(_low(bits >> 64)), _reach_of_v4(_low(~bits))}
    outside = address in _V6_PUBLIC and not any(address in each for each in _V6_INSIDE)
    return {Reach.PUBLIC if outside else Reach.INSIDE, *_of_isatap(bits)}


def _of_isatap(bits: int) -> set[Reach]:
    return {_reach_of_v4(_low(bits))} if (bits >> 32) & 0xFFFF_FFFF in _ISATAP else set()


def _low(bits: int) -> IPv4Address:
    return IPv4Address(bits & 0xFFFF_FFFF)

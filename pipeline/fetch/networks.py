"""Which addresses are the public internet's: those of a list of what is not, whatever `ipaddress` thinks of them."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection

__all__ = ["DENIED", "Address", "Network", "is_open"]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# IANA's registries of special-purpose addresses (RFC 6890 and its successors). `is_global` is no help: it is true of
# multicast, and of IPv6 addresses that a gateway turns into private ones of IPv4.
_DENIED = """
    0.0.0.0/8           this host
    10.0.0.0/8          private
    100.64.0.0/10       behind a carrier's NAT
    127.0.0.0/8         loopback
    169.254.0.0/16      link-local; the metadata of clouds
    172.16.0.0/12       private
    192.0.0.0/24        protocols
    192.0.2.0/24        documentation
    192.88.99.0/24      6to4 relays
    192.168.0.0/16      private
    198.18.0.0/15       benchmarks
    198.51.100.0/24     documentation
    203.0.113.0/24      documentation
    224.0.0.0/4         multicast
    240.0.0.0/4         reserved; broadcast
    ::/3                loopback, IPv4-mapped and -compatible, NAT64, discard: all below 2000::
    2001::/23           protocols: Teredo, ORCHID, benchmarks
    2001:db8::/32       documentation
    2002::/16           6to4
    3fff::/20           documentation
    4000::/2            not given out
    8000::/1            private, link-local, site-local, multicast: all above
"""

DENIED: tuple[Network, ...] = tuple(
    ipaddress.ip_network(line.split()[0]) for line in _DENIED.split("\n") if line.strip()
)
"""The networks that nothing here connects to unless it is allowed by name."""


def is_open(address: Address, allowed: Collection[Network] = ()) -> bool:
    """Whether an address may be connected to: it is in an allowed network, or in none of the denied."""
    return any(address in network for network in allowed) or not any(address in network for network in DENIED)

"""Where a request came from, as coarse as limits and records of consent need it."""

from __future__ import annotations

import ipaddress

__all__ = ["UNKNOWN", "network"]

UNKNOWN = "unknown"
"""What stands for an address that nobody told, such as that of a proxy on a Unix socket."""

_BITS = {4: 24, 6: 48}


def network(peer: str, forwarded: str, proxies: int) -> str:
    """The network of whoever asks: `203.0.113.0/24`, `2001:db8:1::/48`.

    `peer` holds the connection; of `forwarded`, the values of X-Forwarded-For, only what so many trusted proxies have
    written is believed: each adds at the end whom it was asked by.
    """
    if proxies:
        hops = [hop.strip() for hop in forwarded.split(",")]
        peer = hops[-proxies] if len(hops) >= proxies else ""
    try:
        address = ipaddress.ip_address(peer.strip("[]"))
    except ValueError:
        return UNKNOWN
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or ipaddress.IPv6Address(int(address))  # without the name of an interface
    return str(ipaddress.ip_network(f"{address}/{_BITS[address.version]}", strict=False))

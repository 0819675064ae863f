"""SPF (RFC 7208) as a receiver reads it: how many questions it costs, what is wrong, and which networks may send."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.doctor.names import Names

__all__ = ["LOOKUPS_AT_MOST", "Spf", "examined", "records"]

LOOKUPS_AT_MOST = 10
"""Questions that a record may cost (section 4.6.4)."""

_VOID_AT_MOST = 2  # of these without an answer
_ASKED_AT_MOST = 20  # which is enough to say how bad it is
_COSTLY = ("include", "a", "mx", "ptr", "exists", "redirect")
_TERM = re.compile(r"([+?~-]?)([A-Za-z][A-Za-z0-9_.-]*)(?:([:=])([^/\s]*))?(/[0-9/]{1,8})?")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(slots=True, kw_only=True)
class Spf:
    """What a record comes to; `unclear` says that who may send depends on what cannot be asked beforehand."""

    lookups: int = 0
    void: int = 0
    problems: list[str] = field(default_factory=list)
    networks: list[Network] = field(default_factory=list)
    everyone: bool = False
    unclear: bool = False

    def allows(self, addresses: Sequence[str]) -> bool:
        """Whether one of some addresses may send."""
        found = [ipaddress.ip_address(address) for address in addresses]
        return self.everyone or any(address in network for address in found for network in self.networks)


def records(names: Names, domain: str) -> list[str]:
    """The SPF records of a domain; more than one is an error (section 4.5). Raises Silent or Broken."""
    return [text for text in names.texts(domain) if re.match(r"v=spf1(?: |$)", text, re.IGNORECASE)]


def examined(names: Names, domain: str, record: str) -> Spf:
    """What a domain's record comes to. Raises Silent or Broken."""
    spf = Spf()
    _read(names, domain, record, spf)
    if spf.lookups > LOOKUPS_AT_MOST:
        more = " or more" if spf.lookups >= _ASKED_AT_MOST else ""
        spf.problems.append(f"it costs {spf.lookups}{more} questions to DNS, and {LOOKUPS_AT_MOST} are allowed")
    if spf.void > _VOID_AT_MOST:
        spf.problems.append(f"{spf.void} of its names are not there, and {_VOID_AT_MOST} are allowed")
    return spf


def _read(names: Names, domain: str, record: str, spf: Spf) -> None:
    for word in record.split()[1:]:
        if spf.lookups >= _ASKED_AT_MOST:
            return
        term = _TERM.fullmatch(word)
        if not term:
            spf.problems.append(f"“{word}” is no term of SPF")
            continue
        sign, name, mark, value, size = (part or "" for part in term.groups())
        name = name.lower()
        if mark == "=" and name != "redirect":
            continue  # exp=, and what is not known yet (section 6)
        spf.lookups += name in _COSTLY
        if "%" in value or name in ("ptr", "exists"):
            spf.unclear = True
        elif sign in ("", "+"):
            _allow(names, (name, value or domain, size), word, spf)
        elif name not in (*_COSTLY, "all", "ip4", "ip6"):
            spf.problems.append(f"“{word}” is no term of SPF")


def _allow(names: Names, term: tuple[str, str, str], word: str, spf: Spf) -> None:
    """Adds those whom a term lets in."""
    name, value, size = term
    if name == "all":
        spf.everyone = True
    elif name in ("ip4", "ip6"):
        _network(word.partition(":")[2], 4 if name == "ip4" else 6, word, spf)
    elif name in ("include", "redirect"):
        _follow(names, value, word, spf)
    elif name == "a":
        _hosts(names, [value], size, spf)
    elif name == "mx":
        _hosts(names, [host for host in names.exchanges(value) if host][:LOOKUPS_AT_MOST], size, spf)
    else:
        spf.problems.append(f"“{word}” is no term of SPF")


def _follow(names: Names, domain: str, word: str, spf: Spf) -> None:
    """Reads the record that an `include` or `redirect` names: there must be exactly one (section 5.2)."""
    found = records(names, domain)
    if len(found) != 1:
        spf.void += not found
        spf.problems.append(f"“{word}” leads to {len(found) or 'no'} SPF record{'s' * (len(found) > 1)}")
        return
    inner = Spf(lookups=spf.lookups, void=spf.void)
    _read(names, domain, found[0], inner)
    spf.lookups, spf.void = inner.lookups, inner.void
    spf.problems += [f"{problem} (in {domain})" for problem in inner.problems]
    spf.networks += inner.networks
    spf.everyone |= inner.everyone
    spf.unclear |= inner.unclear


def _hosts(names: Names, hosts: Sequence[str], size: str, spf: Spf) -> None:
    found = [address for host in hosts for address in names.addresses(host)]
    spf.void += not found
    four, _, six = size[1:].partition("//")
    for address in found:
        _network(f"{address}/{(six or 128) if ':' in address else (four or 32)}", 0, "", spf)


def _network(written: str, version: int, word: str, spf: Spf) -> None:
    try:
        network = ipaddress.ip_network(written, strict=False)
    except ValueError:
        spf.problems.append(f"“{word}” is no address")
        return
    if version not in (0, network.version):
        spf.problems.append(f"“{word}” is no address of IPv{version}")
    else:
        spf.networks.append(network)

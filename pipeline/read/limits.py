"""The setting `smtp: domains:`: the most that a recipient's domain is given at once and a second."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.model import DomainLimit
from pipeline.read.fields import Fields
from pipeline.read.source import Report
from pipeline.read.yaml import Pairs

__all__ = ["domain_limits", "per_second"]

_RATE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,9})?)(?:/(s|min|h))?")
_SECONDS = {"s": 1, "min": 60, "h": 3600}


def per_second(written: str) -> float | None:
    """The rate of `10/s`, `30/min` or `600/h` in messages a second, None where it is none."""
    match = _RATE.fullmatch(written.strip())
    return float(match[1]) / _SECONDS[match[2] or "s"] if match else None


def domain_limits(fields: Fields, report: Report) -> Mapping[str, DomainLimit]:
    """Limits by domain: `gmail.com: {sessions: 2, rate: 10/s}`, and `"*"` for all that are not named."""
    node = fields.node("domains")
    names = [key.value for key, _ in node.pairs] if isinstance(node, Pairs) else []
    domains = fields.pairs("domains", names)
    return {name.lower(): _limit(domains.pairs(name, ("sessions", "rate")), report) for name in names}


def _limit(fields: Fields, report: Report) -> DomainLimit:
    written = fields.text("rate")
    rate = per_second(written or "0")
    if rate is None:
        report.error(fields.place("rate"), "bad-value", "“rate” must be a rate such as 10/s or 600/h")
    return DomainLimit(sessions=fields.number("sessions", 0) or 0, rate=rate or 0.0)

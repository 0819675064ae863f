"""The pace of one process: how soon the next message may go, in all and to each domain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.model import DomainLimit

__all__ = ["SLOWDOWNS", "Pace"]

SLOWDOWNS = (60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
"""Seconds for which a domain that defers is left alone: the first time, and each time that it does so again."""

_GLANCE = 0.2
_CREDIT = 0.05  # seconds of a rate that a late session may make up for
_NO_LIMIT = DomainLimit()


@dataclass(slots=True, kw_only=True)
class _Domain:
    """How a domain stands: messages on their way, the next one's instant, how often it has deferred."""

    busy: int = 0
    next: float = 0.0
    strikes: int = 0


class Pace:
    """Says when; `rate` is in messages a second, 0 for no limit, `limits` are by domain, `*` for all others.

    A domain that defers is left alone for a while, then tried by one message at a time until it takes one.
    """

    def __init__(
        self,
        rate: float = 0.0,
        limits: Mapping[str, DomainLimit] | None = None,
        slowdowns: tuple[float, ...] = SLOWDOWNS,
    ) -> None:
        self._rate, self._limits, self._slowdowns = rate, limits or {}, slowdowns
        self._next = 0.0
        self._domains: dict[str, _Domain] = {}

    def free(self) -> float:
        """The instant from which on any message may go."""
        return self._next

    def when(self, domain: str, now: float) -> float:
        """The instant at which a message to a domain may go, or at which to ask again; not later than now: it may."""
        one = self._domains.get(domain)
        if one is None:
            return now
        most = 1 if one.strikes else self._limit(domain).sessions
        if most and one.busy >= most:
            return max(now + _GLANCE, one.next)
        return one.next

    def _limit(self, domain: str) -> DomainLimit:
        return self._limits.get(domain) or self._limits.get("*") or _NO_LIMIT

    def began(self, domain: str, now: float) -> None:
        """A message to a domain goes out."""
        if self._rate:
            self._next = _after(self._next, now, self._rate)
        one = self._domains.setdefault(domain, _Domain())
        one.busy += 1
        if rate := self._limit(domain).rate:
            one.next = _after(one.next, now, rate)

    def ended(self, domain: str, now: float, *, slow: bool) -> None:
        """It has its answer; `slow` where the domain asked for patience."""
        one = self._domains[domain]
        one.busy -= 1
        if not slow:
            one.strikes = 0
        elif one.strikes == 0 or now >= one.next:  # else it is known from another session
            one.next = now + self._slowdowns[min(one.strikes, len(self._slowdowns) - 1)]
            one.strikes += 1
        if not one.busy and not one.strikes and one.next <= now:
            del self._domains[domain]  # a million readers have many


def _after(last: float, now: float, rate: float) -> float:
    return (max(last, now - _CREDIT) if last else now) + 1 / rate

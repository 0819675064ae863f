"""How much of the archive has rotted, by the years of its issues."""

from __future__ import annotations

import collections
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.linkrot.places import Place
from pipeline.linkrot.record import Record, State

__all__ = ["Rot", "rot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rot:
    """The different addresses of a year, or of all years where `year` is None: how many in all and in each state."""

    year: int | None
    links: int
    states: Mapping[State, int]

    @property
    def unknown(self) -> int:
        """Those that were not looked at."""
        return self.links - sum(self.states.values())


def rot(found: Iterable[Place], records: Mapping[str, Record]) -> list[Rot]:
    """The rot of each year, oldest first, then of all; an address counts once in a year, and once in all."""
    urls: dict[int, set[str]] = collections.defaultdict(set)
    for place in found:
        urls[place.issue.date.year].add(place.url)
    rows: list[tuple[int | None, set[str]]] = [*sorted(urls.items()), (None, set().union(*urls.values()))]
    return [_row(year, some, records) for year, some in rows]


def _row(year: int | None, urls: set[str], records: Mapping[str, Record]) -> Rot:
    states = collections.Counter(records[url].state for url in urls if url in records)
    return Rot(year=year, links=len(urls), states=states)

"""Rows of the table that is printed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["NONE", "Row", "printed"]

NONE = float("inf")
"""No limit."""


class Row(NamedTuple):
    """One line of the table: what was measured, ours, what it is held against, and the most that may be."""

    what: str
    ours: float
    unit: str
    against: float | None
    limit: float

    @property
    def held(self) -> bool:
        """Whether the figure keeps its limit: a ratio where there is one to take, else the figure itself."""
        return (self.ours / self.against if self.against else self.ours) <= self.limit


def printed(rows: Iterable[Row], against: str) -> bool:
    """Prints each row when it is measured, beside what it is held `against`; whether all of them hold."""
    print(f"{'':42}{'ours':>12}{against:>12}{'ratio':>8}{'limit':>8}")
    held = True
    for row in rows:
        beside = f"{row.against:.2f} {row.unit}" if row.against else ""
        ratio = f"{row.ours / row.against:.2f}" if row.against else ""
        figure = (
            f"{row.ours:.2f} {row.unit}" if row.unit in ("s", "ms") and row.ours < 100 else f"{row.ours:.0f} {row.unit}"
        )
        limit = "" if row.limit == NONE else f"{row.limit:g}"
        print(f"{row.what:42}{figure:>12}{beside:>12}{ratio:>8}{limit:>8}{'' if row.held else '  over'}", flush=True)
        held = held and row.held
    return held

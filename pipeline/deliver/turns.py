"""Long work on the database in turns with others: SQLite has no queue, so whoever has much to write steps back."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import TypeVar

__all__ = ["in_turns"]

_LEAST, _MOST = 0.005, 0.1
"""Seconds of a rest; whoever waits for SQLite's lock asks for it every tenth of a second at the least."""

_Step = TypeVar("_Step")


def in_turns(steps: Iterable[_Step]) -> Iterator[_Step]:
    """Work that commits at each step, with a rest behind each, about as long as the step took."""
    began = time.monotonic()
    for step in steps:
        yield step
        time.sleep(min(max(_LEAST, time.monotonic() - began), _MOST))
        began = time.monotonic()

"""The desk of a run: where the sessions write, together."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipeline.deliver import statements
from pipeline.deliver.store import Store

__all__ = ["Desk"]


@dataclass(slots=True)
class _Order:
    """Work that waits to be done, and what came of it."""

    work: Callable[[], Any]
    done: bool = False
    made: Any = None
    error: Exception | None = None


class Desk:
    """Where one writes for all who wait: what comes while a commit is on its way to the disk goes into the next."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._waiting: deque[_Order] = deque()

    def ask(self, work: Callable[[], Any]) -> Any:
        """What the work gives, when it is on the disk; raises what any work of the same commit raises."""
        order = _Order(work)
        self._waiting.append(order)
        with self._lock:
            if not order.done:  # else whoever wrote before has written this, too
                self._write([self._waiting.popleft() for _ in range(len(self._waiting))])
        if order.error:
            raise order.error
        return order.made

    def _write(self, orders: list[_Order]) -> None:
        try:
            with self._store.transaction():
                epoch = self._store.number(statements.NEXT_EPOCH)
                for order in orders:
                    order.made = order.work()
            self._store.mark(epoch)
        except Exception as error:
            for order in orders:
                order.error = error
        for order in orders:
            order.done = True

"""Tells those who wait that something changed, from whatever thread it is seen in."""

from __future__ import annotations

import asyncio
import contextlib

__all__ = ["Bell"]


class Bell:
    """Rung by any thread; heard by coroutines of one loop."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._rung = asyncio.Event()
        self.is_over = False

    def ring(self) -> None:
        """Wakes all who wait now."""
        if self._loop:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody waits
                self._loop.call_soon_threadsafe(self._ring)

    def end(self) -> None:
        """Wakes all who wait, and all who come later: there is nothing more to wait for."""
        self.is_over = True
        self.ring()

    def next(self) -> asyncio.Event:
        """What is set by the next ring; to be asked for before one looks whether there is anything to wait for."""
        self._loop = asyncio.get_running_loop()
        if self.is_over:
            self._rung.set()
        return self._rung

    def _ring(self) -> None:
        self._rung.set()
        self._rung = asyncio.Event()

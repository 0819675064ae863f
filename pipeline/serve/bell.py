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
        """Wakes all who wait for good: there will be no more."""
        self.is_over = True
        self.ring()

    async def heard(self, seconds: float) -> None:
        """Waits for the next ring, or so long."""
        self._loop = asyncio.get_running_loop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()

    def _ring(self) -> None:
        self._rung.set()
        self._rung = asyncio.Event()

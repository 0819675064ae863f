"""Many jobs at many hosts at once, politely: one at a host at a time, with a pause behind each."""

from __future__ import annotations

import heapq
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

__all__ = ["Rounds"]

_Job = TypeVar("_Job")
_Result = TypeVar("_Result")


class Rounds(Generic[_Job, _Result]):
    """Jobs by host, done in threads. Iterating gives each with its result; more may be added meanwhile.

    Everything but `work` runs in the thread that iterates. The threads die with the process, so that nobody waits for
    them when it is interrupted.
    """

    def __init__(self, work: Callable[[_Job], _Result], *, at_once: int = 16, pause: float = 0.5) -> None:
        self._work, self._at_once, self._pause = work, at_once, pause
        self._waiting: dict[str, deque[_Job]] = {}
        self._free_from: dict[str, float] = {}
        self._ready: list[tuple[float, str]] = []
        self._busy: set[str] = set()
        self._given: queue.SimpleQueue[tuple[str, _Job] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[str, _Job, _Result | Exception]] = queue.SimpleQueue()

    def add(self, host: str, job: _Job) -> None:
        """Puts a job behind the others of its host."""
        if host not in self._waiting:
            self._waiting[host] = deque()
            if host not in self._busy:
                self._enter(host)
        self._waiting[host].append(job)

    def hold(self, host: str, seconds: float) -> None:
        """Leaves a host alone for so long; to be called for the host of the job that was given last."""
        self._free_from[host] = max(self._free_from.get(host, 0.0), time.monotonic() + seconds)

    def drop(self, host: str) -> list[_Job]:
        """Takes away what waits for a host, and gives it."""
        return list(self._waiting.pop(host, ()))

    def __iter__(self) -> Iterator[tuple[_Job, _Result]]:
        threads = 0
        try:
            while self._waiting or self._busy:
                self._start()
                while threads < len(self._busy):
                    threading.Thread(target=self._run, daemon=True).start()
                    threads += 1
                try:
                    host, job, result = self._done.get(timeout=self._until_next())
                except queue.Empty:
                    continue
                if isinstance(result, Exception):
                    raise result
                self.hold(host, self._pause)
                yield job, result
                self._busy.remove(host)
                if host in self._waiting:
                    self._enter(host)
        finally:
            for _ in range(threads):
                self._given.put(None)

    def _enter(self, host: str) -> None:
        heapq.heappush(self._ready, (self._free_from.get(host, 0.0), host))

    def _start(self) -> None:
        """Gives the threads the first job of each host whose time has come."""
        now = time.monotonic()
        while self._ready and self._ready[0][0] <= now and len(self._busy) < self._at_once:
            _, host = heapq.heappop(self._ready)
            jobs = self._waiting.get(host)
            if not jobs or host in self._busy:
                continue
            if self._free_from.get(host, 0.0) > now:  # it was held after it had been entered
                self._enter(host)
                continue
            self._busy.add(host)
            self._given.put((host, jobs.popleft()))
            if not jobs:
                del self._waiting[host]

    def _until_next(self) -> float | None:
        """Seconds until a host's time comes; None where only an answer can change anything."""
        if not self._ready or len(self._busy) >= self._at_once:
            return None
        return max(0.0, self._ready[0][0] - time.monotonic())

    def _run(self) -> None:
        while (given := self._given.get()) is not None:
            host, job = given
            try:
                self._done.put((host, job, self._work(job)))
            except Exception as error:
                self._done.put((host, job, error))

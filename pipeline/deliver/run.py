"""A run: sessions that hand over messages at once, and one desk that commits what became of them."""

from __future__ import annotations

import contextlib
import functools
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.deliver import statements
from pipeline.deliver.ledger import PAUSES, Claimed, Ledger, Send
from pipeline.deliver.letter import Letter, envelope
from pipeline.deliver.presence import alive, present
from pipeline.deliver.store import Store
from pipeline.deliver.transport import Answer, Envelope, Outcome, Transport, Unreachable
from pipeline.errors import PipelineError
from pipeline.model import Location

__all__ = ["Job", "Progress", "run"]

Progress = Callable[[Mapping[str, int]], None]
"""Is told now and then how many messages this run has brought to each outcome."""

_RECONNECTS = (1.0, 2.0, 5.0, 15.0)
"""Seconds between the tries to connect again; after the last the run stops, and no recipient has failed by it."""

_GLANCE = 0.2
_NAP = 1.0
_HOPELESS = 50
"""Failures in a row, from the first message on, after which the fault is taken for the server's or ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to send by what: `rate` in messages a second, 0 for no limit; `pauses` in seconds between tries."""

    root: Path
    send: Send
    letter: Letter
    transport: Callable[[], Transport]
    sessions: int = 1
    rate: float = 0.0
    resend: bool = False
    pauses: tuple[float, ...] = PAUSES
    reconnects: tuple[float, ...] = _RECONNECTS


def run(store: Store, job: Job, progress: Progress) -> Mapping[str, int]:
    """Sends to all who are in the queue and gives the tally; interrupted, it ends what is under way and says so.

    Raises Unreachable where no session can be opened, any more or at all; whoever was not sent to is then still in
    the queue. A KeyboardInterrupt leaves when every session has ended.
    """
    with present(job.root) as owner:
        ledger = Ledger(store, job.send.id, owner, resend=job.resend, pauses=job.pauses)
        first = job.transport()
        first.open()
        try:
            with store.transaction():
                ledger.inherit(
                    functools.partial(alive, job.root), lambda one: first.accepted(_envelope(job, one)), time.time()
                )
        finally:
            first.close()
        with _Desk(store) as desk:
            floor = _Floor(job, ledger, desk)
            floor.work(progress)
            desk.ask(ledger.release)
        return ledger.tally()


def _envelope(job: Job, one: Claimed) -> Envelope:
    return envelope(job.letter, one.subscriber, one.address, one.name)


class _Desk:
    """The one thread that writes: what waits while a commit is on its way to the disk goes into the next, together."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="desk", daemon=True)

    def __enter__(self) -> _Desk:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._waiting.put(None)
        self._thread.join()

    def ask(self, work: Callable[[], Any]) -> Any:
        """What the work gives, when it is on the disk."""
        future: Future[Any] = Future()
        self._waiting.put((work, future))
        return future.result()

    def _serve(self) -> None:
        while waiting := list(self._taken()):
            try:
                with self._store.transaction():
                    epoch = self._store.number(statements.NEXT_EPOCH)
                    made = [work() for work, _ in waiting]
                self._store.mark(epoch)
            except Exception as error:
                for _, future in waiting:
                    future.set_exception(error)
            else:
                for (_, future), result in zip(waiting, made, strict=True):
                    future.set_result(result)

    def _taken(self) -> Iterator[tuple[Callable[[], Any], Future[Any]]]:
        one = self._waiting.get()
        with contextlib.suppress(queue.Empty):
            while one is not None:
                yield one
                one = self._waiting.get_nowait()
            self._waiting.put(None)  # to end when what came before it is done


class _Floor:
    """The sessions of one run, and what they have in common."""

    def __init__(self, job: Job, ledger: Ledger, desk: _Desk) -> None:
        self._job, self._ledger, self._desk = job, ledger, desk
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._fault: BaseException | None = None
        self._counts = dict.fromkeys(Outcome, 0)
        self._next = 0.0

    def work(self, progress: Progress) -> None:
        """Runs the sessions to their end; raises what ended them before it."""
        threads = [threading.Thread(target=self._session, daemon=True) for _ in range(self._job.sessions)]
        for thread in threads:
            thread.start()
        interrupted = False
        while any(thread.is_alive() for thread in threads):
            try:
                for thread in threads:
                    thread.join(_GLANCE / len(threads))
                progress({str(outcome): count for outcome, count in self._counts.items()})
            except KeyboardInterrupt:
                interrupted = True
                self._stop.set()
        if interrupted:
            self._desk.ask(self._ledger.release)
            raise KeyboardInterrupt
        if self._fault:
            self._desk.ask(self._ledger.release)
            raise self._fault

    def _session(self) -> None:
        transport = self._job.transport()
        try:
            if self._opened(transport):
                self._serve(transport)
        except Exception as error:
            self._give_up(error)
        finally:
            transport.close()

    def _serve(self, transport: Transport) -> None:
        done: tuple[Claimed, Answer] | None = None
        while True:
            one = self._desk.ask(functools.partial(self._turn, done))
            done = None
            if one is None:
                return
            if isinstance(one, float):
                self._stop.wait(min(max(one - time.time(), 0.01), _NAP))
                continue
            self._pace()
            done = one, self._delivered(transport, one)
            self._count(done[1].outcome)

    def _turn(self, done: tuple[Claimed, Answer] | None) -> Claimed | float | None:
        """Records what was done and gives what to do: a recipient, the instant to wait for, or nothing more."""
        now = time.time()
        if done:
            self._ledger.record(*done, now)
        if self._stop.is_set():
            return None
        return self._ledger.turn(now) or self._ledger.next_due()

    def _delivered(self, transport: Transport, one: Claimed) -> Answer:
        """Hands it over, once more on a new connection where one was lost before the final dot."""
        letter = _envelope(self._job, one)
        answer = transport.deliver(letter)
        if answer.outcome is Outcome.LOST and self._opened(transport):
            answer = transport.deliver(letter)
        return answer

    def _opened(self, transport: Transport) -> bool:
        """Whether a session stands; tries for a while, and stops the run where it does not come about."""
        for pause in (*self._job.reconnects, None):
            try:
                transport.open()
            except Unreachable as error:
                if pause is None:
                    self._give_up(error)
                elif self._stop.wait(pause):
                    return False
            else:
                return True
        return False

    def _give_up(self, error: BaseException) -> None:
        self._fault = self._fault or error
        self._stop.set()

    def _count(self, outcome: Outcome) -> None:
        with self._lock:
            self._counts[outcome] += 1
            failed = self._counts[Outcome.FAILED]
            hopeless = failed >= _HOPELESS and failed == sum(self._counts.values())
        if hopeless:
            where = Location(path=f"issues/{self._job.send.issue}")
            message = f"the first {failed} messages were all refused: publish send --status says why"
            self._give_up(PipelineError.at(where, "all-refused", message))

    def _pace(self) -> None:
        """Waits for this message's turn where there is a limit."""
        if self._job.rate:
            with self._lock:
                now = time.monotonic()
                self._next = max(self._next, now) + 1 / self._job.rate
                pause = self._next - 1 / self._job.rate - now
            self._stop.wait(max(pause, 0.0))

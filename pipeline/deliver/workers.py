"""Workers: processes with one session each, as in one process sessions would wait for the interpreter's lock."""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import pickle
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, NoReturn

from pipeline.deliver.letter import Letter, envelope
from pipeline.deliver.transport import Answer, Outcome, Transport, Unreachable
from pipeline.model import Location

__all__ = ["Delivery", "Result", "Worker", "workers"]

_DIES_WITH_ITS_PARENT = 1  # PR_SET_PDEATHSIG, prctl(2)
_FIRST_OF_OURS = 3  # descriptors behind those that every program is given

_Recipient = tuple[int, str, str]  # number, address and name of a subscriber


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What all workers of a run deliver, and by what; `reconnects` are the seconds between tries to connect again."""

    transport: Callable[[], Transport]
    letter: Letter
    reconnects: tuple[float, ...]


class Result(NamedTuple):
    """What became of a worker's message, if it had one, and why it cannot go on, if so."""

    answer: Answer | None = None
    fault: Unreachable | None = None


class Worker:
    """A process with one session, as its parent sees it: asked for one thing at a time, readable when it is done."""

    def __init__(self, end: socket.socket) -> None:
        self._end, self._file = end, end.makefile("rwb")
        self._was_asked = True  # whether the last that it was to do has reached it

    def fileno(self) -> int:
        """The descriptor that is readable when it is done, for `select`."""
        return self._end.fileno()

    def deliver(self, subscriber: int, address: str, name: str) -> None:
        """Has it hand over a subscriber's copy."""
        self._ask((subscriber, address, name))

    def connect(self) -> None:
        """Has it open its session."""
        self._ask(None)

    def result(self) -> Result:
        """What came of it; waits until it is done. One that was killed may have handed its message over, or not."""
        try:
            result: Result = pickle.load(self._file)
        except (EOFError, OSError, pickle.UnpicklingError):
            outcome = Outcome.UNCERTAIN if self._was_asked else Outcome.LOST
            message = "a process that sends was killed: go on with --resume"
            return Result(
                answer=Answer(outcome, "the process that was sending it was killed"),
                fault=Unreachable.at(Location(path=""), "unreachable", message),
            )
        return result

    def stop_trying(self) -> None:
        """Has it wait no longer between tries to connect; it can be asked for nothing more."""
        with contextlib.suppress(OSError):
            self._end.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Has it end when it is done."""
        with contextlib.suppress(OSError):
            self._file.close()
        self._end.close()

    def _ask(self, what: _Recipient | None) -> None:
        try:
            pickle.dump(what, self._file)
            self._file.flush()
        except OSError:
            self._was_asked = False


@contextlib.contextmanager
def workers(delivery: Delivery, count: int) -> Iterator[Sequence[Worker]]:
    """So many workers, none of which outlives this process; at the end it waits until each has done what it is at."""
    sys.stdout.flush()
    sys.stderr.flush()
    pool: list[Worker] = []
    children: list[int] = []
    try:
        try:
            for _ in range(count):
                ours, theirs = socket.socketpair()
                pool.append(Worker(ours))
                children.append(_forked(theirs, delivery))
                theirs.close()
        except OSError as error:
            message = f"{count} processes that send cannot be started: {os.strerror(error.errno or 0).lower()}"
            raise Unreachable.at(Location(path=""), "unreachable", f"{message}; set fewer smtp: sessions") from None
        yield pool
    finally:
        for worker in pool:
            worker.close()
        for child in children:
            os.waitpid(child, 0)


def _forked(end: socket.socket, delivery: Delivery) -> int:
    """The number of a worker's process. Raises OSError where the system allows no more of them.

    Ctrl-C waits until the worker is deaf to it: it would raise the worker out of its own work, into its parent's.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        return os.fork() or _work(end, delivery)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _work(end: socket.socket, delivery: Delivery) -> NoReturn:
    """What a worker does from its fork to its exit."""
    try:
        gc.freeze()  # to look for garbage in what it shares with its parent would give it a copy of that
        ctypes.CDLL(None).prctl(_DIES_WITH_ITS_PARENT, signal.SIGKILL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for all of a terminal; what is under way is to end
        os.closerange(_FIRST_OF_OURS, end.fileno())
        os.closerange(end.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
        with contextlib.suppress(EOFError, OSError):
            _serve(end, delivery)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(0)


def _serve(end: socket.socket, delivery: Delivery) -> None:
    """Does what it is asked until nobody asks any more."""
    transport, file = delivery.transport(), end.makefile("rwb")
    try:
        while True:
            asked = pickle.load(file)
            pickle.dump(_done(transport, end, delivery, asked), file)
            file.flush()
    finally:
        transport.close()


def _done(transport: Transport, end: socket.socket, delivery: Delivery, asked: _Recipient | None) -> Result:
    """Opens the session, or hands over a message, again on a new connection where one broke before the final dot."""
    answer = None
    try:
        if asked is None:
            _connect(transport, end, delivery.reconnects)
            return Result()
        letter = envelope(delivery.letter, *asked)
        answer = transport.deliver(letter)
        if answer.outcome is Outcome.LOST:
            _connect(transport, end, delivery.reconnects)
            answer = transport.deliver(letter)
    except Unreachable as error:
        return Result(answer, error)
    return Result(answer)


def _connect(transport: Transport, end: socket.socket, pauses: Sequence[float]) -> None:
    """Opens a session; tries again for a while, unless the parent wants no more. Raises Unreachable."""
    for pause in pauses:
        try:
            return transport.open()
        except Unreachable:
            if select.select([end], [], [], pause)[0]:
                raise
    return transport.open()

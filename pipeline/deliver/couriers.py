"""Sessions that hand over messages, each in a process of its own: in one they would wait for the interpreter's lock."""

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

__all__ = ["Bag", "Courier", "Return", "couriers"]

_DIES_WITH_ITS_PARENT = 1  # PR_SET_PDEATHSIG, prctl(2)
_FIRST_OF_OURS = 3  # descriptors behind those that every program is given


@dataclass(frozen=True, slots=True, kw_only=True)
class Bag:
    """What every courier of a run has with it; `reconnects` are the seconds between its tries to connect again."""

    transport: Callable[[], Transport]
    letter: Letter
    reconnects: tuple[float, ...]


class Return(NamedTuple):
    """What a courier comes back with: what became of its message, if it had one, and why it cannot go on."""

    answer: Answer | None = None
    fault: Unreachable | None = None


class Courier:
    """One session with a server; it is sent out, and comes back when it is readable (`fileno`)."""

    def __init__(self, end: socket.socket) -> None:
        self._end, self._file = end, end.makefile("rwb")
        self._left = True

    def fileno(self) -> int:
        """What to wait at for its return."""
        return self._end.fileno()

    def send_out(self, subscriber: int, address: str, name: str) -> None:
        """Has it bring a recipient's copy."""
        self._ask((subscriber, address, name))

    def make_ready(self) -> None:
        """Has it connect."""
        self._ask(None)

    def back(self) -> Return:
        """What it comes back with."""
        try:
            returned: Return = pickle.load(self._file)
        except (EOFError, OSError, pickle.UnpicklingError):
            reason = "the process that was sending it was killed"
            answer = Answer(Outcome.UNCERTAIN if self._left else Outcome.LOST, reason)
            return Return(
                answer,
                Unreachable.at(
                    Location(path=""), "unreachable", "a process that sends was killed: go on with --resume"
                ),
            )
        return returned

    def hurry(self) -> None:
        """Lets it try no longer to connect, nor ask for more."""
        with contextlib.suppress(OSError):
            self._end.shutdown(socket.SHUT_WR)

    def dismiss(self) -> None:
        """Lets it go."""
        with contextlib.suppress(OSError):
            self._file.close()
        self._end.close()

    def _ask(self, what: tuple[int, str, str] | None) -> None:
        try:
            pickle.dump(what, self._file)
            self._file.flush()
        except OSError:
            self._left = False


@contextlib.contextmanager
def couriers(bag: Bag, count: int) -> Iterator[Sequence[Courier]]:
    """So many couriers, none of which outlives this process; at the end each finishes what it is at."""
    sys.stdout.flush()
    sys.stderr.flush()
    gc.freeze()  # to look for garbage in what all share would give each a copy of it
    crew, children = [], []
    try:
        for _ in range(count):
            ours, theirs = socket.socketpair()
            crew.append(Courier(ours))
            child = os.fork()
            if not child:
                _live(theirs, bag)
            children.append(child)
            theirs.close()
        yield crew
    finally:
        for courier in crew:
            courier.dismiss()
        for child in children:
            os.waitpid(child, 0)


def _live(end: socket.socket, bag: Bag) -> NoReturn:
    """A courier's own life, from its fork to its exit."""
    try:
        ctypes.CDLL(None).prctl(_DIES_WITH_ITS_PARENT, signal.SIGKILL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for all of a terminal; what is under way is to end
        os.closerange(_FIRST_OF_OURS, end.fileno())
        os.closerange(end.fileno() + 1, os.sysconf("SC_OPEN_MAX"))
        with contextlib.suppress(EOFError, OSError):
            _serve(end, bag)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(0)


def _serve(end: socket.socket, bag: Bag) -> None:
    """Does what it is asked until nobody asks any more."""
    transport, file = bag.transport(), end.makefile("rwb")
    try:
        while True:
            asked = pickle.load(file)
            pickle.dump(_brought(transport, end, bag, asked), file)
            file.flush()
    finally:
        transport.close()


def _brought(transport: Transport, end: socket.socket, bag: Bag, asked: tuple[int, str, str] | None) -> Return:
    """Hands over one message, once more on a new connection where one was lost before the final dot."""
    answer = None
    try:
        if asked is None:
            _connect(transport, end, bag.reconnects)
            return Return()
        letter = envelope(bag.letter, *asked)
        answer = transport.deliver(letter)
        if answer.outcome is Outcome.LOST:
            _connect(transport, end, bag.reconnects)
            answer = transport.deliver(letter)
    except Unreachable as error:
        return Return(answer, error)
    return Return(answer)


def _connect(transport: Transport, end: socket.socket, pauses: Sequence[float]) -> None:
    """Opens a session; tries again for a while, unless the parent hurries. Raises Unreachable."""
    for pause in pauses:
        try:
            return transport.open()
        except Unreachable:
            if select.select([end], [], [], pause)[0]:
                raise
    return transport.open()

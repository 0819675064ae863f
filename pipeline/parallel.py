"""Work spread over processes, by fork: each takes the next share until none is left; children send theirs by a pipe.

`multiprocessing` does the same behind 12 ms of import, which a command that builds one issue would pay for nothing.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import pickle
import struct
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from pipeline.errors import PipelineError

__all__ = ["processes", "shares", "spread"]

_Share = TypeVar("_Share")
_Result = TypeVar("_Result")

_MOST = 1000
"""Shares, as a pipe holds the places of all."""

_PLACE = struct.Struct("=H")


def shares(items: Sequence[_Share], at_least: int) -> list[Sequence[_Share]]:
    """The items in runs of no fewer than `at_least` each, as short as may be: in one where one processor works."""
    return _runs(items, min(len(items) // at_least, _MOST) if _processors() > 1 else 1)


def processes(count: int) -> int:
    """How many processes work at so many shares at once."""
    alone = count < 2 or threading.active_count() > 1
    return 1 if alone else min(_processors(), count)


def spread(work: Callable[[_Share], _Result], given: Sequence[_Share]) -> list[_Result]:
    """`work` of each share, in order; each process takes those of a run of its own, then what is left of the others'.

    The first share is this process's. One with several threads does all itself: what it forks has their locks, and
    nobody who would open them. Raises the PipelineError of the first share that raised one; RuntimeError where a child
    died.
    """
    count = processes(len(given))
    outcomes = _in_processes(work, given, count) if count > 1 else dict(_outcomes(work, given, range(len(given))))
    results = []
    for _, outcome in sorted(outcomes.items(), key=lambda pair: pair[0]):
        if isinstance(outcome, PipelineError):
            raise outcome
        results.append(outcome)
    return results


def _in_processes(
    work: Callable[[_Share], _Result], given: Sequence[_Share], count: int
) -> dict[int, _Result | PipelineError]:
    """What comes of the shares, by their places."""
    places = range(len(given))
    _trim()
    with contextlib.ExitStack() as stack:
        pipes = [stack.enter_context(_pipe_of(run)) for run in _runs(places[1:], count)]
        children = [_started(work, given, (*pipes[at:], *pipes[:at])) for at in range(1, count)]
        outcomes = dict(_outcomes(work, given, itertools.chain(places[:1], _taken(pipes))))
    for pid, sent in children:
        outcomes.update(_ended(pid, sent))
    return outcomes


def _runs(items: Sequence[_Share], count: int) -> list[Sequence[_Share]]:
    """The items in so many runs, at least one, none longer than another by more than one."""
    size, more = divmod(len(items), max(1, count))
    bounds = [size * place + min(place, more) for place in range(max(1, count) + 1)]
    return [items[start:end] for start, end in itertools.pairwise(bounds)]


def _processors() -> int:
    return len(os.sched_getaffinity(0))


def _trim() -> None:
    """Gives free memory back to the system, or each process would soon have some of its own."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "malloc_trim"):  # glibc, which keeps what was freed
        libc.malloc_trim(0)


@contextlib.contextmanager
def _pipe_of(places: Iterable[int]) -> Iterator[int]:
    """A pipe with the places of shares, from which every process takes the next."""
    reading, writing = os.pipe()
    try:
        with os.fdopen(writing, "wb") as pipe:
            pipe.writelines(map(_PLACE.pack, places))
        yield reading
    finally:
        os.close(reading)


def _taken(pipes: Iterable[int]) -> Iterator[int]:
    """The places that nobody else takes, of one pipe after another."""
    for pipe in pipes:
        while taken := os.read(pipe, _PLACE.size):
            yield from _PLACE.unpack(taken)


def _outcomes(
    work: Callable[[_Share], _Result], given: Sequence[_Share], places: Iterable[int]
) -> Iterator[tuple[int, _Result | PipelineError]]:
    """What comes of the shares at some places; behind an error no more is done, before it all."""
    end = len(given)
    for place in places:
        if place < end:
            try:
                yield place, work(given[place])
            except PipelineError as error:
                end = place
                yield place, error


def _started(work: Callable[[_Share], _Result], given: Sequence[_Share], pipes: Iterable[int]) -> tuple[int, int]:
    sys.stdout.flush()
    sys.stderr.flush()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    status = 1
    try:
        os.close(reading)
        outcomes = list(_outcomes(work, given, _taken(pipes)))
        with os.fdopen(writing, "wb") as pipe:
            for outcome in outcomes:  # in pieces: what is large in one leaves holes in the parent's memory
                pickle.dump(outcome, pipe, protocol=pickle.HIGHEST_PROTOCOL)
        status = 0
    except (KeyboardInterrupt, BrokenPipeError):  # the parent tells of an interruption, or was killed
        pass
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _ended(pid: int, pipe: int) -> Iterator[tuple[int, _Result | PipelineError]]:
    with os.fdopen(pipe, "rb") as reading, contextlib.suppress(EOFError, pickle.UnpicklingError):  # it ended, or died
        while True:
            yield pickle.load(reading)
    _, status = os.waitpid(pid, 0)
    if status:
        raise RuntimeError(f"a process of the build ended with status {os.waitstatus_to_exitcode(status)}")

"""Work spread over processes, by fork: the parent takes a share itself, the children send theirs back by a pipe.

`multiprocessing` does the same behind 12 ms of import, which a command that builds one issue would pay for nothing.
"""

from __future__ import annotations

import itertools
import os
import pickle
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from typing import TypeVar

from pipeline.errors import PipelineError

__all__ = ["shares", "spread"]

_Share = TypeVar("_Share")
_Result = TypeVar("_Result")


def shares(items: Sequence[_Share], at_least: int) -> list[Sequence[_Share]]:
    """The items in as many runs as there are processors, but none shorter than `at_least`."""
    count = max(1, min(len(os.sched_getaffinity(0)), len(items) // at_least))
    size, more = divmod(len(items), count)
    bounds = [size * place + min(place, more) for place in range(count + 1)]
    return [items[start:end] for start, end in itertools.pairwise(bounds)]


def spread(work: Callable[[_Share], _Result], given: Sequence[_Share]) -> list[_Result]:
    """`work` of each share, in order, each share in a process of its own.

    A process with several threads does all itself: what it forks has their locks, and nobody who would open them.
    Raises the PipelineError of the first share that raised one; RuntimeError where a child died.
    """
    alone = threading.active_count() == 1
    children = [_started(work, share) for share in given[1:]] if alone else []
    outcomes: list[_Result | PipelineError] = [_outcome(work, share) for share in (given[:1] if alone else given)]
    outcomes += [_ended(pid, pipe) for pid, pipe in children]
    for outcome in outcomes:
        if isinstance(outcome, PipelineError):
            raise outcome
    return [outcome for outcome in outcomes if not isinstance(outcome, PipelineError)]


def _outcome(work: Callable[[_Share], _Result], share: _Share) -> _Result | PipelineError:
    try:
        return work(share)
    except PipelineError as error:
        return error


def _started(work: Callable[[_Share], _Result], share: _Share) -> tuple[int, int]:
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
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(_outcome(work, share), pipe, protocol=pickle.HIGHEST_PROTOCOL)
        status = 0
    except (KeyboardInterrupt, BrokenPipeError):  # the parent tells of an interruption, or was killed
        pass
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _ended(pid: int, pipe: int) -> _Result | PipelineError:
    with os.fdopen(pipe, "rb") as reading:
        data = reading.read()
    _, status = os.waitpid(pid, 0)
    if status:
        raise RuntimeError(f"a process of the build ended with status {os.waitstatus_to_exitcode(status)}")
    result: _Result | PipelineError = pickle.loads(data)
    return result

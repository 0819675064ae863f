"""One command at a time: the lock of a publication, which dies with the process that holds it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import Busy, Unwritable
from pipeline.model import Location
from pipeline.write.disk import UNCHANGED, opened, refused, replace

__all__ = ["locked"]

_PATIENCE = 5.0
_PAUSE = 0.05
"""Seconds to wait for another command, in all and between two tries."""


@contextlib.contextmanager
def locked(work: Path) -> Iterator[None]:
    """Hold the lock in `.publish/`, which is made where it is missing and hides itself from git.

    Processes forked meanwhile hold it too: nobody else begins before the last of them has ended.
    Raises Busy naming the process where another command keeps it for seconds, Unwritable where the system refuses.
    """
    with refused(".publish"):
        work.mkdir(exist_ok=True)
        with opened(work) as folder, refused(".publish/lock"):  # refuses a symbolic link
            lock = os.open("lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666, dir_fd=folder)
    try:
        _take(lock)
        _expect_no_links(work)
        with refused(".publish"):
            os.ftruncate(lock, 0)
            os.pwrite(lock, str(os.getpid()).encode(), 0)
            if not (work / ".gitignore").exists():
                replace(work / ".gitignore", b"*\n")
        yield
    finally:
        with contextlib.suppress(OSError):
            os.close(lock)


def _expect_no_links(work: Path) -> None:
    """Publish makes none there; one that came with a publication would lead what is kept over a file elsewhere."""
    for inner in (".", "cache"):
        links: list[str] = []
        with refused(".publish"), contextlib.suppress(FileNotFoundError), os.scandir(work / inner) as entries:
            links += [entry.name for entry in entries if entry.is_symlink()]
        for name in links:
            where = Location(path=os.path.normpath(f".publish/{inner}/{name}"))
            raise Unwritable.at(where, "unwritable", f"a symbolic link: delete it; {UNCHANGED}")


def _take(lock: int) -> None:
    for _ in range(round(_PATIENCE / _PAUSE)):
        with refused(".publish/lock"), contextlib.suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        time.sleep(_PAUSE)
    holder = os.pread(lock, 20, 0).decode("ascii", errors="replace") or "unknown"
    raise Busy.at(Location(path=".publish/lock"), "busy", f"another publish command is at work here (process {holder})")

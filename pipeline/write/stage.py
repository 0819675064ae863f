"""One artifact: its bytes compared with the file that stands, and written to staging."""

from __future__ import annotations

import contextlib
import enum
import errno
import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pipeline.errors import BadSource
from pipeline.model import Location

__all__ = ["Mark", "Staged", "State", "compare", "marked", "opened_source", "write"]

_PIECE = 1 << 18
"""Bytes read at a time, so that an attachment of any size is never whole in memory."""


class State(enum.StrEnum):
    """How an artifact stands to the file of its path in `out/`."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class Mark(NamedTuple):
    """What a file is known again by: bytes, time of change in nanoseconds, and inode, which it keeps when it is moved.

    The last two are 0 for a file that was not written, in a dry run.
    """

    size: int
    time: int = 0
    inode: int = 0


class Staged(NamedTuple):
    """An artifact that was compared and, where it differs, written; small enough to send between processes."""

    path: str
    state: State
    mark: Mark


def marked(found: os.stat_result) -> Mark:
    """The mark of a file."""
    return Mark(found.st_size, found.st_mtime_ns, found.st_ino)


@contextlib.contextmanager
def opened_source(content: bytes | Path, root: Path) -> Iterator[BinaryIO]:
    """An artifact's bytes to read; raises BadSource where its file cannot be opened."""
    if isinstance(content, bytes):
        yield io.BytesIO(content)
        return
    try:
        descriptor = os.open(content, os.O_RDONLY | os.O_NONBLOCK)  # never waits, should it be a pipe by now
    except OSError as error:
        where = Location(path=os.path.relpath(content, root))
        raise BadSource.at(where, "unreadable", (error.strerror or str(error)).lower()) from None
    with open(descriptor, "rb") as file:
        yield file


def compare(standing: str, source: BinaryIO) -> tuple[State, Mark | None]:
    """How the source stands to a file, by its bytes (13 times cheaper than writing them again); raises OSError.

    The mark is that of the file where it has these bytes.
    """
    try:
        descriptor = os.open(standing, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError):
        return State.NEW, None
    except OSError as error:
        if error.errno == errno.ELOOP:
            return State.CHANGED, None
        raise
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return State.CHANGED, None
        while piece := source.read(_PIECE):
            if os.read(descriptor, len(piece)) != piece:
                return State.CHANGED, None
        return (State.CHANGED, None) if os.read(descriptor, 1) else (State.UNCHANGED, marked(found))
    finally:
        os.close(descriptor)


def write(path: str, source: BinaryIO) -> Mark:
    """Write the source from its beginning to a file that is not there yet, making its folders; raises OSError."""
    source.seek(0)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    try:
        descriptor = os.open(path, flags, 0o666)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        descriptor = os.open(path, flags, 0o666)
    try:
        while piece := source.read(_PIECE):
            view = memoryview(piece)
            while view:
                view = view[os.write(descriptor, view) :]
        return marked(os.fstat(descriptor))
    finally:
        os.close(descriptor)

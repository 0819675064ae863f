"""What the disk is asked for beyond Python's own words: one sync for all, a file in one instant, no links followed."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.errors import Unwritable
from pipeline.model import Location

__all__ = ["UNCHANGED", "folder", "opened", "refused", "replace", "sync"]

UNCHANGED = "out/ is as it was"
"""How things are left by a refusal before the journal stands."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_MODES = "check the owner and the mode of out/ and .publish/"
_ADVICE = {
    errno.ENOSPC: "free some space",
    errno.EDQUOT: "free some space or raise the quota",
    errno.EROFS: "mount the file system for writing",
    errno.EACCES: _MODES,
    errno.EPERM: _MODES,
    errno.EXDEV: "out/ and .publish/ must be on one file system",
    errno.ENAMETOOLONG: "shorten the name",
    errno.EIO: "check the disk",
    errno.ENOTDIR: "a file or a symbolic link stands where a folder must be: move it away",
    errno.EISDIR: "a folder stands where a file must be: move it away",
    errno.ELOOP: "a symbolic link stands where a file must be: move it away",
}


@contextlib.contextmanager
def refused(path: str, *, left: str = UNCHANGED) -> Iterator[None]:
    """Any OSError within becomes Unwritable at `path`, with what to do about it and how things are `left`."""
    try:
        yield
    except OSError as error:
        parts = [(error.strerror or str(error)).lower(), _ADVICE.get(error.errno or 0, ""), left]
        raise Unwritable.at(Location(path=path), "unwritable", "; ".join(filter(None, parts))) from None


def replace(path: Path, content: bytes) -> None:
    """Put a small file in its place in one instant, its bytes on the disk before its name."""
    new = f"{path}.new"
    with open(new, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.rename(new, path)


def sync(path: Path) -> None:
    """Wait until all that was written to the folder's file system is on the disk; raises OSError where it is not.

    One syncfs(2) for all files; sync(2), which tells no errors, where there is none.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "syncfs"):
        os.sync()
        return
    with opened(path) as descriptor:
        if libc.syncfs(descriptor):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


@contextlib.contextmanager
def opened(path: Path) -> Iterator[int]:
    """A descriptor of a folder that is no symbolic link; raises OSError."""
    descriptor = os.open(path, _FOLDER)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def folder(top: int, path: str, *, make: bool = False) -> Iterator[int]:
    """A descriptor of the folder at `path` under `top`, made where it is missing if asked; raises OSError.

    No part of the path may be a symbolic link, so that nothing outside is ever reached.
    """
    here = os.dup(top)
    try:
        for name in filter(None, path.split("/")):
            if make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(name, dir_fd=here)
            above, here = here, os.open(name, _FOLDER, dir_fd=here)
            os.close(above)
        yield here
    finally:
        os.close(here)

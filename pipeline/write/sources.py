"""A file of the author's, or beside them, put in its place in one instant."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from pipeline.errors import Unwritable
from pipeline.model import Location
from pipeline.write.disk import refused, sync

__all__ = ["create", "create_folder", "put", "rewrite"]

_LEFT = "the file is as it was"
_NOT_MADE = "nothing was made"
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


def rewrite(root: Path, path: str, before: bytes, after: bytes) -> None:
    """Puts other bytes in place of a file's, its mode kept; a link stays one. `path` is within the publication.

    Raises Unwritable where the file is no longer as it was read, and where the system refuses.
    """
    with refused(path, left=_LEFT):
        real = Path(os.path.realpath(root / path))
        if real.read_bytes() != before:
            raise Unwritable.at(Location(path=path), "unwritable", f"somebody has changed it meanwhile; {_LEFT}")
        _replace(real, after, stat.S_IMODE(real.stat().st_mode))


def put(root: Path, path: str, content: bytes) -> None:
    """Makes a file of the publication, in place of one that is there; raises Unwritable."""
    with refused(path, left=_LEFT):
        _replace(root / path, content, None)


def create(root: Path, path: str, content: bytes) -> None:
    """Makes a file where none stands. Raises Unwritable where one does, and where the system refuses."""
    with refused(path, left=_NOT_MADE), _beside(root / path, content, None) as new:
        os.link(new, root / path)  # a rename would replace what somebody has put there meanwhile


def create_folder(root: Path, path: str, files: Mapping[str, bytes]) -> None:
    """Makes a folder with these files in it, all at once, where none stands.

    Raises Unwritable where something does, and where the system refuses.
    """
    with refused(path, left=_NOT_MADE):
        target = root / path
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        target.parent.mkdir(exist_ok=True)
        staging = target.parent / f".{target.name}.new"
        shutil.rmtree(staging, ignore_errors=True)
        for name, content in files.items():
            (staging / name).parent.mkdir(parents=True, exist_ok=True)
            (staging / name).write_bytes(content)
        sync(staging)
        staging.rename(target)


def _replace(path: Path, content: bytes, mode: int | None) -> None:
    with _beside(path, content, mode) as new:
        os.replace(new, path)


@contextlib.contextmanager
def _beside(path: Path, content: bytes, mode: int | None) -> Iterator[Path]:
    """A file with this content on the disk, that no link can lead elsewhere; gone in the end if it is still there."""
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    descriptor = os.open(new, _NEW, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        yield new
    finally:
        with contextlib.suppress(OSError):
            os.unlink(new)

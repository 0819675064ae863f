"""A file of the author's, or beside them, put in its place in one instant."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from pipeline.errors import Unwritable
from pipeline.model import Location
from pipeline.write.disk import refused

__all__ = ["put", "rewrite"]

_LEFT = "the file is as it was"
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


def _replace(path: Path, content: bytes, mode: int | None) -> None:
    """Writes beside the file, in one of its own that no link can lead elsewhere, then takes its place."""
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    descriptor = os.open(new, _NEW, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(new)
        raise

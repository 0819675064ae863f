"""An author's own file, rewritten in one instant, and only while it still is what was read."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from pipeline.errors import Unwritable
from pipeline.model import Location
from pipeline.write.disk import refused

__all__ = ["rewrite"]

_LEFT = "the file is as it was"


def rewrite(root: Path, path: str, before: bytes, after: bytes) -> None:
    """Puts other bytes in place of a file's, its mode kept; a link stays one. `path` is within the publication.

    Raises Unwritable where the file is no longer as it was read, and where the system refuses.
    """
    with refused(path, left=_LEFT):
        real = Path(os.path.realpath(root / path))
        if real.read_bytes() != before:
            raise Unwritable.at(Location(path=path), "unwritable", f"somebody has changed it meanwhile; {_LEFT}")
        mode = stat.S_IMODE(real.stat().st_mode)
        descriptor, new = tempfile.mkstemp(prefix=".", suffix=".new", dir=real.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(after)
                os.fchmod(file.fileno(), mode)
                file.flush()
                os.fsync(file.fileno())
            os.replace(new, real)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(new)
            raise

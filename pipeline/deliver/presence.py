"""Which senders are alive: each holds a lock on a file of its own, which dies with its process."""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

__all__ = ["alive", "present", "someone"]

_FOLDER = "var/senders"


@contextlib.contextmanager
def present(root: Path) -> Iterator[str]:
    """A name that `alive` tells of while this lasts; raises OSError."""
    folder = root / _FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{os.getpid()}-{secrets.token_hex(6)}"
    descriptor = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield name
    finally:
        with contextlib.suppress(OSError):
            (folder / name).unlink()
        os.close(descriptor)


def alive(root: Path, name: str) -> bool:
    """Whether the sender of this name is still at work on this machine."""
    try:
        descriptor = os.open(root / _FOLDER / name, os.O_RDWR)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        with contextlib.suppress(OSError):
            (root / _FOLDER / name).unlink()
        return False
    finally:
        os.close(descriptor)


def someone(root: Path) -> bool:
    """Whether anyone sends now."""
    folder = root / _FOLDER
    return folder.is_dir() and any(alive(root, name.name) for name in folder.iterdir())

"""By what it is seen, without opening one, that files are those that were read before."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import struct
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pipeline.cache.maker import maker

__all__ = ["SETTLED", "Stamps", "settled_stamp", "stamp"]

SETTLED = 2 * 10**9
"""Nanoseconds after which a change shows in a file's time: some file systems know even seconds only. What changed
later than that before it was looked at could change once more unseen, and is looked into again next time."""

_ALL = (1 << 64) - 1


def stamp(paths: Sequence[str]) -> bytes:
    """By what it is seen that some files changed: time and size, and what moves into a file's place; raises OSError.

    The time of change cannot be set by hand.
    """
    given: list[int] = []
    for path in paths:
        s = os.stat(path)
        given += (s.st_mtime_ns & _ALL, s.st_ctime_ns & _ALL, s.st_size, s.st_ino)
    return struct.pack(f"{len(given)}Q", *given)


def settled_stamp(paths: Sequence[str], settled: int) -> bytes:
    """The stamp of files that changed before an instant, in nanoseconds; raises OSError.

    Empty for others, which is no stamp of any file: within one tick of the clock another change would not show.
    """
    mark = stamp(paths)  # before the times are looked at, so that none of them is older than what it says
    latest = max(max(s.st_mtime_ns, s.st_ctime_ns) for s in map(os.stat, paths))
    return mark if latest < settled else b""


class Stamps:
    """What the folders of issues hold, by their files' stamps: in most builds no file of an old issue is opened.

    Noted in a file, which may be missing or damaged, for one `order` of sections. A folder with a symbolic link in it
    is looked into each time, as what it leads to may have moved.
    """

    def __init__(self, issues: Path, file: Path, order: tuple[str, ...]) -> None:
        self._issues, self._file = str(issues), file
        self._by = hashlib.blake2b(
            repr(order).encode("utf-8", "surrogatepass"), digest_size=16, key=maker()
        ).hexdigest()
        self._noted: dict[str, tuple[str, str, list[str]]] = {}
        self._now: dict[str, tuple[str, str, list[str]]] = {}
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):  # as damaged bytes may be anything
            by, rows = json.loads(file.read_bytes())
            if by == self._by:
                self._noted = {name: (str(mark), str(key), list(inner)) for name, (mark, key, inner) in rows.items()}

    @functools.cached_property
    def _settled(self) -> int:
        """The instant before which a change has settled, in nanoseconds; none ever has where it cannot be told.

        By the clock of the file system, as the times of files are, which on a server may be far from this machine's.
        """
        with contextlib.suppress(OSError), tempfile.TemporaryFile(dir=self._file.parent) as new:
            return os.fstat(new.fileno()).st_mtime_ns - SETTLED
        return 0

    def content(self, name: str, found: Callable[[str], bytes]) -> bytes:
        """What stands for all that an issue is read from: as it was noted, or else as it is `found` now, and noted."""
        mark, key, inner = self._noted.get(name, ("", "", []))
        with contextlib.suppress(OSError, ValueError, TypeError):
            if inner and stamp(self._paths(name, inner)).hex() == mark:
                self._now[name] = mark, key, inner
                return bytes.fromhex(key)
        mark = ""
        with contextlib.suppress(OSError):
            inner = list(_inside(f"{self._issues}/{name}"))
            mark = settled_stamp(self._paths(name, inner), self._settled).hex() if all(inner) else ""
        content = found(name)
        if mark:
            self._now[name] = mark, content.hex(), inner
        return content

    def keep(self) -> None:
        """Keeps what was asked for, for the next time and for one process at a time."""
        if self._now == self._noted:
            return
        new = self._file.with_suffix(".new")
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            new.write_bytes(json.dumps([self._by, self._now]).encode())
            os.replace(new, self._file)

    def _paths(self, name: str, inner: Sequence[str]) -> list[str]:
        return [f"{self._issues}/{name}/{one}" for one in inner]


def _inside(root: str) -> Iterator[str]:
    """A folder and all that is in it at any depth, by their paths in it; empty for a symbolic link."""
    folders = ["."]
    while folders:
        inner = folders.pop()
        yield inner
        with os.scandir(f"{root}/{inner}") as entries:
            for entry in entries:
                path = f"{inner}/{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    folders.append(path)
                else:
                    yield "" if entry.is_symlink() else path

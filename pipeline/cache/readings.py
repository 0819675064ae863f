"""Issues as they were read, by the content of their folders: to read 1,000 takes a second, to fetch them a fifth."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import io
import os
import pickle
import struct
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline import findings, model
from pipeline.cache.maker import maker
from pipeline.findings import Finding
from pipeline.read import issue as reading
from pipeline.read.issue import Folder, Reading

__all__ = ["Keys", "Read", "Readings", "content", "packed", "unpacked"]

_HEAD = struct.Struct("<16sII")  # key, CRC-32 and length of what follows
_MODULES = {module.__name__: module for module in (findings, model, reading)}


Keys = tuple[frozenset[str], ...]
"""The keys of each of an issue's entries, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An issue as read, what the rules found in it, and the keys of its entries."""

    reading: Reading
    findings: tuple[Finding, ...]
    keys: Keys


def content(folder: Folder, order: tuple[str, ...]) -> bytes:
    """16 bytes that stand for all that the reading of a folder depends on; `order` is that of the sections."""
    digest = hashlib.blake2b(repr((folder.path, order)).encode("utf-8", "surrogatepass"), digest_size=16, key=maker())
    for name in sorted((*folder.sources, *folder.others)):
        held = folder.sources[name] if name in folder.sources else folder.head(name)
        digest.update(f"\0{name}\0{len(held)}\0".encode("utf-8", "surrogatepass"))
        digest.update(held)
    return digest.digest()


def packed(read: Read) -> bytes:
    """What `unpacked` makes the same of."""
    return pickle.dumps(read, protocol=pickle.HIGHEST_PROTOCOL)


class _Unpickler(pickle.Unpickler):
    """Makes our own values alone: a cache that somebody slipped in runs no code."""

    def find_class(self, module: str, name: str) -> object:
        """The class, where it is one that a reading holds; else UnpicklingError."""
        if (module, name) == ("pipeline.cache.readings", "Read"):
            return Read
        if (module, name) == ("datetime", "date"):
            return datetime.date
        found = getattr(_MODULES.get(module), name, None)
        if not isinstance(found, type):
            raise pickle.UnpicklingError(f"{module}.{name}")
        return found


def unpacked(data: bytes) -> Read:
    """A reading as it was packed. Raises an error of any kind for other bytes."""
    found = _Unpickler(io.BytesIO(data)).load()
    if not isinstance(found, Read):
        raise pickle.UnpicklingError("no reading")
    return found


class Readings:
    """The readings that are kept in one file, each behind its key and a checksum; one is added at the end.

    A file that is missing, torn or of another kind has as many as can be found in it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._data = b""
        with contextlib.suppress(OSError):
            self._data = path.read_bytes()
        self._places: dict[bytes, tuple[int, int, int]] = {}
        self._end = 0
        while self._end + _HEAD.size <= len(self._data):
            key, checksum, size = _HEAD.unpack_from(self._data, self._end)
            start = self._end + _HEAD.size
            if start + size > len(self._data):
                break
            self._places[key] = start, size, checksum
            self._end = start + size

    def __bool__(self) -> bool:
        """Whether there are any."""
        return bool(self._places)

    def get(self, key: bytes) -> Read | None:
        """The reading of this content, if it is kept."""
        start, size, checksum = self._places.get(key, (0, 0, 0))
        data = self._data[start : start + size]
        if not size or zlib.crc32(data) != checksum:
            return None
        try:
            return unpacked(data)
        except Exception:  # whoever wrote this, it was not this version of ours
            return None

    def keep(self, fresh: Mapping[bytes, bytes], used: Iterable[bytes]) -> None:
        """Adds packed readings by their keys; where less than half of all is in use by now, the rest goes.

        For one process at a time. A disk that refuses costs time at the next build and nothing else.
        """
        kept = {key: self._places[key] for key in used if key in self._places}
        size = sum(size for _, size, _ in kept.values())
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if 2 * size < self._end:
                old = [self._data[start - _HEAD.size : start + size] for start, size, _ in kept.values()]
                new = self._path.with_suffix(".new")
                new.write_bytes(b"".join([*old, *_records(fresh)]))
                os.replace(new, self._path)
            elif fresh:
                with open(self._path, "r+b" if self._end else "wb", opener=_unlinked) as file:
                    file.truncate(self._end)
                    file.seek(self._end)
                    file.writelines(_records(fresh))


def _unlinked(path: str, flags: int) -> int:
    """As `open` does, but never through a symbolic link."""
    return os.open(path, flags | os.O_NOFOLLOW, 0o666)


def _records(fresh: Mapping[bytes, bytes]) -> Iterable[bytes]:
    return (_HEAD.pack(key, zlib.crc32(data), len(data)) + data for key, data in fresh.items())

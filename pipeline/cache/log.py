"""A file of records that is only added to: whatever ends a command, what was whole before stays so."""

from __future__ import annotations

import contextlib
import os
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path

__all__ = ["Log", "record"]

_HEAD = struct.Struct("<16sII")  # key, CRC-32 and length of what follows


def record(key: bytes, data: bytes) -> bytes:
    """A record of a log, to be added to one: `data` behind its key of 16 bytes and a checksum."""
    return _HEAD.pack(key, zlib.crc32(data), len(data)) + data


class Log:
    """The records that are kept in a file; what is new is added at the end.

    A file that is missing, torn or of another kind has as many as can be found in it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._data = bytearray()  # in one piece, which leaves no holes in the memory when it goes
        with contextlib.suppress(OSError):
            self._data += path.read_bytes()
        self._places: dict[bytes, tuple[int, int, int]] = {}
        self._stored = self._find(0)
        del self._data[self._stored :]

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._places)

    def get(self, key: bytes) -> bytes | None:
        """What is kept or was added under this key, if it is whole."""
        start, end, checksum = self._places.get(key, (0, 0, 0))
        data = bytes(memoryview(self._data)[start:end])
        return data if data and zlib.crc32(data) == checksum else None

    def add(self, records: bytes) -> None:
        """Takes one or more records in, to be kept by `keep`."""
        start = len(self._data)
        self._data += records
        self._find(start)

    def keep(self, used: Iterable[bytes]) -> None:
        """Writes what was added, and forgets all; where less than half of it is in use by now, the rest goes.

        For one process at a time. A disk that refuses costs time at the next build and nothing else.
        """
        kept = [self._places[key] for key in used if key in self._places]
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if 2 * sum(end - start for start, end, _ in kept) < self._stored:
                new = self._path.with_suffix(".new")
                new.write_bytes(b"".join([self._data[start - _HEAD.size : end] for start, end, _ in kept]))
                os.replace(new, self._path)
            elif len(self._data) > self._stored:
                with open(self._path, "r+b" if self._stored else "wb", opener=_unlinked) as file:
                    file.truncate(self._stored)
                    file.seek(self._stored)
                    file.write(memoryview(self._data)[self._stored :])
        self._data, self._places, self._stored = bytearray(), {}, 0

    def _find(self, start: int) -> int:
        """Notes where the records from `start` on are; where the last whole one ends."""
        while start + _HEAD.size <= len(self._data):
            key, checksum, size = _HEAD.unpack_from(self._data, start)
            end = start + _HEAD.size + size
            if end > len(self._data):
                break
            self._places[key] = start + _HEAD.size, end, checksum
            start = end
        return start


def _unlinked(path: str, flags: int) -> int:
    """As `open` does, but never through a symbolic link."""
    return os.open(path, flags | os.O_NOFOLLOW, 0o666)

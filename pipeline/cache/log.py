"""A file of records that is only added to: whatever ends a command, what was whole before stays so."""

from __future__ import annotations

import contextlib
import os
import struct
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path

__all__ = ["Log"]

_HEAD = struct.Struct("<16sII")  # key, CRC-32 and length of what follows


class Log:
    """Bytes that are kept in one file, each behind its key and a checksum; what is new is added at the end.

    A file that is missing, torn or of another kind has as many as can be found in it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._data = b""
        self._fresh: dict[bytes, bytes] = {}
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
        """Whether there is any."""
        return bool(self._places)

    def get(self, key: bytes) -> bytes | None:
        """What is kept or was added under this key, if it is whole."""
        if key in self._fresh:
            return self._fresh[key]
        start, size, checksum = self._places.get(key, (0, 0, 0))
        data = self._data[start : start + size]
        return data if size and zlib.crc32(data) == checksum else None

    def add(self, key: bytes, data: bytes) -> None:
        """Takes something in, to be kept by `keep`."""
        self._fresh[key] = data

    def keep(self, used: Iterable[bytes]) -> None:
        """Writes what was added; where less than half of all is in use by now, the rest goes.

        For one process at a time. A disk that refuses costs time at the next build and nothing else.
        """
        kept = {key: self._places[key] for key in used if key in self._places}
        size = sum(size for _, size, _ in kept.values())
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if 2 * size < self._end:
                old = [self._data[start - _HEAD.size : start + size] for start, size, _ in kept.values()]
                new = self._path.with_suffix(".new")
                new.write_bytes(b"".join([*old, *_records(self._fresh)]))
                os.replace(new, self._path)
            elif self._fresh:
                with open(self._path, "r+b" if self._end else "wb", opener=_unlinked) as file:
                    file.truncate(self._end)
                    file.seek(self._end)
                    file.writelines(_records(self._fresh))


def _unlinked(path: str, flags: int) -> int:
    """As `open` does, but never through a symbolic link."""
    return os.open(path, flags | os.O_NOFOLLOW, 0o666)


def _records(fresh: Mapping[bytes, bytes]) -> Iterable[bytes]:
    return (_HEAD.pack(key, zlib.crc32(data), len(data)) + data for key, data in fresh.items())

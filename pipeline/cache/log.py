"""A file of records that is only added to: whatever ends a command, what was whole before stays so."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import weakref
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

__all__ = ["Log", "record"]

_HEAD = struct.Struct("<16sII")  # key, CRC-32 and length of what follows


def record(key: bytes, data: bytes) -> bytes:
    """A record of a log, to be added to one: `data` behind its key of 16 bytes and a checksum."""
    return _HEAD.pack(key, zlib.crc32(data), len(data)) + data


class Log:
    """The records of a file, each read when it is asked for; what is new is added at the end.

    A file that is missing, torn or of another kind has as many as can be found in it. The file stays open, so that
    nothing changes under whoever asks, be it replaced or deleted.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fresh = bytearray()
        self._places: dict[bytes, tuple[int, int]] = {}
        self._stored = 0
        self._opened()

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self._places)

    def get(self, key: bytes) -> bytes | None:
        """What is kept or was added under this key, if it is whole."""
        start, size = self._places.get(key, (0, 0))
        if not size:
            return None
        if start >= self._stored:
            return bytes(memoryview(self._fresh)[start - self._stored :][:size])
        return os.pread(self._descriptor, size, start)

    def add(self, records: bytes) -> None:
        """Takes one or more records in, to be kept by `keep`."""
        self._find(io.BytesIO(records), len(records), self._stored + len(self._fresh))
        self._fresh += records

    def keep(self, used: Iterable[bytes]) -> None:
        """Writes what was added; where less than half of it all is in use by now, the rest goes.

        For one process at a time. A disk that refuses costs time at the next build and nothing else.
        """
        kept = [key for key in used if key in self._places]
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if 2 * sum(self._places[key][1] for key in kept) < self._stored:
                new = self._path.with_suffix(".new")
                new.write_bytes(b"".join([record(key, self.get(key) or b"") for key in kept]))
                os.replace(new, self._path)
                self._places, self._stored = {}, 0
            elif self._fresh:
                with open(self._path, "r+b" if self._stored else "wb", opener=_unlinked) as file:
                    file.truncate(self._stored)
                    file.seek(self._stored)
                    file.write(self._fresh)
                self._stored += len(self._fresh)
            else:
                return
            self._fresh = bytearray()
            self._opened()

    def _opened(self) -> None:
        """Opens the file and notes where its whole records are, if that is not known."""
        self._descriptor = -1
        with contextlib.suppress(OSError):
            self._descriptor = os.open(self._path, os.O_RDONLY)
            weakref.finalize(self, os.close, self._descriptor)
            if not self._stored:
                with open(self._descriptor, "rb", closefd=False) as file:
                    self._stored = self._find(file, os.fstat(self._descriptor).st_size, 0)

    def _find(self, file: BinaryIO, size: int, start: int) -> int:
        """Notes the whole records of a file of this size as if it began at `start`; where the last of them ends."""
        end = start + size
        while start + _HEAD.size <= end:
            key, checksum, length = _HEAD.unpack(file.read(_HEAD.size))
            if start + _HEAD.size + length > end:
                break
            data = file.read(length)
            start += _HEAD.size
            if data and zlib.crc32(data) == checksum:
                self._places[key] = start, length
            start += length
        return start


def _unlinked(path: str, flags: int) -> int:
    """As `open` does, but never through a symbolic link."""
    return os.open(path, flags | os.O_NOFOLLOW, 0o666)

"""Issues as they were read, by the content of their folders: to read 1,000 takes a second, to fetch them a fifth."""

from __future__ import annotations

import datetime
import hashlib
import io
import pickle
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from pipeline.cache.log import Log
from pipeline.cache.maker import maker
from pipeline.findings import Finding, Severity
from pipeline.history.outline import Outline
from pipeline.model import Attachment, Entry, Issue, Link, Location, Section
from pipeline.read.issue import Folder, Reading

__all__ = ["Keys", "Read", "content", "fetched", "packed", "unpacked"]

Keys = tuple[tuple[str, ...], ...]
"""The keys of each of an issue's entries, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """An issue as read, what the rules found in it, the keys of its entries, and its outline where it could be read."""

    reading: Reading
    findings: tuple[Finding, ...]
    keys: Keys
    outline: Outline | None


def content(folder: Folder, order: tuple[str, ...]) -> bytes:
    """16 bytes that stand for all that the reading of a folder depends on; `order` is that of the sections."""
    digest = hashlib.blake2b(repr((folder.path, order)).encode("utf-8", "surrogatepass"), digest_size=16, key=maker())
    for name in sorted((*folder.sources, *folder.others)):
        held = folder.sources[name] if name in folder.sources else folder.head(name)
        digest.update(f"\0{name}\0{len(held)}\0".encode("utf-8", "surrogatepass"))
        digest.update(held)
    return digest.digest()


_VALUES = (Read, Reading, Finding, Issue, Section, Entry, Link, Attachment, Location)
_FIELDS: dict[type, list[str]] = {cls: [field.name for field in fields(cls)] for cls in _VALUES}
_SETTERS: dict[type, list[Callable[[object, object], None]]] = {
    cls: [getattr(cls, name).__set__ for name in names] for cls, names in _FIELDS.items()
}


def _made(cls: type, values: tuple[object, ...]) -> object:
    """A frozen value of its fields' values, in half of the time that its own `__setstate__` needs."""
    made: object = object.__new__(cls)
    for put, value in zip(_SETTERS[cls], values, strict=True):
        put(made, value)
    return made


_NAMES = {(one.__module__, one.__qualname__): one for one in (*_VALUES, Outline, Severity, datetime.date, _made)}


class _Pickler(pickle.Pickler):
    """Writes our values as `_made` reads them."""

    def reducer_override(self, value: object) -> Any:
        """How a value is made again; the rest is left to pickle."""
        names = _FIELDS.get(value.__class__)
        if names is None:
            return NotImplemented
        return _made, (value.__class__, tuple([getattr(value, name) for name in names]))


class _Unpickler(pickle.Unpickler):
    """Makes our own values alone: a cache that somebody slipped in runs no code."""

    def find_class(self, module: str, name: str) -> object:
        """What a reading is made of; UnpicklingError for anything else."""
        if (module, name) not in _NAMES:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return _NAMES[module, name]


def packed(read: Read) -> bytes:
    """What `unpacked` makes the same of."""
    data = io.BytesIO()
    _Pickler(data, pickle.HIGHEST_PROTOCOL).dump(read)
    return data.getvalue()


def unpacked(data: bytes) -> Read:
    """A reading as it was packed. Raises an error of any kind for other bytes."""
    found = _Unpickler(io.BytesIO(data)).load()
    if not isinstance(found, Read):
        raise pickle.UnpicklingError("no reading")
    return found


def fetched(log: Log, key: bytes) -> Read | None:
    """The reading of this content, if it is kept."""
    data = log.get(key)
    try:
        return unpacked(data) if data else None
    except Exception:  # whoever wrote this, it was not this version of ours
        return None

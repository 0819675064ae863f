"""Issues as they were read, by the content of their folders: to read 1,000 takes a second, to fetch them a fifth."""

from __future__ import annotations

import datetime
import hashlib
import io
import pickle
from dataclasses import dataclass

from pipeline import findings, model
from pipeline.cache.log import Log
from pipeline.cache.maker import maker
from pipeline.findings import Finding
from pipeline.read import issue as reading
from pipeline.read.issue import Folder, Reading

__all__ = ["Keys", "Read", "content", "fetched", "packed", "unpacked"]

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


def fetched(log: Log, key: bytes) -> Read | None:
    """The reading of this content, if it is kept."""
    data = log.get(key)
    try:
        return unpacked(data) if data else None
    except Exception:  # whoever wrote this, it was not this version of ours
        return None

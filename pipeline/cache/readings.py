"""Issues as they were read, by the content of their folders; their sections are unpacked when they are looked at."""

from __future__ import annotations

import contextlib
import datetime
import functools
import hashlib
import io
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any, overload

from pipeline.cache.log import Log
from pipeline.cache.maker import maker
from pipeline.findings import Finding, Severity
from pipeline.history.outline import Outline
from pipeline.model import Attachment, Entry, Issue, Link, Location, Section
from pipeline.read.issue import Folder, Reading

__all__ = ["Again", "Keys", "Read", "content", "fetched", "packed"]

Again = Callable[[], Iterable[Section]]
"""Reads the sections of an issue from its folder."""

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
_VALUES_OF: dict[type, Callable[[object], object]] = {cls: attrgetter(*names) for cls, names in _FIELDS.items()}
_SETTERS: dict[type, list[Callable[[object, object], None]]] = {
    cls: [getattr(cls, name).__set__ for name in names] for cls, names in _FIELDS.items()
}


def _made(cls: type, values: tuple[object, ...]) -> object:
    """A frozen value of its fields' values, in half of the time that its own `__setstate__` needs."""
    made: object = object.__new__(cls)
    for put, value in zip(_SETTERS[cls], values, strict=True):
        put(made, value)
    return made


_put_sections = _SETTERS[Issue][_FIELDS[Issue].index("sections")]
_NAMES = {(one.__module__, one.__qualname__): one for one in (*_VALUES, Outline, Severity, datetime.date, _made)}


class _Pickler(pickle.Pickler):
    """Writes our values as `_made` reads them."""

    def reducer_override(self, value: object) -> Any:
        """How a value is made again; the rest is left to pickle."""
        values = _VALUES_OF.get(value.__class__)
        return NotImplemented if values is None else (_made, (value.__class__, values(value)))


class _Unpickler(pickle.Unpickler):
    """Makes our own values alone: a cache that somebody slipped in runs no code."""

    def find_class(self, module: str, name: str) -> object:
        """What a reading is made of; UnpicklingError for anything else."""
        if (module, name) not in _NAMES:
            raise pickle.UnpicklingError(f"{module}.{name}")
        return _NAMES[module, name]


class _Sections(Sequence[Section]):
    """The sections of an issue, unpacked when somebody looks at them: in most builds nobody does.

    Templates do with them what they do with a tuple, as they are given one of an issue that was changed for readers.
    Where they are damaged, they are read `again`.
    """

    def __init__(self, log: Log, key: bytes, start: int, again: Again) -> None:
        self._packed = log, key, start
        self._again = again

    @functools.cached_property
    def _all(self) -> tuple[Section, ...]:
        log, key, start = self._packed
        data = log.get(key) or b""
        with contextlib.suppress(Exception):  # as damaged bytes may be anything
            found = tuple(_Unpickler(io.BytesIO(data[start:])).load())
            if all(isinstance(one, Section) for one in found):
                return found
        return tuple(self._again())

    @overload
    def __getitem__(self, place: int) -> Section: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Section]: ...

    def __getitem__(self, place: int | slice) -> Section | Sequence[Section]:
        return self._all[place]

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Section]:
        return iter(self._all)

    def __add__(self, more: Iterable[Section]) -> tuple[Section, ...]:
        return (*self._all, *more)

    def __radd__(self, more: Iterable[Section]) -> tuple[Section, ...]:
        return (*more, *self._all)

    def __eq__(self, other: object) -> bool:
        return self._all == (other._all if isinstance(other, _Sections) else other)

    def __hash__(self) -> int:
        return hash(self._all)

    def __repr__(self) -> str:
        return repr(self._all)


def packed(read: Read) -> bytes:
    """What `fetched` makes the same of, where a log keeps it."""
    data = io.BytesIO()
    issue = read.reading.issue
    outside = replace(read, reading=replace(read.reading, issue=issue and replace(issue, sections=())))
    _Pickler(data, pickle.HIGHEST_PROTOCOL).dump(outside)
    if issue:
        _Pickler(data, pickle.HIGHEST_PROTOCOL).dump(issue.sections)
    return data.getvalue()


def fetched(log: Log, key: bytes, again: Again) -> Read | None:
    """The reading of this content, if it is kept; `again` is what gives the sections where theirs is damaged."""
    try:
        data = io.BytesIO(log.get(key) or b"")
        found = _Unpickler(data).load()
        if found.reading.issue:
            _put_sections(found.reading.issue, _Sections(log, key, data.tell(), again))
    except Exception:  # whoever wrote this, it was not this version of ours
        return None
    return found if isinstance(found, Read) else None

"""An issue as the index takes it in: what it carried, and the numbers by which each of it is found."""

from __future__ import annotations

import hashlib
from array import array
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.cache.stamps import settled_stamp
from pipeline.errors import BadSource
from pipeline.findings import Finding, Severity
from pipeline.history.archive import number_in
from pipeline.history.memory import key_of, keys_of, mentions, parents_of, past
from pipeline.history.near import numbers_of
from pipeline.index.lookup import Known, State, found_by, packed
from pipeline.model import Entry
from pipeline.project import Project
from pipeline.read.issue import Folder, Reading, read_issue

__all__ = ["Clues", "Intake", "errors", "taken_in"]


class Clues(NamedTuple):
    """By what an entry is found; `grams` are all of its title, of which the index keeps the rarest."""

    addresses: tuple[int, ...]
    names: tuple[int, ...]
    grams: array[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """An issue that was looked into; `clues`, entry by entry, and `packed` where it was read anew and is out."""

    known: Known
    findings: tuple[Finding, ...] = ()
    packed: bytes = b""
    clues: tuple[Clues, ...] = ()


def taken_in(project: Project, name: str, order: tuple[str, ...], before: Known | None, settled: int) -> Intake:
    """What the index takes in of an issue; nothing but its new stamp where its files say what they said `before`.

    A stamp with a change after the instant `settled` is worth nothing: another one could follow unseen.
    """
    try:
        folder = project.folder(name)
    except BadSource as error:
        return Intake(known=_unread(name), findings=error.findings)
    top = f"{project.root}/{folder.path}"
    paths = [top, *(f"{top}/{source}" for source in folder.sources)]
    try:
        mark = settled_stamp(paths, settled)
    except OSError:
        return Intake(known=_unread(name))
    digest = _digest(folder)
    known = Known(name, mark, "/".join(folder.sources), digest, State.OUT, 0, 0, 0, 0)
    if before and before.digest == digest and before.state != State.UNREAD:
        return Intake(known=before._replace(stamp=known.stamp, sources=known.sources))
    read = read_issue(folder, order)
    if read.issue is None:
        return Intake(known=_unread(name), findings=errors(read))
    own = read.issue.number or number_in(read.issue.title)
    if read.issue.draft:
        return Intake(known=known._replace(state=State.DRAFT, own=own))
    entries = list(read.issue.walk())
    return Intake(
        known=known._replace(own=own, size=len(entries)),
        packed=packed(
            [past(read.issue, section, entry) for section in read.issue.sections for entry in section.walk()]
        ),
        clues=tuple(map(_clues, entries)),
    )


def errors(read: Reading) -> tuple[Finding, ...]:
    """Why an issue cannot be read."""
    return tuple(finding for finding in read.findings if finding.severity is Severity.ERROR)


def _unread(name: str) -> Known:
    """An issue that is to be looked into each time: what is wrong may be mended where no stamp shows it."""
    return Known(name, b"", "", b"", State.UNREAD, 0, 0, 0, 0)


def _digest(folder: Folder) -> bytes:
    """What an issue is made of: its sources, and the names of its other files, which links may lead to."""
    digest = hashlib.blake2b(repr(sorted(folder.others)).encode(), digest_size=16)
    for name, data in folder.sources.items():
        digest.update(repr((name, len(data))).encode())
        digest.update(data)
    return digest.digest()


def _clues(entry: Entry) -> Clues:
    found = {found_by("carries", key) for key in keys_of(entry)}
    found.update(found_by("mentions", key) for key in map(key_of, mentions(entry)) if key)
    found.update(found_by("part of", key) for key in parents_of(entry))
    names, grams = numbers_of(entry.title)
    return Clues(tuple(found), tuple(names), array("I", grams))

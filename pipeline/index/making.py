"""The index, made: all of it or what changed, always as a new file that takes the old one's place in one instant."""

from __future__ import annotations

import contextlib
import datetime
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.cache.stamps import SETTLED, settled_stamp
from pipeline.errors import BadSource
from pipeline.findings import Finding
from pipeline.history.aliases import aliased
from pipeline.history.archive import numbered
from pipeline.history.memory import History, Memory
from pipeline.index.filling import OutgrownError, filled
from pipeline.index.intake import Intake, errors, taken_in
from pipeline.index.lookup import (
    DAMAGED,
    About,
    Index,
    Known,
    about,
    connected,
    file_of,
    is_fresh,
    known,
    seal,
    version,
)
from pipeline.model import Issue, Publication
from pipeline.parallel import shares, spread
from pipeline.project import SETTINGS, Project, publication
from pipeline.read.issue import read_issue
from pipeline.read.source import Report

__all__ = ["Told", "history"]

_SHARE, _AT_ONCE = 25, 2000
"""Issues that a process reads at least, and that are read before the index takes them in."""

_ANEW = 0.1
"""The part of the issues that may change before all is made anew: by then the counts of grams are old."""

_FORGOTTEN = 3600.0
"""Seconds after which a file is deleted that a killed command left behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The history of a publication, its address, and what of it could not be read."""

    history: History
    url: str
    findings: tuple[Finding, ...]


def history(project: Project, *, anew: bool = False) -> Told:
    """What the issues carried, by an index that is made or brought up to date; `anew` trusts none that is there.

    An issue that cannot be read is left out, and told. Where no index can be written, all issues are held in memory.
    Raises BadSource where the settings cannot be read.
    """
    report = Report()
    settings = publication(project, report)
    if settings is None:
        raise BadSource(report.findings)
    names, file = project.names(report), file_of(project.root)
    try:
        with _new_file(file) as new:
            work = _Work(project, settings, names, new)
            old = None if anew else connected(file)
            try:
                found = _updated(work, old, file) if old else _made(work)
            except (OutgrownError, *DAMAGED):
                new.write_bytes(b"")
                found = _made(work)
        connection = connected(file)
    except (OSError, sqlite3.Error):
        connection = None
    if connection is None:
        return _in_memory(project, settings, names, report.findings)
    index = Index(connection, known(connection), settings.url)
    return Told(history=aliased(index, settings.aliases), url=settings.url, findings=(*report.findings, *found))


@contextlib.contextmanager
def _new_file(file: Path) -> Iterator[Path]:
    """An empty file that becomes the index where something was written to it; raises OSError.

    Nobody waits for a lock: of two commands that make an index at once, each leaves a whole one.
    """
    cache, work = file.parent, file.parents[1]
    if cache.is_symlink() or work.is_symlink():
        raise NotADirectoryError(cache)
    cache.mkdir(parents=True, exist_ok=True)
    if not (work / ".gitignore").exists():
        (work / ".gitignore").write_text("*\n", encoding="ascii")
    for left in cache.glob("index-*"):
        with contextlib.suppress(OSError):
            if left.lstat().st_mtime < time.time() - _FORGOTTEN:
                left.unlink()
    descriptor, name = tempfile.mkstemp(prefix="index-", dir=cache)
    new = Path(name)
    try:
        yield new
        if os.fstat(descriptor).st_size:
            os.fsync(descriptor)
            seal(new)
            if file.is_dir() and not file.is_symlink():
                shutil.rmtree(file)
            new.rename(file)
    finally:
        os.close(descriptor)
        new.unlink(missing_ok=True)


class _Work:
    """What is to be made: the publication of now, and the empty file for its index."""

    def __init__(self, project: Project, settings: Publication, names: Sequence[str], new: Path) -> None:
        self.names, self.new = names, new
        self._project, self._order = project, settings.sections
        self._settled = new.stat().st_mtime_ns - SETTLED  # by the clock of the file system
        paths = [f"{project.root}/{SETTINGS}", str(project.issues)]
        mark = settled_stamp(paths, self._settled)
        self.about = About(version(), mark, settings.url, "\n".join(settings.sections), 0)

    def is_stale(self, row: Known | None) -> bool:
        """Whether the files of an issue are not those that the index knows."""
        try:
            return row is None or not is_fresh(str(self._project.issues), row)
        except OSError:
            return True

    def intakes(self, names: Sequence[str], rows: Mapping[str, Known]) -> Iterator[Intake]:
        """What the index takes in of some issues, in their order."""

        def taken(share: Sequence[str]) -> list[Intake]:
            return [taken_in(self._project, name, self._order, rows.get(name), self._settled) for name in share]

        for at in range(0, len(names), _AT_ONCE):
            for intakes in spread(taken, shares(names[at : at + _AT_ONCE], _SHARE)):
                yield from intakes


def _made(work: _Work) -> list[Finding]:
    """Writes an index of all issues; what could not be read."""
    findings: list[Finding] = []

    def told() -> Iterator[Intake]:
        for intake in work.intakes(work.names, {}):
            findings.extend(intake.findings)
            yield intake

    with contextlib.closing(sqlite3.connect(work.new)) as connection:
        filled(connection, work.about, {}, told())
    return findings


def _updated(work: _Work, old: sqlite3.Connection, file: Path) -> list[Finding]:
    """Writes an index from the one that stands, unless that is the one of today; what could not be read.

    Raises OutgrownError where all is to be made anew.
    """
    was, rows = about(old), {row.name: row for row in known(old)}
    findings: list[Finding] = []
    kept = {name: rows[name] for name in work.names if name in rows}
    changed = len(rows) - len(kept) + was.changed
    intakes: list[Intake] = []
    for intake in work.intakes([name for name in work.names if work.is_stale(rows.get(name))], rows):
        row = intake.known
        findings += intake.findings
        before = rows.get(row.name)
        if before and (before.digest, before.state) == (row.digest, row.state):
            kept[row.name] = before._replace(stamp=row.stamp, sources=row.sources)
            continue
        kept.pop(row.name, None)
        intakes.append(intake)
        if changed + len(intakes) > _ANEW * len(rows):
            raise OutgrownError
    now = work.about._replace(changed=changed + len(intakes))
    if now.sections != was.sections or now.changed > _ANEW * len(rows):
        raise OutgrownError
    if now != was or kept != rows or intakes:
        shutil.copyfile(file, work.new)
        with contextlib.closing(sqlite3.connect(work.new)) as connection:
            filled(connection, now, kept, intakes)
    return findings


def _in_memory(project: Project, settings: Publication, names: Sequence[str], findings: list[Finding]) -> Told:
    """The history of issues that are all read now."""

    def read(share: Sequence[str]) -> list[tuple[Issue, bool, tuple[Finding, ...]]]:
        return [_read(project, name, settings.sections) for name in share]

    readings = [one for share in spread(read, shares(names, _SHARE)) for one in share]
    unread = {issue.name for issue, is_read, _ in readings if not is_read}
    issues = numbered(issue for issue, _, _ in readings)
    memory = Memory(issue for issue in issues if not issue.draft and issue.name not in unread)
    told = (*findings, *(finding for _, _, some in readings for finding in some))
    return Told(history=aliased(memory, settings.aliases), url=settings.url, findings=told)


def _read(project: Project, name: str, order: tuple[str, ...]) -> tuple[Issue, bool, tuple[Finding, ...]]:
    """An issue, or one without anything in it, whether it could be read, and what is wrong with it."""
    empty = Issue(date=datetime.date.min, name=name, title="", number=0)
    try:
        reading = read_issue(project.folder(name), order)
    except BadSource as error:
        return empty, False, error.findings
    return (empty, False, errors(reading)) if reading.issue is None else (reading.issue, True, ())

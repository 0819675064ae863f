"""Files that somebody brings: found, read within limits, recognised, dated."""

from __future__ import annotations

import datetime
import functools
import os
import re
import stat
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.encoding import Mode, repaired
from pipeline.importers import IMPORTERS, recognised
from pipeline.importers.dates import date_table
from pipeline.importers.growing import growth
from pipeline.importers.source import UNDATED, Importer, SourceFile
from pipeline.importing.states import list_in, states
from pipeline.model import Issue, Location
from pipeline.read.source import Report

__all__ = ["GIT", "KINDS", "Brought", "brought", "dates_of"]

GIT = "git"
"""The kind of a list that grew in git: what each commit added is an issue. It is read so only where it is asked for."""

KINDS = (*(importer.kind for importer in IMPORTERS), GIT)

_NUMBERS = re.compile(r"([0-9]+)")
_NOT_READ = frozenset(["readme.md", "license", "license.md", "license.txt", "changelog.md", "contributing.md"])
_LARGEST = max(importer.bytes_at_most for importer in IMPORTERS)
_GIT = ("git", "--no-pager", "-c", "core.fsmonitor=false", "-c", "log.showSignature=false")


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """The issues of all sources in the order of their files, and the kind of each source by its path."""

    issues: tuple[Issue, ...]
    kinds: Mapping[str, str]


def brought(
    given: Sequence[Path | SourceFile],
    kind: str,
    dates: Mapping[str, datetime.date],
    report: Report,
    repair: Mode | None = None,
) -> Brought:
    """What files, folders with all their files, and what was read already hold.

    It is of one `kind` where that is given, and its text is put right with `repair`.

    A file that is named and cannot be taken over is an error, one that lies in a folder a warning.
    """
    issues: list[Issue] = []
    kinds: dict[str, str] = {}
    if kind == GIT:
        for path in (one for one in given if isinstance(one, Path)):
            file = list_in(path) if path.is_dir() else path
            issues += growth(_states(file, repair, report), file.as_posix())
            kinds[file.as_posix()] = GIT
        return Brought(issues=tuple(issues), kinds=kinds)
    for source, named in _sources(given, report):
        if repair:
            source = replace(source, data=_repaired(source.path, source.data, repair, report))
        importer = _importer(source, kind)
        if importer is None:
            _tell(report, source.path, named, "kind", f"of no known kind: {', '.join(one.kind for one in IMPORTERS)}")
        elif len(source.data) > importer.bytes_at_most:
            message = f"more than {importer.bytes_at_most:,} bytes: split the file"
            _tell(report, source.path, named, "too-large", message)
        else:
            found = importer.read(source)
            report.findings += found.findings
            kinds[source.path] = importer.kind
            day = dates.get(source.name) or dates.get(source.path)
            issues += [_dated(issue, day, source.path) for issue in found.issues]
    return Brought(issues=tuple(issues), kinds=kinds)


def _states(path: Path, repair: Mode | None, report: Report) -> Iterator[Issue]:
    """Each state of a list in git, with its day; what is to be said of several is told once."""
    told: set[tuple[str, str]] = set()
    for state in states(path, _LARGEST):
        where = f"{state.commit[:10]}:{path.as_posix()}"
        data = state.data
        if data is not None and repair:
            data = _repaired(where, data, repair, report)
        source = SourceFile(path=where, data=data or b"")
        importer = recognised(source)
        if importer is None or data is None or len(data) > importer.bytes_at_most:
            report.warning(Location(path=where), "left-out", "this state is too large, or of no known kind")
            continue
        imported = importer.read(source)
        yield from (replace(issue, date=state.day) for issue in imported.issues)
        new = [finding for finding in imported.findings if (finding.rule, finding.message) not in told]
        report.findings += new
        told |= {(finding.rule, finding.message) for finding in new}


def dates_of(path: Path, report: Report) -> Mapping[str, datetime.date]:
    """The dates by file name that a table says; an error where it cannot be read."""
    data = _data(path, True, report)
    return date_table(str(path), data.decode(errors="replace"), report) if data is not None else {}


def _tell(report: Report, path: str, named: bool, rule: str, message: str) -> None:
    tell = report.error if named else report.warning
    tell(Location(path=path), rule, message if named else f"left out: {message}")


def _sources(given: Sequence[Path | SourceFile], report: Report) -> Iterator[tuple[SourceFile, bool]]:
    """Every source with its bytes, and whether it was named itself."""
    for one in given:
        if isinstance(one, SourceFile):
            yield one, True
            continue
        for path, named in _files([one], report):
            data = _data(path, named, report)
            if data is not None:
                yield SourceFile(path=path.as_posix(), data=data, beside=_beside(path.parent)), named


def _files(paths: Sequence[Path], report: Report) -> Iterator[tuple[Path, bool]]:
    """Every file, by names as people count, and whether it was named itself."""
    for path in paths:
        if not path.is_dir():
            yield path, True
            continue
        inner = [file for file in path.rglob("*") if not _hidden(file.relative_to(path)) and file.is_file()]
        for file in sorted(inner, key=lambda file: _as_counted(file.as_posix())):
            yield file, False
        if not inner:
            report.error(Location(path=path.as_posix()), "missing-file", "no file in this folder")


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts) or path.name.lower() in _NOT_READ


def _as_counted(name: str) -> list[tuple[int, str]]:
    """What sorts `issue-2` before `issue-10`."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in _NUMBERS.split(name)]


def _data(path: Path, named: bool, report: Report) -> bytes | None:
    """The bytes of a file that is not too large; a pipe is not waited for."""
    try:
        with open(path, "rb", opener=lambda name, flags: os.open(name, flags | os.O_NONBLOCK)) as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                _tell(report, path.as_posix(), named, "unreadable", "not a regular file")
                return None
            if found.st_size > _LARGEST:
                message = f"{found.st_size:,} bytes, more than {_LARGEST:,}: split the file"
                _tell(report, path.as_posix(), named, "too-large", message)
                return None
            return file.read(_LARGEST + 1)
    except OSError as error:
        _tell(report, path.as_posix(), named, "unreadable", (error.strerror or str(error)).lower())
        return None


def _repaired(path: str, data: bytes, mode: Mode, report: Report) -> bytes:
    """The bytes with what was decoded wrongly put right; those that are no UTF-8 were never decoded."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return data
    repair = repaired(text, mode, path=path)
    report.findings += repair.findings(path)
    return repair.text.encode("utf-8")


@functools.cache
def _beside(folder: Path) -> frozenset[str]:
    """The names of the files in a folder."""
    with os.scandir(folder) as found:
        return frozenset(each.name for each in found if each.is_file(follow_symlinks=False))


def _importer(source: SourceFile, kind: str) -> Importer | None:
    return next((one for one in IMPORTERS if one.kind == kind), None) if kind else recognised(source)


def _dated(issue: Issue, day: datetime.date | None, path: str) -> Issue:
    """The issue with the day of the table, else its own, else that on which git first had the file."""
    if day is None and issue.date == UNDATED and "://" not in path:
        day = _first_in_git(Path(path))
    return replace(issue, date=day) if day else issue


def _first_in_git(path: Path) -> datetime.date | None:
    command = [*_GIT, "-C", str(path.parent), "log", "--diff-filter=A", "--format=%as", "--", path.name]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=10, stdin=subprocess.DEVNULL
        )
        return datetime.date.fromisoformat(done.stdout.split()[-1]) if done.stdout.split() else None
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None

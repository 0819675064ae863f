"""Reads the whole archive: what did not change from the cache, the rest in every process."""

from __future__ import annotations

import contextlib
import functools
import gc
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.cache.log import Log, record
from pipeline.cache.readings import Keys, Read, content, fetched, packed
from pipeline.cache.stamps import Stamps
from pipeline.cache.titles import Titles
from pipeline.check import check
from pipeline.check.sections import unknown_sections
from pipeline.errors import BadSource
from pipeline.findings import Finding, Severity
from pipeline.history.archive import misnumbered, numbered
from pipeline.history.memory import Known, keys_of
from pipeline.history.near import Near
from pipeline.history.outline import Outline, outlined
from pipeline.model import Issue, Location, Publication, Section
from pipeline.parallel import shares, spread
from pipeline.project import Project
from pipeline.read.issue import Folder, read_issue
from pipeline.read.source import Report
from pipeline.render.defaults import replaceable

__all__ = ["SHARE", "Archive", "in_order", "named_among", "read_archive", "read_folder", "uncollected"]

SHARE = 25
"""Issues below which a second process costs more than it gives: a fork and its pipe take 5 ms, an issue 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """The settings, every issue, oldest first, numbered, and what was found in those that were asked for.

    By the names of issues: `keys` are those of their entries, `contents` stand for all that they were read from,
    `outlines` are what is asked of all.
    """

    settings: Publication
    issues: tuple[Issue, ...]
    findings: tuple[Finding, ...]
    keys: Mapping[str, Keys]
    contents: Mapping[str, bytes]
    outlines: Mapping[str, Outline]
    _readings: Log = field(repr=False)
    _titles: Titles = field(repr=False)
    _stamps: Stamps = field(repr=False)

    @property
    def known(self) -> Known:
        """What is known of the entries that are out."""
        return Known(
            keys=[self.keys[issue.name] for issue in self._out()],
            near=self._near,
            outlines=self.outlines,
        )

    def keep(self) -> None:
        """Keeps what was read for the next time, for one process at a time, and lets go of the bytes."""
        self._readings.keep(self.contents.values())
        self._titles.keep()
        self._stamps.keep()

    def _out(self) -> list[Issue]:
        return [issue for issue in self.issues if not issue.draft]

    def _near(self) -> Near:
        out = self._out()
        return self._titles.near(out, [self.contents[issue.name] for issue in out])


def read_archive(project: Project, settings: Publication | None, report: Report, names: Sequence[str]) -> Archive:
    """The archive as it stands; findings are told of the issues that are named, or of all.

    Raises BadSource with all of them where the settings are None or an issue cannot be read.
    """
    folders = project.names(report)
    project.misnamed(replaceable(), report)
    for name in names:
        if not any(name in (folder, folder[:10]) for folder in folders):
            report.error(Location(path=f"issues/{name}"), "missing-issue", "no such folder: an issue is a dated folder")
    readings, order = Log(project.cache / "readings"), settings.sections if settings else ()
    stamps = Stamps(project.issues, project.cache / "stamps", order)
    found = _found(project, order, (readings, stamps), folders)
    findings, told = report.findings, list[Finding]()
    for folder, (_, read) in found.items():
        asked = not names or folder in names or folder[:10] in names
        findings += [one for one in read.reading.findings if asked or one.severity is Severity.ERROR]
        told += read.findings if asked else ()
    issues = [read.reading.issue for _, read in found.values() if read.reading.issue]
    if len(issues) < len(found) or report.refuses or not settings:
        raise BadSource(in_order(findings))
    archive = numbered(issues)
    chosen = {issue.location.path for issue in named_among(archive, names) or archive}
    findings += [one for one in misnumbered(archive) if one.location.path in chosen]
    outlines = {name: read.outline for name, (_, read) in found.items() if read.outline}
    findings += unknown_sections(settings, tuple(outlines.values()))
    return Archive(
        settings=settings,
        issues=archive,
        findings=(*findings, *told),
        keys={name: read.keys for name, (_, read) in found.items()},
        contents={name: key for name, (key, _) in found.items()},
        outlines=outlines,
        _readings=readings,
        _titles=Titles(project.cache),
        _stamps=stamps,
    )


def _found(
    project: Project, order: tuple[str, ...], cache: tuple[Log, Stamps], names: Sequence[str]
) -> dict[str, tuple[bytes, Read]]:
    """Each folder's content as a key, with its reading; those that were not kept are, by the log."""
    readings, stamps = cache

    def looked_into(name: str) -> bytes:
        return content(project.folder(name), order)

    kept: dict[str, tuple[bytes, Read]] = {}
    for name in names if readings else ():
        key = stamps.content(name, looked_into)
        read = fetched(readings, key, functools.partial(_again, project, name, order, key))
        if read:
            kept[name] = key, read

    def fresh(some: Sequence[str]) -> tuple[list[bytes], bytes]:
        keys, records = [], bytearray()
        for name in some:
            folder = project.folder(name)
            key, read = content(folder, order), read_folder(folder, order)
            keys.append(key)
            records += record(key, packed(read))
        return keys, bytes(records)

    rest = [name for name in names if name not in kept]
    made = spread(fresh, shares(rest, SHARE))
    for _, records in made:
        readings.add(records)
    for name, key in zip(rest, itertools.chain.from_iterable(keys for keys, _ in made), strict=True):
        again = functools.partial(_again, project, name, order, key)
        kept[name] = key, fetched(readings, key, again) or read_folder(project.folder(name), order)
    return {name: kept[name] for name in names}


def _again(project: Project, name: str, order: tuple[str, ...], key: bytes) -> Sequence[Section]:
    """The sections of an issue whose folder still has this content. Raises BadSource where it has another."""
    folder = project.folder(name)
    issue = read_issue(folder, order).issue
    if issue is None or content(folder, order) != key:
        message = "changed while it was read: say the same again"
        raise BadSource.at(Location(path=f"issues/{name}"), "unreadable", message)
    return issue.sections


def read_folder(folder: Folder, order: tuple[str, ...]) -> Read:
    """The issue of a folder, what the rules find in it, and its entries' keys; `order` is that of the sections."""
    reading = read_issue(folder, order)
    issue = reading.issue
    return Read(
        reading=reading,
        findings=tuple(check(issue)) if issue else (),
        keys=tuple(tuple(sorted(keys_of(entry))) for entry in issue.walk()) if issue else (),
        outline=outlined(issue) if issue else None,
    )


def named_among(archive: tuple[Issue, ...], names: Sequence[str]) -> tuple[Issue, ...]:
    """The issues that are named, by their folders or by their dates alone."""
    return tuple(issue for issue in archive if issue.name in names or issue.name[:10] in names)


@contextlib.contextmanager
def uncollected() -> Iterator[None]:
    """Keeps the garbage collector from what is made within, for good.

    Issues hold no circles, and to look for some in 1,000 of them again and again took a tenth of a build.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def in_order(findings: list[Finding]) -> list[Finding]:
    """Findings by file, line and column."""
    return sorted(
        findings, key=lambda found: (found.location.path, found.location.line or 0, found.location.column or 0)
    )

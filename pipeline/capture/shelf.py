"""What capture looks into: the settings, every issue that can be read, the inbox, and how the inbox is written."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.errors import BadSource
from pipeline.findings import Finding, Severity
from pipeline.history.aliases import aliased
from pipeline.history.archive import numbered
from pipeline.history.memory import History, Memory
from pipeline.index.making import history
from pipeline.model import Issue, Location, Publication
from pipeline.parallel import shares, spread
from pipeline.project import INBOX, Project, publication
from pipeline.read.inbox import Inbox, Waiting, read_inbox
from pipeline.read.issue import Reading, read_issue
from pipeline.read.source import Report
from pipeline.write.lock import locked
from pipeline.write.sources import create, rewrite

__all__ = ["Shelf", "held", "shelf", "write_inbox"]

_SHARE = 25  # issues below which a second process costs more than it gives
_HEADER = b"# Entries that wait for an issue: publish inbox lists them, publish new DATE takes them over.\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A publication as it is; `data` are the bytes of the inbox, None where there is none.

    `history` is what readers have had, by the index, and `issues` are none; where all were read, these are all that
    could be, oldest first, and the history knows drafts too: what stands in one shall not be taken up a second time.
    """

    settings: Publication
    history: History
    inbox: Inbox
    data: bytes | None
    findings: tuple[Finding, ...]
    issues: tuple[Issue, ...] = ()


@contextlib.contextmanager
def held(project: Project) -> Iterator[None]:
    """The publication's lock held; a folder that is no publication gets none. Raises as `publication` and `locked`."""
    publication(project, Report())
    with locked(project.root / ".publish"):
        yield


def shelf(project: Project, *, whole: bool = False) -> Shelf:
    """The publication; `whole` with all its issues. One that cannot be read is no reason to lose a find: it is told.

    Raises BadSource where the settings or the inbox cannot be read.
    """
    report = Report()
    settings = publication(project, report)
    data = project.inbox
    inbox = read_inbox(INBOX, data or b"", report)
    if settings is None or inbox is None:
        raise BadSource(report.findings)
    issues: tuple[Issue, ...] = ()
    past: History = Memory(())
    if project.issues.is_dir() and whole:
        issues, unread = _read(project, settings)
        past = aliased(Memory(issues), settings.aliases)
    elif project.issues.is_dir():
        told = history(project)
        past, unread = told.history, [one.location.path for one in told.findings if one.severity is Severity.ERROR]
    else:
        unread = []
    for folder in sorted({"/".join(path.split("/")[:2]) for path in unread}):
        message = "it cannot be read, so nobody knows what it had: publish check tells why"
        report.warning(Location(path=folder), "unread", message)
    findings = tuple(report.findings)
    return Shelf(settings=settings, history=past, inbox=inbox, data=data, findings=findings, issues=issues)


def _read(project: Project, settings: Publication) -> tuple[tuple[Issue, ...], list[str]]:
    """All issues that can be read, oldest first, and the paths of the others."""
    names = project.names(Report())

    def read(some: Sequence[str]) -> list[Reading]:
        return [read_issue(project.folder(name), settings.sections) for name in some]

    readings = [reading for share in spread(read, shares(names, _SHARE)) for reading in share]
    unread = [f"issues/{name}" for name, reading in zip(names, readings, strict=True) if reading.issue is None]
    return numbered(reading.issue for reading in readings if reading.issue), unread


def write_inbox(
    project: Project, kept: Shelf, edit: Callable[[bytes], bytes], wanted: Sequence[Waiting]
) -> tuple[Waiting, ...]:
    """The inbox after an edit, written where it reads as `wanted` and something has changed.

    Raises BadSource, and writes nothing, where it would read otherwise.
    """
    before = _HEADER if kept.data is None else kept.data
    after = edit(before)
    report = Report()
    inbox = read_inbox(INBOX, after, report)
    if inbox is None or list(inbox.waiting) != list(wanted):
        message = "no way was found to change this file without a change to the rest of it: edit it by hand"
        raise BadSource([*report.findings, *BadSource.at(Location(path=INBOX), "not-written", message).findings])
    if kept.data is None and wanted:
        create(project.root, INBOX, after)
    elif kept.data is not None and after != before:
        rewrite(project.root, INBOX, before, after)
    return inbox.waiting

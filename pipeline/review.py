"""Reads the whole archive, and tells what an editor would want to know of it."""

from __future__ import annotations

import contextlib
import functools
import gc
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from pipeline.check import check, compared, email_size, in_passing
from pipeline.check.baseline import Row, beyond
from pipeline.check.severities import judged
from pipeline.errors import BadSource
from pipeline.findings import Finding, Severity
from pipeline.history.aliases import aliased
from pipeline.history.archive import misnumbered, numbered
from pipeline.history.memory import History, Memory, one_by_one
from pipeline.history.repeats import Look, by_title
from pipeline.model import Entry, Issue, Location, Publication
from pipeline.parallel import shares, spread
from pipeline.project import BASELINE, Project, baseline, publication
from pipeline.read.issue import Reading, read_issue
from pipeline.read.source import Report
from pipeline.render.defaults import replaceable

__all__ = ["SHARE", "examine", "had_before", "history_of", "in_order", "named_among", "read_archive", "uncollected"]

SHARE = 25
"""Issues below which a second process costs more than it gives: a fork and its pipe take 5 ms, an issue 2."""

_Found = TypeVar("_Found")


def examine(
    project: Project, names: Sequence[str], *, look: Look = by_title, known: Counter[Row] | None = None
) -> tuple[Finding, ...]:
    """Everything that reading and the rules find in the issues that are named, or in all; nothing is made.

    `look` says beside what earlier entries those of an issue are put; `known` are findings that are left out, those
    of the publication's baseline where nothing else is given.

    Raises a PipelineError, with everything that was found, where a source or a setting cannot be read.
    """
    report = Report()
    with uncollected():
        settings, archive, found = read_archive(project, publication(project, report), report, names)
        checked = named_among(archive, names) or archive

        def told(issue: Issue, history: History) -> Iterator[Finding]:
            yield from email_size(issue)
            yield from in_passing(issue, history)
            yield from compared(issue, history, settings, look)

        had = _in_shares(told, checked, history_of(archive), settings)
        seen = judged(found, checked, settings.rules)
    left = Counter(known) if known is not None else baseline(project)
    findings = [*beyond((*seen, *had), left)]
    if known is None and not names and left.total():
        message = f"findings that are gone: {left.total():,}; publish check --write-baseline drops their rows"
        gone = Finding(location=Location(path=BASELINE), severity=Severity.NOTE, rule="baseline", message=message)
        findings.append(gone)
    return tuple(in_order(findings))


def named_among(archive: tuple[Issue, ...], names: Sequence[str]) -> tuple[Issue, ...]:
    """The issues that are named, by their folders or by their dates alone."""
    return tuple(issue for issue in archive if issue.name in names or issue.name[:10] in names)


def history_of(archive: tuple[Issue, ...]) -> Memory:
    """What the issues that are out carried."""
    return Memory((issue for issue in archive if not issue.draft), each=_in_every_process)


def _in_every_process(work: Callable[[Entry], _Found], issues: Sequence[Issue]) -> list[_Found]:
    made = spread(functools.partial(one_by_one, work), shares(issues, SHARE))
    return list(itertools.chain.from_iterable(made))


def had_before(
    issues: Sequence[Issue], memory: Memory, settings: Publication, look: Look = by_title
) -> Iterator[Finding]:
    """What readers have had of some issues, as bad as the settings make it."""

    def told(issue: Issue, history: History) -> Iterator[Finding]:
        return compared(issue, history, settings, look)

    return _in_shares(told, issues, memory, settings)


def _in_shares(
    told: Callable[[Issue, History], Iterator[Finding]],
    issues: Sequence[Issue],
    memory: Memory,
    settings: Publication,
) -> Iterator[Finding]:
    """What is told of each of some issues beside the history, in several processes at once."""
    history = aliased(memory, settings.aliases)

    def found(some: Sequence[Issue]) -> list[Finding]:
        return [one for issue in some for one in told(issue, history)]

    parts = shares(issues, SHARE)
    if len(parts) > 1:
        memory.prepare()
    return judged(itertools.chain.from_iterable(spread(found, parts)), issues, settings.rules)


def read_archive(
    project: Project, settings: Publication | None, report: Report, names: Sequence[str]
) -> tuple[Publication, tuple[Issue, ...], list[Finding]]:
    """The settings, every issue, oldest first, numbered, and what was found in those that were asked for.

    Raises BadSource with all of it where the settings are None or an issue cannot be read.
    """
    order = settings.sections if settings else ()
    folders = project.names(report)
    project.misnamed(replaceable(), report)
    for name in names:
        if not any(name in (folder, folder[:10]) for folder in folders):
            report.error(Location(path=f"issues/{name}"), "missing-issue", "no such folder: an issue is a dated folder")

    def asked(name: str) -> bool:
        return not names or name in names or name[:10] in names

    def read(some: Sequence[str]) -> list[tuple[Reading, list[Finding]]]:
        readings = [(name, read_issue(project.folder(name), order)) for name in some]
        return [(one, list(check(one.issue)) if one.issue and asked(name) else []) for name, one in readings]

    pairs = [pair for share in spread(read, shares(folders, SHARE)) for pair in share]
    refused = any(reading.issue is None for reading, _ in pairs)
    findings = report.findings
    for folder, (reading, _) in zip(folders, pairs, strict=True):
        findings += [found for found in reading.findings if asked(folder) or found.severity is Severity.ERROR]
    if refused or report.refuses or not settings:
        raise BadSource(in_order(findings))
    archive = numbered(reading.issue for reading, _ in pairs if reading.issue)
    chosen = {issue.location.path for issue in named_among(archive, names) or archive}
    findings += [one for one in misnumbered(archive) if one.location.path in chosen]
    return settings, archive, [*findings, *(found for _, told in pairs for found in told)]


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

"""Tells what an editor would want to know of the archive, and makes nothing."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from pipeline.check import compared, email_size, in_passing
from pipeline.check.baseline import Row, beyond
from pipeline.check.severities import judged
from pipeline.findings import Finding, Severity
from pipeline.history.aliases import aliased
from pipeline.history.memory import History, Known, Memory, one_by_one
from pipeline.history.repeats import Look, by_telling_title
from pipeline.model import Entry, Issue, Location, Publication
from pipeline.parallel import shares, spread
from pipeline.project import BASELINE, Project, baseline, publication
from pipeline.read.source import Report
from pipeline.reader import SHARE, in_order, named_among, read_archive, uncollected

__all__ = ["examine", "had_before", "history_of"]

_Found = TypeVar("_Found")


def examine(
    project: Project, names: Sequence[str], *, look: Look = by_telling_title, known: Counter[Row] | None = None
) -> tuple[Finding, ...]:
    """Everything that reading and the rules find in the issues that are named, or in all; nothing is made.

    `look` says beside what earlier entries those of an issue are put; `known` are findings that are left out, those
    of the publication's baseline where nothing else is given.

    Raises a PipelineError, with everything that was found, where a source or a setting cannot be read.
    """
    report = Report()
    with uncollected():
        archive = read_archive(project, publication(project, report), report, names)
        settings = archive.settings
        checked = named_among(archive.issues, names) or archive.issues

        def told(issue: Issue, history: History) -> Iterator[Finding]:
            yield from email_size(issue)
            yield from in_passing(issue, history)
            yield from compared(issue, history, settings, look)

        # Nothing is kept here: where all titles are asked for, to pack their numbers would cost more than it gives.
        entries = archive.known if names else replace(archive.known, near=None)
        had = _in_shares(told, checked, history_of(archive.issues, entries), settings)
        seen = judged(archive.findings, checked, settings.rules)
    left = Counter(known) if known is not None else baseline(project)
    findings = [*beyond((*seen, *had), left)]
    if known is None and not names and left.total():
        message = f"findings that are gone: {left.total():,}; publish check --write-baseline drops their rows"
        gone = Finding(location=Location(path=BASELINE), severity=Severity.NOTE, rule="baseline", message=message)
        findings.append(gone)
    return tuple(in_order(findings))


def history_of(issues: Sequence[Issue], known: Known | None = None) -> Memory:
    """What those of the issues that are out carried, and what is known of that already."""
    return Memory((issue for issue in issues if not issue.draft), each=_in_every_process, known=known)


def _in_every_process(work: Callable[[Entry], _Found], issues: Sequence[Issue]) -> list[_Found]:
    made = spread(functools.partial(one_by_one, work), shares(issues, SHARE))
    return list(itertools.chain.from_iterable(made))


def had_before(
    issues: Sequence[Issue], memory: Memory, settings: Publication, look: Look = by_telling_title
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

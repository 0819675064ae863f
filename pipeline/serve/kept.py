"""The publication as its files are now, held in memory: after a change only what changed is read again."""

from __future__ import annotations

import gc
import secrets
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from pipeline.build import context_of, searchable
from pipeline.cache.readings import Read
from pipeline.errors import BadSource, PipelineError
from pipeline.findings import Finding, Severity
from pipeline.history.archive import numbered
from pipeline.history.memory import Known
from pipeline.model import Issue, Publication
from pipeline.parallel import shares, spread
from pipeline.project import Project, publication
from pipeline.read.issue import Reading
from pipeline.read.source import Report
from pipeline.reader import SHARE, in_order, read_folder
from pipeline.render.context import RenderContext
from pipeline.render.defaults import replaceable
from pipeline.render.templates import Templates
from pipeline.review import history_of
from pipeline.serve.site import Site

__all__ = ["Kept", "State"]

_TEXTS = (".md", ".yaml", ".yml")
"""Endings of what a page has its words from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The publication at one moment; `number` is that of no other moment (`Kept.number`).

    `archive` are the issues as they were read, oldest first. `site` is None where something cannot be read, which
    `wrong` tells: a build would make nothing then. `beside` is what was found, but for what is of an issue alone.
    """

    number: str
    names: tuple[str, ...]
    reads: Mapping[str, Read]
    settings: Publication | None
    archive: tuple[Issue, ...] = ()
    beside: tuple[Finding, ...] = ()
    wrong: tuple[Finding, ...] = ()
    site: Site | None = None


class Kept:
    """The publication, read again as far as its files were touched; may be asked by several threads."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._lock = threading.Lock()
        self._touches = threading.Lock()
        self._touched: set[str] | None = set()
        self._run, self._count, self._files = secrets.token_hex(4), 0, 0
        self._state: State | None = None
        self._templates: Templates | None = None

    @property
    def number(self) -> str:
        """The number of the moment after the last touch: that of the state which is asked for next.

        Up to its last hyphen it is the same as long as nothing but texts were touched.
        """
        return f"{self._run}-{self._files}-{self._count}"

    def touch(self, paths: Iterable[str]) -> None:
        """Says which files may have changed, by their paths in the publication."""
        with self._touches:
            some = set(paths)
            self._touched = (self._touched or set()) | some
            self._count += 1
            self._files += any(PurePosixPath(path).suffix not in _TEXTS for path in some)

    def state(self) -> State:
        """The publication as it is now."""
        with self._lock:
            with self._touches:
                touched, self._touched, number = self._touched, None, self.number
            if self._state is None or touched is not None:
                self._state = self._made(self._state, touched or set(), number)
            return self._state

    def _made(self, before: State | None, touched: set[str], number: str) -> State:
        report = Report()
        try:
            settings = publication(self.project, report)
            names = self._names(before, touched, report)
            self.project.misnamed(replaceable(), report)
        except BadSource as error:
            return State(number=number, names=(), reads={}, settings=None, wrong=error.findings)
        reads = self._reads(before, touched, settings, names)
        findings = [*report.findings, *(one for read in reads.values() for one in read.reading.findings)]
        wrong = [one for one in findings if one.severity is Severity.ERROR]
        archive = numbered(read.reading.issue for read in reads.values() if read.reading.issue)
        state = State(
            number=number,
            names=names,
            reads=reads,
            settings=settings,
            archive=archive,
            beside=tuple(report.findings),
            wrong=tuple(in_order(wrong)),
        )
        if settings is None or wrong:
            return state
        try:
            return replace(state, site=Site(self._context(state, settings, touched)))
        except PipelineError as error:
            return replace(state, wrong=error.findings)

    def _names(self, before: State | None, touched: set[str], report: Report) -> tuple[str, ...]:
        """The names of the issues; they are looked for where one may have come or gone."""
        if before and before.names and not before.beside and {_issue(path) for path in touched} <= {"", *before.names}:
            return tuple(name for name in before.names if (self.project.issues / name).is_dir())
        return tuple(self.project.names(report))

    def _reads(
        self, before: State | None, touched: set[str], settings: Publication | None, names: Sequence[str]
    ) -> Mapping[str, Read]:
        """Each issue as it reads, those that were not touched as they were."""
        order = settings.sections if settings else ()
        is_new_order = before is None or before.settings is None or before.settings.sections != order
        known = {} if is_new_order or before is None else dict(before.reads)
        for path in touched:
            known.pop(_issue(path), None)
        stale = [name for name in names if name not in known]

        def read(some: Sequence[str]) -> list[Read]:
            return [self._read(name, order) for name in some]

        read_now = [one for share in spread(read, shares(stale, SHARE)) for one in share]
        known.update(zip(stale, read_now, strict=True))
        return {name: known[name] for name in names}

    def _read(self, name: str, order: tuple[str, ...]) -> Read:
        try:
            return read_folder(self.project.folder(name), order)
        except BadSource as error:
            return Read(reading=Reading(issue=None, findings=error.findings), findings=(), keys=(), outline=None)

    def _context(self, state: State, settings: Publication, touched: set[str]) -> RenderContext:
        """What pages are rendered with; compiled templates stay as long as no template is touched."""
        settings, _ = searchable(settings, state.archive)
        keys = [state.reads[issue.name].keys for issue in state.archive if not issue.draft]
        outlines = {name: read.outline for name, read in state.reads.items() if read.outline}
        past = history_of(state.archive, Known(keys=keys, outlines=outlines))
        made = context_of(self.project, settings, state.archive, past, cached=False)
        if self._templates is None or any(path.startswith("templates") for path in touched):
            self._templates = made.templates
            gc.unfreeze()  # those that were let go hold circles, which nobody looks for in what is frozen
            gc.collect()
        return replace(made, templates=self._templates)


def _issue(path: str) -> str:
    """The name of the issue that a path is in, empty where it is in none."""
    top, _, rest = path.partition("/")
    return rest.partition("/")[0] if top == "issues" else ""

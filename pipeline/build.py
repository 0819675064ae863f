"""Conducts: read, check, render, write."""

from __future__ import annotations

import contextlib
import functools
import gc
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pipeline.aliases import aliased, alike
from pipeline.appearances import appearances
from pipeline.archive import misnumbered, numbered
from pipeline.check import check, compared, email_size, in_passing
from pipeline.check.baseline import Row, beyond
from pipeline.check.severities import judged
from pipeline.errors import BadSource
from pipeline.findings import Finding, Severity
from pipeline.history import Memory, Past, one_by_one
from pipeline.model import Entry, Issue, Link, Location, Publication, Url
from pipeline.parallel import shares, spread
from pipeline.previously import previously, without_repeats
from pipeline.project import BASELINE, Project, baseline, labels, publication
from pipeline.read.issue import Reading, read_issue
from pipeline.read.source import Report
from pipeline.render.artifacts import artifacts
from pipeline.render.context import RenderContext
from pipeline.render.labels import Labels, catalogues
from pipeline.render.templates import DEFAULTS, Templates, replaceable
from pipeline.repeats import Look, by_address, by_title
from pipeline.topics import topics
from pipeline.write import Changes, Generation, Staged, writing

__all__ = ["Built", "Progress", "build", "examine", "prospect"]

_Found = TypeVar("_Found")
Progress = Callable[[int], None]
"""Is told about how many files are made."""

_SHARE = 25
"""Issues below which a second process costs more than it gives: a fork and its pipe take 5 ms, an issue 2."""

_AT_ONCE = 25
"""Issues whose notes the cache of `render.notes` holds at once; what feeds say of those at the edges is made twice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build did: the issues that were named, what was found, what changed; None where it was refused.

    `repeats` is how many entries readers have had, where no issue was named; `on_repeat` what became of them.
    """

    issues: tuple[Issue, ...]
    findings: tuple[Finding, ...]
    changes: Changes | None
    repeats: int = 0
    on_repeat: str = "stop"


def build(project: Project, names: Sequence[str], *, dry_run: bool, progress: Progress) -> Built:
    """Makes `out/` whole from all issues; `names` are those whose findings refuse.

    Raises a PipelineError, with everything that was found, where a source, a setting or a template cannot be read,
    and where the file system refuses; `out/` is then as it was.
    """
    report = Report()
    settings = publication(project, report)
    # Issues are read under the lock, or a build that read them before another one's edit could write after it.
    with writing(project.root, dry_run=dry_run) as generation:
        with _uncollected():
            settings, archive, found = _read(project, settings, report, names)
        chosen = _chosen(archive, names)
        checked = chosen or archive
        history = _history(archive)
        known = baseline(project)
        told = beyond(judged(found, checked, settings.rules), known)
        look = by_title if names else by_address
        had = list(beyond(_had(chosen or history.crowded(alike(settings.aliases)), history, settings, look), known))
        findings = _in_order([one for one in (*told, *(had if names else ())) if one.severity is not Severity.NOTE])
        if _refuses(findings, names):
            return Built(issues=chosen, findings=tuple(findings), changes=None)
        context = _context(project, settings, archive, history, cached=not dry_run)
        del history  # a tenth of the memory, which every process would hold
        made = _made(context, generation, progress)
        weights = {name: size for part in made for name, size in part.emails.items()}
        heavy = [one for issue in checked for one in email_size(issue, weights[issue.name])]
        findings = _in_order([*findings, *beyond(judged(heavy, checked, settings.rules), known)])
        if _refuses(findings, names):
            return Built(issues=chosen, findings=tuple(findings), changes=None)
        changes = generation.commit([one for part in made for one in part.staged])
    summed = 0 if names else len({one.location for one in had if one.rule == "repeat"})
    shown = _chosen(context.issues[::-1], names)
    return Built(issues=shown, findings=tuple(findings), changes=changes, repeats=summed, on_repeat=settings.on_repeat)


def examine(
    project: Project, names: Sequence[str], *, look: Look = by_title, known: Counter[Row] | None = None
) -> tuple[Finding, ...]:
    """Everything that reading and the rules find in the issues that are named, or in all; nothing is made.

    `look` says beside what earlier entries those of an issue are put; `known` are findings that are left out, those
    of the publication's baseline where nothing else is given.

    Raises a PipelineError, with everything that was found, where a source or a setting cannot be read.
    """
    report = Report()
    settings = publication(project, report)
    with _uncollected():
        settings, archive, found = _read(project, settings, report, names)
    checked = _chosen(archive, names) or archive
    history = _history(archive)
    heavy = [finding for issue in checked for finding in email_size(issue)]
    named = aliased(history, settings.aliases)
    passing = [finding for issue in checked for finding in in_passing(issue, named)]
    told = judged([*found, *heavy, *passing], checked, settings.rules)
    had = _had(checked, history, settings, look)
    left = Counter(known) if known is not None else baseline(project)
    findings = [*beyond((*told, *had), left)]
    if known is None and not names and left.total():
        message = f"findings that are gone: {left.total():,}; publish check --write-baseline drops their rows"
        gone = Finding(location=Location(path=BASELINE), severity=Severity.NOTE, rule="baseline", message=message)
        findings.append(gone)
    return tuple(_in_order(findings))


def prospect(project: Project, name: str) -> RenderContext:
    """What a build would render the issue of this name with. Raises a PipelineError where something is unreadable."""
    report = Report()
    settings, archive, _ = _read(project, publication(project, report), report, [name])
    whole = _context(project, settings, archive, _history(archive), cached=False)
    return whole.only(_chosen(whole.issues, [name]))


def _refuses(findings: Sequence[Finding], names: Sequence[str]) -> bool:
    """Whether an error stands against an issue that was named."""
    return bool(names) and any(finding.severity is Severity.ERROR for finding in findings)


def _chosen(archive: tuple[Issue, ...], names: Sequence[str]) -> tuple[Issue, ...]:
    return tuple(issue for issue in archive if issue.name in names or issue.name[:10] in names)


def _history(archive: tuple[Issue, ...]) -> Memory:
    """What the issues that are out carried."""
    return Memory((issue for issue in archive if not issue.draft), each=_in_every_process)


def _in_every_process(work: Callable[[Entry], _Found], issues: Sequence[Issue]) -> list[_Found]:
    made = spread(functools.partial(one_by_one, work), shares(issues, _SHARE))
    return list(itertools.chain.from_iterable(made))


def _had(issues: Sequence[Issue], memory: Memory, settings: Publication, look: Look = by_title) -> Iterator[Finding]:
    """What readers have had of some issues, as bad as the settings make it."""
    history = aliased(memory, settings.aliases)

    def found(some: Sequence[Issue]) -> list[Finding]:
        return [one for issue in some for one in compared(issue, history, settings, look)]

    parts = shares(issues, _SHARE)
    if len(parts) > 1:
        memory.prepare()
    return judged(itertools.chain.from_iterable(spread(found, parts)), issues, settings.rules)


def _read(
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

    pairs = [pair for share in spread(read, shares(folders, _SHARE)) for pair in share]
    refused = any(reading.issue is None for reading, _ in pairs)
    findings = report.findings
    for folder, (reading, _) in zip(folders, pairs, strict=True):
        findings += [found for found in reading.findings if asked(folder) or found.severity is Severity.ERROR]
    if refused or report.refuses or not settings:
        raise BadSource(_in_order(findings))
    archive = numbered(reading.issue for reading, _ in pairs if reading.issue)
    chosen = {issue.location.path for issue in _chosen(archive, names) or archive}
    findings += [one for one in misnumbered(archive) if one.location.path in chosen]
    return settings, archive, [*findings, *(found for _, told in pairs for found in told)]


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Keeps the garbage collector from what is made within, for good.

    Issues hold no circles, and to look for some in 1,000 of them again and again took a tenth of a build.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _in_order(findings: list[Finding]) -> list[Finding]:
    """Findings by file, line and column."""
    return sorted(
        findings, key=lambda found: (found.location.path, found.location.line or 0, found.location.column or 0)
    )


def _context(
    project: Project, settings: Publication, archive: tuple[Issue, ...], history: Memory, *, cached: bool
) -> RenderContext:
    folders = [folder for folder in (project.templates, DEFAULTS) if folder.is_dir()]
    words = Labels(language=settings.language, words=labels(folders, catalogues(settings.language)))

    def linked(past: Past, issue: Issue) -> Link:
        url = Url(f"{settings.url}/{past.issue}/#{past.slug}")
        title = words("previously", number=past.number) if past.issue < issue.name else words("above")
        return Link(title=title, url=url)

    known = aliased(history, settings.aliases)
    if settings.on_repeat == "drop":  # readers are led to what they were shown
        archive = tuple(without_repeats(issue, known, settings) for issue in archive)
        known = aliased(_history(archive), settings.aliases)
    shown = tuple(previously(issue, known, settings, linked) for issue in reversed(archive))
    out = tuple(issue for issue in shown if not issue.draft)
    with _uncollected():
        shared = topics(out)
    return RenderContext(
        publication=settings,
        archive=out,
        issues=shown,
        templates=Templates(folders, cache=project.cache if cached else None),
        labels=words,
        root=project.root,
        static=project.static,
        topics=shared,
        appearances=appearances(history, out, settings.aliases),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What one process made: its files, and the bytes of each issue's email."""

    staged: list[Staged]
    emails: dict[str, int]


def _made(context: RenderContext, generation: Generation, progress: Progress) -> list[_Part]:
    """Everything rendered and staged: the documents beside shares of issues and topics, a process for each share."""
    divided = shares(context.issues, _SHARE)
    listed = context.topics.topics
    parts = [context.only(tuple(share), listed[place :: len(divided)]) for place, share in enumerate(divided)]

    def make(part: RenderContext) -> _Part:
        made = _Part(staged=[], emails={})
        for artifact in artifacts(part, documents=part is parts[0]):
            made.staged.append(generation.stage(artifact))
            folder, _, name = artifact.path.rpartition("/")
            if name == "email.html" and isinstance(artifact.content, bytes):
                made.emails[folder] = len(artifact.content)
            if part is parts[0] and len(made.staged) % 50 == 0:
                progress(len(made.staged) * len(parts))  # the parts are of one size, and only one may speak
        return made

    return spread(make, parts)

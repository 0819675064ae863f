"""Conducts: read, check, render, write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from pipeline.archive import numbered
from pipeline.check import check
from pipeline.errors import BadSource
from pipeline.findings import Finding, Severity
from pipeline.model import Issue, Location, Publication
from pipeline.parallel import shares, spread
from pipeline.project import Project, labels, publication
from pipeline.read.issue import Reading, read_issue
from pipeline.read.source import Report
from pipeline.render.context import RenderContext, Renderer
from pipeline.render.labels import Labels, catalogues
from pipeline.render.renderers import DOCUMENTS, EDITIONS
from pipeline.render.templates import DEFAULTS, Templates
from pipeline.write import Changes, Generation, Staged, writing

__all__ = ["Built", "Progress", "build"]

Progress = Callable[[int], None]
"""Is told how many files this process has made."""

_SHARE = 25
"""Issues below which a second process costs more than it gives: a fork and its pipe take 5 ms, an issue 2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build did: the issues asked for, what was found, what changed; None where it was refused."""

    issues: tuple[Issue, ...]
    findings: tuple[Finding, ...]
    changes: Changes | None


def build(project: Project, names: Sequence[str], *, dry_run: bool, progress: Progress) -> Built:
    """Makes `out/` whole from all issues; `names` are those whose findings refuse.

    Raises a PipelineError, with everything that was found, where a source, a setting or a template cannot be read,
    and where the file system refuses; `out/` is then as it was.
    """
    settings = publication(project)
    archive, findings = _read(project, settings, names)
    chosen = tuple(issue for issue in archive if issue.name in names or issue.name[:10] in names)
    checked = chosen or archive
    findings = _in_order([*findings, *(finding for issue in checked for finding in check(issue))])
    if names and any(finding.severity is Severity.ERROR for finding in findings):
        return Built(issues=chosen, findings=tuple(findings), changes=None)
    with writing(project.root, dry_run=dry_run) as generation:
        context = _context(project, settings, archive, cached=not dry_run)
        staged = [made for share in _made(context, generation, progress) for made in share]
        changes = generation.commit(staged)
    return Built(issues=checked, findings=tuple(findings), changes=changes)


def _read(project: Project, settings: Publication, names: Sequence[str]) -> tuple[tuple[Issue, ...], list[Finding]]:
    """Every issue, oldest first, numbered, and what was found in those that were asked for."""
    report = Report()
    folders = project.names(report)
    for name in names:
        if not any(name in (folder, folder[:10]) for folder in folders):
            report.error(Location(path=f"issues/{name}"), "missing-issue", "no such folder: an issue is a dated folder")

    def read(some: Sequence[str]) -> list[Reading]:
        return [read_issue(project.folder(name), settings.sections) for name in some]

    readings = [reading for share in spread(read, shares(folders, _SHARE)) for reading in share]
    refused = report.refuses or any(reading.issue is None for reading in readings)
    findings = report.findings
    for folder, reading in zip(folders, readings, strict=True):
        asked = not names or folder in names or folder[:10] in names
        findings += [found for found in reading.findings if asked or found.severity is Severity.ERROR]
    if refused:
        raise BadSource(_in_order(findings))
    return numbered(reading.issue for reading in readings if reading.issue), findings


def _in_order(findings: list[Finding]) -> list[Finding]:
    """Findings by file, line and column."""
    return sorted(
        findings, key=lambda found: (found.location.path, found.location.line or 0, found.location.column or 0)
    )


def _context(project: Project, settings: Publication, archive: tuple[Issue, ...], *, cached: bool) -> RenderContext:
    folders = [folder for folder in (project.templates, DEFAULTS) if folder.is_dir()]
    words = labels(folders, catalogues(settings.language))
    return RenderContext(
        publication=settings,
        archive=tuple(issue for issue in reversed(archive) if not issue.draft),
        issues=tuple(reversed(archive)),
        templates=Templates(folders, cache=project.cache if cached else None),
        labels=Labels(language=settings.language, words=words),
        root=project.root,
    )


def _made(context: RenderContext, generation: Generation, progress: Progress) -> list[list[Staged]]:
    """Everything rendered and staged, the editions of the issues spread over processes."""

    def make(some: tuple[RenderContext, Sequence[Renderer]]) -> list[Staged]:
        part, renderers = some
        staged = []
        for render in renderers:
            for artifact in render(part):
                staged.append(generation.stage(artifact))
                if len(staged) % 50 == 0:
                    progress(len(staged))
        return staged

    parts = shares(context.issues, _SHARE)
    contexts = [replace(context, issues=tuple(part)) for part in parts]
    return spread(make, [(part, EDITIONS if place else (*DOCUMENTS, *EDITIONS)) for place, part in enumerate(contexts)])

"""Conducts: read, check, render, write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.assembly import Progress, assembled
from pipeline.cache.maker import maker
from pipeline.check import email_size
from pipeline.check.baseline import beyond
from pipeline.check.severities import judged
from pipeline.findings import Finding, Severity
from pipeline.history.aliases import aliased, alike
from pipeline.history.appearances import appearances
from pipeline.history.memory import Memory, Past
from pipeline.history.previously import previously, without_repeats
from pipeline.history.repeats import by_address, by_telling_title
from pipeline.history.topics import topics
from pipeline.model import Issue, Link, Location, Publication, Url
from pipeline.pagefind import program, searching
from pipeline.project import SETTINGS, Project, baseline, labels, publication
from pipeline.read.source import Report
from pipeline.reader import in_order, named_among, read_archive, uncollected
from pipeline.render.context import RenderContext
from pipeline.render.defaults import DEFAULTS
from pipeline.render.labels import Labels, catalogues
from pipeline.render.templates import Templates
from pipeline.review import had_before, history_of
from pipeline.write import Changes, writing

__all__ = ["Built", "Progress", "build", "context_of", "prospect", "searchable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What a build did: the issues that were named, what was found, what changed; None where it was refused.

    `repeats` is how many entries readers have had, where no issue was named; `on_repeat` what became of them;
    `drafts` are the names of all that are not out.
    """

    issues: tuple[Issue, ...]
    findings: tuple[Finding, ...]
    changes: Changes | None
    repeats: int = 0
    on_repeat: str = "stop"
    drafts: frozenset[str] = frozenset()


def build(project: Project, names: Sequence[str], *, dry_run: bool, progress: Progress) -> Built:
    """Makes `out/` whole from all issues; `names` are those whose findings refuse.

    Raises a PipelineError, with everything that was found, where a source, a setting or a template cannot be read,
    and where the file system refuses; `out/` is then as it was.
    """
    report = Report()
    settings = publication(project, report)
    # Issues are read under the lock, or a build that read them before another one's edit could write after it.
    with writing(project.root, dry_run=dry_run) as generation, searching(project.root, dry_run=dry_run) as index:
        with uncollected():
            archive = read_archive(project, settings, report, names)
        settings, lacking = searchable(archive.settings, archive.issues)
        chosen = named_among(archive.issues, names)
        checked = chosen or archive.issues
        history = history_of(archive.issues, archive.known)
        known = baseline(project)
        told = beyond(judged(archive.findings, checked, settings.rules), known)
        look = by_telling_title if names else by_address
        asked = chosen or history.crowded(alike(settings.aliases))
        had = list(beyond(had_before(asked, history, settings, look), known))
        if not dry_run:
            archive.keep()  # whether or not it is refused; and what is kept is memory no more
        findings = in_order(
            [one for one in (*told, *lacking, *(had if names else ())) if one.severity is not Severity.NOTE]
        )
        if _refuses(findings, names):
            return Built(issues=chosen, findings=tuple(findings), changes=None)
        context = context_of(project, settings, archive.issues, history, cached=not dry_run)
        archive = replace(archive, keys={})
        del history  # a tenth of the memory with the keys, and every process would hold it
        made = assembled(project, archive, context, (generation, index), progress)
        weights = made.weights()
        heavy = [one for issue in checked for one in email_size(issue, weights[issue.name])]
        findings = in_order([*findings, *beyond(judged(heavy, checked, settings.rules), known)])
        if _refuses(findings, names):
            return Built(issues=chosen, findings=tuple(findings), changes=None)
        changes = generation.commit(made.staged)
        if not dry_run:
            made.keep()
    summed = 0 if names else len({one.location for one in had if one.rule == "repeat"})
    shown = named_among(context.issues[::-1], names)
    return Built(
        issues=shown,
        findings=tuple(findings),
        changes=changes,
        repeats=summed,
        on_repeat=settings.on_repeat,
        drafts=frozenset(issue.name for issue in archive.issues if issue.draft),
    )


def prospect(project: Project, name: str) -> RenderContext:
    """What a build would render the issue of this name with. Raises a PipelineError where something is unreadable."""
    report = Report()
    archive = read_archive(project, publication(project, report), report, [name])
    history = history_of(archive.issues, archive.known)
    whole = context_of(project, archive.settings, archive.issues, history, cached=False)
    return whole.only(named_among(whole.issues, [name]))


def _refuses(findings: Sequence[Finding], names: Sequence[str]) -> bool:
    """Whether an error stands against an issue that was named."""
    return bool(names) and any(finding.severity is Severity.ERROR for finding in findings)


def searchable(settings: Publication, archive: Sequence[Issue]) -> tuple[Publication, tuple[Finding, ...]]:
    """The settings, without the search where there is nothing to search or nothing to do it with, which is told."""
    if not settings.search or (program() and any(not issue.draft for issue in archive)):
        return settings, ()
    message = 'no search is made, as this needs Pagefind: pip install "publish-newsletter[search]" brings it'
    lacking = Finding(location=Location(path=SETTINGS), severity=Severity.WARNING, rule="search", message=message)
    return replace(settings, search=False), () if program() else (lacking,)


def context_of(
    project: Project, settings: Publication, archive: tuple[Issue, ...], history: Memory, *, cached: bool
) -> RenderContext:
    """What everything is rendered with; `cached` keeps compiled templates on disk. Raises BadSource for bad labels."""
    folders = project.template_folders(DEFAULTS)
    words = Labels(language=settings.language, words=labels(folders, catalogues(settings.language)))

    def linked(past: Past, issue: Issue) -> Link:
        url = Url(f"{settings.url}/{past.issue}/#{past.slug}")
        title = words("previously", number=past.number) if past.issue < issue.name else words("above")
        return Link(title=title, url=url)

    left, known = history, aliased(history, settings.aliases)
    if settings.on_repeat == "drop":  # readers are led to what they were shown
        archive = tuple(without_repeats(issue, known, settings) for issue in archive)
        left = history_of(archive)
        known = aliased(left, settings.aliases)
    shown = tuple(
        previously(issue, left.outline(issue).answers, known, settings, linked) for issue in reversed(archive)
    )
    out = tuple(issue for issue in shown if not issue.draft)
    with uncollected():
        shared = topics(out, left.outline)
    return RenderContext(
        publication=settings,
        archive=out,
        issues=shown,
        templates=Templates(folders, cache=project.cache if cached else None, maker=maker()),
        labels=words,
        root=project.root,
        static=project.static,
        topics=shared,
        appearances=appearances(history, out, settings.aliases),
    )

"""What the desk tells of an issue: what was found in it, what its email weighs, how it differs from the last one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.check import compared, email_size, in_passing, section_weights
from pipeline.check.baseline import beyond
from pipeline.check.severities import judged
from pipeline.diff import Diff, diff
from pipeline.errors import PipelineError
from pipeline.findings import Finding
from pipeline.history.archive import misnumbered
from pipeline.index.making import history
from pipeline.model import Issue, Publication
from pipeline.project import Project, baseline
from pipeline.reader import in_order
from pipeline.render.email import BUDGET
from pipeline.serve.kept import State

__all__ = ["About", "Weight", "about"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """About how many bytes of the email a section makes, and how much that is of all that an email may have."""

    title: str
    size: int

    @property
    def share(self) -> float:
        """In percent of what Gmail shows."""
        return round(100 * self.size / BUDGET, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """An issue, what `publish check` tells of it, and its email's bytes; `sections` are the heaviest first.

    `before` is the issue before it, None for the first, and `diff` what happened to the entries from that to this one.
    """

    issue: Issue
    findings: tuple[Finding, ...]
    email: Weight | None
    sections: tuple[Weight, ...]
    before: Issue | None
    diff: Diff | None


def about(project: Project, state: State, name: str) -> About | None:
    """What there is to tell of an issue that was read, None where there is none of this name."""
    place = next((at for at, issue in enumerate(state.archive) if issue.name == name), None)
    if place is None or state.settings is None:
        return None
    issue, before = state.archive[place], state.archive[place - 1] if place else None
    size = _size(state, name)
    sections = (Weight(title=title, size=size) for title, size in section_weights(issue).items())
    return About(
        issue=issue,
        findings=_findings(project, state, state.settings, issue),
        email=Weight(title="", size=size) if size else None,
        sections=tuple(sorted(sections, key=lambda one: -one.size)),
        before=before,
        diff=diff(before, issue) if before else None,
    )


def _size(state: State, name: str) -> int:
    """The bytes of the email, 0 where it cannot be made."""
    try:
        made = state.site.file(f"{name}/email.html") if state.site else None
    except PipelineError:
        return 0
    return len(made.content) if made and isinstance(made.content, bytes) else 0


def _findings(project: Project, state: State, settings: Publication, issue: Issue) -> tuple[Finding, ...]:
    """All that is wrong with the publication where it cannot be built, else what was found in the issue."""
    if state.wrong:
        return state.wrong
    try:
        told = judged(_found(project, state, settings, issue), [issue], settings.rules)
        return tuple(in_order([*beyond((*state.beside, *told), baseline(project))]))
    except PipelineError as error:
        return error.findings


def _found(project: Project, state: State, settings: Publication, issue: Issue) -> Iterator[Finding]:
    """What reading it, the rules and the history say; the history is asked by the index, which outlives a change."""
    past = history(project).history
    yield from state.reads[issue.name].reading.findings
    yield from state.reads[issue.name].findings
    yield from (one for one in misnumbered(state.archive) if one.location.path == issue.location.path)
    yield from email_size(issue)
    yield from in_passing(issue, past)
    yield from compared(issue, past, settings)

"""A new issue on disk: the inbox carried over into it, or what is new in a list that grows."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.capture.adding import told
from pipeline.capture.listed import listed
from pipeline.capture.shelf import Shelf, held, shelf, write_inbox
from pipeline.edit.inbox import comments, without
from pipeline.edit.scaffold import Known, by_section, had, issue_text, news
from pipeline.errors import BadSource, PipelineError
from pipeline.findings import Finding
from pipeline.history.archive import title_after
from pipeline.model import Entry, Issue, Location, Markdown
from pipeline.project import Project, labels
from pipeline.read.issue import Folder, read_issue
from pipeline.render.defaults import DEFAULTS
from pipeline.render.labels import Labels, catalogues
from pipeline.write.disk import refused
from pipeline.write.sources import create_folder

__all__ = ["Made", "carry_over", "from_list"]

_SOURCE = "index.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new issue as a build reads it, and the entries that are not in it because earlier issues had them.

    `is_new` is False where the issue was there already, and only entries that it has were taken out of the inbox:
    `carried` tells how many.
    """

    issue: Issue
    known: tuple[Known, ...]
    carried: int
    findings: tuple[Finding, ...]
    is_new: bool = True


def carry_over(project: Project, name: str) -> Made:
    """Makes the issue of this name from the inbox; what readers have had stays there, unless the editor has answered.

    First the issue, then the inbox: killed between the two, nothing is lost, and the next call takes out of the inbox
    what the issue has. Raises a PipelineError where the issue is there and has nothing of the inbox, where something
    cannot be read, and where the file system refuses.
    """
    with held(project):
        kept = shelf(project, whole=True)
        if (project.issues / name).exists():
            return _finished(project, kept, name)
        verdicts = [had(one.entry, kept.history, name) for one in kept.inbox.waiting]
        taken = {number for number, known in enumerate(verdicts) if known is None}
        issue = _empty(project, kept, name)
        chosen = [(one.section, one.entry) for number, one in enumerate(kept.inbox.waiting) if number in taken]
        issue = replace(issue, sections=by_section(chosen, kept.settings.sections))
        made = _write(project, kept, issue, _comments(kept, issue), {})
        _take_out(project, kept, taken)
    entries = tuple(made.walk())
    known = tuple(one for one in verdicts if one)
    return Made(issue=made, known=known, carried=len(taken), findings=(*kept.findings, *told(made, entries, kept)))


def from_list(project: Project, name: str, path: Path) -> Made:
    """Makes the issue of this name of those entries of a list that no earlier issue has.

    Raises a PipelineError where the issue is there already, where the list has nothing new, where something cannot be
    read, and where the file system refuses.
    """
    with held(project):
        kept = shelf(project, whole=True)
        if (project.issues / name).exists():
            raise _exists(name)
        grown = listed(path)
        issue, known = news(grown, kept.history, name)
        if not issue.entries:
            message = "earlier issues have all of its entries" if grown.entries else "it has no entries"
            raise PipelineError.at(Location(path=str(path)), "nothing-new", message)
        earlier = [one for one in kept.issues if one.name < name]
        said = {text for one in earlier for text in (one.intro, *(section.text for section in one.sections))}
        empty = _empty(project, kept, name)
        issue = replace(
            empty,
            title=grown.title or empty.title,
            intro=Markdown("") if issue.intro in said else issue.intro,
            sections=tuple(replace(one, text=Markdown("")) if one.text in said else one for one in issue.sections),
        )
        beside = {one.name: path.parent / one.name for one in grown.attachments}
        made = _write(project, kept, issue, {}, beside)
    entries = tuple(made.walk())
    return Made(issue=made, known=known, carried=len(entries), findings=(*kept.findings, *told(made, entries, kept)))


def _finished(project: Project, kept: Shelf, name: str) -> Made:
    """What a call that was killed has left to do: to take out of the inbox what the issue has just so."""
    issue = next((one for one in kept.issues if one.name == name), None)
    there = issue.entries if issue else ()
    taken = {number for number, one in enumerate(kept.inbox.waiting) if one.entry in there}
    if not taken or issue is None:
        raise _exists(name)
    _take_out(project, kept, taken)
    return Made(issue=issue, known=(), carried=len(taken), findings=kept.findings, is_new=False)


def _exists(name: str) -> PipelineError:
    message = f"there is an issue of this name already, and it stays as it is: publish add --issue {name} puts links in"
    return PipelineError.at(Location(path=f"issues/{name}"), "exists", message)


def _take_out(project: Project, kept: Shelf, taken: set[int]) -> None:
    if taken:
        wanted = [one for number, one in enumerate(kept.inbox.waiting) if number not in taken]
        write_inbox(project, kept, lambda data: without(data, kept.inbox, taken), wanted)


def _empty(project: Project, kept: Shelf, name: str) -> Issue:
    """The issue with a title in the publication's own numbering, and nothing else."""
    settings = kept.settings
    folders = project.template_folders(DEFAULTS)
    words = Labels(language=settings.language, words=labels(folders, catalogues(settings.language)))
    earlier = [one for one in kept.issues if one.name < name]
    number = earlier[-1].number + 1 if earlier else 1
    title = title_after(earlier, number) or words("issue", number=number)
    return Issue(date=datetime.date.fromisoformat(name[:10]), name=name, title=title, number=0)


def _comments(kept: Shelf, issue: Issue) -> Mapping[int, str]:
    """What was written over entries in the inbox, by the number of each in the issue."""
    said = zip(kept.inbox.waiting, comments(kept.data or b"", kept.inbox), strict=True)
    by_entry = {id(one.entry): comment for one, comment in said}
    return {number: by_entry[id(entry)] for number, entry in enumerate(issue.entries)}


def _write(
    project: Project, kept: Shelf, issue: Issue, comments: Mapping[int, str], beside: Mapping[str, Path]
) -> Issue:
    """Makes the folder of an issue that reads back as this one, with what it links to; gives it as it is read."""
    folder = Folder(
        path=f"issues/{issue.name}",
        name=issue.name,
        date=issue.date,
        sources={_SOURCE: issue_text(issue, comments).encode()},
        others=frozenset(beside),
    )
    reading = read_issue(folder, kept.settings.sections)
    made = reading.issue
    if made is None or _said(made) != _said(issue):
        message = "what is to be in this issue would read otherwise in it: write it by hand"
        raise BadSource([*reading.findings, *BadSource.at(Location(path=folder.path), "not-written", message).findings])
    files = dict(folder.sources)
    with refused(folder.path, left="nothing was made"):
        for one in made.attachments:
            files[one.name] = beside[one.name].read_bytes()
    create_folder(project.root, folder.path, files)
    return made


def _said(issue: Issue) -> tuple[str, str, dict[str, tuple[str, tuple[Entry, ...]]]]:
    """What must come out as it went in; sections may be in another order, as the settings want it."""
    return issue.title, issue.intro, {one.title: (one.text, one.entries) for one in issue.sections}

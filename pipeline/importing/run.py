"""Conducts an import: sources to issues, issues to the folders they belong in; what people wrote stays as it is."""

from __future__ import annotations

import datetime
import functools
import itertools
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.encoding import Mode
from pipeline.errors import BadSource
from pipeline.findings import Finding, Severity
from pipeline.importers.placing import Placed, dated, merged, placed
from pipeline.importers.portions import portions
from pipeline.importers.source import SourceFile
from pipeline.importing.sources import Brought, brought, dates_of
from pipeline.model import Issue, Location, Markdown, Publication
from pipeline.parallel import shares, spread
from pipeline.project import Project, publication
from pipeline.read.issue import Folder, Reading, read_issue
from pipeline.read.source import Report
from pipeline.reader import SHARE, uncollected
from pipeline.render.context import RenderContext
from pipeline.render.defaults import DEFAULTS
from pipeline.render.labels import Labels
from pipeline.render.renderers import SOURCE
from pipeline.render.templates import Templates
from pipeline.write.disk import refused, sync
from pipeline.write.disk import replace as put
from pipeline.write.lock import locked

__all__ = ["Choices", "Made", "Outcome", "import_sources"]

_NO_HEADER = "---\n---\n"
_LEFT = "what is not told of as made is not there; run the import again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the person asked for: one issue for all, one kind for all, dates by file name; `today` for want of any.

    With `repair`, text that was decoded wrongly is put right: marked where it was chosen, or accepted.
    """

    today: datetime.date
    issue: str = ""
    kind: str = ""
    dates: Path | None = None
    repair: Mode | None = None
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A file of an issue that was written, or would be: its path, how many entries, of which kind and source."""

    path: str
    entries: int
    kind: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an import did: files made, sources that had nothing new, everything that was found."""

    made: tuple[Made, ...]
    unchanged: int
    findings: tuple[Finding, ...]


def import_sources(project: Project, given: Sequence[Path | SourceFile], choices: Choices) -> Outcome:
    """Takes sources over into issue folders; a second time it changes nothing.

    Raises a PipelineError where settings, standing issues or a named source cannot be read, and where the file system
    refuses.
    """
    report = Report()
    settings = publication(project, report)
    dates = dates_of(choices.dates, report) if choices.dates else {}
    if settings is None or report.refuses:
        raise BadSource(report.findings)
    with uncollected():
        found = brought(given, choices.kind, dates, report, choices.repair)
        if choices.dry_run:
            files = _files(project, settings, found, choices, report)
            return _outcome(files, found, report)
    with locked(project.root / ".publish"):
        with uncollected():
            files = _files(project, settings, found, choices, report)
        _write(project, files)
    return _outcome(files, found, report)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file to be: where, its text, and what stands beside it where that is too much for one."""

    path: str
    text: str
    more: Mapping[str, str] = field(default_factory=dict)


_Files = list[tuple[Placed, _File]]
"""What is to be written of each issue."""


def _outcome(files: _Files, found: Brought, report: Report) -> Outcome:
    made = [
        Made(
            path=file.path,
            entries=len(one.issue.entries),
            kind=found.kinds.get(one.issue.location.path, ""),
            source=one.issue.location.path,
        )
        for one, file in files
    ]
    return Outcome(made=tuple(made), unchanged=len(found.issues) - len(made), findings=tuple(report.findings))


def _files(project: Project, settings: Publication, found: Brought, choices: Choices, report: Report) -> _Files:
    """What is to be written, each proven by reading it as a build would."""
    standing = {issue.name: issue for issue in _standing(project)}
    issues = _with_dates(found.issues, list(standing.values()), choices, report)
    places = list(placed(issues, list(standing.values()), choices.issue))

    def made(some: Sequence[Placed]) -> list[tuple[_File | None, list[Finding]]]:
        return [_file(project, settings, one) for one in some]

    files = []
    outcomes = itertools.chain.from_iterable(spread(made, shares(places, SHARE)))
    for one, (file, told) in zip(places, outcomes, strict=True):
        _tell(one, report)
        report.findings += told
        files += [(one, file)] if file else []
    return files


def _file(project: Project, settings: Publication, one: Placed) -> tuple[_File | None, list[Finding]]:
    """What is to be written of an issue, if there is anything new, and what is to be told of it."""
    report = Report()
    if not one.issue.entries and (one.exists or one.known):
        return None, []
    texts = [_text(settings, part) for part in portions(_bare(one.issue) if one.exists else one.issue)]
    before = project.folder(one.issue.name) if one.exists else None
    return _appended(before, one, texts) if before else _fresh(one, texts, report), report.findings


def _standing(project: Project) -> Iterator[Issue]:
    """The issues that are there. Raises BadSource where one cannot be read: what it has would be taken for new."""
    report = Report()
    names = project.names(report) if project.issues.is_dir() else []
    for reading in (read_issue(project.folder(name)) for name in names):
        if reading.issue is None:
            raise BadSource(reading.findings)
        yield reading.issue
    if report.refuses:
        raise BadSource(report.findings)


def _with_dates(issues: Sequence[Issue], standing: Sequence[Issue], choices: Choices, report: Report) -> list[Issue]:
    """The issues with a day each; one whose source tells none is told of."""
    if choices.issue:
        return [merged(issues, datetime.date.fromisoformat(choices.issue[:10]))] if issues else []
    newest = max((issue.date for issue in standing), default=None)
    found = []
    for issue, guess in dated(issues, newest, choices.today):
        if guess:
            message = f"no date in its header, heading, name, --dates or git: taken as {issue.date}, the next week"
            report.warning(Location(path=issue.location.path), "no-date", message)
        found.append(issue)
    return found


def _tell(one: Placed, report: Report) -> None:
    if one.grows and one.known:
        new = len(one.issue.entries)
        message = f"a list that grows: {one.known} of its entries were in earlier issues, {new} are new"
        where = Location(path=one.issue.location.path)
        report.findings.append(Finding(location=where, severity=Severity.NOTE, rule="grows", message=message))


@functools.cache
def _templates() -> Templates:
    return Templates([DEFAULTS])


def _bare(issue: Issue) -> Issue:
    """What is added to an issue: entries in their sections, without header and prose."""
    sections = (replace(section, text=Markdown("")) for section in issue.sections if section.entries)
    return Issue(date=issue.date, name=issue.name, title="", number=0, sections=tuple(sections))


def _text(settings: Publication, issue: Issue) -> str:
    """The issue in the form of the Markdown edition."""
    context = RenderContext(
        publication=settings,
        archive=(issue,),
        issues=(issue,),
        templates=_templates(),
        labels=Labels(language=settings.language, words={}),
        root=Path(),
    )
    content = next(SOURCE(context)).content
    text = content.decode() if isinstance(content, bytes) else ""
    return text.removeprefix(_NO_HEADER).strip("\n") + "\n"


def _read(one: Placed, sources: dict[str, bytes], others: frozenset[str]) -> Reading:
    others |= {attachment.name for attachment in one.issue.attachments}
    name = one.issue.name
    return read_issue(Folder(path=f"issues/{name}", name=name, date=one.issue.date, sources=sources, others=others))


def _fresh(one: Placed, texts: Sequence[str], report: Report) -> _File | None:
    """The file of a new issue, with further ones; None, with an error, where a build would refuse it."""
    folder = f"issues/{one.issue.name}"
    files = {"index.md": texts[0], **{f"part-{number:03}.md": text for number, text in enumerate(texts[1:], start=2)}}
    reading = _read(one, {name: text.encode() for name, text in files.items()}, frozenset())
    where = one.issue.location
    if reading.issue is None:
        for finding in reading.findings:
            report.error(where, finding.rule, f"cannot be taken over: {finding.message}")
        return None
    if (reading.issue.sections, reading.issue.intro) != (one.issue.sections, one.issue.intro):
        report.warning(where, "reads-otherwise", "reads back otherwise than it was understood: compare it by eye")
    more = {f"{folder}/{name}": text for name, text in files.items() if name != "index.md"}
    return _File(path=f"{folder}/index.md", text=texts[0], more=more)


def _appended(before: Folder, one: Placed, texts: Sequence[str]) -> _File:
    """New entries at the end of the issue's last Markdown file, or in files of their own if that reads otherwise."""
    last = max((name for name in before.sources if name.endswith(".md")), default="")
    if last and len(texts) == 1:
        whole = before.sources[last].decode().rstrip("\n") + "\n\n" + texts[0]
        reading = _read(one, {**before.sources, last: whole.encode()}, before.others)
        standing = read_issue(before).issue
        if reading.issue and standing and len(reading.issue.entries) == len(standing.entries) + len(one.issue.entries):
            return _File(path=f"{before.path}/{last}", text=whole)
    names = (f"imported-{number:03}.md" for number in itertools.count(1))
    first, *more = itertools.islice((name for name in names if name not in before.sources), len(texts))
    beside = {f"{before.path}/{name}": text for name, text in zip(more, texts[1:], strict=True)}
    return _File(path=f"{before.path}/{first}", text=texts[0], more=beside)


def _write(project: Project, files: _Files) -> None:
    """Puts each file in its place in one instant, a new issue's whole folder with what it links to."""
    with refused("issues", left=_LEFT):
        fresh = [(one.issue, file, project.issues / f".{one.issue.name}.new") for one, file in files if not one.exists]
        for issue, file, staging in fresh:
            shutil.rmtree(staging, ignore_errors=True)
            staging.mkdir(parents=True)
            for path, text in {file.path: file.text, **file.more}.items():
                (staging / path.rpartition("/")[2]).write_text(text, encoding="utf-8", newline="\n")
            for attachment in issue.attachments:
                shutil.copyfile(attachment.source, staging / attachment.name, follow_symlinks=False)
        if fresh:
            sync(project.issues)
        for issue, _, staging in fresh:
            staging.rename(project.issues / issue.name)
        for one, file in files:
            if one.exists:
                for path, text in {**file.more, file.path: file.text}.items():
                    put(project.root / path, text.encode())
                for attachment in one.issue.attachments:
                    target = project.issues / one.issue.name / attachment.name
                    if not target.exists():
                        shutil.copyfile(attachment.source, target, follow_symlinks=False)

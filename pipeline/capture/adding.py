"""Capture: an entry into the inbox or into an issue, at once held against everything that was published."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from pipeline.addresses import is_attachment, readable
from pipeline.capture.shelf import Shelf, held, shelf, write_inbox
from pipeline.check import compared
from pipeline.check.severities import judged
from pipeline.edit.entering import entered, values
from pipeline.edit.inbox import appended
from pipeline.errors import BadSource
from pipeline.findings import Finding, Severity
from pipeline.identity import Carried, compare
from pipeline.identity.tracking import untracked
from pipeline.model import NOWHERE, Entry, Issue, Location, Section
from pipeline.project import Project
from pipeline.read.entries import from_yaml
from pipeline.read.inbox import ADDED, Waiting
from pipeline.read.issue import read_issue
from pipeline.read.links import Prover, prover
from pipeline.read.source import CONTROL, Report
from pipeline.read.yaml import Pairs, Text
from pipeline.write.sources import create, rewrite

__all__ = ["LATER", "Captured", "Find", "add", "as_entry", "foreseen", "is_same", "told"]

_HALF = re.compile(r"[\ud800-\udfff]")

LATER = "9999-12-31"
"""The name of an issue that comes after all others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """What somebody found: an address, and what they say of it; empty for nothing.

    `section` is None where none was named; `issue` the name of an issue's folder, empty for the inbox.
    """

    url: str
    today: datetime.date
    title: str = ""
    section: str | None = None
    note: str = ""
    author: str = ""
    published: str = ""
    lang: str = ""
    via: str = ""
    issue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Captured:
    """What became of a find: the entry with its place, its section, the names of what was taken out of its address.

    `written` is False where it was there already: then `entry` is the one that was.
    """

    entry: Entry
    section: str
    written: bool
    stripped: tuple[str, ...]
    findings: tuple[Finding, ...]


def add(project: Project, find: Find) -> Captured:
    """Puts a find into an issue or the inbox. What readers have had is put in as well, and told as a warning.

    Raises a PipelineError where the find is none, where the publication, the inbox or the issue cannot be read, and
    where the file system refuses; nothing is written then.
    """
    with held(project):
        return _captured(project, find, write=True)


def foreseen(project: Project, find: Find) -> Captured:
    """What `add` would make of a find, told as if it were done; nothing is written. Raises as `add` does."""
    return _captured(project, find, write=False)


def _captured(project: Project, find: Find, *, write: bool) -> Captured:
    kept = shelf(project)
    report = Report()
    url = find.url.strip()
    clean, stripped = untracked(url if "://" in url else f"https://{url}")
    find = replace(find, url=clean if stripped else url)
    captured = (_into_issue if find.issue else _into_inbox)(project, kept, find, report, write=write)
    findings = (*kept.findings, *report.findings, *captured.findings)
    return replace(captured, stripped=stripped, findings=findings)


def _into_inbox(project: Project, kept: Shelf, find: Find, report: Report, *, write: bool) -> Captured:
    entry = as_entry(find, prover((), report, used=set()), report)
    section = _section(find.section or "", kept, (), report)
    there = next((one for one in kept.inbox.waiting if is_same(entry, one.entry)), None)
    if there:
        return _not_again(there.entry, there.section, "waits in the inbox already")
    keys = {**values(entry, section), ADDED: find.today.isoformat()}
    placed = entry
    if write:
        wanted = [*kept.inbox.waiting, Waiting(entry=entry, section=section, added=find.today)]
        placed = write_inbox(project, kept, lambda data: appended(data, kept.inbox.column, keys), wanted)[-1].entry
    alone = Section(title=section, entries=(placed,))
    coming = Issue(date=find.today, name=LATER, title="", number=0, sections=(alone,))
    return Captured(entry=placed, section=section, written=True, stripped=(), findings=told(coming, [placed], kept))


def _into_issue(project: Project, kept: Shelf, find: Find, report: Report, *, write: bool) -> Captured:
    name = find.issue
    if not (project.issues / name).is_dir():
        message = f"no such folder: publish new {name} makes it"
        raise BadSource.at(Location(path=f"issues/{name}"), "missing-issue", message)
    folder = project.folder(name)
    entry = as_entry(find, prover(folder.others, report, used=set()), report)
    issue = read_issue(folder, kept.settings.sections).issue
    sections = issue.sections if issue else ()
    section = None if find.section is None else _section(find.section, kept, sections, report)
    for standing in sections:
        for other in standing.walk():
            if is_same(entry, other):
                return _not_again(other, standing.title, "stands in this issue already")
    made = entered(folder, entry, section)
    path = f"issues/{name}/{made.name}"
    if write and made.name in folder.sources:
        rewrite(project.root, path, folder.sources[made.name], made.content)
    elif write:
        create(project.root, path, made.content)
    found = told(made.issue, [made.entry], kept)
    return Captured(entry=made.entry, section=made.section, written=True, stripped=(), findings=found)


def as_entry(find: Find, prove: Prover, report: Report) -> Entry:
    """The entry that a find is, as it would be read from a file. Raises BadSource with what is wrong in it."""
    given = {
        "title": find.title or readable(find.url),
        "url": find.url,
        "section": find.section or "",
        "note": find.note,
        "author": find.author,
        "published": find.published,
        "lang": find.lang,
        "via": find.via,
    }
    for name, text in given.items():
        odd = CONTROL.search(text) or _HALF.search(text)
        if odd:
            report.error(NOWHERE, "control-character", f"U+{ord(odd[0]):04X} is no character of a {name}")
    if not find.url or find.url.startswith("#"):
        report.error(NOWHERE, "empty-link", "an entry needs an address, such as https://example.org/a")
    if report.refuses:
        raise BadSource(report.findings)
    told = ((name, text.replace("\r\n", "\n").replace("\r", "\n")) for name, text in given.items())
    pairs = ((Text(value=name, location=NOWHERE), Text(value=text, location=NOWHERE)) for name, text in told)
    drafts = [draft for _, draft in from_yaml(Pairs(pairs=tuple(pairs), location=NOWHERE), prove, report)]
    if report.refuses:
        raise BadSource(report.findings)
    return drafts[0].named("", "", ())


def _section(wanted: str, kept: Shelf, sections: Iterable[Section], report: Report) -> str:
    """The section that is meant: one that is known, whatever its case, or a new one, told where it is nearly known."""
    title = " ".join(wanted.split())
    known = [*(section.title for section in sections), *kept.settings.sections]
    for name in known:
        if name.casefold() == title.casefold():
            return name
    near = difflib.get_close_matches(title, known, n=1)
    if near:
        report.warning(NOWHERE, "new-section", f"“{title}” is a new section: did you mean “{near[0]}”?")
    return title


def _not_again(entry: Entry, section: str, why: str) -> Captured:
    message = f"{why}, as “{entry.title}”: not added again"
    finding = Finding(location=entry.location, severity=Severity.WARNING, rule="repeat", message=message)
    return Captured(entry=entry, section=section, written=False, stripped=(), findings=(finding,))


def is_same(entry: Entry, other: Entry) -> bool:
    """Whether two entries that wait, or stand in one issue, are one."""
    return (
        bool(other.url)
        and not is_attachment(other.url or "")
        and compare(entry, Carried(title=other.title, url=other.url or "")).kind == "same"
    )


def told(issue: Issue, entries: Iterable[Entry], kept: Shelf) -> tuple[Finding, ...]:
    """What readers have had of some entries of an issue, as a check tells it; an error is no more than a warning."""
    places = {entry.location for entry in entries}
    found = judged(compared(issue, kept.history, kept.settings), [issue], kept.settings.rules)
    return tuple(_milder(one) for one in found if one.location in places)


def _milder(finding: Finding) -> Finding:
    return replace(finding, severity=Severity.WARNING) if finding.severity is Severity.ERROR else finding

"""Markdown newsletters as people write them: header, date and number, sections, entries and notes."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from pipeline.dates import date_in, date_in_path
from pipeline.findings import Finding, Severity
from pipeline.importers.markdown_header import Header, split_header
from pipeline.importers.markdown_mend import mended, text_of
from pipeline.importers.markdown_page import Page, Provers, provers
from pipeline.importers.markdown_reader import outline
from pipeline.importers.markdown_sound import entry, prose
from pipeline.importers.source import UNDATED, Imported, Importer, SourceFile
from pipeline.model import Attachment, Issue, Location, Section
from pipeline.read.draft import Outline
from pipeline.read.source import SIZE_AT_MOST, Report, Source

__all__ = ["MARKDOWN"]

_SUFFIXES = (".md", ".markdown", ".mkd", ".mdown", ".mdx", ".txt", "")
_NUMBER = re.compile(r"(?:issue|number|vol|no|第|#)[-_ .#]*([0-9]{1,5})(?![0-9])", re.IGNORECASE)


def _recognises(file: SourceFile) -> bool:
    return file.suffix in _SUFFIXES and b"\0" not in file.data[:1024]


def _read(file: SourceFile) -> Imported:
    report = Report()
    source = text_of(file, report)
    if source is None:
        return Imported(issues=(), findings=tuple(report.findings))
    header, body = split_header(source)
    used: set[str] = set()
    told = provers(file.beside, used)
    text = mended(Source(file.path, body), told, report)
    if report.refuses:
        return Imported(issues=(), findings=tuple(report.findings))
    prove = told(Report())
    page = Page(text, prove)
    if any(finding.rule == "too-deep" for finding in page.findings):
        return Imported(issues=(), findings=page.findings)
    for finding in page.findings:
        report.warning(finding.location, finding.rule, f"taken as it stands: {finding.message}")
    found, kept = outline(page, prove, has_title=bool(header.title))
    untitled = [text for part in found.parts if not part.title for text in part.text]
    issue = Issue(
        date=_date(file, header, found, report) or UNDATED,
        name="",
        title=header.title or found.title,
        number=header.number or _number(file.name),
        draft=header.draft,
        intro=prose([*found.intro, *untitled], told),
        sections=_sections(found, told),
        extra=header.extra,
        attachments=tuple(_attachment(file, name) for name in sorted(used)),
        location=Location(path=file.path, line=1),
    )
    return Imported(issues=(issue,), findings=(*report.findings, *kept, *_unknown(file, header)))


def _unknown(file: SourceFile, header: Header) -> Iterator[Finding]:
    """Tells which words of a header have no place of their own."""
    if header.extra:
        message = f"kept as “extra” of the issue: {', '.join(header.extra)}"
        yield Finding(location=Location(path=file.path, line=1), severity=Severity.NOTE, rule="header", message=message)


def _sections(found: Outline, told: Provers) -> tuple[Section, ...]:
    """The sections, those of one title merged, one without a title first: so the house would read them back."""
    by_title: dict[str, Section] = {}
    for part in sorted(found.parts, key=lambda part: part.title != ""):
        earlier = by_title.get(part.title, Section(title=part.title, location=part.location))
        by_title[part.title] = Section(
            title=part.title,
            text=prose([earlier.text, *part.text], told) if part.title else earlier.text,
            entries=(*earlier.entries, *(entry(draft, told) for draft in part.entries)),
            location=earlier.location,
        )
    return tuple(section for section in by_title.values() if section.title or section.text or section.entries)


def _date(file: SourceFile, header: Header, found: Outline, report: Report) -> datetime.date | None:
    """The day that header, heading or name tell, in this order; where two differ in the year alone, the name's."""
    said, named = header.date or date_in(header.title or found.title), date_in_path(file.path)
    if said and named and said != named:
        year = (said.month, said.day) == (named.month, named.day)
        taken = named if year else said
        where = found.location or Location(path=file.path, line=1)
        report.warning(where, "date", f"the text says {said}, its file {named}: taken as {taken}")
        return taken
    return said or named


def _number(name: str) -> int:
    match = _NUMBER.search(name)
    return int(match[1]) if match else 0


def _attachment(file: SourceFile, name: str) -> Attachment:
    folder = file.path.rpartition("/")[0]
    return Attachment(name=name, source=f"{folder}/{name}" if folder else name)


MARKDOWN = Importer(
    kind="markdown",
    caption="a newsletter or a list in Markdown, as people write it",
    recognises=_recognises,
    read=_read,
    bytes_at_most=SIZE_AT_MOST,
)

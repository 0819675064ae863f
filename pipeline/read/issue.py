"""A dated folder to an Issue: its files in name order, sections of one title merged, every name given once."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.findings import Finding
from pipeline.formats.images import size
from pipeline.model import Attachment, Entry, Issue, Location, Section
from pipeline.read.draft import Draft, Outline, Part
from pipeline.read.entries import from_yaml
from pipeline.read.fields import Fields
from pipeline.read.links import Prover, prover
from pipeline.read.markdown import outline
from pipeline.read.notes import joined, proven
from pipeline.read.ordinary import ordinary
from pipeline.read.source import Report, Source, decoded
from pipeline.read.yaml import Pairs, Text, parsed, plain
from pipeline.slugs import Once, entry_key, slug

__all__ = ["ABOUT", "Folder", "Reading", "named", "read_issue", "split"]

_KEYS = ("title", "number", "draft", "subject", "preheader", "updated", "moved_from", "intro", "extra")
ABOUT = ("issue.yaml", "issue.yml")
"""The files of a folder that hold no entries, but what the issue says of itself."""

_GROUPED_AT_MOST = 4
_NAME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(-[\w-]+)?")
_OPEN_FRONT_MATTER = re.compile(rf"---[ \t]*\n\s*(?:{'|'.join(_KEYS)})[ \t]*:")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder of `issues/`: its files by name, sources with their bytes, the others to be looked into when needed."""

    path: str
    name: str
    date: datetime.date
    sources: Mapping[str, bytes]
    others: frozenset[str] = frozenset()
    head: Callable[[str], bytes] = lambda _: b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An issue as read, or None where an error stands among the findings; a number of 0 is still to be given."""

    issue: Issue | None
    findings: tuple[Finding, ...]


def read_issue(folder: Folder, order: tuple[str, ...] = ()) -> Reading:
    """The issue of a folder; `order` is the publication's order of sections. Never raises for what a file holds."""
    report = Report()
    used: set[str] = set()
    prove = prover(folder.others, report, used=used)
    outlines = list(_outlines(folder, prove, report))
    if not folder.sources:
        message = "no issue in this folder: add a .md or .yaml file with its entries"
        report.error(Location(path=folder.path), "empty-issue", message)
    settings = _agreed([fields for _, fields in outlines if fields], report)
    read = [found for found, _ in outlines if found]
    titled = next((found for found in read if found.location), Outline())
    issue = Issue(
        date=folder.date,
        name=folder.name,
        title=settings.pop("title", "") or titled.title,
        number=settings.pop("number", 0),
        intro=joined([settings.pop("intro", ""), *(text for found in read for text in found.intro)]),
        sections=named(_merged([part for found in read for part in found.parts], order), report),
        attachments=tuple(_attachment(folder, name) for name in sorted(used)),
        location=titled.location or Location(path=next(iter(_paths(folder)), folder.path)),
        **settings,
    )
    return Reading(issue=None if report.refuses else issue, findings=tuple(report.findings))


def _paths(folder: Folder) -> Iterator[str]:
    return (f"{folder.path}/{name}" for name in sorted(folder.sources))


def _outlines(folder: Folder, prove: Prover, report: Report) -> Iterator[tuple[Outline | None, dict[str, Any] | None]]:
    """What each file says: its sections, and its settings of the issue where it has any."""
    for name in sorted(folder.sources, key=lambda name: (name not in ABOUT, name)):
        source = decoded(f"{folder.path}/{name}", folder.sources[name], report)
        if source is None:
            continue
        if name in ABOUT:
            yield None, _settings(source, prove, report)
        elif name.endswith(".md"):
            front, body = split(source, report)
            yield (
                ordinary(body, prove) or outline(body, prove, report),
                _settings(front, prove, report) if front else None,
            )
        else:
            yield _from_yaml(source, prove, report), None


def split(source: Source, report: Report) -> tuple[Source | None, Source]:
    """The header of a Markdown file between lines of three dashes, and the rest with its lines where they were."""
    match = _FRONT_MATTER.match(source.text)
    if not match and _OPEN_FRONT_MATTER.match(source.text):
        message = "the settings that begin here are never closed, and readers would see them: add a line of ---"
        report.error(source.at(0), "open-front-matter", message)
    if not match or (match[1].strip() and ":" not in match[1]):
        return None, source
    blank = "\n" * match[0].count("\n")
    return Source(source.path, match[1], line=2), Source(source.path, blank + source.text[match.end() :])


def _from_yaml(source: Source, prove: Prover, report: Report) -> Outline:
    found = Outline()
    node = parsed(source, report)
    if isinstance(node, Text):
        report.error(node.location, "bad-entry", "the file holds a text: write a list of entries")
    elif node is not None:
        for section, entry in from_yaml(node, prove, report):
            found.parts.append(Part(section, entry.location, entries=[entry]))
    return found


def _settings(source: Source, prove: Prover, report: Report) -> dict[str, Any] | None:
    """The issue's own settings, by the names of `Issue`; only those that are given."""
    node = parsed(source, report)
    if node is None:
        return None
    if not isinstance(node, Pairs):
        report.error(node.location, "bad-value", "write keys and values, such as “number: 12”")
        return None
    fields = Fields(node, _KEYS, report)
    found: dict[str, Any] = {
        "title": " ".join(fields.text("title").split()),
        "number": fields.number("number", None, at_least=1),
        "draft": fields.flag("draft"),
        "subject": " ".join(fields.text("subject").split()),
        "preheader": " ".join(fields.text("preheader").split()),
        "updated": fields.date("updated"),
        "moved_from": _names(fields, report),
    }
    intro, extra = fields.node("intro"), fields.node("extra")
    if isinstance(intro, Text):
        line = (intro.location.line or 1) + intro.block
        found["intro"] = proven(Source(source.path, intro.value, line=line, exact=False), prove, report)
    found["extra"] = plain(extra) if isinstance(extra, Pairs) else {}
    given = {name: (value, fields.place(name)) for name, value in found.items() if value}
    return given or None


def _names(fields: Fields, report: Report) -> tuple[str, ...]:
    """The names that the folder had before."""
    names = fields.texts("moved_from")
    if all(map(_NAME.fullmatch, names)):
        return names
    message = "“moved_from” must be the name that the folder had, such as 2023-03-04, or a list of such names"
    report.error(fields.place("moved_from"), "bad-value", message)
    return ()


def _agreed(all_settings: list[dict[str, Any]], report: Report) -> dict[str, Any]:
    """The settings of all files together; two that contradict each other are an error at the later one."""
    agreed: dict[str, Any] = {}
    for settings in all_settings:
        for name, (value, where) in settings.items():
            if agreed.setdefault(name, value) != value:
                report.error(where, "conflict", f"“{name}” has another value in another file of this issue: keep one")
    return agreed


def _merged(parts: list[Part], order: tuple[str, ...]) -> list[Part]:
    """Sections of one title as one: first those of the settings in their order, then by first appearance."""
    by_title: dict[str, Part] = {}
    for part in parts:
        whole = by_title.setdefault(part.title, Part(part.title, part.location))
        whole.text += part.text
        whole.entries += part.entries
    places = {title: place for place, title in enumerate(order)}
    return sorted(by_title.values(), key=lambda part: (part.title != "", places.get(part.title, len(places))))


def named(parts: list[Part], report: Report) -> tuple[Section, ...]:
    """The sections with slugs for the page and keys for the feeds, each once in the issue."""
    names = _Names(report)
    return tuple(
        Section(
            title=part.title,
            text=joined(part.text),
            slug=names.slugs(slug(part.title) or "section"),
            entries=tuple(names.entry(draft, 1) for draft in part.entries),
            location=part.location,
        )
        for part in parts
    )


class _Names:
    """The names that an issue has given."""

    def __init__(self, report: Report) -> None:
        self.slugs, self._keys, self._report = Once(), Once(), report

    def entry(self, draft: Draft, depth: int) -> Entry:
        """The entry with those that are grouped under it, `depth` levels below the section."""
        if depth > _GROUPED_AT_MOST:
            message = f"entries are grouped deeper than {_GROUPED_AT_MOST} levels"
            self._report.error(draft.location, "too-deep", message)
        identifier = draft.attributes.get("id")
        name = self.slugs(slug(identifier or draft.title) or "entry")
        tail = f"id-{identifier}" if identifier else entry_key(draft.url) if draft.url else f"s-{name}"
        return draft.named(name, self._keys(tail), tuple(self.entry(child, depth + 1) for child in draft.entries))


def _attachment(folder: Folder, name: str) -> Attachment:
    width, height = size(folder.head(name)) or (None, None)
    return Attachment(name=name, source=f"{folder.path}/{name}", width=width, height=height)

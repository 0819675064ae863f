"""An entry into the files of an issue: in the habit of the file, proven by reading the issue again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from pipeline.edit.inbox import appended
from pipeline.edit.lines import inserted, rows
from pipeline.edit.written import escaped, headed, mapping, paragraph
from pipeline.errors import BadSource
from pipeline.model import Entry, Issue, Location
from pipeline.read.draft import Part
from pipeline.read.issue import ABOUT, Folder, read_issue, split
from pipeline.read.links import prover
from pipeline.read.markdown import outline
from pipeline.read.source import Report, decoded
from pipeline.read.yaml import Items, Node, Pairs, Text, parsed
from pipeline.slugs import slug

__all__ = ["Entered", "entered", "values"]

_BULLET = re.compile(r" {0,3}([-*+]) ")
_COMMENT = re.compile(rb"\s*<!--.*-->\s*\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """A file of an issue with an entry more: its name, its bytes, and the entry with its place as it is read there."""

    name: str
    content: bytes
    entry: Entry
    section: str
    issue: Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """A file as it might be, and the section that the entry would then be in."""

    name: str
    content: bytes
    section: str


def values(entry: Entry, section: str) -> dict[str, str]:
    """What capture knows of an entry, by the keys of YAML."""
    return {
        "title": entry.title,
        "url": entry.url or "",
        "section": section,
        "author": entry.author,
        "published": entry.published,
        "lang": entry.lang,
        "via": entry.via,
        "note": entry.note,
    }


def entered(folder: Folder, entry: Entry, section: str | None) -> Entered:
    """The entry at the end of a section of an issue: of its last one where none is named.

    Raises BadSource where the issue cannot be read, and where no way to write the entry gives the same issue with just
    this entry more.
    """
    before = read_issue(folder)
    if before.issue is None:
        raise BadSource(before.findings)
    for plan in _plans(folder, entry, section):
        reading = read_issue(replace(folder, sources={**folder.sources, plan.name: plan.content}))
        found = _added(before.issue, reading.issue, plan.section, entry) if reading.issue else None
        if found and reading.issue:
            return Entered(name=plan.name, content=plan.content, entry=found, section=plan.section, issue=reading.issue)
    message = "no way was found to put the entry into this issue without a change to the rest of it: write it by hand"
    raise BadSource.at(Location(path=folder.path), "not-added", message)


def _added(before: Issue, after: Issue, section: str, entry: Entry) -> Entry | None:
    """The entry as it stands in the later issue, where that is the earlier one and just this entry more."""
    if replace(after, sections=()) != replace(before, sections=()):
        return None
    old = {one.title: one for one in before.sections}
    new = {one.title: one for one in after.sections}
    if new.keys() - {section} != old.keys() - {section} or section not in new:
        return None
    if any(new[title] != one for title, one in old.items() if title != section):
        return None
    own, text = (old[section].entries, old[section].text) if section in old else ((), "")
    entries = new[section].entries
    places = (at for at in reversed(range(len(entries))) if entries[at] == entry)
    at = next((at for at in places if entries[:at] + entries[at + 1 :] == own), None)
    return entries[at] if at is not None and new[section].text == text else None


def _plans(folder: Folder, entry: Entry, section: str | None) -> Iterator[_Plan]:
    """The ways to write the entry, best first: into the last file that has the section, else into the last one."""
    names = [name for name in sorted(folder.sources) if name not in ABOUT]
    files = {name: _sections(folder, name) for name in names}
    with_it = [name for name in names if section in files[name].titles]
    name = (with_it or names or ["index.md"])[-1]
    file = files.get(name, _File())
    into = section if section is not None else (file.titles or [""])[-1]
    data = folder.sources.get(name, b"")
    if name.endswith(".md"):
        for content in _markdown_plans(data, file, entry, into):
            yield _Plan(name=name, content=content, section=into)
    elif isinstance(file.node, Items) and not file.node.flow:
        content = appended(data, file.node.location.column or 1, values(entry, into))
        yield _Plan(name=name, content=content, section=into)
    else:
        fresh = _free(f"{slug(entry.title) or 'entry'}", folder.sources)
        yield _Plan(name=fresh, content=mapping(values(entry, into)).encode(), section=into)


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """What a file of entries holds: its sections in order, in Markdown with their places, in YAML its document."""

    titles: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    node: Node | None = None


def _sections(folder: Folder, name: str) -> _File:
    report = Report()
    source = decoded(f"{folder.path}/{name}", folder.sources[name], report)
    if source is None:
        return _File()
    if name.endswith(".md"):
        parts = outline(split(source, report)[1], prover(folder.others, report, used=set()), report).parts
        return _File(titles=tuple(part.title for part in parts), parts=tuple(parts))
    node = parsed(source, report)
    items = node.items if isinstance(node, Items) else (node,)
    pairs = [dict(item.pairs) for item in items if isinstance(item, Pairs)]
    named = [{key.value: value for key, value in some.items()}.get("section") for some in pairs]
    return _File(titles=tuple(one.value.strip() if isinstance(one, Text) else "" for one in named), node=node)


def _free(stem: str, taken: Mapping[str, bytes]) -> str:
    """A name for a file of one entry that no file has."""
    count = 1
    while (name := f"{stem}.yaml" if count == 1 else f"{stem}-{count}.yaml") in taken or name in ABOUT:
        count += 1
    return name


def _markdown_plans(data: bytes, file: _File, entry: Entry, into: str) -> Iterator[bytes]:
    """The file with the entry at the end of a section, as others in it are written, then under a heading."""
    lines = rows(data)
    at = next((at for at in reversed(range(len(file.parts))) if file.parts[at].title == into), None)
    if at is None:
        end, heading = len(lines), f"## {escaped(into)}\n\n" if into else ""
    else:
        end, heading = _end(lines, file.parts[at + 1 :]), ""
    while end and not lines[end - 1].removeprefix(b"\xef\xbb\xbf").strip():
        end -= 1
    above = "\n" if end else ""
    below = "\n" if end < len(lines) and lines[end].strip() else ""
    bullet, form = _habit(lines, file.parts if at is None else file.parts[at : at + 1])
    if bullet and "\n" not in entry.note:
        yield inserted(lines, end, f"{bullet} {paragraph(entry)}")
    if form is paragraph and "\n" not in entry.note:
        yield inserted(lines, end, f"{above}{heading}{paragraph(entry)}{below}")
    yield inserted(lines, end, f"{above}{heading}{headed(entry)}{below}")


def _end(lines: list[bytes], following: tuple[Part, ...]) -> int:
    """Where a section ends: before the next one's heading, and before comments that stand directly above that."""
    if not following:
        return len(lines)
    end = (following[0].location.line or 1) - 1
    while end and _COMMENT.match(lines[end - 1]):
        end -= 1
    return end


def _habit(lines: list[bytes], parts: tuple[Part, ...]) -> tuple[str, object]:
    """How the last entry of some sections is written: its bullet, where it is the item of a list, else its form."""
    entries = [entry for part in parts for entry in part.entries]
    if not entries:
        return "", headed
    line = lines[(entries[-1].location.line or 1) - 1].removeprefix(b"\xef\xbb\xbf").decode()
    bullet = _BULLET.match(line)
    if bullet:
        return bullet[1], headed
    return "", headed if line.startswith("#") else paragraph

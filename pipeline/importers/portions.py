"""An issue of more entries than one file of it may have, as several."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.model import Entry, Issue, Markdown, Section

__all__ = ["portions"]

_ENTRIES_AT_MOST = 1_000
_CHARACTERS_AT_MOST = 200_000  # a file of an issue has 1 MB at the most, and a character up to four bytes


def portions(issue: Issue) -> list[Issue]:
    """The parts of an issue that are a file each, in order; but for very long lists it is one, and the issue itself.

    The first has all that the issue says of itself; a section's prose stands where the section begins.
    """
    runs = list(_runs([(section, entry) for section in issue.sections for entry in section.entries]))
    if len(runs) < 2:
        return [issue]
    bare = Issue(date=issue.date, name=issue.name, title="", number=0, location=issue.location)
    told: set[str] = set()
    parts: list[Issue] = []
    for run in runs:
        by_title: dict[str, list[Entry]] = {}
        for section, entry in run:
            by_title.setdefault(section.title, []).append(entry)
        sections = [
            replace(section, text=Markdown("") if section.title in told else section.text, entries=tuple(found))
            for section in issue.sections
            if (found := by_title.get(section.title, []))
        ]
        told |= by_title.keys()
        parts.append(replace(bare if parts else issue, sections=tuple(sections)))
    rest = tuple(section for section in issue.sections if section.title not in told)
    parts[-1] = replace(parts[-1], sections=(*parts[-1].sections, *rest))
    return parts


def _runs(entries: list[tuple[Section, Entry]]) -> Iterator[list[tuple[Section, Entry]]]:
    """The entries in runs that fit into a file."""
    run: list[tuple[Section, Entry]] = []
    size = 0
    for section, entry in entries:
        length = sum(len(one.title) + len(one.url or "") + len(one.note) for one in entry.walk())
        if run and (len(run) >= _ENTRIES_AT_MOST or size + length > _CHARACTERS_AT_MOST):
            yield run
            run, size = [], 0
        run.append((section, entry))
        size += length
    if run:
        yield run

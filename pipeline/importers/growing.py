"""The states of a list that grows, as issues: what each of them had first."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipeline.importers.placing import key_of, merged
from pipeline.model import Entry, Issue, Markdown, Section

__all__ = ["growth"]


def growth(states: Iterable[Issue], path: str) -> list[Issue]:
    """An issue for each day of the states, oldest first, with the entries and the prose that none before it had.

    Identity decides what is the same entry; where it stands does not. `path` is that of the list.
    """
    had: set[tuple[str, str]] = set()
    told: set[str] = set()
    by_day: dict[datetime.date, list[Issue]] = {}
    for state in states:
        new = _new(state, had, told)
        if new.entries:
            by_day.setdefault(state.date, []).append(new)
    issues = []
    for day, found in sorted(by_day.items()):
        whole = merged(found, day) if len(found) > 1 else found[0]
        issues.append(replace(whole, title="", location=replace(whole.location, path=path)))
    return issues


def _new(state: Issue, had: set[tuple[str, str]], told: set[str]) -> Issue:
    sections = []
    for section in state.sections:
        entries = tuple(new for entry in section.entries for new in _unknown(entry, had))
        text = _untold(section.text, told)
        if entries or text:
            sections.append(Section(title=section.title, text=text, entries=entries, location=section.location))
    return replace(state, sections=tuple(sections), intro=_untold(state.intro, told), attachments=())


def _unknown(entry: Entry, had: set[tuple[str, str]]) -> Iterator[Entry]:
    """The entry where it is new, with those grouped under it that are; else these alone."""
    key = key_of(entry.url or entry.title)
    new = key not in had
    had.add(key)
    inner = tuple(found for child in entry.entries for found in _unknown(child, had))
    if new:
        yield replace(entry, entries=inner)
    else:
        yield from inner


def _untold(text: Markdown, told: set[str]) -> Markdown:
    if text in told:
        return Markdown("")
    told.add(text)
    return text

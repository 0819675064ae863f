"""Which folder an imported issue belongs in, and which of its entries are new there: identity decides."""

from __future__ import annotations

import datetime
import functools
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.identity import identify
from pipeline.importers.source import UNDATED
from pipeline.model import Entry, Issue, Section
from pipeline.read.notes import joined
from pipeline.slugs import slug

__all__ = ["Placed", "dated", "key_of", "merged", "placed"]

_WEEK = datetime.timedelta(days=7)
_SECTION_AT_LEAST = 3
"""Entries of a section from which on it says something that none of them was there before."""

_Key = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An imported issue with its folder's name, and only those entries that are to be written.

    `exists` tells whether the folder is there already; `known` how many entries were left out, and `grows` that they
    were because the source is a list that grows: most of it was in earlier issues.
    """

    issue: Issue
    exists: bool
    known: int
    grows: bool


def dated(issues: Sequence[Issue], newest: datetime.date | None, today: datetime.date) -> list[tuple[Issue, bool]]:
    """The issues, each with a date, and whether it is only a guess: a week after the one before it."""
    found: list[tuple[Issue, bool]] = []
    before = newest
    for issue in issues:
        guess = issue.date == UNDATED
        day = issue.date
        if guess:
            day = before + _WEEK if before and before <= datetime.date.max - _WEEK else today
        found.append((replace(issue, date=day), guess))
        before = day
    return found


def merged(issues: Sequence[Issue], day: datetime.date) -> Issue:
    """Several issues as one of a day, their sections of one title together."""
    first = issues[0]
    by_title: dict[str, Section] = {}
    for section in sorted((one for issue in issues for one in issue.sections), key=lambda one: one.title != ""):
        whole = by_title.get(section.title, Section(title=section.title, location=section.location))
        text = joined([whole.text, section.text])
        by_title[section.title] = replace(whole, text=text, entries=(*whole.entries, *section.entries))
    attachments = {one.name: one for issue in issues for one in issue.attachments}
    return replace(
        first,
        date=day,
        intro=joined([issue.intro for issue in issues]),
        sections=tuple(by_title.values()),
        attachments=tuple(attachments.values()),
    )


def placed(incoming: Iterable[Issue], existing: Sequence[Issue], into: str = "") -> Iterator[Placed]:
    """The issues by date, oldest first, each with its folder, all `into` one where it is named, and what is new."""
    keys = {issue.name: _keys(issue) for issue in existing}
    had = Counter(key for found in keys.values() for key in found)
    titles = {section.title for issue in existing for section in issue.sections}
    texts = {_prose(issue) for issue in existing}
    ordered = sorted(incoming, key=lambda issue: issue.date)
    own = [_keys(issue) for issue in ordered]
    taken = set(keys)
    homes = [into if into in keys else ""] if into else _homes(ordered, own, existing, keys)
    for issue, mine, home in zip(ordered, own, homes, strict=True):
        there = keys.get(home, set())
        elsewhere = {key for key in mine if had[key] > (key in there)}
        half = len(elsewhere) * 2 >= max(len(mine), 1)
        grows = half and not into and _grows(issue, elsewhere | there, titles)
        left = _without(issue, there | elsewhere if grows else there, once=grows)
        if not home:
            had.update(mine)
            titles |= {section.title for section in issue.sections}
            if not issue.entries and _prose(issue) in texts:
                continue
        name = into or home or _free(issue, taken)
        taken.add(name)
        known = len(issue.entries) - len(left.entries)
        yield Placed(issue=replace(left, name=name), exists=bool(home), known=known, grows=grows)


@functools.lru_cache(maxsize=1 << 18)
def key_of(address: str) -> tuple[str, str]:
    """What an address is of; kept, as an import asks three times and more, and the answer takes 30 µs."""
    found = identify(address)
    return found.key, found.anchor


def _key(entry: Entry) -> _Key:
    """What an entry is of: its address's identity, or that of its words."""
    return key_of(entry.url or entry.title)


def _keys(issue: Issue) -> set[_Key]:
    return {_key(entry) for entry in issue.walk()}


def _prose(issue: Issue) -> tuple[str, ...]:
    return (issue.title, issue.intro, *(text for section in issue.sections for text in (section.title, section.text)))


def _homes(
    ordered: Sequence[Issue], own: Sequence[set[_Key]], existing: Sequence[Issue], keys: Mapping[str, set[_Key]]
) -> list[str]:
    """The folder of each issue among those of its day: the one that has most of its entries, else one that is left."""
    of_day: dict[datetime.date, list[str]] = {}
    for issue in existing:
        of_day.setdefault(issue.date, []).append(issue.name)
    homes = [""] * len(ordered)
    for place, (issue, mine) in enumerate(zip(ordered, own, strict=True)):
        free = of_day.get(issue.date, [])
        best = max(free, key=lambda name: len(mine & keys[name]), default="")
        if best and mine & keys[best]:
            homes[place] = best
            free.remove(best)
    for place, issue in enumerate(ordered):
        free = of_day.get(issue.date, [])
        if not homes[place] and free:
            homes[place] = free.pop(0)
    return homes


def _grows(issue: Issue, known: set[_Key], titles: Collection[str]) -> bool:
    """Whether a source half of which was there before is the next state of a list: some of each old section was, too.

    An issue of a newsletter repeats as much, but its news are new: a section that earlier issues have has nothing in
    it that was there before.
    """
    old = [[_key(entry) for entry in section.entries] for section in issue.sections if section.title in titles]
    return all(len(found) < _SECTION_AT_LEAST or any(key in known for key in found) for found in old)


def _without(issue: Issue, known: Collection[_Key], *, once: bool) -> Issue:
    """The issue with those entries alone that are not known; each once, if asked."""
    had = set(known)
    sections = []
    for section in issue.sections:
        entries = []
        for entry in section.entries:
            key = _key(entry)
            if key not in had:
                entries.append(entry)
                had |= {key} if once else set()
        sections.append(replace(section, entries=tuple(entries)))
    return replace(issue, sections=tuple(sections))


def _free(issue: Issue, taken: Collection[str]) -> str:
    """A name for the folder: that which it had, else the day, else with the file's name, else with a number."""
    if issue.name.startswith(str(issue.date)) and issue.name not in taken:
        return issue.name
    stem = slug(issue.location.path.rpartition("/")[2].rpartition(".")[0]) or "import"
    names = [str(issue.date), f"{issue.date}-{stem}"]
    count = 2
    while names[0] in taken:
        names = names[1:] or [f"{issue.date}-{stem}-{count}"]
        count += len(names) == 1
    return names[0]

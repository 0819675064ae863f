"""A new issue as the text of its one file, and which entries of a list that grows are new in it."""

from __future__ import annotations

import collections
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.answers import answer
from pipeline.edit.written import escaped, front_matter, headed, marked
from pipeline.history.memory import Before, History
from pipeline.history.repeats import Past, by_title, likest
from pipeline.model import Entry, Issue, Section

__all__ = ["Known", "by_section", "had", "issue_text", "news"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """An entry that an earlier issue had, and why it is the same; `changed` where it is not as it was there."""

    entry: Entry
    past: Past
    why: str
    changed: bool


def had(entry: Entry, history: History, name: str) -> Known | None:
    """The entry of an issue before that of this name that this one is, at the same address.

    None where there is none, where the editor has answered, and where it is only likely, another version or a wrong
    link: these are for the editor to judge.
    """
    found = likest(entry, by_title(entry, history, Before(name))) if answer(entry) is None else None
    if not found or found[0].kind != "same":
        return None
    verdict, past, _ = found
    changed = _folded(entry.title) != _folded(past.title) or (entry.url or "") != past.url
    return Known(entry=entry, past=past, why=verdict.why, changed=changed)


def _titled(entry: Entry, history: History, name: str) -> Known | None:
    """The last entry of an issue before that of this name that has the very title of this one."""
    found = [past for past in history.near(entry.title, Before(name)) if _folded(past.title) == _folded(entry.title)]
    return Known(entry=entry, past=found[-1], why="the same title", changed=True) if found else None


def _folded(title: str) -> str:
    return " ".join(title.casefold().split())


def news(issue: Issue, history: History, name: str) -> tuple[Issue, tuple[Known, ...]]:
    """Those entries of a list that no issue before that of this name has, in their sections and groups; and the others.

    A list that grows still has what it had, so what alone in it has an earlier entry's title is that entry, its
    address corrected. One that was there stays, as a wanted repeat, where a new one is grouped under it.
    """
    known: list[Known] = []
    titles = collections.Counter(_folded(entry.title) for entry in issue.walk())

    def new(entries: tuple[Entry, ...]) -> Iterator[Entry]:
        for entry in entries:
            inner = tuple(new(entry.entries))
            found = had(entry, history, name)
            if not found and titles[_folded(entry.title)] == 1:
                found = _titled(entry, history, name)
            if found and not inner:
                known.append(found)
            else:
                yield replace(entry, entries=inner, repeat="ok" if found else entry.repeat)

    sections = (replace(section, entries=tuple(new(section.entries))) for section in issue.sections)
    return replace(issue, sections=tuple(one for one in sections if one.entries)), tuple(known)


def by_section(entries: Iterable[tuple[str, Entry]], order: Sequence[str]) -> tuple[Section, ...]:
    """Entries in their sections: those without one, then the publication's in its order, also empty, then others."""
    found: dict[str, list[Entry]] = {title: [] for title in ("", *order)}
    for title, entry in entries:
        found.setdefault(title, []).append(entry)
    return tuple(Section(title=title, entries=tuple(some)) for title, some in found.items() if some or title)


def issue_text(issue: Issue, comments: Mapping[int, str]) -> str:
    """The issue in the plainest form of the source format; `comments` stand over the entries of these numbers."""
    front = front_matter(issue)
    parts = [f"---\n{front}---\n" if front else "", f"# {escaped(issue.title)}\n" if issue.title else ""]
    parts.append(f"{marked(issue.intro, grouped=False)}\n" if issue.intro else "")
    number = 0
    for section in issue.sections:
        parts.append(f"## {escaped(section.title)}\n" if section.title else "")
        parts.append(f"{marked(section.text, grouped=False)}\n" if section.text else "")
        for entry in section.entries:
            comment = re.sub("--+>", "-- >", comments.get(number, ""))
            parts.append((f"<!-- {comment} -->\n" if comment else "") + headed(entry))
            number += 1
    return "\n".join(part for part in parts if part)

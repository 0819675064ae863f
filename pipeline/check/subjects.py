"""What a place in the sources is about: the issue, the section and the entry that stand there."""

from __future__ import annotations

import bisect
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.model import Issue, Location

__all__ = ["Subject", "Subjects"]

_Place = tuple[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The name of an issue's folder, the title of a section and of an entry; empty where there is none."""

    issue: str = ""
    section: str = ""
    entry: str = ""


class Subjects:
    """The subjects of some issues by place."""

    def __init__(self, issues: Iterable[Issue]) -> None:
        self._by_path: dict[str, list[tuple[_Place, Subject]]] = {}
        for issue in issues:
            for location, subject in _placed(issue):
                place: _Place = (location.line or 0, location.column or 0)
                self._by_path.setdefault(location.path, []).append((place, subject))
        for placed in self._by_path.values():
            placed.sort(key=lambda one: one[0])

    def at(self, location: Location) -> Subject:
        """The last to begin at a place or above it; of an entry that is told of as a whole, the entry."""
        placed = self._by_path.get(location.path, [])
        place: _Place = (location.line or 0, location.column or math.inf)
        after = bisect.bisect_right(placed, place, key=lambda one: one[0])
        return placed[after - 1][1] if after else Subject(issue=_issue(location.path))


def _issue(path: str) -> str:
    """The dated folder in a path: `issues/DATE/…`."""
    top, _, rest = path.partition("/")
    return rest.partition("/")[0] if top == "issues" else ""


def _placed(issue: Issue) -> Iterator[tuple[Location, Subject]]:
    """Sections before their first entries, which may have the same place."""
    yield issue.location, Subject(issue=issue.name)
    for section in issue.sections:
        yield section.location, Subject(issue=issue.name, section=section.title)
        for top in section.entries:
            for entry in top.walk():
                yield entry.location, Subject(issue=issue.name, section=section.title, entry=entry.title)

"""What files say of an issue before it is whole: sections and entries without names, to be merged and named."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipeline.model import Entry, Link, Location, Url
from pipeline.read.notes import joined

__all__ = ["Draft", "Outline", "Part"]


@dataclass(slots=True)
class Draft:
    """An entry that is still being read; `attributes` by the names of `Entry`."""

    title: str
    location: Location
    url: Url | None = None
    links: tuple[Link, ...] = ()
    note: list[str] = field(default_factory=list)
    entries: list[Draft] = field(default_factory=list)
    attributes: dict[str, Any] = field(default_factory=dict)

    def named(self, slug: str, key: str, entries: tuple[Entry, ...]) -> Entry:
        """The entry, with the names that are its own in the issue, and the entries grouped under it."""
        return Entry(
            title=self.title,
            url=self.url,
            links=self.links,
            note=joined(self.note),
            entries=entries,
            slug=slug,
            key=key,
            location=self.location,
            **self.attributes,
        )


@dataclass(slots=True)
class Part:
    """A section as one file has it."""

    title: str
    location: Location
    text: list[str] = field(default_factory=list)
    entries: list[Draft] = field(default_factory=list)


@dataclass(slots=True)
class Outline:
    """What one file says: a title, prose before any section, sections; `opened` are the entries that it is in."""

    title: str = ""
    location: Location | None = None
    intro: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    opened: list[tuple[int, Draft]] = field(default_factory=list)

    def head(self, level: int, title: str, where: Location) -> None:
        """Takes a heading: the first of level 1 as the issue's title, any other as the beginning of a section."""
        if level == 1 and not self.location and not self.parts:
            self.title, self.location = title, where
        else:
            self.opened = []
            self.parts.append(Part(title, where))

    def open(self, entry: Draft, level: int) -> None:
        """Begins an entry: under the one whose heading is higher, or in the section."""
        while self.opened and self.opened[-1][0] >= level:
            self.opened.pop()
        if self.opened:
            self.opened[-1][1].entries.append(entry)
        else:
            if not self.parts:
                self.parts.append(Part("", entry.location))
            self.parts[-1].entries.append(entry)
        self.opened.append((level, entry))

    def say(self, text: str) -> None:
        """Takes text that is no entry: it belongs to the entry that is open, else to the section, else to the issue."""
        if self.opened:
            self.opened[-1][1].note.append(text)
        elif self.parts:
            self.parts[-1].text.append(text)
        else:
            self.intro.append(text)

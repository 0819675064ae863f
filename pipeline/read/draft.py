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
    """What one file says: a title, prose before any section, sections."""

    title: str = ""
    location: Location | None = None
    intro: list[str] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)

"""What issues share: sections, tags and linked sites, each with all that the archive has in it."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.history.outline import Outline, outlined
from pipeline.model import Entry, Issue
from pipeline.slugs import Once, slug

__all__ = ["SECTIONS", "SITES", "TAGS", "Leaf", "Run", "Topic", "Topics", "topics"]

SECTIONS, TAGS, SITES = "sections", "tags", "sites"
"""The kinds of topics, as their folders are called."""

_ENTRIES_OF_SITE = 8
"""Entries from which on a site has a page: of the 692 sites that ten years of a weekly link to, 60 have."""

_ON_ONE_PAGE = 500
"""Entries that one page lists; of a topic with more, the page of a year that is over changes no more."""

_PLAIN_HOST = re.compile(r"(?=.{1,80}\Z)\w[\w-]*(?:\.\w[\w-]*)+")


class Run(NamedTuple):
    """The entries of one issue that belong to a topic, by their places in it; `section` is the slug of one's own."""

    issue: Issue
    places: Sequence[int]
    section: str | None = None

    @property
    def entries(self) -> list[Entry]:
        """The entries."""
        every = list(self.issue.walk())
        return [every[place] for place in self.places]

    @property
    def slug(self) -> str:
        """Where they begin on the issue's page."""
        return self.entries[0].slug if self.section is None else self.section


class Leaf(NamedTuple):
    """A page of a topic: its folder, its year, 0 where it has all of them, and the runs that it lists."""

    path: str
    year: int
    runs: tuple[Run, ...]

    @property
    def size(self) -> int:
        """How many entries it lists."""
        return sum(len(run.places) for run in self.runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A section, a tag or a site: its title as the newest issue writes it, and its runs, newest issue first."""

    kind: str
    title: str
    slug: str
    runs: tuple[Run, ...]

    @property
    def path(self) -> str:
        """Its folder on the site, with the closing slash."""
        return f"{self.kind}/{self.slug}/"

    @property
    def size(self) -> int:
        """How many entries it has."""
        return sum(len(run.places) for run in self.runs)

    @property
    def pages(self) -> list[Leaf]:
        """All of it on one page where that is short; else a page a year, the newest first and in the topic's place."""
        if self.size <= _ON_ONE_PAGE:
            return [Leaf(self.path, 0, self.runs)]
        years = itertools.groupby(self.runs, key=lambda run: run.issue.date.year)
        found = [(year, tuple(runs)) for year, runs in years]
        return [Leaf(f"{self.path}{year}/" if at else self.path, year, runs) for at, (year, runs) in enumerate(found)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topics:
    """The topics that have a page, by kind and then by title.

    `paths` are their folders, by kind and by what entries say: the title of a section, a tag, the host of an address.
    `entries` counts those of each issue, by its name; `hosts` those that lead to each site, be they ever so few;
    `sections` are the titles of each issue's, by its name.
    """

    topics: tuple[Topic, ...] = ()
    paths: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: {SECTIONS: {}, TAGS: {}, SITES: {}})
    entries: Mapping[str, int] = field(default_factory=dict)
    hosts: Mapping[str, int] = field(default_factory=dict)
    sections: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, kind: str) -> tuple[Topic, ...]:
        """The topics of one kind."""
        return tuple(topic for topic in self.topics if topic.kind == kind)


def topics(archive: Iterable[Issue], outline: Callable[[Issue], Outline] = outlined) -> Topics:
    """The topics of all issues, which come newest first.

    A page has what returns: a section of two issues, a tag of two entries, a site of eight. A page once there stays,
    whatever else is published, and keeps its name: the name is given to the topic that was there first. A tag is
    written as it was last. `outline` gives an issue's outline.
    """
    found: dict[str, dict[str, list[Run]]] = {SECTIONS: {}, TAGS: {}, SITES: {}}
    issues = [(issue, outline(issue)) for issue in archive]
    counts = Counter(itertools.chain.from_iterable(one.sites for _, one in issues))
    hosts = {name: count for name, count in counts.items() if _PLAIN_HOST.fullmatch(name)}
    met = {name for name, count in hosts.items() if count >= _ENTRIES_OF_SITE}
    written: dict[str, str] = {}
    for issue, one in issues:
        start = 0
        for title, name, count in one.sections:
            if title and count:
                found[SECTIONS].setdefault(title, []).append(Run(issue, range(start, start + count), name))
            start += count
        sites = [] if met.isdisjoint(one.sites) else [pair for pair in enumerate(one.sites) if pair[1] in met]
        tags = [(place, tag) for place, some in one.tags for tag in dict.fromkeys(map(str.casefold, some))]
        for tag in (tag for _, some in one.tags for tag in some):
            written.setdefault(tag.casefold(), tag)
        for kind, pairs in ((SITES, sites), (TAGS, tags)):
            places: dict[str, list[int]] = {}
            for place, name in pairs:
                places.setdefault(name, []).append(place)
            for name, some in places.items():
                found[kind].setdefault(name, []).append(Run(issue, some))
    made = {kind: list(_named(kind, runs, written if kind == TAGS else {})) for kind, runs in found.items()}
    return Topics(
        topics=tuple(topic for kind in made for _, topic in sorted(made[kind], key=lambda pair: pair[0])),
        paths={kind: {name: topic.path for name, topic in pairs} for kind, pairs in made.items()},
        entries={issue.name: len(one.sites) for issue, one in issues},
        hosts=hosts,
        sections={issue.name: tuple(title for title, _, _ in one.sections) for issue, one in issues},
    )


def _named(kind: str, runs: Mapping[str, list[Run]], written: Mapping[str, str]) -> Iterator[tuple[str, Topic]]:
    """The topics of one kind that have a page, each with what entries say.

    All are given names, or one that returns late would take the name of another. `written` is how readers see some.
    """
    once = Once()
    for name, some in sorted(runs.items(), key=lambda pair: (pair[1][-1].issue.name, pair[0])):
        given = name if kind == SITES else once(slug(name) or kind)
        if kind == SITES or len(some) > 1 or (kind == TAGS and len(some[0].places) > 1):
            yield name, Topic(kind=kind, title=written.get(name, name), slug=given, runs=tuple(some))

"""What issues share: sections, tags and linked sites, each with all that the archive has in it."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pipeline.addresses import host
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
    """The entries of one issue that belong to a topic; `slug` is where they begin on its page."""

    issue: Issue
    slug: str
    entries: list[Entry]


class Leaf(NamedTuple):
    """A page of a topic: its folder, its year, 0 where it has all of them, and the runs that it lists."""

    path: str
    year: int
    runs: tuple[Run, ...]

    @property
    def size(self) -> int:
        """How many entries it lists."""
        return sum(len(run.entries) for run in self.runs)


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
        return sum(len(run.entries) for run in self.runs)

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
    `entries` counts those of each issue, by its name; `hosts` those that lead to each site, be they ever so few.
    """

    topics: tuple[Topic, ...] = ()
    paths: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: {SECTIONS: {}, TAGS: {}, SITES: {}})
    entries: Mapping[str, int] = field(default_factory=dict)
    hosts: Mapping[str, int] = field(default_factory=dict)

    def of(self, kind: str) -> tuple[Topic, ...]:
        """The topics of one kind."""
        return tuple(topic for topic in self.topics if topic.kind == kind)


def topics(archive: Iterable[Issue]) -> Topics:
    """The topics of all issues, which come newest first.

    A page has what returns: a section of two issues, a tag of two entries, a site of eight. A page once there stays,
    whatever else is published, and keeps its name: the name is given to the topic that was there first.
    """
    found: dict[str, dict[str, list[Run]]] = {SECTIONS: {}, TAGS: {}, SITES: {}}
    issues = [(issue, [(section, list(section.walk())) for section in issue.sections]) for issue in archive]
    names = [_site(entry) for _, parts in issues for _, entries in parts for entry in entries]
    hosts = {name: count for name, count in Counter(names).items() if _PLAIN_HOST.fullmatch(name)}
    each = iter(names)
    for issue, parts in issues:
        sites: dict[str, list[Entry]] = {}
        tags: dict[str, list[Entry]] = {}
        for section, entries in parts:
            if section.title and entries:
                found[SECTIONS].setdefault(section.title, []).append(Run(issue, section.slug, entries))
            for entry, name in zip(entries, each, strict=False):
                if hosts.get(name, 0) >= _ENTRIES_OF_SITE:
                    sites.setdefault(name, []).append(entry)
                for tag in dict.fromkeys(map(str.casefold, entry.tags)) if entry.tags else ():
                    tags.setdefault(tag, []).append(entry)
        for kind, some in ((SITES, sites), (TAGS, tags)):
            for name, entries in some.items():
                found[kind].setdefault(name, []).append(Run(issue, entries[0].slug, entries))
    made = {kind: list(_named(kind, runs)) for kind, runs in found.items()}
    return Topics(
        topics=tuple(topic for kind in made for _, topic in sorted(made[kind], key=lambda pair: pair[0])),
        paths={kind: {name: topic.path for name, topic in pairs} for kind, pairs in made.items()},
        entries={issue.name: sum(len(entries) for _, entries in parts) for issue, parts in issues},
        hosts=hosts,
    )


def _site(entry: Entry) -> str:
    """The host that an entry leads to, empty where it leads to none."""
    return host(entry.url) if entry.url and entry.url.startswith("http") else ""


def _named(kind: str, runs: Mapping[str, list[Run]]) -> Iterator[tuple[str, Topic]]:
    """The topics of one kind that have a page, each with what entries say.

    All are given names, or one that returns late would take the name of another.
    """
    once = Once()
    for name, some in sorted(runs.items(), key=lambda pair: (pair[1][-1].issue.name, pair[0])):
        given = name if kind == SITES else once(slug(name) or kind)
        if kind == SITES or len(some) > 1 or (kind == TAGS and len(some[0].entries) > 1):
            yield name, Topic(kind=kind, title=_title(kind, name, some), slug=given, runs=tuple(some))


def _title(kind: str, name: str, runs: list[Run]) -> str:
    """What readers call it; a tag is written as it was last."""
    if kind != TAGS:
        return name
    return next(tag for tag in runs[0].entries[0].tags if tag.casefold() == name)

"""What is asked of every issue in every build, found once: of an old one nobody has to look at the entries."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.addresses import host
from pipeline.model import Entry, Issue

__all__ = ["Outline", "outlined"]


class Outline(NamedTuple):
    """An issue without its entries, which are named by their places in it, from 0.

    `sections` are titles, slugs, and how many entries each has; `sites` the hosts that the entries lead to, empty where
    one leads to none; `tags` those of each entry that has any; `answers` is whether one says that it was out before.
    """

    sections: tuple[tuple[str, str, int], ...]
    sites: tuple[str, ...]
    tags: tuple[tuple[int, tuple[str, ...]], ...]
    answers: bool


def outlined(issue: Issue) -> Outline:
    """The outline of an issue."""
    entries = list(issue.walk())
    return Outline(
        sections=tuple((section.title, section.slug, sum(1 for _ in section.walk())) for section in issue.sections),
        sites=tuple(map(_site, entries)),
        tags=tuple((place, entry.tags) for place, entry in enumerate(entries) if entry.tags),
        answers=any(entry.repeat or entry.supersedes for entry in entries),
    )


def _site(entry: Entry) -> str:
    """The host that an entry leads to, empty where it leads to none."""
    return host(entry.url) if entry.url and entry.url.startswith("http") else ""

"""What of `out/` goes out, and in which order; a build that is unfinished, old or edited goes nowhere."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pipeline.build import build
from pipeline.errors import Undeployable
from pipeline.model import Location
from pipeline.project import Project
from pipeline.render.feeds.channel import ENTRIES, ISSUES
from pipeline.write import unfinished

__all__ = ["Site", "ordered", "site"]

_MESSAGE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}(?:-[\w-]+)?)/issue\.eml")
_FEEDS = tuple(name for feed in (ISSUES, ENTRIES) for name in (feed.rss, feed.atom, feed.json))
_LEADING = re.compile(r"index\.html|latest/index\.html|sitemap[^/]*\.xml|pagefind/pagefind-entry\.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The files that go out, by their paths in `out/`: first what others lead to, then what leads to them."""

    first: tuple[str, ...]
    last: tuple[str, ...]

    @property
    def paths(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.first, *self.last)


def site(project: Project) -> Site:
    """What stands in `out/`, if it is what a build would make now, without drafts and messages.

    Raises Undeployable where it is not, and where a build was cut off; a PipelineError where something cannot be read.
    """
    if unfinished(project.root):
        raise _refused("unfinished", "a build was cut off or is at work: publish build finishes it")
    built = build(project, (), dry_run=True, progress=lambda _: None)
    changes = built.changes
    stands = changes.unchanged if changes else ()
    differing = sorted((*changes.new, *changes.changed, *changes.removed)) if changes else []
    if not stands:
        raise _refused("not-built", "no site stands here: publish build")
    if differing:
        others = f" and {len(differing) - 1:,} others" if len(differing) > 1 else ""
        message = f"not what a build would make now, by {differing[0]}{others}: publish build, look at it, deploy then"
        raise _refused("not-built", message)
    return ordered(path for path in stands if not _stays(path, built.drafts))


def ordered(paths: Iterable[str]) -> Site:
    """Files in the order in which nothing leads to what is not there yet: pages behind what they show, feeds last."""
    rank = {name: place for place, name in enumerate(_FEEDS)}
    given = sorted(paths, key=lambda path: (rank.get(path, -1), path.endswith(".html"), path))
    leads = {path: path in rank or _LEADING.fullmatch(path) is not None for path in given}
    return Site(
        first=tuple(path for path in given if not leads[path]), last=tuple(path for path in given if leads[path])
    )


def _stays(path: str, drafts: Collection[str]) -> bool:
    return path.partition("/")[0] in drafts or _MESSAGE.fullmatch(path) is not None


def _refused(rule: str, message: str) -> Undeployable:
    return Undeployable.at(Location(path="out"), rule, message)

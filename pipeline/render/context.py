"""What a renderer is given and what it gives back."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.history.appearances import Appearance
from pipeline.history.topics import Leaf, Topic, Topics
from pipeline.model import Issue, Publication
from pipeline.render.artifact import Artifact
from pipeline.render.labels import Labels
from pipeline.render.templates import Templates

__all__ = ["Artifact", "RenderContext", "Renderer"]


@dataclass(frozen=True, kw_only=True)
class RenderContext:
    """One publication at one moment: `archive` is every issue but drafts, newest first; `topics` are those of it.

    To be made are `issues`, `leaves` of topics, and the `pages` of archive feeds, by their paths; of the issues in
    `standing` nothing is, but their attachments are looked at. `appearances` are the issues that carried an entry, by
    its reference, where they are several.
    """

    publication: Publication
    archive: tuple[Issue, ...]
    issues: tuple[Issue, ...]
    templates: Templates
    labels: Labels
    root: Path
    static: tuple[str, ...] = ()
    topics: Topics = field(default_factory=Topics)
    leaves: tuple[tuple[Topic, Leaf], ...] = ()
    pages: frozenset[str] = frozenset()
    standing: tuple[Issue, ...] = ()
    appearances: Mapping[str, tuple[Appearance, ...]] = field(default_factory=dict)

    @functools.cached_property
    def _places(self) -> Mapping[str, int]:
        return {issue.name: place for place, issue in enumerate(self.archive)}

    def only(
        self,
        issues: tuple[Issue, ...],
        leaves: tuple[tuple[Topic, Leaf], ...] = (),
        pages: frozenset[str] = frozenset(),
        standing: tuple[Issue, ...] = (),
    ) -> RenderContext:
        """The same publication with these issues, pages of topics and of archive feeds to be made."""
        part = replace(self, issues=issues, leaves=leaves, pages=pages, standing=standing)
        part.__dict__["_places"] = self._places  # or every part would count the whole archive again
        return part

    def title(self, issue: Issue) -> str:
        """What readers call the issue: its title, else its number."""
        return issue.title or self.labels("issue", number=issue.number)

    def newer(self, issue: Issue) -> Issue | None:
        """The issue after this one in time, None for the newest and for drafts."""
        place = self._places.get(issue.name, 0)
        return self.archive[place - 1] if place else None

    def older(self, issue: Issue) -> Issue | None:
        """The issue before this one in time, None for the first and for drafts."""
        place = self._places.get(issue.name, len(self.archive)) + 1
        return self.archive[place] if place < len(self.archive) else None


Renderer = Callable[[RenderContext], Iterator[Artifact]]

"""The pages of what issues share: a page for each section, tag and site, and one that lists those of a kind."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from pipeline.addresses import host
from pipeline.history.appearances import Appearance
from pipeline.history.topics import SITES
from pipeline.model import Entry, Issue
from pipeline.render.context import Artifact, RenderContext
from pipeline.render.page import Pages, periodical

__all__ = ["kind_pages", "topic_pages"]

_SHOWN = 4
"""Other appearances of an entry that are told beside the first; a link that stands for years has hundreds."""


def topic_pages(context: RenderContext) -> Iterator[Artifact]:
    """`KIND/NAME/index.html` of each topic to be made: the newest entries there, those of older years in `YEAR/`."""
    page = Pages(context).page
    for topic, leaf in context.leaves:
        about = {"@type": "CollectionPage", "name": topic.title, "url": f"{context.publication.url}/{leaf.path}"}
        yield page(
            "web/topic.html",
            leaf.path,
            about={**about, "isPartOf": periodical(context.publication)},
            topic=topic,
            leaf=leaf,
            pages=topic.pages,
            runs=[(run.issue, run.slug, run.entries) for run in leaf.runs],
            host=host,
            others=functools.partial(_others, context),
        )


def kind_pages(context: RenderContext) -> Iterator[Artifact]:
    """`sections/index.html`, `tags/index.html` and `sites/index.html`: all topics of a kind, the fullest site first."""
    for kind, paths in context.topics.paths.items():
        if paths:
            topics = context.topics.of(kind)
            by_size = sorted(topics, key=lambda topic: -topic.size) if kind == SITES else topics
            yield Pages(context).page("web/kind.html", f"{kind}/", kind=kind, topics=by_size)


def _others(context: RenderContext, issue: Issue, entry: Entry) -> list[Appearance]:
    """Where else an entry was: first, and last."""
    found = context.appearances.get(f"{issue.name}#{entry.slug}")
    if not found:
        return []
    others = [one for one in found if one.issue != issue.name]
    return others if len(others) <= _SHOWN else [others[0], *others[1 - _SHOWN :]]

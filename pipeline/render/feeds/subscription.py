"""The six documents that people subscribe to: the newest issues in three formats, whole and entry by entry."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.render.context import Artifact, RenderContext
from pipeline.render.feeds.channel import ATOM, FEEDS, Relation, head
from pipeline.render.feeds.documents import atom, rss
from pipeline.render.feeds.items import contents, items
from pipeline.render.feeds.jsonfeed import jsonfeed

__all__ = ["feeds"]


def feeds(context: RenderContext) -> Iterator[Artifact]:
    """`feed.xml`, `atom.xml`, `feed.json` and the same three of entries.

    They are made from the newest issues of the archive, whichever issues are to be made: an old one never rewinds them.
    """
    newest = context.archive[: max(feed.size(context) for feed in FEEDS)]
    made = {issue.name: contents(context, issue) for issue in newest}
    for feed in FEEDS:
        own = [item for issue in newest[: feed.size(context)] for item in items(context, feed, issue, made[issue.name])]
        for path, media, document in (
            (feed.rss, "application/rss+xml", rss),
            (feed.atom, ATOM, atom),
            (feed.json, "application/feed+json", jsonfeed),
        ):
            itself = Relation("self", f"{context.publication.url}/{path}", media)
            yield Artifact(path=path, content=document(head(context, feed, itself), own))

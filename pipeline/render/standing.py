"""The pages that are there whatever was published: how to subscribe, where the newest issue is, what is not there."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.render.context import Artifact, RenderContext
from pipeline.render.page import Pages

__all__ = ["latest_page", "missing_page", "moved_pages", "subscribe_page"]


def subscribe_page(context: RenderContext) -> Iterator[Artifact]:
    """`subscribe/index.html`: what a feed is and how to follow one, for those who never did."""
    yield Pages(context).page("web/subscribe.html", "subscribe/", description=context.labels("subscribe_what"))


def latest_page(context: RenderContext) -> Iterator[Artifact]:
    """`latest/index.html`, an address that always leads to the newest issue."""
    for issue in context.archive[:1]:
        yield Pages(context).page("web/moved.html", "latest/", to=issue)


def moved_pages(context: RenderContext) -> Iterator[Artifact]:
    """`NAME/index.html` for each name that an issue had before: a page that leads to it."""
    for issue in context.archive:
        for name in issue.moved_from:
            yield Pages(context).page("web/moved.html", f"{name}/", to=issue)


def missing_page(context: RenderContext) -> Iterator[Artifact]:
    """`404.html`, which servers show in the place of what is not there; the author's own in `static/` wins."""
    if "404.html" not in context.static:
        yield Pages(context).page("web/missing.html", "404.html", newest=context.archive[:5])

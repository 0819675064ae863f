"""Files that are published as they are: those that an issue shows or links to, and those of `static/`."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.render.context import Artifact, RenderContext

__all__ = ["attachments", "static_files"]


def attachments(context: RenderContext) -> Iterator[Artifact]:
    """Each attachment of each issue, beside the issue's page, as the bytes that it is."""
    for issue in (*context.issues, *context.standing):
        for attachment in issue.attachments:
            yield Artifact(path=f"{issue.name}/{attachment.name}", content=context.root / attachment.source)


def static_files(context: RenderContext) -> Iterator[Artifact]:
    """The files of `static/` (favicon, CNAME) at the top of the site."""
    for path in context.static:
        yield Artifact(path=path, content=context.root / "static" / path)

"""The files of an issue's folder that the issue shows or links to."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.render.context import Artifact, RenderContext

__all__ = ["attachments"]


def attachments(context: RenderContext) -> Iterator[Artifact]:
    """Each attachment of each issue, beside the issue's page, as the bytes that it is."""
    for issue in context.issues:
        for attachment in issue.attachments:
            yield Artifact(path=f"{issue.name}/{attachment.name}", content=context.root / attachment.source)

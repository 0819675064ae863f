"""The Markdown edition: the issue in the plainest form of the source format, which reads back as the same issue."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.edit.written import escaped, front_matter, head, marked
from pipeline.render.context import Artifact, RenderContext

__all__ = ["issue_markdown"]


def issue_markdown(context: RenderContext) -> Iterator[Artifact]:
    """`issue.md` of each issue."""
    for issue in context.issues:
        text = context.templates.render(
            "markdown/issue.md", issue=issue, front_matter=front_matter, escaped=escaped, head=head, marked=marked
        )
        yield Artifact(path=f"{issue.name}/issue.md", content=text.encode())

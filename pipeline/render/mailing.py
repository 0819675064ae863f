"""The editions for inboxes: `email.html` and `email.txt` to paste into a service, `issue.eml` to send."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.render.composing import bodied
from pipeline.render.context import Artifact, RenderContext
from pipeline.render.message import filled, message, neutral, unsubscribe_url
from pipeline.render.places import in_html, in_text, neutral_text, places

__all__ = ["mailing"]


def mailing(context: RenderContext) -> Iterator[Artifact]:
    """The three editions of each issue; one renderer, because the message holds what the two others are made of."""
    publication = context.publication
    for source in context.issues:
        issue, bodies = bodied(context, source)
        pasted = places(publication, issue, unsubscribe_url(publication), service=publication.email.merge_tags)
        yield Artifact(path=f"{issue.name}/email.html", content=in_html(bodies.html, pasted))
        yield Artifact(path=f"{issue.name}/email.txt", content=in_text(neutral_text(bodies.text), pasted))
        built = filled(message(publication, issue, bodies), neutral(publication, issue))
        yield Artifact(path=f"{issue.name}/issue.eml", content=built)

"""An issue's bodies for inboxes, and the message of them as it is built and as it is sent."""

from __future__ import annotations

from dataclasses import replace

from pipeline.addresses import absolute, issue_url
from pipeline.model import Entry, Issue, Publication
from pipeline.render.context import RenderContext
from pipeline.render.email import email_html, heading, why
from pipeline.render.message import Bodies, Piece, filled, message, neutral
from pipeline.render.text import email_text

__all__ = ["bodied", "composed"]


def composed(context: RenderContext, source: Issue) -> tuple[bytes, tuple[Piece, ...], str]:
    """The message of an issue as a build makes it, the same with holes for each recipient's values, and its subject."""
    publication = context.publication
    issue, bodies = bodied(context, source)
    pieces = message(publication, issue, bodies)
    return filled(pieces, neutral(publication, issue)), pieces, bodies.subject


def bodied(context: RenderContext, source: Issue) -> tuple[Issue, Bodies]:
    """The issue as an email links to what is its own, and its bodies."""
    issue = _apart(context.publication, source)
    title = heading(context, issue)
    text = email_text(context, issue, title, why(context))
    return issue, Bodies(subject=issue.subject or title, text=text, html=email_html(context, issue))


def _apart(publication: Publication, issue: Issue) -> Issue:
    """The issue with its attachments by the addresses that hold outside its own page."""
    if not issue.attachments:
        return issue
    base = issue_url(publication, issue)

    def placed(entry: Entry) -> Entry:
        links = tuple(replace(link, url=absolute(link.url, base)) for link in entry.links)
        url = absolute(entry.url, base) if entry.url else None
        return replace(entry, url=url, links=links, entries=tuple(map(placed, entry.entries)))

    sections = (replace(section, entries=tuple(map(placed, section.entries))) for section in issue.sections)
    return replace(issue, sections=tuple(sections))

"""The editions for inboxes: `email.html` and `email.txt` to paste into a service, `issue.eml` to send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pipeline.addresses import absolute, issue_url
from pipeline.model import Entry, Issue, Publication
from pipeline.render.context import Artifact, RenderContext
from pipeline.render.email import email_html, heading, why
from pipeline.render.message import Bodies, filled, message, neutral
from pipeline.render.places import in_html, in_text, neutral_text, places
from pipeline.render.text import email_text

__all__ = ["mailing"]


def mailing(context: RenderContext) -> Iterator[Artifact]:
    """The three editions of each issue; one renderer, because the message holds what the two others are made of."""
    publication = context.publication
    for source in context.issues:
        issue = _apart(publication, source)
        title = heading(context, issue)
        html = email_html(context, issue)
        text = email_text(context, issue, title, why(context))
        values = neutral(publication, issue)
        pasted = places(publication, issue, values.unsubscribe_url, service=publication.email.merge_tags)
        bodies = Bodies(subject=issue.subject or title, text=text, html=html)
        yield Artifact(path=f"{issue.name}/email.html", content=in_html(html, pasted))
        yield Artifact(path=f"{issue.name}/email.txt", content=in_text(neutral_text(text), pasted))
        yield Artifact(path=f"{issue.name}/issue.eml", content=filled(message(publication, issue, bodies, values), {}))


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

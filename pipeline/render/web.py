"""The web edition: a page for each issue, and the front page that lists them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from pipeline.addresses import issue_url
from pipeline.markup import plain
from pipeline.model import Issue, Markdown, Publication
from pipeline.render.context import Artifact, RenderContext
from pipeline.render.labels import Labels
from pipeline.render.notes import Sizes, html, inline

__all__ = ["front_page", "host", "issue_page"]

_FEEDS = (
    ("feed.xml", "rss+xml", "RSS"),
    ("atom.xml", "atom+xml", "Atom"),
    ("feed.json", "feed+json", "JSON Feed"),
    ("entries.xml", "rss+xml", "RSS"),
    ("entries.atom.xml", "atom+xml", "Atom"),
    ("entries.json", "feed+json", "JSON Feed"),
)
_CONTENTS_FROM = 3  # sections; fewer are seen at a glance
_TEASERS = 10  # issues; of older ones the front page says no more than the title
_DESCRIPTION = 160  # characters; search engines cut there
_HOST = re.compile(r"https?://(?:[^/\\?#]*@)?(?:www\.)?([^/\\?#:@]+)", re.IGNORECASE)


def issue_page(context: RenderContext) -> Iterator[Artifact]:
    """`NAME/index.html` of each issue to be made."""
    publication = context.publication
    feeds = _feeds(publication, context.labels)
    for issue in context.issues:
        sections = [section for section in issue.sections if section.entries or section.text]
        titled = [section for section in sections if section.title and section.slug]
        sizes = {image.name: (image.width, image.height) for image in issue.attachments if image.width and image.height}
        page = context.templates.render(
            "web/issue.html",
            publication=publication,
            issue=issue,
            sections=sections,
            contents=titled if len(titled) >= _CONTENTS_FROM else [],
            newer=context.newer(issue),
            older=context.older(issue),
            labels=context.labels,
            title=context.title,
            description=_description(issue),
            url=issue_url(publication, issue),
            home="../",
            feeds=feeds,
            host=host,
            html=functools.partial(_html, sizes),
            inline=inline,
        )
        yield Artifact(path=f"{issue.name}/index.html", content=page.encode())


def front_page(context: RenderContext) -> Iterator[Artifact]:
    """`index.html`: what the publication is, how to subscribe, and every issue, newest first."""
    publication = context.publication
    page = context.templates.render(
        "web/front.html",
        publication=publication,
        archive=context.archive,
        teasers={issue.name: _description(issue) for issue in context.archive[:_TEASERS]},
        labels=context.labels,
        title=context.title,
        description=publication.description,
        url=f"{publication.url}/",
        home="",
        feeds=_feeds(publication, context.labels),
    )
    yield Artifact(path="index.html", content=page.encode())


def host(url: str) -> str:
    """Where an address leads, as a reader would name it: its host without `www.`, a mail address, a file's name."""
    found = _HOST.match(url)
    return found[1].lower() if found else url.removeprefix("mailto:")


def _html(sizes: Sizes, text: Markdown, sponsored: bool = False) -> str:
    """Markdown as HTML: code that may scroll is open to the keyboard, paid links say so (`rel=sponsored`)."""
    made = html(text, sizes=sizes).replace("<pre>", '<pre tabindex="0">')
    return made.replace("<a href=", '<a rel="sponsored" href=') if sponsored else made


def _description(issue: Issue) -> str:
    """What search engines and previews show below the title: plain text, cut where a word or a title ends."""
    text = issue.preheader or plain(issue.intro)
    if not text:
        titles = [entry.title for entry in issue.entries[:8]]
        while len(titles) > 1 and len(" · ".join(titles)) > _DESCRIPTION:
            titles.pop()
        text = " · ".join(titles)
    if len(text) <= _DESCRIPTION:
        return text
    cut = text[: _DESCRIPTION - 1]
    return (cut.rpartition(" ")[0] if " " in cut[-20:] else cut) + "…"


def _feeds(publication: Publication, labels: Labels) -> list[tuple[str, str, str]]:
    """Name, media type and title of each feed, for `<link rel=alternate>`."""
    found = []
    for name, media, kind in _FEEDS:
        of_what = labels("feeds_entries" if name.startswith("entries") else "feeds_issues")
        found.append((name, f"application/{media}", f"{publication.title} · {of_what} · {kind}"))
    return found

"""The web edition: a page for each issue, and the front page that lists them."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Sequence

from pipeline.addresses import host, issue_url
from pipeline.history.appearances import Appearance
from pipeline.history.topics import SECTIONS, SITES, TAGS
from pipeline.markup import plain
from pipeline.model import Entry, Issue, Markdown, Publication
from pipeline.render.context import Artifact, RenderContext
from pipeline.render.notes import Sizes, html, inline
from pipeline.render.page import Pages, periodical
from pipeline.render.templates import Raw

__all__ = ["front_page", "issue_page"]

_CONTENTS_FROM = 3  # sections; fewer are seen at a glance
_TEASERS = 10  # issues; of older ones the front page says no more than the title
_DESCRIPTION = 160  # characters; search engines cut there
_LATER = 3  # appearances of an entry in later issues; a link that stands for years has hundreds


def issue_page(context: RenderContext) -> Iterator[Artifact]:
    """`NAME/index.html` of each issue to be made."""
    page, paths = Pages(context).page, context.topics.paths
    for issue in context.issues:
        sections = [section for section in issue.sections if section.entries or section.text]
        titled = [section for section in sections if section.title and section.slug]
        sizes = {image.name: (image.width, image.height) for image in issue.attachments if image.width and image.height}
        description = _description(issue)
        yield page(
            "web/issue.html",
            f"{issue.name}/",
            description=description,
            about=_about(context, issue, description),
            issue=issue,
            image=_image(context.publication, issue),
            sections=sections,
            contents=titled if len(titled) >= _CONTENTS_FROM else [],
            newer=context.newer(issue),
            older=context.older(issue),
            later=functools.partial(_later, context, issue),
            topics=paths[SECTIONS],
            sites=paths[SITES],
            tags=paths[TAGS],
            host=host,
            html=functools.partial(_html, sizes),
            inline=_inline,
        )


def front_page(context: RenderContext) -> Iterator[Artifact]:
    """`index.html`: what the publication is, how to subscribe, and every issue, newest first."""
    publication = context.publication
    about = {"@type": "WebSite", "name": publication.title, "url": f"{publication.url}/"}
    yield Pages(context).page(
        "web/front.html",
        "",
        description=publication.description,
        about={**about, "inLanguage": publication.language, "about": periodical(publication)},
        archive=context.archive,
        teasers=_teasers(context.archive[:_TEASERS]),
    )


def _teasers(issues: Sequence[Issue]) -> dict[str, str]:
    """What an issue is about, by its name: its titles where its intro is that of others, too."""
    texts = {issue.name: _description(issue) for issue in issues}
    said = Counter(texts.values())
    return {issue.name: texts[issue.name] if said[texts[issue.name]] == 1 else _titles(issue) for issue in issues}


def _later(context: RenderContext, issue: Issue, entry: Entry) -> list[Appearance]:
    """The first issues after this one that had the entry again."""
    if not context.appearances:
        return []
    found = context.appearances.get(f"{issue.name}#{entry.slug}", ())
    return [one for one in found if one.issue > issue.name][:_LATER]


def _about(context: RenderContext, issue: Issue, description: str) -> dict[str, object]:
    """The issue in schema.org's words."""
    publication = context.publication
    found: dict[str, object] = {
        "@type": ["PublicationIssue", "Article"],
        "name": context.title(issue),
        "headline": context.title(issue),
        "issueNumber": issue.number,
        "datePublished": issue.date.isoformat(),
        "dateModified": (issue.updated or issue.date).isoformat(),
        "inLanguage": publication.language,
        "url": issue_url(publication, issue),
        "isPartOf": periodical(publication),
    }
    if description:
        found["description"] = description
    if publication.author.name:
        found["author"] = {"@type": "Person", "name": publication.author.name}
    return found


def _image(publication: Publication, issue: Issue) -> str:
    """The address of the first picture that previews may show, empty where there is none."""
    pictures = (each for each in issue.attachments if each.width and not each.name.lower().endswith(".svg"))
    first = next(pictures, None)
    return f"{issue_url(publication, issue)}{first.name}" if first else ""


def _html(sizes: Sizes, text: Markdown, sponsored: bool = False) -> Raw:
    """Markdown as HTML: code that may scroll is open to the keyboard, paid links say so (`rel=sponsored`)."""
    made = html(text, sizes=sizes).replace("<pre>", '<pre tabindex="0">')
    return Raw(made.replace("<a href=", '<a rel="sponsored" href=') if sponsored else made)


def _inline(text: Markdown) -> Raw:
    """Markdown as HTML to stand within a line."""
    return Raw(inline(text))


def _description(issue: Issue) -> str:
    """What search engines and previews show below the title: plain text, cut where a word or a title ends."""
    return _cut(issue.preheader or plain(issue.intro)) or _titles(issue)


def _titles(issue: Issue) -> str:
    """As many of the first titles as a description holds."""
    titles = [entry.title for entry in issue.entries[:8]]
    while len(titles) > 1 and len(" · ".join(titles)) > _DESCRIPTION:
        titles.pop()
    return _cut(" · ".join(titles))


def _cut(text: str) -> str:
    """The text, or what of it fits into a description."""
    if len(text) <= _DESCRIPTION:
        return text
    cut = text[: _DESCRIPTION - 1]
    return (cut.rpartition(" ")[0] if " " in cut[-20:] else cut) + "…"

"""What the items of every feed say, whatever the format: an issue whole, or one of its entries."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterator, Mapping
from html import escape
from typing import NamedTuple

from pipeline.addresses import absolute, entry_id, entry_url, issue_id, issue_url
from pipeline.markup import links, plain
from pipeline.model import Entry, Issue, Link, Markdown, Section, Url
from pipeline.render.context import RenderContext
from pipeline.render.feeds.channel import ENTRIES, HTML, Feed, Relation, moments
from pipeline.render.feeds.plain import brief, clean
from pipeline.render.notes import html, inline

__all__ = ["Contents", "Item", "contents", "items"]

_TYPES = {
    "gif": "image/gif",
    "jpeg": "image/jpeg",
    "jpg": "image/jpeg",
    "mp3": "audio/mpeg",
    "mp4": "video/mp4",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml",
    "webp": "image/webp",
}

_TEMPLATE = "feed/entry.html"

Contents = Mapping[int, str]
"""HTML of the entries of one issue, without their titles, by `id()` of the entry."""


class Item(NamedTuple):
    """One item of a feed, every text free of control characters, every address absolute.

    `url` is what opens: an issue's page; an entry's own address, its permalink where it has none. `media` and
    `language` are those of what stands there, and `further` is what else an entry links to. `content` is HTML; an entry
    that says nothing shows its link. `summary` is plain text, empty where the content is short itself (RFC 4287,
    4.2.13, advises against repeating it); `about` is what a description is made from where there must be one.
    """

    id: str
    title: str
    url: str
    permalink: str
    media: str
    language: str
    further: tuple[Relation, ...]
    tags: tuple[str, ...]
    published: datetime.datetime
    updated: datetime.datetime
    content: str
    summary: str
    about: Markdown

    @property
    def relations(self) -> tuple[Relation, ...]:
        """The links of RFC 4287: what opens, the place on our page where that is another, and all further ones."""
        opens = Relation("alternate", self.url, self.media, hreflang=self.language)
        place = (Relation("related", self.permalink, HTML),) if self.permalink != self.url else ()
        return (opens, *place, *self.further)

    @property
    def description(self) -> str:
        """The item in one short line of plain text, never empty."""
        return self.summary or _told(self.about) or self.title


@functools.lru_cache(maxsize=512)
def _told(note: Markdown) -> str:
    """A note in short; RSS and JSON Feed both ask for that of the same entries."""
    return brief(plain(note))


def contents(context: RenderContext, issue: Issue) -> Contents:
    """What every entry of the issue says, by the template `feed/entry.html`; both feeds are made from it.

    Ours makes nothing but the note of an entry that has nothing but a note, so it need not be asked (6 µs).
    """
    base = issue_url(context.publication, issue)
    ours = context.templates.is_ours(_TEMPLATE)
    return {
        id(entry): clean(html(entry.note, base)).strip() if ours and _is_note(entry) else _content(context, base, entry)
        for entry in issue.walk()
    }


def _is_note(entry: Entry) -> bool:
    return not (entry.links or entry.via or entry.author or entry.published or entry.sponsored)


def _content(context: RenderContext, base: Url, entry: Entry) -> str:
    further = [Link(title=link.title, url=absolute(link.url, base)) for link in entry.links]
    made = context.templates.render(
        _TEMPLATE,
        entry=entry,
        links=further,
        note=html(entry.note, base) if entry.note else "",
        via=inline(entry.via, base) if entry.via else "",
        labels=context.labels,
    )
    return clean(made).strip()


def items(context: RenderContext, feed: Feed, issue: Issue, made: Contents) -> Iterator[Item]:
    """The items of one issue in a feed: the issue whole, or its entries in reading order, grouped ones too."""
    if feed == ENTRIES:
        return _entries(context, issue, made)
    return iter((_issue(context, issue, made),))


def _issue(context: RenderContext, issue: Issue, made: Contents) -> Item:
    base = issue_url(context.publication, issue)
    sections = [section for section in issue.sections if section.entries or section.text]
    published, updated = moments(context, issue)
    return Item(
        id=issue_id(context.publication, issue),
        title=clean(context.title(issue)).strip() or issue.name,
        url=base,
        permalink=base,
        media=HTML,
        language="",
        further=(),
        tags=_once(tuple(section.title for section in sections)),
        published=published,
        updated=updated,
        content=clean(_whole(context, issue, sections, made)).strip(),
        summary=brief(_about(issue)),
        about=Markdown(""),
    )


def _whole(context: RenderContext, issue: Issue, sections: list[Section], made: Contents) -> str:
    """The issue as HTML, by the template `feed/issue.html`."""
    base = issue_url(context.publication, issue)
    return context.templates.render(
        "feed/issue.html",
        publication=context.publication,
        issue=issue,
        intro=html(issue.intro, base) if issue.intro else "",
        sections=[
            (section, html(section.text, base) if section.text else "", list(_rows(section.entries, base, made)))
            for section in sections
        ],
        labels=context.labels,
    )


def _rows(
    entries: tuple[Entry, ...], base: Url, made: Contents, level: int = 3
) -> Iterator[tuple[int, Entry, str, str]]:
    """Level of the heading, entry, address and content of each entry, grouped ones behind their parent."""
    for entry in entries:
        yield level, entry, absolute(entry.url, base) if entry.url else "", made[id(entry)]
        yield from _rows(entry.entries, base, made, min(level + 1, 6))


def _about(issue: Issue) -> str:
    """Plain text that tells what is in an issue: its preheader, else its introduction, else its first titles."""
    if issue.preheader:
        return issue.preheader
    return plain(issue.intro) or " · ".join(entry.title for entry in issue.entries[:8])


def _entries(context: RenderContext, issue: Issue, made: Contents) -> Iterator[Item]:
    publication = context.publication
    base = issue_url(publication, issue)
    published, updated = moments(context, issue)
    for section in issue.sections:
        for entry in section.walk():
            permalink = entry_url(publication, issue, entry)
            url = clean(absolute(entry.url, base)) if entry.url else permalink
            title = clean(entry.title).strip() or url
            yield Item(
                id=entry_id(publication, issue, entry),
                title=title,
                url=url,
                permalink=permalink,
                media=_media_type(url),
                language=clean(entry.lang),
                further=_further(entry, base) if entry.links or entry.via else (),
                tags=_once((section.title, *entry.tags)),
                published=published,
                updated=updated,
                content=made[id(entry)] or f'<p><a href="{escape(url)}">{escape(title, quote=False)}</a></p>',
                summary="",
                about=entry.note,
            )


def _further(entry: Entry, base: Url) -> tuple[Relation, ...]:
    """The entry's further links, and to whom the find is owed."""
    found = []
    for link in entry.links:
        address = clean(absolute(link.url, base))
        found.append(Relation("related", address, _media_type(address), clean(link.title)))
    if entry.via:
        found.extend(Relation("via", clean(absolute(link.url, base)), HTML) for link in links(entry.via))
    return tuple(found)


def _media_type(url: str) -> str:
    """The media type that an address promises by its ending; RFC 4287 (4.2.7.3) takes it as a hint."""
    return _TYPES.get(url.rpartition(".")[2].lower(), HTML)


@functools.lru_cache(maxsize=256)
def _once(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words that are not empty, each once, in their order; most entries of a section have the same."""
    return tuple(dict.fromkeys(word for word in map(clean, words) if word))

"""The archive pages of both feeds (RFC 5005): Atom documents that, once made, change no more.

feedgen takes 40 µs an item and 130 a page, which for 30,000 items is more than a whole site may take. So they are
written here, the same as it writes subscription documents.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from html import escape

from pipeline.model import Issue
from pipeline.render.context import Artifact, RenderContext
from pipeline.render.feeds.channel import ATOM, FEEDS, GENERATOR, HTML, Head, Relation, head, moments, pages
from pipeline.render.feeds.items import Contents, Item, contents, items

__all__ = ["archive_pages"]


def archive_pages(context: RenderContext) -> Iterator[Artifact]:
    """The archive pages that are to be made.

    A page is made from its own issues, the settings and its number; all that another issue can change in it is the link
    to the next page, which the newest page has not got yet. So pages can be made in any order and in several processes.
    """
    todo = pages(context, context.pages)
    named = {issue.name: issue for page in todo for issue in page.issues}

    @functools.lru_cache(maxsize=sum(feed.size(context) for feed in FEEDS))
    def made(name: str) -> Contents:
        return contents(context, named[name])

    for page in todo:
        own = Relation("self", f"{context.publication.url}/{page.path}", ATOM)
        written = [_opening(head(context, page.feed, own, page=page))]
        for issue in page.issues:
            dates = _dates(context, issue)
            written += [_entry(item, dates) for item in items(context, page.feed, issue, made(issue.name))]
        written.append("</feed>\n")
        yield Artifact(path=page.path, content="".join(written).encode())


def _opening(head: Head) -> str:
    """What stands before the entries, in the form that feedgen gives it, and the mark of RFC 5005 (4)."""
    email = f"    <email>{escape(head.email)}</email>\n" if head.email else ""
    subtitle = f"  <subtitle>{escape(head.description, quote=False)}</subtitle>\n" if head.description else ""
    links = [
        f'  <link href="{escape(one.href)}" rel="{one.rel}" type="{one.type}"/>\n'
        for one in (*head.relations, Relation("alternate", head.home, HTML))
    ]
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<feed xmlns:fh="http://purl.org/syndication/history/1.0" xmlns="http://www.w3.org/2005/Atom"'
        f' xml:lang="{escape(head.language)}">\n'
        f"  <id>{escape(head.id)}</id>\n"
        f"  <title>{escape(head.title, quote=False)}</title>\n"
        f"  <updated>{head.updated.isoformat()}</updated>\n"
        f"  <author>\n    <name>{escape(head.author, quote=False)}</name>\n{email}  </author>\n"
        f"{''.join(links)}  <generator>{GENERATOR}</generator>\n{subtitle}  <fh:archive/>\n"
    )


def _dates(context: RenderContext, issue: Issue) -> str:
    published, updated = moments(context, issue)
    return f"<updated>{updated.isoformat()}</updated><published>{published.isoformat()}</published>"


def _entry(item: Item, dates: str) -> str:
    """An Atom entry as feedgen writes it, with the HTML in a CDATA section; `dates` are those of its issue."""
    language = f' hreflang="{escape(item.language)}"' if item.language else ""
    place = f'<link rel="related" href="{escape(item.permalink)}" type="{HTML}"/>' if item.permalink != item.url else ""
    further = "".join(map(_link, item.further)) if item.further else ""
    summary = f"<summary>{escape(item.summary, quote=False)}</summary>" if item.summary else ""
    return (
        f"<entry><id>{escape(item.id)}</id><title>{escape(item.title, quote=False)}</title>{dates}"
        f'<link rel="alternate" href="{escape(item.url)}" type="{item.media}"{language}/>{place}{further}'
        f"{_categories(item.tags)}{summary}"
        f'<content type="html"><![CDATA[{item.content.replace("]]>", "]]]]><![CDATA[>")}]]></content></entry>\n'
    )


def _link(relation: Relation) -> str:
    title = f' title="{escape(relation.title)}"' if relation.title else ""
    return f'<link rel="{relation.rel}" href="{escape(relation.href)}" type="{relation.type}"{title}/>'


@functools.lru_cache(maxsize=256)
def _categories(tags: tuple[str, ...]) -> str:
    return "".join([f'<category term="{escape(tag)}"/>' for tag in tags])

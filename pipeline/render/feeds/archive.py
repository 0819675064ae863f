"""The archive pages of both feeds (RFC 5005): Atom documents that, once made, change no more.

feedgen takes 40 µs an item, which for 30,000 items is more than a whole site may take. So it makes the head of a page,
and the entries, the same as in the subscription documents, are written here.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from html import escape

from pipeline.model import Issue
from pipeline.render.context import Artifact, RenderContext
from pipeline.render.feeds.channel import ATOM, FEEDS, Relation, head, moments, pages
from pipeline.render.feeds.documents import atom_archive_frame
from pipeline.render.feeds.items import Contents, Item, contents, items

__all__ = ["archive_pages"]


def archive_pages(context: RenderContext) -> Iterator[Artifact]:
    """The archive pages that are to be made.

    A page is made from its own issues, the settings and its number; all that another issue can change in it is the link
    to the next page, which the newest page has not got yet. So pages can be made in any order and in several processes.
    """
    todo = [page for page in pages(context) if page.path in context.pages] if context.pages else []
    named = {issue.name: issue for page in todo for issue in page.issues}

    @functools.lru_cache(maxsize=sum(feed.size(context) for feed in FEEDS))
    def made(name: str) -> Contents:
        return contents(context, named[name])

    for page in todo:
        own = Relation("self", f"{context.publication.url}/{page.path}", ATOM)
        before, after = atom_archive_frame(head(context, page.feed, own, page=page))
        entries = []
        for issue in page.issues:
            dates = _dates(context, issue)
            entries += [_entry(item, dates) for item in items(context, page.feed, issue, made(issue.name))]
        yield Artifact(path=page.path, content="".join([before, *entries, after]).encode())


def _dates(context: RenderContext, issue: Issue) -> str:
    published, updated = moments(context, issue)
    return f"<updated>{updated.isoformat()}</updated><published>{published.isoformat()}</published>"


def _entry(item: Item, dates: str) -> str:
    """An Atom entry as feedgen writes it, with the HTML in a CDATA section; `dates` are those of its issue."""
    summary = f"<summary>{escape(item.summary, quote=False)}</summary>" if item.summary else ""
    return (
        f"<entry><id>{escape(item.id)}</id><title>{escape(item.title, quote=False)}</title>{dates}"
        f"{''.join(map(_link, item.relations))}{_categories(item.tags)}{summary}"
        f'<content type="html"><![CDATA[{item.content.replace("]]>", "]]]]><![CDATA[>")}]]></content></entry>\n'
    )


def _link(relation: Relation) -> str:
    rel, href, media, title, hreflang = relation
    more = f' title="{escape(title)}"' if title else ""
    if hreflang:
        more += f' hreflang="{escape(hreflang)}"'
    return f'<link rel="{rel}" href="{escape(href)}" type="{media}"{more}/>'


@functools.lru_cache(maxsize=256)
def _categories(tags: tuple[str, ...]) -> str:
    return "".join([f'<category term="{escape(tag)}"/>' for tag in tags])

"""RSS 2.0 and Atom documents, by feedgen with the extensions that it needs."""

from __future__ import annotations

import functools
from collections.abc import Iterable

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from pipeline.render.feeds.channel import GENERATOR, HTML, Head, Relation
from pipeline.render.feeds.extension import AtomLinks, RssCreator, RssLinks
from pipeline.render.feeds.items import Item

__all__ = ["atom", "rss"]


def rss(head: Head, items: Iterable[Item]) -> bytes:
    """An RSS 2.0 document; the items in the order given."""
    feed = _feed(head)
    feed.description(head.description or head.title)  # RSS wants one
    if head.email:
        feed.managingEditor(f"{head.email} ({head.author})")
    others = (relation for relation in head.relations if relation.rel != "self")
    feed.register_extension("links", functools.partial(RssLinks, others), atom=False)
    for item in items:
        entry = _entry(feed, item)
        entry.link(href=item.url)
        entry.description(item.description)
        entry.content(item.content)
        entry.register_extension("creator", functools.partial(RssCreator, head.author), atom=False)
    return feed.rss_str(pretty=True)


def atom(head: Head, items: Iterable[Item]) -> bytes:
    """An Atom document (RFC 4287); the items in the order given."""
    feed = _feed(head)
    if head.description:
        feed.subtitle(head.description)
    feed.author({"name": head.author, **({"email": head.email} if head.email else {})})
    for item in items:
        entry = _entry(feed, item)
        entry.content(item.content, type="html")
        if item.summary:
            entry.summary(item.summary)
        entry.register_extension("links", functools.partial(AtomLinks, item.relations), rss=False)
    return feed.atom_str(pretty=True)


def _feed(head: Head) -> FeedGenerator:
    """feedgen's document with all that RSS and Atom share; its clock is overruled."""
    feed = FeedGenerator()
    feed.id(head.id)
    feed.title(head.title)
    feed.language(head.language)
    feed.updated(head.updated)
    feed.generator(GENERATOR)
    for relation in (*head.relations, Relation("alternate", head.home, HTML)):  # RSS takes the last as its link
        feed.link({name: value for name, value in relation._asdict().items() if value})
    return feed


def _entry(feed: FeedGenerator, item: Item) -> FeedEntry:
    """feedgen's item with all that RSS and Atom share; feedgen puts an item before the others unless told."""
    entry = feed.add_entry(order="append")
    entry.id(item.id)
    entry.title(item.title)
    entry.published(item.published)
    entry.updated(item.updated)
    entry.category([{"term": tag} for tag in item.tags])
    return entry

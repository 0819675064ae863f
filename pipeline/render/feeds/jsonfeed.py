"""JSON Feed 1.1 documents."""

from __future__ import annotations

import json
from collections.abc import Iterable

from pipeline.render.feeds.channel import Head
from pipeline.render.feeds.items import Item

__all__ = ["jsonfeed"]


def jsonfeed(head: Head, items: Iterable[Item]) -> bytes:
    """A JSON Feed 1.1 document in UTF-8; the items in the order given.

    `url` is an item's place on our site, `external_url` the address that it is about, as the specification has it for
    link blogs. There is no `next_url`: the archive is Atom's.
    """
    relations = {relation.rel: relation.href for relation in head.relations}
    document: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": head.title,
        "home_page_url": head.home,
        "feed_url": relations["self"],
        "language": head.language,
        "authors": [{"name": head.author}],
    }
    if head.description:
        document["description"] = head.description
    if "hub" in relations:
        document["hubs"] = [{"type": "WebSub", "url": relations["hub"]}]
    document["items"] = [_item(item) for item in items]
    return json.dumps(document, ensure_ascii=False).encode()


def _item(item: Item) -> dict[str, object]:
    made: dict[str, object] = {
        "id": item.id,
        "url": item.permalink,
        "title": item.title,
        "content_html": item.content,
        "date_published": item.published.isoformat(),
        "date_modified": item.updated.isoformat(),
    }
    if item.description != item.title:
        made["summary"] = item.description
    if item.url != item.permalink:
        made["external_url"] = item.url
    if item.tags:
        made["tags"] = item.tags
    return made

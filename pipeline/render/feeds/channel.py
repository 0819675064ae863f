"""The two logical feeds: where their documents stand, which issues each holds, and what stands at the head of each."""

from __future__ import annotations

import datetime
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.addresses import feed_id, instant
from pipeline.model import Issue
from pipeline.render.context import RenderContext
from pipeline.render.feeds.plain import clean

__all__ = [
    "ATOM",
    "ENTRIES",
    "FEEDS",
    "GENERATOR",
    "HTML",
    "ISSUES",
    "Feed",
    "Head",
    "Page",
    "Relation",
    "dealt",
    "head",
    "moments",
    "pages",
]

HTML, ATOM = "text/html", "application/atom+xml"
"""Media types."""

GENERATOR = "publish-newsletter"
"""Without a version: a new one of ours must not change the bytes of old feeds."""

_EPOCH = datetime.date(2000, 1, 1)


class Relation(NamedTuple):
    """A link by its relation (RFC 4287, 4.2.7); an empty string leaves the attribute out."""

    rel: str
    href: str
    type: str = ""
    title: str = ""
    hreflang: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One logical feed and the paths of its subscription documents, which hold its newest issues."""

    name: str
    rss: str
    atom: str
    json: str

    def size(self, context: RenderContext) -> int:
        """How many issues a document of the feed holds, at least 1."""
        feeds = context.publication.feeds
        return feeds.issues if self == ISSUES else feeds.entries


ISSUES = Feed(name="issues", rss="feed.xml", atom="atom.xml", json="feed.json")
"""One item an issue."""

ENTRIES = Feed(name="entries", rss="entries.xml", atom="entries.atom.xml", json="entries.json")
"""One item an entry."""

FEEDS = (ISSUES, ENTRIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One archive document of a feed (RFC 5005, 4), numbered from the oldest, with its issues, newest first."""

    feed: Feed
    number: int
    issues: tuple[Issue, ...]
    last: bool

    @property
    def path(self) -> str:
        """Where it stands under `out/`."""
        return _page_path(self.feed, self.number)


def pages(context: RenderContext, among: Container[str] | None = None) -> tuple[Page, ...]:
    """Every archive page of both feeds, oldest first, those of one issue side by side; or those `among` some paths.

    A page holds as many issues as its feed's subscription documents, and is made when its oldest issue leaves them. So
    every page is full from the first, and with the subscription document the pages hold the whole archive.
    """
    found = []
    total = len(context.archive)
    for feed in FEEDS:
        size = feed.size(context)
        count = max(0, (total - 1) // size)
        for number in range(1, count + 1):
            if among is not None and _page_path(feed, number) not in among:
                continue
            end = total - (number - 1) * size
            issues = context.archive[end - size : end]
            found.append((number * size, Page(feed=feed, number=number, issues=issues, last=number == count)))
    return tuple(page for _, page in sorted(found, key=lambda pair: pair[0]))


def dealt(context: RenderContext, groups: Sequence[Sequence[Issue]]) -> list[frozenset[str]]:
    """The pages to be made, by path, for some groups of issues to be made: each where one of its own issues is.

    So a note is rendered once for all editions. What has no issue in any group is with the first.
    """
    owners = {issue.name: at for at, group in enumerate(groups) for issue in group}
    found: list[set[str]] = [set() for _ in groups]
    for page in pages(context, context.pages):
        at = next((owners[issue.name] for issue in page.issues if issue.name in owners), 0)
        found[at].add(page.path)
    return list(map(frozenset, found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a feed document says of itself, whatever its format; `author` is never empty, `home` is the publication."""

    id: str
    title: str
    description: str
    language: str
    author: str
    email: str
    home: str
    updated: datetime.datetime
    relations: tuple[Relation, ...]


def head(context: RenderContext, feed: Feed, own: Relation, *, page: Page | None = None) -> Head:
    """The head of the document whose relation `self` is `own`: the archive's `page`, or a subscription document.

    The documents of a logical feed share its id. `updated` is that of the newest item; a feed without items, which has
    no such thing, says 2000.
    """
    publication = context.publication
    issues = page.issues if page else context.archive[: feed.size(context)]
    title = clean(publication.title) or publication.url
    return Head(
        id=feed_id(publication, feed.name),
        title=title if feed == ISSUES else f"{title} · {clean(context.labels('feeds_entries'))}",
        description=clean(publication.description),
        language=publication.language,
        author=clean(publication.author.name) or title,
        email=clean(publication.author.email),
        home=f"{publication.url}/",
        updated=max((moments(context, issue)[1] for issue in issues), default=instant(publication, _EPOCH)),
        relations=(own, *_relations(context, feed, page)),
    )


def _relations(context: RenderContext, feed: Feed, page: Page | None) -> list[Relation]:
    """The neighbours of a document in the archive, and the hub of a subscription document."""
    publication = context.publication
    found = []
    if page:
        found.append(Relation("current", f"{publication.url}/{feed.atom}", ATOM))
    elif publication.feeds.hub:
        found.append(Relation("hub", publication.feeds.hub))
    older = page.number - 1 if page else max(0, (len(context.archive) - 1) // feed.size(context))
    if older:
        found.append(Relation("prev-archive", f"{publication.url}/{_page_path(feed, older)}", ATOM))
    if page and not page.last:
        found.append(Relation("next-archive", f"{publication.url}/{_page_path(feed, page.number + 1)}", ATOM))
    return found


def _page_path(feed: Feed, number: int) -> str:
    return f"feeds/{feed.name}-{number}.atom.xml"


def moments(context: RenderContext, issue: Issue) -> tuple[datetime.datetime, datetime.datetime]:
    """When an issue was published and when it was updated, which is never before."""
    published = instant(context.publication, issue.date)
    if issue.updated is None or issue.updated <= issue.date:
        return published, published
    return published, instant(context.publication, issue.updated)

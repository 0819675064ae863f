"""Where an issue links to the web, and which of those links are archived copies of which others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline.identity import identify
from pipeline.markup import links
from pipeline.model import Issue, Location, Url

__all__ = ["Place", "places"]

_ARCHIVES = ("web.archive.org", "archive.ph", "archive.today", "archive.is")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A link of an issue without its fragment, and its copies in web archives that stand beside it."""

    url: str
    issue: Issue
    location: Location
    copies: tuple[str, ...] = ()


def places(issue: Issue) -> Iterator[Place]:
    """Every address of the web in an issue: of entries, their further links, and in notes and prose, each once a place.

    Attachments, email addresses and places within the page are none.
    """
    yield from _of(issue, issue.location, (link.url for link in links(issue.intro)))
    for section in issue.sections:
        yield from _of(issue, section.location, (link.url for link in links(section.text)))
    for entry in issue.walk():
        own = [entry.url] if entry.url else []
        noted = (link.url for text in (entry.note, entry.via) for link in links(text))
        yield from _of(issue, entry.location, (*own, *(link.url for link in entry.links), *noted))


def _of(issue: Issue, location: Location, urls: Iterable[Url]) -> Iterator[Place]:
    web = list(dict.fromkeys(url.partition("#")[0] for url in urls if url.startswith(("http://", "https://"))))
    archived = {url: identify(url).key for url in web if urlsplit(url).hostname in _ARCHIVES}
    for url in web:
        same = identify(url).key if archived and url not in archived else None
        copies = tuple(copy for copy, key in archived.items() if key == same)
        yield Place(url=url, issue=issue, location=location, copies=copies)

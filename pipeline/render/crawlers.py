"""What search engines read first: the list of all pages, and what they need not look at."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from html import escape
from urllib.parse import quote, urlsplit

from pipeline.render.context import Artifact, RenderContext

__all__ = ["robots", "sitemap"]

_AT_MOST = 50_000  # addresses in one file (https://www.sitemaps.org/protocol.html)
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap(context: RenderContext) -> Iterator[Artifact]:
    """`sitemap.xml`: every page, with the day of its last change; above 50,000 it lists files that do.

    The author's own in `static/` wins.
    """
    if "sitemap.xml" in context.static:
        return
    pages = [_element("url", f"{context.publication.url}/{quote(path)}", day) for path, day in _pages(context)]
    files = [pages[at : at + _AT_MOST] for at in range(0, len(pages), _AT_MOST)]
    if len(files) == 1:
        yield _document("sitemap.xml", "urlset", pages)
        return
    names = [f"sitemap-{place}.xml" for place in range(1, len(files) + 1)]
    for name, some in zip(names, files, strict=True):
        yield _document(name, "urlset", some)
    listed = [_element("sitemap", f"{context.publication.url}/{name}") for name in names]
    yield _document("sitemap.xml", "sitemapindex", listed)


def robots(context: RenderContext) -> Iterator[Artifact]:
    """`robots.txt` (RFC 9309): all is open but the emails, which say what the pages say; the author's own wins."""
    if "robots.txt" not in context.static:
        base = quote(urlsplit(context.publication.url).path)
        lines = ("User-agent: *", f"Disallow: {base}/*/email.html$", f"Sitemap: {context.publication.url}/sitemap.xml")
        yield Artifact(path="robots.txt", content="".join(f"{line}\n" for line in lines).encode())


def _pages(context: RenderContext) -> Iterator[tuple[str, datetime.date | None]]:
    """The folder of every page that is to be found, newest first, and when what stands there changed."""
    days = {issue.name: issue.updated or issue.date for issue in context.archive}
    newest = max(days.values(), default=None)
    yield "", newest
    yield from ((f"{name}/", day) for name, day in days.items())
    for kind, paths in context.topics.paths.items():
        if paths:
            yield f"{kind}/", newest
    for topic in context.topics.topics:
        yield from ((leaf.path, days[leaf.runs[0].issue.name]) for leaf in topic.pages)
    if context.archive:
        yield "statistics/", newest
    yield "subscribe/", None


def _element(name: str, url: str, day: datetime.date | None = None) -> str:
    changed = f"<lastmod>{day}</lastmod>" if day else ""
    return f"<{name}><loc>{escape(url)}</loc>{changed}</{name}>\n"


def _document(path: str, name: str, elements: list[str]) -> Artifact:
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} xmlns="{_NAMESPACE}">\n'
    return Artifact(path=path, content=f"{head}{''.join(elements)}</{name}>\n".encode())

"""RSS, Atom and JSON feeds: of links, or of the issues of a newsletter."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from pipeline.formats.syndicated import Item, feed_in
from pipeline.importers.content import issue_in
from pipeline.importers.decoding import decoded
from pipeline.importers.hypertext import note_of_html
from pipeline.importers.saved import Saved, issues_of
from pipeline.importers.source import UNDATED, Imported, Importer, SourceFile
from pipeline.model import Issue, Location
from pipeline.read.source import Report

__all__ = ["FEED"]

_BYTES_AT_MOST = 32 << 20
_HEAD = re.compile(
    r"<(?:rss|feed|rdf:rdf|rdf)[\s/>]|\"version\"\s*:\s*\"https?:(?:\\?/){2}jsonfeed\.org", re.IGNORECASE
)
_LINK = re.compile(r"<a\s[^<>]{0,500}?href\s*=\s*[\"']?https?://([^/\"'\s<>]+)", re.IGNORECASE)
_LINKS_AT_LEAST = 3
_TITLE_AT_MOST = 80
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_BLANKS = re.compile(r"<[^<>]*>|\s+")


def _recognises(file: SourceFile) -> bool:
    return bool(_HEAD.search(file.data[:4096].replace(b"\0", b"").decode("latin-1")))


def _read(file: SourceFile) -> Imported:
    report = Report()
    text = decoded(file, report)
    if text is None:
        return Imported(issues=(), findings=tuple(report.findings))
    items = _items(file.path, text, report)
    if not items and not report.refuses:
        report.warning(Location(path=file.path), "empty", "no item in it")
    if _of_issues(items):
        issues = tuple(issue for item in reversed(items) for issue in _issues(file, item, report))
    else:
        issues = issues_of(file.path, [_saved(file.path, item) for item in items], report)
    return Imported(issues=issues, findings=tuple(report.findings))


def _items(path: str, text: str, report: Report) -> Sequence[Item]:
    """The items of a feed in its order; what cannot be read is told, with its place."""
    feed = feed_in(text)
    where = Location(path=path, line=feed.line, column=feed.column)
    if feed.fault and text.lstrip().startswith("{"):
        report.error(where, "json", feed.fault)
    elif feed.fault and (feed.items is None or feed.cut):
        report.error(where, "unreadable", f"cannot be read as a feed: {feed.fault}")
    elif feed.fault:
        report.warning(where, "xml", f"not well-formed, read as far as can be told: {feed.fault}")
    return () if report.refuses else feed.items or ()


def _of_issues(items: Sequence[Item]) -> bool:
    """Whether the items are issues: more than half of them hold three links and more to other sites than their own."""
    many = [item for item in items if _links_out(item) >= _LINKS_AT_LEAST]
    return len(many) * 2 > len(items)


def _links_out(item: Item) -> int:
    try:
        own = urlsplit(item.url).hostname or ""
    except ValueError:
        own = ""
    return len({match[0] for match in _LINK.finditer(item.html) if match[1].lower() != own})


def _issues(file: SourceFile, item: Item, report: Report) -> tuple[Issue, ...]:
    """The issue that an item holds, with the line that the item begins in."""
    address = item.base or item.url
    base = f'<base href="{address.replace(chr(34), "%22")}">' if address.startswith(("http://", "https://")) else ""
    title = item.title.replace("&", "&amp;").replace("<", "&lt;")
    told = Report()
    found = issue_in(file, f"<html><head>{base}<title>{title}</title></head><body>{item.html}</body></html>", told)
    where = Location(path=file.path, line=item.line)
    report.findings += [replace(finding, location=where) for finding in told.findings]
    return tuple(
        replace(issue, title=item.title or issue.title, date=_day(item) or issue.date or UNDATED, location=where)
        for issue in found
    )


def _day(item: Item) -> datetime.date | None:
    """The day of an item that says no less than that."""
    return datetime.date.fromisoformat(item.published) if len(item.published) == len("2023-03-04") else None


def _saved(path: str, item: Item) -> Saved:
    """The link that an item is; one without a title has the first words that it says."""
    said = " ".join(_BLANKS.sub(" ", item.html).split())
    return Saved(
        title=item.title or (said if len(said) <= _TITLE_AT_MOST else f"{said[:_TITLE_AT_MOST].rpartition(' ')[0]} …"),
        address=item.url,
        location=Location(path=path, line=item.line),
        note=note_of_html(item.html, item.base or item.url),
        day=_day(item),
        tags=item.tags,
        author=item.author,
        lang=item.lang if _LANGUAGE.fullmatch(item.lang) else "",
    )


FEED = Importer(
    kind="feed",
    caption="a feed (RSS, Atom, JSON) of links or of the issues of a newsletter",
    recognises=_recognises,
    read=_read,
    bytes_at_most=_BYTES_AT_MOST,
)

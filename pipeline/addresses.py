"""Where things stand on the site and what feeds call them: URLs, permalinks, tag URIs, the instant of an issue."""

from __future__ import annotations

import datetime
import functools
import re
import zoneinfo
from urllib.parse import unquote

from pipeline.model import Entry, Issue, Publication, Url

__all__ = [
    "absolute",
    "entry_id",
    "entry_url",
    "feed_id",
    "host",
    "instant",
    "is_attachment",
    "issue_id",
    "issue_url",
    "readable",
]

_ORDINARY_HOST = re.compile(r"https?://(?:www\.)?([a-z0-9.-]+)(?:/|\Z)")
_HOST = re.compile(r"https?://(?:[^/\\?#]*@)?(?:www\.)?([^/\\?#:@]+)", re.IGNORECASE)


def issue_url(publication: Publication, issue: Issue) -> Url:
    """The issue's web page, with its closing slash."""
    return Url(f"{publication.url}/{issue.name}/")


def entry_url(publication: Publication, issue: Issue, entry: Entry) -> Url:
    """The entry's permalink: its place on the issue's page."""
    return Url(f"{publication.url}/{issue.name}/#{entry.slug}")


def feed_id(publication: Publication, name: str) -> str:
    """The id of a feed document: a tag URI (RFC 4151) that no move of the site changes."""
    return f"tag:{publication.id},2000:{name}"


def issue_id(publication: Publication, issue: Issue) -> str:
    """The id of an issue in feeds, by its first name; two issues of one day differ by their folder's slug."""
    name = issue.first_name
    return f"tag:{publication.id},{name[:10]}:issue{name[10:]}"


def entry_id(publication: Publication, issue: Issue, entry: Entry) -> str:
    """The id of an entry in feeds: the issue's first day and the entry's frozen key."""
    return f"tag:{publication.id},{issue.first_name[:10]}:{entry.key}"


def instant(publication: Publication, day: datetime.date) -> datetime.datetime:
    """The moment at which an issue of that day is out, by the settings alone; its offset is in whole minutes.

    Local mean times of long ago have seconds (Shanghai until 1901: +08:05:43), which RFC 3339 and RFC 5322 cannot say.
    """
    return _instant(day, publication.publish_at, publication.timezone)


@functools.lru_cache(maxsize=256)
def _instant(day: datetime.date, time: datetime.time, zone: str) -> datetime.datetime:
    """Feeds, sitemap, page and message ask for the same issue's, ten times in all."""
    moment = datetime.datetime.combine(day, time, zoneinfo.ZoneInfo(zone))
    minutes = (moment.utcoffset() or datetime.timedelta()) // datetime.timedelta(minutes=1)
    return moment.replace(tzinfo=datetime.timezone(datetime.timedelta(minutes=minutes)))


def is_attachment(url: str) -> bool:
    """Whether a proven address names a file of the issue's folder."""
    return not url.startswith(("http://", "https://", "mailto:", "#"))


def host(url: str) -> str:
    """Where an address leads, as a reader would name it: its host without `www.`, a mail address, a file's name."""
    found = _ORDINARY_HOST.match(url) or _HOST.match(url)
    return found[1].lower() if found else url.removeprefix("mailto:")


def absolute(url: Url, base: Url) -> Url:
    """The address as it must stand outside the issue's own page; `base` is the issue's URL."""
    return Url(base + url) if is_attachment(url) else url


def readable(url: str) -> str:
    """An address as people say it, to stand where a title is still to be found: without scheme, escapes and `www.`."""
    text = url.partition("#")[0].partition("://")[2].removeprefix("www.").rstrip("/") or url
    try:
        plain = unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text
    return plain if plain.isprintable() and not re.search(r"\s", plain) else text

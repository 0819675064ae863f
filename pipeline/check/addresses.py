"""Links that leave readers in the dark: with tracking parameters, shortened, or on words that say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.check.text import text
from pipeline.findings import Finding
from pipeline.identity.tracking import untracked
from pipeline.markup import links
from pipeline.model import Issue, Location, Markdown
from pipeline.rules import finding

__all__ = ["addresses"]

_SHORTENERS = frozenset(
    """
    adf.ly amzn.to apple.co bit.do bit.ly bitly.com bl.ink buff.ly cutt.ly dlvr.it dwz.cn dwz.win fb.me git.io goo.gl
    hubs.li hubs.ly ift.tt is.gd j.mp kutt.it lnkd.in m.tb.cn mrw.so nyti.ms ow.ly po.st rb.gy rebrand.ly s.id
    shorturl.at snip.ly soo.gd sourl.cn spoti.fi suo.im t.cn t.co t.ly tiny.cc tinyurl.com tny.im trib.al u.nu url.cn
    v.gd w.url.cn wapo.st wp.me x.co
    """.split()
)
_HOST = re.compile(r"https?://(?:www\.)?([^/?#\s]+)/[^/?#\s]")
_ANY_HOST = re.compile(r"://(?:[wW]{3}\.)?([^/?#\s]+)/[^/?#\s]")
_QUERY = re.compile(r"\?\S")
_PARAMETER = re.compile(r"\?[\w%&]", re.ASCII)
_BRACKETED = re.compile(r"\[([^\[\]]{1,30})\]")
_SAYING_NOTHING = frozenset(
    (
        "click|click here|click me|click this|here|link|more|read more|see here|this|this link|this one|this page|url|"
        "戳我|戳这里|查看|点击|点击查看|点击链接|点击这里|点我|点这里|详情|这个链接|这里|此处|此链接|链接"
    ).split("|")
)


def addresses(issue: Issue) -> Iterator[Finding]:
    """Tells of tracking parameters, with the address that is enough, of shortened addresses and of links on “here”.

    The sponsor of an entry may want to know how many came from where.
    """
    if not _suspect(issue):
        return
    for title, url, where, sponsored in _links(issue):
        if "?" in url and not sponsored:
            clean, names = untracked(url)
            if names:
                message = f"tells where readers come from, by “{'”, “'.join(names)}”: {clean} is enough"
                yield finding("tracking", where, message)
        if _is_short(url):
            message = f"{url} hides where it leads, and ends with its shortener: write the address behind it"
            yield finding("shortener", where, message)
        if title and _says_nothing(title):
            message = f"the link “{title}” does not say what readers will find"
            yield finding("link-text", where, message)


def _suspect(issue: Issue) -> bool:
    """Whether there is anything to look at link by link; in many issues there is not."""
    whole = text(issue)
    words = {*_BRACKETED.findall(whole), *[link.title for entry in issue.walk() for link in entry.links]}
    hosts = set(_ANY_HOST.findall(whole))
    return (
        _QUERY.search(whole) is not None
        or not _SHORTENERS.isdisjoint(map(str.lower, hosts))
        or any(map(_says_nothing, words))
    )


def _links(issue: Issue) -> Iterator[tuple[str, str, Location, bool]]:
    """The title and address of every link that readers are given, where it belongs, and whether that is sponsored.

    An entry's own has no title here, as titles are told of elsewhere.
    """
    yield from ((*link, issue.location, False) for link in _within(issue.intro))
    for section in issue.sections:
        yield from ((*link, section.location, False) for link in _within(section.text))
    for entry in issue.walk():
        if entry.url:
            yield "", entry.url, entry.location, entry.sponsored
        for link in entry.links:
            yield link.title, link.url, entry.location, entry.sponsored
        yield from ((*link, entry.location, entry.sponsored) for link in _within(entry.note) + _within(entry.via))


def _within(note: Markdown) -> list[tuple[str, str]]:
    """The links of a note in which there may be something to tell of: to parse all would cost ten times as much."""
    if "://" in note and (
        _PARAMETER.search(note) or _is_short(note) or any(map(_says_nothing, _BRACKETED.findall(note)))
    ):
        return [(link.title, link.url) for link in links(note)]
    return []


def _is_short(written: str) -> bool:
    """Whether an address in it is of a shortener, which always has a path."""
    return not _SHORTENERS.isdisjoint(_HOST.findall(written.lower()))


def _says_nothing(words: str) -> bool:
    return " ".join(words.casefold().split()).strip("「」“”\"'()（）[]→>»*_ .。:：") in _SAYING_NOTHING

"""Links that leave readers in the dark: with tracking parameters, shortened, or on words that say nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.findings import Finding
from pipeline.identity.tracking import untracked
from pipeline.markup import links
from pipeline.model import Issue, Link, Location, Markdown
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
    for link, where, sponsored in _links(issue):
        if "?" in link.url and not sponsored:
            clean, names = untracked(link.url)
            if names:
                message = f"tells where readers come from, by “{'”, “'.join(names)}”: {clean} is enough"
                yield finding("tracking", where, message)
        if _is_short(link.url):
            message = f"{link.url} hides where it leads, and ends with its shortener: write the address behind it"
            yield finding("shortener", where, message)
        if link.title and _says_nothing(link.title):
            message = f"the link “{link.title}” does not say what readers will find"
            yield finding("link-text", where, message)


def _links(issue: Issue) -> Iterator[tuple[Link, Location, bool]]:
    """Every link that readers are given, with the place of what it belongs to, and whether that is sponsored.

    An entry's own has no title here, as titles are told of elsewhere.
    """
    yield from ((link, issue.location, False) for link in _within(issue.intro))
    for section in issue.sections:
        yield from ((link, section.location, False) for link in _within(section.text))
    for entry in issue.walk():
        own = [Link(title="", url=entry.url)] if entry.url else []
        for link in (*own, *entry.links, *_within(entry.note), *_within(entry.via)):
            yield link, entry.location, entry.sponsored


def _within(text: Markdown) -> tuple[Link, ...]:
    """The links of a text in which there may be something to tell of: to parse all would cost ten times as much."""
    if "://" in text and (
        _PARAMETER.search(text) or _is_short(text) or any(map(_says_nothing, _BRACKETED.findall(text)))
    ):
        return links(text)
    return ()


def _is_short(text: str) -> bool:
    """Whether an address in it is of a shortener, which always has a path."""
    return not _SHORTENERS.isdisjoint(_HOST.findall(text.lower()))


def _says_nothing(words: str) -> bool:
    return " ".join(words.casefold().split()).strip("「」“”\"'()（）[]→>»*_ .。:：") in _SAYING_NOTHING

"""Titles that readers stumble over: shouted, cut off, or saying nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.addresses import readable
from pipeline.findings import Finding
from pipeline.model import Issue
from pipeline.rules import finding

__all__ = ["titles"]

_CUT = re.compile(r"(?:…|\.\.\.)(?:\s*[-–—|·_]\s*[^\s…][^…]{0,40})?")
"""Dots at the end, or before a site's name that was put behind them: `How to write a… - YouTube`."""
_LETTERS_TO_SHOUT = 12
_SAYING_NOTHING = frozenset(
    (
        "article|blog|blog post|click|click here|details|here|link|more|post|read|read more|see here|source|this|url|"
        "video|website|原文|地址|文章|查看|点击|点击这里|点这里|详情|这里|此处|链接|阅读原文"
    ).split("|")
)


def titles(issue: Issue) -> Iterator[Finding]:
    """Warns of titles in capitals, titles that were cut off, and titles such as “here” that say nothing."""
    for entry in issue.walk():
        folded = " ".join(entry.title.casefold().split())
        if folded.strip("「」“”\"'.。:：") in _SAYING_NOTHING:
            message = f"the title “{entry.title}” does not say what readers will find"
            yield finding("empty-title", entry.location, message)
        elif entry.url and entry.title == readable(entry.url):
            yield finding("empty-title", entry.location, f"“{entry.title}” is its address: give it a title")
        elif _is_cut(entry.title):
            message = f"the title “{entry.title}” has dots where it seems to have been cut off: write it out"
            yield finding("cut-title", entry.location, message)
        elif _shouts(entry.title):
            yield finding("capitals", entry.location, f"the title “{entry.title}” is all in capitals")


def _is_cut(title: str) -> bool:
    """Whether dots end a title, or what stands before its site's name; they are looked for once, from the end."""
    at = max(title.rfind("…"), title.rfind("..."))
    return at >= 0 and bool(_CUT.fullmatch(title, at))


def _shouts(title: str) -> bool:
    """Whether a title is in capitals: letters of scripts that have none neither shout nor count."""
    if not title.isupper():
        return False
    letters = [letter for letter in title if letter.isalpha()]
    return sum(letter.isupper() for letter in letters) >= max(_LETTERS_TO_SHOUT, len(letters) // 2)

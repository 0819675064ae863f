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
_WORDS_SAYING_NOTHING = 2


def titles(issue: Issue) -> Iterator[Finding]:
    """Warns of titles in capitals, titles that were cut off, and titles such as “here” that say nothing."""
    for entry in issue.walk():
        title = entry.title
        if _says_nothing(title):
            message = f"the title “{title}” does not say what readers will find"
            yield finding("empty-title", entry.location, message)
        elif entry.url and _is_address(title, entry.url):
            yield finding("empty-title", entry.location, f"“{title}” is its address: give it a title")
        elif ("…" in title or "..." in title) and _is_cut(title):
            message = f"the title “{title}” has dots where it seems to have been cut off: write it out"
            yield finding("cut-title", entry.location, message)
        elif title.isupper() and _shouts(title):
            yield finding("capitals", entry.location, f"the title “{title}” is all in capitals")


def _says_nothing(title: str) -> bool:
    words = title.casefold().split()
    return len(words) <= _WORDS_SAYING_NOTHING and " ".join(words).strip("「」“”\"'.。:：") in _SAYING_NOTHING


def _is_address(title: str, url: str) -> bool:
    """Whether a title is its address; escapes apart, it then stands in it."""
    return (title in url or "%" in url) and title == readable(url)


def _is_cut(title: str) -> bool:
    """Whether dots end a title, or what stands before its site's name; they are looked for once, from the end."""
    at = max(title.rfind("…"), title.rfind("..."))
    return at >= 0 and bool(_CUT.fullmatch(title, at))


def _shouts(title: str) -> bool:
    """Whether capitals are enough to shout: letters of scripts that have none neither shout nor count."""
    letters = [letter for letter in title if letter.isalpha()]
    return sum(letter.isupper() for letter in letters) >= max(_LETTERS_TO_SHOUT, len(letters) // 2)

"""Titles that readers stumble over: shouted, cut off, or saying nothing."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.findings import Finding
from pipeline.model import Issue
from pipeline.rules import finding

__all__ = ["titles"]

_CUT = ("…", "...", "……")
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
        elif entry.title.rstrip().endswith(_CUT):
            message = "the title ends in dots, as if it had been cut off: write it out"
            yield finding("cut-title", entry.location, message)
        elif _shouts(entry.title):
            yield finding("capitals", entry.location, "the title is all in capitals")


def _shouts(title: str) -> bool:
    """Whether a title is in capitals: letters of scripts that have none neither shout nor count."""
    letters = [letter for letter in title if letter.isalpha()]
    return title.isupper() and sum(letter.isupper() for letter in letters) >= max(_LETTERS_TO_SHOUT, len(letters) // 2)

"""How two titles stand to each other: the same again, another part of one thing, near, or apart.

No score of likeness tells "the same again" from "the next part"; what differs does (part, version, date, words).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.identity.ordinals import Ordinal
from pipeline.identity.titles import Segment, Title, read

__all__ = ["Relation", "relate", "says_something"]

_ENOUGH, _ENOUGH_CJK = 3.5, 4.0
_LONG = 8.0
_SHORT_INSERT = 12
_NEAR = 0.5
_CUT_WEIGHT = 3.0

_RECURRING = re.compile(
    r"""
    \b(?:weekly|biweekly|monthly|daily|quarterly|newsletter|digest|roundup|round-up|updates?|reports?|changelog|news
    | releases?|status|hiring|jobs?|careers?|meetup|meetings?|minutes|nominations|survey\ results|call\ for|recap
    | what's\ new|this\ (?:week|month|year)\ in|summer\ of\ code|(?:engineer|developer|programmer)s?\ (?:at|with|in))\b
    | 周报|月报|日报|年报|周刊|月刊|招聘|更新|动态|年度|精选|汇总|合集|新闻
    """,
    re.VERBOSE,
)
_PROMPT = re.compile(r"\b(?:challenge|pwc|exercises?|homework|advent of code|leetcode|kata)\b|每日一题|题解|挑战")
_SAYS_NOTHING = frozenset(
    """
    github gitlab link here article post blog blogpost code repo repository source paper pdf arxiv slides video youtube
    website site homepage home demo docs documentation download readme app web 链接 原文 地址 这里 论文 代码 视频 官网
    网站 文档 文章 博客 主页 项目 项目地址 原文链接 中文文档
    """.split()
)
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|(?:[\w-]+\.)+(?:com|org|net|io|dev|app|edu|gov|cn|de)|(?:[\w-]+\.)+[a-z]+/\S*"
)


@dataclass(frozen=True, slots=True)
class Relation:
    """How two titles stand to each other.

    `kind` is likely, related or unrelated; `why` names the step that says so. `conflict` tells that they name different
    parts, versions, dates or numbers of one thing.
    """

    kind: str
    why: str
    conflict: bool = False


def relate(one: str, other: str) -> Relation:
    """The relation of two titles, whichever comes first; it raises nothing for any string."""
    a, b = sorted((read(one), read(other)), key=lambda title: (len(title.letters), title.text))
    if not a.letters or not b.letters:
        return Relation("unrelated", "a title without words")
    if a.letters == b.letters:
        return _equal(a)
    if a.cut and a.weight >= _CUT_WEIGHT and b.letters.startswith(a.letters):
        return Relation("likely", "the same title, cut off")
    if a.core and a.core == b.core and a.ordinals != b.ordinals:
        return Relation("related", f"the same title, {_differing(a, b)}", conflict=True)
    if a.gist == b.gist and _says_enough(a) and _says_enough(b):
        return _equal(a)
    return _within(a, b) or _inserted(a, b) or _near(a, b)


def _equal(title: Title) -> Relation:
    """The relation of two titles that are one."""
    if _PROMPT.search(title.text):
        return Relation("related", "the same title, one that many answer")
    if not _says_enough(title):
        return Relation("related", "the same title, a short or usual one")
    if _recurs(title):
        return Relation("related", "the same title, one that recurs")
    return Relation("likely", "the same title")


def _recurs(title: Title) -> bool:
    """Whether a title is one that comes again for another thing, without a word of which one it is."""
    return not title.ordinals and _RECURRING.search(title.text) is not None


def _says_enough(title: Title) -> bool:
    """Whether a title says so much that two things hardly share it."""
    return title.weight >= (_ENOUGH if title.letters.isascii() else _ENOUGH_CJK)


def _differing(a: Title, b: Title) -> str:
    """What tells two titles apart whose words are the same, in words."""
    kinds = {ordinal.kind for ordinal in a.ordinals ^ b.ordinals}
    kind = next(kind for kind in ("part", "version", "date", "year", "number") if kind in kinds)
    return f"another {kind}" if a.ordinals and b.ordinals else f"one with a {kind}"


def _within(short: Title, long: Title) -> Relation | None:
    """The relation of titles of which the shorter is some of the segments of the longer."""
    segments = long.segments[:8]
    for first in range(len(segments)):
        letters = core = ""
        for last in range(first, len(segments)):
            letters += segments[last].letters
            core += segments[last].core
            rest = segments[:first] + segments[last + 1 :]
            if core == short.core and letters != short.letters and not first and rest:
                return Relation("related", "the same title, one with a part", conflict=True)
            if letters == short.letters and rest:
                return _segment(short, rest, leads=first == 0)
    return None


def _segment(short: Title, rest: tuple[Segment, ...], leads: bool) -> Relation:
    """The relation of a title to a longer one that has it and the `rest`; `leads`: it stands first there."""
    numbered: set[Ordinal] = set()
    for segment in rest:
        numbered |= segment.ordinals
    if numbered and ((leads and any(ordinal.kind != "year" for ordinal in numbered)) or not any(s.core for s in rest)):
        return Relation("related", "the same title, one with a part", conflict=True)
    if not _says_enough(short) or _PROMPT.search(short.text) or _recurs(short):
        return Relation("related", "a short or usual title within the other")
    return Relation("likely", "one title is a segment of the other")


def _inserted(a: Title, b: Title) -> Relation | None:
    """The relation of two long titles of which one has a few letters more in its middle."""
    short, long = a.letters, b.letters
    more = len(long) - len(short)
    if not 0 < more <= _SHORT_INSERT or min(a.weight, b.weight) < _LONG or a.ordinals != b.ordinals:
        return None
    same = 0
    while same < len(short) and short[same] == long[same]:
        same += 1
    if 2 <= same <= len(short) - 2 and short[same:] == long[same + more :]:
        return Relation("likely", "the same long title but for a word")
    return None


def _near(a: Title, b: Title) -> Relation:
    """The relation of two titles that are neither one nor a part of each other."""
    if a.letters in b.letters:
        return Relation("related", "one title holds the other", conflict=a.ordinals != b.ordinals)
    common = a.words & b.words
    share = len(common) / max(min(len(a.words), len(b.words)), 1)
    if share >= _NEAR:
        conflict = bool(a.ordinals and b.ordinals) and a.ordinals != b.ordinals
        return Relation("related", "titles with words in common", conflict)
    return Relation("unrelated", "a few words in common" if common else "no word in common")


def says_something(title: str) -> bool:
    """Whether a title says what its link is of; "PDF", "here" and a bare address do not."""
    read_title = read(title)
    return (
        bool(read_title.letters) and read_title.letters not in _SAYS_NOTHING and not _ADDRESS.fullmatch(read_title.text)
    )

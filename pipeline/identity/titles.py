"""A title in the form in which titles are compared: one spelling, its segments, its words and what they weigh."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from pipeline.identity.ordinals import Ordinal, take_out
from pipeline.identity.simplified import simplified
from pipeline.identity.words import WORD, says_something, weight, words

__all__ = ["Segment", "Title", "gist", "gists", "plain", "read", "squash"]

_LONGEST = 400

_ENTITIES = {
    "amp": "&",
    "lt": "<",
    "gt": ">",
    "quot": '"',
    "apos": "'",
    "nbsp": " ",
    "#39": "'",
    "#x27": "'",
    "#34": '"',
}
_ENTITY = re.compile(r"&(#?\w{2,5});")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_CUT = re.compile(r"\s*(?:\.{2,}|…)\s*$")
_NOT_LETTERS = re.compile(r"[\W_]+")

_BEFORE = re.compile(
    r"""
    (?:(?:show|ask|tell|launch)\ hn | lobste\.?rs | paper | video | podcast | slides | talk | repost | pdf)\s*[:|-]\s*
    | (?:stanford|mit|cmu|ucb|uc\ berkeley|berkeley|princeton|harvard|斯坦福|伯克利)\s+(?=[a-z]{2,4}\ ?\d{3}|6\.)
    | 论文(?:笔记|解读|阅读|翻译|分享|精读|速递|推荐)?\s*[:|]?\s* | (?:译文?|转载?|原创|推荐|分享|视频|干货)\s*[:|]\s*
    | [\[(](?:video|pdf|audio|slides|paper|podcast|译|转|原创|视频|论文)[\])]\s* | 【[^】]{1,24}】\s*
    """,
    re.VERBOSE,
)
_BEHIND = re.compile(
    r"""
    \s*[\[(](?:video|pdf|audio|slides|paper|podcast|talk|(?:19|20)\d\d|译|转|原创|视频|论文)[\])]$
    | \s*(?:@|\||\s[-–—·•]+\s|[_-](?=[^\x00-\x7f]))\s*
      (?:知乎(?:专栏)?|简书|掘金|博客园|思否|少数派|微信公众平台|哔哩哔哩|维基百科|csdn(?:博客)?|bilibili|infoq
      |github(?:\ pages)?|gitlab|youtube|vimeo|medium|substack|dev(?:\ community)?|hacker\ ?noon|hacker\ news|reddit
      |stack\ overflow|wikipedia|arxiv|speaker\ deck|twitter)$
    """,
    re.VERBOSE,
)
"""What people and sites put around a title: no part of it."""
_OF_PAPER = re.compile(r"论文|paper\s*[:|-]|[\[(](?:paper|论文)[\])]")

_BORDER = re.compile(
    r"""(
    \s+[-–—|·•/»«~]+\s+ | \s*[|｜»«]\s* | —{2,} | -{2,} | \s@ | @(?=\w+$)
    | [:](?=\s) | (?<=[^\x00-\x7f])[:-] | [:-](?=[^\x00-\x7f]) | [。!?;](?=.) | \s[-–—](?=\S)
    | ,(?=[^\x00-\x7f]) | (?<=[^\x00-\x7f]), | \s*[(《](?=[^()《》]+[)》]$)
    )""",
    re.VERBOSE,
)
_SITE_BORDERS = frozenset("| - – — · • » @ ｜ -- ——".split())
_REMARK_BORDERS = frozenset("。!?(《")
_SITE_LETTERS, _SITE_CHARACTERS, _SITE_BLANKS = 24, 10, 2

_SMALL = re.compile(
    r"\b(?:an?|the|of|to|in|on|for|and|vs|versus|with|by|is|are)\b|基于|一种|一个|[的了]|(?<=[a-z]{4})s\b"
)


class Segment(NamedTuple):
    """A part of a title between two borders: its letters, the same without small words or ordinals, and those.

    `role` says what it is to the title where its border tells: `site` (or author: last, behind a bar or a dash, a few
    words), `remark` (a further sentence or what stands in brackets), or nothing.
    """

    text: str
    letters: str
    gist: str
    core: str
    ordinals: frozenset[Ordinal]
    role: str


class Title(NamedTuple):
    """A title ready to be compared.

    `letters` is all of it without blanks and marks, `gist` the same without small words and plurals, `core` without
    ordinals. `words` are those that say something, `said` the same in their order, `spoken` all in their order.
    `weight` is how much they say: 1 for a word, a half for a usual one or a Chinese character. `cut`: its end is
    missing; `of_paper`: it was marked as a paper's.
    """

    text: str
    letters: str
    gist: str
    core: str
    ordinals: frozenset[Ordinal]
    segments: tuple[Segment, ...]
    words: frozenset[str]
    spoken: tuple[str, ...]
    said: tuple[str, ...]
    weight: float
    cut: bool
    of_paper: bool


def squash(text: str) -> str:
    """The letters and digits of a text alone."""
    return _NOT_LETTERS.sub("", text)


def gist(text: str) -> str:
    """The letters of a text without small words and plurals."""
    return squash(_SMALL.sub(" ", text))


@lru_cache(maxsize=4096)
def plain(title: str) -> tuple[str, bool, bool]:
    """A title in one spelling without what stands around it; whether it is cut off, and marked as a paper's."""
    text = _spelled(title[:_LONGEST])[:_LONGEST]
    shorter = _CUT.sub("", text)
    return _bare(shorter), len(shorter) != len(text), _OF_PAPER.match(shorter) is not None


def gists(text: str) -> list[str]:
    """The gist of each segment of a plain title: a third of the work of reading it whole."""
    return [gist(piece) for piece in _BORDER.split(text)[::2] if squash(piece)]


@lru_cache(maxsize=4096)
def read(title: str) -> Title:
    """A title as it is compared; any string is one, and only its first 400 characters count."""
    text, cut, of_paper = plain(title)
    core, ordinals = take_out(text)
    whole = Segment(text, squash(text), gist(text), squash(core), ordinals, "")
    spoken = tuple(WORD.findall(text))
    return Title(
        text=text,
        letters=whole.letters,
        gist=whole.gist,
        core=whole.core,
        ordinals=ordinals,
        segments=_segments(whole),
        words=words(core),
        spoken=spoken,
        said=tuple([word for word in spoken if says_something(word)]),
        weight=weight(text, ordinals),
        cut=cut,
        of_paper=of_paper,
    )


def _segments(whole: Segment) -> tuple[Segment, ...]:
    """The parts of a title between its borders, those without a letter left out."""
    pieces = _BORDER.split(whole.text)
    if len(pieces) == 1:
        return (whole,) if whole.letters else ()
    segments = []
    for at in range(0, len(pieces), 2):
        piece = pieces[at]
        letters = squash(piece)
        if letters:
            inner, found = take_out(piece)
            role = _role(piece, pieces[at - 1].strip(), last=at == len(pieces) - 1) if at else ""
            segments.append(Segment(piece, letters, gist(piece), squash(inner), found, role))
    return tuple(segments)


def _role(text: str, border: str, last: bool) -> str:
    """What a segment is to the title, by the border before it."""
    if border in _REMARK_BORDERS:
        return "remark"
    length = len(text) <= (_SITE_LETTERS if text.isascii() else _SITE_CHARACTERS)
    return "site" if last and length and border in _SITE_BORDERS and text.count(" ") <= _SITE_BLANKS else ""


def _spelled(title: str) -> str:
    """The title in one spelling of characters, case and script."""
    text = _ENTITY.sub(lambda entity: _ENTITIES.get(entity[1], entity[0]), title) if "&" in title else title
    text = _ESCAPE.sub(r"\1", text) if "\\" in text else text
    return simplified(unicodedata.normalize("NFKC", text).lower()).replace("’", "'").strip()


def _bare(text: str) -> str:
    """The title without what people and sites put around it."""
    for _ in range(3):
        before = _BEFORE.match(text)
        shorter = _BEHIND.sub("", text[before.end() :] if before else text).strip()
        if shorter == text or not squash(shorter):
            break
        text = shorter
    return text

"""A title in the form in which titles are compared: one spelling, its segments, its words and what they weigh."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from pipeline.identity.ordinals import Ordinal, take_out
from pipeline.identity.simplified import simplified

__all__ = ["CJK", "Segment", "Title", "is_usual", "read", "squash"]

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

_WORD = re.compile(r"[a-z0-9][a-z0-9+#']*|[^\W_]+")
_WEIGHED = re.compile(r"[^\W\d_](?:[^\W_]|[.+#'](?=[^\W_]))*|\d[\d.]*[^\W\d_][^\W_]*")
CJK = re.compile(r"[\u3040-\u9fff\uac00-\ud7af]+")
"""A run of Chinese, Japanese or Korean characters. (One expression for all: it takes 2 ms to compile.)"""
_IDLE = frozenset(
    """
    a an and are as at be by can do for from has have how i in into is it its let's lets my new of on one or our s so t
    that the their there these this to up use used using via vs was we what what's when where which who why will with
    you your about all
    """.split()
)
_PLURAL = re.compile(r"(?<=[a-z]{3}[^s])s$")
_IDLE_CJK = re.compile(
    r"如何|什么|怎么|怎样|为什么|基于|一种|一个|以及|关于|我们|使用|[的了和与在是之中及从到对为也有用你我把被让吗呢]"
)
_SMALL = re.compile(
    r"\b(?:an?|the|of|to|in|on|for|and|vs|versus|with|by|is|are)\b|基于|一种|一个|[的了]|(?<=[a-z]{4})s\b"
)
_USUAL = frozenset(
    """
    android api app apps beginners book c code computing css data deep development framework go guide haskell ide
    implementation introduction intro ios java javascript js language learn learning library linux machine model models
    neural network networks notes open overview perl programming project proposal python react release released rust
    software source store swift system systems test tool tools tutorial typescript web windows linear build building
    """.split()
)
_USUAL_CJK = re.compile(
    r"深度学习|机器学习|人工智能|教程|指南|入门|实战|实践|介绍|简介|详解|总结|综述|模型|算法|框架|系统|原理|平台"
    r"|专栏|文档|发布|开源|技术|分析|研究|学习"
)
"""Words that say little by themselves: half the weight."""


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


@lru_cache(maxsize=4096)
def read(title: str) -> Title:
    """A title as it is compared; any string is one, and only its first 400 characters count."""
    text = _spelled(title[:_LONGEST])[:_LONGEST]
    shorter = _CUT.sub("", text)
    cut, of_paper, text = len(shorter) != len(text), _OF_PAPER.match(shorter) is not None, _bare(shorter)
    core, ordinals = take_out(text)
    whole = Segment(text, squash(text), _gist(text), squash(core), ordinals, "")
    spoken = tuple(_WORD.findall(text))
    return Title(
        text=text,
        letters=whole.letters,
        gist=whole.gist,
        core=whole.core,
        ordinals=ordinals,
        segments=_segments(whole),
        words=_words(core),
        spoken=spoken,
        said=tuple([_PLURAL.sub("", word) for word in spoken if word not in _IDLE]),
        weight=_weight(text, ordinals),
        cut=cut,
        of_paper=of_paper,
    )


def _gist(text: str) -> str:
    """The letters of a text without small words and plurals."""
    return squash(_SMALL.sub(" ", text))


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
            segments.append(Segment(piece, letters, _gist(piece), squash(inner), found, role))
    return tuple(segments)


def _role(text: str, border: str, last: bool) -> str:
    """What a segment is to the title, by the border before it."""
    if border in _REMARK_BORDERS:
        return "remark"
    length = len(text) <= (_SITE_LETTERS if text.isascii() else _SITE_CHARACTERS)
    return "site" if last and length and border in _SITE_BORDERS and text.count(" ") <= _SITE_BLANKS else ""


def is_usual(word: str) -> bool:
    """Whether a word says little by itself."""
    return word in _USUAL


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


def _words(text: str) -> frozenset[str]:
    """The words that say something; of Chinese, each two neighbouring characters."""
    found = set()
    for word in _WORD.findall(text):
        if not CJK.search(word):
            if word not in _IDLE:
                found.add(word.removesuffix("'s"))
            continue
        found.update(part for part in CJK.sub(" ", word).split() if part not in _IDLE)
        for run in CJK.findall(_IDLE_CJK.sub(" ", word)):
            found.update(run[at : at + 2] for at in range(max(len(run) - 1, 1)))
    return frozenset(found)


def _weight(text: str, ordinals: frozenset[Ordinal]) -> float:
    """How much a title says; a version of something says as much as two words."""
    kinds = {ordinal.kind for ordinal in ordinals}
    weight = 2.0 if "version" in kinds else 0.5 if kinds else 0.0
    chinese = CJK.findall(text)
    if chinese:
        said = _IDLE_CJK.sub(" ", " ".join(chinese))
        usual = sum(map(len, _USUAL_CJK.findall(said)))
        weight += (sum(map(len, CJK.findall(said))) - usual) / 2 + usual / 4
        text = CJK.sub(" ", text)
    for word in _WEIGHED.findall(text):
        if word not in _IDLE:
            weight += 0.5 if word in _USUAL else 1
    return weight

"""The words of a title: which of them say something, and how much."""

from __future__ import annotations

import re
from functools import cache

from pipeline.identity.ordinals import Ordinal

__all__ = ["WORD", "chinese", "is_usual", "says_something", "split", "weight", "words"]

WORD = re.compile(r"[a-z0-9][a-z0-9+#']*|[^\W_]+")
_WEIGHED = re.compile(r"[^\W\d_](?:[^\W_]|[.+#'](?=[^\W_]))*|\d[\d.]*[^\W\d_][^\W_]*")

_IDLE = frozenset(
    """
    a an and are as at be by can do for from has have how i in into is it its let's lets my new of on one or our s so t
    that the their there these this to up use used using via vs was we what what's when where which who why will with
    you your about all
    """.split()
)
_IDLE_CHINESE = (
    r"如何|什么|怎么|怎样|为什么|基于|一种|一个|以及|关于|我们|使用|[的了和与在是之中及从到对为也有用你我把被让吗呢]"
)
"""Words that say nothing by themselves."""

_USUAL = frozenset(
    """
    android api app apps beginners book c code computing css data deep development framework go guide haskell ide
    implementation introduction intro ios java javascript js language learn learning library linux machine model models
    neural network networks notes open overview perl programming project proposal python react release released rust
    software source store swift system systems test tool tools tutorial typescript web windows linear build building
    """.split()
)
_USUAL_CHINESE = (
    r"深度学习|机器学习|人工智能|教程|指南|入门|实战|实践|介绍|简介|详解|总结|综述|模型|算法|框架|系统|原理|平台"
    r"|专栏|文档|发布|开源|技术|分析|研究|学习"
)
"""Words that say little by themselves: half the weight."""


@cache
def _runs() -> re.Pattern[str]:
    """Runs of Chinese, Japanese or Korean characters, made where there are any: it takes 2 ms."""
    return re.compile(r"([\u3040-\u9fff\uac00-\ud7af]+)")


@cache
def _idle() -> re.Pattern[str]:
    return re.compile(_IDLE_CHINESE)


@cache
def _usual() -> re.Pattern[str]:
    return re.compile(_USUAL_CHINESE)


def chinese(text: str) -> list[str]:
    """The runs of Chinese, Japanese or Korean characters in a text."""
    return [] if text.isascii() else _runs().findall(text)


def split(text: str) -> list[str]:
    """A text in pieces, those with odd numbers the runs of Chinese, Japanese or Korean characters."""
    return [text] if text.isascii() else _runs().split(text)


def is_usual(word: str) -> bool:
    """Whether a word says little by itself."""
    return word in _USUAL


def says_something(word: str) -> bool:
    """Whether a word says something."""
    return word not in _IDLE


def words(text: str) -> frozenset[str]:
    """The words that say something; of Chinese, each two neighbouring characters."""
    found: set[str] = set()
    for word in WORD.findall(text):
        pieces = split(word)
        if len(pieces) == 1:
            if word not in _IDLE:
                found.add(word.removesuffix("'s"))
            continue
        found.update(piece for piece in pieces[::2] if piece and piece not in _IDLE)
        for piece in pieces[1::2]:
            for run in _idle().sub(" ", piece).split():
                found.update([run[at : at + 2] for at in range(max(len(run) - 1, 1))])
    return frozenset(found)


def weight(text: str, ordinals: frozenset[Ordinal]) -> float:
    """How much a title says; a version of something says as much as two words."""
    kinds = {ordinal.kind for ordinal in ordinals}
    total = 2.0 if "version" in kinds else 0.5 if kinds else 0.0
    pieces = split(text)
    if len(pieces) > 1:
        said = _idle().sub(" ", " ".join(pieces[1::2]))
        usual = sum(map(len, _usual().findall(said)))
        total += (len(said) - said.count(" ") - usual) / 2 + usual / 4
        text = " ".join(pieces[::2])
    for word in _WEIGHED.findall(text):
        if word not in _IDLE:
            total += 0.5 if word in _USUAL else 1
    return total

"""The ordinals of a title: which part, version, date or number it is of what the rest of the title names."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

__all__ = ["Ordinal", "take_out"]


class Ordinal(NamedTuple):
    """One ordinal: its kind (part, version, date, year, number), and its value in one spelling."""

    kind: str
    value: str


_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_SEASONS = "spring|summer|autumn|fall|winter"
_PARTS = (
    "parts?|pt|episodes?|ep|volume|vol|chapter|ch|issue|no|number|nr|week|day|season|lesson|lecture|round|edition"
    "|section|stage|step|milestone"
)
_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_ROMAN = "i{1,3}|iv|v|vi{1,3}|ix|x|xi{1,3}"
_OF = r"(?:\s*(?:/|of)\s*\w+)?"
_CHINESE = "[〇零一二两三四五六七八九十百千]"

_ROWS = (
    # kind       how it is written, in a title in lower case whose characters are in one spelling
    ("date", r"(?<!\d)(?:19|20)\d\d[-/.年]\s?\d{1,2}(?:[-/.月]\s?\d{1,2})?(?!\d)[月日号]?"),
    ("date", rf"(?<![^\W\d_])(?:{_MONTHS})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s+(?:19|20)\d\d)?(?!\w)"),
    ("date", rf"(?<!\w)\d{{1,2}}(?:st|nd|rd|th)?\s+(?:{_MONTHS})(?:,?\s+(?:19|20)\d\d)?(?!\w)"),
    ("date", rf"(?<![^\W\d_])(?:{_MONTHS}|{_SEASONS}|q[1-4])\s*,?\s*(?:19|20)\d\d(?!\w)"),
    ("date", rf"(?<!\w)(?:19|20)\d\d\s+(?:{_MONTHS}|{_SEASONS}|q[1-4])(?!\w)"),
    ("date", rf"(?<!\w)\d\d\s+(?:{_SEASONS})(?!\w)"),
    ("date", r"\d{1,2}月\d{1,2}[日号]|(?<!\d)\d{1,2}月(?![^\W\d_])"),
    ("version", r"(?<![\d.])v?\d+(?:\.\d+)+(?:[-.]?(?:rc|alpha|beta|pre)\.?\d*)?(?!\d)|(?<![^\W_])v\d+(?!\w)"),
    ("version", r"(?<![^\W_])(?:alpha|beta|rc|release candidate|stable|正式版|测试版)[-. ]?\d*(?![^\W_])"),
    ("part", rf"(?<![^\W_])(?:{_PARTS})(?:\s*[#.:]?\s*\d+|(?:\s*[#.:]\s*|\s+)(?:{_ROMAN}|{_WORDS})(?!\w)){_OF}"),
    ("part", rf"第\s*(?:\d+|{_CHINESE}+)\s*(?:[期章篇部分集回讲课节周天季届卷弹话次年]|部分)?"),
    ("part", rf"[(\[]\s*(?:\d+|{_CHINESE}+|{_ROMAN}|[上中下续完终]|[上中下][篇集部]|\d+\s*/\s*\d+)\s*[)\]]"),
    ("part", r"(?:基础|入门|初级|中级|高级|进阶|提高|原理|理论|实战|实践|实现|应用|准备|总结|番外|源码|终)篇"),
    ("part", r"(?:上|中|下|续|前|后)[篇集部]$|(?<=[^\x00-\x7f])[\s\-—:]+[上中下]$|[一二三四五六七八九十]$"),
    ("part", rf"(?<=[\s\-–—])(?:{_ROMAN})(?=\s*(?:$|[:\-–—(|]))|(?<!\w)#\s?\d+"),
    ("year", r"(?<!\d)(?:19|20)\d\d(?!\d)年?"),
    ("number", rf"\d+|(?<![\w-])(?:{_WORDS})(?![\w-])"),
)

_SAME = {
    word: str(number)
    for words in (
        "one two three four five six seven eight nine ten eleven twelve",
        "i ii iii iv v vi vii viii ix x xi xii",
        "一 二 三 四 五 六 七 八 九 十 十一 十二 十三 十四 十五 十六 十七 十八 十九 二十",
        "上 中 下",
    )
    for number, word in enumerate(words.split(), 1)
}
_VALUE = re.compile(rf"\d+|{_CHINESE}+|[a-z]+|[上中下前后续完终]")
_MARKERS = re.compile(rf"(?:{_PARTS}|of|v|st|nd|rd|th)$")


_HINTS = frozenset(f"{_WORDS}|i|ii|iii|iv|v|vi|vii|viii|ix|x|xi|xii|xiii|alpha|beta|rc|stable|candidate".split("|"))
_MARKS = frozenset("0123456789第〇零一二两三四五六七八九十百千上中下续前后完终篇版")
_LETTERS = re.compile(r"[a-z]+")


def _may_have_some(title: str) -> bool:
    """Whether a title has a word or a character without which there is no ordinal: a look that costs little."""
    return not (_MARKS.isdisjoint(title) and _HINTS.isdisjoint(_LETTERS.findall(title)))


@cache
def _any() -> re.Pattern[str]:
    """All rows as one expression, the row's place and kind in the name of its group."""
    return re.compile("|".join(f"(?P<{kind}_{at}>{pattern})" for at, (kind, pattern) in enumerate(_ROWS)))


def take_out(title: str) -> tuple[str, frozenset[Ordinal]]:
    """The title without its ordinals, and those; the title is in lower case and one spelling of characters."""
    if not _may_have_some(title):
        return title, frozenset()
    found = set()

    def blank(match: re.Match[str]) -> str:
        kind = str(match.lastgroup).partition("_")[0]
        found.add(Ordinal(kind, _value(match[0])))
        return " "

    return _any().sub(blank, title), frozenset(found)


def _value(text: str) -> str:
    """The value of an ordinal: its numbers, however they are written, without the words that mark them."""
    parts = [part.lstrip("0") or "0" for part in _VALUE.findall(text) if not _MARKERS.fullmatch(part)]
    return ".".join(_SAME.get(part, part[:3] if part.isalpha() else part) for part in parts)

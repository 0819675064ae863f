"""How two titles stand to each other: the same again, another part of one thing, near, or apart.

No score of likeness tells "the same again" from "the next part"; what differs does (part, version, date, words).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.identity.ordinals import Ordinal
from pipeline.identity.phrases import ADDRESS, PART, PROMPT, RECURRING, SAYS_NOTHING, SERIES, TASK
from pipeline.identity.titles import Segment, Title, read
from pipeline.identity.words import is_usual

__all__ = ["Relation", "relate", "says_something"]

_ENOUGH, _ENOUGH_CJK = 3.0, 4.0
_ENOUGH_OF_A_NAME, _ENOUGH_OF_A_PAPER = 3.5, 2.0
_WORDS_OF_A_SENTENCE, _LESS_FOR_A_SENTENCE = 4, -1.0
_MORE_FOR_A_TASK = 1.5
_MORE_BEFORE_A_SUBTITLE, _MORE_BEHIND_A_LABEL = 1.0, 0.5
_LONG = 8.0
_SHORT_INSERT = 12
_LONG_WORD = 6
_NEAR = 0.5
_PLURAL = re.compile(r"(?<=[a-z]{3}[^s])s$")
_CUT_WEIGHT = 3.0


@dataclass(frozen=True, slots=True)
class Relation:
    """How two titles stand to each other.

    `kind` is likely, related or unrelated; `step` names the rule that says so (words, equal, cut, ordinals, segment,
    slip, near), and `why` says it in words. `conflict` tells that they name different parts, versions, dates or numbers
    of one thing.
    """

    kind: str
    why: str
    step: str
    conflict: bool = False


def relate(one: str, other: str) -> Relation:
    """The relation of two titles, whichever comes first; it raises nothing for any string."""
    a, b = sorted((read(one), read(other)), key=lambda title: (len(title.letters), title.text))
    for step in _STEPS:
        relation = step(a, b)
        if relation is not None:
            return relation
    return _near(a, b)


def _wordless(a: Title, b: Title) -> Relation | None:
    """The relation of titles of which one has no words, or an address for words."""
    if not a.letters:
        return Relation("unrelated", "a title without words", "words")
    if a.letters != b.letters and (ADDRESS.fullmatch(a.text) or ADDRESS.fullmatch(b.text)):
        return Relation("unrelated", "an address for a title", "words")
    return None


def _apart(a: Title, b: Title) -> Relation | None:
    """The relation of titles without a word in common, as most pairs are: told first, for speed."""
    if a.words.isdisjoint(b.words) and a.letters not in b.letters and a.gist != b.gist:
        return Relation("unrelated", "no word in common", "near")
    return None


def _equal(a: Title, b: Title) -> Relation | None:
    """The relation of titles that are one but for marks and small words."""
    if a.letters != b.letters and (a.gist != b.gist or a.ordinals != b.ordinals):
        return None
    sentence = len(a.spoken) >= _WORDS_OF_A_SENTENCE and not a.ordinals and not TASK.search(a.text)
    of_paper = (a.of_paper or b.of_paper) and a.weight >= _ENOUGH_OF_A_PAPER
    doubt = "" if of_paper else _doubt(a, _LESS_FOR_A_SENTENCE if sentence else 0.0)
    if doubt:
        return Relation("related", f"the same title, {doubt}", "equal")
    return Relation("likely", "the same title", "equal")


def _cut(a: Title, b: Title) -> Relation | None:
    """The relation of titles of which the shorter is the other, cut off."""
    if a.cut and a.weight >= _CUT_WEIGHT and b.letters.startswith(a.letters):
        return Relation("likely", "the same title, cut off", "cut")
    return None


def _counted(a: Title, b: Title) -> Relation | None:
    """The relation of titles that are one but for their ordinals."""
    if a.core and a.core == b.core and a.ordinals != b.ordinals:
        return Relation("related", f"the same title, {_differing(a, b)}", "ordinals", conflict=True)
    return None


def _doubt(title: Title, more: float = 0.0) -> str:
    """Why two things may share a title, in words; empty where they hardly do. `more`: what it must say beyond that."""
    if PROMPT.search(title.text):
        return "one that many answer"
    if not title.ordinals and RECURRING.search(title.text):
        return "one that recurs"
    versioned, latin = any(ordinal.kind == "version" for ordinal in title.ordinals), title.letters.isascii()
    need = (_ENOUGH if versioned or latin else _ENOUGH_CJK) + more
    if latin and not versioned and title.said == title.spoken:
        need = max(need, _ENOUGH_OF_A_NAME)  # no sentence, for want of small words, but a thing's or a topic's name
    if title.weight < need:
        return "a short or usual one"
    return "one of a task that many have" if title.weight < need + _MORE_FOR_A_TASK and TASK.search(title.text) else ""


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
                return Relation("related", "the same title, one with a part", "ordinals", conflict=True)
            if letters == short.letters and rest:
                return _segment(short, rest, leads=first == 0)
    return None


def _segment(short: Title, rest: tuple[Segment, ...], leads: bool) -> Relation:
    """The relation of a title to a longer one that has it and the `rest`; `leads`: it stands first there."""
    numbered: set[Ordinal] = set()
    for segment in rest:
        numbered |= segment.ordinals
    if numbered and ((leads and any(ordinal.kind != "year" for ordinal in numbered)) or not any(s.core for s in rest)):
        return Relation("related", "the same title, one with a part", "ordinals", conflict=True)
    if any(PROMPT.search(segment.text) or RECURRING.search(segment.text) for segment in rest):
        return Relation("related", "one title within the other, one that recurs or that many answer", "segment")
    if leads and (SERIES.search(short.text) or any(PART.search(segment.text) for segment in rest)):
        return Relation("related", "one title within the other, which is of a part of it", "segment")
    more = 0.0 if rest[0].role else _MORE_BEFORE_A_SUBTITLE if leads else _MORE_BEHIND_A_LABEL
    doubt = _doubt(short, more)
    if doubt:
        return Relation("related", f"one title within the other, {doubt}", "segment")
    return Relation("likely", "one title is a segment of the other", "segment")


def _slip(a: Title, b: Title) -> Relation | None:
    """The relation of two titles that a slip of the pen or a word that says little tells apart."""
    if a.ordinals != b.ordinals or not a.words & b.words:
        return None
    if min(a.weight, b.weight) >= _LONG and _inserted(a.letters, b.letters):
        return Relation("likely", "the same long title but for a word", "slip")
    if _but_for_a_usual_word(a, b) and not _doubt(a):
        return Relation("likely", "the same title but for a usual word", "slip")
    one, other = a.spoken, b.spoken
    if len(one) == len(other):
        differing = [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]]
        if len(differing) == 1 and _misspelt(*differing[0]) and not _doubt(a):
            return Relation("likely", "the same title but for a letter", "slip")
    return None


def _inserted(short: str, long: str) -> bool:
    """Whether the longer of two strings has a few letters more in its middle, and is the shorter one otherwise."""
    more = len(long) - len(short)
    if not 0 < more <= _SHORT_INSERT:
        return False
    same = 0
    while same < len(short) and short[same] == long[same]:
        same += 1
    return 2 <= same <= len(short) - 2 and short[same:] == long[same + more :]


def _but_for_a_usual_word(a: Title, b: Title) -> bool:
    """Whether one of two titles has a usual word more within it; at its ends that says another thing."""
    one, other = sorted(([_PLURAL.sub("", word) for word in title.said] for title in (a, b)), key=len)
    if len(other) - len(one) != 1 or not (a.letters.isascii() and b.letters.isascii()):
        return False
    at = next((at for at, word in enumerate(one) if word != other[at]), len(one))
    return 0 < at < len(one) and one[at:] == other[at + 1 :] and is_usual(other[at])


def _misspelt(one: str, other: str) -> bool:
    """Whether two long words differ by one letter that is missing, other or in its neighbour's place."""
    one, other = sorted((one, other), key=len)
    if len(one) < _LONG_WORD or len(other) - len(one) > 1 or not ((one + other).isascii() and (one + other).isalpha()):
        return False
    at = next((at for at, letter in enumerate(one) if letter != other[at]), len(one))
    if len(one) < len(other):
        return one[at:] == other[at + 1 :]
    swapped = one[:at] + one[at + 1 : at + 2] + one[at : at + 1] + one[at + 2 :]
    return other in (swapped, one[:at] + other[at] + one[at + 1 :])


_STEPS = (_wordless, _apart, _equal, _cut, _counted, _within, _slip)
"""What is tried, in this order."""


def _near(a: Title, b: Title) -> Relation:
    """The relation of two titles that are neither one nor a part of each other."""
    if a.letters in b.letters:
        return Relation("related", "one title holds the other", "near", conflict=a.ordinals != b.ordinals)
    common = a.words & b.words
    share = len(common) / max(min(len(a.words), len(b.words)), 1)
    if share >= _NEAR:
        conflict = bool(a.ordinals and b.ordinals) and a.ordinals != b.ordinals
        return Relation("related", "titles with words in common", "near", conflict)
    return Relation("unrelated", "a few words in common", "near")


def says_something(title: str) -> bool:
    """Whether a title says what its link is of; "PDF", "here", "part 2" and a bare address do not."""
    said = read(title)
    return bool(said.core) and said.letters not in SAYS_NOTHING and not ADDRESS.fullmatch(said.text)

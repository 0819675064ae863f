"""Puts right what is certain, chooses where bytes are lost, and tells each choice with its line and column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pipeline.encoding.choose import Chooser
from pipeline.encoding.damage import Damage, Part
from pipeline.encoding.dictionary import MissingDictionary, dictionary
from pipeline.encoding.narrow import narrow
from pipeline.encoding.wide import wide
from pipeline.findings import Finding, Severity
from pipeline.model import Location

__all__ = ["Change", "Mode", "Repair", "repaired"]

Mode = Literal["review", "accept"]
"""Whether what was chosen is marked, or taken as it is."""

_ROUNDS = 4
"""How often a text is looked at: what was damaged twice needs two rounds."""

_OPEN, _CLOSE = "⟦", "⟧"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A stretch that was put right: what stood there, what stands there now, and the characters that were chosen.

    `line` and `column` count from 1, in the text as it was before the round that found it; `now` bears the marks.
    `certain` is the number of characters of which nothing was lost.
    """

    line: int
    column: int
    how: str
    was: str
    now: str
    certain: int
    chosen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """The text as it is now, and all that was changed in it."""

    text: str
    changes: tuple[Change, ...] = ()

    def findings(self, path: str) -> tuple[Finding, ...]:
        """A note on what was certain for each kind of damage, and a warning for each stretch with chosen characters."""
        return tuple(_findings(self.changes, path))


def repaired(text: str, mode: Mode, *, path: str = "") -> Repair:
    """The text with what was decoded wrongly put right; addresses, line ends and ASCII stay.

    A character of whose bytes some are lost is chosen among those that it can have been. With `review` it stands in
    marks, `⟦字⟧`; who takes them away accepts it. Only where the second byte of a character of GBK or Shift-JIS was
    shown as ASCII, it goes with the first. Raises MissingDictionary where Chinese is to be chosen without jieba.
    """
    changes: list[Change] = []
    for _ in range(_ROUNDS):
        damage = narrow(text) or wide(text)
        if not damage:
            break
        now = _chosen(damage, text, path)
        text = _replaced(text, damage, now, mode, changes)
    return Repair(text=text, changes=tuple(changes))


def _chosen(damage: Sequence[Damage], text: str, path: str) -> list[str]:
    """What each stretch is, every choice made; what a certain part can have been may be more than one character."""
    open_ones = [part.choices for one in damage for part in one.parts if not part.certain]
    words = dictionary() if any("\u3400" <= choice <= "\u9fff" for choices in open_ones for choice in choices) else None
    if words is None and any(_only_han(choices) for choices in open_ones):
        line = next(text.count("\n", 0, one.start) + 1 for one in damage if any(not p.certain for p in one.parts))
        message = (
            "bytes of Chinese characters are lost here; to choose among those that fit, the words of jieba are needed"
        )
        install = 'pip install "publish-newsletter[repair]"'
        raise MissingDictionary.at(Location(path=path, line=line), "encoding", f"{message}: {install}")
    chooser = Chooser(words)
    for one in damage:
        chooser.learn(part.choices[0] if part.certain else None for part in one.parts)
    return ["".join(_resolved(one.parts, chooser)) for one in damage]


def _only_han(choices: Sequence[str]) -> bool:
    return sum("\u3400" <= choice <= "\u9fff" for choice in choices) * 2 > len(choices)


def _resolved(parts: Sequence[Part], chooser: Chooser) -> Iterator[str]:
    """The characters of the parts, one for each; a clause at a time, for commas are no help to words."""
    clause: list[tuple[str, ...]] = []
    for part in parts:
        clause.append(part.choices)
        if part.certain and part.choices[0] in "，。、；：？！（）":
            yield from _clause(clause, chooser)
            clause = []
    yield from _clause(clause, chooser)


def _clause(choices: list[tuple[str, ...]], chooser: Chooser) -> str:
    if all(len(each) == 1 for each in choices):
        return "".join(each[0] for each in choices)
    return chooser.best(choices)


def _replaced(text: str, damage: Sequence[Damage], now: Sequence[str], mode: Mode, changes: list[Change]) -> str:
    """The text with each stretch replaced; tells the changes."""
    out: list[str] = []
    place, line, line_start = 0, 1, 0
    for one, characters in zip(damage, now, strict=True):
        out.append(text[place : one.start])
        if breaks := text.count("\n", place, one.start):
            line += breaks
            line_start = text.rindex("\n", 0, one.start) + 1
        chosen = tuple(each for each, part in zip(characters, one.parts, strict=True) if not part.certain)
        marked = "".join(
            f"{_OPEN}{each}{_CLOSE}" if mode == "review" and not part.certain else each
            for each, part in zip(characters, one.parts, strict=True)
        )
        was, column = text[one.start : one.end], one.start - line_start + 1
        certain = len(characters) - len(chosen)
        changes.append(
            Change(line=line, column=column, how=one.how, was=was, now=marked, certain=certain, chosen=chosen)
        )
        out.append(marked)
        place = one.end
    return "".join([*out, text[place:]])


def _findings(changes: Sequence[Change], path: str) -> Iterator[Finding]:
    first = {change.how: change for change in reversed(changes)}
    for how, change in reversed(first.items()):
        same = [each for each in changes if each.how == how]
        certain = sum(each.certain for each in same)
        message = f"{how}: put right in {_places(len(same))}, here first; of {certain:,} characters nothing was lost"
        yield _finding(change, path, Severity.NOTE, message)
    for change in changes:
        if change.chosen:
            lost = ", ".join(f"“{each}”" for each in change.chosen)
            message = f"“{change.was}” is taken for “{change.now}”: of {lost} bytes are lost; others fit as well"
            yield _finding(change, path, Severity.WARNING, message)


def _finding(change: Change, path: str, severity: Severity, message: str) -> Finding:
    place = Location(path=path, line=change.line, column=change.column)
    return Finding(location=place, severity=severity, rule="encoding", message=message)


def _places(number: int) -> str:
    return f"{number:,} place{'s' if number > 1 else ''}"

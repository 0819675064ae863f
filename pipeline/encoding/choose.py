"""The likeliest characters where bytes leave a choice: a search (Viterbi) over words, weighing what follows what."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.encoding.dictionary import LONGEST, Dictionary

__all__ = ["Chooser"]

_PUNCTUATION = {
    **dict.fromkeys("，", -3.0),
    **dict.fromkeys("。、”“：（）’", -4.5),
    **dict.fromkeys("；？！《》—…‘「」–•", -6.5),
    **dict.fromkeys("áéíóúàèìòùâêîôûäöüñçãõåøßł", -9.0),
}
"""How likely marks and letters are that no dictionary lists, as logarithms; rough, for they compete with few."""

_STRANGE_HAN, _STRANGE_LETTER, _STRANGE = -22.0, -14.0, -25.0
_IN_DICTIONARY, _IN_TEXT = 0.3, 0.5
"""What a pair of characters weighs that stands in words of the dictionary, and one that stands in the text itself."""

_PAIRS_SEEN, _PAIRS_OF_TEXT = 2000, 5
"""How many occurrences a character needs until its own pairs outweigh what is usual."""

_BEAM = 25.0
"""How much less likely than the best so far a beginning may be and still be followed (logarithm)."""

_State = dict[str, tuple[float, int, str, str]]


@dataclass(slots=True)
class Chooser:
    """Chooses by a dictionary, where there is one, and by the pairs of characters that the text surely has."""

    words: Dictionary | None
    single: Counter[str] = field(default_factory=Counter)
    pairs: Counter[str] = field(default_factory=Counter)
    links: dict[tuple[str, str], float] = field(default_factory=dict)

    def learn(self, text: Iterable[str | None]) -> None:
        """Takes in the characters that are certain; None stands for one that is not."""
        before = None
        for character in text:
            if character is not None:
                self.single[character] += 1
                if before is not None:
                    self.pairs[before + character] += 1
            before = character

    def best(self, choices: Sequence[Sequence[str]]) -> str:
        """One character of each choice: those that make the likeliest text together."""
        states: list[_State] = [{} for _ in range(len(choices) + 1)]
        states[0][""] = (0.0, 0, "", "")
        for place in range(len(choices)):
            if not states[place]:
                continue
            limit = max(state[0] for state in states[place].values()) - _BEAM
            before = [(last, state[0]) for last, state in states[place].items() if state[0] > limit]
            for word, cost in self._words(choices, place):
                target = states[place + len(word)]
                for last, score in before:
                    reached = score + cost + self._link(last, word[0])
                    known = target.get(word[-1])
                    if known is None or reached > known[0]:
                        target[word[-1]] = (reached, place, last, word)
        return _way_back(states)

    def _words(self, choices: Sequence[Sequence[str]], place: int) -> Iterator[tuple[str, float]]:
        """The words that can begin here, with their logarithms; every single character is one."""
        known: Mapping[str, float] = self.words.words if self.words else {}
        beginnings = self.words.beginnings if self.words else frozenset()
        for character in choices[place]:
            yield character, known.get(character) or _unlisted(character)
        open_ends = [character for character in choices[place] if character in beginnings]
        for following in choices[place + 1 : place + LONGEST]:
            longer = [beginning + character for beginning in open_ends for character in following]
            yield from ((word, known[word]) for word in longer if word in known)
            open_ends = [word for word in longer if word in beginnings]
            if not open_ends:
                return

    def _link(self, last: str, first: str) -> float:
        """How much likelier a character is behind another than anywhere (logarithm, weighed)."""
        if (last, first) not in self.links:
            self.links[last, first] = self._weighed(last, first)
        return self.links[last, first]

    def _weighed(self, last: str, first: str) -> float:
        if self.words is None:
            return 0.0
        usual = (self.words.characters.get(first, 0) + 1) / self.words.total
        weight, seen = 0.0, self.words.characters.get(last, 0)
        if seen:
            pairs = self.words.pairs.get(last + first, 0)
            weight += _IN_DICTIONARY * math.log((pairs / usual + _PAIRS_SEEN) / (seen + _PAIRS_SEEN))
        if self.single[last]:
            pairs = self.pairs[last + first]
            weight += _IN_TEXT * math.log((pairs / usual + _PAIRS_OF_TEXT) / (self.single[last] + _PAIRS_OF_TEXT))
        return weight


def _way_back(states: Sequence[_State]) -> str:
    last = max(states[-1], key=lambda key: states[-1][key][0])
    place, words = len(states) - 1, []
    while place:
        _, place, last, word = states[place][last]
        words.append(word)
    return "".join(reversed(words))


def _unlisted(character: str) -> float:
    if "\u3400" <= character <= "\u9fff":
        return _STRANGE_HAN
    return _PUNCTUATION.get(character, _STRANGE_LETTER if character.islower() else _STRANGE)

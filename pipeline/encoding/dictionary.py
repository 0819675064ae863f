"""Chinese words and how often they are written: the list that jieba brings (MIT); none of its code is run."""

from __future__ import annotations

import functools
import importlib.util
import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import PipelineError

__all__ = ["LONGEST", "Dictionary", "MissingDictionary", "dictionary"]

LONGEST = 6
"""Characters of the longest word that is looked for; longer ones are one in two hundred."""


class MissingDictionary(PipelineError):
    """Bytes of Chinese characters are lost, and the words that could tell which are not installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """Words by the logarithm of their share, their beginnings, and how often characters stand alone and in pairs."""

    words: Mapping[str, float]
    beginnings: frozenset[str]
    characters: Mapping[str, int]
    pairs: Mapping[str, int]
    total: int


@functools.cache
def dictionary() -> Dictionary | None:
    """The words, read once (0.9 s); None where jieba is not installed."""
    spec = importlib.util.find_spec("jieba")
    if spec is None or not spec.submodule_search_locations:
        return None
    lines = (Path(spec.submodule_search_locations[0]) / "dict.txt").read_text(encoding="utf-8").splitlines()
    counts = {word: int(count) for word, count, *_ in (line.split(" ") for line in lines)}
    characters: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for word, count in counts.items():
        for character in word:
            characters[character] += count
        for place in range(len(word) - 1):
            pairs[word[place : place + 2]] += count
    total = sum(counts.values())
    words = {word: math.log(count / total) for word, count in counts.items() if count and len(word) <= LONGEST}
    beginnings = frozenset(word[:end] for word in words for end in range(1, len(word)))
    return Dictionary(
        words=words, beginnings=beginnings, characters=characters, pairs=pairs, total=sum(characters.values())
    )

"""The words of the publication's language: labels from a catalogue in `templates/labels/`, dates from Babel."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Mapping
from dataclasses import dataclass

import babel
import babel.dates

__all__ = ["Labels", "catalogues"]


def catalogues(language: str) -> tuple[str, ...]:
    """The names of the catalogues to look for, best first: `zh-Hans-CN` gives itself, `zh-Hans`, `zh`, then `en`."""
    parts = language.split("-")
    return (*("-".join(parts[:count]) for count in range(len(parts), 0, -1)), "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The labels of one language; called with a label's name and the values that stand in it."""

    language: str
    words: Mapping[str, str]

    def __call__(self, name: str, /, **values: object) -> str:
        """The label `name`, filled; KeyError where no catalogue has it or a value is missing."""
        return self.words[name].format(**values)

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`, the way the language is written."""
        return _direction(self.language)

    @property
    def locale(self) -> str:
        """The language and its region as Open Graph writes them: zh_CN; empty where no region is known."""
        found = _locale(self.language)
        return f"{found.language}_{found.territory}" if found.territory else ""

    def date(self, day: datetime.date) -> str:
        """A day as readers of the language write it in full: 2023年3月4日, March 4, 2023."""
        return _date(self.language, day)

    def number(self, count: int) -> str:
        """A count as readers of the language write it, its thousands parted: 9,336."""
        groups = _locale(self.language).number_symbols.get("latn", {})
        return f"{count:,}".replace(",", groups.get("group", ","))


@functools.lru_cache(maxsize=10_000)
def _date(language: str, day: datetime.date) -> str:
    """Several editions write the same day; Babel takes 0.08 ms for each."""
    return babel.dates.format_date(day, format="long", locale=_locale(language))


@functools.cache
def _direction(language: str) -> str:
    """Babel puts it together from words at each call, and every page and email asks."""
    return str(_locale(language).text_direction)


@functools.cache
def _locale(language: str) -> babel.Locale:
    """Babel's locale for a language tag (BCP 47), English where it knows none."""
    for name in catalogues(language):
        try:
            return babel.Locale.parse(name, sep="-")
        except (babel.UnknownLocaleError, ValueError):
            continue
    return babel.Locale("en")

"""Mappings to values: known keys only, each with its kind, every misfit told with its place."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable
from typing import TypeVar

from pipeline.model import Location
from pipeline.read.source import Report
from pipeline.read.yaml import Items, Node, Pairs, Text

__all__ = ["Fields", "nearest"]

_T = TypeVar("_T")
_TRUE, _FALSE = frozenset(["true", "yes", "on"]), frozenset(["false", "no", "off"])


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that is likest, as the end of a message; empty where none is near."""
    found = difflib.get_close_matches(word, known, n=1)
    return f": did you mean “{found[0]}”?" if found else ""


class Fields:
    """The pairs of one mapping, asked for by name and kind; what is absent or wrong gives the default."""

    def __init__(self, node: Pairs, known: Iterable[str], report: Report) -> None:
        self._report = report
        self._values: dict[str, Node] = {}
        self.location = node.location
        known = tuple(known)
        for key, value in node.pairs:
            if key.value not in known:
                hint = nearest(key.value, known) or f" (known: {', '.join(sorted(known))})"
                report.error(key.location, "unknown-key", f"“{key.value}” is no key here{hint}")
            elif not (isinstance(value, Text) and not value.value):
                self._values[key.value] = value

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def node(self, name: str) -> Node | None:
        """The value as it was read."""
        return self._values.get(name)

    def place(self, name: str) -> Location:
        """Where the value stands, or the mapping where there is none."""
        node = self._values.get(name)
        return node.location if node else self.location

    def places(self, name: str) -> tuple[Location, ...]:
        """Where the values of a list stand, or the one that stands for it."""
        node = self._values.get(name)
        items = node.items if isinstance(node, Items) else (node,) if node else ()
        return tuple(item.location for item in items)

    def text(self, name: str, default: str = "") -> str:
        """A string."""
        node = self._values.get(name)
        if node is None:
            return default
        if isinstance(node, Text):
            return node.value.strip()
        return self._misfit(name, "a text", default)

    def flag(self, name: str) -> bool:
        """True or false, as people write it; false where it is absent."""
        word = self.text(name, "false").lower()
        if word in _TRUE | _FALSE:
            return word in _TRUE
        return self._misfit(name, "true or false", False)

    def number(self, name: str, default: int | None, at_least: int = 0) -> int | None:
        """A whole number."""
        if name not in self._values:
            return default
        word = self.text(name)
        if re.fullmatch(r"[0-9]{1,9}", word) and int(word) >= at_least:
            return int(word)
        return self._misfit(name, f"a whole number from {at_least}", default)

    def date(self, name: str) -> datetime.date | None:
        """A day, YYYY-MM-DD."""
        word = self.text(name)
        if not word:
            return None
        try:
            return datetime.date.fromisoformat(word)
        except ValueError:
            return self._misfit(name, "a date such as 2023-03-04", None)

    def time(self, name: str, default: datetime.time) -> datetime.time:
        """A time of day, HH:MM."""
        word = self.text(name)
        if not word:
            return default
        try:
            return datetime.datetime.strptime(word, "%H:%M").time()
        except ValueError:
            return self._misfit(name, 'a time such as "09:00"', default)

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        """One word of several."""
        word = self.text(name, default)
        return word if word in choices else self._misfit(name, f"one of {', '.join(choices)}", default)

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings; a single string is a list of one."""
        node = self._values.get(name)
        if node is None:
            return ()
        items = node.items if isinstance(node, Items) else (node,)
        found = tuple(item.value.strip() for item in items if isinstance(item, Text))
        return found if len(found) == len(items) else self._misfit(name, "a list of texts", ())

    def pairs(self, name: str, known: Iterable[str]) -> Fields:
        """A mapping within the mapping; an empty one where it is absent."""
        node = self._values.get(name)
        if node is not None and not isinstance(node, Pairs):
            self._misfit(name, "a mapping of keys to values", None)
        inner = node if isinstance(node, Pairs) else Pairs(pairs=(), location=self.place(name))
        return Fields(inner, known, self._report)

    def _misfit(self, name: str, wanted: str, default: _T) -> _T:
        self._report.error(self.place(name), "bad-value", f"“{name}” must be {wanted}")
        return default

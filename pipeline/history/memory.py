"""What issues carried, to be asked by address and by title: derived from the issues, never a second truth."""

from __future__ import annotations

import functools
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

from pipeline.addresses import is_attachment
from pipeline.identity import grams, identify, names
from pipeline.markup import links
from pipeline.model import Entry, Issue, Location, Section

__all__ = [
    "AT_MOST",
    "GRAMS",
    "USUAL",
    "Before",
    "Each",
    "History",
    "Memory",
    "Past",
    "is_standing",
    "key_of",
    "keys_of",
    "mentions",
    "numbers_of",
    "one_by_one",
    "parents_of",
    "past",
    "rarest",
]

AT_MOST = 50
"""Answers to a question, or an issue of one title 3,000 times would be compared with itself 4 million times."""

_RAREST = 4  # grams of a title by which it is found again; more bring no more true ones (measured on a million titles)

USUAL = 20
"""Titles by which a gram finds nothing that their names do not (measured on ten years of a weekly)."""

GRAMS = 1 << 22
"""Kinds of grams that are counted apart, and each as far as a byte can: so an index keeps the counts in 4 MiB."""

_LAST, _OF_LAST, _EVER = 10, 3, 6
"""A link stands when it was in three of the last ten issues, or in six ever (measured on ten archives)."""

_Key = TypeVar("_Key")
_Found = TypeVar("_Found")
_Numbers = tuple[frozenset[int], frozenset[int]]
_Keys = Sequence[Collection[str]]  # of each entry, in the order of the issues


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An entry that an issue carried; `issue` is the issue's name, and names sort as the issues do.

    `links` are the addresses that an entry without one of its own names beside its title.
    """

    issue: str
    number: int
    section: str
    title: str
    url: str
    slug: str
    location: Location
    alias: tuple[str, ...] = ()
    links: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """How an editor's answer names it: `2023-02-25#whisper`."""
        return f"{self.issue}#{self.slug}"


class Before(NamedTuple):
    """A moment in the archive: before the issue of that name, or before its entry of that number, from 0."""

    issue: str
    entry: int = 0


class History(Protocol):
    """What a rule may ask of what was out at a moment; answers are in the order of the archive, the last 50 at most."""

    def carrying(self, key: str, before: Before) -> Sequence[Past]:
        """The entries whose address, or an alias of it, has this key."""

    def mentioning(self, key: str, before: Before) -> Sequence[Past]:
        """The entries with a further link, or a link in their note, of this key."""

    def parts(self, key: str, before: Before) -> Sequence[Past]:
        """The entries whose address is of a part of the thing with this key."""

    def near(self, title: str, before: Before) -> Sequence[Past]:
        """The entries whose titles may be like this one: candidates, to be compared."""

    def at(self, reference: str) -> Past | None:
        """The entry with this reference, such as `2023-02-25#whisper`."""

    def distance(self, older: str, newer: str) -> int:
        """How many issues ago `older` was when `newer` came out: 1 is the issue before."""


@functools.lru_cache(maxsize=1 << 16)
def key_of(url: str | None) -> str:
    """The key of an entry's address; empty where it has none, or one of a file in its folder."""
    return identify(url).key if url and not is_attachment(url) else ""


def keys_of(entry: Entry) -> set[str]:
    """The keys by which an entry is found again: its address's and its aliases'."""
    return {key for key in (key_of(entry.url), *map(key_of, entry.alias)) if key}


@functools.lru_cache(maxsize=1 << 12)
def numbers_of(title: str) -> _Numbers:
    """The numbers by which a title is found again: those of its names, and those of its grams."""
    return names(title), grams(title)


def mentions(entry: Entry) -> Iterator[str]:
    """The addresses that an entry names beside its own."""
    yield from (link.url for link in entry.links)
    if "](" in entry.note or "<" in entry.note:
        yield from (link.url for link in links(entry.note))


def rarest(some: Iterable[int], frequency: Mapping[int, int] | bytearray) -> list[int]:
    """Of a title's grams those by which it is found again; `frequency` says how often those of one kind were seen."""
    seldom = sorted([(min(frequency[gram % GRAMS], 255), gram) for gram in some])
    return [gram for _, gram in seldom[:_RAREST]]


def is_standing(pasts: Sequence[Past], name: str, history: History) -> bool:
    """Whether entries of one key, all before the issue of that name, show a link that is there again and again."""
    issues = {past.issue for past in pasts}
    if len(issues) < _OF_LAST:
        return False
    return len(issues) >= _EVER or sum(history.distance(issue, name) <= _LAST for issue in issues) >= _OF_LAST


Each = Callable[[Callable[[Entry], _Found], Sequence[Issue]], list[_Found]]
"""Does something with every entry of some issues, in their order: here one by one, or in several processes at once."""


def one_by_one(work: Callable[[Entry], _Found], issues: Sequence[Issue]) -> list[_Found]:
    """The results for the entries of some issues, in their order."""
    return [work(entry) for issue in issues for entry in issue.walk()]


def past(issue: Issue, section: Section, entry: Entry) -> Past:
    """An entry of an issue as later issues may ask for it."""
    return Past(
        issue=issue.name,
        number=issue.number,
        section=section.title,
        title=entry.title,
        url=entry.url or "",
        slug=entry.slug,
        location=entry.location,
        alias=entry.alias,
        links=() if entry.url else tuple(mentions(entry)),
    )


class Memory:
    """The history of some issues, oldest first, as they were read. Drafts are no history: leave them out.

    What entries are found by is made when it is first asked for, by `each`, unless their `keys` are known.
    """

    def __init__(self, issues: Iterable[Issue], each: Each[Any] = one_by_one, keys: _Keys | None = None) -> None:
        self._issues = tuple(issues)
        self._names = [issue.name for issue in self._issues]
        self._each = each
        self._keys = keys

    def crowded(self, aliases: Collection[str] = ()) -> tuple[Issue, ...]:
        """The issues with an entry whose key another entry has as well, or is among those of `aliases`."""
        found = ((key, numbers) for key, numbers in self._by_key.items() if len(numbers) > 1 or key in aliases)
        shared = {number for _, numbers in found for number in numbers}
        names = {self._entries[number][0].name for number in shared}
        return tuple(issue for issue in self._issues if issue.name in names)

    def returning(self, together: Iterable[Iterable[str]] = ()) -> list[list[tuple[Issue, Entry]]]:
        """The entries of each key that several have, and of keys that are of one thing together, oldest first."""
        found = list(self._by_key.values())
        found += [sorted({number for key in keys for number in self._by_key.get(key, ())}) for keys in together]
        return [[self._entries[number][::2] for number in numbers] for numbers in found if len(numbers) > 1]

    def prepare(self) -> None:
        """Makes what entries are found by, so that no process that is forked after has to."""
        if self._issues:
            self.near(self._issues[0].title, Before(""))
            self.mentioning("", Before(""))

    def carrying(self, key: str, before: Before) -> Sequence[Past]:
        """By address or alias."""
        return self._pasts(self._by_key.get(key, ()), before)

    def mentioning(self, key: str, before: Before) -> Sequence[Past]:
        """By further link or link in the note."""
        return self._pasts(self._by_mention.get(key, ()), before)

    def parts(self, key: str, before: Before) -> Sequence[Past]:
        """By what the address is of a part of."""
        return self._pasts(self._by_parent.get(key, ()), before)

    def near(self, title: str, before: Before) -> Sequence[Past]:
        """By names of titles, else by their rarest grams."""
        by_name, by_gram, known = self._by_title
        names, grams = known.get(title) or numbers_of(title)
        lists = [by_name[name] for name in names if name in by_name]
        lists += [by_gram[gram] for gram in grams if gram in by_gram and len(by_gram[gram]) <= USUAL]
        return self._pasts(sorted({number for some in lists for number in self._last(some, before)}), before)

    def at(self, reference: str) -> Past | None:
        """By issue and permalink."""
        name, _, slug = reference.partition("#")
        place = bisect_left(self._names, name)
        if self._names[place : place + 1] != [name]:
            return None
        numbers = range(self._starts[place], self._starts[place + 1])
        return next((self._past(number) for number in numbers if self._entries[number][2].slug == slug), None)

    def distance(self, older: str, newer: str) -> int:
        """By place among the issues."""
        return bisect_left(self._names, newer) - bisect_left(self._names, older)

    def _past(self, number: int) -> Past:
        return past(*self._entries[number])

    def _pasts(self, numbers: Sequence[int], before: Before) -> Sequence[Past]:
        return [self._past(number) for number in self._last(numbers, before)]

    def _last(self, numbers: Sequence[int], before: Before) -> Sequence[int]:
        place = bisect_left(self._names, before.issue)
        end = bisect_left(numbers, self._starts[place] + before.entry)
        return numbers[max(0, end - AT_MOST) : end]

    @functools.cached_property
    def _entries(self) -> list[tuple[Issue, Section, Entry]]:
        """Every entry by its number, in the order of the issues."""
        return [
            (issue, section, entry) for issue in self._issues for section in issue.sections for entry in section.walk()
        ]

    @functools.cached_property
    def _starts(self) -> list[int]:
        """The number of each issue's first entry, and that of the entry that would come next."""
        starts = [0]
        for issue in self._issues:
            starts.append(starts[-1] + sum(1 for _ in issue.walk()))
        return starts

    @functools.cached_property
    def _by_key(self) -> dict[str, list[int]]:
        return _index(self._each(keys_of, self._issues) if self._keys is None else self._keys)

    @functools.cached_property
    def _by_mention(self) -> dict[str, list[int]]:
        return _index(self._each(_mentioned, self._issues))

    @functools.cached_property
    def _by_parent(self) -> dict[str, list[int]]:
        return _index(self._each(parents_of, self._issues))

    @functools.cached_property
    def _by_title(self) -> tuple[dict[int, list[int]], dict[int, list[int]], dict[str, _Numbers]]:
        """By names, and by the rarest grams of each title: a title that is like it has one of them; and all numbers."""
        found = self._each(lambda entry: numbers_of(entry.title), self._issues)
        known = {entry.title: numbers for (_, _, entry), numbers in zip(self._entries, found, strict=True)}
        frequency = Counter(gram % GRAMS for _, grams in found for gram in grams)
        return _index(names for names, _ in found), _index(rarest(grams, frequency) for _, grams in found), known


def _mentioned(entry: Entry) -> set[str]:
    return {key_of(url) for url in mentions(entry)} - {""}


def parents_of(entry: Entry) -> set[str]:
    """The key of what an entry's address is of a part of."""
    return {identify(entry.url).parent} - {""} if entry.url and not is_attachment(entry.url) else set()


def _index(found: Iterable[Iterable[_Key]]) -> dict[_Key, list[int]]:
    """The numbers of the entries that are found by each key."""
    numbers: dict[_Key, list[int]] = defaultdict(list)
    for number, keys in enumerate(found):
        for key in keys:
            numbers[key].append(number)
    return dict(numbers)

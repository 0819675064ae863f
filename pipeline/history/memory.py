"""What issues carried, to be asked by address and by title: derived from the issues, never a second truth."""

from __future__ import annotations

import functools
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeVar

from pipeline.addresses import is_attachment
from pipeline.history.near import Near, Numbers, closest, index, near, numbers_of
from pipeline.history.outline import Outline, outlined
from pipeline.identity import identify, identity_key
from pipeline.markup import links
from pipeline.model import Entry, Issue, Location, Section

__all__ = [
    "AT_MOST",
    "Before",
    "Each",
    "History",
    "Known",
    "Memory",
    "Past",
    "is_standing",
    "key_of",
    "keys_of",
    "mentions",
    "one_by_one",
    "parents_of",
    "past",
]

AT_MOST = 50
"""Answers to a question, or an issue of one title 3,000 times would be compared with itself 4 million times."""

_LAST, _OF_LAST, _EVER = 10, 3, 6
"""A link stands when it was in three of the last ten issues, or in six ever (measured on ten archives)."""

_Found = TypeVar("_Found")


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

    def near(self, title: str, before: Before, *, telling: bool = False) -> Sequence[Past]:
        """The entries whose titles may be like this one: candidates, to be compared.

        `telling`: none that have in common with it only what more than 20 titles have, as those of a series do: they
        may be its parts, and are hardly the same thing. Without it they come after all others.
        """

    def at(self, reference: str) -> Past | None:
        """The entry with this reference, such as `2023-02-25#whisper`."""

    def distance(self, older: str, newer: str) -> int:
        """How many issues ago `older` was when `newer` came out: 1 is the issue before."""


@functools.lru_cache(maxsize=1 << 16)
def key_of(url: str | None) -> str:
    """The key of an entry's address; empty where it has none, or one of a file in its folder."""
    return identity_key(url) if url and not is_attachment(url) else ""


def keys_of(entry: Entry) -> set[str]:
    """The keys by which an entry is found again: its address's and its aliases'."""
    return {key for key in map(key_of, (entry.url, *entry.alias)) if key}


def mentions(entry: Entry) -> Iterator[str]:
    """The addresses that an entry names beside its own."""
    yield from (link.url for link in entry.links)
    if "](" in entry.note or "<" in entry.note:
        yield from (link.url for link in links(entry.note))


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known already of some issues: each entry's keys, a way to all titles, outlines by the issues' names."""

    keys: Sequence[Sequence[Collection[str]]] | None = None
    near: Callable[[], Near] | None = None
    outlines: Mapping[str, Outline] = field(default_factory=dict)


class Memory:
    """The history of some issues, oldest first, as they were read. Drafts are no history: leave them out.

    What entries are found by is made when it is first asked for, by `each`, unless it is `known`.
    """

    def __init__(self, issues: Iterable[Issue], each: Each[Any] = one_by_one, known: Known | None = None) -> None:
        self._issues = tuple(issues)
        self._names = [issue.name for issue in self._issues]
        self._each = each
        self._known = known or Known()
        self._entries: dict[int, list[tuple[Section, Entry]]] = {}

    def outline(self, issue: Issue) -> Outline:
        """The outline of an issue, one of these or another."""
        return self._known.outlines.get(issue.name) or outlined(issue)

    def crowded(self, aliases: Collection[str] = ()) -> tuple[Issue, ...]:
        """The issues with an entry whose key another entry has as well, or is among those of `aliases`."""
        found = ((key, numbers) for key, numbers in self._by_key.items() if len(numbers) > 1 or key in aliases)
        shared = {number for _, numbers in found for number in numbers}
        return tuple(self._issues[place] for place in sorted({self._place(number) for number in shared}))

    def returning(self, together: Iterable[Iterable[str]] = ()) -> list[list[tuple[Issue, Entry]]]:
        """The entries of each key that several have, and of keys that are of one thing together, oldest first."""
        found = list(self._by_key.values())
        found += [sorted({number for key in keys for number in self._by_key.get(key, ())}) for keys in together]
        return [[self._entry(number)[::2] for number in numbers] for numbers in found if len(numbers) > 1]

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

    def near(self, title: str, before: Before, *, telling: bool = False) -> Sequence[Past]:
        """By names that few titles have, then by their rarest grams, then by any name."""
        ranks = self._by_title.ranks(self._numbers_by_title.get(title) or numbers_of(title))
        last = [[number for some in rank for number in self._last(some, before)] for rank in ranks]
        return list(map(self._past, closest(last[:2] if telling else last, AT_MOST)))

    def at(self, reference: str) -> Past | None:
        """By issue and permalink."""
        name, _, slug = reference.partition("#")
        place = bisect_left(self._names, name)
        if self._names[place : place + 1] != [name]:
            return None
        numbers = range(self._starts[place], self._starts[place + 1])
        return next((self._past(number) for number in numbers if self._entry(number)[2].slug == slug), None)

    def distance(self, older: str, newer: str) -> int:
        """By place among the issues."""
        return bisect_left(self._names, newer) - bisect_left(self._names, older)

    def _past(self, number: int) -> Past:
        return past(*self._entry(number))

    def _pasts(self, numbers: Sequence[int], before: Before) -> Sequence[Past]:
        return [self._past(number) for number in self._last(numbers, before)]

    def _last(self, numbers: Sequence[int], before: Before) -> Sequence[int]:
        place = bisect_left(self._names, before.issue)
        end = bisect_left(numbers, self._starts[place] + before.entry)
        return numbers[max(0, end - AT_MOST) : end]

    def _place(self, number: int) -> int:
        """The place of the issue that has the entry of a number."""
        return bisect_right(self._starts, number) - 1

    def _entry(self, number: int) -> tuple[Issue, Section, Entry]:
        """An entry by its number, in the order of the issues."""
        place = self._place(number)
        issue = self._issues[place]
        if place not in self._entries:
            self._entries[place] = [(section, entry) for section in issue.sections for entry in section.walk()]
        return issue, *self._entries[place][number - self._starts[place]]

    @functools.cached_property
    def _starts(self) -> list[int]:
        """The number of each issue's first entry, and that of the entry that would come next."""
        known = self._known.keys
        counts = [sum(1 for _ in issue.walk()) for issue in self._issues] if known is None else map(len, known)
        return [0, *itertools.accumulate(counts)]

    @functools.cached_property
    def _by_key(self) -> dict[str, list[int]]:
        if self._known.keys is None:
            return index(self._each(keys_of, self._issues))
        return index(itertools.chain.from_iterable(self._known.keys))

    @functools.cached_property
    def _by_mention(self) -> dict[str, list[int]]:
        return index(self._each(_mentioned, self._issues))

    @functools.cached_property
    def _by_parent(self) -> dict[str, list[int]]:
        return index(self._each(parents_of, self._issues))

    @functools.cached_property
    def _numbers(self) -> Sequence[Numbers]:
        return self._each(lambda entry: numbers_of(entry.title), self._issues)

    @functools.cached_property
    def _numbers_by_title(self) -> dict[str, Numbers]:
        """The numbers of those titles of which they had to be made."""
        if self._known.near is not None:
            return {}
        titles = (entry.title for issue in self._issues for entry in issue.walk())
        return dict(zip(titles, self._numbers, strict=True))

    @functools.cached_property
    def _by_title(self) -> Near:
        return near(self._numbers) if self._known.near is None else self._known.near()


def _mentioned(entry: Entry) -> set[str]:
    return {key_of(url) for url in mentions(entry)} - {""}


def parents_of(entry: Entry) -> set[str]:
    """The key of what an entry's address is of a part of."""
    return {identify(entry.url).parent} - {""} if entry.url and not is_attachment(entry.url) else set()

"""What of an issue readers have had: each entry beside the earlier one that is likest to it, with the verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.answers import answer
from pipeline.history.memory import Before, History, Memory, Past, is_standing, key_of, keys_of, mentions
from pipeline.identity import Carried, Verdict, compare, identify
from pipeline.model import Entry, Issue

__all__ = [
    "Look",
    "Past",
    "Repeat",
    "by_address",
    "by_parent",
    "by_telling_title",
    "by_title",
    "left_out",
    "likest",
    "mentioned",
    "repeats",
]

_ORDER = ("same", "wrong-link", "likely", "update", "standing", "related")
"""Verdicts, the one that an editor most needs to hear first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """An entry that is not new, the last entry before it of which that is true, and why.

    `distance` is how many issues ago that was, 0 within the issue itself; `times` how many entries before it have the
    same verdict. `accepted` tells that the editor has answered, and that the answer holds on the issue's day.
    """

    entry: Entry
    section: str
    past: Past
    verdict: Verdict
    distance: int
    times: int
    accepted: bool


Look = Callable[[Entry, History, Before], list[Past]]
"""What an entry is worth comparing with of all that was out at a moment."""


def by_address(entry: Entry, history: History, before: Before) -> list[Past]:
    """What has the address of an entry, or an alias of it: a hundred times as fast as looking for titles, too.

    Beside an entry without an address stand those without one that link to the same.
    """
    found = [past for key in keys_of(entry) for past in history.carrying(key, before)]
    if not entry.url:
        keys = {key_of(url) for url in mentions(entry)} - {""}
        found += [past for key in keys for past in history.mentioning(key, before) if not past.url]
    return found


def by_title(entry: Entry, history: History, before: Before) -> list[Past]:
    """What has the address or a title that may be like the entry's."""
    return [*by_address(entry, history, before), *history.near(entry.title, before)]


def by_telling_title(entry: Entry, history: History, before: Before) -> list[Past]:
    """What has the address or a telling title that may be like the entry's: all that is told of by default.

    To an answer of the editor anything may be what it answers.
    """
    near = history.near(entry.title, before, telling=answer(entry) is None)
    return [*by_address(entry, history, before), *near]


def by_parent(entry: Entry, history: History, before: Before) -> list[Past]:
    """What has the address, a title that may be like the entry's, or is of a part of one thing with it."""
    identity = identify(entry.url) if entry.url and key_of(entry.url) else None
    near = (identity.key, identity.parent) if identity else ()
    parts = [past for key in near if key for past in (*history.parts(key, before), *history.carrying(key, before))]
    return [*by_title(entry, history, before), *parts]


def repeats(issue: Issue, history: History, *, look: Look = by_title, standing: Sequence[str] = ()) -> Iterator[Repeat]:
    """The entries of an issue that are not new: beside those above them in it, then beside those of earlier issues.

    `standing` are the titles of sections whose links may return.
    """
    entries = [(section.title, entry) for section in issue.sections for entry in section.walk()]
    is_out = bool(entries) and history.at(f"{issue.name}#{entries[0][1].slug}") is not None
    own = history if is_out else Memory([issue])
    for number, (section, entry) in enumerate(entries):
        known = look(entry, own, Before(issue.name, number))
        above = [past for past in known if past.issue == issue.name]
        before = (
            [past for past in known if past.issue != issue.name] if is_out else look(entry, history, Before(issue.name))
        )
        stands = section in standing or is_standing(_alike(entry, before), issue.name, history)
        for pasts in (above, before):
            found = likest(entry, pasts, standing=stands)
            if found:
                verdict, past, times = found
                yield Repeat(
                    entry=entry,
                    section=section,
                    past=past,
                    verdict=verdict,
                    distance=history.distance(past.issue, issue.name),
                    times=times,
                    accepted=_accepted(entry, issue),
                )


def left_out(found: Iterable[Repeat]) -> set[str]:
    """The places on the page of the repeats that go where repeats are dropped: those with nothing left under them."""
    same = [repeat.entry for repeat in found if repeat.verdict.kind == "same" and not repeat.accepted]
    slugs = {entry.slug for entry in same}
    return {entry.slug for entry in same if all(inner.slug in slugs for inner in entry.walk())}


def likest(entry: Entry, pasts: Iterable[Past], *, standing: bool = False) -> tuple[Verdict, Past, int] | None:
    """The verdict on an entry that most needs to be heard, the last entry that it is of, and how many it is of."""
    once: dict[str, Past] = {}
    for past in pasts:
        reference = past.reference
        if reference not in entry.not_same_as:
            once.setdefault(reference, past)
    if not once:
        return None
    alike: dict[tuple[str, str, tuple[str, ...]], list[Past]] = defaultdict(list)
    for _, past in sorted(once.items()):
        alike[past.title, past.url, past.alias].append(past)
    verdicts = [(_verdict(entry, some[-1], standing), some) for some in alike.values()]
    for kind in _ORDER:
        found = [(verdict, some) for verdict, some in verdicts if verdict.kind == kind]
        if found:
            verdict, some = max(found, key=lambda one: one[1][-1].reference)
            return verdict, some[-1], sum(len(some) for _, some in found)
    return None


def _verdict(entry: Entry, past: Past, standing: bool) -> Verdict:
    if key_of(entry.url) in map(key_of, past.alias):
        return Verdict(kind="same", why="same by an alias of the earlier entry")
    if not (entry.url or past.url) and entry.title.casefold() == past.title.casefold():
        here, there = ({key_of(url) for url in urls} - {""} for urls in (mentions(entry), past.links))
        if here & there:
            return Verdict(kind="same", why="same title, and a link in common")
    return compare(entry, Carried(title=past.title, url=past.url, standing=standing))


def mentioned(issue: Issue, history: History) -> Iterator[tuple[Entry, Past, int]]:
    """Entries that an earlier issue linked to in passing, or that do so with an earlier entry; how many issues ago.

    An entry whose address an earlier one has is a repeat, and not among them.
    """
    before = Before(issue.name)
    for entry in issue.walk():
        if by_address(entry, history, before):
            continue
        named = [past for key in keys_of(entry) for past in history.mentioning(key, before)]
        named += [past for url in mentions(entry) for past in history.carrying(key_of(url), before)]
        if named:
            past = max(named, key=lambda past: past.issue)
            yield entry, past, history.distance(past.issue, issue.name)


def _alike(entry: Entry, pasts: Iterable[Past]) -> list[Past]:
    key = key_of(entry.url)
    return [past for past in pasts if key and key_of(past.url) == key]


def _accepted(entry: Entry, issue: Issue) -> bool:
    given = answer(entry)
    return given is not None and given.holds(issue.date)

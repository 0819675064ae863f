"""What changed between two snapshots of a list: entries added, removed, changed, moved, sections renamed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

from pipeline.identity import identify
from pipeline.markup import links, tokens
from pipeline.model import Entry, Issue
from pipeline.slugs import slug

__all__ = ["Change", "Diff", "Move", "Spot", "diff"]

_RENAMED = 0.6  # of a vanished section's entries stand in one new section
_NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """An entry and where it stands; `parent` is the title of the entry that it is grouped under, if any."""

    entry: Entry
    section: str
    parent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that changed in an entry that is still there: title, url, note, or one of its further links.

    `kind` is title_changed, url_changed, note_changed, secondary_link_added or secondary_link_removed; `before` and
    `after` are the texts, empty where there was or is none.
    """

    spot: Spot
    kind: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An entry that stands in another section now, or under another entry."""

    before: Spot
    after: Spot


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """The whole difference, each part in reading order; sections by their titles, old and new."""

    added: tuple[Spot, ...]
    removed: tuple[Spot, ...]
    changed: tuple[Change, ...]
    moved: tuple[Move, ...]
    renamed_sections: tuple[tuple[str, str], ...]


_Key = Callable[[Entry], Hashable]


def diff(before: Issue, after: Issue) -> Diff:
    """What happened to the entries of one issue until they became those of the other."""
    old, new = list(_spots(before)), list(_spots(after))
    pairs = _matched(old, new)
    partners = {id(one): other for one, other in pairs}
    renamed = _renamed(before, after, pairs)
    names = dict(renamed)
    return Diff(
        added=tuple(spot for spot in new if id(spot) not in {id(other) for other in partners.values()}),
        removed=tuple(spot for spot in old if id(spot) not in partners),
        changed=tuple(change for one, other in pairs for change in _changes(one, other)),
        moved=tuple(Move(before=one, after=other) for one, other in pairs if _has_moved(one, other, names)),
        renamed_sections=renamed,
    )


def _spots(issue: Issue) -> Iterator[Spot]:
    def below(section: str, entry: Entry, parent: str) -> Iterator[Spot]:
        yield Spot(entry=entry, section=section, parent=parent)
        for child in entry.entries:
            yield from below(section, child, entry.title)

    for section in issue.sections:
        for entry in section.entries:
            yield from below(section.title, entry, "")


def _address(entry: Entry) -> str:
    return identify(entry.url).key if entry.url else ""


def _folded(entry: Entry) -> str:
    return " ".join(entry.title.casefold().split())


_MATCHES: tuple[_Key, ...] = (
    lambda entry: (_address(entry), _folded(entry)),
    _folded,
    lambda entry: _address(entry) or None,
    lambda entry: slug(entry.title) or None,
)
"""By what an entry is found again, surest first: all the same, another address, another title, another spelling."""


def _matched(old: list[Spot], new: list[Spot]) -> list[tuple[Spot, Spot]]:
    """Each old entry with the new one that it became, in the new order; of several, the one in its own section."""
    partners: dict[int, Spot] = {}
    left = list(old)
    for key in _MATCHES:
        waiting: dict[Hashable, list[Spot]] = defaultdict(list)
        for spot in left:
            waiting[key(spot.entry)].append(spot)
        for spot in new:
            found = waiting.get(key(spot.entry)) if id(spot) not in partners and key(spot.entry) is not None else None
            if found:
                near = (at for at, other in enumerate(found) if other.section == spot.section)
                partners[id(spot)] = found.pop(next(near, 0))
        taken = {id(spot) for spot in partners.values()}
        left = [spot for spot in left if id(spot) not in taken]
    return [(partners[id(spot)], spot) for spot in new if id(spot) in partners]


def _renamed(before: Issue, after: Issue, pairs: list[tuple[Spot, Spot]]) -> tuple[tuple[str, str], ...]:
    """Sections that are gone and most of whose entries stand in one section that is new."""
    old, new = ([section.title for section in issue.sections] for issue in (before, after))
    found = []
    for section in before.sections:
        if section.title in new or not section.entries:
            continue
        tops = [(one, other) for one, other in pairs if one.section == section.title and not one.parent]
        for title in new:
            there = sum(other.section == title for _, other in tops)
            if title not in old and there >= _RENAMED * len(section.entries):
                found.append((section.title, title))
    return tuple(found)


def _has_moved(one: Spot, other: Spot, names: dict[str, str]) -> bool:
    return names.get(one.section, one.section) != other.section or bool(one.parent) != bool(other.parent)


def _changes(one: Spot, other: Spot) -> Iterator[Change]:
    old, new = one.entry, other.entry
    for kind, was, now in (("title_changed", old.title, new.title), ("url_changed", old.url or "", new.url or "")):
        if was != now:
            yield Change(spot=other, kind=kind, before=was, after=now)
    before, after = _further(old), _further(new)
    for url in (url for url in before if url not in after):
        yield Change(spot=other, kind="secondary_link_removed", before=url, after="")
    for url in (url for url in after if url not in before):
        yield Change(spot=other, kind="secondary_link_added", before="", after=url)
    if _words(old, before.keys() ^ after.keys()) != _words(new, before.keys() ^ after.keys()):
        yield Change(spot=other, kind="note_changed", before=old.note, after=new.note)


def _further(entry: Entry) -> dict[str, str]:
    """The further links of an entry and of its note: title by address."""
    return {link.url: link.title for link in (*entry.links, *links(entry.note))}


def _words(entry: Entry, without: set[str]) -> str:
    """The words of a note but for those of some links, so that a link that came or went is told once."""
    words, skipped = [], False
    for token in tokens(entry.note):
        if token.name == "link":
            skipped = token.kind == "start" and str(token.value) in without
        elif not skipped and token.kind in ("text", "code"):
            words.append(str(token.value))
    return _NOT_WORDS.sub(" ", " ".join(words)).strip()

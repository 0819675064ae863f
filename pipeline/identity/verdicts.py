"""What an entry is to one that an earlier issue, or the same one, carried: the table of verdicts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from pipeline.addresses import is_attachment
from pipeline.identity.relation import Relation, relate, says_something
from pipeline.identity.spelling import bare
from pipeline.identity.titles import Title, read, squash
from pipeline.identity.urls import Identity, identify
from pipeline.identity.words import chinese
from pipeline.model import Entry

__all__ = ["Carried", "Verdict", "compare"]

_ROOTS = frozenset("site repo profile package podcast playlist".split())
"""Kinds of things that are linked again and again for what is new in them."""

_WATCHED = frozenset("video playlist episode podcast".split())
_HELD_BY_ACCOUNTS = frozenset("repo post".split())
_LATIN = re.compile(r"[a-z]{2}")
_WORDS_OF_A_NAME = 3
_EPISODE = re.compile(r"/(?:episodes?|podcasts?|videos?|talks?|webinars?)(?:/|$)")
_DATE = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/](\d\d?)[-/](\d\d?)(?!\d)")
_DIGITS = re.compile(r"\d+")
_VERSION = re.compile(r"(?<=\d)v\d+(?=\.pdf|$|[/?#.])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What an issue carried: title, address, and whether the link is a standing one (see the history)."""

    title: str
    url: str
    standing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an entry is to a carried one.

    `kind` is same, update, standing, wrong-link, likely, related or new; `why` says it in a few words.
    """

    kind: str
    why: str


_NEW = Verdict(kind="new", why="")


_identified = lru_cache(maxsize=1 << 14)(identify)
"""Remembered, because an archive is compared with itself entry by entry."""


def compare(entry: Entry, earlier: Carried) -> Verdict:
    """The verdict on an entry beside one that was carried; without an address on both sides the titles decide."""
    relation = relate(entry.title, earlier.title)
    if not (entry.url and earlier.url) or is_attachment(entry.url) or is_attachment(earlier.url):
        return _NEW if relation.kind == "unrelated" else Verdict(kind=relation.kind, why=relation.why)
    here, there = _identified(entry.url), _identified(earlier.url)
    if here.key == there.key:
        same = f"same {here.why}"
        if _VERSION.findall(entry.url) != _VERSION.findall(earlier.url) and here.kind == "paper":
            same += ", other version"
        telling = says_something(entry.title) and says_something(earlier.title)
        one, other = read(entry.title), read(earlier.title)
        other_part = bool(one.ordinals and other.ordinals) and one.ordinals != other.ordinals
        conflict, apart = telling and (relation.conflict or other_part), telling and _apart(one, other)
        why = relation.why if relation.conflict else "with another version, part or date in the title"
        misnamed = here.kind == "repo" and (_misnamed(here.key, one, other) or _misnamed(here.key, other, one))
        return _one_address(here, there, earlier.standing, _Titles(same, conflict, apart, misnamed, why))
    if any(identify(alias).key == there.key for alias in entry.alias):
        return Verdict(kind="same", why="same by an alias of the entry")
    return _two_addresses(relation, here, there)


class _Titles(NamedTuple):
    """What is said of two titles that stand over one address."""

    same: str
    conflict: bool
    apart: bool
    misnamed: bool
    why: str


def _one_address(here: Identity, there: Identity, standing: bool, titles: _Titles) -> Verdict:
    """The verdict where the addresses are of one thing, by what the titles say."""
    if here.anchor and there.anchor and here.anchor != there.anchor:
        return Verdict(kind="related", why=f"{titles.same}, another place in it")
    if standing or here.kind == "profile" or (titles.apart and here.kind in _ROOTS):
        return Verdict(kind="standing", why=f"{titles.same}, a link that stands for what is new there")
    if here.anchor != there.anchor:
        kind = "related" if titles.apart or titles.conflict else "likely"
        return Verdict(kind=kind, why=f"{titles.same}, one of them to a place in it")
    if titles.apart:
        return Verdict(kind="wrong-link", why=f"{titles.same}, under titles without a word in common")
    if titles.conflict:
        return Verdict(kind="update", why=f"{titles.same}, {titles.why}")
    why = f"{titles.same}, which has the name in one title and not that in the other"
    return Verdict(kind="wrong-link", why=why) if titles.misnamed else Verdict(kind="same", why=titles.same)


def _apart(one: Title, other: Title) -> bool:
    """Whether two titles of one script, so that they could have a word in common, have none."""
    scripts = bool(chinese(one.text)), bool(chinese(other.text))
    latin = bool(_LATIN.search(one.text)), bool(_LATIN.search(other.text))
    comparable = all(scripts) or (not any(scripts) and all(latin))
    return (
        comparable
        and not one.words & other.words
        and one.letters not in other.letters
        and other.letters not in one.letters
    )


def _misnamed(key: str, one: Title, other: Title) -> bool:
    """Whether one title is the name of the repository with a key, and the other, a single word, is another name.

    Both have a word of their own, as in “whisper openvino” and “faster-whisper”; one that is shorter names it still.
    """
    return (
        one.letters == squash(key.rpartition("/")[2])
        and not any(sign.isspace() for sign in other.text)
        and not one.words <= other.words
        and not other.words <= one.words
    )


def _two_addresses(relation: Relation, here: Identity, there: Identity) -> Verdict:
    """The verdict where the addresses differ, by the titles and by what the addresses are parts of."""
    if relation.kind != "unrelated" and not relation.conflict and _moved(here, there):
        return Verdict(kind="likely", why=f"{relation.why}, under one name in another place of the site")
    if relation.kind == "likely":
        return _likely(relation, here, there)
    if here.parent == there.key or there.parent == here.key:
        return Verdict(kind="related", why="one is a part of the other")
    if here.parent and here.parent == there.parent and here.kind not in _HELD_BY_ACCOUNTS:
        return Verdict(kind="related", why="parts of one thing")
    if relation.step == "equal" and _DATE.findall(here.url) == _DATE.findall(there.url) != []:
        return Verdict(kind="likely", why="the same title, under addresses of one date")
    return Verdict(kind="related", why=relation.why) if relation.kind == "related" else _NEW


def _likely(relation: Relation, here: Identity, there: Identity) -> Verdict:
    """The verdict on likely titles: only related where the addresses speak against it."""
    doubt = ""
    if _is_watched(here) != _is_watched(there):
        doubt = ", one to watch or hear and one to read"
    elif _site(here) == _site(there):
        if _numbered(here.key, there.key):
            doubt = ", at addresses that only numbers tell apart"
        elif "site" in (here.kind, there.kind):
            doubt = ", one of them of the whole site"
        elif relation.step == "segment":
            doubt = ", on one site"
    return Verdict(kind="related" if doubt else "likely", why=relation.why + doubt)


def _moved(here: Identity, there: Identity) -> bool:
    """Whether two addresses of one site end in the same name, one that says something, and have the same numbers."""
    name = bare(here.url.partition("?")[0]).rpartition("/")[2]
    return (
        _site(here) == _site(there)
        and here.kind == there.kind == "page"
        and name.count("-") + name.count("_") >= _WORDS_OF_A_NAME - 1
        and _DIGITS.findall(here.url) == _DIGITS.findall(there.url)
        and name == bare(there.url.partition("?")[0]).rpartition("/")[2]
    )


def _is_watched(identity: Identity) -> bool:
    """Whether an address is of something to watch or hear."""
    return identity.kind in _WATCHED or (identity.kind == "page" and _EPISODE.search(identity.key) is not None)


def _site(identity: Identity) -> str:
    """The site of an address: the host, or the platform that the tables know."""
    kind, _, rest = identity.key.partition(":")
    return rest.partition("/")[0] if kind == "url" else kind


def _numbered(one: str, other: str) -> bool:
    """Whether two keys of one site are words that agree and numbers that differ, as those of a series are."""
    here, there = squash(_DIGITS.sub("", one)), squash(_DIGITS.sub("", other))
    return here == there or (min(len(here), len(there)) > 30 and (here.startswith(there) or there.startswith(here)))

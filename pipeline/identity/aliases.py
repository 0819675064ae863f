"""Addresses that an editor has said to be of one thing, where no rule can know it: renamed accounts, moved sites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pipeline.identity.urls import Identity, identify

__all__ = ["BY_ALIAS", "Aliases", "aliases", "resolved"]

BY_ALIAS = "thing by an alias"

Place = tuple[str, str]
"""Key and anchor of an address."""

Aliases = Mapping[Place, Place]
"""What each address that is an alias stands for."""


def aliases(groups: Iterable[Iterable[str]]) -> Aliases:
    """The aliases that groups of addresses make.

    Each group holds addresses of one thing: a list of the publication's `aliases.yaml`, or an entry's address and what
    stands under its `alias`. Groups that share an address are one; all of a group stand for its first address.
    """
    firsts: dict[Place, Place] = {}
    members: dict[Place, list[Place]] = {}
    for group in groups:
        places = [_place(identify(url)) for url in group]
        for place in places:
            first, other = firsts.setdefault(places[0], places[0]), firsts.setdefault(place, place)
            if first != other:
                joined = members.pop(other, [other])
                firsts.update(dict.fromkeys(joined, first))
                members.setdefault(first, [first]).extend(joined)
    return {place: first for place, first in firsts.items() if place != first}


def resolved(identity: Identity, known: Aliases) -> Identity:
    """The identity of what an address stands for by the aliases, or as it is; `url` stays the address that was given.

    An alias of a whole page is one of every place in it, too.
    """
    place = _place(identity)
    if place in known:
        key, anchor = known[place]
    elif (identity.key, "") in known:
        key, anchor = known[identity.key, ""][0], identity.anchor
    else:
        return identity
    return replace(identity, key=key, anchor=anchor, why=BY_ALIAS)


def _place(identity: Identity) -> Place:
    return identity.key, identity.anchor

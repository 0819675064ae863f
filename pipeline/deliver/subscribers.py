"""Subscribers: who is on which list, since when and by what consent."""

from __future__ import annotations

import hashlib
import itertools
import re
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.deliver import request_statements, statements
from pipeline.deliver.addresses import Address
from pipeline.deliver.sorting import in_order
from pipeline.deliver.store import Store, Value
from pipeline.errors import PipelineError
from pipeline.model import Location

__all__ = [
    "MAIN",
    "STANDINGS",
    "STATES",
    "Member",
    "add",
    "audience",
    "counts",
    "erase",
    "leave",
    "lift",
    "list_id",
    "members",
    "state",
    "suppress",
    "take_in",
]

MAIN = "main"
"""The list that is meant where none is named."""

STATES = ("unconfirmed", "active", "unsubscribed", "bounced", "complained", "suppressed")
STANDINGS = STATES[3:]
"""What an address is on every list at once, whatever it is on each."""

_LIST = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_AT_ONCE = 1_000
"""People who are taken in by one transaction: some 20 ms of it, with a million in the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One who is to be on a list; `consented` is when they agreed, as it was told, and `source` where."""

    address: Address
    name: str = ""
    state: str = "active"
    source: str = ""
    consented: str = ""


def list_id(store: Store, name: str, *, make: bool = False) -> int:
    """The number of a list. Raises PipelineError where there is none of this name or can be none."""
    if make and _LIST.fullmatch(name):
        store.change(statements.LIST, name=name)
    number = store.number(statements.LIST_ID, name=name)
    if not number:
        known = ", ".join(row[0] for row in store.rows(statements.LISTS)) or "none yet"
        words = f"no list is called “{name}”: there is {known}"
        if make:
            words = f"“{name}” is no name for a list: use a-z, 0-9 and hyphens"
        raise PipelineError.at(Location(path=""), "list", words)
    return number


def add(store: Store, list_name: str, members: Iterable[Member], now: str, *, again: bool = False) -> None:
    """Puts a few people on a list, all or none.

    Who left or was erased stays away unless `again` says that they asked anew; who bounced or complained, always.
    """
    with store.transaction():
        rows = [_row(one) | {"id": _new_id()} for one in members]
        _put(store, list_id(store, list_name, make=True), rows, now, again=again)


def take_in(store: Store, list_name: str, members: Iterable[Member], now: str) -> Iterator[int]:
    """Puts any number of people on a list, slice by slice, as `add` does; how many were taken in at each step.

    All are read before the first is written, so that whatever `members` raises takes in nobody. Killed between two
    slices, it leaves the same as if it had not been once it is done again.
    """
    with in_order(map(_row, members)) as (count, people):
        number = list_id(store, list_name, make=True)
        ids = sorted(_new_id() for _ in range(count))  # as the keys are sorted, so that a slice writes to few pages
        whole = (person | {"id": new} for person, new in zip(people, ids, strict=True))
        taken = 0
        while rows := list(itertools.islice(whole, _AT_ONCE)):
            with store.transaction():
                taken += _put(store, number, rows, now, again=False)
            yield taken


def _put(store: Store, number: int, rows: Sequence[dict[str, Value]], now: str, *, again: bool) -> int:
    """Writes people and that they are on a list; how many, without the erased, who stay away."""
    if again:
        store.changes(statements.WELCOME_BACK, [{"digest": _digest(str(row["key"]))} for row in rows])
    elif gone := {row[0] for row in store.rows(statements.ALL_ERASED)}:
        rows = [row for row in rows if _digest(str(row["key"])) not in gone]
    whole = [row | {"list": number, "now": now, "again": again} for row in rows]
    store.changes(statements.SUBSCRIBER, whole)
    store.changes(statements.MEMBERSHIP, whole)
    return len(whole)


def _row(one: Member) -> dict[str, Value]:
    standing = one.state if one.state in STANDINGS else ""
    return {
        "key": one.address.key,
        "address": one.address.text,
        "name": one.name,
        "standing": standing,
        "state": "active" if standing else one.state,
        "source": one.source,
        "consented": one.consented,
    }


def _new_id() -> int:
    """By which tokens tell no count, and a number never comes to somebody else."""
    return secrets.randbits(62) + 1


def state(store: Store, list_name: str, address: Address) -> str:
    """The state of an address on a list; empty where it is not on it."""
    number = list_id(store, list_name)
    return next((str(row[0]) for row in store.rows(statements.STATE, list=number, key=address.key)), "")


def leave(store: Store, list_name: str, address: Address, now: str, *, but: int = 0) -> bool:
    """Takes an address off a list; whether it was on it. What they asked for before is void, `but` for one request."""
    with store.transaction():
        store.change(request_statements.VOID, key=address.key, list=list_name, but=but)
        return bool(store.change(statements.LEAVE, list=list_id(store, list_name), key=address.key, now=now))


def suppress(store: Store, address: Address, standing: str) -> None:
    """Mails an address never again, on no list, also where it is not known yet."""
    with store.transaction():
        store.change(request_statements.VOID, key=address.key, list="", but=0)
        row: dict[str, Value] = {
            "id": _new_id(),
            "key": address.key,
            "address": address.text,
            "name": "",
        }
        store.change(statements.SUBSCRIBER, **row, standing=standing)


def lift(store: Store, address: Address) -> bool:
    """Mails an address again that was not to be mailed; whether it was such a one."""
    with store.transaction():
        return bool(store.change(statements.LIFTED, key=address.key))


def erase(store: Store, address: Address) -> bool:
    """Forgets a person: name, address, consent and what was sent; whether there was one.

    A digest is kept, so that no old file brings them back.
    """
    with store.transaction():
        store.change(statements.ERASE_RECIPIENTS, key=address.key, nobody="erased-")
        store.change(statements.ERASE_MEMBERSHIPS, key=address.key)
        known = bool(store.change(statements.ERASE_SUBSCRIBER, key=address.key))
        store.change(request_statements.FORGOTTEN, key=address.key)
        store.change(statements.ERASED, digest=_digest(address.key))
    store.forget()
    return known


def _digest(key: str) -> str:
    return hashlib.sha256(f"erased\0{key}".encode()).hexdigest()


def members(store: Store, list_name: str) -> Iterator[tuple[str, ...]]:
    """Address, name, state, list, source, instant of consent and of the last change, by address."""
    list_id(store, list_name)
    return store.rows(statements.MEMBERS, list=list_name)


def counts(store: Store) -> Mapping[str, Counter[str]]:
    """How many are in each state, by list."""
    found: dict[str, Counter[str]] = {row[0]: Counter() for row in store.rows(statements.LISTS)}
    for name, word, number in store.rows(statements.COUNTS):
        found[name][word] = number
    return found


def audience(store: Store, list_name: str) -> int:
    """How many would get an issue now."""
    list_id(store, list_name)
    return store.number(statements.AUDIENCE, list=list_name)

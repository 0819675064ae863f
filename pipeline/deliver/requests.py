"""Requests to be taken in or to choose anew: who asked, how often, and what becomes of it when it is confirmed."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pipeline.deliver import request_statements, statements, subscribers
from pipeline.deliver.addresses import Address
from pipeline.deliver.store import Store
from pipeline.deliver.subscribers import Member

__all__ = ["DAYS", "Ask", "Request", "ask", "choose", "confirm", "lists_of", "request"]

DAYS = 7
"""For how many days a request may be confirmed; then it is deleted."""

_HOUR = 3600.0
_KEPT = DAYS * 24 * _HOUR
_FROM_ONE_NETWORK = 20
_TO_ONE_MAILBOX = 5
"""Confirmations to one address in those days while none of them is answered: what somebody else can make us send."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What somebody asks for, and from which network."""

    address: Address
    lists: tuple[str, ...]
    network: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Ask):
    """One that may be confirmed; `asked` is in seconds since 1970."""

    id: int
    asked: float
    confirmed: bool


def ask(store: Store, wanted: Ask, now: float, *, hourly: int) -> bool:
    """Takes a request; False where too many came from this network, or in all.

    One row is written whether or not the address is known, or asked too often: then no mail goes out, and nobody can
    tell. To one mailbox goes one confirmation an hour at the most (`_mailbox`).
    """
    since = now - _HOUR
    mailbox = _mailbox(wanted.address)
    with store.transaction():
        store.change(request_statements.OLD_REQUESTS, before=now - _KEPT)
        if store.number(request_statements.ASKED, since=since) >= hourly:
            return False
        if store.number(request_statements.ASKED_FROM, network=wanted.network, since=since) >= _FROM_ONE_NETWORK:
            return False
        lately = store.number(request_statements.MAILED_LATELY, mailbox=mailbox, since=since)
        unanswered = store.number(request_statements.MAILED, mailbox=mailbox, since=now - _KEPT)
        mailed = not lately and unanswered < _TO_ONE_MAILBOX
        store.change(
            request_statements.NEW_REQUEST,
            id=secrets.randbits(62) + 1,
            key=wanted.address.key,
            mailbox=mailbox,
            address=wanted.address.text,
            lists=" ".join(wanted.lists),
            network=wanted.network,
            asked=now,
            open=mailed,
            mail="queued" if mailed else "none",
        )
    return True


def _mailbox(address: Address) -> str:
    """A digest of what large services deliver to one mailbox, whatever dots and `+tags` stand in it."""
    local, _, domain = address.key.rpartition("@")
    plain = local.partition("+")[0].replace(".", "")
    return hashlib.sha256(f"mailbox\0{plain}@{domain}".encode()).hexdigest()


def request(store: Store, number: int, now: float) -> Request | None:
    """The request of a number, None where there is none that may still be confirmed."""
    for found, key, text, lists, network, asked, confirmed in store.rows(
        request_statements.REQUEST, id=number, since=now - _KEPT
    ):
        return Request(
            id=found,
            address=Address(text, key),
            lists=tuple(lists.split()),
            network=network,
            asked=asked,
            confirmed=bool(confirmed),
        )
    return None


def confirm(store: Store, number: int, network: str, now: float) -> Request | None:
    """Does what was asked for, once, whoever has left before; None where it may not be confirmed any more."""
    with store.transaction():
        found = request(store, number, now)
        if found and not found.confirmed:
            for name in found.lists:
                _join(store, found, name, network, now)
            store.change(request_statements.CONFIRMED, id=number)
    return found


def choose(store: Store, number: int, wanted: Collection[str], network: str, now: float) -> Request | None:
    """Puts whoever made a request on these lists and takes them off all others; None where it is void."""
    with store.transaction():
        found = request(store, number, now)
        if found:
            before = dict(store.rows(statements.MEMBERSHIPS, key=found.address.key))  # whatever bounced
            for name in wanted:
                if before.get(name) != "active":
                    _join(store, found, name, network, now)
            for name, state in before.items():
                if name not in wanted and state != "unsubscribed":
                    subscribers.leave(store, name, found.address, _written(now), but=number if wanted else 0)
            store.change(request_statements.CONFIRMED, id=number)
    return found


def _join(store: Store, found: Request, name: str, network: str, now: float) -> None:
    source = f"web, asked {_written(found.asked)} from {found.network}, confirmed from {network}"
    member = Member(address=found.address, source=source, consented=_written(now))
    subscribers.add(store, name, [member], _written(now), again=True)


def lists_of(store: Store, address: Address) -> Mapping[str, str]:
    """The lists that an address is or was on, and its state on each."""
    return dict(store.rows(statements.ON_LISTS, key=address.key))


def _written(moment: float) -> str:
    return datetime.datetime.fromtimestamp(moment, datetime.UTC).isoformat(timespec="seconds")

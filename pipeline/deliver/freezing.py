"""Freezing: every recipient of a send is written before its first message, in slices that let others write between."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.deliver import statements
from pipeline.deliver.ledger import Plan, Send, found
from pipeline.deliver.store import Store

__all__ = ["SLICE", "begun", "freeze"]

SLICE = 250
"""Members of a list that are looked at in one transaction: some 10 ms of it, with a million in the table."""


def begun(store: Store, plan: Plan, now: str) -> Send | None:
    """Writes a send of which nobody is a recipient yet; None where another process was quicker.

    A correction lets nobody send any more what it corrects.
    """
    with store.transaction():
        before = found(store, plan.issue, plan.list)
        if before and before.correction >= plan.correction:
            return None
        if before:
            store.change(statements.PAUSE, send=before.id, now=now)
        list_id = store.number(statements.LIST_ID, name=plan.list)
        values = {name: getattr(plan, name) for name in Plan.__slots__ if name != "list"}
        store.added(statements.NEW_SEND, **values, list=list_id, began=now)
    return found(store, plan.issue, plan.list)


def freeze(store: Store, send: Send, now: str) -> Iterator[None]:
    """Writes the recipients slice by slice until they are all there, a slice a step; nobody is mailed before that.

    How far it is stands in the ledger: after a kill it goes on there, and several processes may do it at once. The
    recipients of a first send are the active on its list, those of a correction whoever had the send before it, may
    have had it, or was still to get it.
    """
    while _sliced(store, send, now):
        yield


def _sliced(store: Store, send: Send, now: str) -> bool:
    """Writes the next slice; whether there may be more."""
    with store.transaction():
        where = [str(cursor) for (cursor,) in store.rows(statements.CURSOR, send=send.id)]
        if not where:
            return False  # another process was quicker
        if send.correction:
            key, place = "before", store.number(statements.BEFORE, send=send.id)
            after: str | int = where[0]
            slice_, rows = statements.SLICE_AGAIN, statements.FREEZE_AGAIN
        else:
            key, place = "list", store.number(statements.LIST_OF, send=send.id)
            after = int(where[0] or 0)
            slice_, rows = statements.SLICE, statements.FREEZE
        ((upto,),) = store.rows(slice_, after=after, most=SLICE, **{key: place})
        if upto is None:
            store.change(statements.FROZEN, send=send.id, now=now)
            return False
        store.change(rows, send=send.id, after=after, upto=upto, **{key: place})
        store.change(statements.ADVANCED, send=send.id, upto=str(upto))
    return True

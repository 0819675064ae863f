"""The ledger of sends: a row for each recipient, frozen before the first message, and its state."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.deliver import statements
from pipeline.deliver.store import Store, Value
from pipeline.deliver.transport import Answer, Outcome

__all__ = ["Claimed", "Ledger", "Plan", "Send", "found", "freeze"]

BATCH = 100
"""Recipients that a process holds at once."""

LEASE = 900.0
"""Seconds for which it holds them: more than every time limit of one message. A death is seen at once (`presence`)."""

PAUSES = (30.0, 120.0, 480.0, 1800.0, 3600.0, 7200.0)
"""Seconds between the tries for one recipient; after the last of them it has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be sent: the subject and the hash of the built message, its pieces (`letter.dumped`), from where."""

    issue: str
    list: str
    subject: str
    sender: str
    domain: str
    hash: str
    revision: str
    date: str
    pieces: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(Plan):
    """A plan whose recipients are frozen."""

    id: int
    began: str
    ended: str


class Claimed(NamedTuple):
    """A recipient that this process alone may mail, as long as the fence stands."""

    id: int
    subscriber: int
    address: str
    name: str
    attempts: int
    fence: int


def found(store: Store, issue: str, list_name: str) -> Send | None:
    """The send of an issue to a list, None where it never was."""
    names = "id issue list subject sender domain hash revision date pieces began ended".split()
    for row in store.rows(statements.SEND, issue=issue, list=list_name):
        return Send(**dict(zip(names, row, strict=True)))
    return None


def freeze(store: Store, plan: Plan, now: str) -> Send | None:
    """Writes the send and every recipient at once; None where another process was quicker."""
    with store.transaction():
        if found(store, plan.issue, plan.list):
            return None
        list_id = store.number(statements.LIST_ID, name=plan.list)
        values = {name: getattr(plan, name) for name in Plan.__slots__ if name != "list"}
        send = store.added(statements.NEW_SEND, **values, list=list_id, began=now)
        store.change(statements.FREEZE, send=send, list=list_id)
    return found(store, plan.issue, plan.list)


class Ledger:
    """One send as one process sees it; its methods are to be called within a transaction of the store.

    `owner` is the process's name, `resend` says that uncertain recipients get the message again.
    """

    def __init__(
        self, store: Store, send: int, owner: str, *, resend: bool, pauses: tuple[float, ...] = PAUSES
    ) -> None:
        self.store, self.send, self.owner, self.resend = store, send, owner, resend
        self._pauses = pauses
        self._held: list[Claimed] = []

    def turn(self, now: float) -> Claimed | None:
        """The next recipient, marked as being sent to; None where none is due.

        Whoever left, bounced or complained since the freeze is looked up here, and withdrawn.
        """
        while self._held or self._claim(now):
            one = self._held.pop()
            if self.store.change(statements.INTENT, id=one.id, fence=one.fence, now=now, until=now + LEASE):
                return one
            self.store.change(statements.WITHDRAW, id=one.id, fence=one.fence, now=now)
        return None

    def _claim(self, now: float) -> bool:
        most, until = BATCH, now + LEASE
        rows = self.store.rows(statements.CLAIM, send=self.send, owner=self.owner, now=now, until=until, most=most)
        self._held = [Claimed(*row) for row in rows][::-1]
        return bool(self._held)

    def record(self, one: Claimed, answer: Answer, now: float) -> None:
        """What became of a recipient's message."""
        state, due = str(answer.outcome), 0.0
        again = answer.outcome in (Outcome.LATER, Outcome.LOST)
        again |= answer.outcome is Outcome.UNCERTAIN and self.resend
        if again and one.attempts < len(self._pauses):
            state, due = "queued", now + self._pauses[one.attempts]
        elif again and answer.outcome is not Outcome.UNCERTAIN:
            state = "failed"
        self._write(one, state, answer.reason, now, due)

    def _write(self, one: Claimed, state: str, reason: str, now: float, due: float = 0.0) -> None:
        values: dict[str, Value] = {"id": one.id, "fence": one.fence, "state": state, "reason": reason[:500]}
        self.store.change(statements.RESULT, now=now, due=due, **values)

    def release(self) -> None:
        """Gives back what this process holds and has not sent."""
        self._held = []
        self.store.change(statements.RELEASE, send=self.send, owner=self.owner)

    def inherit(self, alive: Callable[[str], bool], accepted: Callable[[Claimed], bool | None], now: float) -> None:
        """Settles what senders that are no more have left: asks the transport whether it has the message.

        What it cannot tell is uncertain, and is held or sent again as was decided.
        """
        for (owner,) in list(self.store.rows(statements.OWNERS, send=self.send)):
            if owner != self.owner and not alive(owner):
                self.store.change(statements.RELEASE, send=self.send, owner=owner)
                self._settle(statements.OPEN, owner, accepted, now)
        self._settle(statements.OPEN, "", accepted, now)
        self._settle(statements.UNCERTAIN, None, accepted, now)

    def _settle(
        self, statement: str, owner: str | None, accepted: Callable[[Claimed], bool | None], now: float
    ) -> None:
        rows = self.store.rows(statement, send=self.send, owner=owner, now=now)
        for one in [Claimed(*row) for row in rows]:
            had = accepted(one)
            state = "sent" if had else "queued" if had is False or self.resend else "uncertain"
            if state == "uncertain" and owner is None:
                continue  # it is known why
            reason = "the sender was stopped while it was being sent" if state == "uncertain" else ""
            self._write(one, state, reason, now)

    def next_due(self) -> float | None:
        """The instant at which the next recipient may be tried; None where none is left."""
        for (due,) in self.store.rows(statements.NEXT_DUE, send=self.send):
            return None if due is None else float(due)
        return None

    def tally(self) -> Mapping[str, int]:
        """How many recipients are in each state."""
        return dict(tuple(row) for row in self.store.rows(statements.TALLY, send=self.send))

    def named(self, most: int) -> Iterator[tuple[str, str, str]]:
        """Address, state and reason of those that failed or are uncertain."""
        return (
            (address, state, reason)
            for address, state, reason in self.store.rows(statements.NAMED, send=self.send, most=most)
        )

    def again(self, state: str) -> int:
        """Puts those in a state back into the queue; how many these are."""
        self.store.change(statements.REOPENED, send=self.send)
        return self.store.change(statements.AGAIN, send=self.send, state=state)

    def end(self, now: str) -> None:
        """Writes that nobody is left in the queue."""
        self.store.change(statements.ENDED, send=self.send, now=now)

"""The ledger of sends: a row for each recipient, and its state."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pipeline.deliver import bounce_statements, statements
from pipeline.deliver.pace import Pace
from pipeline.deliver.store import Store, Value
from pipeline.deliver.transport import Answer, Outcome

__all__ = ["Claimed", "Ledger", "Plan", "Send", "found"]

BATCH = 100
"""Recipients that a process holds at once."""

LEASE = 900.0
"""Seconds for which it holds them: more than every time limit of one message. A death is seen at once (`presence`)."""

_CLAIMS = 5  # batches that are looked through for one recipient in one transaction
_KEPT = 20  # recipients that are kept at hand though their domain may not have more at once
_SOON = 1.0
_DOUBTFUL = 5_000  # a restored backup may leave a million in doubt

PAUSES = (30.0, 120.0, 480.0, 1800.0, 3600.0, 7200.0)
"""Seconds between the tries for one recipient; after the last of them it has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be sent: the subject and the hash of the built message, its pieces (`letter.dumped`), from where.

    `correction` counts how often the issue was corrected for this list.
    """

    issue: str
    list: str
    subject: str
    sender: str
    domain: str
    hash: str
    revision: str
    date: str
    pieces: str
    correction: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Send(Plan):
    """A plan that was begun: when, and since when its recipients are frozen, it is paused or ended; empty for not."""

    id: int
    began: str
    frozen: str
    paused: str
    ended: str


class Claimed(NamedTuple):
    """A recipient that this process alone may mail, as long as the fence stands; `at` is when it was last tried."""

    id: int
    subscriber: int
    address: str
    name: str
    attempts: int
    fence: int
    at: float = 0.0

    @property
    def domain(self) -> str:
        """Where the mail goes."""
        return self.address.rpartition("@")[2]


_NAMES = (
    *("id", "issue", "list", "subject", "sender", "domain", "hash", "revision", "date", "pieces", "correction"),
    *("began", "frozen", "paused", "ended"),
)


def found(store: Store, issue: str, list_name: str) -> Send | None:
    """The send of an issue to a list, the newest where it was corrected; None where it never was."""
    for row in store.rows(statements.SEND, issue=issue, list=list_name):
        return Send(**dict(zip(_NAMES, row, strict=True)))
    return None


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

    def turn(self, now: float, pace: Pace | None = None) -> Claimed | float | None:
        """The next recipient, marked as being sent to; else the instant at which to ask again.

        None where none is left, or somebody has paused it. Whoever left, bounced or complained since the freeze is
        looked up here, and withdrawn. Those whose domain may not have more now are left for later, and hold up nobody
        else.
        """
        pace = pace or Pace()
        if pace.free() <= now and (one := self._begun(now, pace)):
            return one
        if self.paused():
            return None
        if pace.free() > now:
            return pace.free()
        waiting = [self.next_due(), *(pace.when(one.domain, now) for one in self._held)]
        return min((due for due in waiting if due is not None), default=None)

    def _begun(self, now: float, pace: Pace) -> Claimed | None:
        """The first recipient who may have a message now, marked so; nobody may while it is paused."""
        for _ in range(_CLAIMS):
            while one := self._next(now, pace):
                if self.store.change(statements.INTENT, id=one.id, fence=one.fence, now=now, until=now + LEASE):
                    pace.began(one.domain, now)
                    return one
                if self.paused():
                    self._held.append(one)
                    return None
                self.store.change(statements.WITHDRAW, id=one.id, fence=one.fence, now=now)
            if not self._claim(now):
                break
        return None

    def _next(self, now: float, pace: Pace) -> Claimed | None:
        """The first of those held whose domain may have one; most whose domain may not are put off."""
        for kept, place in enumerate(range(len(self._held) - 1, -1, -1)):
            one = self._held[place]
            when = pace.when(one.domain, now)
            if when <= now:
                return self._held.pop(place)
            if kept >= _KEPT or when > now + _SOON:
                self.store.change(statements.PUT_OFF, id=one.id, fence=one.fence, due=max(when, now + _SOON))
                del self._held[place]
        return None

    def _claim(self, now: float) -> bool:
        most, until = BATCH, now + LEASE
        rows = self.store.rows(statements.CLAIM, send=self.send, owner=self.owner, now=now, until=until, most=most)
        found = [Claimed(*row) for row in rows][::-1]
        self._held = found + self._held
        return bool(found)

    def record(self, one: Claimed, answer: Answer, now: float) -> bool:
        """Writes what became of a recipient's message; whether it has failed, and is not tried again."""
        state, due = str(answer.outcome), 0.0
        again = answer.outcome in (Outcome.LATER, Outcome.LOST)
        again |= answer.outcome is Outcome.UNCERTAIN and self.resend
        if again and one.attempts < len(self._pauses):
            state, due = "queued", now + self._pauses[one.attempts]
        elif again and answer.outcome is not Outcome.UNCERTAIN:
            state = "failed"
        self._write(one, state, answer.reason, now, due)
        return state == "failed"

    def _write(self, one: Claimed, state: str, reason: str, now: float, due: float = 0.0) -> None:
        values: dict[str, Value] = {"id": one.id, "fence": one.fence, "state": state, "reason": reason[:500]}
        self.store.change(statements.RESULT, now=now, due=due, **values)

    def release(self) -> None:
        """Gives back what this process holds and has not sent."""
        self._held = []
        self.store.change(statements.RELEASE, send=self.send, owner=self.owner)

    def inherit(self, alive: Callable[[str], bool]) -> None:
        """Gives back what senders that are no more held; what they were sending is doubtful."""
        for (owner,) in list(self.store.rows(statements.OWNERS, send=self.send)):
            if owner != self.owner and not alive(owner):
                self.store.change(statements.ABANDONED, send=self.send, owner=owner)

    def doubtful(self, now: float, after: int = 0) -> list[Claimed]:
        """The next of those of whom nobody knows whether they have the message, by their number."""
        rows = self.store.rows(statements.DOUBTFUL, send=self.send, now=now, after=after, most=_DOUBTFUL)
        return [Claimed(*row) for row in rows]

    def settle(self, one: Claimed, accepted: bool | None, now: float) -> None:
        """Writes what a doubtful recipient is: whoever has the message has it, whoever has not gets it.

        Where that cannot be told it is uncertain, and held, or sent again as was decided.
        """
        if accepted is None and not self.resend:
            reason = "the sender was stopped while it was being sent"
            self.store.change(statements.HELD, id=one.id, fence=one.fence, reason=reason)
        else:
            self._write(one, "sent" if accepted else "queued", "", now)

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
        self.store.change(bounce_statements.TRIED_AGAIN, send=self.send, state=state)
        self.store.change(statements.REOPENED, send=self.send)
        return self.store.change(statements.AGAIN, send=self.send, state=state)

    def pause(self, now: str) -> None:
        """Lets no process claim any more; with an empty `now` they may again."""
        self.store.change(statements.PAUSE, send=self.send, now=now)

    def paused(self) -> bool:
        """Whether somebody paused it."""
        return any(since for (since,) in self.store.rows(statements.PAUSED, send=self.send))

    def end(self, now: str) -> None:
        """Writes that nobody is left in the queue."""
        self.store.change(statements.ENDED, send=self.send, now=now)

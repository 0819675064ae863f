"""What follows from what came back: who is believed, what is counted, and who is mailed no more."""

from __future__ import annotations

import contextlib
import datetime
import enum
import hashlib
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.bounces.notice import Kind, Notice
from pipeline.bounces.verdict import Verdict, status_in, verdict
from pipeline.deliver import bounce_statements, request_statements
from pipeline.deliver.addresses import address
from pipeline.deliver.letter import message_id, send_name
from pipeline.deliver.store import Store
from pipeline.deliver.tokens import Keys, Returned

__all__ = ["IN_A_ROW", "OVER", "Outcome", "Result", "recorded", "refused"]

IN_A_ROW = 5
"""Issues in a row that must have come back until a subscriber whose mailbox takes nothing has bounced."""

OVER = datetime.timedelta(days=14)
"""The time that must lie between the first and the last of these."""

_UNDER_WAY = datetime.timedelta(days=5)  # servers try for so long: what is younger may still come back
_LOOKED_AT = 50
_AT_ONCE = 200


class Outcome(enum.StrEnum):
    """What a message turned out to be; what `hard` and `soft` are see `Verdict`.

    `unproven` is a report with no token of ours, `gone` one of somebody who was erased, `seen` one that was recorded
    in an earlier run.
    """

    HARD = "hard"
    SOFT = "soft"
    BLOCKED = "blocked"
    COMPLAINT = "complaint"
    DELAYED = "delayed"
    REPLY = "reply"
    UNPROVEN = "unproven"
    GONE = "gone"
    OTHER = "other"
    SEEN = "seen"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A message and its outcome; `address` is the subscriber's, or for want of one that which the message names.

    `standing` is what the subscriber has become by it, empty where nothing has changed.
    """

    notice: Notice
    outcome: Outcome
    address: str = ""
    standing: str = ""


class _UndoneError(Exception):
    """Ends a transaction that was only to show."""


def recorded(
    store: Store, keys: Keys, notices: Iterable[Notice], now: datetime.datetime, *, dry: bool
) -> Iterator[Result]:
    """What became of each message, each recorded once; `dry` writes nothing. Messages are read between transactions."""
    rest = iter(notices)
    while batch := list(rest if dry else itertools.islice(rest, _AT_ONCE)):
        results: list[Result] = []
        with contextlib.suppress(_UndoneError), store.transaction():
            results += [_result(store, keys, notice, now) for notice in batch]
            if dry:
                raise _UndoneError
        yield from results


_NEEDS_NOBODY = {Kind.DELAYED: Outcome.DELAYED, Kind.REPLY: Outcome.REPLY, Kind.OTHER: Outcome.OTHER}


def _result(store: Store, keys: Keys, notice: Notice, now: datetime.datetime) -> Result:
    named = next(iter(notice.recipients), "")
    if notice.kind in _NEEDS_NOBODY:
        return Result(notice=notice, outcome=_NEEDS_NOBODY[notice.kind], address=named)
    whose = _whose(store, keys, notice)
    if whose is None:
        return Result(notice=notice, outcome=Outcome.UNPROVEN, address=named)
    row = next(store.rows(bounce_statements.WHO, subscriber=whose.subscriber), None)
    if row is None:
        return Result(notice=notice, outcome=Outcome.GONE)
    key, written, _ = row
    digest = hashlib.sha256(f"{notice.identity} {whose.subscriber}".encode()).hexdigest()
    if store.number(bounce_statements.SEEN, digest=digest):
        return Result(notice=notice, outcome=Outcome.SEEN, address=written)
    evidence = _Evidence(digest=digest, outcome=_outcome(notice, key), status=notice.status, reason=notice.reason)
    standing = _concluded(store, whose, key, evidence, now)
    return Result(notice=notice, outcome=evidence.outcome, address=written, standing=standing)


def refused(store: Store, whose: Returned, reason: str, now: datetime.datetime) -> None:
    """Records, within a transaction, what a server said when it refused a subscriber's message at once and for good.

    It means what it would mean in a report: `verdict`.
    """
    row = next(store.rows(bounce_statements.WHO, subscriber=whose.subscriber), None)
    digest = hashlib.sha256(f"refused {whose.send} {reason} {whose.subscriber}".encode()).hexdigest()
    if row is None or store.number(bounce_statements.SEEN, digest=digest):
        return
    status = status_in(reason)
    evidence = _Evidence(digest=digest, outcome=Outcome(verdict(status, reason)), status=status, reason=reason[:500])
    _concluded(store, whose, row[0], evidence, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Evidence:
    """What is kept of a message that came back or was refused; `digest` tells it from all others."""

    digest: str
    outcome: Outcome
    status: str
    reason: str


def _concluded(store: Store, whose: Returned, key: str, evidence: _Evidence, now: datetime.datetime) -> str:
    """Keeps the evidence; what the subscriber has become by it, empty where nothing has changed."""
    store.change(
        bounce_statements.BOUNCE,
        digest=evidence.digest,
        subscriber=whose.subscriber,
        send=whose.send,
        verdict=str(evidence.outcome),
        status=evidence.status,
        reason=evidence.reason,
        at=now.isoformat(timespec="seconds"),
    )
    standing = _standing(store, evidence.outcome, whose.subscriber, now)
    if standing and store.change(bounce_statements.STAND, subscriber=whose.subscriber, standing=standing):
        store.change(request_statements.VOID, key=key, list="", but=0)
        return standing
    return ""


def _whose(store: Store, keys: Keys, notice: Notice) -> Returned | None:
    """Whose message came back, by a token that proves itself; None where there is none, or some of several people.

    The token in the address that the report came to is asked first: what it holds besides may be of anyone.
    """
    for tokens in (notice.own, notice.returned):
        found = {one for one in map(keys.returned, tokens) if one}
        if len({one.subscriber for one in found}) == 1:
            return max(found)
    bearers = {one.subscriber for one in map(keys.bearer, notice.leave) if one}
    if len(bearers) != 1:
        return None
    (subscriber,) = bearers
    return Returned(_send_of(store, subscriber, notice.message_id), subscriber)


def _send_of(store: Store, subscriber: int, returned: str) -> int:
    """The send whose message to a subscriber has this Message-ID; 0 where none has."""
    for send, issue, list_name, hash_, domain, sent_to in store.rows(bounce_statements.SENT_TO, subscriber=subscriber):
        if message_id(send_name(issue, list_name, hash_), sent_to, domain) == returned:
            return int(send)
    return 0


def _outcome(notice: Notice, key: str) -> Outcome:
    """What it is; who is not there must be the subscriber, not one to whom their mail is passed on."""
    if notice.kind is Kind.COMPLAINT:
        return Outcome.COMPLAINT
    found = verdict(notice.status, notice.reason)
    named = {parsed.key for parsed in map(address, notice.recipients) if parsed}
    if found is Verdict.HARD and named and key not in named:
        return Outcome.SOFT
    return Outcome(found)


def _standing(store: Store, outcome: Outcome, subscriber: int, now: datetime.datetime) -> str:
    if outcome is Outcome.COMPLAINT:
        return "complained"
    worn = outcome is Outcome.SOFT and _worn_out(store, subscriber, now)
    return "bounced" if worn or outcome is Outcome.HARD else ""


def _worn_out(store: Store, subscriber: int, now: datetime.datetime) -> bool:
    """Whether issue after issue came back to the last, for long enough."""
    rows = store.rows(bounce_statements.RUN, subscriber=subscriber, most=_LOOKED_AT)
    old = (now - _UNDER_WAY).timestamp()
    settled = itertools.dropwhile(lambda row: not row[1] and row[0] > old, rows)
    run = [at for at, _ in itertools.takewhile(lambda row: row[1], settled)]
    return len(run) >= IN_A_ROW and run[0] - run[-1] >= OVER.total_seconds()

"""A look at one address, step by step: HEAD, GET where that is not answered well, and wherever redirects lead."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from http import HTTPStatus

from pipeline.fetch import Answer, Failure, Outcome, Target, Trouble, target
from pipeline.linkrot.record import Record, State

__all__ = ["Visit", "step", "visit"]

_HOPS_AT_MOST = 10
_GONE = (404, 410)
_ALIVE = (304, 416)
"""Not modified, and no such range: what was asked for is there, though not in the way it was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """The next request of a look at `url`: `method` at `at`, which is on `host`.

    `been` are the addresses that redirected, `for_good` tells whether each of them said so for ever, `waits` how often
    a server asked to wait.
    """

    url: str
    at: str
    host: str
    method: str = "HEAD"
    been: tuple[str, ...] = ()
    for_good: bool = True
    waits: int = 0

    def found(self, state: State, now: datetime.datetime, *, status: int = 0, reason: str = "") -> Record:
        """The end of the look; `reason` is of the address that was asked last."""
        leads = self.at if self.been else ""
        reason = f"redirects to {leads}, which {reason}" if leads and reason else reason
        return Record(url=self.url, state=state, checked=now, status=status, reason=reason, target=leads)


def visit(url: str, now: datetime.datetime) -> Visit | Record:
    """The first step of a look at an address; a Record where there is nothing to ask."""
    return _at(Visit(url=url, at=url, host=""), url, now)


def step(before: Visit, outcome: Outcome, now: datetime.datetime) -> Visit | Record:
    """What to do after a request and what came of it: the next request, or what was found."""
    if isinstance(outcome, Answer):
        if outcome.location:
            return _redirected(before, outcome, now)
        if outcome.status < 400 or outcome.status in _ALIVE:
            moved = before.been and before.for_good
            return before.found(State.REDIRECTED if moved else State.OK, now, status=outcome.status)
    if before.method == "HEAD" and not (isinstance(outcome, Failure) and outcome.trouble is Trouble.EXCLUDED):
        return replace(before, method="GET")
    if isinstance(outcome, Failure):
        return before.found(State(str(outcome.trouble)), now, reason=outcome.reason)
    state = State.GONE if outcome.status in _GONE else State.ERROR
    return before.found(state, now, status=outcome.status, reason=f"answers {_named(outcome.status)}")


def _redirected(before: Visit, answer: Answer, now: datetime.datetime) -> Visit | Record:
    to = answer.location.partition("#")[0]
    if to in (*before.been, before.at):
        return before.found(State.ERROR, now, status=answer.status, reason="redirects in a circle")
    if len(before.been) == _HOPS_AT_MOST:
        return before.found(State.ERROR, now, status=answer.status, reason="redirects on and on")
    for_good = before.for_good and answer.status in (301, 308)
    return _at(replace(before, been=(*before.been, before.at), for_good=for_good, method="HEAD"), to, now)


def _at(before: Visit, url: str, now: datetime.datetime) -> Visit | Record:
    asked: Target | Failure = target(url)
    if isinstance(asked, Failure):
        return replace(before, at=url).found(State(str(asked.trouble)), now, reason=asked.reason)
    return replace(before, at=url, host=asked.host)


def _named(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)

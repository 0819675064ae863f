"""What is known of a link, and for how long that is good."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass, replace

__all__ = ["Record", "State"]


class State(enum.StrEnum):
    """How a link is; `redirected` is for good, `excluded` was never asked."""

    OK = "ok"
    REDIRECTED = "redirected"
    GONE = "gone"
    TIMEOUT = "timeout"
    EXCLUDED = "excluded"
    ERROR = "error"


_DAY = datetime.timedelta(days=1)
_GOOD_FOR = {
    State.OK: 7 * _DAY,
    State.REDIRECTED: 7 * _DAY,
    State.GONE: _DAY,
    State.EXCLUDED: 0 * _DAY,
    State.TIMEOUT: _DAY / 24,
    State.ERROR: _DAY / 24,
}
"""Failures seldom last and are soon asked anew, but not at once, or two runs would prove nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What a look at an address found: its state, in words, where it leads, and in how many runs on end it failed.

    `status` is 0 where no server answered.
    """

    url: str
    state: State
    checked: datetime.datetime
    status: int = 0
    reason: str = ""
    target: str = ""
    failures: int = 0

    @property
    def alive(self) -> bool:
        """Whether readers get there."""
        return self.state in (State.OK, State.REDIRECTED)

    def fresh(self, now: datetime.datetime) -> bool:
        """Whether it need not be asked again yet."""
        return self.checked <= now < self.checked + _GOOD_FOR[self.state]

    def after(self, before: Record | None) -> Record:
        """The record with its failures counted on from the look before it; a server's refusal is no failure."""
        if self.state is State.TIMEOUT or (self.state is State.ERROR and not 400 <= self.status < 500):
            return replace(self, failures=(before.failures if before else 0) + 1)
        return self

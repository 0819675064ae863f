"""Conducts a run over links: what is known is not asked, what is asked is remembered as it comes."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from pipeline.fetch import Answer, Failure, Outcome, Policy, Rounds, Trouble, ask
from pipeline.linkrot import Record, State, Visit, step, visit
from pipeline.patrol.memory import Memory

__all__ = ["Looked", "look"]

_LONGEST_WAIT = 60.0
_WAITS = 2
_WITHOUT_A_WORD = 30.0
_LEFT_ALONE = 3600.0
"""Seconds: for how long a run waits where a host asks for it, and what 429 means where it does not say."""

_LONGEST_POSTPONED = 7 * 86400.0

_SILENCE = 3
"""Requests on end without an answer after which nothing more is asked of a host."""

_DOWN = 3
"""Hosts, all that were asked, without an answer: it is not they that are down."""


@dataclass(slots=True)
class Looked:
    """What is known of links after a run.

    `postponed` are hosts and until when they asked to be left alone; `offline`: nothing at all answered, and nothing
    was learnt; `stopped`: the run was interrupted.
    """

    records: dict[str, Record] = field(default_factory=dict)
    postponed: dict[str, datetime.datetime] = field(default_factory=dict)
    asked: int = 0
    offline: bool = False
    stopped: bool = False


def look(
    urls: Iterable[str], memory: Memory, policy: Policy, progress: Callable[[int, int], None], *, pause: float = 0.5
) -> Looked:
    """Looks at the addresses that are not freshly known; `progress` is told how many of how many are done.

    One request a host at a time, `pause` seconds between two. An interruption (Ctrl-C) keeps what was learnt.
    """
    return _Run(memory, policy, pause).over(list(dict.fromkeys(urls)), progress)


class _Run:
    """One run: the rounds, and what was seen so far."""

    def __init__(self, memory: Memory, policy: Policy, pause: float) -> None:
        def request(one: Visit) -> Outcome:
            return ask(one.method, one.at, policy, {"Range": "bytes=0-1023"} if one.method == "GET" else {})

        self._memory, self._before = memory, memory.records()
        self._rounds = Rounds(request, pause=pause)
        self._looked = Looked(postponed=memory.postponed(_now()))
        self._silent: Counter[str] = Counter()
        self._answered = False
        self._doubted: list[Record] = []
        self._done = 0

    def over(self, urls: list[str], progress: Callable[[int, int], None]) -> Looked:
        looked, now = self._looked, _now()
        for url in urls:
            before = self._before.get(url)
            if before and before.fresh(now):
                looked.records[url] = before
            else:
                looked.asked += 1
                self._go_on(visit(url, now))
        try:
            progress(0, looked.asked)
            for one, outcome in self._rounds:
                self._take(one, outcome)
                progress(self._done, looked.asked)
        except KeyboardInterrupt:
            looked.stopped = True
        silent = {host for host, count in self._silent.items() if count}
        looked.offline = not self._answered and len(silent) >= _DOWN
        if looked.offline:
            for record in self._doubted:
                del looked.records[record.url]
        else:
            self._believe()
        for url in urls:  # what could not be asked now is as it was
            if url not in looked.records and url in self._before:
                looked.records[url] = self._before[url]
        return looked

    def _go_on(self, after: Visit | Record) -> None:
        """Queues the next request, or keeps what was found."""
        if isinstance(after, Record):
            self._keep(after)
        elif after.host in self._looked.postponed:
            self._done += 1
        else:
            self._rounds.add(after.host, after)

    def _take(self, one: Visit, outcome: Outcome) -> None:
        """What follows from an answer, or from none."""
        now = _now()
        if isinstance(outcome, Failure):
            self._silent[one.host] += outcome.trouble is not Trouble.EXCLUDED
        else:
            self._answered, self._silent[one.host] = True, 0
            self._believe()
        wait = _wait(outcome, now)
        if wait is not None:
            self._wait(one, wait, now)
            return
        self._go_on(step(one, outcome, now))
        if self._silent[one.host] >= _SILENCE:
            for other in self._rounds.drop(one.host):
                self._go_on(step(replace(other, method="GET"), outcome, now))

    def _wait(self, one: Visit, seconds: float, now: datetime.datetime) -> None:
        """Waits for a host, or leaves it alone for this run and as long as it asked."""
        if seconds <= _LONGEST_WAIT and one.waits < _WAITS:
            self._rounds.hold(one.host, seconds)
            self._rounds.add(one.host, replace(one, waits=one.waits + 1))
            return
        longer = max(seconds, _LEFT_ALONE if one.waits else 0.0)
        until = now + datetime.timedelta(seconds=min(longer, _LONGEST_POSTPONED))
        self._looked.postponed[one.host] = until
        self._memory.postpone(one.host, until)
        self._done += 1 + len(self._rounds.drop(one.host))

    def _keep(self, record: Record) -> None:
        record = record.after(self._before.get(record.url))
        self._looked.records[record.url] = record
        self._done += 1
        if record.failures and not self._answered:  # perhaps it is we who are offline
            self._doubted.append(record)
        elif record.state is not State.EXCLUDED:  # which tells of the networks that are allowed, not of the link
            self._memory.save(record)

    def _believe(self) -> None:
        for record in self._doubted:
            self._memory.save(record)
        self._doubted.clear()


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _wait(outcome: Outcome, now: datetime.datetime) -> float | None:
    """The seconds that a server asks to wait, by 429 or 503 (RFC 6585, 4; RFC 9110, 15.6.4); None where it does not."""
    if not isinstance(outcome, Answer) or outcome.status not in (429, 503):
        return None
    asked = outcome.retry_after(now)
    return _WITHOUT_A_WORD if asked is None and outcome.status == 429 else asked

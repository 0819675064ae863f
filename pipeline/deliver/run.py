"""A run: sessions that hand over messages at once, and one desk that commits what became of them."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.deliver.desk import Desk
from pipeline.deliver.ledger import PAUSES, Claimed, Ledger, Send
from pipeline.deliver.letter import Letter, envelope
from pipeline.deliver.maillog import fates
from pipeline.deliver.pace import SLOWDOWNS, Pace
from pipeline.deliver.presence import alive, present
from pipeline.deliver.store import Store
from pipeline.deliver.transport import Answer, Envelope, Outcome, Transport, Unreachable
from pipeline.errors import PipelineError
from pipeline.model import DomainLimit, Location

__all__ = ["Job", "Progress", "run"]

Progress = Callable[[Mapping[str, int]], None]
"""Is told now and then how many messages this run has brought to each outcome."""

_RECONNECTS = (1.0, 2.0, 5.0, 15.0)
"""Seconds between the tries to connect again; after the last the run stops, and no recipient has failed by it."""

_ASKED = 10.0
"""Seconds for which a mail server's log is asked about messages whose sessions have not ended in it."""

_GLANCE = 0.2
_NAP = 1.0
_TICK = 0.001
_HOPELESS = 50
"""Failures in a row, from the first message on, after which the fault is taken for the server's or ours."""

_IN_A_ROW, _AT_THE_END = 10, 3
"""Readers refused with none taken in between, beyond whom the server means us, as when it has closed our account; and
as many with none taken behind them, either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to send by what: `rate` in messages a second, 0 for no limit; `pauses` in seconds between tries.

    `limits` are by the recipients' domains (`Pace`). `logs` are the mail server's, oldest first, to be asked whether it
    has a message. `refused` is told of each subscriber whom a server has refused for good, and in which words, within
    a transaction, when the server has shown by taking others that it means them.
    """

    root: Path
    send: Send
    letter: Letter
    transport: Callable[[], Transport]
    sessions: int = 1
    rate: float = 0.0
    limits: Mapping[str, DomainLimit] = field(default_factory=dict)
    logs: tuple[Path, ...] = ()
    resend: bool = False
    pauses: tuple[float, ...] = PAUSES
    slowdowns: tuple[float, ...] = SLOWDOWNS
    reconnects: tuple[float, ...] = _RECONNECTS
    refused: Callable[[int, str], None] = lambda *_: None


def run(store: Store, job: Job, progress: Progress) -> Mapping[str, int]:
    """Sends to all who are in the queue and gives the tally; interrupted, it ends what is under way and says so.

    It ends early where somebody pauses the send. Raises Unreachable where no session can be opened, any more or at
    all; whoever was not sent to is then still in the queue. A KeyboardInterrupt leaves when every session has ended.
    """
    with present(job.root) as owner:
        ledger = Ledger(store, job.send.id, owner, resend=job.resend, pauses=job.pauses)
        _settle(store, job, ledger)
        desk = Desk(store)
        _Floor(job, ledger, desk).work(progress)
        desk.ask(ledger.release)
        return ledger.tally()


def _settle(store: Store, job: Job, ledger: Ledger) -> None:
    """Finds out what became of the messages that earlier senders have left in doubt. Raises Unreachable."""
    transport = job.transport()
    transport.open()
    transport.close()
    with store.transaction():
        ledger.inherit(functools.partial(alive, job.root))
    after, until = 0, time.time() + _ASKED
    while doubtful := ledger.doubtful(time.time(), after):
        had = {one: transport.accepted(_envelope(job, one)) for one in doubtful}
        unknown = [one for one in doubtful if had[one] is None]
        if job.logs and unknown:
            had |= _logged(job, unknown, until)
        with store.transaction():
            for one in doubtful:
                ledger.settle(one, had[one], time.time())
        after = doubtful[-1].id


def _logged(job: Job, doubtful: Sequence[Claimed], until: float) -> Mapping[Claimed, bool | None]:
    """What the mail server's log says of them, asked again until it has told of all."""
    names = {one: _envelope(job, one).message_id for one in doubtful}
    while True:
        told = fates(job.logs, {names[one]: one.at for one in doubtful}, time.time())
        had = {one: told[name] for one, name in names.items()}
        if None not in had.values() or time.time() > until:
            return had
        time.sleep(1)


def _envelope(job: Job, one: Claimed) -> Envelope:
    return envelope(job.letter, one.subscriber, one.address, one.name)


class _Floor:
    """The sessions of one run, and what they have in common."""

    def __init__(self, job: Job, ledger: Ledger, desk: Desk) -> None:
        self._job, self._ledger, self._desk = job, ledger, desk
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._fault: BaseException | None = None
        self._counts = dict.fromkeys(Outcome, 0)
        self._pace = Pace(job.rate, job.limits, job.slowdowns)  # asked at the desk alone
        self._refused: list[tuple[int, str]] = []  # as well

    def work(self, progress: Progress) -> None:
        """Runs the sessions to their end; raises what ended them before it."""
        threads = [threading.Thread(target=self._session, daemon=True) for _ in range(self._job.sessions)]
        for thread in threads:
            thread.start()
        interrupted = False
        while any(thread.is_alive() for thread in threads):
            try:
                for thread in threads:
                    thread.join(_GLANCE / len(threads))
                progress({str(outcome): count for outcome, count in self._counts.items()})
            except KeyboardInterrupt:
                interrupted = True
                self._stop.set()
        if interrupted:
            self._desk.ask(self._ledger.release)
            raise KeyboardInterrupt
        if self._fault:
            self._desk.ask(self._ledger.release)
            raise self._fault
        # A server that refuses everybody is wrong about them, and who pauses may have seen that it means us.
        if self._counts[Outcome.SENT] and not self._desk.ask(self._ledger.paused):
            self._desk.ask(functools.partial(self._believe, _AT_THE_END))

    def _session(self) -> None:
        transport = self._job.transport()
        try:
            if self._opened(transport):
                self._serve(transport)
        except Exception as error:
            self._give_up(error)
        finally:
            transport.close()

    def _serve(self, transport: Transport) -> None:
        done: tuple[Claimed, Answer] | None = None
        while True:
            one = self._desk.ask(functools.partial(self._turn, done))
            done = None
            if one is None:
                return
            if isinstance(one, float):
                self._stop.wait(min(max(one - time.time(), _TICK), _NAP))
                continue
            done = one, self._delivered(transport, one)
            self._count(done[1].outcome)

    def _turn(self, done: tuple[Claimed, Answer] | None) -> Claimed | float | None:
        """Records what was done and gives what to do: a recipient, the instant to wait for, or nothing more."""
        now = time.time()
        if done:
            one, answer = done
            if self._ledger.record(one, answer, now) and answer.judged and len(self._refused) <= _IN_A_ROW:
                self._refused.append((one.subscriber, answer.reason))
            if answer.outcome is Outcome.SENT:
                self._believe(_IN_A_ROW)
            self._pace.ended(one.domain, now, slow=answer.slow)
        return None if self._stop.is_set() else self._ledger.turn(now, self._pace)

    def _believe(self, at_most: int) -> None:
        """Tells of those who were refused since the last message that was taken, unless they are too many in a row."""
        some, self._refused = self._refused, []
        if len(some) <= at_most:
            for subscriber, reason in some:
                self._job.refused(subscriber, reason)

    def _delivered(self, transport: Transport, one: Claimed) -> Answer:
        """Hands it over, once more on a new connection where one was lost before the final dot."""
        letter = _envelope(self._job, one)
        answer = transport.deliver(letter)
        if answer.outcome is Outcome.LOST and self._opened(transport):
            answer = transport.deliver(letter)
        return answer

    def _opened(self, transport: Transport) -> bool:
        """Whether a session stands; tries for a while, and stops the run where it does not come about."""
        for pause in (*self._job.reconnects, None):
            try:
                transport.open()
            except Unreachable as error:
                if pause is None:
                    self._give_up(error)
                elif self._stop.wait(pause):
                    return False
            else:
                return True
        return False

    def _give_up(self, error: BaseException) -> None:
        self._fault = self._fault or error
        self._stop.set()

    def _count(self, outcome: Outcome) -> None:
        with self._lock:
            self._counts[outcome] += 1
            failed = self._counts[Outcome.FAILED]
            hopeless = failed >= _HOPELESS and failed == sum(self._counts.values())
        if hopeless:
            where = Location(path=f"issues/{self._job.send.issue}")
            message = f"the first {failed} messages were all refused: publish send --status says why"
            self._give_up(PipelineError.at(where, "all-refused", message))

"""A run: workers that hand over messages at once, and one process that writes what became of them."""

from __future__ import annotations

import contextlib
import functools
import math
import select
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.deliver import statements
from pipeline.deliver.ledger import PAUSES, Claimed, Ledger, Send
from pipeline.deliver.letter import Letter, envelope
from pipeline.deliver.maillog import fates
from pipeline.deliver.pace import SLOWDOWNS, Pace
from pipeline.deliver.presence import alive, present
from pipeline.deliver.store import Store
from pipeline.deliver.transport import Answer, Envelope, Outcome, Transport
from pipeline.deliver.workers import Delivery, Result, Worker, workers
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
"""Failures with nothing taken in between, after which the fault is taken for the server's or ours."""

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
    delivery = Delivery(transport=job.transport, letter=job.letter, reconnects=job.reconnects)
    with present(job.root) as owner, workers(delivery, job.sessions) as pool:
        ledger = Ledger(store, job.send.id, owner, resend=job.resend, pauses=job.pauses)
        _settle(store, job, ledger)
        _Dispatcher(store, job, ledger, pool).work(progress)
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


class _Dispatcher:
    """Gives recipients to workers and records what came of them; of all who are done at once in one commit."""

    def __init__(self, store: Store, job: Job, ledger: Ledger, pool: Sequence[Worker]) -> None:
        self._store, self._job, self._ledger = store, job, ledger
        self._pace = Pace(job.rate, job.limits, job.slowdowns)
        self._busy: dict[Worker, Claimed | None] = dict.fromkeys(pool)
        self._idle: list[Worker] = []
        self._unwritten: list[tuple[Claimed, Answer]] = []
        self._counts = dict.fromkeys(Outcome, 0)
        self._failed = 0  # since one was taken
        self._refused: list[tuple[int, str]] = []
        self._fault: PipelineError | None = None
        self._interrupted = False

    def work(self, progress: Progress) -> None:
        """Sends until nobody is left; raises what ended it before, when every worker is done."""
        with self._interruptible():
            try:
                self._send(progress)
            except Exception:  # of the database, the disk or the terminal
                self._wind_up()
                raise
        with self._commit():
            self._conclude()
        if self._interrupted:
            raise KeyboardInterrupt
        if self._fault:
            raise self._fault

    def _send(self, progress: Progress) -> None:
        """Sends until nobody is left or it is over, and every worker is done."""
        due: float | None = math.inf
        told = 0.0
        for worker in self._busy:
            worker.connect()
        while self._busy or (due is not None and not self._is_over):
            done = self._done(due)
            if done or (due is not None and due <= time.time()):
                due = self._turn(done)
            if self._is_over:
                for worker in self._busy:
                    worker.stop_trying()
            if time.time() >= told + _GLANCE or not self._busy:
                progress({str(outcome): count for outcome, count in self._counts.items()})
                told = time.time()

    def _wind_up(self) -> None:
        """Records what stands in no commit yet and what workers are still at: nobody else knows what came of it."""
        for worker in self._busy:
            worker.stop_trying()
        for worker, one in self._busy.items():
            answer = worker.result().answer
            if one and answer:
                self._unwritten.append((one, answer))
        with self._commit():
            for one, answer in self._unwritten:
                self._ledger.record(one, answer, time.time())
            self._ledger.release()

    @property
    def _is_over(self) -> bool:
        """Whether nobody is given anything to do any more."""
        return self._interrupted or self._fault is not None

    @contextlib.contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Ctrl-C comes between two steps: in one it might leave recipients marked to whom nothing was sent."""

        def interrupted(*_: object) -> None:
            self._interrupted = True

        before = signal.signal(signal.SIGINT, interrupted)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)

    def _done(self, due: float | None) -> list[tuple[Worker, Claimed | None, Result]]:
        """Who is done, as soon as somebody is; nobody where it is time for something else."""
        now = time.time()
        wait = _GLANCE if due is None else min(max(due - now, _TICK), _GLANCE)
        ready = select.select(list(self._busy), [], [], wait)[0]
        return [(worker, self._busy.pop(worker), worker.result()) for worker in ready]

    def _turn(self, done: Sequence[tuple[Worker, Claimed | None, Result]]) -> float | None:
        """Records what was done and gives out what is to do; the instant to look again, None where nothing is left."""
        self._unwritten = [(one, result.answer) for _, one, result in done if one and result.answer]
        with self._commit():
            now = time.time()
            for worker, one, result in done:
                self._record(worker, one, result, now)
            due, given = self._given(now)
        self._unwritten = []
        for one in given:  # not before the disk has it
            worker = self._idle.pop()
            self._busy[worker] = one
            worker.deliver(one.subscriber, one.address, one.name)
        return due

    @contextlib.contextmanager
    def _commit(self) -> Iterator[None]:
        """A transaction by which a copy of the file that was made before it is known for older."""
        with self._store.transaction():
            epoch = self._store.number(statements.NEXT_EPOCH)
            yield
        self._store.mark(epoch)

    def _given(self, now: float) -> tuple[float | None, Sequence[Claimed]]:
        """Who is to get a message now, one for each who is idle, and when to look for more."""
        given: list[Claimed] = []
        while len(given) < len(self._idle) and not self._is_over:
            one = self._ledger.turn(now, self._pace)
            if not isinstance(one, Claimed):
                return one and min(one, now + _NAP), given
            given.append(one)
        return math.inf, given

    def _record(self, worker: Worker, one: Claimed | None, result: Result, now: float) -> None:
        """Records what came of what a worker did."""
        answer = result.answer
        if one and answer:
            if self._ledger.record(one, answer, now) and answer.judged and len(self._refused) <= _IN_A_ROW:
                self._refused.append((one.subscriber, answer.reason))
            if answer.outcome is Outcome.SENT:
                self._believe(_IN_A_ROW)
            self._pace.ended(one.domain, now, slow=answer.slow)
            self._count(answer.outcome)
        if result.fault:
            self._give_up(result.fault)
        else:
            self._idle.append(worker)

    def _believe(self, at_most: int) -> None:
        """Tells of those who were refused since the last message that was taken, unless they are too many in a row."""
        some, self._refused = self._refused, []
        if len(some) <= at_most:
            for subscriber, reason in some:
                self._job.refused(subscriber, reason)

    def _conclude(self) -> None:
        """Gives back whom nothing was sent to; tells of the last who were refused."""
        self._ledger.release()
        # A server that refuses everybody is wrong about them, and who pauses may have seen that it means us.
        if not self._is_over and self._counts[Outcome.SENT] and not self._ledger.paused():
            self._believe(_AT_THE_END)

    def _give_up(self, error: PipelineError) -> None:
        self._fault = self._fault or error

    def _count(self, outcome: Outcome) -> None:
        self._counts[outcome] += 1
        self._failed = 0 if outcome is Outcome.SENT else self._failed + (outcome is Outcome.FAILED)
        if self._failed >= _HOPELESS:
            where = Location(path=f"issues/{self._job.send.issue}")
            how = "--status says why; --resume goes on, and --retry failed sends to them, too"
            self._give_up(PipelineError.at(where, "all-refused", f"the last {self._failed} were all refused: {how}"))

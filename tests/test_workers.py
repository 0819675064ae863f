"""Workers: processes that hand messages over, die with who started them, and lose nothing when they are killed."""

from __future__ import annotations

import contextlib
import functools
import os
import random
import resource
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from deliveries import frozen, job, reader, states
from kill.builder import ended, start

from pipeline.deliver.ledger import Send
from pipeline.deliver.run import run
from pipeline.deliver.store import DATABASE, Store
from pipeline.deliver.transport import Answer, Envelope, Outcome, Transport, Unreachable
from pipeline.deliver.workers import Delivery, workers
from pipeline.errors import Unwritable
from pipeline.model import Location

_VICTIM = reader(7)


class Plain:
    """A transport that notes in a file whom it has brought a message, and by which process."""

    def __init__(self, notes: Path) -> None:
        self.notes = notes

    def open(self) -> None:
        """Is always open."""

    def deliver(self, letter: Envelope) -> Answer:
        """Takes it."""
        with self.notes.open("a", encoding="ascii") as file:
            file.write(f"{os.getpid()} {letter.recipient}\n")
        return Answer(Outcome.SENT)

    def accepted(self, letter: Envelope) -> bool | None:
        """Cannot be asked."""
        return None

    def close(self) -> None:
        """Has nothing open."""


class Dying(Plain):
    """One whose process is killed at a recipient."""

    def deliver(self, letter: Envelope) -> Answer:
        """Takes it, or dies of it."""
        if letter.recipient == _VICTIM:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().deliver(letter)


class Slow(Plain):
    """One that has a message for a minute before it takes it."""

    def deliver(self, letter: Envelope) -> Answer:
        """Takes it, late."""
        super().deliver(letter)
        time.sleep(60)
        return Answer(Outcome.SENT)


class Gone(Plain):
    """A server that goes away after a message."""

    def open(self) -> None:
        """Is open for the first message alone."""
        if self.notes.exists():
            raise Unreachable.at(Location(path=""), "unreachable", "nobody is there")

    def deliver(self, letter: Envelope) -> Answer:
        """Takes one, and is gone."""
        return Answer(Outcome.LOST) if self.notes.exists() else super().deliver(letter)


def _sent(root: Path, send: Send, transport: Callable[[], Transport], sessions: int, **given: object) -> None:
    with Store.opened(root) as store:
        run(store, job(root, send, transport, sessions, **given), lambda _: None)


def _noted(notes: Path) -> list[list[str]]:
    """Process and recipient of each message."""
    return [line.split() for line in notes.read_text(encoding="ascii").splitlines()] if notes.exists() else []


def _until(condition: Callable[[], object]) -> None:
    for _ in range(500):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError("it never came")


@pytest.mark.parametrize("sessions", [1, 3])
def test_a_killed_worker_leaves_one_message_in_doubt(sessions: int, tmp_path: Path) -> None:
    """The run ends, the message that the worker had is uncertain, and all others have theirs once when it goes on."""
    send, notes = frozen(tmp_path, 40), tmp_path / "notes"
    with pytest.raises(Unreachable, match="was killed"):
        _sent(tmp_path, send, lambda: Dying(notes), sessions)
    assert states(tmp_path, send)[_VICTIM] == "uncertain"
    assert set(states(tmp_path, send).values()) <= {"sent", "queued", "uncertain"}
    _sent(tmp_path, send, lambda: Plain(notes), sessions)
    assert [one for one, state in states(tmp_path, send).items() if state != "sent"] == [_VICTIM]
    assert sorted(to for _, to in _noted(notes)) == sorted({reader(number) for number in range(40)} - {_VICTIM})


def test_workers_die_with_who_started_them(tmp_path: Path) -> None:
    """After a kill -9 of the sender alone no process of it is left, though each was at work on a message."""
    send, notes = frozen(tmp_path, 10), tmp_path / "notes"
    pid = start(functools.partial(_sent, tmp_path, send, lambda: Slow(notes), 3))
    _until(lambda: len(_noted(notes)) == 3)
    os.kill(pid, signal.SIGKILL)
    ended(pid)
    workers = {int(process) for process, _ in _noted(notes)}
    assert len(workers) == 3
    _until(lambda: not any(_runs(worker) for worker in workers))


def _runs(pid: int) -> bool:
    """Whether a process is there that is more than a dead one's entry."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_an_interruption_does_not_wait_for_a_server_that_is_gone(tmp_path: Path) -> None:
    """Ctrl-C while a worker waits to connect again ends the run at once; nobody is left in doubt."""
    send, notes = frozen(tmp_path, 10), tmp_path / "notes"
    pid = start(functools.partial(_sent, tmp_path, send, lambda: Gone(notes), 1, reconnects=(60.0,)))
    _until(lambda: len(_noted(notes)) == 1)
    time.sleep(0.3)
    began = time.monotonic()
    os.killpg(pid, signal.SIGINT)  # as a terminal does: to the workers, too
    ended(pid)
    assert time.monotonic() - began < 5
    assert sorted(states(tmp_path, send).values()) == ["queued"] * 9 + ["sent"]


def test_an_interruption_lets_end_what_is_under_way(tmp_path: Path) -> None:
    """Ctrl-C for the whole process group breaks off no message: each that was begun is recorded as sent."""
    send, notes = frozen(tmp_path, 500), tmp_path / "notes"
    pid = start(functools.partial(_sent, tmp_path, send, lambda: Plain(notes), 3))
    _until(lambda: len(_noted(notes)) > 20)
    os.killpg(pid, signal.SIGINT)
    ended(pid)
    now = states(tmp_path, send)
    assert {address for address, state in now.items() if state == "sent"} == {to for _, to in _noted(notes)}
    assert set(now.values()) <= {"sent", "queued"}


def test_what_was_sent_is_written_though_the_ledger_is_locked_for_long(tmp_path: Path) -> None:
    """A run that waits for the ledger in vain ends, but what its workers did is written in a second try."""
    send, notes, locked = frozen(tmp_path, 3000), tmp_path / "notes", tmp_path / "locked"
    others: list[int] = []

    def lock() -> None:
        with contextlib.closing(sqlite3.connect(tmp_path / DATABASE, isolation_level=None)) as ledger:
            ledger.execute("BEGIN IMMEDIATE")
            locked.touch()
            time.sleep(1.5)

    def locking(counts: Mapping[str, int]) -> None:
        if counts["sent"] and not others:
            others.append(start(lock))
            _until(locked.exists)

    with pytest.raises(Unwritable, match="locked"), Store.opened(tmp_path, patience=1.0) as store:
        run(store, job(tmp_path, send, lambda: Plain(notes), 3), locking)
    assert list(map(ended, others)) == [0]
    now = states(tmp_path, send)
    assert {address for address, state in now.items() if state == "sent"} == {to for _, to in _noted(notes)}
    assert set(now.values()) <= {"sent", "queued"}


def test_a_terminal_that_is_gone_leaves_nobody_in_doubt(tmp_path: Path) -> None:
    """Where what was done can be told to nobody, the run ends, and each message that was begun is recorded."""
    send, notes = frozen(tmp_path, 500), tmp_path / "notes"

    def gone(counts: Mapping[str, int]) -> None:
        if counts["sent"]:
            raise OSError

    with pytest.raises(Unwritable), Store.opened(tmp_path) as store:
        run(store, job(tmp_path, send, lambda: Plain(notes), 3), gone)
    now = states(tmp_path, send)
    assert {address for address, state in now.items() if state == "sent"} == {to for _, to in _noted(notes)}
    assert set(now.values()) <= {"sent", "queued"}


def _children() -> set[str]:
    """The processes that this one has started, dead ones too that nobody has asked for."""
    return {pid for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


def test_too_many_sessions_are_told_by_their_name(tmp_path: Path) -> None:
    """Where the system gives no more descriptors the message names what to set, and no process is left."""
    send, notes = frozen(tmp_path, 10), tmp_path / "notes"
    before, others = resource.getrlimit(resource.RLIMIT_NOFILE), _children()
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + 20, before[1]))
    try:
        with pytest.raises(Unreachable, match=r"too many open files; set fewer smtp: sessions"):
            _sent(tmp_path, send, lambda: Plain(notes), 64)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert _children() == others
    assert set(states(tmp_path, send).values()) == {"queued"}


def test_ctrl_c_while_workers_are_started_ends_in_one_process_alone(tmp_path: Path) -> None:
    """An interruption at any instant of the forks is the parent's: no worker goes on with its parent's work."""
    chance, notes, ends = random.Random(20230304), tmp_path / "notes", tmp_path / "ends"  # noqa: S311
    letter = job(tmp_path, frozen(tmp_path, 1), lambda: Plain(notes)).letter
    delivery = Delivery(transport=lambda: Plain(notes), letter=letter, reconnects=())

    def note(*_: object) -> None:
        with ends.open("a", encoding="ascii") as file:
            file.write(f"{os.getpid()}\n")

    def work() -> None:
        sys.unraisablehook = note
        with contextlib.suppress(KeyboardInterrupt), workers(delivery, 30):
            pass
        note()

    pids = []
    for _ in range(40):
        pids.append(start(work))
        time.sleep(chance.uniform(0.002, 0.03))
        os.killpg(pids[-1], signal.SIGINT)
        ended(pids[-1])
    noted = [int(line) for line in ends.read_text(encoding="ascii").splitlines()]
    assert set(noted) <= set(pids)
    assert len(noted) == len(set(noted)), "an interruption came between a fork and what Python does behind it"

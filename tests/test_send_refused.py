"""Sends whose disk refuses: what the server has taken is on record, or known to be in doubt."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import signal
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from deliveries import frozen, job, states
from kill.builder import REFUSED, ended, start

from pipeline.deliver.ledger import Send
from pipeline.deliver.run import run
from pipeline.deliver.store import DATABASE, Store
from pipeline.deliver.transport import Answer, Envelope, Outcome

CALLS = "openat,pwrite64,write,fdatasync,fsync,ftruncate".split(",")
"""System calls by which a ledger is written."""

READERS = 2


class Taking:
    """A server that takes everything, and writes down at once whom it has a message for."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def open(self) -> None:
        """Is always open."""

    def deliver(self, letter: Envelope) -> Answer:
        """Takes it."""
        with self._file.open("a") as file:
            file.write(f"{letter.recipient}\n")
        return Answer(Outcome.SENT)

    def accepted(self, letter: Envelope) -> bool | None:
        """Cannot be asked."""
        return None

    def close(self) -> None:
        """Has nothing open."""


def sending(root: Path, send: Send) -> None:
    """One run of a send, by one session."""
    with Store.opened(root) as store:
        run(store, job(root, send, lambda: Taking(root / "taken")), lambda _: None)


def traced(root: Path, send: Send, *options: str) -> tuple[int, str]:
    """The exit status of a run under strace, and what strace wrote of the calls that reach the ledger."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    ready, told = os.pipe()

    def work() -> None:
        ctypes.CDLL(None).prctl(0x59616D61, -1)  # PR_SET_PTRACER, any: strace is no ancestor of this process
        os.write(told, b".")
        signal.sigwait({signal.SIGUSR1})
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
        sending(root, send)

    pid = start(work)
    os.read(ready, 1)
    os.close(ready)
    os.close(told)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
    paths = [option for end in ("", "-wal", "-shm") for option in ("-P", str(root / f"{DATABASE}{end}"))]
    command = ["strace", "-f", "-p", str(pid), *paths, "-P", str(root / "var/epoch"), *options]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        while "attached" not in first and "Requested path" in first:
            first = process.stderr.readline()
        os.kill(pid, signal.SIGUSR1)
        status = ended(pid)
        text = process.stderr.read()
    if "attached" not in first:
        pytest.skip(f"strace may not trace here: {first.strip()}")
    return status, text


@pytest.mark.needs("strace")
@pytest.mark.parametrize("error", ["ENOSPC", "EIO", "EROFS"])
def test_what_is_acknowledged_is_recorded_whatever_the_disk_refuses(error: str, tmp_path: Path) -> None:
    """Whichever write of the ledger fails, there is no traceback, and after another run everyone has it once at most.

    Whoever has it is sent or uncertain, whoever has it not is uncertain: one session leaves one in doubt.
    """
    (tmp_path / "counted").mkdir()
    status, text = traced(tmp_path / "counted", frozen(tmp_path / "counted", READERS), "-e", f"trace={','.join(CALLS)}")
    assert status == 0, text
    counted = Counter(re.findall(r"^(?:\[pid +\d+\] )?(\w+)\(", text, re.MULTILINE))
    assert counted["pwrite64"] > READERS, text
    doubted = 0
    for call in CALLS:
        for place in range(1, counted[call] + 1):
            root = tmp_path / f"{call}-{place}"
            root.mkdir()
            send = frozen(root, READERS)
            status, text = traced(root, send, "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={place}")
            if "(INJECTED)" not in text:
                break  # strace counts the calls of each thread for itself
            assert status in (0, REFUSED), f"{call} {place}: {text}"
            sending(root, send)
            now, had = states(root, send), Counter[str]()
            with contextlib.suppress(FileNotFoundError):
                had.update((root / "taken").read_text().split())
            uncertain = {address for address, state in now.items() if state == "uncertain"}
            assert set(had.values()) == {1}, f"{call} {place}: {had}"
            assert {address for address, state in now.items() if state == "sent"} == had.keys() - uncertain
            assert now.keys() == had.keys() | uncertain, f"{call} {place}: {now}"
            assert len(uncertain) <= 1
            doubted += len(uncertain)
    assert doubted, "no refusal came between a message and its record"

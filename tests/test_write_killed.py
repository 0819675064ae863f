"""Builds that are killed, refused by the system, or that meet each other: old or new, whole."""

from __future__ import annotations

import collections
import ctypes
import functools
import itertools
import os
import random
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pipeline.write import recover, unfinished
from tests.kill.builder import REFUSED, build, ended, generation, snapshot, start

KILLS = int(os.environ.get("KILLS", "300"))
"""How many builds are killed; the long run sets more."""

OLD, NEW = generation("A", range(24)), generation("B", range(3, 25))
"""Two generations of which each adds, changes, keeps and removes, and turns a file into a folder and back."""

OWN = {"CNAME": b"a.example"}
"""A person's own file, which no generation knows."""


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, bytes]]:
    """What the old and the new generation look like when nobody disturbs them."""
    found = []
    for files in (OLD, NEW):
        root = tmp_path_factory.mktemp("whole")
        build(root, files)
        found.append(snapshot(root / "out") or {})
    return found


def killed(root: Path, generations: Sequence[dict[str, bytes]], wait: Callable[[], object], *, group: bool) -> None:
    """Kill -9, after a wait, what builds these generations in turn, alone or with the processes it forked."""

    def loop() -> None:
        for files in itertools.cycle(generations):
            build(root, files, processes=2)

    pid = start(loop)
    wait()
    if group:
        os.killpg(pid, signal.SIGKILL)
    else:
        os.kill(pid, signal.SIGKILL)
    assert ended(pid) == -signal.SIGKILL


def until_promised(root: Path) -> None:
    """Wait for the moment at which a generation is put in place, but not for ever."""
    for _ in range(100_000):
        if unfinished(root):
            return


def test_a_build_killed_at_any_instant_leaves_one_generation_whole(
    tmp_path: Path, whole: list[dict[str, bytes]]
) -> None:
    """After kill -9 at a random instant and a recovery, `out/` is old or new, whole, and the next build is right."""
    chance, seen = random.Random(20230304), collections.Counter[str]()  # noqa: S311
    out, generations = tmp_path / "out", [OLD, NEW]
    build(tmp_path, OLD, processes=2)
    began = time.perf_counter()
    build(tmp_path, NEW, processes=2)
    span = time.perf_counter() - began

    def pause(most: float) -> None:
        time.sleep(chance.uniform(0, most))

    for number in range(KILLS):
        fresh = number % 5 == 0
        own = {} if fresh else OWN
        if fresh:
            shutil.rmtree(out)
        else:
            (out / "CNAME").write_bytes(OWN["CNAME"])
        killed(tmp_path, generations, functools.partial(pause, span), group=number % 2 == 0)
        if number % 3 == 0:
            killed(tmp_path, generations, functools.partial(until_promised, tmp_path), group=True)
        if number % 6 == 0:
            killed(tmp_path, generations, functools.partial(pause, span / 10), group=True)
        middle = unfinished(tmp_path)
        seen["in the middle"] += middle
        seen["before the journal"] += not middle and (tmp_path / ".publish" / "staging").exists()
        recover(tmp_path)
        assert not unfinished(tmp_path)
        left = snapshot(out)
        assert left in [{**files, **own} for files in whole] or (fresh and left is None)
        if number % 4 == 0:
            generations.reverse()
            whole.reverse()
        build(tmp_path, generations[1])
        assert snapshot(out) == {**whole[1], **own}
    assert all(seen.values()), seen


def test_builders_at_once_do_not_mix(tmp_path: Path, whole: list[dict[str, bytes]]) -> None:
    """Several processes that build at once all succeed, one after the other, and one generation stands whole."""

    def three(files: dict[str, bytes]) -> None:
        for _ in range(3):
            build(tmp_path, files, processes=2)

    pids = [start(functools.partial(three, files)) for files in (OLD, NEW, OLD, NEW)]
    assert [ended(pid) for pid in pids] == [0, 0, 0, 0]
    assert snapshot(tmp_path / "out") in whole
    assert not unfinished(tmp_path)


WRITING = "openat,write,pwrite64,rename,renameat,fsync,syncfs,mkdir,mkdirat,unlink,unlinkat,rmdir,ftruncate".split(",")
"""System calls of a build that a full or read-only file system refuses."""

READING = "close,read,flock,getdents64,newfstatat,lseek,dup,fcntl,ioctl".split(",")
"""System calls of a build that only a broken disk refuses."""

HARMLESS = "brk,mmap,munmap,mremap,madvise,getpid,futex,exit_group,rt_sigtimedwait,getrandom".split(",")
"""System calls of a build that reach no file."""

SMALL = {"index.html": b"old", "same.txt": b"same", "gone/a/b": b"b", "turn": b"file", "2023-03-04/index.html": b"one"}
SMALL_NEW = {"index.html": b"new", "same.txt": b"same", "turn/x": b"x", "2023-09-30/index.html": b"two"}


def traced(root: Path, *options: str) -> tuple[int, str]:
    """The exit status of one build of `SMALL_NEW` under strace from its first call on, and what strace wrote."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})

    ready, told = os.pipe()

    def work() -> None:
        ctypes.CDLL(None).prctl(0x59616D61, -1)  # PR_SET_PTRACER, any: strace is no ancestor of this process
        os.write(told, b".")
        signal.sigwait({signal.SIGUSR1})
        build(root, SMALL_NEW)

    pid = start(work)
    os.read(ready, 1)
    os.close(ready)
    os.close(told)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
    command = ["strace", "-p", str(pid), *options]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        os.kill(pid, signal.SIGUSR1)
        status = ended(pid)
        text = process.stderr.read()
    if "attached" not in first:
        pytest.skip(f"strace may not trace here: {first.strip()}")
    return status, text


def prepared(root: Path, *, fresh: bool) -> dict[str, bytes] | None:
    """A publication with the old small generation and a person's own file, or with none; what stands in its `out/`."""
    root.mkdir()
    if not fresh:
        build(root, SMALL)
        (root / "out" / "CNAME").write_bytes(OWN["CNAME"])
    return snapshot(root / "out")


def calls(root: Path) -> collections.Counter[str]:
    """How often a build makes each system call."""
    status, text = traced(root)
    assert status == 0, text
    return collections.Counter(re.findall(r"^(\w+)\(", text, re.MULTILINE))


@pytest.mark.needs("strace")
@pytest.mark.parametrize("fresh", [True, False], ids=["first build", "later build"])
def test_every_call_that_reaches_a_file_is_among_those_refused(tmp_path: Path, fresh: bool) -> None:
    """A build makes no system call but those that the next tests refuse and those that touch no file."""
    prepared(tmp_path / "root", fresh=fresh)
    assert set(calls(tmp_path / "root")) <= {*WRITING, *READING, *HARMLESS}


@pytest.mark.needs("strace")
@pytest.mark.parametrize("fresh", [True, False], ids=["first build", "later build"])
@pytest.mark.parametrize(
    ("fault", "names"),
    [("error=ENOSPC", WRITING), ("error=EROFS", WRITING), ("error=EIO", WRITING + READING), ("signal=KILL", WRITING)],
)
def test_a_refused_or_fatal_system_call_tears_nothing(
    tmp_path: Path, fault: str, names: list[str], fresh: bool
) -> None:
    """Whichever call fails or is the last, there is no traceback, and `out/` is old or new, whole, after a recovery.

    Unless a journal was left, `out/` is so before it: old where the command failed, new where it did not.
    """
    old = prepared(tmp_path / "prepared", fresh=fresh)
    shutil.copytree(tmp_path / "prepared", tmp_path / "counted")
    counted = calls(tmp_path / "counted")
    new = snapshot(tmp_path / "counted" / "out")
    for call in names:
        for place in range(1, counted[call] + 1):
            root = tmp_path / f"{call}-{place}"
            shutil.copytree(tmp_path / "prepared", root)
            status, text = traced(root, "-e", f"trace={call}", "-e", f"inject={call}:{fault}:when={place}")
            where = f"{call} {place}: {text}"
            if fault == "signal=KILL":
                assert status == -signal.SIGKILL, where
                assert unfinished(root) or snapshot(root / "out") in (old, new), where
            else:
                assert "(INJECTED)" in text, where
                assert status in {0, REFUSED}, where
                assert unfinished(root) or snapshot(root / "out") == (old if status else new), where
            recover(root)
            assert snapshot(root / "out") in (old, new), where
            build(root, SMALL_NEW)
            assert snapshot(root / "out") == new, where
            shutil.rmtree(root)

"""Time and memory of commands; times in turns, because a machine may be half as fast a minute later."""

from __future__ import annotations

import json
import shlex
import statistics
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

__all__ = ["Command", "Cost", "peak", "timed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What is measured, and what is run before each time without being measured."""

    arguments: tuple[str, ...]
    before: tuple[str, ...] = ("true",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds by the clock on the wall, and of all processors together."""

    wall: float
    cpu: float


def timed(commands: Sequence[Command], rounds: int) -> list[Cost]:
    """The median cost of each command; in each round every one of them has its turn."""
    costs: list[list[Cost]] = [[] for _ in commands]
    for _ in range(rounds):
        for place, cost in enumerate(_round(commands)):
            costs[place].append(cost)
    return [
        Cost(wall=statistics.median(cost.wall for cost in of), cpu=statistics.median(cost.cpu for cost in of))
        for of in costs
    ]


def _round(commands: Sequence[Command]) -> list[Cost]:
    with TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        arguments = ["hyperfine", "--shell=none", "--style=none", "--runs=1", f"--export-json={report}"]
        for command in commands:
            arguments += ["--prepare", shlex.join(command.before), shlex.join(command.arguments)]
        subprocess.run(arguments, check=True, stdout=subprocess.DEVNULL)
        results = json.loads(report.read_text(encoding="utf-8"))["results"]
    return [Cost(wall=result["mean"], cpu=result["user"] + result["system"]) for result in results]


def peak(command: Command) -> int:
    """The most memory in bytes that the command and its children had at once.

    Summed by proportional share (PSS of /proc/PID/smaps_rollup, looked at every 5 ms), so that pages which forked
    processes share count once.
    """
    subprocess.run(command.before, check=True)
    most = 0
    with subprocess.Popen(command.arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            most = max(most, _share(process.pid))
            time.sleep(0.005)
    return most


def _share(pid: int) -> int:
    """The memory in bytes of a process and of everything under it; 0 where it has just ended."""
    home = Path(f"/proc/{pid}")
    try:
        lines = (home / "smaps_rollup").read_text(encoding="ascii").splitlines()
        children = [child for task in (home / "task").iterdir() for child in (task / "children").read_text().split()]
    except OSError:
        return 0
    own = sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    return own + sum(_share(int(child)) for child in children)

"""What `publish send` shows while it waits, prepares and sends."""

from __future__ import annotations

import datetime
import shutil
import time
from collections.abc import Callable, Mapping

import click

from pipeline.cli.options import Output
from pipeline.deliver.timing import Window

__all__ = ["Line", "counted", "progress", "waited"]

_STATES = ("sent", "failed", "uncertain", "withdrawn", "sending", "queued")
_TICK = 1.0


class Line:
    """A line of the terminal that is written again and again; nothing where there is none."""

    def __init__(self, output: Output) -> None:
        self._shown = output.terminal

    def show(self, text: str) -> None:
        """Puts the text in the place of the one before."""
        if self._shown:
            width = shutil.get_terminal_size().columns - 1  # a longer one would not be written over
            click.echo(f"\r{text[:width]}\033[K", err=True, nl=False)

    def clear(self) -> None:
        """Takes it away."""
        self.show("")


def waited(window: Window, output: Output) -> bool:
    """Waits until a send may begin; whether that took any time. Raises ValueError where it is too late.

    The clock on the wall is asked every second: it knows of a sleep of the machine, and of a clock that was set.
    """
    if _left(window) <= datetime.timedelta():
        return False
    line = Line(output)
    until = f"{window.at:%Y-%m-%d %H:%M %Z (UTC%z)}"
    output.hint(f"begins at {until}; until then Ctrl-C leaves everything as it is")
    while (left := _left(window)) > datetime.timedelta():
        line.show(f"waits until {until}, {datetime.timedelta(seconds=round(left.total_seconds()))} left")
        time.sleep(min(left.total_seconds(), _TICK))
    line.clear()
    return True


def _left(window: Window) -> datetime.timedelta:
    return window.left(datetime.datetime.now(datetime.UTC))


def counted(tally: Mapping[str, int]) -> str:
    """How many are in each state, in words."""
    return ", ".join(f"{tally[state]:,} {state}" for state in _STATES if tally.get(state)) or "nobody"


def progress(line: Line, begun: Mapping[str, int]) -> Callable[[Mapping[str, int]], None]:
    """Shows how far a run is, its rate over the last minute, the time that is left, and the failures."""
    total = sum(begun.values())
    before = total - begun.get("queued", 0) - begun.get("sending", 0)
    seen = [(time.monotonic(), 0)]

    def show(counts: Mapping[str, int]) -> None:
        settled = counts["sent"] + counts["failed"] + counts["uncertain"]
        seen.append((time.monotonic(), settled))
        while len(seen) > 2 and seen[1][0] < seen[-1][0] - 60:
            del seen[0]
        rate = (settled - seen[0][1]) / max(seen[-1][0] - seen[0][0], 0.1)
        line.show(_bar(before + settled, total, rate, counts))

    return show


def _bar(done: int, total: int, rate: float, counts: Mapping[str, int]) -> str:
    left = datetime.timedelta(seconds=round((total - done) / rate)) if rate else "?"
    share = 20 * done // max(total, 1)
    pace = f"{rate:,.0f}/s" if rate >= 1 else f"{rate * 60:,.0f}/min"
    bar = f"[{'#' * share}{'.' * (20 - share)}] {done:,} of {total:,}, {pace}, {left} left"
    late = counts["later"] + counts["lost"]
    return ", ".join([bar, f"{counts['failed']:,} failed", *([f"{late:,} tried again"] if late else [])])

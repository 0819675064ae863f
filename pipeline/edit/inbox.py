"""What is done to `inbox.yaml`: an entry put in, some taken out, all sorted; comments stay with their entries."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Collection, Sequence
from typing import Any, NamedTuple

from pipeline.edit.lines import inserted, line_end, rows
from pipeline.edit.written import mapping
from pipeline.read.inbox import Inbox, Waiting

__all__ = ["appended", "comments", "put_in_order", "without"]

_BOM = b"\xef\xbb\xbf"


class _Stretch(NamedTuple):
    """The lines of an entry: comments directly above it, the entry itself, what stands before the next one's."""

    start: int
    body: int
    end: int
    stop: int


def appended(data: bytes, column: int, values: dict[str, str]) -> bytes:
    """The file with one entry more, behind all others, at the column of their dashes, from 1."""
    lines = rows(data)
    margin, dash = " " * (column - 1), f"{' ' * (column - 1)}-".encode()
    dashes = [at for at, line in enumerate(lines) if line.startswith(dash)]
    parted = "\n" if len(dashes) > 1 and not lines[dashes[-1] - 1].strip() else ""
    text = "".join(margin + line for line in mapping(values, dash=True).splitlines(keepends=True))
    return inserted(lines, len(lines), parted + text)


def without(data: bytes, inbox: Inbox, taken: Collection[int]) -> bytes:
    """The file without some of its entries, by their numbers, from 0, and without the comments directly above them."""
    lines = rows(data)
    gone: set[int] = set()
    for number, stretch in enumerate(_stretches(lines, inbox)):
        if number in taken:
            blank = itertools.takewhile(lambda at: not lines[at].strip(), range(stretch.end, stretch.stop))
            gone |= {*range(stretch.start, stretch.end), *blank}
    return b"".join(line for at, line in enumerate(lines) if at not in gone)


def put_in_order(data: bytes, inbox: Inbox, key: Callable[[Waiting], Any]) -> bytes:
    """The file with its entries sorted by a key, those that share one in the order in which they were."""
    lines = rows(data)
    stretches = _stretches(lines, inbox)
    if not stretches:
        return data
    if not lines[-1].endswith((b"\r", b"\n")):
        lines[-1] += line_end(lines)
    order = sorted(range(len(stretches)), key=lambda number: key(inbox.waiting[number]))
    ends = [_behind_blanks(lines, stretch) for stretch in stretches]
    gaps = [lines[end : stretch.stop] for end, stretch in zip(ends, stretches, strict=True)]
    gaps[-1], gaps[order[-1]] = gaps[order[-1]], gaps[-1]  # the last entry is the one that nothing parts from a next
    kept = [line for at in order for line in (*lines[stretches[at].start : ends[at]], *gaps[at])]
    return b"".join([*lines[: stretches[0].start], *kept])


def comments(data: bytes, inbox: Inbox) -> list[str]:
    """The comments directly above each entry, in lines that begin with their `#`; empty where there is none."""
    lines = rows(data)
    return [
        "\n".join(line.decode().strip() for line in lines[stretch.start : stretch.body])
        for stretch in _stretches(lines, inbox)
    ]


def _stretches(lines: Sequence[bytes], inbox: Inbox) -> list[_Stretch]:
    """Where each entry stands. A comment on the file's first line, and what is glued to it, is the file's own."""
    own = _above(lines, len(lines), 0)
    bodies = [_dash(lines, (waiting.entry.location.line or 1) - 1, inbox.column) for waiting in inbox.waiting]
    starts = []
    for body in bodies:
        start = body
        while start and _is_comment(lines[start - 1], inbox.column):
            start -= 1
        starts.append(body if start <= own else start)
    found = []
    for start, body, stop in zip(starts, bodies, [*starts[1:], len(lines)], strict=False):
        end = stop
        while end > body + 1 and (not lines[end - 1].strip() or _is_comment(lines[end - 1], inbox.column)):
            end -= 1
        found.append(_Stretch(start, body, end, stop))
    return found


def _behind_blanks(lines: Sequence[bytes], stretch: _Stretch) -> int:
    """The first of the blank lines that part an entry, and comments that stand loose behind it, from the next."""
    at = stretch.stop
    while not lines[at - 1].strip():
        at -= 1
    return at


def _above(lines: Sequence[bytes], end: int, start: int) -> int:
    """The last of the comments that stand together from a line on; -1 where none does."""
    at = start
    while at < end and lines[at].removeprefix(_BOM).lstrip().startswith(b"#"):
        at += 1
    return at - 1


def _dash(lines: Sequence[bytes], at: int, column: int) -> int:
    """The line of the dash behind which an entry begins, which is the entry's own or stands above it."""
    while at and lines[at].removeprefix(_BOM)[column - 1 : column] != b"-":
        at -= 1
    return at


def _is_comment(line: bytes, column: int) -> bool:
    """Whether a line is a comment that is not indented into an entry."""
    text = line.removeprefix(_BOM)
    return text.lstrip(b" ").startswith(b"#") and len(text) - len(text.lstrip(b" ")) < column

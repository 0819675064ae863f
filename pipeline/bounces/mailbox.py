"""The messages of a Maildir, of an mbox, or of a file that is one: read piece by piece, and left as they are."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

from pipeline.errors import BadSource
from pipeline.model import Location

__all__ = ["SIZE_AT_MOST", "Received", "messages", "streamed"]

SIZE_AT_MOST = 1 << 20
"""Bytes of a message that are read: a report stands before the message that it returns."""

_LINE = 1 << 16


class Received(NamedTuple):
    """A message and where it stands; `content` is cut after SIZE_AT_MOST bytes."""

    name: str
    content: bytes


def messages(path: Path) -> Iterator[Received]:
    """The messages of a Maildir folder or of a file. Raises BadSource where there is none, or it cannot be read."""
    try:
        if path.is_dir():
            yield from _maildir(path)
        else:
            with path.open("rb") as file:
                yield from streamed(str(path), file)
    except OSError as error:
        raise BadSource.at(Location(path=str(path)), "unreadable", error.strerror or str(error)) from None


def _maildir(folder: Path) -> Iterator[Received]:
    """New messages and read ones, by name; what is no file, such as a pipe, is passed over."""
    inner = [folder / name for name in ("new", "cur") if (folder / name).is_dir()]
    if not inner:
        message = "no Maildir, which has the folders new and cur"
        raise BadSource.at(Location(path=str(folder)), "no-mailbox", message)
    for path in sorted(path for each in inner for path in each.iterdir() if not path.name.startswith(".")):
        try:
            if stat.S_ISREG(path.lstat().st_mode):
                with path.open("rb") as file:
                    yield Received(str(path), file.read(SIZE_AT_MOST))
        except FileNotFoundError:  # a mail program has just moved it: it is looked at again in the next run
            continue


def streamed(name: str, file: BinaryIO) -> Iterator[Received]:
    """The messages of an mbox, each behind a line that begins with `From ` (RFC 4155), or the one that there is."""
    start = file.readline(_LINE)
    content, number, blank = bytearray(), int(start.startswith(b"From ")), False
    if not number:
        content += start
    while piece := file.readline(_LINE):
        if number and blank and piece.startswith(b"From "):
            yield Received(f"{name}:{number}", bytes(content))
            content, number = bytearray(), number + 1
        elif len(content) < SIZE_AT_MOST:
            content += piece.removeprefix(b">") if number and piece.startswith(b">From ") else piece
        blank = piece in (b"\n", b"\r\n")
    if content:
        yield Received(f"{name}:{number}" if number else name, bytes(content))

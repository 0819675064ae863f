"""A Maildir folder that messages are put into: for a first look, for tests, and for mail programs that read one."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

from pipeline.deliver.transport import Answer, Envelope, Outcome, Unreachable
from pipeline.model import Location

__all__ = ["Maildir"]

_PASSING = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE)


class Maildir:
    """Puts each message into `new/` in one instant; its name is made of its Message-ID, so that it is there once.

    Names are https://cr.yp.to/proto/maildir.html's in form; lines end as they do on disk, in LF.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def open(self) -> None:
        """Makes the three folders."""
        try:
            for name in ("tmp", "new", "cur"):
                (self._folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            where = Location(path=str(self._folder))
            raise Unreachable.at(where, "unreachable", error.strerror or str(error)) from None

    def deliver(self, envelope: Envelope) -> Answer:
        """Writes, waits for the disk, and moves."""
        name = _name(envelope)
        new = self._folder / "tmp" / name
        try:
            with open(new, "wb") as file:
                file.write(envelope.content.replace(b"\r\n", b"\n"))
                file.flush()
                os.fsync(file.fileno())
            new.rename(self._folder / "new" / name)
        except OSError as error:
            outcome = Outcome.LATER if error.errno in _PASSING else Outcome.FAILED
            return Answer(outcome, error.strerror or str(error))
        return Answer(Outcome.SENT)

    def accepted(self, envelope: Envelope) -> bool | None:
        """Whether the message is there, read or not; one that somebody has deleted is taken for missing."""
        name = _name(envelope)
        return (self._folder / "new" / name).exists() or any((self._folder / "cur").glob(f"{name}:*"))

    def close(self) -> None:
        """Has nothing open."""


def _name(envelope: Envelope) -> str:
    digest = hashlib.sha256(f"{envelope.message_id} {envelope.recipient}".encode()).hexdigest()[:32]
    return f"0.{digest}.publish"

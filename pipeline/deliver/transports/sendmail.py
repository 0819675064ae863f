"""The `sendmail` program that a mail server on this machine brings along."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

from pipeline.deliver.transport import Answer, Envelope, Outcome, Unreachable
from pipeline.model import Location

__all__ = ["Sendmail"]

_PATIENCE = 300.0


class Sendmail:
    """One process a message: `-i` lets dots be, `-f` names the sender, the recipient is no option."""

    def __init__(self, program: Sequence[str] = ("sendmail",)) -> None:
        self._program = tuple(program)

    def open(self) -> None:
        """Looks for the program, also where it stands off the path."""
        if not self._found():
            where = Location(path=self._program[0])
            raise Unreachable.at(where, "unreachable", "no such program: install a mail server, or set smtp.host")

    def _found(self) -> str | None:
        path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/lib"])
        return shutil.which(self._program[0], path=path)

    def deliver(self, envelope: Envelope) -> Answer:
        """Runs the program; its exit status says what became of the message (sysexits.h)."""
        program = self._found() or self._program[0]
        command = [program, *self._program[1:], "-i", "-f", envelope.sender, "--", envelope.recipient]
        content = envelope.content.replace(b"\r\n", b"\n")
        try:
            ended = subprocess.run(command, input=content, capture_output=True, timeout=_PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            return Answer(Outcome.UNCERTAIN, "sendmail did not end")
        except OSError as error:
            return Answer(Outcome.LATER, error.strerror or str(error))
        said = " ".join(ended.stderr.decode("utf-8", "replace").split())
        if ended.returncode == 0:
            return Answer(Outcome.SENT)
        if ended.returncode < 0:
            return Answer(Outcome.UNCERTAIN, f"sendmail was killed {said}".strip())
        passing = ended.returncode in (os.EX_TEMPFAIL, os.EX_OSERR, os.EX_IOERR, os.EX_UNAVAILABLE, os.EX_CANTCREAT)
        return Answer(Outcome.LATER if passing else Outcome.FAILED, f"exit {ended.returncode} {said}".strip())

    def accepted(self, envelope: Envelope) -> bool | None:
        """The program cannot be asked."""
        return None

    def close(self) -> None:
        """Has nothing open."""

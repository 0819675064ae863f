"""What Postfix's log says became of messages: it has them, it has not, or nobody can tell yet."""

from __future__ import annotations

import datetime
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pipeline.errors import PipelineError
from pipeline.model import Location

__all__ = ["fates"]

_LINE = re.compile(r"^(\S+ +\d+ [\d:]{8}|\d{4}-\S+) \S+ (?:\S*/)?(smtpd|cleanup|qmgr|\w+)\[(\d+)\]: (.*)")
_ID = re.compile(r"([0-9A-Za-z]{6,}): (.*)")
_DAY = 86_400
_OPENED = 120.0  # seconds within which a sender has opened the session by which it hands over a message, or stopped
_CUT_OFF = re.compile(r"(?:lost connection|timeout) after (?!END-OF-MESSAGE)")


class _Log:
    """What was read so far of the messages that are wanted, by queue id, and of the sessions, by smtpd's process."""

    def __init__(self, wanted: Mapping[str, float]) -> None:
        self._wanted = wanted
        self.accepted: set[str] = set()
        self.begun: set[str] = set()
        self.sessions: dict[str, str] = {}
        self.first, self.last = "", ""
        self._message: dict[str, str] = {}
        self._doing: dict[str, str] = {}
        self._cut_off: set[str] = set()

    def read(self, line: str) -> None:
        """Takes in one line."""
        match = _LINE.match(line)
        if not match:
            return
        self.last, program, process, said = match.groups()
        self.first = self.first or self.last
        queued = _ID.match(said)
        if queued:
            self._queued(program, process, *queued.groups())
        elif program == "smtpd":
            self._session(process, said)

    def _queued(self, program: str, process: str, number: str, said: str) -> None:
        if said.startswith(("client=", "uid=")):  # a new message, maybe by the number of an old one
            self._doing[process] = number
            self._cut_off.discard(number)
            self._message.pop(number, None)
        elif program == "cleanup" and said.startswith("message-id=") and number not in self._cut_off:
            message = said.removeprefix("message-id=")
            if message in self._wanted:
                self._message[number] = message
                self.begun.add(message)
        elif program == "qmgr" and said.startswith("from=") and number in self._message:
            self.accepted.add(self._message.pop(number))

    def _session(self, process: str, said: str) -> None:
        if said.startswith("connect from"):
            self.sessions[process] = self.last
            self._doing.pop(process, None)
        elif said.startswith("disconnect from"):
            self.sessions.pop(process, None)
        elif _CUT_OFF.match(said) and process in self._doing:  # what it was about to take is thrown away
            number = self._doing.pop(process)
            self._cut_off.add(number)
            self.begun.discard(self._message.pop(number, ""))


def fates(paths: Iterable[Path], wanted: Mapping[str, float], now: float) -> dict[str, bool | None]:
    """Whether Postfix has each message, by Message-ID; `wanted` says when it was being handed over (a Unix time).

    Postfix has it when its queue manager has told of it. It has it not where the log goes from before that instant
    until after it, every session is over by which it may have come, and the log knows nothing of it or that it was cut
    off before the final dot. All else is None. The logs, oldest first, are read as Postfix and syslog write them, in
    this machine's time. Raises PipelineError where one cannot be read.
    """
    log = _Log(wanted)
    for path in paths:
        for line in _lines(path):
            log.read(line)
    first, last = _instant(log.first, now), _instant(log.last, now)
    sessions = [_instant(since, now) for since in log.sessions.values()]

    def fate(message: str, at: float) -> bool | None:
        if message in log.accepted:
            return True
        told = first <= int(at) <= last and not any(since <= at + _OPENED for since in sessions)
        return False if told and message not in log.begun else None

    return {message: fate(message, at) for message, at in wanted.items()}


def _lines(path: Path) -> Iterator[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            yield from file
    except OSError as error:
        raise PipelineError.at(Location(path=str(path)), "log", error.strerror or str(error)) from None


def _instant(written: str, now: float) -> float:
    """The Unix time of a line; syslog leaves the year out: it is this one, unless that is yet to come."""
    try:
        if written[:1].isdigit():
            return datetime.datetime.fromisoformat(written).timestamp()
        year = time.localtime(now).tm_year
        years = (time.mktime(time.strptime(f"{one} {written}", "%Y %b %d %H:%M:%S")) for one in (year, year - 1))
        return next((found for found in years if found < now + _DAY), now)
    except ValueError:
        return float("nan")  # earlier and later than nothing

"""Sends for tests: a store with readers, a frozen send, and servers on this machine that take the messages."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.deliver import freezing, ledger, subscribers
from pipeline.deliver.addresses import Address
from pipeline.deliver.ledger import Plan, Send
from pipeline.deliver.letter import Letter, dumped, loaded
from pipeline.deliver.run import Job
from pipeline.deliver.store import Store
from pipeline.deliver.subscribers import Member
from pipeline.deliver.tokens import Keys
from pipeline.deliver.transport import Transport
from pipeline.deliver.transports.smtp import Smtp
from pipeline.model import SmtpSettings
from pipeline.render.message import Hole

__all__ = ["NOW", "accepted", "frozen", "job", "planned", "postfix", "sink", "smtp", "states", "unused"]

NOW = "2023-03-04T09:00:00+00:00"

PIECES = (
    b"From: news@weekly.example\r\nTo: ",
    Hole("to"),
    b"\r\nDate: ",
    Hole("date"),
    b"\r\nMessage-ID: ",
    Hole("message_id"),
    b"\r\nSubject: One\r\n\r\n.A dot\r\nLeave: ",
    Hole("query"),
    b"\r\n" + b"text text text text\r\n" * 20,
)


def reader(number: int) -> str:
    """The address of one reader."""
    return f"reader{number}@host{number % 7}.example"


def planned(issue: str = "2023-03-04") -> Plan:
    """What is sent."""
    return Plan(
        issue=issue,
        list="main",
        subject="One",
        sender="news@weekly.example",
        domain="weekly.example",
        hash="0" * 64,
        revision="",
        date="Sat, 04 Mar 2023 09:00:00 +0000",
        pieces=dumped(PIECES),
    )


def frozen(root: Path, count: int, issue: str = "2023-03-04") -> Send:
    """A send to so many readers, none of whom has had it."""
    with Store.opened(root, make=True) as store:
        members = [Member(address=Address(reader(number), reader(number))) for number in range(count)]
        subscribers.add(store, "main", members, NOW)
        send = freezing.begun(store, planned(issue), NOW)
        assert send is not None
        for _ in freezing.freeze(store, send, NOW):
            pass
        return ledger.found(store, issue, "main") or send


def job(root: Path, send: Send, transport: Callable[[], Transport], sessions: int = 1, **given: object) -> Job:
    """What sends it, without the pauses that a person has time for."""
    letter = Letter(
        pieces=loaded(send.pieces),
        name=send.issue,
        sender=send.sender,
        domain=send.domain,
        date=send.date,
        list_id=1,
        keys=Keys(keys=(b"0" * 32,)),
    )
    plain = {"pauses": (0.01,) * 8, "reconnects": (0.01,) * 3, "slowdowns": (0.05,), **given}
    return Job(root=root, send=send, letter=letter, transport=transport, sessions=sessions, **plain)  # type: ignore[arg-type]


def states(root: Path, send: Send) -> dict[str, str]:
    """The state of each recipient."""
    with Store.opened(root) as store:
        rows = store.rows("SELECT address, state FROM recipient WHERE send = :send", send=send.id)
        return dict(tuple(row) for row in rows)


def smtp(port: int, **given: object) -> Callable[[], Transport]:
    """Sessions with a server on this machine."""
    plain = {"security": "none", "timeout": 10.0, **given}
    return lambda: Smtp(SmtpSettings(host="127.0.0.1", port=port, **plain))  # type: ignore[arg-type]


def unused() -> int:
    """A port on which nobody listens."""
    with contextlib.closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def postfix(program: str) -> str:
    """The path of one of Postfix's programs, which stand off the path of most people."""
    return shutil.which(program) or f"/usr/sbin/{program}"


@contextlib.contextmanager
def sink(folder: Path, *options: str) -> Iterator[int]:
    """The port of Debian's smtp-sink, which puts every message that it has accepted whole into the folder."""
    folder.mkdir(exist_ok=True)
    port = unused()
    root = ["-u", "root"] if os.geteuid() == 0 else []  # it does not start as root unless that is said
    command = [postfix("smtp-sink"), *root, "-d", "m.", *options, f"127.0.0.1:{port}", "200"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(500):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.01)
            yield port
        finally:
            server.kill()


def accepted(folder: Path) -> Counter[str]:
    """How often each recipient's message was accepted by a sink."""
    found = Counter[str]()
    for path in folder.iterdir():
        said = re.search(rb"^X-Rcpt-Args: <(.*?)>", path.read_bytes()[:2000], re.MULTILINE)
        if said:
            found[said[1].decode()] += 1
    return found

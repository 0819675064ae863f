"""The confirmations that wait to be sent: kept in the database, handed over by one thread of the service."""

from __future__ import annotations

import contextlib
import datetime
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.deliver import request_statements
from pipeline.deliver.addresses import Address
from pipeline.deliver.store import Store
from pipeline.deliver.transport import Envelope, Outcome, Transport
from pipeline.errors import PipelineError
from pipeline.render.headers import date

__all__ = ["Compose", "Outbox"]

Compose = Callable[[int, tuple[Address, str]], Envelope]
"""Makes the message of a request from its number, and the address and Date of the message."""

_PAUSES = (30.0, 120.0, 480.0, 1800.0)
_GLANCE = 5.0
"""Seconds after which it looks for what another process left, or what is due again."""

_AGAIN = 30.0
"""Seconds to wait where the mail server or the database cannot be reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Waiting:
    id: int
    address: Address
    tries: int


class Outbox:
    """Sends each confirmation at most once: killed between the mark and the server's answer, it is not sent again.

    Who bounced, complained or is suppressed gets none; whoever asked is told the same.
    """

    def __init__(
        self, root: Path, compose: Compose, transport: Callable[[], Transport], tell: Callable[[str], None]
    ) -> None:
        self._root, self._compose, self._transport, self._tell = root, compose, transport, tell
        self._wake = threading.Event()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._work, name="outbox", daemon=True)

    def __enter__(self) -> Outbox:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._wake.set()
        self._thread.join()

    @property
    def alive(self) -> bool:
        """Whether it is at work."""
        return self._thread.is_alive()

    def wake(self) -> None:
        """Says that there is something to send."""
        self._wake.set()

    def _work(self) -> None:
        while not self._ending.is_set():
            self._wake.clear()
            try:
                with Store.opened(self._root) as store:
                    self._send_all(store)
                    self._wake.wait(_GLANCE)
            except PipelineError as error:
                self._tell(f"confirmations wait: {error}")
                self._ending.wait(_AGAIN)

    def _send_all(self, store: Store) -> None:
        """Sends what is due, over one session; raises Unreachable where none can be opened."""
        if not store.number(request_statements.WAITING, now=time.time()):
            return
        session = self._transport()
        session.open()
        with contextlib.closing(session):
            while not self._ending.is_set() and (one := self._next(store)):
                self._send(store, session, one)

    def _next(self, store: Store) -> _Waiting | None:
        """The next to be mailed, marked so on the disk before it is."""
        while True:
            with store.transaction():
                rows = list(store.rows(request_statements.NEXT_REQUEST, now=time.time()))
                if not rows:
                    return None
                [(number, key, text, tries)] = rows
                if not store.number(request_statements.STANDING_OF, key=key):
                    return _Waiting(id=number, address=Address(text, key), tries=tries)
                store.change(request_statements.UNMAILED, id=number)

    def _send(self, store: Store, session: Transport, one: _Waiting) -> None:
        now = date(datetime.datetime.now(datetime.UTC))
        answer = session.deliver(self._compose(one.id, (one.address, now)))
        mail, due = "sent", 0.0
        if answer.outcome in (Outcome.LATER, Outcome.LOST) and one.tries <= len(_PAUSES):
            mail, due = "queued", time.time() + _PAUSES[one.tries - 1]
        elif answer.outcome not in (Outcome.SENT, Outcome.UNCERTAIN):
            mail = "failed"
            self._tell(f"a confirmation was refused: {answer.reason.replace(one.address.text, '…')}")
        with store.transaction():
            store.change(request_statements.MAIL, id=one.id, mail=mail, due=due)
        if answer.outcome is Outcome.LOST:
            session.close()
            session.open()

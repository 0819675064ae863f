"""What every transport is: one small interface, and what can become of a message."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from pipeline.errors import PipelineError

__all__ = ["Answer", "Envelope", "Outcome", "Transport", "Unreachable"]


class Outcome(enum.StrEnum):
    """What became of a message.

    `later` is a refusal that may pass, `lost` a connection that broke before the final dot, `uncertain` one that
    broke behind it: whether the server has the message, nobody knows.
    """

    SENT = "sent"
    LATER = "later"
    LOST = "lost"
    FAILED = "failed"
    UNCERTAIN = "uncertain"


class Answer(NamedTuple):
    """An outcome and what the other side said; `slow` where it asks for patience with all of the recipient's domain.

    `judged` where it is a server's word on this recipient or their message, not on the sender, nor one of our own.
    """

    outcome: Outcome
    reason: str = ""
    slow: bool = False
    judged: bool = False


class Unreachable(PipelineError):
    """Nothing can be handed over at all: no server, no certificate, a wrong password, no folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A finished message, in CRLF lines, and whom it is from and for; what all copies share are parts of its own."""

    sender: str
    recipient: str
    message_id: str
    parts: tuple[bytes, ...]

    @property
    def content(self) -> bytes:
        """The whole message."""
        return b"".join(self.parts)


class Transport(Protocol):
    """One session, used by one thread at a time; it may be opened again after it was closed."""

    def open(self) -> None:
        """Makes ready to hand over messages. Raises Unreachable."""

    def deliver(self, envelope: Envelope) -> Answer:
        """Hands over one message and says what became of it; raises nothing that a server or a disk can cause."""

    def accepted(self, envelope: Envelope) -> bool | None:
        """Whether the other side had this message earlier; None where it cannot be asked."""

    def close(self) -> None:
        """Ends the session; nothing happens where none is open."""

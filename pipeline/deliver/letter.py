"""One recipient's copy of a message: the built pieces, with values spliced into their holes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.deliver.tokens import Keys
from pipeline.deliver.transport import Envelope
from pipeline.render.headers import phrase
from pipeline.render.message import Hole, Piece, parts

__all__ = ["Letter", "Sign", "dumped", "envelope", "loaded", "message_id", "send_name"]

Sign = Callable[[bytes, Mapping[str, str]], bytes]
"""From a copy of the message and the values in its holes to the fields that sign it, which stand before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message for all its recipients; `sender` is the envelope's, `date` is as the header has it.

    `name` tells the sends apart in Message-IDs: the issue, the list and the message's hash. With `bounces` the
    envelope's sender is that address with a token of this `send` and the recipient in it (VERP).
    """

    pieces: tuple[Piece, ...]
    name: str
    sender: str
    domain: str
    date: str
    list_id: int
    keys: Keys
    send: int = 0
    bounces: str = ""
    sign: Sign | None = None


def envelope(letter: Letter, subscriber: int, address: str, name: str = "") -> Envelope:
    """The copy for one recipient; the same arguments give the same bytes, and so the same Message-ID."""
    id_ = message_id(letter.name, address, letter.domain)
    token = letter.keys.token(letter.list_id, subscriber)
    values = {
        "to": f"{phrase(name, len('To: '))}\r\n <{address}>" if name else address,
        "date": letter.date,
        "message_id": id_,
        "query": f"?t={token}",
        "parameter": f"&t={token}",
    }
    made = parts(letter.pieces, values)
    if letter.sign:
        made = (letter.sign(b"".join(made), values), *made)
    sender = _return_path(letter, subscriber)
    return Envelope(sender=sender, recipient=address, message_id=id_, parts=made)


def send_name(issue: str, list_name: str, hash_: str) -> str:
    """What tells a send apart from all others, and a correction from what it corrects."""
    return f"{issue}\0{list_name}\0{hash_}"


def message_id(name: str, address: str, domain: str) -> str:
    """The Message-ID of a send's message to an address, always the same."""
    digest = hashlib.sha256(f"{name}\0{address}".encode()).hexdigest()[:40]
    return f"<{digest}@{domain}>"


def _return_path(letter: Letter, subscriber: int) -> str:
    local, at, domain = letter.bounces.rpartition("@")
    return f"{local}+{letter.keys.return_token(letter.send, subscriber)}@{domain}" if at else letter.sender


def dumped(pieces: Sequence[Piece]) -> str:
    """The pieces as JSON, to be kept until the last recipient has had them; all of a built message is ASCII."""
    return json.dumps([piece.decode("ascii") if isinstance(piece, bytes) else _written(piece) for piece in pieces])


def _written(hole: Hole) -> list[str]:
    return [hole.name, hole.encoding, hole.before.decode("latin-1"), hole.after.decode("latin-1")]


def loaded(text: str) -> tuple[Piece, ...]:
    """What `dumped` wrote."""
    return tuple(one.encode("ascii") if isinstance(one, str) else _read(*one) for one in json.loads(text))


def _read(name: str, encoding: str, before: str, after: str) -> Hole:
    return Hole(name, encoding, before.encode("latin-1"), after.encode("latin-1"))

"""Tokens that prove who may leave a list or confirm: HMACs over purpose, list, subscriber and key id."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pipeline.errors import BadSource
from pipeline.model import Location

__all__ = ["KEY_FILE", "RETURN_WIDTH", "Bearer", "Keys", "Returned"]

KEY_FILE = "var/token.key"
"""Where the keys stand: one in hexadecimal a line, the newest last; older ones still prove, to rotate them."""

_HEAD = 12  # bytes: the key's id, the list in three, the subscriber in eight
_SEAL = 24  # bytes of the HMAC: 192 bits
_RETURN_SEAL = 13  # the same in an address: 104 bits, so that base32 comes out even
_LINE = re.compile(r"[0-9a-fA-F]{64,128}")

RETURN_WIDTH = 40
"""Characters of a token in the address to which a message returns; 64 are the most before an @ (RFC 5321)."""


class Bearer(NamedTuple):
    """Whom a token is for."""

    list_id: int
    subscriber: int


class Returned(NamedTuple):
    """Whose message came back, and of which send; 0 for a send that is not known."""

    send: int
    subscriber: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys by their ids; the last makes tokens, all prove them."""

    keys: tuple[bytes, ...]

    @classmethod
    def opened(cls, root: Path) -> Keys:
        """The keys of a publication, made where there are none. Raises BadSource for a file that holds something else.

        Quotes and white space around a key are not part of it: they come in with a copy out of a settings page.
        """
        path = root / KEY_FILE
        try:
            text = path.read_text("ascii", errors="replace")
        except FileNotFoundError:
            text = secrets.token_hex(32)
            try:
                with open(path, "x", encoding="ascii", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
                    file.write(f"{text}\n")
                    file.flush()
                    os.fsync(file.fileno())
            except FileExistsError:  # another process was quicker
                text = path.read_text("ascii", errors="replace")
        lines = [line.strip(" \t\r\n'\"") for line in text.splitlines()]
        lines = [line for line in lines if line]
        if not lines or len(lines) > 255 or not all(map(_LINE.fullmatch, lines)):
            raise BadSource.at(Location(path=KEY_FILE), "token-key", "write one key a line: 64 or more of 0-9 and a-f")
        keys = cls(keys=tuple(bytes.fromhex(line[: len(line) // 2 * 2]) for line in lines))
        if keys.bearer(keys.token(1, 1)) != Bearer(1, 1):
            raise BadSource.at(Location(path=KEY_FILE), "token-key", "a token made with it proves nothing")
        return keys

    def token(self, list_id: int, subscriber: int, purpose: str = "leave") -> str:
        """The token, 48 characters of URL-safe base64."""
        number = len(self.keys)
        head = bytes([number]) + list_id.to_bytes(3) + subscriber.to_bytes(8)
        return base64.urlsafe_b64encode(head + self._seal(number, purpose, head)).decode()

    def bearer(self, token: str, purpose: str = "leave") -> Bearer | None:
        """Whom a token is for, None where it proves nothing; takes as long for a nearly right one as for any other."""
        try:
            raw = base64.b64decode(token, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        head, seal = raw[:_HEAD], raw[_HEAD:]
        if len(raw) != _HEAD + _SEAL or not 1 <= head[0] <= len(self.keys):
            return None
        if not hmac.compare_digest(seal, self._seal(head[0], purpose, head)):
            return None
        return Bearer(int.from_bytes(head[1:4]), int.from_bytes(head[4:]))

    def return_token(self, send: int, subscriber: int) -> str:
        """A token for the address to which a message returns: a-z and 2-7, as servers may change its case."""
        number = len(self.keys)
        head = bytes([number]) + send.to_bytes(3) + subscriber.to_bytes(8)
        return base64.b32encode(head + self._seal(number, "return", head)[:_RETURN_SEAL]).decode().lower()

    def returned(self, token: str) -> Returned | None:
        """Whose message came back, None where the token proves nothing."""
        try:
            raw = base64.b32decode(token, casefold=True)
        except (binascii.Error, ValueError):
            return None
        head, seal = raw[:_HEAD], raw[_HEAD:]
        if len(seal) != _RETURN_SEAL or not 1 <= head[0] <= len(self.keys):
            return None
        if not hmac.compare_digest(seal, self._seal(head[0], "return", head)[:_RETURN_SEAL]):
            return None
        return Returned(int.from_bytes(head[1:4]), int.from_bytes(head[4:]))

    def _seal(self, number: int, purpose: str, head: bytes) -> bytes:
        return hmac.digest(self.keys[number - 1], purpose.encode() + b"\0" + head, hashlib.sha256)[:_SEAL]

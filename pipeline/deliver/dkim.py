"""DKIM signatures by a key file (RFC 6376, RFC 8463): relaxed/relaxed, over all that must not be changed or added."""

from __future__ import annotations

import base64
import functools
import hashlib
import re
import stat
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
)

from pipeline.deliver.letter import Letter, Sign
from pipeline.errors import BadSource
from pipeline.model import DkimSettings, Location
from pipeline.render.message import Hole, Piece, filled

__all__ = ["Key", "bits", "opened", "signed"]

_SIGNED = (
    b"from to cc reply-to subject date message-id mime-version content-type content-transfer-encoding list-id "
    b"list-unsubscribe list-unsubscribe-post archived-at auto-submitted feedback-id"
).split()
"""The fields that are signed, each once more than it is there: none can be added (RFC 6376, section 8.15)."""

_LINE = 72
_HEAD_END = b"\r\n\r\n"
_LEAST_BITS = 1024  # RFC 8301, section 3.2
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)\r\n")
_BLANKS = re.compile(rb"[ \t]+")
_BLANKS_AT_END = re.compile(rb"[ \t]+(?=\r\n)")


class Key(NamedTuple):
    """A key with the names under which DNS tells of it; its secret stays within `sign`."""

    domain: str
    selector: str
    algorithm: str
    public: str
    """What stands behind `p=` in DNS."""
    sign: Callable[[bytes], bytes]

    @property
    def record(self) -> str:
        """The TXT record that belongs at `selector._domainkey.domain` (RFC 6376, section 3.6.1)."""
        return f"v=DKIM1; k={self.algorithm.partition('-')[0]}; p={self.public}"


def opened(settings: DkimSettings, root: Path) -> Key:
    """The key that the settings name. Raises BadSource where it cannot be used, or where others could."""
    path = root / Path(settings.key).expanduser()
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(path.stat().st_mode)
            data = file.read(1 << 16)
    except OSError as error:
        raise _refused(settings, error.strerror or str(error)) from None
    if mode & 0o037:
        raise _refused(settings, f"others than you may use it: chmod 600 {settings.key}")
    try:
        private = load_pem_private_key(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # whose words might tell something of the key
        raise _refused(settings, "no private key in PEM without a passphrase") from None
    name = functools.partial(Key, settings.domain, settings.selector)
    match private:
        case Ed25519PrivateKey():
            raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            return name("ed25519-sha256", _base64(raw), _by_ed25519(private))
        case RSAPrivateKey() if private.key_size >= _LEAST_BITS:
            raw = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            return name("rsa-sha256", _base64(raw), _by_rsa(private))
        case RSAPrivateKey():
            raise _refused(settings, f"{private.key_size} bits are too few: make a key of 2048")
    raise _refused(settings, "neither an RSA nor an Ed25519 key")


def _refused(settings: DkimSettings, message: str) -> BadSource:
    return BadSource.at(Location(path=settings.key), "dkim-key", message)


def _by_rsa(private: RSAPrivateKey) -> Callable[[bytes], bytes]:
    return lambda data: private.sign(data, PKCS1v15(), hashes.SHA256())


def _by_ed25519(private: Ed25519PrivateKey) -> Callable[[bytes], bytes]:
    return lambda data: private.sign(hashlib.sha256(data).digest())  # RFC 8463, section 3: of the hash


def bits(public: str) -> int:
    """How long the RSA key is that DNS tells behind `p=`, in bits; 0 where it is none."""
    try:
        found = load_der_public_key(base64.b64decode(public))
    except (ValueError, UnsupportedAlgorithm):
        return 0
    return found.key_size if isinstance(found, RSAPublicKey) else 0


def signed(letter: Letter, keys: Iterable[Key]) -> Letter:
    """The message with every copy signed by each key."""
    return replace(letter, sign=_signing(tuple(keys), letter.pieces))


def _signing(keys: Sequence[Key], pieces: Sequence[Piece]) -> Sign:
    """What makes the signatures of each copy of a message; of the body all but its holes is read here, once."""
    body = tuple(_relaxed_body(pieces))

    def sign(content: bytes, values: Mapping[str, str]) -> bytes:
        head = content.partition(_HEAD_END)[0] + b"\r\n"
        digest = hashlib.sha256(filled(body, values)).digest()
        fields = _relaxed_fields(head)
        return b"".join(_signature(key, fields, _base64(digest)) for key in keys)

    return sign


def _relaxed_body(pieces: Sequence[Piece]) -> list[Piece]:
    """The body in pieces as it is hashed (RFC 6376, section 3.4.4); a value holds no blank and ends no line."""
    whole: list[Piece] = [b""]
    for piece in pieces:  # what is between two holes in one, so that each blank has its neighbours
        before = whole[-1]
        whole[-1:] = [before + piece] if isinstance(before, bytes) and isinstance(piece, bytes) else [before, piece]
    at, head = next((at, piece) for at, piece in enumerate(whole) if isinstance(piece, bytes) and _HEAD_END in piece)
    rest = [head.partition(_HEAD_END)[2], *whole[at + 1 :], b""]
    made: list[Piece] = [one if isinstance(one, Hole) else _relaxed(one) for one in rest]
    last = b"".join(one for one in made[-2:] if isinstance(one, bytes))
    return [*made[:-2], *(one for one in made[-2:] if isinstance(one, Hole)), last.rstrip(b"\r\n") + b"\r\n"]


def _relaxed(text: bytes) -> bytes:
    return _BLANKS.sub(b" ", _BLANKS_AT_END.sub(b"", text))


def _relaxed_fields(head: bytes) -> dict[bytes, bytes]:
    """The fields as they are hashed (section 3.4.2), by name; none of ours is there twice."""
    found = ((match[1].lower(), match[2]) for match in _FIELD.finditer(head))
    return {name: name + b":" + _unfolded(value) for name, value in found}


@functools.lru_cache(maxsize=64)
def _unfolded(value: bytes) -> bytes:
    """A field's value as it is hashed; most are the same in all copies."""
    return _relaxed(value.replace(b"\r\n", b"")).strip(b" ")


def _signature(key: Key, fields: Mapping[bytes, bytes], digest: str) -> bytes:
    """One DKIM-Signature, to stand before the message."""
    there = tuple(name for name in _SIGNED if name in fields)
    unsigned = f"{_start(key, there)}\r\n bh={digest};\r\n b=".encode()
    own = _relaxed_fields(unsigned + b"\r\n")[b"dkim-signature"]
    made = _base64(key.sign(b"\r\n".join([*(fields[name] for name in there), own])))
    lines = [made[at : at + _LINE] for at in range(0, len(made), _LINE)]
    return unsigned + "\r\n ".join(lines).encode() + b"\r\n"


@functools.lru_cache(maxsize=8)
def _start(key: Key, there: Sequence[bytes]) -> str:
    """The signature's field up to what differs between copies, in lines."""
    names = [name.decode() for name in _SIGNED for _ in range(1 + (name in there))]
    tags = f"v=1; a={key.algorithm}; c=relaxed/relaxed; d={key.domain}; s={key.selector}; h={': '.join(names)};"
    lines = textwrap.wrap(f"DKIM-Signature: {tags}", 76, break_long_words=False, break_on_hyphens=False)
    return "\r\n ".join(lines)


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()

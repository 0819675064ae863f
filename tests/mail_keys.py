"""Keys for DKIM, and DNS as a verifier asks it: somebody else's program says whether a message is signed well."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import dkim
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pipeline.deliver.dkim import Key, opened
from pipeline.model import DkimSettings

__all__ = ["ED25519", "RSA", "kept", "pem", "verified"]

RSA = generate_private_key(65537, 2048)
ED25519 = Ed25519PrivateKey.generate()


def pem(private: RSAPrivateKey | Ed25519PrivateKey) -> bytes:
    """A private key as openssl writes it."""
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def kept(folder: Path, private: RSAPrivateKey | Ed25519PrivateKey, selector: str = "news") -> Key:
    """The key as a publication with the domain weekly.example has it, in a file of its own."""
    path = folder / f"{selector}.pem"
    path.touch(0o600)
    path.write_bytes(pem(private))
    return opened(DkimSettings(domain="weekly.example", selector=selector, key=path.name), folder)


def verified(message: bytes, keys: Iterable[Key]) -> list[bool]:
    """What dkimpy says of each signature of a message, from the top, with these keys in DNS."""
    records = {f"{key.selector}._domainkey.{key.domain}.": key.record for key in keys}

    def asked(name: str | bytes, timeout: int = 5) -> bytes:
        return records.get(name.decode() if isinstance(name, bytes) else name, "").encode()

    count = message.lower().count(b"\ndkim-signature:") + message.lower().startswith(b"dkim-signature:")
    return [_holds(message, at, asked) for at in range(count)]


def _holds(message: bytes, at: int, asked: Callable[[str | bytes, int], bytes]) -> bool:
    try:
        return bool(dkim.DKIM(message).verify(at, dnsfunc=asked))
    except dkim.DKIMException:
        return False

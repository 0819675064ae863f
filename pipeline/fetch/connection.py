"""A connection to the very address that was checked, with one deadline for all that is done over it."""

from __future__ import annotations

import ipaddress
import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.fetch.answer import Failure, Trouble
from pipeline.fetch.networks import Address, Network, is_open
from pipeline.fetch.target import Target

__all__ = ["Connection", "Resolve", "connect", "resolve"]

Resolve = Callable[[str], Sequence[str]]
"""From a host to its addresses as text. Raises OSError."""

_ADDRESSES = 4
"""Addresses of one host that are tried, each for its share of the time that is left."""


def resolve(host: str) -> list[str]:
    """The addresses of a host by the system's own means: its files, DNS, and every way to write a number."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True)
class Connection:
    """Bytes to a server and back until a moment of `time.monotonic`. Its methods raise OSError."""

    _socket: socket.socket
    _deadline: float

    def send(self, data: bytes) -> None:
        """Sends all of it."""
        self._socket.settimeout(_left(self._deadline))
        self._socket.sendall(data)

    def receive(self) -> bytes:
        """The next bytes; none where the server has ended."""
        self._socket.settimeout(_left(self._deadline))
        return self._socket.recv(65536)

    def close(self) -> None:
        """Lets go of it at once, whatever the server still sends."""
        self._socket.close()


def connect(
    asked: Target, allowed: Sequence[Network], lookup: Resolve, context: ssl.SSLContext, seconds: float
) -> Connection | Failure:
    """A connection to the target for so many seconds; a Failure where all of its addresses are private.

    The addresses are looked up once, and the one that passed is the one that is connected to, so that a name server
    cannot answer differently in between. Raises OSError, of which TimeoutError and ssl.SSLError are kinds.
    """
    deadline = time.monotonic() + seconds
    found = _looked_up(asked.host, lookup, deadline)
    addresses = [address for address in found if is_open(address, allowed)][:_ADDRESSES]
    if not addresses:
        option = f"--allow-network {found[0] if found else 'CIDR'}"
        return Failure(trouble=Trouble.EXCLUDED, reason=f"leads into a private network, which {option} would let in")
    plain = _connected(addresses, asked.port, deadline)
    if asked.scheme == "http":
        return Connection(plain, deadline)
    try:
        plain.settimeout(_left(deadline))
        return Connection(context.wrap_socket(plain, server_hostname=asked.host), deadline)
    except BaseException:
        plain.close()
        raise


def _looked_up(host: str, lookup: Resolve, deadline: float) -> list[Address]:
    """The addresses of a host. Looked up in a thread of its own: `getaddrinfo` takes no deadline."""
    told: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

    def look() -> None:
        try:
            told.put(lookup(host))
        except OSError as error:
            told.put(error)
        except UnicodeError as error:  # what the codec of host names says of some
            told.put(OSError(str(error)))

    threading.Thread(target=look, daemon=True).start()
    try:
        found = told.get(timeout=_left(deadline))
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(found, OSError):
        raise found
    return [ipaddress.ip_address(text) for text in dict.fromkeys(found)]


def _connected(addresses: Sequence[Address], port: int, deadline: float) -> socket.socket:
    """A socket to the first address that answers; raises what the last one raised."""
    for place, address in enumerate(addresses, start=1):
        made = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
        try:
            made.settimeout(_left(deadline) / (len(addresses) - place + 1))
            made.connect((str(address), port))
            return made
        except BaseException as error:
            made.close()
            if place == len(addresses) or not isinstance(error, OSError):
                raise
    raise AssertionError


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left

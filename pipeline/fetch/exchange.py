"""One request and its answer, by HTTP/1.1; the one home of its parser."""

from __future__ import annotations

import socket
import ssl
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import h11

from pipeline.fetch.answer import Answer, Failure, Outcome, Trouble
from pipeline.fetch.connection import Connection, Resolve, connect, resolve
from pipeline.fetch.networks import Network
from pipeline.fetch.target import Target, target

__all__ = ["Policy", "ask"]

_HEADERS_AT_MOST = 100 * 1024
"""Bytes before the body, and of the framing of chunks beside twice the body; curl's limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a request may cost and where it may go: `seconds` and bytes of body in all, private networks by name."""

    agent: str
    seconds: float = 20.0
    size: int = 2_000_000
    redirects: int = 10
    allowed: tuple[Network, ...] = ()
    resolve: Resolve = resolve
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)


def ask(method: str, url: str, policy: Policy, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Outcome:
    """The answer to one request, redirects not followed; it raises nothing, whatever the server does.

    The connection is closed after it, also in the middle of a body that is too long.
    """
    asked = target(url)
    if isinstance(asked, Failure):
        return asked
    try:
        length = {"Content-Length": str(len(body))} if body else {}
        request = _request(method, asked, {"User-Agent": policy.agent, **length, **(headers or {})})
        connection = connect(asked, policy.allowed, policy.resolve, policy.tls, policy.seconds)
        if isinstance(connection, Failure):
            return connection
        try:
            return _exchanged(connection, (request, body), url, policy.size)
        finally:
            connection.close()
    except TimeoutError:
        return Failure(trouble=Trouble.TIMEOUT, reason="does not answer in time")
    except (OSError, h11.ProtocolError, ValueError) as error:
        return Failure(trouble=Trouble.ERROR, reason=_reason(error))


def _request(method: str, asked: Target, headers: Mapping[str, str]) -> h11.Request:
    given = {"Host": asked.authority, "Accept": "*/*", "Accept-Encoding": "gzip", "Connection": "close", **headers}
    return h11.Request(method=method, target=asked.path, headers=list(given.items()))


def _exchanged(connection: Connection, sent: tuple[h11.Request, bytes], url: str, size: int) -> Answer:
    """The answer over a connection; its body is cut after `size` bytes, and where the server broke off."""
    http = h11.Connection(our_role=h11.CLIENT, max_incomplete_event_size=_HEADERS_AT_MOST)
    connection.send(b"".join(http.send(part) or b"" for part in (sent[0], h11.Data(data=sent[1]), h11.EndOfMessage())))
    taken = 0

    def event(at_most: int) -> object:
        nonlocal taken
        while (found := http.next_event()) is h11.NEED_DATA:
            if taken > at_most:
                raise ValueError("an answer that has no end")
            data = connection.receive()
            taken += len(data)
            http.receive_data(data)
        return found

    while not isinstance(response := event(_HEADERS_AT_MOST), h11.Response):
        if not isinstance(response, h11.InformationalResponse):
            raise h11.RemoteProtocolError("no answer")
    head = tuple((name.decode("latin-1"), _text(value)) for name, value in response.headers)
    answer = Answer(url=url, status=response.status_code, headers=head)
    body, whole = bytearray(), False
    try:
        while len(body) < size and isinstance(piece := event(_HEADERS_AT_MOST + 2 * size), h11.Data):
            body += piece.data
        whole = len(body) < size and isinstance(piece, h11.EndOfMessage)
    except (h11.RemoteProtocolError, ConnectionError, ValueError):
        pass
    return _decoded(answer, bytes(body[:size]), size, whole=whole)


def _decoded(answer: Answer, body: bytes, size: int, *, whole: bool) -> Answer:
    """The answer with this body, unpacked to `size` bytes at the most; none where it is not packed as was asked for."""
    coding = answer.header("content-encoding").strip().lower()
    if coding in ("", "identity"):
        return replace(answer, body=body, whole=whole)
    if coding not in ("gzip", "x-gzip") or not body:
        return replace(answer, whole=whole and not body)
    unpacking = zlib.decompressobj(31)
    try:
        plain = unpacking.decompress(body, size)
    except zlib.error:
        return replace(answer, whole=False)
    return replace(answer, body=plain, whole=whole and unpacking.eof)


def _text(value: bytes) -> str:
    """The value of a header: UTF-8 where it is, else a character a byte, as the RFCs once said."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _reason(error: Exception) -> str:
    """What went wrong, as people say it."""
    match error:
        case ssl.SSLCertVerificationError():
            said = f"has a certificate that is not valid: {error.verify_message}"
        case ssl.SSLError():
            said = f"speaks no TLS that this machine knows: {error.reason or 'it broke off'}"
        case socket.gaierror():
            said = "is on a host that has no address"
        case h11.LocalProtocolError():
            said = "cannot be asked for"
        case h11.RemoteProtocolError():
            said = f"answers what is not HTTP: {error}"
        case OSError():
            said = f"cannot be reached: {(error.strerror or str(error)).lower()}"
        case _:
            said = f"sends {error}"
    return said

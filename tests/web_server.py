"""A server on loopback that answers byte for byte what a test wants, and remembers what it was asked."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

__all__ = ["Asked", "Reply", "Server", "dripped", "endless", "html", "raw", "redirect", "serving", "status"]

Reply = Callable[[socket.socket], None]
"""Says something over a connection; it is closed afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: what it wanted, and when it came."""

    method: str
    path: str
    headers: dict[str, str]
    at: float


@dataclass(slots=True)
class Server:
    """Paths and their replies, one after the other; the last one stays. `asked` are the requests, `opened` counts."""

    port: int
    host: str
    replies: dict[str, list[Reply]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    opened: int = 0
    at_once: int = 0
    _now: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Its front page without the slash."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def on(self, path: str, *replies: Reply) -> str:
        """Answers a path so; gives its address. A method before it (`HEAD /a`) is for that method alone."""
        self.replies[path] = list(replies)
        return self.url + path.rpartition(" ")[2]

    def paths(self) -> list[str]:
        """What was asked for, in order: `HEAD /a`."""
        return [f"{one.method} {one.path}" for one in self.asked]

    def answer(self, connection: socket.socket, context: ssl.SSLContext | None) -> None:
        """Takes one request and gives its reply."""
        with self._lock:
            self.opened += 1
            self._now += 1
            self.at_once = max(self.at_once, self._now)
        with contextlib.suppress(OSError), connection:
            connection.settimeout(10)
            if context:
                connection = context.wrap_socket(connection, server_side=True)
            head = b""
            while b"\r\n\r\n" not in head:
                piece = connection.recv(65536)
                if not piece:
                    break
                head += piece
            if head:
                self._reply(connection, head.decode("latin-1"))
        with self._lock:
            self._now -= 1

    def _reply(self, connection: socket.socket, head: str) -> None:
        first, *lines = head.split("\r\n")
        method, path = [*first.split(" "), "", ""][:2]
        replies = self.replies.get(f"{method} {path}") or self.replies.get(path) or [status(404)]
        reply = replies.pop(0) if len(replies) > 1 else replies[0]
        headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
        self.asked.append(Asked(method=method, path=path, headers=headers, at=time.monotonic()))
        try:
            reply(connection)
        finally:
            connection.close()


@contextlib.contextmanager
def serving(host: str = "127.0.0.1", context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server on a free port of an address of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family, backlog=64) as listening:
        server = Server(listening.getsockname()[1], host)

        def accept() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=server.answer, args=(connection, context), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield server
        finally:
            listening.shutdown(socket.SHUT_RDWR)


def raw(data: bytes) -> Reply:
    """These bytes, and the end."""
    return lambda connection: connection.sendall(data)


def status(code: int, *headers: str, body: str = "") -> Reply:
    """A whole answer of this status."""
    lines = [f"HTTP/1.1 {code} Whatever", f"Content-Length: {len(body.encode())}", *headers]
    return raw("\r\n".join([*lines, "", body]).encode())


def html(body: str = "<title>Hi</title>") -> Reply:
    """A page."""
    return status(200, "Content-Type: text/html", body=body)


def redirect(code: int, to: str) -> Reply:
    """A redirect."""
    return status(code, f"Location: {to}")


def dripped(data: bytes, pause: float = 0.05) -> Reply:
    """The bytes one by one."""

    def reply(connection: socket.socket) -> None:
        for byte in data:
            connection.sendall(bytes([byte]))
            time.sleep(pause)

    return reply


def endless(start: bytes, again: bytes) -> Reply:
    """A start, then the same for as long as somebody listens."""

    def reply(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            connection.sendall(again)

    return reply

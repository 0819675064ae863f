"""An application on a socket, until it is told to end; the one home of uvicorn."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import Callable
from ipaddress import ip_address
from types import FrameType

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from pipeline.errors import PipelineError
from pipeline.http.asgi import ASGIApp
from pipeline.model import Location

__all__ = ["address", "listening", "run"]


def listening(host: str, port: int) -> socket.socket:
    """A socket at an address of this machine; port 0 is any that is free.

    Raises PipelineError where another program has the port, and where there is no such address here.
    """
    try:
        [family, kind, protocol, _, place] = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listens = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _unheard(f"{host}: {error.strerror}") from None
    try:
        listens.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listens.bind(place)
        listens.listen()
    except OSError as error:
        listens.close()
        if error.errno == errno.EADDRINUSE:
            raise _unheard(f"another program listens at port {port}: --port takes another number") from None
        raise _unheard(f"{host}, port {port}: {error.strerror}") from None
    return listens


def _unheard(message: str) -> PipelineError:
    return PipelineError.at(Location(path=""), "listen", message)


def address(listens: socket.socket) -> str:
    """A socket as browsers address it, `http://127.0.0.1:8000`, by the machine's name where it listens everywhere."""
    host, port = listens.getsockname()[:2]
    host = socket.gethostname() if ip_address(host.partition("%")[0]).is_unspecified else host
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


_HEAD_SECONDS = 10.0
_HEAD_BYTES = 16 * 1024
_CONNECTIONS = 500


class _Protocol(H11Protocol):
    """Uvicorn's, which hangs up where the head of a request does not arrive: else slow clients take all connections."""

    _late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is None or self.cycle.response_complete:
            self._wait()
        else:
            self._stop_waiting()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        if self._late is None:
            self._late = self.loop.call_later(_HEAD_SECONDS, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._late is not None:
            self._late.cancel()
            self._late = None


class _Server(uvicorn.Server):
    """Uvicorn's, which tells when it is asked to end: answers without end can end then.

    Who is still there after its patience, or when it is asked again, is hung up on; uvicorn's own way is to cancel,
    which it reports as a fault.
    """

    def __init__(self, config: uvicorn.Config, leaving: Callable[[], None], patience: int) -> None:
        super().__init__(config)
        self._leaving, self._patience = leaving, patience

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's, and no longer than what was begun in a thread takes."""
        asyncio.get_running_loop().call_later(self._patience, self._hang_up)
        await super().shutdown(sockets)

    def _hang_up(self) -> None:
        for connection in list(self.server_state.connections):
            connection.transport.abort()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._leaving()
        if self.should_exit:  # asked twice
            asyncio.get_running_loop().call_soon_threadsafe(self._hang_up)
        else:
            super().handle_exit(sig, frame)


def run(
    app: ASGIApp,
    listens: socket.socket,
    *,
    patience: int,
    proxies: str = "",
    leaving: Callable[[], None] = lambda: None,
) -> None:
    """Serves until Ctrl-C or SIGTERM; answers that were begun have `patience` seconds to end.

    `proxies` are the addresses, with commas between, whose word on scheme and client is taken. `leaving` is called
    when the end begins.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        ws="none",
        loop="asyncio",
        http=_Protocol,
        h11_max_incomplete_event_size=_HEAD_BYTES,
        limit_concurrency=_CONNECTIONS,
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn raises it anew at its end
    with contextlib.suppress(KeyboardInterrupt):
        _Server(config, leaving, patience).run(sockets=[listens])

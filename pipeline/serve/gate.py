"""Who may ask this server for what: names it goes by, the token of other hosts, and changes by its own pages alone."""

from __future__ import annotations

import secrets
import socket
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlencode

from pipeline.http.asgi import (
    ASGIApp,
    PlainTextResponse,
    Receive,
    RedirectResponse,
    Request,
    Response,
    Scope,
    Send,
    came_from,
    is_secret,
)

__all__ = ["Gate", "gate"]

_HARMLESS = ("GET", "HEAD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """The names by which browsers may ask, any where they are None; `token` is asked of every browser then.

    `key` stands in the forms of this server's own pages, and in no other site's.
    """

    hosts: frozenset[str] | None
    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    key: str = field(default_factory=lambda: secrets.token_urlsafe(24))

    def before(self, app: ASGIApp) -> ASGIApp:
        """The application behind the gate."""

        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            refusal = self._refusal(Request(scope)) if scope["type"] == "http" else None
            await (refusal or app)(scope, receive, send)

        return guarded

    def _refusal(self, request: Request) -> Response | None:
        """What is answered instead; None where the application may answer."""
        host = request.headers.get("host", "").lower()
        if self.hosts is not None and host not in self.hosts:  # a name that another site lets lead here
            return _told(403, f"This server is not called {host!r}: ask for it as it was started.")
        if self.hosts is None and not self._is_known(request):
            return self._introduced(request)
        if request.method not in _HARMLESS and not came_from(request, (f"http://{host}", f"https://{host}")):
            return _told(403, "Only the desk's own pages may change something.")
        return None

    @property
    def _cookie(self) -> str:
        return f"publish-{self.port}"

    def _is_known(self, request: Request) -> bool:
        return is_secret(request.cookies.get(self._cookie, ""), self.token)

    def _introduced(self, request: Request) -> Response:
        """A browser that came with the token gets it as a cookie, and the same address without it."""
        if request.method not in _HARMLESS or not is_secret(request.query_params.get("token", ""), self.token):
            return _told(403, "Open the address with its token, as publish serve printed it.")
        rest = urlencode([(name, value) for name, value in request.query_params.multi_items() if name != "token"])
        path = "/" + request.url.path.lstrip("/")  # two slashes would begin another host
        answer = RedirectResponse(f"{path}?{rest}" if rest else path, status_code=303)
        # Lax, not strict: the bookmarklet comes from another site's page, and only looks.
        answer.set_cookie(self._cookie, self.token, httponly=True, samesite="lax", path="/")
        return answer


def gate(listens: socket.socket) -> Gate:
    """The gate of a socket: on loopback it goes by the names of that, elsewhere by any for those with the token."""
    host, port = listens.getsockname()[:2]
    if not ip_address(host.partition("%")[0]).is_loopback:
        return Gate(hosts=None, port=port)
    names = ("localhost", "127.0.0.1", "[::1]", f"[{host}]" if ":" in host else host)
    return Gate(
        hosts=frozenset(f"{name}:{port}" for name in names) | (frozenset(names) if port == 80 else set()), port=port
    )


def _told(status: int, message: str) -> Response:
    return PlainTextResponse(f"{message}\n", status_code=status)

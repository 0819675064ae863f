"""The parts of a web application: the one home of starlette, and what every server of ours asks of a request."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import (
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = [
    "ASGIApp",
    "HTMLResponse",
    "HTTPException",
    "JSONResponse",
    "PlainTextResponse",
    "Receive",
    "RedirectResponse",
    "Request",
    "Response",
    "Route",
    "Scope",
    "Send",
    "Starlette",
    "StreamingResponse",
    "came_from",
    "form",
    "is_secret",
    "run_in_threadpool",
    "with_headers",
]

_FORM_AT_MOST = 64 * 1024
_FORM_WITHIN = 10.0  # seconds
_FIELDS_AT_MOST = 100
_FORM = "application/x-www-form-urlencoded"


async def form(request: Request, *, at_most: int = _FORM_AT_MOST, within: float = _FORM_WITHIN) -> Mapping[str, str]:
    """The fields of a form, the last of one name winning; at most `at_most` bytes are read, for `within` seconds.

    Raises HTTPException: 415 where it is no form, 413 where it is too long, 408 where it does not arrive in time, 400
    where it breaks off or cannot be read.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise HTTPException(415, "not a form")
    try:
        async with asyncio.timeout(within):
            body = await _body(request, at_most)
    except TimeoutError:
        raise HTTPException(408, "too slow a form") from None
    except ClientDisconnect:
        raise HTTPException(400, "half a form") from None
    try:
        text = body.decode("ascii")
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS_AT_MOST))
    except ValueError:
        raise HTTPException(400, "not a form that can be read") from None


async def _body(request: Request, at_most: int) -> bytes:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > at_most:
            raise HTTPException(413, "too long a form")
    return body


def came_from(request: Request, origins: Collection[str]) -> bool:
    """Whether a page of one of these origins (`http://localhost:8000`) sent it, as every browser of today says.

    By Origin (Fetch, 3.2), else by Sec-Fetch-Site; what says neither is no browser's form, and is not trusted.
    """
    origin = request.headers.get("origin")
    if origin is not None:
        return origin in origins
    return request.headers.get("sec-fetch-site") == "same-origin"


def is_secret(given: str, secret: str) -> bool:
    """Whether they are the same, in a time that says nothing of where they differ."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), secret.encode())


def with_headers(app: ASGIApp, headers: Mapping[str, str]) -> ASGIApp:
    """The application, each answer with these headers where it has none of the name."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                has = MutableHeaders(scope=message)
                for name, value in headers.items():
                    has.setdefault(name, value)
            await send(message)

        await app(scope, receive, sent if scope["type"] == "http" else send)

    return wrapped

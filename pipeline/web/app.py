"""The service as an ASGI application: what reaches it, what is refused before it costs anything, what is logged."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from urllib.parse import unquote, urlsplit

from pipeline.errors import PipelineError
from pipeline.http.asgi import (
    ASGIApp,
    HTTPException,
    Request,
    Response,
    Route,
    Starlette,
    form,
    run_in_threadpool,
    with_headers,
)
from pipeline.web.networks import network
from pipeline.web.pages import HEADERS, Pages
from pipeline.web.service import Asked, Service

__all__ = ["app"]

_BODY = 8 * 1024
_QUERY = 2 * 1024
Tell = Callable[[str], None]
"""Is told a line for each request and each fault: no address, no token and nobody's network stands in it."""

_Endpoint = Callable[[Request], Awaitable[Response]]


def app(service: Service, tell: Tell, *, proxies: int = 0) -> ASGIApp:
    """The application; `proxies` are trusted to say in X-Forwarded-For whom they were asked by.

    It answers under the path of `web.url` and without it, as proxies pass it on or cut it off. Where readers reach it
    is never taken from the request: neither Host nor X-Forwarded-Host is read.
    """
    pages = service.pages
    handlers = {
        "": service.subscribe,
        "/": service.subscribe,
        "/subscribe": service.subscribe,
        "/confirm": service.confirm,
        "/choices": service.choices,
        "/leave": service.leave,
        "/health": service.health,
    }
    routes = []
    for path, handler in handlers.items():
        asked = _endpoint(pages, handler, proxies, clicks=handler == service.leave)
        endpoint = _logged(asked, path, tell, pages)
        methods = ["GET"] if handler == service.health else ["GET", "POST"]
        routes += [Route(place, endpoint, methods=methods) for place in {unquote(pages.base) + path, path} if place]

    async def refused(_: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return _refusal(pages, status)

    made = Starlette(routes=routes, exception_handlers={404: refused, 405: refused, 500: refused})
    made.router.redirect_slashes = False  # it would lead to wherever Host says
    return with_headers(made, HEADERS)


def _endpoint(pages: Pages, handler: Callable[[Asked], Response], proxies: int, *, clicks: bool) -> _Endpoint:
    """What reads a request as far as it may be read, and asks the handler beside the loop.

    Where mail programs click (RFC 8058), a token in the address is enough: they are no pages of ours, and their form,
    whatever it is, says nothing more.
    """
    origins = {_origin(pages.publication.web.url), _origin(pages.publication.url)}

    async def endpoint(request: Request) -> Response:
        query = request.scope["query_string"]
        token = request.query_params.get("t", "") if len(query) <= _QUERY else ""
        posted, click = request.method == "POST", clicks and bool(token)
        if posted and not click and _from_elsewhere(request.headers, origins):
            return _refusal(pages, 403)
        peer = request.client.host if request.client else ""
        asked = Asked(
            token=token,
            fields=await _fields(request, click=click) if posted else None,
            network=network(peer, ",".join(request.headers.getlist("x-forwarded-for")), proxies),
            now=time.time(),
        )
        return await run_in_threadpool(handler, asked)

    return endpoint


async def _fields(request: Request, *, click: bool) -> Mapping[str, str]:
    """The fields of a form; a click may come with any body, or with none."""
    try:
        return await form(request, at_most=_BODY)
    except HTTPException:
        if click:
            return {}
        raise


def _from_elsewhere(headers: Mapping[str, str], origins: Collection[str]) -> bool:
    """Whether a browser says that a page of another site sent the form (Fetch, 3.2; Fetch Metadata).

    What says nothing is no browser of today, and can be made to send nothing by no page.
    """
    origin, site = headers.get("origin", ""), headers.get("sec-fetch-site", "")
    if origin and origin != "null":
        return origin not in origins
    return site not in ("same-origin", "same-site", "none") and bool(origin or site)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _logged(endpoint: _Endpoint, path: str, tell: Tell, pages: Pages) -> _Endpoint:
    """The endpoint with a line for each request, and a page in the place of an error that a command would report."""

    async def logged(request: Request) -> Response:
        began = time.monotonic()
        try:
            answer = await endpoint(request)
        except HTTPException as error:
            answer = _refusal(pages, error.status_code)
        except PipelineError as error:
            tell(str(error))
            answer = _refusal(pages, 503)
        tell(f"{request.method} {path} {answer.status_code} {(time.monotonic() - began) * 1000:.0f} ms")
        return answer

    return logged


def _refusal(pages: Pages, status: int) -> Response:
    """The page for what is not taken: not ours, not now, not there."""
    if status == 404:
        return pages("missing", status=404)
    if status >= 500:
        answer = pages("failed", status=status, text=pages.labels("failed_text"))
        answer.headers["retry-after"] = "120"
        return answer
    return pages("foreign", status=status, text=pages.labels("foreign_text"))

"""What answers a browser: the site, the desk, and the word that something changed."""

from __future__ import annotations

import asyncio
import contextlib
import mimetypes
from collections.abc import AsyncIterator
from pathlib import PurePosixPath
from urllib.parse import quote

from pipeline.errors import PipelineError
from pipeline.http.asgi import (
    ASGIApp,
    HTMLResponse,
    HTTPException,
    RedirectResponse,
    Request,
    Response,
    Route,
    Starlette,
    StreamingResponse,
    form,
    is_secret,
    run_in_threadpool,
    with_headers,
)
from pipeline.project import Project
from pipeline.render.artifact import Artifact
from pipeline.serve import desk
from pipeline.serve.bell import Bell
from pipeline.serve.capturing import Verdict, asked, saved, verdict
from pipeline.serve.gate import Gate
from pipeline.serve.kept import Kept, State
from pipeline.serve.preview import email, renewing

__all__ = ["application"]

_HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
}
"""No other site may show what is here, or read it."""

_DESK = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
    " frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
_EMAIL = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {}; form-action 'none'; frame-ancestors 'self';"
    " sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
_FILE = "sandbox allow-scripts"
"""A page among files that others may have sent in: it may do what it does, but not as a page of the desk."""

_AS_TEXT = (".eml", ".md", ".txt", ".yaml", ".yml")
_KINDS = {".avif": "image/avif", ".webp": "image/webp", ".woff2": "font/woff2"}
"""Media types that Python learns later, or from the system."""

_STILL_HERE = 15.0
"""Seconds after which a browser that listens is told the same again: a connection that is dead shows then."""

_INDEX = "pagefind/"
"""The index of the search, which a build alone makes."""

_LOOK = Verdict(kind="new", word="Whose address is it?")


def application(kept: Kept, bell: Bell, gate: Gate) -> ASGIApp:
    """The site and the desk of a publication, behind a gate; `bell` is rung when something changed."""
    pages = _Pages(kept, bell, gate)
    routes = [
        Route("/_desk/events", pages.events),
        Route("/_desk/add", pages.look),
        Route("/_desk/add", pages.save, methods=["POST"]),
        *(Route(f"/_desk/{name}", pages.file) for name in desk.FILES),
        Route("/_desk/", pages.newest),
        Route("/_desk/{issue}/", pages.desk),
        Route("/_desk/{issue}/email/", pages.email),
        Route("/_desk/{issue}/text/", pages.text),
        Route("/_desk/{issue}/source/", pages.source),
        Route("/{path:path}", pages.site),
    ]
    return gate.before(with_headers(Starlette(routes=routes), _HEADERS))


class _Pages:
    """The endpoints; all but two run in threads, as they render."""

    def __init__(self, kept: Kept, bell: Bell, gate: Gate) -> None:
        self._kept, self._bell, self._gate = kept, bell, gate

    async def events(self, request: Request) -> Response:
        """The number of the publication's state, now and whenever it changes (server-sent events)."""

        async def numbers() -> AsyncIterator[str]:
            yield "retry: 500\n"
            while not self._bell.is_over:
                rung = self._bell.next()
                yield f"data: {self._kept.number}\n\n"
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_STILL_HERE):
                        await rung.wait()

        return StreamingResponse(numbers(), media_type="text/event-stream")

    def newest(self, request: Request) -> Response:
        """The desk at the newest issue; where none can be read, what is wrong."""
        state = self._kept.state()
        if state.archive:
            return RedirectResponse(f"/_desk/{quote(state.archive[-1].name)}/", status_code=307)
        return _page(desk.desk_page(self._kept.project, state, "", _origin(request)))

    def desk(self, request: Request) -> Response:
        """The desk at an issue."""
        state = self._kept.state()
        name = request.path_params["issue"]
        if name not in state.names:
            return RedirectResponse("/_desk/", status_code=307)
        return _page(desk.desk_page(self._kept.project, state, name, _origin(request)))

    def email(self, request: Request) -> Response:
        """The email as one kind of reader sees it."""
        state = self._kept.state()
        try:
            html = _edition(state, request, "email.html")
        except PipelineError as error:
            return _wrong(state, error)
        site = state.settings.url if state.settings else ""
        shown = email(html, site, dark=request.query_params.get("by") == "night")
        images = "'none'" if request.query_params.get("images") == "off" else "'self' data:"
        return HTMLResponse(shown, headers={"Content-Security-Policy": _EMAIL.format(images)})

    def text(self, request: Request) -> Response:
        """The text part of the email."""
        return self._plain(request, "email.txt", "Text part")

    def source(self, request: Request) -> Response:
        """The message as it is sent."""
        return self._plain(request, "issue.eml", "Source of the message")

    def _plain(self, request: Request, file: str, title: str) -> Response:
        state = self._kept.state()
        try:
            return _page(desk.plain_page(title, _edition(state, request, file).decode("utf-8", "replace")))
        except PipelineError as error:
            return _wrong(state, error)

    def look(self, request: Request) -> Response:
        """The form for a link, with what is known of it; nothing is changed."""
        state = self._kept.state()
        one = asked(request.query_params, state.names)
        return _page(desk.add_page(state, one, verdict(self._kept.project, one) if one.url else _LOOK, self._gate.key))

    async def save(self, request: Request) -> Response:
        """The link put down, where its verdict was shown before."""
        fields = await form(request)
        if not is_secret(fields.get("key", ""), self._gate.key):
            raise HTTPException(403, "This form is of an earlier start of publish serve: open it again.")

        def work() -> Response:
            state, project = self._kept.state(), self._kept.project
            one = asked(fields, state.names)
            if fields.get("looked") != one.looked:
                return _page(desk.add_page(state, one, verdict(project, one), self._gate.key))
            told, where = saved(project, one)
            return _page(desk.add_page(state, one, told, self._gate.key, where))

        return await run_in_threadpool(work)

    def file(self, request: Request) -> Response:
        """A style sheet or a script of the desk."""
        name = PurePosixPath(request.url.path).name
        return Response(desk.file(name), media_type=desk.FILES[name])

    def site(self, request: Request) -> Response:
        """A file of the site, pages with the script that renews them."""
        state, path = self._kept.state(), request.path_params["path"]
        if state.site is None:
            return _wrong(state, PipelineError(state.wrong))
        try:
            found = state.site.file(f"{path}index.html" if not path or path.endswith("/") else path)
            if found is None and path and state.site.file(f"{path}/index.html"):
                return RedirectResponse(f"/{quote(path)}/", status_code=307)
            if found is None and path.startswith(_INDEX):
                found = _indexed(self._kept.project, path)
            missing = None if found else state.site.file("404.html")
        except PipelineError as error:
            return _wrong(state, error)
        answer = _file(state, found or missing)
        if found is None:
            answer.status_code = 404
        return answer


def _edition(state: State, request: Request, name: str) -> bytes:
    """An edition of the issue that is asked for. Raises a PipelineError where it cannot be made, else HTTPException."""
    if state.site is None:
        raise PipelineError(state.wrong)
    found = state.site.file(f"{request.path_params['issue']}/{name}")
    if found is None or not isinstance(found.content, bytes):
        raise HTTPException(404, "no such issue")
    return found.content


def _indexed(project: Project, path: str) -> Artifact | None:
    """A file of the index that the last build made."""
    file = (project.root / "out" / path).resolve()
    inside = file.is_relative_to((project.root / "out" / _INDEX).resolve()) and file.is_file()
    return Artifact(path=path, content=file.read_bytes()) if inside else None


def _file(state: State, artifact: Artifact | None) -> Response:
    if artifact is None:
        raise HTTPException(404, "no such page")
    kind = _kind(PurePosixPath(artifact.path))
    if not isinstance(artifact.content, bytes):
        try:
            content = artifact.content.read_bytes()
        except OSError:
            raise HTTPException(404, "no such file") from None
        return Response(content, media_type=kind, headers={"Content-Security-Policy": _FILE} if _is_page(kind) else {})
    if kind != "text/html" or artifact.path.endswith("/email.html"):
        return Response(artifact.content, media_type=kind)
    name = artifact.path.partition("/")[0]
    issue = next((one for one in state.archive if one.name == name), None)
    page = renewing(artifact.content, state.number, issue.name if issue else "", draft=bool(issue and issue.draft))
    return HTMLResponse(page)


def _kind(path: PurePosixPath) -> str:
    """The media type that a file is shown as."""
    if path.suffix in _AS_TEXT:
        return "text/plain"
    return _KINDS.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def _is_page(kind: str) -> bool:
    """Whether script may stand in it."""
    return kind.endswith(("html", "xml"))


def _page(html: str) -> Response:
    return HTMLResponse(html, headers={"Content-Security-Policy": _DESK})


def _wrong(state: State, error: PipelineError) -> Response:
    page = desk.wrong_page(state, error.findings)
    return HTMLResponse(page, status_code=500, headers={"Content-Security-Policy": _DESK})


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.headers.get('host', '')}"

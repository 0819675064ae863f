"""Starts the server of a publication's site and desk, and ends it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from urllib.parse import urlencode

from pipeline.errors import PipelineError
from pipeline.http.server import address, listening, run
from pipeline.index.making import history
from pipeline.model import Location
from pipeline.project import Project, publication
from pipeline.read.source import Report
from pipeline.serve.app import application
from pipeline.serve.bell import Bell
from pipeline.serve.gate import gate
from pipeline.serve.kept import Kept
from pipeline.serve.watching import Watch

__all__ = ["serve"]

_PATIENCE = 2
"""Seconds that an answer has to end after Ctrl-C; saving a link takes a fraction of one."""


def serve(project: Project, host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serves until Ctrl-C; `ready` is called with the address of the desk, with a token where one is asked for.

    Raises a PipelineError where there is no publication, where the port is taken, and where files cannot be watched.
    """
    publication(project, Report())  # a folder that is none is told at once; what is wrong in one, on its pages
    with contextlib.suppress(PipelineError):
        history(project)  # what the first look at the desk would wait for: here several processes work on it
    with contextlib.closing(listening(host, port)) as listens:
        kept, bell, door = Kept(project), Bell(), gate(listens)

        def changed(paths: set[str]) -> None:
            kept.touch(paths)
            bell.ring()
            with contextlib.suppress(Exception):  # whoever asks for it in a moment is told
                kept.state()

        try:
            watch = Watch(project.root, changed)
        except OSError as error:
            raise PipelineError.at(Location(path=""), "watch", f"files cannot be watched: {error}") from None
        kept.state()
        query = f"?{urlencode({'token': door.token})}" if door.hosts is None else ""
        ready(f"{address(listens)}/_desk/{query}")
        try:
            run(application(kept, bell, door), listens, patience=_PATIENCE, leaving=bell.end)
        finally:
            watch.stop()

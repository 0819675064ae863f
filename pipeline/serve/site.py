"""The files of the site, each made when it is first asked for."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from pipeline.errors import PipelineError
from pipeline.render.artifacts import artifacts
from pipeline.render.context import Artifact, RenderContext
from pipeline.render.renderers import ARCHIVES

__all__ = ["Site"]


class Site:
    """What a build would put into `out/`, file by file, of one moment; may be asked by several threads."""

    def __init__(self, context: RenderContext) -> None:
        self.context = context
        self._lock = threading.Lock()
        self._made: dict[str, Artifact] = {}
        self._making: dict[str, Iterator[Artifact]] = {}
        self._wrong: dict[str, PipelineError] = {}

    def file(self, path: str) -> Artifact | None:
        """The file of this path in `out/`, None where there is none. Raises a PipelineError where a template is bad."""
        with self._lock:
            for part in self._parts(path):
                if path not in self._made:
                    self._make(part, path)
                if path in self._made:
                    return self._made[path]
        return None

    def _parts(self, path: str) -> Iterator[str]:
        """The parts of the site that may have the file, the likeliest first: an issue, a topic, what is at the top."""
        first = path.partition("/")[0]
        if any(issue.name == first for issue in self.context.issues):
            yield first
        yield from (topic.path for topic in self.context.topics.topics if path.startswith(topic.path))
        yield ""
        if first == "feeds":
            yield first

    def _make(self, part: str, path: str) -> None:
        """Goes on with a part until the file is there, or all of the part is."""
        if part in self._wrong:
            raise self._wrong[part]
        if part not in self._making:
            self._making[part] = self._files(part)
        try:
            for artifact in self._making[part]:
                self._made.setdefault(artifact.path, artifact)
                if artifact.path == path:
                    return
        except PipelineError as error:
            self._wrong[part] = error
            raise

    def _files(self, part: str) -> Iterator[Artifact]:
        context = self.context
        if part == "feeds":
            return (artifact for render in ARCHIVES for artifact in render(context))
        issues = tuple(issue for issue in context.issues if issue.name == part)
        listed = tuple(topic for topic in context.topics.topics if topic.path == part)
        return artifacts(context.only(issues, listed), documents=not part)

"""The files of the site, each made when it is first asked for."""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator

from pipeline.errors import PipelineError
from pipeline.history.topics import Leaf, Topic
from pipeline.render.artifacts import artifacts
from pipeline.render.context import Artifact, RenderContext

__all__ = ["Site"]

_DOCUMENTS = ""
"""The part that looks at everything; the others are called as an issue is, or as their file."""


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
            for part in (path.partition("/")[0], path, _DOCUMENTS):
                if path not in self._made:
                    self._make(part, path)
                if path in self._made:
                    return self._made[path]
        return None

    def _make(self, part: str, path: str) -> None:
        """Goes on with a part of the site until the file is there, or all of the part is."""
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
        """What is made of an issue, by its name, of a topic's or a feed's page, by its path, or of everything."""
        context = self.context
        issues = tuple(issue for issue in context.issues if issue.name == part)
        leaves = tuple(pair for pair in self._leaves if f"{pair[1].path}index.html" == part)
        wanted = context.only(issues, leaves, frozenset([part]))
        return artifacts(wanted, documents=part == _DOCUMENTS)

    @functools.cached_property
    def _leaves(self) -> list[tuple[Topic, Leaf]]:
        return [(topic, leaf) for topic in self.context.topics.topics for leaf in topic.pages]

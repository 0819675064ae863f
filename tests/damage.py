"""Files as accidents leave them: cut short, with bytes changed, doubled or lost."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from pipeline.importers.source import Importer, SourceFile
from pipeline.model import Issue, Publication, Url
from pipeline.read.issue import Folder, Reading, read_issue
from pipeline.render.context import RenderContext
from pipeline.render.defaults import DEFAULTS
from pipeline.render.labels import Labels
from pipeline.render.renderers import SOURCE
from pipeline.render.templates import Templates

_DAY = datetime.date(2023, 3, 4)
_CONTEXT = RenderContext(
    publication=Publication(title="T", url=Url("https://t.example"), id="t.example"),
    archive=(),
    issues=(),
    templates=Templates([DEFAULTS]),
    labels=Labels(language="en", words={}),
    root=Path(),
)

__all__ = ["damaged", "read_by"]


def damaged(whole: bytes) -> st.SearchStrategy[bytes]:
    """A file with up to four accidents."""
    places = st.integers(0, len(whole))
    accidents = st.one_of(
        st.builds(lambda at, what: lambda data: data[:at] + what + data[at:], places, st.binary(max_size=6)),
        st.builds(lambda at, size: lambda data: data[:at] + data[at + size :], places, st.integers(1, 40)),
        st.builds(lambda at: lambda data: data[:at], places),
        st.builds(lambda at, count: lambda data: data[:at] + data[at : at + 30] * count, places, st.integers(2, 5)),
    )
    return st.lists(accidents, max_size=4).map(lambda done: _after(whole, done))


def _after(data: bytes, accidents: list[Callable[[bytes], bytes]]) -> bytes:
    for accident in accidents:
        data = accident(data)
    return data


def read_by(importer: Importer, name: str, data: bytes) -> None:
    """Reads a file as an import does; what comes of it holds what issues promise."""
    file = SourceFile(path=name, data=data)
    importer.recognises(file)
    found = importer.read(file)
    assert found.issues or found.findings
    for issue in found.issues:
        again = _read_back(issue)
        assert again.issue is not None, again.findings
        assert (again.issue.intro, again.issue.sections) == (issue.intro, issue.sections)
        for entry in issue.walk():
            assert entry.title.strip()
            assert entry.url is None or entry.url.startswith(("http://", "https://", "mailto:"))
            assert "\n" not in entry.title


def _read_back(issue: Issue) -> Reading:
    """The issue as a build reads it when it was written."""
    content = next(SOURCE(replace(_CONTEXT, issues=(issue,)))).content
    assert isinstance(content, bytes)
    return read_issue(Folder(path="i", name="2023-03-04", date=_DAY, sources={"index.md": content}))

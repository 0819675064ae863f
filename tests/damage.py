"""Files as accidents leave them: cut short, with bytes changed, doubled or lost."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from pipeline.importers.source import Importer, SourceFile

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
        for entry in issue.walk():
            assert entry.title.strip()
            assert entry.url is None or entry.url.startswith(("http://", "https://", "mailto:"))
            assert "\n" not in entry.title

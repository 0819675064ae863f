"""A source file as text whose every byte has an address, and the list of problems found in it."""

from __future__ import annotations

import bisect
import itertools
import re
from dataclasses import dataclass, field

from pipeline.findings import Finding, Severity
from pipeline.model import Location

__all__ = ["CONTROL", "SIZE_AT_MOST", "Report", "Source", "decoded"]

SIZE_AT_MOST = 1 << 20
"""Bytes of a source file; an issue of 254 links has 60 KB."""

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
"""Characters that no text of ours may hold: a terminal would act on them, XML 1.0 forbids most (section 2.2)."""

_PERHAPS_CONTROL = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0xC2])
"""Bytes of those below U+FFFE; 0xC2 begins those from U+0080 on, and other characters."""


class Report:
    """What is wrong, in the order in which it was found."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def error(self, location: Location, rule: str, message: str) -> None:
        """Tells of something that refuses the issue."""
        self.findings.append(Finding(location=location, severity=Severity.ERROR, rule=rule, message=message))

    def warning(self, location: Location, rule: str, message: str) -> None:
        """Tells of something that wants a look."""
        self.findings.append(Finding(location=location, severity=Severity.WARNING, rule=rule, message=message))

    @property
    def refuses(self) -> bool:
        """Whether an error was found."""
        return any(finding.severity is Severity.ERROR for finding in self.findings)


_PAGE = 1 << 10
_CONTINUING = bytes(range(0x80, 0xC0))  # bytes of UTF-8 that begin no character


@dataclass(slots=True)
class Source:
    """Text with line feeds only; `line` is where it begins in the file, `exact` whether columns are known."""

    path: str
    text: str
    line: int = 1
    exact: bool = True
    _data: bytes = field(init=False, default=b"")
    _starts: list[int] = field(init=False, default_factory=list)
    _counts: list[int] = field(init=False, default_factory=list)

    @property
    def data(self) -> bytes:
        """The text's bytes in UTF-8, which places are counted in; a text that nothing is cut out of needs none."""
        if not self._data:
            self._data = self.text.encode()
        return self._data

    def at(self, offset: int) -> Location:
        """The place of a byte."""
        if not self._starts:
            self._starts = [0, *(match.end() for match in re.finditer(rb"\n", self.data))]
        row = bisect.bisect_right(self._starts, offset) - 1
        column = self._between(self._starts[row], offset) + 1 if self.exact else None
        return Location(path=self.path, line=self.line + row, column=column)

    def _between(self, start: int, end: int) -> int:
        """How many characters begin between two bytes."""
        if end - start < _PAGE:
            return len(self.data[start:end].translate(None, _CONTINUING))
        return self._characters(end) - self._characters(start)

    def _characters(self, offset: int) -> int:
        """How many begin before a byte, counted from the page that it is on: a line of 1 MB may hold 100,000 places."""
        if not self._counts:
            pages = (self.data[at : at + _PAGE] for at in range(0, len(self.data), _PAGE))
            self._counts = [0, *itertools.accumulate(len(page.translate(None, _CONTINUING)) for page in pages)]
        page = offset // _PAGE
        return self._counts[page] + len(self.data[page * _PAGE : offset].translate(None, _CONTINUING))

    def cut(self, start: int, end: int) -> str:
        """The text between two bytes."""
        return self.data[start:end].decode()

    def line_start(self, offset: int) -> int:
        """The first byte of the line that a byte stands in."""
        return self.data.rfind(b"\n", 0, offset) + 1


def decoded(path: str, data: bytes, report: Report) -> Source | None:
    """A file's text, without byte order mark and carriage returns; None, with a finding, where it is no text."""
    if len(data) > SIZE_AT_MOST:
        message = f"the file has more than {SIZE_AT_MOST:,} bytes: make it smaller, or split it into several"
        report.error(Location(path=path), "too-large", message)
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        row, _, rest = before.rpartition("\n")
        where = Location(
            path=path, line=before.count("\n") + 1, column=len(rest if row or "\n" in before else before) + 1
        )
        report.error(where, "encoding", f"byte 0x{data[error.start]:02x} is not UTF-8: save the file as UTF-8")
        return None
    source = Source(path, text.replace("\r\n", "\n").replace("\r", "\n"))
    match = None if _surely_sound(data, source.text) else CONTROL.search(source.text)
    if match:
        where = source.at(len(source.text[: match.start()].encode()))
        report.error(where, "control-character", f"U+{ord(match[0]):04X} is no character of a text: delete it")
        return None
    return source


def _surely_sound(data: bytes, text: str) -> bool:
    """Whether no byte can be of a control character: a tenth of the work of looking for one."""
    return len(data.translate(None, _PERHAPS_CONTROL)) == len(data) and "\ufffe" not in text and "\uffff" not in text

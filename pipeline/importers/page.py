"""Pages of old issues in HTML: their content as Markdown, and that as people write it."""

from __future__ import annotations

import re

from pipeline.importers.content import issue_in
from pipeline.importers.decoding import decoded
from pipeline.importers.source import Imported, Importer, SourceFile
from pipeline.read.source import Report

__all__ = ["PAGE"]

_BYTES_AT_MOST = 8 << 20
_HEAD = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)
_MARK = b"\xef\xbb\xbf\xff\xfe"  # of UTF-8 or UTF-16
_SUFFIXES = (".html", ".htm", ".xhtml")


def _recognises(file: SourceFile) -> bool:
    return file.suffix in _SUFFIXES or bool(_HEAD.match(file.data[:2048].replace(b"\0", b"").lstrip(_MARK)))


def _read(file: SourceFile) -> Imported:
    report = Report()
    text = decoded(file, report, fallback="cp1252")
    if text is None:
        return Imported(issues=(), findings=tuple(report.findings))
    found = issue_in(file, text, report)
    return Imported(issues=found, findings=tuple(report.findings))


PAGE = Importer(
    kind="page",
    caption="a page of an old issue (HTML), as archives of mailing services have them",
    recognises=_recognises,
    read=_read,
    bytes_at_most=_BYTES_AT_MOST,
)

"""Our own Markdown edition, read by the house's reader: what was exported comes back as it was."""

from __future__ import annotations

import re

from pipeline.dates import date_in_path
from pipeline.importers.source import UNDATED, Imported, Importer, SourceFile
from pipeline.read.issue import Folder, read_issue
from pipeline.read.source import SIZE_AT_MOST

__all__ = ["EDITION"]

_HEAD = re.compile(rb"\A---\nnumber: [0-9]+\n(?:(?:draft|subject|preheader|updated|moved_from|extra): .*\n)*---\n")
"""How the template of the edition begins: a number, then none but the words of an issue."""

_NAME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:-[\w-]+)?")
"""How folders of issues are named."""


def _recognises(source: SourceFile) -> bool:
    return source.suffix == ".md" and bool(_HEAD.match(source.data)) and _read(source).issues != ()


def _read(source: SourceFile) -> Imported:
    date = date_in_path(source.path) or UNDATED
    path = source.path.rpartition("/")[0]
    name = path.rpartition("/")[2]
    folder = Folder(
        path=path,
        name=name if _NAME.fullmatch(name) else "",
        date=date,
        sources={source.name: source.data},
        others=source.beside,
    )
    reading = read_issue(folder)
    return Imported(issues=(reading.issue,) if reading.issue else (), findings=reading.findings)


EDITION = Importer(
    kind="edition",
    caption="the Markdown edition that `publish build` makes",
    recognises=_recognises,
    read=_read,
    bytes_at_most=SIZE_AT_MOST,
)

"""Bytes of other people's files as text: by byte order mark, by what the file declares, else UTF-8."""

from __future__ import annotations

import codecs
import re

from pipeline.formats.encodings import ENCODINGS
from pipeline.importers.source import SourceFile
from pipeline.model import Location
from pipeline.read.source import CONTROL, Report

__all__ = ["decoded"]

_HEAD = 2048
_DECLARED = re.compile(
    rb"<\?xml[^>]{0,100}?\sencoding\s*=\s*[\"']([\w:.-]+)|<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]+)"
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(file: SourceFile, report: Report, *, fallback: str = "") -> str | None:
    """A file's text, with line feeds only and without controls; what had to be mended is told.

    `fallback` is the codec of files that declare none and are not UTF-8; without one they are an error, and None.
    """
    codec = _codec(file.data[:_HEAD])
    try:
        text = file.data.decode(codec or "utf-8")
    except UnicodeDecodeError as error:
        line = file.data.count(b"\n", 0, error.start) + 1
        where = Location(path=file.path, line=line)
        bad = f"byte 0x{file.data[error.start]:02x} is not {(codec or 'utf-8').upper()}"
        if not codec and not fallback:
            report.error(where, "encoding", f"{bad}: save the file as UTF-8")
            return None
        report.warning(where, "encoding", f"{bad}: read as {fallback.upper() if not codec else codec.upper()}")
        text = file.data.decode(codec or fallback, "replace")
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = CONTROL.search(text)
    if found:
        line = text.count("\n", 0, found.start()) + 1
        text, count = CONTROL.subn("", text)
        message = f"control characters are left out: {count} from this line on"
        report.warning(Location(path=file.path, line=line), "control-character", message)
    return text


def _codec(head: bytes) -> str:
    """The codec that a file's mark or its declaration names, or that its zeros betray; empty where nothing does."""
    marked = next((codec for mark, codec in _MARKS if head.startswith(mark)), "")
    if marked:
        return marked
    if len(head) >= 4 and b"\0" in head[:4]:
        return "utf-16-be" if head[0] == 0 else "utf-16-le"
    match = _DECLARED.search(head.lower())
    label = (match[1] or match[2]).decode() if match else ""
    return ENCODINGS.get(label, "utf-8") if label else ""

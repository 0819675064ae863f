"""An author's file as its lines, byte for byte: what is put in or taken out leaves every other byte as it was."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["inserted", "line_end", "rows"]

_ROW = re.compile(rb"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_END = re.compile(rb"\r\n|\r|\n")


def rows(data: bytes) -> list[bytes]:
    """The lines of a file, each with its own end: the line that a Location counts as n is the one at n - 1."""
    return _ROW.findall(data)


def inserted(lines: Sequence[bytes], at: int, text: str) -> bytes:
    """The file of these lines with a text before the line at a place, its lines ended as the file's first one is."""
    end = line_end(lines)
    before, after = b"".join(lines[:at]), b"".join(lines[at:])
    gap = end if before.strip(b"\xef\xbb\xbf") and not before.endswith((b"\r", b"\n")) else b""
    return before + gap + text.encode().replace(b"\n", end) + after


def line_end(lines: Sequence[bytes]) -> bytes:
    """How the first line of a file ends; a line feed where nothing tells."""
    first = _END.search(lines[0]) if lines else None
    return first[0] if first else b"\n"

"""Text that may stand in any feed: without control characters, and in short where it is to be short."""

from __future__ import annotations

import re

__all__ = ["brief", "clean"]

_BRIEF = 240
_FORBIDDEN = "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]"


def clean(text: str) -> str:
    """The text without what XML 1.0 (2.2) forbids and without the other control characters.

    `isprintable` looks at a text in a third of the pattern's time, and is false for all that is forbidden.
    """
    printable = text.isprintable() or text.replace("\n", " ").isprintable()
    return text if printable else re.sub(_FORBIDDEN, "", text)


def brief(text: str) -> str:
    """The text if it has at most 240 characters, else its beginning, cut between words where there are any, and …"""
    text = clean(text).strip()
    if len(text) <= _BRIEF:
        return text
    cut = text[: _BRIEF - 1]
    space = cut.rfind(" ", _BRIEF * 3 // 4)
    return f"{cut[:space] if space > 0 else cut}…"

"""Drafts to entries whose notes the house reads back as they are."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.importers.markdown_page import Provers
from pipeline.markup import tokens
from pipeline.model import Entry, Markdown
from pipeline.read.draft import Draft
from pipeline.read.notes import NO_COMMENT, joined, proven
from pipeline.read.source import Report, Source

__all__ = ["as_text", "entry", "escaped", "prose"]

_MARKS = re.compile(r"[\\`*_\[\]<>#&|~]|:(?=//)|\](?=\()")
_LIST_MARK = re.compile(r"\A([0-9]{1,9})([.)])(?=\s|\Z)|\A[-+=](?=\s|\Z|[-+=])")
_IN_URL = r"[^\s<>()\[\]\"'`|{}^\\\u3000-\u303f\u3400-\u9fff\uff00-\uffef]"
_URL = re.compile(rf"https?://{_IN_URL}+(?:\({_IN_URL}*\){_IN_URL}*)*", re.IGNORECASE)
_BEHIND = "https://behind.example"
_BLANKS = re.compile(r"\n{3,}")
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.*)$", re.MULTILINE)


def escaped(text: str) -> str:
    """Plain text as Markdown that means just this text within a line."""
    return _MARKS.sub(r"\\\g<0>", text)


def as_text(line: str) -> str:
    """A line of plain text as Markdown, the addresses in it as links."""
    parts, at = [], 0
    for match in _URL.finditer(line):
        parts += [escaped(line[at : match.start()]), f"<{match[0]}>"]
        at = match.end()
    whole = "".join([*parts, escaped(line[at:])])
    return _LIST_MARK.sub(lambda match: f"{match[1]}\\{match[2]}" if match[1] else f"\\{match[0]}", whole)


def prose(parts: list[str], told: Provers) -> Markdown:
    """Some blocks as one note; what the house would refuse in it stands there as plain text."""
    text = joined([part.replace(NO_COMMENT, "") for part in parts])
    if not text:
        return text
    for form in (text, _HEADING.sub(_bold, text)):
        report = Report()
        note = proven(Source("", form), told(report), report)
        if not report.refuses and _ends(note):
            return note
    lines = "\n".join(as_text(line.strip()) for line in text.split("\n"))
    return proven(Source("", _BLANKS.sub("\n\n", lines)), told(Report()), Report())


def _ends(note: Markdown) -> bool:
    """Whether what stands behind a note would be no part of it: no fence and no HTML is open at its end."""
    if not any(mark in note for mark in ("```", "~~~", "<")):
        return True
    last = tokens(f"{note}\n\n<{_BEHIND}>\n")[-5:]
    return [token.name for token in last[:2]] == ["paragraph", "link"]


def _bold(heading: re.Match[str]) -> str:
    words = heading[1].rstrip(" \t#")
    return f"**{words}**"


def entry(draft: Draft, told: Provers) -> Entry:
    """The entry of a draft, and those grouped under it."""
    made = draft.named("", "", tuple(entry(child, told) for child in draft.entries))
    title = " ".join(made.title.split()) or str(made.url or "…")
    return replace(made, title=title, note=prose(draft.note, told))

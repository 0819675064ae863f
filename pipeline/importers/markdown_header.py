"""What stands above a Markdown newsletter: the headers of Jekyll, Hugo and Pelican."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.dates import date_in
from pipeline.read.source import Report, Source
from pipeline.read.yaml import Node, Pairs, Text, parsed, plain

__all__ = ["Header", "split_header"]

_FENCED = re.compile(r"(---|\+\+\+)[ \t]*\n(.*?)^\1[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_PELICAN = re.compile(r"(?:[A-Z][\w-]{1,30}:[ \t]*[^\n]*\n(?:[ \t]+\S[^\n]*\n)*)+(?=[ \t]*\n|\Z)")
_PAIR = re.compile(r"^[ \t]*([\w-]+)[ \t]*[:=][ \t]*(.*?)[ \t]*$", re.MULTILINE)
_NUMBERED = ("number", "issue", "edition", "no")
_KNOWN = ("title", "date", "draft", *_NUMBERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a header says of the issue; `extra` is all that has no place of its own."""

    title: str = ""
    date: datetime.date | None = None
    number: int = 0
    draft: bool = False
    extra: Mapping[str, object] = field(default_factory=dict)


def split_header(source: Source) -> tuple[Header, str]:
    """The header of a text and the rest, with its lines where they were."""
    start = len(source.text) - len(source.text.lstrip("\n"))
    fenced = _FENCED.match(source.text, start)
    match = fenced or _PELICAN.match(source.text, start)
    inner = fenced[2] if fenced else match[0] if match else ""
    if not match or (inner.strip() and not _PAIR.search(inner)):
        return Header(), source.text
    values = _yaml(Source(source.path, inner)) if fenced and fenced[1] == "---" else {}
    values = values or _lines(inner)
    rest = "\n" * source.text.count("\n", 0, match.end()) + source.text[match.end() :]
    return _header(values), rest


def _yaml(source: Source) -> dict[str, object]:
    """The pairs of a header in YAML; none where it is malformed."""
    report = Report()
    node: Node | None = parsed(source, report)
    if not isinstance(node, Pairs) or report.refuses:
        return {}
    return {key.value: value.value if isinstance(value, Text) else plain(value) for key, value in node.pairs}


def _lines(inner: str) -> dict[str, object]:
    """The pairs of a header a line each, as Pelican's, TOML's, and what YAML cannot read."""
    return {match[1]: match[2].strip("\"'") for match in _PAIR.finditer(inner)}


def _header(values: dict[str, object]) -> Header:
    by_name = {name.lower(): str(value).strip() for name, value in values.items() if isinstance(value, str)}
    number = next((by_name[name] for name in _NUMBERED if by_name.get(name, "").isdecimal()), "")
    extra = {
        name: value
        for name, value in values.items()
        if value and not (isinstance(value, str) and name.lower() in _KNOWN)
    }
    return Header(
        title=" ".join(by_name.get("title", "").split()),
        date=date_in(by_name.get("date", "")),
        number=int(number[:9]) if number else 0,
        draft=by_name.get("draft", "").lower() in ("true", "yes") or by_name.get("published", "").lower() == "false",
        extra=extra,
    )

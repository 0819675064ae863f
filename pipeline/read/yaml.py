"""YAML as a tree of strings with places; the one home of PyYAML.

Values are built from libyaml's events and nothing else: `no` stays "no" and `12:30` stays "12:30", an alias or a key
given twice is an error, depth is bounded, and nothing of the file is ever an object of ours. The loader would crash
the process on 60 KB of nested brackets.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from pipeline.model import Location
from pipeline.read.source import CONTROL, Report, Source

__all__ = ["Items", "Node", "Pairs", "Text", "parsed", "plain"]

_DEPTH_AT_MOST = 16
_EVENTS_AT_MOST = 100_000  # of libyaml: 25,000 of the shortest entries
_HINTS = {
    "mapping values are not allowed in this context": "a text with a colon in it must stand in quotes",
    "found a tab character that violates indentation": "indent by spaces",
    "found character that cannot start any token": "indent by spaces, and quote a text that begins with a mark",
}
"""What to do about what libyaml says, where one slip is nearly always behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A scalar; `block` for one written under `|` or `>`, whose text starts on the next line."""

    value: str
    location: Location
    block: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Items:
    """A sequence; `flow` for one written in brackets."""

    items: tuple[Node, ...]
    location: Location
    flow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """A mapping, in the order of the file, each key once."""

    pairs: tuple[tuple[Text, Node], ...]
    location: Location


Node = Text | Items | Pairs


class _Refused(Exception):
    """The document is none of ours; it has been reported."""


def parsed(source: Source, report: Report) -> Node | None:
    """The document of a YAML text; None where it is empty or, with a finding, where it is malformed."""
    try:
        events = _located(yaml.parse(source.text, Loader=yaml.CSafeLoader), source, report)
        root: Node | None = None
        for event, where in events:
            if isinstance(event, yaml.DocumentStartEvent) and root is not None:
                report.error(where, "yaml", "a second document: keep one, without a line of three dashes between")
                return None
            if isinstance(event, yaml.NodeEvent):
                root = _node(event, where, events, report, 0)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = _place(source, mark) if mark else Location(path=source.path)
        problem = getattr(error, "problem", None) or str(error).partition("\n")[0]
        hint = _HINTS.get(problem, "is a quote, a colon or an indentation wrong here?")
        report.error(where, "yaml", f"{problem}: {hint}")
        return None
    except _Refused:
        return None
    return None if isinstance(root, Text) and not root.value else root


def _place(source: Source, mark: Any) -> Location:
    column = mark.column + 1 if source.exact else None
    return Location(path=source.path, line=source.line + mark.line, column=column)


def _located(events: Iterator[yaml.Event], source: Source, report: Report) -> Iterator[tuple[yaml.Event, Location]]:
    for count, event in enumerate(events):
        where = _place(source, event.start_mark)
        if count > _EVENTS_AT_MOST:
            report.error(where, "too-large", f"more than {_EVENTS_AT_MOST:,} values: split the file into several")
            raise _Refused
        yield event, where


def _node(
    event: yaml.Event, where: Location, events: Iterator[tuple[yaml.Event, Location]], report: Report, depth: int
) -> Node:
    """The node that starts with an event; takes the events up to its end."""
    if depth > _DEPTH_AT_MOST:
        report.error(where, "yaml", f"nested deeper than {_DEPTH_AT_MOST} levels")
        raise _Refused
    if isinstance(event, yaml.ScalarEvent):
        empty = event.style is None and event.value in ("~", "null")
        control = CONTROL.search(event.value)
        if control:
            report.error(where, "control-character", f"U+{ord(control[0]):04X} is no character of a text: delete it")
            raise _Refused
        value = event.value.replace("\r\n", "\n").replace("\r", "\n")  # which an escape makes, as no file has them here
        return Text(value="" if empty else value, location=where, block=event.style in ("|", ">"))
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        for inner, place in events:
            if isinstance(inner, yaml.SequenceEndEvent):
                break
            items.append(_node(inner, place, events, report, depth + 1))
        return Items(items=tuple(items), location=where, flow=bool(event.flow_style))
    if isinstance(event, yaml.MappingStartEvent):
        return _pairs(where, events, report, depth)
    report.error(where, "yaml", "an alias (*name): write the value out")
    raise _Refused


def _pairs(where: Location, events: Iterator[tuple[yaml.Event, Location]], report: Report, depth: int) -> Pairs:
    pairs: list[tuple[Text, Node]] = []
    seen: dict[str, Location] = {}
    for event, place in events:
        if isinstance(event, yaml.MappingEndEvent):
            break
        key = _node(event, place, events, report, depth + 1)
        if not isinstance(key, Text):
            report.error(place, "yaml", "a key must be a word")
            raise _Refused
        value = _node(*next(events), events, report, depth + 1)
        if key.value in seen:
            report.error(place, "duplicate-key", f"“{key.value}” stands on line {seen[key.value].line} already")
            continue
        seen[key.value] = place
        pairs.append((key, value))
    return Pairs(pairs=tuple(pairs), location=where)


def plain(node: Node) -> object:
    """The node as strings, lists and dicts, for what templates may look into freely."""
    if isinstance(node, Text):
        return node.value
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return {key.value: plain(value) for key, value in node.pairs}

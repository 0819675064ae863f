"""Tracking parameters out of an author's file: only in addresses that readers are given, every other byte kept."""

from __future__ import annotations

import bisect
import dataclasses
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.identity.tracking import untracked
from pipeline.markup import tokens
from pipeline.model import Issue
from pipeline.read.issue import Folder, read_issue

__all__ = ["Change", "Fix", "fix"]

# Begins at the last scheme, as two addresses may stand side by side without a blank. Ends before what ends an address
# in Markdown or YAML, and before what ends a sentence. Bounded, so that no text takes long.
_ADDRESS = re.compile(
    r"https?://(?:(?!https?://)[^\s?#<>\"`|\\{}]){1,2048}\?"
    r"[^\s#<>\"'`|\\{}\[\]()\u3000-\u303f\u3400-\u9fff\uff00-\uffef]{0,4096}(?<![.,;:!?*_~])",
    re.IGNORECASE,
)
_LINKS = ("link", "image")
_MARKDOWN = ("intro", "text", "note", "via")
_LOST = "the addresses in it could not be mended without a change to something else: it is left as it is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An address as it stands in a file, by line and column from 1, and as it is to be."""

    line: int
    column: int
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """What becomes of a file, in bytes; `problem` says why nothing does, `renamed` how many entries get other ids."""

    path: str
    before: bytes
    after: bytes
    changes: tuple[Change, ...] = ()
    renamed: int = 0
    problem: str = ""


def fix(folder: Folder, name: str) -> Fix | None:
    """A source of a folder without tracking parameters; None where it has none that readers are given.

    Whether an address is given to readers is asked of the reader itself: all are marked, and it is looked where the
    marks come out. What is made is read again, and must be the same issue with these addresses alone changed.
    """
    data = folder.sources[name]
    path = f"{folder.path}/{name}"
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    found = [match for match in _ADDRESS.finditer(text) if untracked(match[0])[1]]
    if not found:
        return None
    before = _read(folder, name, text)
    if before is None:
        return Fix(path=path, before=data, after=data, problem="it cannot be read: publish check tells why")
    given = _given(folder, name, text, found)
    if not given:
        return None
    after_text = _with(text, [(match, untracked(match[0])[0]) for match in given])
    after = _read(folder, name, after_text)
    if after is None or not _same(before, after):
        return Fix(path=path, before=data, after=data, problem=_LOST)
    renamed = sum(old.key != new.key for old, new in zip(before.walk(), after.walk(), strict=True))
    return Fix(path=path, before=data, after=after_text.encode(), changes=tuple(_changes(text, given)), renamed=renamed)


def _changes(text: str, given: list[re.Match[str]]) -> Iterator[Change]:
    starts = [int(text.startswith("\ufeff")), *(end.end() for end in re.finditer(r"\r\n?|\n", text))]
    for match in given:
        line = bisect.bisect_right(starts, match.start())
        column = match.start() - starts[line - 1] + 1
        yield Change(line=line, column=column, before=match[0], after=untracked(match[0])[0])


def _read(folder: Folder, name: str, text: str) -> Issue | None:
    """The issue that a text of this file makes alone."""
    return read_issue(dataclasses.replace(folder, sources={name: text.encode()})).issue


def _given(folder: Folder, name: str, text: str, found: list[re.Match[str]]) -> list[re.Match[str]]:
    """Those addresses of a text that readers are given: not in code, in a comment, as the words of a link.

    Nor those that another address carries, or a sponsor wants to count by.
    """
    mark = "mark"
    while mark in text:
        mark += "k"
    marked = [match[0].replace("?", f"?{mark}{number}.&", 1) for number, match in enumerate(found)]
    issue = _read(folder, name, _with(text, list(zip(found, marked, strict=True))))
    shape = re.compile(rf"(?<=\?){mark}([0-9]+)\.&")
    given = [address for address in _addresses(issue) if mark in address] if issue else []
    numbers = {int(one) for address in given if untracked(shape.sub("", address))[1] for one in shape.findall(address)}
    return [match for number, match in enumerate(found) if number in numbers]


def _with(text: str, edits: list[tuple[re.Match[str], str]]) -> str:
    parts, at = [], 0
    for match, instead in edits:
        parts += [text[at : match.start()], instead]
        at = match.end()
    return "".join([*parts, text[at:]])


def _same(before: Issue, after: Issue) -> bool:
    """Whether each text that is an address is as it was or without tracking, and all else as it was."""
    pairs = itertools.zip_longest(_parts(before), _parts(after))
    return all(new == old or (isinstance(old, str) and new == untracked(old)[0]) for old, new in pairs)


def _parts(value: object) -> Iterator[object]:
    """What is compared of a value, in order, Markdown as its tokens; a tuple begins with how many it holds."""
    if isinstance(value, tuple):
        yield len(value)
        for item in value:
            yield from _parts(item)
    elif dataclasses.is_dataclass(value):
        for each in dataclasses.fields(value):
            if each.name in _MARKDOWN:
                for token in tokens(getattr(value, each.name)):
                    yield from (token.kind, token.name, token.value)
            elif each.compare:
                yield from _parts(getattr(value, each.name))
    else:
        yield value


def _addresses(issue: Issue) -> Iterator[str]:
    """Every address that readers are given, but those of sponsors."""
    texts = [issue.intro, *(section.text for section in issue.sections)]
    for entry in issue.walk():
        if not entry.sponsored:
            yield entry.url or ""
            yield from (link.url for link in entry.links)
            texts += [entry.note, entry.via]
    for text in texts:
        yield from (str(token.value) for token in tokens(text) if token.kind == "start" and token.name in _LINKS)

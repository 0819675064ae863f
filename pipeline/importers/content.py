"""The content of a page of HTML as an issue: made Markdown, and read as people write that."""

from __future__ import annotations

import datetime
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.dates import date_in
from pipeline.findings import Finding
from pipeline.formats.trees import Element, html_tree, line_of, walk, words
from pipeline.importers.hypertext import Block, blocks_of, markdown_of
from pipeline.importers.markdown import MARKDOWN
from pipeline.importers.saved import told
from pipeline.importers.source import SourceFile
from pipeline.model import Entry, Issue, Location
from pipeline.read.source import Report

__all__ = ["issue_in"]

_DATED = ("article:published_time", "og:published_time", "date", "dc.date", "dcterms.date", "pubdate", "publish-date")
_CANONICAL = ("canonical", "og:url")
_OF_MAILERS = re.compile(
    r"unsubscribe|opt[ -]?out|manage (?:your )?(?:preferences|subscription)|update (?:your )?preferences"
    r"|(?:view|read|open)\b.{0,30}\b(?:browser|online|on the web)|forward (?:this )?to a friend|why did i get this"
    r"|退订|取消订阅|在浏览器中查看|購読解除|配信停止",
    re.IGNORECASE,
)


def issue_in(file: SourceFile, text: str, report: Report) -> tuple[Issue, ...]:
    """The issue that a page holds, with the lines of the page; none, with an error, where it cannot be read."""
    tree = html_tree(text)
    if tree.root is None or tree.cut:
        report.error(Location(path=file.path, line=tree.line), "unreadable", f"no page that can be read: {tree.fault}")
        return ()
    said = _Said(tree.root, file.path if "://" in file.path else "")
    main = _main(tree.root)
    blocks = list(_without_mailers(file.path, blocks_of(main, said.base), report))
    rest = sum(1 for _ in tree.root.iter("a")) - sum(1 for _ in main.iter("a"))
    if rest > 0:
        message = f"{rest} links around the content, such as those of menus, are left out"
        told(report, Location(path=file.path, line=line_of(main)), "left-out", message)
    header = said.header(has_heading=any(block.text.startswith("# ") for block in blocks))
    source = replace(file, data=f"{header}\n{markdown_of(blocks)}\n".encode())
    found = MARKDOWN.read(source)
    lines = list(_lines(header.count("\n") + 1, blocks))
    report.findings += [_finding_in(finding, lines) for finding in found.findings if finding.rule != "header"]
    return tuple(_issue_in(issue, lines) for issue in found.issues)


class _Said:
    """What a page says of itself in its head."""

    def __init__(self, root: Element, address: str) -> None:
        self.base, self.title = "", ""
        self._date: datetime.date | None = None
        for event, name, element in walk(root):
            if event == "end":
                continue
            key = (element.get("property") or element.get("name") or element.get("rel") or "").lower()
            value = element.get("content") or element.get("href") or ""
            if name == "base" or key in _CANONICAL:
                self.base = self.base or (value if value.startswith(("https://", "http://")) else "")
            elif name == "title" and not self.title:
                self.title = words(element)
            elif name == "meta" and key in _DATED:
                self._take(value)
            elif name == "time":
                self._take(element.get("datetime") or words(element))
        self.base = self.base or address

    def _take(self, text: str) -> None:
        self._date = self._date or date_in(text)

    def header(self, *, has_heading: bool) -> str:
        """The same as a header of Markdown; the title only where the page has no heading of the first level."""
        title = f"title: {json.dumps(self.title)}\n" if self.title and not has_heading else ""
        date = self._date or date_in(self.title)
        lines = title + (f"date: {date}\n" if date else "")
        return f"---\n{lines}---\n" if lines else "\n"


def _main(root: Element) -> Element:
    """The part of a page that is its content: the only article, else what is called main, else all."""
    articles = list(root.iter("article"))
    mains = [*root.iter("main"), *(one for one in root.iter("div") if one.get("role") == "main")]
    if len(articles) == 1:
        return articles[0]
    return mains[0] if len(mains) == 1 else root


def _without_mailers(path: str, blocks: Sequence[Block], report: Report) -> Iterator[Block]:
    """The blocks but for the short ones that every mail has: to read it in a browser, to leave the list."""
    left = []
    for block in blocks:
        if len(block.text) < 1000 and "](" in block.text and _OF_MAILERS.search(re.sub(r"\([^)]*\)", "", block.text)):
            left.append(block)
        else:
            yield block
    if left:
        message = f"{len(left)} blocks of the mailing service, such as how to unsubscribe, are left out"
        told(report, Location(path=path, line=left[0].line), "left-out", message)


def _lines(above: int, blocks: Sequence[Block]) -> Iterator[int | None]:
    """For each line of the Markdown the line of the page that it came from."""
    yield from itertools.repeat(1, above)
    for at, block in enumerate(blocks):
        yield from itertools.repeat(block.line, block.text.count("\n") + 1 + bool(at and not block.tight))


def _finding_in(finding: Finding, lines: Sequence[int | None]) -> Finding:
    return replace(finding, location=_in(finding.location, lines))


def _issue_in(issue: Issue, lines: Sequence[int | None]) -> Issue:
    sections = [
        replace(
            section,
            location=_in(section.location, lines),
            entries=tuple(_entry_in(entry, lines) for entry in section.entries),
        )
        for section in issue.sections
    ]
    return replace(issue, sections=tuple(sections))


def _entry_in(entry: Entry, lines: Sequence[int | None]) -> Entry:
    inner = tuple(_entry_in(child, lines) for child in entry.entries)
    return replace(entry, entries=inner, location=_in(entry.location, lines))


def _in(where: Location, lines: Sequence[int | None]) -> Location:
    """A place in the Markdown as that in the page, whose columns are not known."""
    at = (where.line or 1) - 1
    return Location(path=where.path, line=lines[at] if where.line and at < len(lines) else None)

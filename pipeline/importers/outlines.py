"""OPML 1.0 and 2.0: lists of feeds, and outlines with links."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace

from pipeline.dates import day_of
from pipeline.formats.trees import Element, line_of, walk, words, xml_tree
from pipeline.importers.decoding import decoded
from pipeline.importers.hypertext import note_of_html
from pipeline.importers.saved import Saved, issues_of, note_of
from pipeline.importers.source import UNDATED, Imported, Importer, SourceFile
from pipeline.model import Location
from pipeline.read.source import Report

__all__ = ["OPML"]

_BYTES_AT_MOST = 32 << 20
_HEAD = re.compile(rb"<opml[\s>]", re.IGNORECASE)
_NOTES = ("description", "_note", "note", "comment")
_NAMES = tuple("url htmlurl xmlurl text title type version language created category isopen expansionstate".split())


def _recognises(file: SourceFile) -> bool:
    return file.suffix == ".opml" or bool(_HEAD.search(file.data[:2048].replace(b"\0", b"")))


def _read(file: SourceFile) -> Imported:
    report = Report()
    text = decoded(file, report)
    if text is None:
        return Imported(issues=(), findings=tuple(report.findings))
    tree = xml_tree(text)
    where = Location(path=file.path, line=tree.line)
    if tree.root is None or tree.cut:
        report.error(where, "unreadable", f"cannot be read as an outline: {tree.fault}")
        return Imported(issues=(), findings=tuple(report.findings))
    if tree.fault:
        report.warning(where, "xml", f"not well-formed, read as far as can be told: {tree.fault}")
    title, day, links = _links(file.path, tree.root)
    if not links:
        report.warning(Location(path=file.path), "empty", "no outline in it")
    found = issues_of(file.path, links, report, title=title)
    issues = tuple(replace(issue, date=day or UNDATED) for issue in found)
    return Imported(issues=issues, findings=tuple(report.findings))


def _links(path: str, root: Element) -> tuple[str, datetime.date | None, list[Saved]]:
    """The title and the day of an outline, and its links: what has none and lies over some is a section.

    What has none and lies under a link is its note; anything else without one is kept as an entry by its words.
    """
    links: list[Saved] = []
    above: list[str | None] = []  # of each outline around this one its title, None where it is a link
    title, day = "", None
    for event, name, element in walk(root):
        if name == "outline" and event == "end":
            above.pop()
        elif event == "end":
            continue
        elif name == "title" and not title:
            title = words(element)
        elif name in ("datecreated", "datemodified"):
            day = day_of(words(element)) or day
        elif name == "outline":
            said = {str(key).lower(): str(value).strip() for key, value in element.attrib.items()}
            address = _address(said)
            text = said.get("text") or said.get("title") or ""
            if not address and above and above[-1] is None and links:
                links[-1] = replace(links[-1], note="\n".join(filter(None, [links[-1].note, f"- {note_of(text)}"])))
                above.append(None)
                continue
            has_inner = any(isinstance(child.tag, str) for child in element)
            if address or not has_inner:
                section = " / ".join(one for one in above if one)
                links.append(_saved(said, Location(path=path, line=line_of(element)), section))
            above.append(None if address else text)
    return title, day, links


def _address(said: dict[str, str]) -> str:
    return said.get("url") or said.get("htmlurl") or said.get("xmlurl") or ""


def _saved(said: dict[str, str], where: Location, section: str) -> Saved:
    """The link of an outline: a feed's is that of its site, with the feed as a further one."""
    address, feed = _address(said), said.get("xmlurl", "")
    tags = (one.strip(" /") for one in said.get("category", "").split(","))
    return Saved(
        title=said.get("title") or said.get("text") or "",
        address=address,
        location=where,
        note="\n\n".join(note_of_html(said[name]) for name in _NOTES if said.get(name)),
        section=section,
        tags=tuple(tag for tag in tags if tag),
        lang=said.get("language", "") if re.fullmatch(r"[A-Za-z]{2,3}(-\w{2,8})?", said.get("language", "")) else "",
        links=(("feed", feed),) if feed and feed != address else (),
        extra=tuple((name, text) for name, text in said.items() if text and name not in (*_NAMES, *_NOTES)),
    )


OPML = Importer(
    kind="opml",
    caption="a list of feeds or an outline with links (OPML)",
    recognises=_recognises,
    read=_read,
    bytes_at_most=_BYTES_AT_MOST,
)

"""Bookmarks in Netscape's format, as browsers, Pinboard, Raindrop, linkding and Pocket write them."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.dates import day_of
from pipeline.formats.trees import Element, html_tree, line_of, walk, words
from pipeline.importers.decoding import decoded
from pipeline.importers.saved import Saved, issues_of, note_of
from pipeline.importers.source import Imported, Importer, SourceFile
from pipeline.model import Location
from pipeline.read.source import Report

__all__ = ["BOOKMARKS"]

_BYTES_AT_MOST = 64 << 20  # 100,000 bookmarks have 10 to 25 MB, with their icons more
_HEAD = re.compile(r"<!doctype\s+netscape-bookmark-file|<title>\s*pocket export", re.IGNORECASE)
_ICON = re.compile(r"\sicon(?:_uri)?=\"[^\"<>]*\"", re.IGNORECASE)
_OF_BROWSERS = ("personal_toolbar_folder", "unfiled_bookmarks_folder")
_NO_FOLDERS = ("bookmarks menu", "mobile bookmarks", "other bookmarks", "unsorted")
_MARKS = re.compile(r"</?(d[dt]|p)\b[^<>]*>", re.IGNORECASE)
_DESCRIPTION = '<hr class="dd">'
"""What stands for DD, as HR does for DT: none of them is closed, and a parser puts each one into the one before."""


def _recognises(file: SourceFile) -> bool:
    return bool(_HEAD.search(file.data[:2048].replace(b"\0", b"").decode("latin-1")))


def _read(file: SourceFile) -> Imported:
    report = Report()
    text = decoded(file, report, fallback="cp1252")
    if text is None:
        return Imported(issues=(), findings=tuple(report.findings))
    tree = html_tree(_MARKS.sub(_flat, _ICON.sub("", text)))
    where = Location(path=file.path, line=tree.line)
    if tree.root is None or tree.cut:
        report.error(where, "unreadable", f"cannot be read as bookmarks: {tree.fault}")
        return Imported(issues=(), findings=tuple(report.findings))
    links = _links(file.path, tree.root)
    if not links:
        report.warning(Location(path=file.path), "empty", "no bookmark in it")
    return Imported(issues=issues_of(file.path, links, report), findings=tuple(report.findings))


def _flat(mark: re.Match[str]) -> str:
    name = mark[1].lower()
    if name == "p" or mark[0].startswith("</"):
        return " "
    return _DESCRIPTION if name == "dd" else "<hr>"


def _links(path: str, root: Element) -> list[Saved]:
    """The bookmarks in their order; folders within folders are one section, their names joined."""
    links: list[Saved] = []
    folders: list[str] = []
    folder, described = "", False
    for event, name, element in walk(root):
        if name == "dl":
            if event == "start":
                folders.append(folder)
                folder = ""
            elif folders:
                folders.pop()
        elif event == "end":
            continue
        elif name == "h3":
            folder, described = _folder(element), False
        elif name == "a" and element.get("href") is not None:
            links.append(_saved(path, element, " / ".join(filter(None, folders))))
            described = True
        elif name == "hr" and element.get("class") and described:
            links[-1] = replace(links[-1], note=note_of(_description(element)))
    return links


def _folder(element: Element) -> str:
    title = words(element)
    return "" if title.lower() in _NO_FOLDERS or any(element.get(flag) for flag in _OF_BROWSERS) else title


def _saved(path: str, element: Element, section: str) -> Saved:
    tags = re.split(r"\s*,\s*", (element.get("tags") or "").strip())
    feed = element.get("feedurl")
    return Saved(
        title=words(element),
        address=(element.get("href") or "").strip(),
        location=Location(path=path, line=line_of(element)),
        section=section,
        day=day_of(element.get("add_date") or element.get("time_added") or ""),
        tags=tuple(tag for tag in dict.fromkeys(tags) if tag),
        private=element.get("private") == "1",
        unread=element.get("toread") == "1",
        links=(("feed", feed),) if feed else (),
    )


def _description(mark: Element) -> str:
    """The text from the mark of a description to the next mark or folder."""
    parts = [mark.tail or ""]
    for element in mark.itersiblings():
        if element.tag in ("hr", "dl", "h3"):
            break
        parts += ["\n" if element.tag == "br" else words(element), element.tail or ""]
    return "".join(parts)


BOOKMARKS = Importer(
    kind="bookmarks",
    caption="bookmarks that a browser, Pinboard, Raindrop, linkding or Pocket wrote",
    recognises=_recognises,
    read=_read,
    bytes_at_most=_BYTES_AT_MOST,
)

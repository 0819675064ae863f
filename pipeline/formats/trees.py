"""Other people's XML and HTML as trees, within bounds: the one home of lxml.

No entity is expanded but those of the language itself, no other document is fetched, and what is nested deeper than
256 elements or has a text of more than 10 MB ends there (libxml2's own limits), which `Tree.cut` tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.entities import html5

from lxml import etree

__all__ = ["Element", "SubElement", "Tree", "html_tree", "line_of", "walk", "words", "xml_tree"]

Element = etree._Element  # noqa: SLF001 - lxml's only name for the type
SubElement = etree.SubElement

_LINE_AT_MOST = 65_535  # libxml2 counts no further
_BLANKS = re.compile(r"\s+")
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31};)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A document: its root, None where there is none, the first fault with its line, and whether it ends early."""

    root: Element | None
    fault: str = ""
    line: int | None = None
    cut: bool = False


def html_tree(text: str) -> Tree:
    """The tree of a page, mended as browsers do; element names are in lower case."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    return _parsed(text, parser)


def xml_tree(text: str) -> Tree:
    """The tree of a document, as far as it can be read where it is not well-formed; HTML's entities are known."""
    text = _NAMED.sub(lambda match: html5.get(match[1], match[0]), text)
    parser = etree.XMLParser(
        encoding="utf-8",
        recover=True,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
    )
    return _parsed(text, parser)


def _parsed(text: str, parser: etree.XMLParser | etree.HTMLParser) -> Tree:
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        return Tree(root=None, fault=_BLANKS.sub(" ", str(error))[:200] or "no element at all", line=1)
    log = list(parser.error_log)
    bound = next((one for one in log if one.type_name == "ERR_RESOURCE_LIMIT"), None)
    first = bound or next(iter(log), None)
    if first is None:
        return Tree(root=root)
    return Tree(root=root, fault=_BLANKS.sub(" ", first.message).strip(), line=first.line, cut=bound is not None)


def walk(root: Element) -> Iterator[tuple[str, str, Element]]:
    """Each element twice, as `start` and as `end`, with its name: in lower case, without a namespace."""
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if isinstance(element.tag, str):
            yield event, element.tag.rpartition("}")[2].lower(), element


def words(element: Element) -> str:
    """The text within an element on one line."""
    return " ".join("".join(str(part) for part in element.itertext()).split())


def line_of(element: Element) -> int | None:
    """The line that an element begins in; None where it is not known."""
    line = element.sourceline
    return line if isinstance(line, int) and 0 < line < _LINE_AT_MOST else None

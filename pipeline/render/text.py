"""The plain text of an email: a letter of 72 columns, every address whole, wrapped by display width."""

from __future__ import annotations

import re
import unicodedata

from pipeline.addresses import issue_url
from pipeline.model import Issue, Markdown, Publication
from pipeline.render import notes
from pipeline.render.context import RenderContext
from pipeline.render.places import TEXT_HOLES

__all__ = ["WIDTH", "email_text", "note_text", "width", "wrap"]

WIDTH = 72
"""Columns of a line; addresses and long words stand over it."""


class _Cells(dict[str, int]):
    """Columns of a character in a fixed-width font (Unicode annex 11): 2 for wide ones, 0 for marks upon others."""

    def __missing__(self, character: str) -> int:
        wide = unicodedata.east_asian_width(character) in "WF"
        bare = unicodedata.category(character) in ("Mn", "Me", "Cf", "Cc")
        self[character] = cells = 0 if bare else 2 if wide else 1
        return cells


_CELLS = _Cells()


def width(text: str) -> int:
    """The columns that a text fills in a fixed-width font."""
    return len(text) if text.isascii() else sum(map(_CELLS.__getitem__, text))


_IDEOGRAPH = "\u2e80-\u2fff\u3005-\u3007\u3021-\u30ff\u3100-\u9fff\uac00-\ud7af\uf900-\ufaff\uff10-\uff19\uff21-\uff3a"
_OPENING = "（「『《〈【〔“‘"
_CLOSING = "，。、；：！？）」』》〉】〕”’…—・～"
# What no line end may part: an address, a word, an ideograph with the marks that belong to it.
_UNITS = re.compile(
    rf"<https?://[^\s<>]*>[^\s{_IDEOGRAPH}{_OPENING}<]*"
    rf"|[{_OPENING}]*[{_IDEOGRAPH}][{_CLOSING}.,;:!?)]*"
    rf"|[^\s{_IDEOGRAPH}{_OPENING}<]+|\s+|."
)


def wrap(text: str, first: str = "", rest: str | None = None) -> str:
    """The text in lines of 72 columns, `first` before the first one and `rest` (as `first`) before the others."""
    rest = first if rest is None else rest
    if len(text) * 2 <= WIDTH - len(rest) or width(text) + len(rest) <= WIDTH:
        return first + text
    lines: list[str] = []
    line, filled = first, width(first)
    empty = True
    for unit in _UNITS.findall(text):
        cells = width(unit)
        if not empty and filled + cells > WIDTH and not unit.isspace():
            lines.append(line.rstrip())
            line, filled, empty = rest, width(rest), True
        if empty and unit.isspace():
            continue
        line, filled, empty = line + unit, filled + cells, False
    lines.append(line.rstrip())
    return "\n".join(lines)


def underlined(title: str) -> str:
    """A heading with a line of its width under it."""
    made = wrap(title)
    return f"{made}\n{'=' * max(map(width, made.split(chr(10))))}"


def email_text(context: RenderContext, issue: Issue, title: str, why: str) -> str:
    """The issue as plain text with holes for the addresses (`places.in_text`), whole however long it is."""
    publication = context.publication
    base = issue_url(publication, issue)

    def note(source: Markdown, indent: str = "") -> str:
        return note_text(notes.html(source, base), indent)

    made = context.templates.render(
        "text/email.txt",
        publication=publication,
        issue=issue,
        title=title,
        labels=context.labels,
        why=wrap(why),
        note=note,
        wrap=wrap,
        underlined=underlined,
        view_url=TEXT_HOLES["view_url"],
        unsubscribe_url=TEXT_HOLES["unsubscribe_url"],
        postal_address=TEXT_HOLES["postal_address"] if _has_address(publication) else "",
    )
    return _BLANKS.sub("\n\n\n", made).strip("\n") + "\n"


_BLANKS = re.compile(r"\n{4,}")


def _has_address(publication: Publication) -> bool:
    return bool(publication.email.postal_address) or publication.email.merge_tags == "mailchimp"


_DEEPEST = 24  # columns of indentation: a note nested a thousand deep is still read
_BREAK_BETWEEN_IDEOGRAPHS = re.compile(rf"(?<=[{_IDEOGRAPH}{_CLOSING}])\n(?=[{_IDEOGRAPH}{_OPENING}])")
_SPACE_BEFORE_MARK = re.compile(rf"(?<=>) (?=[{_CLOSING}.,;:!?)\]])")
_IN_TAG = r"""(?:[^<>"]|"[^"]*")*"""
_LINK = re.compile(rf"""<a\b{_IN_TAG}?\bhref="([^"]*)"{_IN_TAG}>(.*?)</a>""", re.DOTALL)
_IMAGE = re.compile(rf"<img\b({_IN_TAG})>")
_BLOCKS = "p ul ol li blockquote pre table thead tbody tfoot tr div dl dt dd figure figcaption details summary br hr"
_BLOCK = re.compile(rf"<(/?(?:{_BLOCKS.replace(' ', '|')}))\b({_IN_TAG})>")
_CELL_END = re.compile(r"</t[dh]>(?!</tr>)")
_TAG = re.compile(f"</?[a-z]{_IN_TAG}>")


def note_text(html: str, indent: str = "") -> str:
    """A note's HTML (`notes.html`) as plain text: lists, quotes and code kept, each address in angle brackets.

    Made from the HTML and not from Markdown, so that the text has every address of the HTML and no other, and is not
    parsed a second time.
    """
    if "<a" in html:
        html = _LINK.sub(_addressed, html)
    if "<table" in html:
        html = _CELL_END.sub(" | ", html)
    if "<img" in html:
        html = _IMAGE.sub(_shown, html)
    if html.startswith("<p>") and html.count("<") == 2:
        return wrap(_flowed(html[len("<p>") : -len("</p>")]), indent)
    return "\n".join(_Letter(indent).lines(html))


def _addressed(match: re.Match[str]) -> str:
    url, words = match.groups()
    return f" &lt;{url}&gt; " if words == url else f"{words} &lt;{url}&gt; "


def _shown(match: re.Match[str]) -> str:
    known = dict(_ATTRIBUTE.findall(match[1]))
    return f" [{known.get('alt', '')}] &lt;{known.get('src', '')}&gt; "


_ATTRIBUTE = re.compile(r"""\b(src|alt|start)="([^"]*)\"""")


def _plain(html: str) -> str:
    """HTML without block tags as text; the references are those that `html.escape` and the sanitiser write."""
    if "<" in html:
        html = _TAG.sub("", html)
    if "&" in html:
        html = html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&#x27;", "'")
        html = html.replace("&nbsp;", " ").replace("&amp;", "&")
    return html


def _flowed(html: str) -> str:
    """HTML without block tags as text on one line; a line end between ideographs is no space."""
    text = _plain(html)
    if "\n" in text:
        text = _BREAK_BETWEEN_IDEOGRAPHS.sub("", text)
    text = " ".join(text.split())
    return _SPACE_BEFORE_MARK.sub("", text) if "> " in text else text


class _Letter:
    """A walk over block tags that writes lines; without recursion, so that no depth of nesting exhausts the stack."""

    def __init__(self, indent: str) -> None:
        self._margins = [indent]
        self._first = indent
        self._numbers: list[int] = []
        self._lines: list[str] = []

    def lines(self, html: str) -> list[str]:
        """The lines of a note."""
        parts = _BLOCK.split(html)
        self._write(parts[0])
        for at in range(1, len(parts), 3):
            tag, attributes, text = parts[at : at + 3]
            if tag[0] == "/":
                self._close(tag)
            else:
                self._open(tag, attributes)
            if tag == "pre":
                margin = self._margins[-1]
                self._lines += [(margin + line).rstrip() for line in _plain(text).rstrip("\n").split("\n")]
            elif text and not text.isspace():
                self._write(text)
        return self._lines

    def _write(self, html: str) -> None:
        """Writes what stands between two tags as lines behind the margin."""
        words = _flowed(html)
        if words:
            self._lines.append(wrap(words, self._first, self._margins[-1]))
            self._first = self._margins[-1]

    def _open(self, tag: str, attributes: str) -> None:
        if tag == "li":
            mark = "* "
            if self._numbers and self._numbers[-1]:
                mark = f"{self._numbers[-1]}. "
                self._numbers[-1] += 1
            self._nest(mark, " " * len(mark))
        elif tag == "ul":
            self._numbers.append(0)
        elif tag == "ol":
            start = dict(_ATTRIBUTE.findall(attributes)).get("start", "1")
            self._numbers.append(int(start) if start.isdecimal() else 1)
        elif tag == "p":
            if self._lines and self._first == self._margins[-1]:
                self._lines.append(self._first.rstrip())
        elif tag == "blockquote":
            self._nest("> ", "> ")
        elif tag == "pre":
            self._nest("    ", "    ")
        elif tag == "hr":
            self._lines.append(f"{self._margins[-1]}* * *")

    def _nest(self, first: str, rest: str) -> None:
        """Opens a block with a margin of its own; past a depth nothing is indented any further."""
        margin = self._margins[-1]
        deep = len(margin) >= _DEEPEST
        self._first = self._first if deep else self._first + first
        self._margins.append(margin if deep else margin + rest)

    def _close(self, tag: str) -> None:
        if tag in ("/li", "/blockquote", "/pre"):
            self._margins.pop()
            self._first = self._margins[-1]
        elif tag in ("/ul", "/ol"):
            self._numbers.pop()

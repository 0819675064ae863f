"""The plain text of an email: a letter of 72 columns, every address whole, wrapped by display width."""

from __future__ import annotations

import re
import unicodedata

from pipeline.addresses import issue_url
from pipeline.model import Issue, Markdown, Publication
from pipeline.render import notes
from pipeline.render.context import RenderContext
from pipeline.render.places import HOLES

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


_WIDE = "\u3001-\u3020\u3041-\u3096\u30a0-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60"
_USUAL = re.compile(rf"[ -~{_WIDE}]*")
_COLUMNS = bytes([1] + [2] * 255)  # of such a character, by the upper byte of its UTF-16
_OPENING = frozenset("（「『《〈【〔“‘([\u200d")  # and what joins two emoji
_CLOSING = frozenset("，。、；：！？）」』》〉】〕”’…—・～.,;:!?)]🏻🏼🏽🏾🏿")  # and what colours the emoji before it


def _columns(text: str) -> bytes:
    """The columns of each character; of ASCII, ideographs, kana and hangul ten times as fast as one by one."""
    if _USUAL.fullmatch(text):
        return text.encode("utf-16-be")[::2].translate(_COLUMNS)
    return bytes(map(_CELLS.__getitem__, text))


def wrap(text: str, first: str = "", rest: str | None = None) -> str:
    """The text in lines of 72 columns, `first` before the first one and `rest` (as `first`) before the others."""
    rest = first if rest is None else rest
    if len(text) * 2 <= WIDTH - len(rest):
        return first + text
    length = len(text)
    if length <= WIDTH - width(first) and text.isascii():
        return first + text.rstrip()
    columns = _columns(text)
    lines: list[str] = []
    margin, start = first, 0
    while start < length:
        end, room = length, WIDTH - width(margin)
        if length - start + columns.count(2, start) > room:
            end = _line_end(text, columns, start, room)
        lines.append(margin + text[start:end].rstrip())
        start = end + 1 if text[end : end + 1] == " " else end
        margin = rest
    return "\n".join(lines)


def _line_end(text: str, columns: bytes, start: int, room: int) -> int:
    """Where the line that starts at `start` ends: before what does not fit, at a place where a line may end."""
    fitting = end = _fitting(columns, start, room)
    if end >= len(text):
        return len(text)
    space = text.rfind(" ", start, end + 1)
    if space >= 0 and columns.find(2, space + 1, end + 1) < 0:  # among narrow characters a line ends at spaces alone
        end = min(space + 1, end)
    while end > start and not _may_end(text, end):
        end -= 1
    if end == start:  # an address or a word wider than a line stands over it
        end = fitting + 1
        while end < len(text) and not _may_end(text, end):
            end += 1
    address = text.rfind("<http", start, end)
    if address >= 0 and address > text.rfind(">", start, end):
        close = text.find(">", end)
        return address if address > start else len(text) if close < 0 else close + 1
    return end


def _fitting(columns: bytes, start: int, room: int) -> int:
    """The first character from `start` on that is beyond so many columns."""
    if 0 in columns:
        for at in range(start, len(columns)):
            room -= columns[at]
            if room < 0:
                return at
        return len(columns)
    end = min(start + room, len(columns))
    while (beyond := end - start + columns.count(2, start, end) - room) > 0:
        end -= (beyond + 1) // 2  # as if all that is taken off were wide, so that no more is taken off than needed
    return end


def _may_end(text: str, at: int) -> bool:
    """Whether a line may end before the character at `at`: at a space, or beside a wide character that is not bound."""
    before, after = text[at - 1], text[at]
    if after == " " or before == " ":
        return True
    beside_wide = 2 in (_CELLS[before], _CELLS[after])
    return beside_wide and _CELLS[after] > 0 and after not in _CLOSING and before not in _OPENING


def underlined(title: str) -> str:
    """A heading with a line of its width under it."""
    made = wrap(title)
    return f"{made}\n{'=' * max(map(width, made.split(chr(10))))}"


def email_text(context: RenderContext, issue: Issue, title: str, why: str) -> bytes:
    """The issue as plain text (UTF-8) with holes for the addresses (`places.in_text`), whole however long it is."""
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
        view_url=HOLES["view_url"],
        unsubscribe_url=HOLES["unsubscribe_url"],
        postal_address=HOLES["postal_address"] if _has_address(publication) else "",
    )
    return _BLANKS.sub("\n\n\n", made).strip("\n").encode() + b"\n"


_BLANKS = re.compile(r"\n{4,}")


def _has_address(publication: Publication) -> bool:
    return bool(publication.email.postal_address) or publication.email.merge_tags == "mailchimp"


_DEEPEST = 24  # columns of indentation: a note nested a thousand deep is still read
_BREAK_BETWEEN_IDEOGRAPHS = re.compile(rf"(?<=[{_WIDE}])\n(?=[{_WIDE}])")
_SPACE_BEFORE_MARK = re.compile(rf"> (?=[{re.escape(''.join(sorted(_CLOSING)))}])")
_IN_TAG = r"""(?:[^<>"]|"[^"]*")*"""
_LINK = re.compile(rf"<a\b({_IN_TAG})>([^<]*(?:<(?!/?a\b)[^<]*)*)</a>")  # the innermost: in tables they may nest
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
    links = 1
    while links and "</a>" in html:
        html, links = _LINK.subn(_addressed, html)
    if "<table" in html:
        html = _CELL_END.sub(" | ", html)
    if "<img" in html:
        html = _IMAGE.sub(_shown, html)
    if html.startswith("<p>") and html.count("<") == 2:
        return wrap(_flowed(_plain(html[len("<p>") : -len("</p>")])), indent)
    if html.startswith(_LIST):
        items = html[len(_LIST) : -len(_LIST_END)].replace(_NEXT_ITEM, "\0")
        if not _BLOCK.search(items):  # as most notes are: one list, nothing nested
            first, rest = f"{indent}* ", f"{indent}  "
            return "\n".join([wrap(_flowed(item), first, rest) for item in _plain(items).split("\0")])
    return "\n".join(_Letter(indent).lines(html)).rstrip()


_LIST, _NEXT_ITEM, _LIST_END = "<ul>\n<li>", "</li>\n<li>", "</li>\n</ul>"


def _addressed(match: re.Match[str]) -> str:
    attributes, words = match.groups()
    if attributes.startswith(_HREF) and attributes.find('"', len(_HREF)) == len(attributes) - 1:  # nothing but that
        url = attributes[len(_HREF) : -1]
    else:
        url = dict(_ATTRIBUTE.findall(attributes)).get("href", "")
    if not url:
        return words
    return f" &lt;{url}&gt; " if words == url else f"{words} &lt;{url}&gt; "


def _shown(match: re.Match[str]) -> str:
    known = dict(_ATTRIBUTE.findall(match[1]))
    return f" [{known.get('alt', '')}] &lt;{known.get('src', '')}&gt; "


_HREF = ' href="'
_ATTRIBUTE = re.compile(r"""\b(href|src|alt|start)="([^"]*)\"""")


def _plain(html: str) -> str:
    """HTML without block tags as text; the references are those that `html.escape` and the sanitiser write."""
    if "<" in html:
        html = _TAG.sub("", html)
    if "&" in html:
        html = html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&#x27;", "'")
        html = html.replace("&nbsp;", " ").replace("&amp;", "&")
    return html


def _flowed(text: str) -> str:
    """A text on one line; a line end between ideographs is no space."""
    text = text.strip()
    if "\n" in text:
        text = _BREAK_BETWEEN_IDEOGRAPHS.sub("", text).replace("\n", " ")
    if "  " in text:
        text = " ".join(text.split())
    return _SPACE_BEFORE_MARK.sub(">", text) if "> " in text else text


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
        words = _flowed(_plain(html))
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

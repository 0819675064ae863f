"""HTML that people wrote or mailed, as Markdown: headings, lists, quotes, code, emphasis, links, pictures."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin

from pipeline.formats.trees import Element, html_tree, line_of, walk
from pipeline.importers.markdown_sound import as_text, escaped
from pipeline.read.links import PLAIN
from pipeline.read.notes import inline_link

__all__ = ["Block", "blocks_of", "markdown_of", "note_of_html"]

_LEFT_OUT = frozenset(
    "head script style noscript template svg math iframe object audio video button select textarea input nav".split()
)
_BLOCKS = frozenset(
    "p div td th tr table tbody section article header footer main aside center figure figcaption address dl dt dd "
    "body form details summary fieldset html hr ul ol li blockquote pre h1 h2 h3 h4 h5 h6".split()
)
_MARKS = {"b": "**", "strong": "**", "em": "*", "i": "*", "del": "~~", "s": "~~", "code": "`", "tt": "`", "kbd": "`"}
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_NESTED_AT_MOST = 8
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_TAG = re.compile(
    r"<(?:/?(?:p|a|br|b|i|em|strong|ul|ol|li|div|span|blockquote|code|pre|h[1-6]|img)\b[^<>]*|!--)", re.IGNORECASE
)
_BLANKS = re.compile(r"[ \t\r\n\f\u200b\u2060\ufeff\u034f\u00ad]+")
_EDGES = re.compile(r"(\s*)(.*?)(\s*)", re.DOTALL)
_LIST_MARK = re.compile(r"\A([0-9]{1,9}|)([-+=.)])(?=\s|\Z|[-+=])")
_IN_URL = "%:/?#[]@!$&'()*+,;=~-._"
_FENCE = re.compile(r"`{3,}")
_FEW_PIXELS = ("0", "1", "2", "3", "0px", "1px")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block of Markdown, the line of the HTML that it begins in, and whether it continues the list above it."""

    text: str
    line: int | None
    tight: bool = False


def markdown_of(blocks: list[Block]) -> str:
    """The blocks as one text."""
    parts = [
        f"{'' if not at else chr(10) if block.tight else chr(10) * 2}{block.text}" for at, block in enumerate(blocks)
    ]
    return "".join(parts)


def note_of_html(text: str, base: str = "") -> str:
    """What a feed or an export says in HTML, as Markdown for a note: headings are bold. Plain text stays as it is."""
    if not _TAG.search(text):
        return "\n".join(as_text(" ".join(line.split())) for line in text.strip().split("\n"))
    tree = html_tree(f"<body>{text}</body>")
    if tree.root is None or tree.cut:
        return as_text(" ".join(re.sub(r"<[^<>]*>", " ", text).split()))
    return markdown_of(blocks_of(tree.root, base, headings=False))


def blocks_of(root: Element, base: str = "", *, headings: bool = True) -> list[Block]:
    """The blocks of a tree in their order; addresses are taken from `base` on."""
    writer = _Writer(base, headings=headings)
    skipped: Element | None = None
    for event, name, element in walk(root):
        if skipped is not None:
            if event == "end" and element is skipped:
                skipped = None
                writer.say(element.tail or "")
        elif event == "start":
            if _left_out(name, element):
                skipped = element
            else:
                writer.start(name, element)
        else:
            writer.end(name, element)
            if element is not root:
                writer.say(element.tail or "")
    writer.flush()
    return writer.blocks


def _left_out(name: str, element: Element) -> bool:
    return name in _LEFT_OUT or element.get("hidden") is not None or bool(_HIDDEN.search(element.get("style") or ""))


@dataclass(slots=True)
class _Container:
    """A quote or the item of a list that blocks stand in; its mark is written once."""

    mark: str
    rest: str
    used: bool = False


@dataclass(slots=True)
class _Open:
    """A link or an emphasis that is still being read."""

    mark: str
    element: Element | None = None
    address: str = ""
    parts: list[str] = field(default_factory=list)


class _Writer:
    """Markdown in the making."""

    def __init__(self, base: str, *, headings: bool) -> None:
        self.blocks: list[Block] = []
        self._base, self._headings = base, headings
        self._line: int | None = None
        self._containers: list[_Container] = []
        self._lists: list[str] = []
        self._opened: list[_Open] = [_Open("")]
        self._heading = 0
        self._code = 0

    def start(self, name: str, element: Element) -> None:
        """Begins an element, with its own first text."""
        if name in _BLOCKS and not self._in_link():
            self._begin(name, element)
        elif name in _BLOCKS:
            self._opened[-1].parts.append(" ")
        elif name == "br":
            self._opened[-1].parts.append(" " if self._heading or self._in_link() else "\n")
        elif name == "img":
            self._picture(element)
        elif name == "a" and element.get("href") and not self._in_link():
            within = (element.get("href") or "").strip().startswith("#")
            self._opened.append(_Open("#" if within else "a", element, self._absolute(element.get("href") or "")))
        elif name in _MARKS:
            self._opened.append(_Open(_MARKS[name], element))
        self.say(element.text or "")

    def _begin(self, name: str, element: Element) -> None:
        self.flush()
        self._line = line_of(element)
        if name in ("ul", "ol"):
            self._lists.append(name)
        elif name == "li":
            mark = "1. " if self._lists[-1:] == ["ol"] else "- "
            self._containers.append(_Container(mark, " " * len(mark)))
        elif name == "blockquote":
            self._containers.append(_Container("> ", "> "))
        elif name in _HEADINGS:
            self._heading = _HEADINGS[name]
        elif name == "pre":
            self._code += 1

    def end(self, name: str, element: Element) -> None:
        """Ends an element."""
        if name == "a" or name in _MARKS:
            if self._opened[-1].element is element:
                self._close()
        elif name in _BLOCKS and not self._in_link():
            self.flush()
            self._leave(name)
        elif name in _BLOCKS:
            self._opened[-1].parts.append(" ")

    def _leave(self, name: str) -> None:
        if name in ("ul", "ol") and self._lists:
            self._lists.pop()
        elif name in ("li", "blockquote"):
            self._containers.pop()
        elif name in _HEADINGS:
            self._heading = 0
        elif name == "pre":
            self._code = max(0, self._code - 1)

    def say(self, text: str) -> None:
        """Adds text; its white space counts in code alone, its addresses are links where they are in none."""
        if not text:
            return
        if self._code:
            self._opened[0].parts.append(text)
            return
        text = _BLANKS.sub(" ", text)
        inner = self._opened[-1]
        if inner.mark == "`":
            inner.parts.append(text)
        elif self._in_link():
            inner.parts.append(escaped(text))
        else:
            inner.parts.append(as_text(f" {text}")[1:])  # a mark of a list is none before it leads a line

    def _in_link(self) -> bool:
        return any(one.mark == "a" for one in self._opened)

    def _absolute(self, address: str) -> str:
        address = address.strip()
        try:
            joined = urljoin(self._base, address) if self._base else address
        except ValueError:  # such as an open bracket
            joined = address
        return quote(" ".join(joined.split()), safe=_IN_URL)

    def _picture(self, element: Element) -> None:
        """A picture that says something in words; what counts who reads has none, and one pixel."""
        alt, source = " ".join((element.get("alt") or "").split()), self._absolute(element.get("src") or "")
        if not alt or element.get("width") in _FEW_PIXELS:
            return
        if self._heading or self._in_link() or not source.startswith(("https://", "http://")):
            self._opened[-1].parts.append(escaped(alt))
        else:
            self._opened[-1].parts.append(inline_link(escaped(alt), source, image=True))

    def _close(self) -> None:
        """Ends the innermost link or emphasis; blanks at its edges stand outside."""
        one = self._opened.pop()
        match = _EDGES.fullmatch("".join(one.parts))
        before, inner, after = match.groups() if match else ("", "", "")
        if one.mark == "a":
            inner = _link(inner, one.address)
        elif one.mark == "#":  # a place within the page: often a mere sign beside a heading
            inner = inner if re.search(r"[^\W_]", inner) else ""
        elif one.mark == "`":
            inner = f"`{inner}`" if inner and "`" not in inner else as_text(inner)
        elif inner and not any(outer.mark == one.mark for outer in self._opened):
            inner = f"{one.mark}{inner}{one.mark}"
        self._opened[-1].parts.append(f"{before}{inner}{after}")

    def flush(self) -> None:
        """Ends the block that is being written."""
        while len(self._opened) > 1:
            self._close()
        raw = "".join(self._opened.pop().parts)
        self._opened = [_Open("")]
        if self._code:
            text = raw.strip("\n").rstrip()
            fence = "`" * (max((len(run) for run in _FENCE.findall(text)), default=2) + 1)
            text = f"{fence}\n{text}\n{fence}" if text else ""
        else:
            lines = filter(None, (" ".join(line.split()) for line in raw.split("\n")))
            text = "\n".join(lines if self._headings else (_LIST_MARK.sub(r"\1\\\2", line) for line in lines))
        if not text:
            return
        if self._heading:
            text = f"{'#' * self._heading} {text}" if self._headings else f"**{text}**"
        self._put(text)

    def _put(self, text: str) -> None:
        containers = self._containers[:_NESTED_AT_MOST]
        tight = bool(containers) and not containers[-1].used and containers[-1].mark != "> "
        first = "".join(one.rest if one.used else one.mark for one in containers)
        rest = "".join(one.rest for one in containers)
        listed = any(block.text.lstrip(" >").startswith(("- ", "1. ")) for block in self.blocks[-1:])
        for one in containers:
            one.used = True
        lines = text.split("\n")
        whole = "\n".join([first + lines[0], *((rest + line).rstrip() for line in lines[1:])])
        self.blocks.append(Block(text=whole, line=self._line, tight=tight and listed))


def _link(inner: str, address: str) -> str:
    """A link; one without words by its address, which stands as code where it leads nowhere."""
    if not PLAIN.fullmatch(address) and (not inner or "//" in inner):
        return f"`{address}`" if address else inner
    return inline_link(" ".join((inner or escaped(address)).split()), address)

"""What stands where in a Markdown text: blocks, lines of a paragraph, items of a list, lines that lead an entry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from pipeline.markup import Token

__all__ = [
    "BETWEEN_LINKS",
    "Block",
    "Line",
    "as_paragraph",
    "blocks",
    "close_of",
    "dedented",
    "head_of_item",
    "is_comment",
    "items",
    "leads",
    "lines",
    "without_comment_mark",
    "without_html",
]

BETWEEN_LINKS = re.compile(r"\s*[,，、]\s*\Z")
_COMMENT_FOLLOWS = re.compile(r"\s*[:：]\s*|\s+[-–—]+\s+")
_COLON_FOLLOWS = re.compile(r"\s*[:：]")
_BEGINS_BLOCK = re.compile(
    r"\A(?P<before>[0-9]{0,9})(?P<mark>(?<=[0-9])[.)](?=\s|\Z)|(?<![0-9])(?:[#>~]|[-+*](?=\s|\Z)|-{3}|={3}))"
)
_SPANS = frozenset(["link", "image", "emphasis", "strong", "strike"])


class Block(NamedTuple):
    """A top-level block: its name, and the tokens from its start to its end."""

    name: str
    tokens: list[Token]

    @property
    def inner(self) -> list[Token]:
        """What stands within it."""
        return self.tokens[1:-1]


class Line(NamedTuple):
    """A line that an entry may begin with, between two bytes: a backslash before its first token is part of it."""

    found: list[Token]
    start: int
    end: int


def blocks(found: list[Token]) -> Iterator[Block]:
    """The blocks that lie in no other."""
    depth, start = 0, 0
    for at, token in enumerate(found):
        if token.kind == "start":
            if depth == 0:
                start = at
            depth += 1
        elif token.kind == "end":
            depth -= 1
        if depth == 0:
            yield Block(found[start].name or token.kind, found[start : at + 1])
            start = at + 1


def lines(inner: list[Token], end: int) -> Iterator[Line]:
    """The lines of a paragraph; a break within a link or an emphasis is none."""
    line: list[Token] = []
    depth, start = 0, inner[0].start if inner else end
    for token in inner:
        depth += {"start": 1, "end": -1}.get(token.kind, 0)
        if depth == 0 and token.kind.endswith("break"):
            yield Line(line, start, token.start)
            line, start = [], token.end
        else:
            line.append(token)
    yield Line(line, start, end)


def without_comment_mark(text: str) -> str:
    """What follows a title's links as the first of a note: without the colon or dash that leads it."""
    return (_COMMENT_FOLLOWS.sub("", text, count=1) if _COMMENT_FOLLOWS.match(text) else text).strip()


def as_paragraph(text: str) -> str:
    """A text that stood within a line, escaped where it would begin a heading, a list or a quote of its own."""
    return _BEGINS_BLOCK.sub(r"\g<before>\\\g<mark>", text, count=1)


def is_comment(block: Block) -> bool:
    """Whether a block of HTML is a comment and nothing else."""
    text = "".join(str(token.value) for token in block.inner).strip()
    return text.startswith("<!--") and text.endswith("-->")


def without_html(found: list[Token]) -> list[Token]:
    """The tokens but for comments and tags."""
    return [token for token in found if token.kind != "html"]


def close_of(found: list[Token], start: int) -> int:
    """The place of the end of the link that starts at a place; links hold no links."""
    return next(at for at in range(start, len(found)) if found[at].kind == "end" and found[at].name == "link")


def leads(found: list[Token], *, colon: bool = False) -> bool:
    """Whether a line is an entry: links from its start, then nothing, an HTML comment, or a colon or dash and text."""
    if not found or found[0].name != "link":
        return False
    at = close_of(found, 0) + 1
    while at + 1 < len(found) and found[at + 1].name == "link" and BETWEEN_LINKS.fullmatch(str(found[at].value)):
        at = close_of(found, at + 1) + 1
    rest = without_html(found[at:])
    if colon:
        return bool(rest) and rest[0].kind == "text" and bool(_COLON_FOLLOWS.match(str(rest[0].value)))
    if not rest or (len(rest) == 1 and not str(rest[0].value).strip()):
        return True
    return rest[0].kind == "text" and bool(_COMMENT_FOLLOWS.match(str(rest[0].value)))


def items(block: Block) -> Iterator[tuple[Token, list[Token]]]:
    """The items of a list, each with its tokens from start to end."""
    inner = block.inner
    depth, start = 0, 0
    for at, token in enumerate(inner):
        if token.kind == "start":
            if depth == 0:
                start = at
            depth += 1
        elif token.kind == "end":
            depth -= 1
            if depth == 0:
                yield inner[start], inner[start : at + 1]


def head_of_item(inner: list[Token]) -> tuple[list[Token], list[Token]]:
    """The first paragraph of a list item, tight or loose, and the blocks behind it."""
    if inner and inner[0].kind == "start" and inner[0].name == "paragraph":
        close = next(at for at, token in enumerate(inner) if token.kind == "end" and token.name == "paragraph")
        return inner[1:close], inner[close + 1 :]
    for at, token in enumerate(inner):
        if token.kind == "rule" or (token.kind == "start" and token.name not in _SPANS):
            return inner[:at], inner[at:]
    return inner, []


def dedented(text: str, indent: int) -> str:
    """The lines with at most so many leading blanks taken off, a tab counted to the next fourth column."""
    lines = []
    for line in text.split("\n"):
        body = line.lstrip(" \t")
        blanks = len(line[: len(line) - len(body)].expandtabs(4))
        lines.append(" " * max(0, blanks - indent) + body)
    return "\n".join(lines)

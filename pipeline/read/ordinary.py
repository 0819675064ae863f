"""A Markdown file as most are, read by patterns: as the parser reads it, in a fifth of its time.

Headings of plain words or of links to the web, under them paragraphs, quotes and lists in which no entry can begin: of
such a file the parser could say nothing that its lines do not say. A file with any other line in it is the parser's.
"""

from __future__ import annotations

import re

from pipeline.model import Link, Location, Url
from pipeline.read.draft import Draft, Outline
from pipeline.read.source import Source

__all__ = ["ordinary"]

_LENGTH_AT_MOST = 90_000
"""Characters; the parser tells of more than 100,000 tokens, and no token is shorter than one character."""

_ENTRY_LEVEL = 3

_URL = r"https?://(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::[0-9]+)?(?:[/?#][^\s\x00-\x20\x7f-\x9f<>\"`{}|\\^()]*)?"
_LINK = re.compile(rf"\[[^\[\]`\n\\<]*\]\({_URL}\)")
_WORD = r"[^\s\d#>=+\-*~_`|\[\]:]|[0-9]+(?![0-9]|[.)](?:\s|\Z))|`[^`]|\*\*[^\s*]"
_LED = r"\[\]\ ?[^\W_]"  # by a link, which no comma, colon or dash follows: no entry


def _beyond(bullet: str) -> re.Pattern[str]:
    """What is looked for where each link is `[]` by now: lines and marks that are the parser's.

    A line is empty, a heading, or begins with a word, code, bold words or a link that is part of a sentence, in a quote
    too; behind the bullet, with any link. A backslash stands before what means nothing within a line. Each branch
    begins with a character of its own, so that re leaps from one of these to the next.
    """
    return re.compile(
        rf"\n(?!\n|\#|\Z|\ *+(?:{_WORD}|{_LED}|{re.escape(bullet)}\ (?:{_WORD}|\[))|>\ (?:{_WORD}|{_LED}))"
        r"|<|\||\\(?![#>+.!~-])|\t|```|~~~|!\[|&\#|:(?=//)|\](?=\(|\ \(|\[|\s*[:：])",
        re.VERBOSE,
    )


_BEYOND = {bullet: _beyond(bullet) for bullet in "*-"}

_CHARACTERS = r"[^\[\]`*_&~\n\\]*"
_TITLE = rf"{_CHARACTERS}(?:(?:_(?<=[^\W_]_)(?=[^\W_])|&(?![#\w]+;)|\\[#>+.!~-]){_CHARACTERS})*"
_ADDRESS = r"[^)&]+(?:&(?![#\w]+;)[^)&]*)*"
_FURTHER = rf"\s*[,，、]\s*\[{_TITLE}\]\({_ADDRESS}\)"
_HEADING = re.compile(rf"(#{{0,5}}) (?:\[({_TITLE})\]\(({_ADDRESS})\)((?:{_FURTHER})*)|(?! )({_TITLE})(?<!#)) *")
_LINKS = re.compile(rf"\[({_TITLE})\]\(({_ADDRESS})\)")
_ITEM = re.compile(r"\n *[*-] ")


def ordinary(source: Source) -> Outline | None:
    """The sections and entries of a Markdown text, whose front matter has been blanked; None where it is the parser's.

    Where it is not None, `markdown.outline` gives the same and finds nothing wrong.
    """
    text = f"\n{source.text}"
    bullet = "* " if "\n* " in text else "- "
    if len(text) > _LENGTH_AT_MOST or _BEYOND[bullet[0]].search(_LINK.sub("[]", text)):
        return None
    found = Outline()
    before, *chunks = text.split("\n#")
    line = source.line - 1 + before.count("\n")
    if not _said(found, before, bullet):
        return None
    for chunk in chunks:
        line += 1
        head, _, body = chunk.partition("\n")
        if not _headed(found, head, source.path, line) or not _said(found, body, bullet):
            return None
        line += chunk.count("\n")
    return found


def _headed(outline: Outline, head: str, path: str, line: int) -> bool:
    """Begins the section or the entry that a heading, without its first `#`, is of; False where the parser must say."""
    match = _HEADING.fullmatch(head)
    if not match:
        return False
    marks, linked, url, further, words = match.groups()
    level, title = len(marks) + 1, _plain(words or linked or "")
    if not title or (linked and level < _ENTRY_LEVEL):
        return False
    if level < _ENTRY_LEVEL:
        outline.head(level, title, Location(path=path, line=line, column=1))
        return True
    if words and words.startswith("\\"):  # the parser has it begin behind the backslash
        return False
    draft = Draft(title, Location(path=path, line=line, column=level + 2))
    if linked:
        draft.url = Url(url)
    if further:
        links = [(_plain(words) or url, Url(url)) for words, url in _LINKS.findall(further)]
        draft.links = tuple(Link(title=title, url=url) for title, url in links)
    outline.open(draft, level)
    return True


def _plain(words: str) -> str:
    """The words of a title without escapes, white space folded."""
    return " ".join(words.replace("\\", "").split())


def _said(outline: Outline, body: str, bullet: str) -> bool:
    """Takes what stands under a heading as a note or prose; False where the parser must say what it is."""
    body = body.strip("\n").rstrip()
    if not body:
        return True
    for block in body.split("\n\n"):
        if "> " in block and block.count("\n> ") != (block.count("\n") if block.startswith("> ") else 0):
            return False
        if block[:1] in ("", " ", "\n") or block[-1].isspace():
            return False
        if block.startswith(bullet):
            if not outline.opened:
                return False
        elif bullet in block and _ITEM.search(block):  # the paragraph may be an entry without a link
            return False
    outline.say(body)
    return True

"""A Markdown file as most are, read by patterns: as the parser reads it, in a fifth of its time.

Headings of plain words or of links, with or without attributes, under them paragraphs, quotes and lists in which no
entry can begin: of such a file the parser could say nothing that its lines do not say. A file with any other line in it
is the parser's.
"""

from __future__ import annotations

import functools
import re

from pipeline.model import Link, Location, Url
from pipeline.read.draft import Draft, Outline
from pipeline.read.entries import from_comment
from pipeline.read.links import Prover
from pipeline.read.source import Report, Source

__all__ = ["ordinary"]

_LENGTH_AT_MOST = 90_000
"""Characters; the parser tells of more than 100,000 tokens, and no token is shorter than one character."""

_ENTRY_LEVEL = 3

_URL = r"https?://(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?::[0-9]+)?(?:[/?#][^\s\x00-\x20\x7f-\x9f<>\"`{}|\\^()]*)?"
_MAIL = r"mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+"
_LINK = re.compile(rf"\[[^\[\]`\n\\<]*\]\((?:{_URL}|{_MAIL})\)")
_IMAGE = re.compile(rf"!\[[^\W_][^\[\]`\n\\<&]*\]\({_URL}\)")
_WORD = r"[^\s\d#>=+\-*~_`|\[\]:]|[0-9]+(?![0-9]|[.)](?:\s|\Z))|`[^`]|\*\*[^\s*]"
_COMMENT = r"<!--\ (?:[^<>\n-]|-(?!-))*\ -->"
_LED = r"\[\](?:,?\ ?[^\W_]|[.)'’])"  # by a link that no further link, colon or dash follows: no entry


@functools.cache
def _beyond(bullet: str) -> re.Pattern[str]:
    """What is looked for where each link is `[]` and each image a word by now: lines and marks that are the parser's.

    A line is empty, a heading, or begins with a word, code, bold words or a link that is part of a sentence, in a quote
    too; behind the bullet, with any link. A backslash stands before what means nothing within a line. Each branch
    begins with a character of its own, so that re leaps from one of these to the next.
    """
    return re.compile(
        rf"\n(?!\n|\#|\Z|\ *+(?:{_WORD}|{_LED}|{re.escape(bullet)}\ (?:{_WORD}|\[))|>(?:\ (?:{_WORD}|{_LED})|\n|\Z))"
        rf"|<(?!{_COMMENT[1:]}\ *(?:\n|\Z))"
        r"|\\(?![#>+.!~*_-])|\t|```|~~~|!\[|&\#|:(?=//)|\](?=\(|\ \(|\[|\s*[:：])",
        re.VERBOSE,
    )


_CHARACTERS = r"[^\[\]`*_&~<\n\\]*"
_TITLE = rf"{_CHARACTERS}(?:(?:_(?<=[^\W_]_)(?=[^\W_])|&(?![#\w]+;)|\\[#>+.!~*_-]){_CHARACTERS})*"
_ADDRESS = r"[^)&]+(?:&(?![#\w]+;)[^)&]*)*"
_FURTHER = rf"\s*[,，、]\s*\[{_TITLE}\]\({_ADDRESS}\)"
_HEADING = re.compile(
    rf"(#{{0,5}}) (?:\[({_TITLE})\]\(({_ADDRESS})\)((?:{_FURTHER})*)|(?! )({_TITLE})(?<![# ])) *({_COMMENT})? *"
)
_LINKS = re.compile(rf"\[({_TITLE})\]\(({_ADDRESS})\)")
_ITEM = re.compile(r"\n *[*-] ")


def ordinary(source: Source, prover: Prover) -> Outline | None:
    """The sections and entries of a Markdown text, whose front matter has been blanked; None where it is the parser's.

    Where it is not None, `markdown.outline` gives the same and finds nothing wrong.
    """
    text = f"\n{source.text}"
    bullet = "* " if "\n* " in text else "- "
    seen = _IMAGE.sub("image", text) if "![" in text else text
    if len(text) > _LENGTH_AT_MOST or _beyond(bullet[0]).search(_LINK.sub("[]", seen)):
        return None
    found = Outline()
    before, *chunks = text.split("\n#")
    line = source.line - 1 + before.count("\n")
    if not _said(found, before, bullet):
        return None
    for chunk in chunks:
        line += 1
        head, _, body = chunk.partition("\n")
        match = _HEADING.fullmatch(head)
        if not match or not _headed(found, match, source.path, line) or not _said(found, body, bullet):
            return None
        if match[6] and not _described(found, match[6], prover):
            return None
        line += chunk.count("\n")
    return found


def _headed(outline: Outline, match: re.Match[str], path: str, line: int) -> bool:
    """Begins the section or the entry that a heading, without its first `#`, is of; False where the parser must say."""
    marks, linked, url, further, words, _ = match.groups()
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


def _described(outline: Outline, comment: str, prover: Prover) -> bool:
    """Takes the attributes in the comment behind a title; False where something is wrong with them."""
    report = Report()
    if outline.opened:
        entry = outline.opened[-1][1]
        entry.attributes = from_comment(comment, entry.location, prover, report)
    return not report.findings


def _plain(words: str) -> str:
    """The words of a title without escapes, white space folded."""
    return " ".join(words.replace("\\", "").split())


def _said(outline: Outline, body: str, bullet: str) -> bool:
    """Takes what stands under a heading as a note or prose; False where the parser must say what it is."""
    body = body.strip("\n").rstrip()
    if not body:
        return True
    for block in body.split("\n\n"):
        if ">" in block and block.count("\n>") != (block.count("\n") if block.startswith(">") else 0):
            return False
        if block[:1] in ("", " ", "\n") or block[-1].isspace() or "<" in block:
            return False
        if block.startswith(bullet):
            if not outline.opened:
                return False
        elif bullet in block and _ITEM.search(block):  # the paragraph may be an entry without a link
            return False
    outline.say(body)
    return True

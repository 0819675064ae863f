"""Markdown as tokens with byte ranges; the one home of the parser.

Tokens are read from pyromark's events, which stay linear on hostile input (50,000 open quotes, brackets or emphases:
0.3 s at the most). Two habits of people who write newsletters are added: emphasis beside Chinese, Japanese and Korean
text, where CommonMark's flanking rules see none, and bare web addresses.
"""

from __future__ import annotations

import bisect
import functools
import itertools
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

import pyromark

from pipeline.model import Link, Markdown, Url

__all__ = ["Token", "links", "plain", "plain_html", "tokens"]

_OPTIONS = pyromark.Options.ENABLE_TABLES | pyromark.Options.ENABLE_STRIKETHROUGH


class Token(NamedTuple):
    """One event of the parser, with its range in bytes of UTF-8.

    `kind` is start, end, text, code, html, softbreak, hardbreak or rule. `name` says what starts or ends: paragraph,
    heading, list, item, quote, codeblock, htmlblock, table, tablehead, tablerow, tablecell, emphasis, strong, strike,
    link, image. `value` is the text, the address of a link or image, the level of a heading, the first number of a
    list (None for bullets), the language of a code block. `ref` is the label of a link written by reference.
    """

    kind: str
    name: str
    value: str | int | None
    start: int
    end: int
    ref: str = ""


_NAMES = {
    "Paragraph": "paragraph",
    "Heading": "heading",
    "List": "list",
    "Item": "item",
    "BlockQuote": "quote",
    "CodeBlock": "codeblock",
    "HtmlBlock": "htmlblock",
    "Table": "table",
    "TableHead": "tablehead",
    "TableRow": "tablerow",
    "TableCell": "tablecell",
    "Emphasis": "emphasis",
    "Strong": "strong",
    "Strikethrough": "strike",
    "Link": "link",
    "Image": "image",
}
_BLOCKS = ("paragraph", "heading", "item", "codeblock", "tablecell")
_LEAVES = {"SoftBreak": "softbreak", "HardBreak": "hardbreak", "Rule": "rule"}
_LEAF_VALUES = {"Text": "text", "Code": "code", "Html": "html", "InlineHtml": "html"}

_CJK = "\u1100\u1200\u2e80\u2e9a\u2f00\u2fe0\u3040\u3100\u3100\u3200\u3400\u4dc0\u4e00\ua000\uac00\ud7b0\uf900\ufb00"
"""Where a block of Chinese, Japanese or Korean letters begins and ends, in turns; a pattern takes 2 ms to compile."""

_CJK_MARK, _OTHER_MARK = re.compile("[\u3001-\u303f\uff01-\uff65]"), re.compile(r"[^\w\s\u3001-\u303f\uff01-\uff65]")
# Asterisks beside what is not ASCII. First one of them, so that re leaps from one to the next.
_RUN = re.compile(r"\*(?<!\*\*)(?:(?<=[^\x00-\x7f]\*)\*{0,2}(?!\*)|\*{0,2}(?=[^\x00-\x7f]))")
# Of three bytes, like what they stand for, so that ranges hold: a mark for a letter, a letter for a mark.
_STAND_INS = _STAND_IN_MARK, _STAND_IN_LETTER = "\u2e3a", "\ua4d0"
_STAND_IN_IN_URL = "\x01"  # of one byte, for a mark in a bare address: no text that was read has it
_ANY_STAND_IN = re.compile(f"[{_STAND_IN_MARK}{_STAND_IN_LETTER}{_STAND_IN_IN_URL}]")
_STAND_IN_IN_CODE = re.compile(f"<code>[^<]*[{''.join(_STAND_INS)}]")
_MARKS_IN_URL = str.maketrans(dict.fromkeys("_*~", _STAND_IN_IN_URL))

_BARE_URL = re.compile(r"[hH][tT][tT][pP][sS]?://[^\s<>\"'`|{}^\\\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+")
_BEFORE_TARGET = ("(", "<", "`")
_AFTER_URL = ".,;:!?*_~"


def tokens(source: str) -> list[Token]:
    """The tokens of a Markdown text, adjacent texts merged, lines of HTML too, bare addresses as links."""
    marked = source if source.isascii() else _with_stand_ins(source)
    if "://" in source:
        marked = _BARE_URL.sub(_unmarked, marked)
    if marked != source and not _ANY_STAND_IN.search(source):
        found = _events(marked, source.encode())
        if found is not None:
            return found
    return _events(source) or []


def _with_stand_ins(source: str) -> str:
    """The text with stand-ins at asterisks where CommonMark's rules of flanking would see no emphasis."""
    made: list[str] = []
    done = 0
    for run in _RUN.finditer(source):
        start, end = run.span()
        before, after = source[start - 1 : start], source[end : end + 1]
        left, right = _stand_in(before, after), _stand_in(after, before)
        if left and done < start:
            made += [source[done : start - 1], left]
            done = start
        if right:
            made += [source[done:end], right]
            done = end + 1
    return "".join([*made, source[done:]]) if made else source


def _unmarked(match: re.Match[str]) -> str:
    """A bare address whose marks are none of emphasis; those behind it may be."""
    start = match.start()
    if start and match.string[start - 1] in _BEFORE_TARGET:
        return match[0]
    url = _without_end(match[0])
    return url.translate(_MARKS_IN_URL) + match[0][len(url) :]


def _stand_in(beside: str, across: str) -> str:
    """What to put for a character at an asterisk, by what is across it: CJK marks, and CJK letters at other marks."""
    if _CJK_MARK.match(beside):
        return _STAND_IN_LETTER
    return _STAND_IN_MARK if _OTHER_MARK.match(across) and bisect.bisect(_CJK, beside) % 2 else ""


_new: Any = functools.partial(tuple.__new__, Token)
"""A Token from its six values: half the time of calling the class, in a loop that makes 20 tokens an entry."""


def _events(source: str, original: bytes = b"") -> list[Token] | None:
    """pyromark's events in our words; `original` is the text without stand-ins, where the source has some.

    None where a stand-in got into an address or a code span, from where its range does not lead back.
    """
    found: list[Token] = []
    kind, bare, event = "", False, None
    runs: dict[int, list[str]] = {}  # texts to be merged, by the place of their token: a line may be 100,000 of them
    for event, span in cast(Any, pyromark.events_with_range(source, options=_OPTIONS)):
        start, end = span["start"], span["end"]
        before = kind
        if event.__class__ is str:
            kind = _LEAVES[event]
            found.append(_new((kind, "", None, start, end, "")))
            continue
        for kind, value in event.items():
            if kind == "End":
                name = value if value.__class__ is str else next(iter(value))
                found.append(_new(("end", _NAMES[name], None, start, end, "")))
            elif kind == "Start":
                found.append(_started(value, start, end))
            else:
                if original and _ANY_STAND_IN.search(value):
                    if kind != "Text" or len(value.encode()) != end - start:
                        return None
                    value = original[start:end].decode()
                if kind == before and kind != "Code":
                    *_, first, start, _, _ = found.pop()
                    runs.setdefault(len(found), [str(first)]).append(value)
                bare = bare or (kind == "Text" and "://" in value)
                found.append(_new((_LEAF_VALUES[kind], "", value, start, end, "")))
    for at, run in runs.items():
        found[at] = found[at]._replace(value="".join(run))
        bare = bare or "://" in str(found[at].value)
    return _with_links(found) if bare else found


def _started(tag: Any, start: int, end: int) -> Token:
    """The token of a Start event; `tag` is a name, or a name with what the parser knows of it."""
    if tag.__class__ is str:
        token: Token = _new(("start", _NAMES[tag], None, start, end, ""))
        return token
    [(name, detail)] = tag.items()
    if name in ("Link", "Image"):
        address = ("mailto:" if detail["link_type"] == "Email" else "") + detail["dest_url"]
        link: Token = _new(("start", _NAMES[name], address, start, end, detail["id"]))
        return link
    value = detail
    if name == "Heading":
        value = int(detail["level"][1])
    elif name == "CodeBlock":
        value = "" if isinstance(detail, str) else detail["Fenced"]
    elif name in ("Table", "BlockQuote"):
        value = None
    return Token("start", _NAMES[name], value, start, end)


def _with_links(found: list[Token]) -> list[Token]:
    """The tokens with the bare addresses of their texts as links, where they are not within a link already."""
    linked: list[Token] = []
    within = 0
    for token in found:
        if token.name in ("link", "image", "codeblock"):
            within += 1 if token.kind == "start" else -1
        if token.kind == "text" and not within and "://" in str(token.value):
            linked.extend(_linked(token))
        else:
            linked.append(token)
    return linked


# Looked for behind a line feed. Each branch begins with a character of its own: four times as fast, as re then leaps
# to the next of these characters instead of trying all branches everywhere.
_BEYOND_PLAIN = re.compile(
    r"```|~~~|<|\||\\|!\[|&\#|\n(?<=\ \ \n)|\n\ {4}|\t"  # HTML, tables, fences, escapes, images, references
    r"|:(?=//)(?<!\]\(http:)(?<!\]\(https:)"  # bare addresses
    r"|\](?::|\((?!https?://[\w.~:/?\#@!$&()*+,;=%-]*\)))"  # definitions, addresses relative, quoted or beyond ASCII
    r"|\n[\ >*+\-0-9.)]*(?:\#|=|>|([-*_])\s*\1\s*\1)",  # headings, quotes, rules
    re.ASCII | re.VERBOSE,
)


def plain_html(note: Markdown) -> str | None:
    """The HTML of a note of nothing but paragraphs, lists, code, emphasis and links to the web; None for all others.

    pyromark's own, five times faster than going through the tokens, and the same byte for byte (a test compares).
    """
    if _BEYOND_PLAIN.search(f"\n{note}"):
        return None
    marked = note if note.isascii() else _with_stand_ins(note)
    made: str = pyromark.html(marked, options=_OPTIONS).rstrip("\n")
    return made if marked is note else _without_stand_ins(made, marked, note)


def _without_stand_ins(html: str, marked: str, note: str) -> str | None:
    """The HTML with what the stand-ins of its source stand for; None where not all are in its texts, in their order."""
    if _STAND_IN_IN_CODE.search(html):
        return None
    for stand_in in filter(marked.__contains__, _STAND_INS):
        parts = html.split(stand_in)
        ends = itertools.accumulate(len(part) + 1 for part in marked.split(stand_in)[:-1])
        originals = [*(note[end - 1] for end in ends), ""]
        if stand_in in note or len(parts) != len(originals):
            return None
        html = "".join(itertools.chain(*zip(parts, originals, strict=True)))
    return html


def _linked(token: Token) -> Iterator[Token]:
    """A text with its bare addresses as links of their own; one with an escape or an entity in it stays a text."""
    text, start = str(token.value), token.start
    if len(text.encode()) != token.end - start:
        yield token
        return
    done = 0
    for match in _BARE_URL.finditer(text):
        url = _without_end(match[0])
        if len(url) <= len("https://"):
            continue
        before = text[done : match.start()]
        begin = start + len(before.encode())
        end = begin + len(url.encode())
        if before:
            yield Token("text", "", before, start, begin)
        yield Token("start", "link", url, begin, end)
        yield Token("text", "", url, begin, end)
        yield Token("end", "link", None, begin, end)
        start, done = end, match.start() + len(url)
    if done < len(text):
        yield Token("text", "", text[done:], start, token.end)


def _without_end(url: str) -> str:
    """A bare address without the marks behind it, and the brackets that close what stands around it."""
    end, unopened = len(url.rstrip(_AFTER_URL)), url.count(")") - url.count("(")
    while unopened > 0 and url[end - 1] == ")":
        end, unopened = end - 1, unopened - 1
        while url[end - 1] in _AFTER_URL:
            end -= 1
    return url[:end]


def links(note: Markdown) -> tuple[Link, ...]:
    """The links of a note in reading order, by their plain text; images are none."""
    found: list[Link] = []
    text: list[str] | None = None
    url = ""
    for token in tokens(note):
        if token.name == "link" and token.kind == "start":
            url, text = str(token.value), []
        elif token.name == "link" and text is not None:
            found.append(Link(title="".join(text), url=Url(url)))
            text = None
        elif text is not None and token.kind in ("text", "code"):
            text.append(str(token.value))
    return tuple(found)


def plain(source: Markdown) -> str:
    """The text alone, on one line: no marks, no addresses, no raw HTML; an image is its alternative text."""
    return " ".join("".join(_plain(tokens(source))).split())


def _plain(found: list[Token]) -> Iterator[str]:
    for token in found:
        if token.kind in ("text", "code"):
            yield str(token.value)
        elif token.kind in ("softbreak", "hardbreak") or (token.kind == "end" and token.name in _BLOCKS):
            yield " "

"""Defects of Markdown that people wrote, mended before it is read: each is told, and no word of it is lost."""

from __future__ import annotations

import bisect
import html
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

from pipeline.importers.markdown_page import Provers
from pipeline.importers.source import SourceFile
from pipeline.markup import Token
from pipeline.model import Location
from pipeline.read.notes import inline_link, parsed
from pipeline.read.source import CONTROL, Report, Source

__all__ = ["mended", "text_of"]

_INVISIBLE = re.compile("[\u200b\u2060\ufeff]")
_LIQUID = re.compile(
    rb"^[ \t]*(?:[*+-][ \t]+toc[ \t]*\n[ \t]*\{:toc\}|\{%[^\n]{0,500}?%\}|\{:[^{}\n]*\})[ \t]*$", re.MULTILINE
)
_FULL_WIDTH = re.compile("\\](?:（| \\(|\\(（|（\\()[ \t]*(https?://[^\\s（）()]+)[ \t]*(?:）\\)|）|\\))".encode())
_BROKEN_LINE = re.compile(rb"(?<=\]\()(https?://[^\s()<>]+)\n[ \t]*([^\s()<>]+)(?=\))")
_EMPHATIC = re.compile(
    rb"(?<![(<\"'\[\]=/\w])https?://[^\s<>\"'`|{}^\\()\[\]\x80-\xff]*[_*~]"
    rb"[^\s<>\"'`|{}^\\()\[\]\x80-\xff]*(?<=[\w/=&#%+-])",
    re.IGNORECASE,
)
_ANCHOR = re.compile(
    rb"<a\s(?:[^<>]{0,500}?\s)?href\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))[^<>]{0,500}>(.{0,1000}?)</a\s*>",
    re.DOTALL | re.IGNORECASE,
)
_IMAGE = re.compile(r"<img\s(?:[^<>]{0,500}?\s)?src\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)')[^<>]{0,500}>", re.IGNORECASE)
_ALT = re.compile(r"\salt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_BREAK = re.compile(r"<(?:br|/?p|/?div|/?li|/?tr)\b[^<>]{0,500}>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-z][^<>]{0,1000}>", re.IGNORECASE)
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_LEADING_COMMENTS = re.compile(rb"[ \t]*(?:<!--(?:(?!-->).)*+-->[ \t]*)++(?=[^\s<])", re.DOTALL)
_NOT_IN_CODE = re.compile(r"[`\n]")
_IN_URL = "%:/?#[]@!$&'()*+,;=~-._"
_BRACKET = re.compile(r"[\[\]]")


class _Edit(NamedTuple):
    """What is to stand in place of some bytes."""

    start: int
    end: int
    text: str


def text_of(file: SourceFile, report: Report) -> Source | None:
    """A file's text, line feeds only, without byte order mark, controls and zero-width characters.

    None, with an error, where it is not UTF-8.
    """
    try:
        text = file.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.data.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{file.data[error.start]:02x} is not UTF-8: save the file as UTF-8"
        report.error(Location(path=file.path, line=line), "encoding", message)
        return None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for pattern, name in ((CONTROL, "control"), (_INVISIBLE, "zero-width")):
        found = pattern.search(text)
        if found:
            text, count = pattern.subn("", text)
            where = Location(path=file.path, line=text.count("\n", 0, found.start()) + 1)
            report.warning(where, f"{name}-character", f"{name} characters are left out: {count} from this line on")
    return Source(file.path, text)


def mended(source: Source, prover: Provers, report: Report) -> Source:
    """The text with addresses that lead somewhere, HTML links as Markdown's, and without template tags.

    An error stands in the report where the text has more links and marks than the house reads.
    """
    found = parsed(source, report)
    edits = sorted([*_links(source, found, prover, report), *_html(source, found), *_marks(source, found, report)])
    parts, at = [], 0
    for edit in edits:
        if edit.start >= at:
            parts += [source.cut(at, edit.start), edit.text]
            at = edit.end
    if not parts:
        return source
    return Source(source.path, "".join([*parts, source.cut(at, len(source.data))]))


def _links(source: Source, found: list[Token], prover: Provers, report: Report) -> Iterator[_Edit]:
    """Links and images whose address readers cannot follow become their words, the address behind them."""
    opened: list[int] = []
    for place, token in enumerate(found):
        if token.name not in ("link", "image"):
            continue
        if token.kind == "start":
            opened.append(place)
            continue
        first = opened.pop()
        head, address = found[first], str(found[first].value)
        where = source.at(head.start)
        told = Report()
        if prover(told)(address, where) is not None:
            continue
        words = "".join(str(each.value) for each in found[first:place] if each.kind in ("text", "code"))
        words = _BRACKET.sub(r"\\\g<0>", " ".join(words.split()))
        behind = f"`{address}`" if address.strip() and not _NOT_IN_CODE.search(address) else ""
        yield _Edit(head.start, head.end, f"{words} ({behind})" if words and behind else words or behind)
        for finding in told.findings:
            report.warning(where, finding.rule, f"kept as text, not as a link: {finding.message}")


def _protected(source: Source, found: list[Token]) -> list[tuple[int, int]]:
    """The ranges of code and comments, where nothing is a link or a template tag."""
    ranges = [(token.start, token.end) for token in found if token.kind == "code"]
    ranges += [(token.start, token.end) for token in found if token.kind == "start" and token.name == "codeblock"]
    ranges += [match.span() for match in _COMMENT.finditer(source.data, 0, source.data.rfind(b"-->") + 3)]
    return sorted(ranges)


def _outside(matches: Iterator[re.Match[bytes]], ranges: list[tuple[int, int]]) -> Iterator[re.Match[bytes]]:
    """The matches that begin in none of some sorted ranges."""
    starts = [start for start, _ in ranges]
    for match in matches:
        place = bisect.bisect_right(starts, match.start()) - 1
        if place < 0 or match.start() >= ranges[place][1]:
            yield match


def _marks(source: Source, found: list[Token], report: Report) -> Iterator[_Edit]:
    """Template tags, which are left out; addresses that emphasis, line ends or full-width marks would break."""
    protected = _protected(source, found)
    for match in _outside(_LIQUID.finditer(source.data), protected):
        report.warning(
            source.at(match.start()), "template-tag", f"left out: {' '.join(match[0].decode().split())[:60]}"
        )
        yield _Edit(match.start(), match.end(), "\n" * match[0].count(b"\n"))
    written = [(t.start, t.end) for t in found if t.kind == "start" and t.name in ("link", "image")]
    written = [(start, end) for start, end in written if source.data[start : start + 1] in (b"[", b"!", b"<")]
    for match in _outside(_EMPHATIC.finditer(source.data), sorted([*protected, *written])):
        yield _Edit(match.start(), match.end(), f"<{match[0].decode()}>")
    for match in _outside(_BROKEN_LINE.finditer(source.data), protected):
        yield _Edit(match.start(), match.end(), (match[1] + match[2]).decode())
    for match in _outside(_FULL_WIDTH.finditer(source.data), protected):
        yield _Edit(match.start(), match.end(), f"]({match[1].decode()})")


def _html(source: Source, found: list[Token]) -> Iterator[_Edit]:
    """Links that are written in HTML, as Markdown's; blocks of HTML that hold some lose their other tags."""
    blocks = [(t.start, t.end) for t in found if t.kind == "start" and t.name == "htmlblock"]
    for start, end in blocks:
        raw = source.cut(start, end)
        comments = _LEADING_COMMENTS.match(source.data, start, end)
        if comments and comments.end() < end:
            yield _Edit(start, comments.end(), "\n" * comments[0].count(b"\n"))
        elif _ANCHOR.search(source.data, start, end) and "<!--" not in raw:
            yield _Edit(start, end, "\n" + _as_markdown(raw).strip() + "\n\n")
    for match in _outside(_ANCHOR.finditer(source.data), sorted([*blocks, *_protected(source, found)])):
        yield _Edit(match.start(), match.end(), _anchor(match))


def _anchor(match: re.Match[bytes]) -> str:
    """A link of HTML as one of Markdown."""
    url = html.unescape((match[1] or match[2] or match[3] or b"").decode()).strip()
    inner = match[4].decode()
    words = _BRACKET.sub(r"\\\g<0>", " ".join(_TAG.sub(" ", inner).split()))
    picture = _IMAGE.search(inner)
    return inline_link(words or (_picture(picture) if picture else "") or url, quote(url, safe=_IN_URL))


def _picture(tag: re.Match[str]) -> str:
    """A picture of HTML as one of Markdown; its words alone where it stands on the old site."""
    url, alt = html.unescape(tag[1] or tag[2]), _alt(tag[0])
    web = url.startswith(("http://", "https://"))
    return inline_link(alt, quote(url, safe=_IN_URL), image=True) if web else alt


def _as_markdown(raw: str) -> str:
    """A block of HTML as lines of text with links and images."""
    text = _ANCHOR.sub(lambda match: _anchor(match).encode(), raw.encode()).decode()
    text = _IMAGE.sub(_picture, text)
    lines = (" ".join(_TAG.sub(" ", line).split()) for line in _BREAK.sub("\n", text).split("\n"))
    return "\n".join(line for line in lines if line)


def _alt(tag: str) -> str:
    match = _ALT.search(tag)
    return _BRACKET.sub("", (match[1] or match[2] or "") if match else "")

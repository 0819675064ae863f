"""Markdown that becomes part of an issue: links proven, references written out, comments left behind."""

from __future__ import annotations

import bisect
import re
import sys
import textwrap

from pipeline.markup import Token, tokens
from pipeline.model import Location, Markdown, Url
from pipeline.read.blocks import blocks, is_comment
from pipeline.read.links import PLAIN, Prover
from pipeline.read.source import CONTROL, Report, Source

__all__ = ["NO_COMMENT", "Edits", "inline_link", "joined", "parsed", "prove", "proven", "title_text", "trimmed"]

NO_COMMENT = "<!---->"
"""What stands where a comment stood: nothing at all could join or part the blocks around it."""

_DEPTH_AT_MOST = 100
_TOKENS_AT_MOST = 100_000  # 5,000 entries; an issue of 254 links has 5,000, and 1 MB of brackets a million
_SUSPECT = re.compile(r"\] ?\(|<!--")
_WORDS = re.compile(r"[^\W\d_](?:[^\W_]|[ ,.;!?'()%，。；！？、（）「」《》“”’-])*")
"""A line that is nothing but words: no mark in it means anything, wherever it stands."""

_BROKEN = re.compile(rb"(?<!\\)(?:\]\(|\] \(\Z|<!--)")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_NEVER_CLOSED = re.compile(rb"\s*<(?:!--(?!.*-->)|(script|style|pre|textarea)\b(?!.*</\1>))", re.DOTALL | re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(?:[xX]0*([0-9a-fA-F]{1,6})|0*([0-9]{1,7}))(?![0-9a-fA-F])")
_RULE = re.compile(r" {0,3}([*_-])[ \t]*(?:\1[ \t]*){2,}")
_PERHAPS_RULE = re.compile(r"[\s*_-]*$", re.MULTILINE)
"""What a line that separates has at least: nothing but blanks and marks."""

_PLAIN_ADDRESS = re.compile(r"[^\s()<>]+(?:\([^\s()<>]*\)[^\s()<>]*)*")


class Edits:
    """A source with corrections to be made wherever a part of it is cut out; `urls` by the first byte of their link."""

    def __init__(self, source: Source) -> None:
        self.urls: dict[int, Url] = {}
        self._source = source
        self._edits: list[tuple[int, int, str]] = []

    def replace(self, start: int, end: int, text: str) -> None:
        """Notes that these bytes are to read otherwise; later calls lie behind or within earlier ones."""
        self._edits.append((start, end, text))

    def settle(self) -> None:
        """Sorts what was noted; of edits within each other the outer one stands."""
        settled: list[tuple[int, int, str]] = []
        for edit in sorted(self._edits, key=lambda edit: (edit[0], -edit[1])):
            if not settled or edit[0] >= settled[-1][1]:
                settled.append(edit)
        self._edits = settled

    def cut(self, start: int, end: int) -> str:
        """The corrected text between two bytes."""
        if not self._edits:
            return self._source.cut(start, end)
        parts, at = [], start
        first = bisect.bisect_left(self._edits, (start, 0, ""))
        for place in range(first, len(self._edits)):  # a slice would be as long as the file, once for every note
            begin, stop, text = self._edits[place]
            if begin >= end:
                break
            parts += [self._source.cut(at, begin), text]
            at = stop
        return "".join([*parts, self._source.cut(at, end)]) if at <= end else "".join(parts)


def inline_link(inner: str, url: str, *, image: bool = False) -> str:
    """A link written out with its address, in the plainest way that reads back."""
    address = url if _PLAIN_ADDRESS.fullmatch(url) else f"<{url}>"
    return f"{'!' if image else ''}[{inner}]({address})"


def title_text(found: list[Token]) -> str:
    """The plain text of a run of tokens, white space folded."""
    words = "".join(
        str(token.value) if token.kind in ("text", "code") else " " * token.kind.endswith("break") for token in found
    )
    return " ".join(words.split())


def parsed(source: Source, report: Report) -> list[Token]:
    """The tokens of a source; none, with a finding, where they are too many to be a text that somebody wrote."""
    found = tokens(source.text)
    if len(found) <= _TOKENS_AT_MOST:
        return found
    where = source.at(found[_TOKENS_AT_MOST].start)
    message = f"more than {_TOKENS_AT_MOST:,} links, marks and lines of text in one file: split it into several"
    report.error(where, "too-large", message)
    return []


def prove(source: Source, found: list[Token], prover: Prover, report: Report) -> Edits:
    """Checks every link and image of a text; the edits write out what a part cut out of it could not say alone."""
    edits = Edits(source)
    suspect = b"&#" in source.data
    depth, opened = 0, []
    for at, token in enumerate(found):
        kind, name = token.kind, token.name
        if kind == "start":
            depth += 1
            if depth == _DEPTH_AT_MOST:
                report.error(source.at(token.start), "too-deep", f"nested deeper than {_DEPTH_AT_MOST} levels")
                return edits
            if name in ("link", "image"):
                opened.append(at)
            elif name == "codeblock":
                opened.append(-1)
                if depth == 1:
                    _fence(source, found[at : at + 3], edits, report)
        elif kind == "end":
            depth -= 1
            if name in ("link", "image"):
                begin = opened.pop()
                _prove_link(source, found[begin : at + 1], prover, report, edits)
            elif name == "codeblock":
                opened.pop()
        elif kind == "html":
            _leave_comments(source, token, edits, report)
        elif kind == "text" and (suspect or _SUSPECT.search(str(token.value))) and -1 not in opened:
            _tell_broken(source, token, report)
    edits.settle()
    return edits


def _fence(source: Source, block: list[Token], edits: Edits, report: Report) -> None:
    """Code that is only indented, written between fences, so that it stays code wherever it is put."""
    code = "".join(str(token.value) for token in block if token.kind == "text").rstrip("\n")
    raw = source.cut(block[0].start, block[0].end).rstrip()
    mark = raw[:1]
    if raw.startswith(("```", "~~~")):
        fence = raw[: len(raw) - len(raw.lstrip(mark))]
        if not raw.rpartition("\n")[2].strip().startswith(fence):
            report.error(
                source.at(block[0].start), "open-code", f"the code that begins here is never closed: add {fence}"
            )
        return
    fence = "```"
    while fence in code:
        fence += "`"
    edits.replace(source.line_start(block[0].start), block[0].end, f"{fence}\n{code}\n{fence}\n")


def _leave_comments(source: Source, token: Token, edits: Edits, report: Report) -> None:
    """Comments are their author's own and left out of every edition; what is never closed would hide the rest."""
    raw = source.data[token.start : token.end]
    for comment in _COMMENT.finditer(raw, 0, raw.rfind(b"-->") + 3):  # behind it none is closed
        edits.replace(token.start + comment.start(), token.start + comment.end(), NO_COMMENT)
    control = next(filter(CONTROL.match, map(_character, _REFERENCE.findall(raw))), "") if b"&#" in raw else ""
    if control:
        _tell_control(source.at(token.start), control, report)
    if _NEVER_CLOSED.match(raw):
        message = "the HTML that begins here is never closed, and hides all that follows: close it"
        report.error(source.at(token.start), "open-html", message)
    elif raw.lstrip().startswith(b"<!--") and _COMMENT.sub(b"", raw).strip():
        message = "what follows a comment on its line is not read as Markdown: begin a new line behind the comment"
        report.error(source.at(token.start), "comment-line", message)


def _character(reference: tuple[bytes, bytes]) -> str:
    """What a numeric reference stands for in HTML."""
    code = int(reference[0], 16) if reference[0] else int(reference[1])
    return chr(code) if 0 < code <= sys.maxunicode else "\ufffd"


def _tell_control(where: Location, control: str, report: Report) -> None:
    report.error(where, "control-character", f"U+{ord(control):04X} is no character of a text: delete the reference")


def _tell_broken(source: Source, token: Token, report: Report) -> None:
    """What is left in a text of a link whose end is missing, of one with a space in its address, or of a comment."""
    control = CONTROL.search(str(token.value)) if b"&#" in source.data[token.start : token.end] else None
    if control:
        _tell_control(source.at(token.start), control[0], report)
    broken = _BROKEN.search(source.data, token.start, token.end)
    if broken and broken[0] == b"](":
        message = "the link is broken behind “](”: close it with “)”, and write an address with spaces as <…>"
        report.error(source.at(broken.start()), "cut-link", message)
    elif broken and broken[0] == b"] (":
        if source.data.startswith(b"http", token.end):
            message = "no link, and part of the text before it: take out the space between “]” and “(”"
            report.warning(source.at(broken.start()), "cut-link", message)
    elif broken:
        message = "the comment that begins here is broken by a blank line, or never closed: readers would see it"
        report.error(source.at(broken.start()), "open-html", message)


def _prove_link(source: Source, found: list[Token], prover: Prover, report: Report, edits: Edits) -> None:
    """One link or image: its address proven, its edit noted where it must be written otherwise."""
    head = found[0]
    written, image = str(head.value), head.name == "image"
    url = Url(written) if PLAIN.fullmatch(written) else prover(written, source.at(head.start))
    if image and url is not None and not title_text(found):
        report.warning(
            source.at(head.start), "alt", "the image has no text for those who cannot see it: write it between [ and ]"
        )
    if url is None:
        return
    edits.urls[head.start] = url
    opens = source.data[head.start : head.start + 1]
    # A bare address right before a link may swallow it at the beginning of a line, and end before it elsewhere.
    runs_on = opens not in (b"[", b"!", b"<") and source.data[head.end : head.end + 1] == b"["
    if url == written and not head.ref and not runs_on:
        return
    if opens in (b"[", b"!"):
        last = max((token.end for token in found[1:-1]), default=head.start + 1 + image)
        inner = source.cut(head.start + 1 + image, last)
        edits.replace(head.start, head.end, inline_link(inner, url, image=image))
    else:  # an address in angle brackets, or a bare one
        edits.replace(head.start, head.end, f"<{url}>" if opens == b"<" or runs_on else url)


def trimmed(note: str) -> Markdown:
    """A note without the blank lines, common indentation and separating rules around it."""
    text = note
    if _PERHAPS_RULE.match(note, note.rfind("\n") + 1) or _PERHAPS_RULE.match(note):
        lines = note.split("\n")
        while lines and _separates(lines[-1]):
            lines.pop()
        first = next((at for at, line in enumerate(lines) if not _separates(line)), 0)
        text = "\n".join(lines[first:])
    return Markdown((textwrap.dedent(text) if text[:1] in (" ", "\t") else text).rstrip())


def _separates(line: str) -> bool:
    mark = line.lstrip()[:1]
    return not mark or (mark in "*-_" and bool(_RULE.fullmatch(line)))


def joined(parts: list[str]) -> Markdown:
    """The blocks of a note or of prose as one text, a blank line between any two."""
    return trimmed("\n\n".join([bare for part in parts if (bare := part.strip("\n").rstrip())]))


def proven(source: Source, prover: Prover, report: Report) -> Markdown:
    """A whole text as one note, as YAML holds it. A heading in it is an error: it would read back as an entry."""
    if _WORDS.fullmatch(source.text):  # most notes, and parsing one takes 100 µs
        return Markdown(source.text.rstrip(" "))
    found = parsed(source, report)
    edits = prove(source, found, prover, report)
    parts = []
    for block in blocks(found):
        if block.name == "heading":
            where = source.at(block.tokens[0].start)
            report.error(where, "note-heading", "a note cannot hold a heading: write it in **bold**")
        if not is_comment(block):
            parts.append(edits.cut(source.line_start(block.tokens[0].start), block.tokens[-1].end))
    return joined(parts)

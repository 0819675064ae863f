"""The plain text of an email: a letter of 72 columns, every address whole, wrapped by display width."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from pipeline.addresses import issue_url
from pipeline.model import Entry, Issue, Markdown, Publication
from pipeline.render import notes
from pipeline.render.context import RenderContext
from pipeline.render.labels import Labels
from pipeline.render.lines import CLOSING, is_ideograph, underlined, wrap
from pipeline.render.places import HOLES

__all__ = ["email_text", "note_text"]


def email_text(context: RenderContext, issue: Issue, title: str, why: str) -> bytes:
    """The issue as plain text (UTF-8) with holes for the addresses (`places.in_text`), whole however long it is."""
    publication = context.publication
    base = issue_url(publication, issue)

    def note(source: Markdown, indent: str = "") -> str:
        return note_text(notes.html(source, base), indent)

    def entries(shown: Iterable[Entry], indent: str = "") -> str:
        lines: list[str] = []
        for entry in shown:
            lines += _entry(context.labels, entry, note, indent)
            if entry.entries:
                lines.append(entries(entry.entries, f"{indent}    "))
        return "".join(lines)

    made = context.templates.render(
        "text/email.txt",
        publication=publication,
        issue=issue,
        title=title,
        labels=context.labels,
        why=wrap(why),
        entries=entries,
        note=note,
        wrap=wrap,
        underlined=underlined,
        view_url=HOLES["view_url"],
        unsubscribe_url=HOLES["unsubscribe_url"],
        postal_address=HOLES["postal_address"] if _has_address(publication) else "",
    )
    if "\n\n\n\n" in made:  # the pattern alone takes 0.04 ms to find none
        made = _BLANKS.sub("\n\n\n", made)
    return made.strip("\n").encode() + b"\n"


def _entry(labels: Labels, entry: Entry, note: Callable[[Markdown, str], str], indent: str) -> Iterator[str]:
    """An entry with a blank line above it; here and not in the template, which needs three times as long."""
    title = f"{labels('sponsored')}: {entry.title}" if entry.sponsored else entry.title
    yield f"\n{wrap(title, indent)}\n"
    if entry.url:
        yield f"{indent}{entry.url}\n"
    for link in entry.links:
        yield f"{indent}{link.title}: {link.url}\n"
    if entry.author or entry.published or entry.tags:
        about = filter(None, (entry.author, entry.published, ", ".join(entry.tags)))
        yield f"{wrap(' · '.join(about), indent)}\n"
    if entry.via:
        credit = f"{labels('via')} {note(entry.via, '')}"
        yield f"{wrap(credit, indent)}\n"
    if entry.note:
        yield f"{note(entry.note, f'{indent}  ')}\n"


_BLANKS = re.compile(r"\n{4,}")


def _has_address(publication: Publication) -> bool:
    return bool(publication.email.postal_address) or publication.email.merge_tags == "mailchimp"


_DEEPEST = 24  # columns of indentation: a note nested a thousand deep is still read
_SPACE_BEFORE_MARK = re.compile(rf"> (?=[{re.escape(''.join(sorted(CLOSING)))}])")
_IN_TAG = r"""[^<>"]*(?:"[^"]*"[^<>"]*)*"""
_USUAL_LINK = re.compile('<a href="([^"]+)">([^<]*)</a>')
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
    if "</a>" in html:
        html = _addressed(html)
    if "<table" in html:
        html = _CELL_END.sub(" | ", html)
    if "<img" in html:
        html = _IMAGE.sub(_shown, html)
    if html.startswith("<p>") and html.count("<") == 2:
        return wrap(_flowed(_plain(html[len("<p>") : -len("</p>")])), indent)
    if html.startswith("<ul>\n"):
        lines = _listed(html, indent)
        if lines:
            return "\n".join(lines)
    return "\n".join(_Letter(indent).lines(html)).rstrip()


def _listed(html: str, indent: str) -> list[str]:
    """The lines of a list, as most notes are, with no block in it but lists; none where there is another."""
    lines: list[str] = []
    first, rest = f"{indent}* ", f"{indent}  "
    for item in html[len("<ul>\n<li>") :].split("<li>"):
        words, end, after = item.partition("</li>\n")
        if not end:
            words, _, after = item.partition("\n<ul>\n")
        if "<" in words:
            words = _MARKS.sub("", words)
        words = "" if "<" in words else _flowed(_unescaped(words) if "&" in words else words)
        if not words or (after and not _ENDS.fullmatch(after)):
            return []
        lines.append(wrap(words, first, rest))
        if after:
            rest = rest[: len(rest) - 2 * after.count("</li>")]
            first = f"{rest[:-2]}* "
        elif not end:
            first, rest = f"{rest}* ", f"{rest}  "
            if len(rest) > _DEEPEST:
                return []
    return lines


_MARKS = re.compile("</?(?:code|em|strong|del)>")
_ENDS = re.compile("(?:</ul>\n</li>\n)*(?:</ul>)?")


def _addressed(html: str) -> str:
    """The HTML with the address of each link behind its words."""
    html, more = _USUAL_LINK.sub(_told, html), 1
    while more and "</a>" in html:
        html, more = _LINK.subn(_found, html)
    return html


def _told(match: re.Match[str]) -> str:
    url, words = match.groups()
    return _linked(words, url)


def _found(match: re.Match[str]) -> str:
    attributes, words = match.groups()
    url = dict(_ATTRIBUTE.findall(attributes)).get("href", "")
    return _linked(words, url) if url else words


def _linked(words: str, url: str) -> str:
    return f" &lt;{url}&gt; " if words == url else f"{words} &lt;{url}&gt; "


def _shown(match: re.Match[str]) -> str:
    known = dict(_ATTRIBUTE.findall(match[1]))
    return f" [{known.get('alt', '')}] &lt;{known.get('src', '')}&gt; "


_ATTRIBUTE = re.compile(r"""\b(href|src|alt|start)="([^"]*)\"""")


def _plain(html: str) -> str:
    """HTML without block tags as text; the references are those that `html.escape` and the sanitiser write."""
    if "<" in html:
        html = _TAG.sub("", html)
    return _unescaped(html) if "&" in html else html


def _unescaped(html: str) -> str:
    text = html.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&#x27;", "'")
    return text.replace("&nbsp;", " ").replace("&amp;", "&")


def _flowed(text: str) -> str:
    """A text on one line; a line end between ideographs is no space."""
    text = text.strip()
    if "\n" in text:
        text = "".join(_unbroken(text.split("\n")))
    if "  " in text:
        text = " ".join(text.split())
    return _SPACE_BEFORE_MARK.sub(">", text) if "> " in text else text


def _unbroken(lines: Sequence[str]) -> Iterator[str]:
    yield lines[0]
    for before, line in itertools.pairwise(lines):
        bound = is_ideograph(before[-1:]) and is_ideograph(line[:1])
        yield line if bound else f" {line}"


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

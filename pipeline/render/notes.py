"""A note as HTML that is safe to stand in a page; the one home of the sanitiser."""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Mapping
from html import escape

import nh3

from pipeline.markup import Token, plain_html, tokens
from pipeline.model import Markdown

__all__ = ["Sizes", "html", "inline"]

_ABSOLUTE = ("http://", "https://", "mailto:")
_ELEMENTS = {
    "paragraph": ("<p>", "</p>\n"),
    "heading": ("<p><strong>", "</strong></p>\n"),  # only in quotes and lists: the page's own outline stays whole
    "list": ("<ul>\n", "</ul>\n"),
    "item": ("<li>", "</li>\n"),
    "quote": ("<blockquote>\n", "</blockquote>\n"),
    "codeblock": ("<pre><code>", "</code></pre>\n"),
    "htmlblock": ("", ""),
    "table": ("<table>\n", "</table>\n"),
    "tablehead": ("<thead><tr>", "</tr></thead>\n"),
    "tablerow": ("<tr>", "</tr>\n"),
    "tablecell": ("<td>", "</td>"),
    "emphasis": ("<em>", "</em>"),
    "strong": ("<strong>", "</strong>"),
    "strike": ("<del>", "</del>"),
}
_BLOCKS = frozenset(["paragraph", "heading", "list", "item", "quote", "codeblock", "table"])
_RELATIVE = re.compile('(?:href|src)="(?!https?://|mailto:)', re.IGNORECASE)
_SCHEME = re.compile(r"[\s\x00-\x20]*[a-zA-Z][a-zA-Z0-9+.\-]*:")
_RAW_TAGS_AT_MOST = 2_000  # nh3 is quadratic in the depth of tags: 40,000 take 17 s

Sizes = Mapping[str, tuple[int, int]]
"""Width and height in pixels of the issue's images, by their address in the note."""


def _is_absolute(url: str) -> bool:
    return url.lower().startswith(_ABSOLUTE)


def html(note: Markdown, base: str = "", sizes: Sizes | None = None) -> str:
    """The note as HTML that is safe to stand in a page: every text escaped, raw HTML sanitised, no script address.

    `base` is put before all that is relative to the issue's own page, for other places. The same note is parsed once
    for all of them where it has neither relative addresses nor images (30 µs).
    """
    made, relative = _html(note)
    if (base and relative) or (sizes and "<img" in made):
        return _joined(note, _rendered(tokens(note), base, sizes or {}))
    return made


def inline(note: Markdown, base: str = "") -> str:
    """The note as HTML to stand within a line: without the paragraph around it where it is but one."""
    made = html(note, base)
    single = made.startswith("<p>") and made.endswith("</p>") and made.count("<p>") == 1
    return made[len("<p>") : -len("</p>")] if single else made


@functools.lru_cache(maxsize=2048)
def _html(note: Markdown) -> tuple[str, bool]:
    """The note as HTML for the issue's own page, and whether an address in it is relative to that page."""
    made = plain_html(note)
    if made is not None:
        return _joined(note, made), False
    made = _joined(note, _rendered(tokens(note), "", {}))
    return made, _RELATIVE.search(made) is not None


_UNSPACED = "\u3001\u3100\u31f0\u3200\u3400\u4dc0\u4e00\ua000\uf900\ufb00\uff01\uff61\U00020000\U00040000"
"""Where a block of letters or marks of a script without spaces begins and ends, in turns."""

_BROKEN = re.compile(r"\n(?=([^\x00-\x7f]))(?<=([^\x00-\x7f])\n)")


def _joined(note: Markdown, made: str) -> str:
    """The HTML with no line end between two characters of a script without spaces: browsers would show one.

    CSS Text 3, 4.1.3, lets browsers drop it, and Chromium does not.
    """
    return made if note.isascii() or "<pre" in made else _BROKEN.sub(_joint, made)


def _joint(broken: re.Match[str]) -> str:
    """What stands for a line end; a pattern of the ranges themselves takes 2 ms to compile."""
    return "" if all(bisect.bisect(_UNSPACED, character) % 2 for character in broken.groups()) else "\n"


def _rendered(found: list[Token], base: str, sizes: Sizes) -> str:
    """HTML of tokens, in one pass and without recursion, so that no depth of nesting can exhaust the stack."""
    out: list[str] = []
    closing: list[str] = []
    alt: list[str] | None = None
    raw = 0
    for kind, name, value, *_ in found:
        if alt is not None and not (kind == "end" and name == "image"):
            alt.append(str(value) if kind in ("text", "code") else "")
        elif kind == "text":
            out.append(escape(str(value), quote=False))
        elif kind == "start" and name == "image":
            alt = []
            closing.append(str(value))
        elif kind == "start":
            in_head = name == "tablecell" and closing[-1] == _ELEMENTS["tablehead"][1]
            opening, close = ("<th>", "</th>") if in_head else _opened(name, value, base)
            if name in _BLOCKS and out and not out[-1].endswith("\n"):
                out.append("\n")
            out.append(opening)
            closing.append(close)
        elif kind == "end" and name == "image":
            out.append(_image(closing.pop(), "".join(alt or []), base, sizes))
            alt = None
        elif kind == "end":
            out.append(closing.pop())
        elif kind == "code":
            out.append(f"<code>{escape(str(value), quote=False)}</code>")
        elif kind == "html":
            raw += str(value).count("<")
            out.append(str(value))
        else:
            out.append({"softbreak": "\n", "hardbreak": "<br>\n", "rule": "<hr>\n"}[kind])
    made = "".join(out)
    return _sanitised(made, base) if raw else made.rstrip("\n")


def _opened(name: str, value: str | int | None, base: str) -> tuple[str, str]:
    """What opens and what closes an element."""
    if name == "link":
        url = _placed(str(value), base)
        return (f'<a href="{escape(url)}">', "</a>") if url else ("", "")
    if name == "list" and value is not None:
        return ("<ol>\n" if value == 1 else f'<ol start="{value}">\n'), "</ol>\n"
    if name == "codeblock" and value:
        return f'<pre><code class="language-{escape(str(value).split(" ")[0])}">', "</code></pre>\n"
    return _ELEMENTS[name]


def _placed(url: str, base: str) -> str:
    """The address as it stands in a page with `base` before attachments, empty where its scheme is not one of ours."""
    if _is_absolute(url):
        return url
    return "" if _SCHEME.match(url) or url.startswith(("/", "\\")) else base + url


def _image(url: str, alt: str, base: str, sizes: Sizes) -> str:
    """An image with its size, so that the page does not jump when it comes."""
    size = sizes.get(url)
    attributes = f' width="{size[0]}" height="{size[1]}"' if size else ""
    return f'<img src="{escape(_placed(url, base))}" alt="{escape(alt)}"{attributes} loading="lazy">'


_ALLOWED_TAGS = frozenset(
    (
        "a abbr b blockquote br cite code del details dd div dl dt em figcaption figure hr i img ins kbd li mark ol p "
        "pre q s samp small span strong sub summary sup table tbody td tfoot th thead time tr u ul var"
    ).split()
)
_ALLOWED_ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href"},
    "code": {"class"},
    "details": {"open"},
    "img": {"src", "alt", "width", "height", "loading"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}
_URL_SCHEMES = {"http", "https", "mailto"}


def _sanitised(made: str, base: str) -> str:
    """The HTML with the author's own tags kept where they are harmless; all of it as text where they are too many."""
    if made.count("<") > _RAW_TAGS_AT_MOST:
        return f"<p>{escape(made, quote=False)}</p>"
    return nh3.clean(
        made,
        tags=set(_ALLOWED_TAGS),
        attributes=_ALLOWED_ATTRIBUTES,
        url_schemes=_URL_SCHEMES,
        link_rel=None,
        url_relative=("rewrite_with_base", base) if base else "pass_through",
    ).strip()

"""A line that tells of an entry: marks before the link, the link, further links, who, in which language, a comment."""

from __future__ import annotations

import re
from typing import Any

from pipeline.importers.markdown_page import Page
from pipeline.markup import Token
from pipeline.model import Link, Url
from pipeline.read.blocks import Line, as_paragraph, close_of, without_comment_mark, without_html
from pipeline.read.draft import Draft
from pipeline.read.notes import title_text

__all__ = ["LANGUAGES", "TITLE_AT_MOST", "entry_of", "leading", "named", "titled"]

LANGUAGES = {
    **dict.fromkeys(("en", "英文", "英语", "英", "english"), "en"),
    **dict.fromkeys(("zh", "cn", "中文", "中", "chinese"), "zh"),
    **dict.fromkeys(("ja", "jp", "日文", "日语", "日", "japanese"), "ja"),
    **dict.fromkeys(("es", "西班牙语", "spanish"), "es"),
    **dict.fromkeys(("de", "德语", "german"), "de"),
    **dict.fromkeys(("fr", "法语", "french"), "fr"),
    **dict.fromkeys(("ru", "俄语", "russian"), "ru"),
    **dict.fromkeys(("pt", "br", "葡萄牙语", "portuguese"), "pt"),
    **dict.fromkeys(("ko", "kr", "韩语", "korean"), "ko"),
    **dict.fromkeys(("it", "italian"), "it"),
}
"""The words for a language that stand in brackets beside a link, as language tags."""

_TAGS = re.compile(r"\s*(?:[\[【][^\[\]【】]{1,24}[\]】]\s*)+")
_TAG = re.compile(r"[\[【]([^\[\]【】]{1,24})[\]】]")
_NUMBER = re.compile(r"\s*(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3}|[(（][0-9]{1,3}[)）]|[①-⑳])[、.．:：)）]?\s*")
_BETWEEN = re.compile(r"\s*(?:[,，、|/·•&+;；]|and|和)?\s*", re.IGNORECASE)
_BY = re.compile(r"\s*(?:,\s*)?by\s+([^\n]{1,80}?)\.?\s*")
_IN_BRACKETS = re.compile(r"\s*[(（\[【]\s*([^()（）\[\]【】]{1,24}?)\s*[)）\]】]")
_SPONSORED = frozenset(["ad", "sponsored", "sponsor", "广告", "推广", "赞助"])
TITLE_AT_MOST = 160
"""Characters from which on a line is no title but prose."""


def leading(page: Page, found: list[Token]) -> tuple[int, str] | None:
    """The place of the first link of a line and the kind of what stands before it; None without a link.

    The kind is empty for nothing but emphasis, `tags` for `[video] [ES]`, `number` for `3、`, `emoji` for signs
    without a letter, `words` for all else.
    """
    links = page.links(found)
    if not links:
        return None
    first = links[0]
    if any(token.name == "image" for token in found[:first]):
        return first, "words"
    before = title_text(without_html(found[:first]))
    if not before:
        return first, ""
    if _TAGS.fullmatch(before):
        return first, "tags"
    if _NUMBER.fullmatch(before):
        return first, "number"
    return first, "words" if any(sign.isalnum() for sign in before) else "emoji"


def entry_of(page: Page, line: Line) -> Draft | None:
    """The entry that a line led by a link tells of; None where words stand before its link."""
    lead = leading(page, line.found)
    if lead is None or lead[1] == "words":
        return None
    first, kind = lead
    found = line.found
    before = title_text(without_html(found[:first]))
    close, title = _titled(found, first)
    links, close = _further(page, found, close)
    url = page.url(found[first])
    draft = Draft(
        f"{before} {title}" if kind == "emoji" else title or str(url), page.at(found[first].start), url, links
    )
    if kind == "tags":
        draft.attributes |= _from_tags(_TAG.findall(before))
    comment = _comment(page, line, close, draft.attributes)
    if comment:
        draft.note.append(as_paragraph(comment))
    return draft


def titled(page: Page, line: Line) -> Draft | None:
    """The entry of a heading or of a line with words around its links: all its words are the title."""
    links = page.links(line.found)
    if not links:
        return None
    if all(_BETWEEN.fullmatch(text) for text in _around(line.found)):
        return entry_of(page, line)
    first, *others = (named(page, line.found, link) for link in links)
    draft = Draft(title_text(without_html(line.found)), page.at(line.start), first.url, tuple(others))
    if len(draft.title) > TITLE_AT_MOST:
        draft.title, draft.links = first.title, ()
        draft.note.append(as_paragraph(page.cut(line.start, line.end).strip()))
    return draft


def _around(found: list[Token]) -> list[str]:
    """The texts of a line that are in no link."""
    texts, within = [], 0
    for token in found:
        if token.name == "link":
            within += 1 if token.kind == "start" else -1
        elif not within and token.kind in ("text", "code"):
            texts.append(str(token.value))
    return texts


def named(page: Page, found: list[Token], first: int) -> Link:
    """The link at a place of a line, by its words."""
    url = page.url(found[first]) or Url("")
    return Link(title=title_text(found[first : close_of(found, first) + 1]) or url, url=url)


def _titled(found: list[Token], first: int) -> tuple[int, str]:
    """The place of the end of what a link's title is part of, emphasis and all, and the title."""
    close = close_of(found, first)
    open_spans = [token.name for token in found[:first] if token.kind == "start"]
    closed_spans = [token.name for token in found[:first] if token.kind == "end"]
    depth = len(open_spans) - len(closed_spans)
    end = close
    while depth and end + 1 < len(found):
        end += 1
        depth -= found[end].kind == "end" and found[end].name in open_spans
    return end, title_text(without_html(found[first : end + 1]))


def _further(page: Page, found: list[Token], close: int) -> tuple[tuple[Link, ...], int]:
    """The links behind the title with nothing but a separator between, and the place of the last one's end."""
    links: list[Link] = []
    while close + 2 < len(found) and found[close + 1].kind == "text" and found[close + 2].name == "link":
        between, head = str(found[close + 1].value), found[close + 2]
        if not _BETWEEN.fullmatch(between) or not page.url(head):
            break
        links.append(named(page, found, close + 2))
        close = close_of(found, close + 2)
    return tuple(links), close


def _from_tags(words: list[str]) -> dict[str, Any]:
    """What words in brackets say of an entry: its language, else tags."""
    tags = [word.strip() for word in words if word.strip()]
    lang = next((LANGUAGES[tag.lower()] for tag in tags if tag.lower() in LANGUAGES), "")
    others = tuple(tag for tag in tags if tag.lower() not in LANGUAGES)
    return {name: value for name, value in (("tags", others), ("lang", lang)) if value}


def _comment(page: Page, line: Line, close: int, attributes: dict[str, Any]) -> str:
    """What follows the links, without what became an attribute: `by NAME`, `（英文）`, `(ad)`."""
    text = page.cut(line.found[close].end, line.end) if close + 1 < len(line.found) else ""
    rest = line.found[close + 1 :]
    while match := _IN_BRACKETS.match(text):
        word = match[1].lower()
        if word in LANGUAGES and "lang" not in attributes:
            attributes["lang"] = LANGUAGES[word]
        elif word in _SPONSORED:
            attributes["sponsored"] = True
        else:
            break
        text = text[match.end() :]
    by = _BY.fullmatch(text)
    if by and all(token.kind == "text" for token in rest):
        attributes["author"] = title_text(rest).removeprefix(",").strip().removeprefix("by").rstrip(".").strip()
        return ""
    return without_comment_mark(text)

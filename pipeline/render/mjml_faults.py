"""Where a template's MJML is broken: its parser names no line, so the template's own tags are looked through."""

from __future__ import annotations

import re
from typing import NamedTuple

__all__ = ["Fault", "fault"]


class Fault(NamedTuple):
    """What is wrong, and on which line of the template, counted from 1."""

    line: int
    message: str


_COMPONENTS = frozenset(
    (
        "mjml mj-head mj-body mj-include mj-attributes mj-all mj-class mj-breakpoint mj-font mj-html-attributes "
        "mj-selector mj-html-attribute mj-preview mj-style mj-title mj-accordion mj-accordion-element "
        "mj-accordion-title mj-accordion-text mj-button mj-carousel mj-carousel-image mj-column mj-divider mj-group "
        "mj-hero mj-image mj-navbar mj-navbar-link mj-raw mj-section mj-social mj-social-element mj-spacer mj-table "
        "mj-text mj-wrapper"
    ).split()
)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<!--.*?-->", re.DOTALL)
_TAG = re.compile(r"""<(/?)([a-zA-Z][\w-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)(>?)""")
_ATTRIBUTES = re.compile(r"""(?:\s*[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*\s*/?""")


def fault(source: str) -> Fault | None:
    """The first unknown, unclosed or malformed tag of a template's source, None where the tags are sound."""
    plain = _JINJA.sub(lambda match: "\n" * match[0].count("\n"), source)
    opened: list[tuple[str, int]] = []
    for match in _TAG.finditer(plain):
        closing, name, attributes, end = match.groups()
        line = plain.count("\n", 0, match.start()) + 1
        if name.startswith("mj") and name not in _COMPONENTS:
            return Fault(line, f"<{name}> is no MJML tag")
        if not end or not _ATTRIBUTES.fullmatch(attributes):
            return Fault(line, f'<{name}> is malformed: attributes are written name="value"')
        if not closing:
            if not attributes.endswith("/") and name not in _VOID:
                opened.append((name, line))
        elif opened and opened[-1][0] == name:
            opened.pop()
        else:
            return _unclosed(opened) or Fault(line, f"</{name}> closes nothing")
    return _unclosed(opened)


def _unclosed(opened: list[tuple[str, int]]) -> Fault | None:
    """The innermost tag that is still open."""
    return Fault(opened[-1][1], f"<{opened[-1][0]}> is not closed") if opened else None

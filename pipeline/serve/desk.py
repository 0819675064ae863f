"""The pages of the desk, as HTML: an issue with all its editions, a link to be added, what is wrong."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from pipeline.diff import Diff
from pipeline.findings import Finding
from pipeline.project import Project
from pipeline.render.templates import Templates
from pipeline.serve.about import about
from pipeline.serve.capturing import Asked, Verdict
from pipeline.serve.kept import State

__all__ = ["FILES", "add_page", "desk_page", "file", "plain_page", "wrong_page"]

_PAGES = Path(__file__).resolve().parent / "pages"
_TEMPLATES = Templates([_PAGES])

FILES = {
    "desk.css": "text/css",
    "desk.js": "text/javascript",
    "put.js": "text/javascript",
    "renew.js": "text/javascript",
}
"""What the pages load, each with its media type."""

_ISSUES = 60  # in the list of the desk; older ones are found by their pages
_NEXT = 3  # issues that a link is offered for

_EDITIONS = (
    ("phone", "Email, telephone, light", "email/?by=day"),
    ("phone", "Email, telephone, dark", "email/?by=night"),
    ("wide", "Email, desktop, light", "email/?by=day"),
    ("wide", "Email, desktop, dark", "email/?by=night"),
    ("phone", "Email without images", "email/?by=day&images=off"),
    ("text", "Text part", "text/"),
    ("text", "Source of the message", "source/"),
)
_KINDS = {
    "title_changed": "title",
    "url_changed": "address",
    "note_changed": "note",
    "secondary_link_added": "link added",
    "secondary_link_removed": "link removed",
}


def desk_page(project: Project, state: State, name: str, origin: str) -> str:
    """The desk with an issue on it, or, where no name is given, with what keeps issues from being read."""
    found = about(project, state, name)
    findings = found.findings if found else state.wrong
    return _TEMPLATES.render(
        "desk.html",
        state=state,
        name=name,
        names=[(one.name, _label(one.title, one.number), one.draft) for one in state.archive[: -_ISSUES - 1 : -1]],
        about=found,
        title=_label(found.issue.title, found.issue.number) if found else "",
        findings=findings,
        counts=_counts(found.diff) if found and found.diff else "",
        words=_KINDS,
        editions=_EDITIONS,
        bookmarklet=_bookmarklet(origin),
    )


def add_page(state: State, asked: Asked, verdict: Verdict, key: str, where: str = "") -> str:
    """A link to be added, with what is known of it; `where` it stands once it was."""
    issues = [(one.name, f"{_label(one.title, one.number)}, {one.name}") for one in state.archive[: -_NEXT - 1 : -1]]
    known = [*(state.settings.sections if state.settings else ())]
    known += [section.title for one in state.archive[-1:] for section in one.sections]
    return _TEMPLATES.render(
        "add.html",
        asked=asked,
        verdict=verdict,
        looked=asked.looked if verdict.kind in ("new", "had") else "",
        saved=where,
        issues=issues,
        sections=list(dict.fromkeys(filter(None, known))),
        key=key,
    )


def wrong_page(state: State, findings: tuple[Finding, ...]) -> str:
    """What is shown in the place of a page that cannot be made."""
    return _TEMPLATES.render("wrong.html", state=state, findings=findings)


def plain_page(title: str, text: str) -> str:
    """A text as it is, in a page."""
    return _TEMPLATES.render("plain.html", title=title, text=text)


@functools.cache
def file(name: str) -> bytes:
    """One of `FILES`."""
    return (_PAGES / name).read_bytes()


def _label(title: str, number: int) -> str:
    return title or f"Issue {number}"


def _counts(found: Diff) -> str:
    counts: Mapping[str, int] = {
        "new": len(found.added),
        "gone": len(found.removed),
        "changed": len(found.changed),
        "moved": len(found.moved),
    }
    return ", ".join(f"{count} {word}" for word, count in counts.items())


def _bookmarklet(origin: str) -> str:
    """A bookmark that opens the page to add a link, with the address and the title of the page that one is on."""
    script = (
        f"void open({json.dumps(origin + '/_desk/add?url=')}+encodeURIComponent(location.href)"
        "+'&title='+encodeURIComponent(document.title),'_blank','width=560,height=760')"
    )
    return "javascript:" + quote(script, safe="()+&?=.,:/'_")

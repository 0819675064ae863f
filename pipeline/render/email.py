"""The HTML of an email: MJML from the template, one `mj-text` a section; the one home of mjml."""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import mjml

from pipeline.addresses import issue_url
from pipeline.errors import BadTemplate
from pipeline.model import Entry, Issue, Location, Markdown
from pipeline.render import notes
from pipeline.render.context import RenderContext
from pipeline.render.mjml_faults import fault
from pipeline.render.places import HOLES, neutral_html
from pipeline.render.templates import Raw, Templates, escaped

__all__ = ["BUDGET", "Part", "email_html", "heading", "preheader", "why"]

BUDGET = 102_000
"""Bytes of HTML at the most: Gmail clips a message past 102 KB. What is left of 102 KiB is for the holes' addresses."""

_TEMPLATE = "email/email.mjml"
_WIDTH = 592  # pixels of the column between its paddings: Outlook knows no max-width


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A section as far as the email carries it; `left_out` counts the entries that only the page at `url` has."""

    title: str
    text: Markdown
    entries: tuple[Entry, ...]
    left_out: int
    url: str


def heading(context: RenderContext, issue: Issue) -> str:
    """The issue's title, or its label where it has none."""
    return issue.title or context.labels("issue", number=issue.number)


def why(context: RenderContext) -> str:
    """The sentence that says why somebody gets this email."""
    publication = context.publication
    return publication.email.why or context.labels("email_why", title=publication.title)


def email_html(context: RenderContext, issue: Issue) -> bytes:
    """The issue as HTML (UTF-8) with holes for the addresses (`places.in_html`), never over the budget.

    Past the budget it carries the entries that fit, and a link to the page for the others, by section. Raises
    BadTemplate where the template or its MJML is broken.
    """
    made = _rendered(context, issue, tuple(_parts(context, issue, len(issue.entries))))
    if len(made) <= BUDGET:
        return made

    def with_at_most(limit: int) -> bytes:
        return _rendered(context, issue, tuple(_parts(context, issue, limit)))

    too_many = bisect.bisect_left(range(len(issue.entries)), True, key=lambda limit: len(with_at_most(limit)) > BUDGET)
    return with_at_most(too_many - 1) if too_many else _bare(context, issue)


def _bare(context: RenderContext, issue: Issue) -> bytes:
    """The least of an email, where even the prose is too long: its title and the way to the page."""
    url = issue_url(context.publication, issue)
    rest = Part(title="", text=Markdown(""), entries=(), left_out=len(issue.entries), url=url)
    return _rendered(context, issue, (rest,), whole=False)


def _parts(context: RenderContext, issue: Issue, limit: int) -> Iterator[Part]:
    """The sections that have something to show, with `limit` of their entries in all."""
    page = issue_url(context.publication, issue)
    for section in issue.sections:
        if not section.entries and not section.text:
            continue
        shown = section.entries[:limit]
        cut = len(section.entries) - len(shown)
        yield Part(
            title=section.title,
            text=section.text if shown or not cut else Markdown(""),
            entries=shown,
            left_out=cut,
            url=f"{page}#{section.slug}" if section.slug else page,
        )
        limit -= len(shown)


def _rendered(context: RenderContext, issue: Issue, parts: tuple[Part, ...], *, whole: bool = True) -> bytes:
    """The template as HTML.

    Notes, and what else the template gives to `later`, are put in after MJML has run: its parser recurses, so that
    20,000 open tags in a note would end the process, and takes 10 µs for each KB. Within `later` are `html` and `line`.
    """
    publication = context.publication
    base = issue_url(publication, issue)
    sizes = dict(_sizes(issue))
    made: list[str] = []

    def filled(parts: Sequence[str]) -> str:
        whole = list(parts)
        whole[1::2] = [made[int(place)] for place in parts[1::2]]
        return "".join(whole)

    def later(value: object) -> Raw:
        html = escaped(value)
        made.append(filled(_LATER.split(html)) if "&later-" in html else html)
        return Raw(f"&later-{len(made) - 1};")

    def html(source: Markdown) -> Raw:
        return Raw(notes.html(source, base, sizes))

    def line(source: Markdown) -> Raw:
        return Raw(notes.inline(source, base))

    title = heading(context, issue)
    service = publication.email.merge_tags
    has_address = publication.email.postal_address or service == "mailchimp"
    source = context.templates.render(
        _TEMPLATE,
        publication=publication,
        issue=issue,
        title=title if whole else title[:200],
        intro=issue.intro if whole else "",
        parts=parts,
        labels=context.labels,
        preheader=preheader(issue),
        why=why(context),
        later=later,
        note=lambda source: later(html(source)),
        inline=lambda source: later(line(source)),
        html=html,
        line=line,
        view_url=later(HOLES["view_url"]),
        unsubscribe_url=later(HOLES["unsubscribe_url"]),
        postal_address=later(HOLES["postal_address"]) if has_address else "",
    )
    return neutral_html(filled(_html(context.templates, source)).encode())


_LATER = re.compile(r"&later-(\d+);")


def _sizes(issue: Issue) -> Iterator[tuple[str, tuple[int, int]]]:
    """The sizes of the issue's images, none wider than the column."""
    for attachment in issue.attachments:
        if attachment.width and attachment.height:
            width = min(attachment.width, _WIDTH)
            yield attachment.name, (width, max(1, attachment.height * width // attachment.width))


def _html(templates: Templates, source: str) -> Sequence[str]:
    """MJML as HTML (`_made`); MJML that is broken, or that names what MJML has not, is a BadTemplate."""
    try:
        return _made(source)
    except ValueError as error:
        raise _broken(templates, str(error)) from None


@functools.lru_cache(maxsize=32)
def _made(source: str) -> Sequence[str]:
    """MJML as HTML without web fonts, parted where things are put in later, with their places between the parts.

    Issues with as many sections have the same MJML where all that differs is put in later: 0.1 ms. Raises ValueError.
    """
    made: str = mjml.mjml2html(source, fonts={})
    if "<mj-" in made:
        raise ValueError("a tag that MJML does not know")
    return _LATER.split(made)


def _broken(templates: Templates, message: str) -> BadTemplate:
    found = fault(templates.source(_TEMPLATE))
    where = Location(path=f"templates/{_TEMPLATE}", line=found.line if found else 1)
    return BadTemplate.at(where, "template", f"broken MJML: {found.message if found else message}")


_PREHEADER = 130


def preheader(issue: Issue) -> str:
    """The line that inboxes show after the subject: the author's, or the first titles; 130 characters at the most."""
    line = issue.preheader or " · ".join(entry.title for entry in issue.entries[:8]) or issue.intro
    line = " ".join(line[: 2 * _PREHEADER].split())
    if len(line) <= _PREHEADER:
        return line
    cut = line[: _PREHEADER - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > _PREHEADER // 2 else cut).rstrip(" ·,.;:、，。；：") + "…"

"""Themes: sites made by other templates are whole, and docs/themes.md says what templates are given."""

from __future__ import annotations

import dataclasses
import re
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest
from publications import publish, written
from sites import astray, pages
from themed import THEMES, themed

from pipeline.build import prospect
from pipeline.history.appearances import Appearance
from pipeline.model import Entry, Issue, Section
from pipeline.project import Project
from pipeline.render.defaults import DEFAULTS, replaceable
from pipeline.render.renderers import DOCUMENTS, EDITIONS, LISTINGS, SEARCHED
from pipeline.render.templates import Templates

_DOCUMENT = (Path(__file__).parents[1] / "docs" / "themes.md").read_text(encoding="utf-8")
_CHAPTERS = dict(re.findall(r"^## (.+)\n((?:(?!^##? ).*\n)*)", _DOCUMENT, re.MULTILINE))
"""The text of each chapter of the document, by its heading."""


def _named(chapter: str) -> list[str]:
    """The names in the first column of a chapter's tables."""
    rows = re.findall(r"^\| (`.*?) \|", _CHAPTERS[chapter], re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


_ENTRY = re.compile(r'<article id="([^"]+)"(?:(?!<article).)*?<h[2-6]><a href="([^"]+)"[^>]*>([^<]+)</a>', re.DOTALL)


@pytest.fixture(scope="module", params=THEMES)
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a build makes by a theme."""
    return themed(tmp_path_factory.mktemp(request.param), request.param)


@pytest.fixture(scope="module")
def entries() -> list[tuple[str, str, str, str]]:
    """The issue, place, address and title of all that the issues link to, as our own theme shows them."""
    with tempfile.TemporaryDirectory() as folder:
        issues = {name: page for name, page in pages(themed(Path(folder), "default")) if re.match(r"\d{4}-", name)}
    return [(name, *found) for name, page in issues.items() for found in _ENTRY.findall(page)]


def test_by_any_theme_every_link_leads_somewhere(site: Path) -> None:
    """Whatever templates made it, each address of ours on any page is a file of the site or a place in it."""
    assert astray(site, "https://ai-reading.example/") == []


def test_by_any_theme_every_entry_is_there(site: Path, entries: list[tuple[str, str, str, str]]) -> None:
    """Each entry has its place, its address and its title on the page of its issue, and drafts stay unlisted."""
    assert len(entries) > 100
    made = dict(pages(site))
    lost = [(name, url) for name, slug, url, title in entries
            if not all(part in made[name] for part in (f'id="{slug}"', f'href="{url}"', title))]  # fmt: skip
    assert lost == []
    assert '<meta name="robots" content="noindex">' in made["2023-03-18/index.html"]


def test_a_template_that_replaces_none_changes_nothing(tmp_path: Path) -> None:
    """Beside a template of the author's, ours make what they make alone, where attributes are read without ado."""
    site = themed(tmp_path, "default")
    alone = dict(pages(site))
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "licence.html").write_text("CC BY")
    assert publish("build", "-C", str(tmp_path)).code == 0
    assert dict(pages(site)) == alone


class _Noting(Templates):
    """Templates that keep note of the values that each is given."""

    def __init__(self) -> None:
        super().__init__([DEFAULTS])
        self.given: defaultdict[str, set[str]] = defaultdict(set)

    def render(self, name: str, /, **values: object) -> str:
        """As ever."""
        self.given[name] |= values.keys()
        return super().render(name, **values)


def _given(root: Path) -> Mapping[str, set[str]]:
    """The values that each template is given when a site is made."""
    files = {
        "newsletter.yaml": "title: W\nurl: https://w.example\nsearch: true\n",
        "issues/2023-03-04/index.md": "## News\n\n### [A](https://a.example/) <!-- tags: [x] -->\nA note.\n",
        "issues/2023-03-11/index.md": "## News\n\n### [B](https://a.example/b) <!-- tags: [x] -->\n",
    }
    context = prospect(Project(root=written(root, files)), "2023-03-11")
    templates = _Noting()
    leaves = tuple((topic, leaf) for topic in context.topics.topics for leaf in topic.pages)
    noting = dataclasses.replace(context, templates=templates, leaves=leaves)
    for render in (*DOCUMENTS, *LISTINGS, *EDITIONS, SEARCHED):
        list(render(noting))
    return templates.given


def test_the_document_names_every_value(tmp_path: Path) -> None:
    """The table of each template lists the very values that it is given, but for those that every page has."""
    given = _given(tmp_path)
    common = set(_named("Every page"))
    told = {
        name: set(_named(chapter)) | (common if name.startswith("web/") else set())
        for chapter in _CHAPTERS
        for name in re.findall(r"`(\w+/[\w.]+)`", chapter)
    }
    assert {name: told[name] for name in given} == given


def test_the_document_names_every_template_and_block() -> None:
    """Each file that can be replaced is named, and each block of a page at that page, but for those of `base.html`."""
    templates = {name for name in replaceable() if not name.startswith("labels/")}
    missing = {name for name in templates if f"`{name}`" not in _DOCUMENT}
    assert not missing, f"docs/themes.md does not name {missing}"
    base = {"web/base.html": set(re.findall(r"{% block (\w+)", (DEFAULTS / "web" / "base.html").read_text()))}
    for chapter, text in _CHAPTERS.items():
        for name in re.findall(r"`(web/\w+\.html)`", chapter):
            own = set(re.findall(r"{% block (\w+)", (DEFAULTS / name).read_text(encoding="utf-8")))
            expected = own if name in base else own - base["web/base.html"]
            listed = re.search(r"Blocks: (.*?)\.$", text, re.MULTILINE | re.DOTALL)
            assert set(re.findall(r"`(\w+)`", listed[1]) if listed else ()) == expected, name


@pytest.mark.parametrize("kind", [Issue, Section, Entry, Appearance])
def test_the_document_names_what_values_hold(kind: type) -> None:
    """The fields of issues, sections, entries and appearances are listed, but for where they stand in a source."""
    fields = {field.name for field in dataclasses.fields(kind)} - {"location"}
    made = {name for name, value in vars(kind).items() if isinstance(value, property)} - fields
    made |= {f"{name}()" for name in ("walk",) if hasattr(kind, name)}
    assert sorted(_named(kind.__name__)) == sorted(fields | made)


def test_the_document_names_every_property_of_the_style() -> None:
    """The custom properties that a style sheet of one's own may set are those that ours has."""
    style = (DEFAULTS / "web" / "style.css").read_text(encoding="utf-8")
    named = _named("The smallest theme: other colours and letters")
    assert sorted(named) == sorted(set(re.findall(r"(--[\w-]+):", style)))
    assert {name for name in named if f"var({name})" not in style} == set()


def test_what_is_wrong_in_a_theme_is_told_with_its_line(tmp_path: Path) -> None:
    """A name that is not there is an error at the author's own line, also in a template that extends ours."""
    files = {
        "issues/2023-03-04/index.md": "### [A](https://a.example/)\n",
        "templates/web/issue.html": '{% extends "!web/issue.html" %}\n{% block sections %}\n{{ nope }}{% endblock %}',
    }
    ran = publish("build", "-C", str(written(tmp_path, files)))
    assert (ran.code, ran.err) == (1, "templates/web/issue.html:3:1: error: 'nope' is undefined [template]\n")

"""The owner's own issues, in the repository as they were written."""

from __future__ import annotations

import email
import email.policy
import html
import re
import shutil
from pathlib import Path

import pytest
from publications import publish

from pipeline.model import Issue
from pipeline.project import Project
from pipeline.read.issue import read_issue

REPOSITORY = Path(__file__).parents[1]
_URL = re.compile(r"\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)")


def issue(name: str) -> Issue:
    """An issue of the repository."""
    found = read_issue(Project(root=REPOSITORY).folder(name)).issue
    assert found is not None
    return found


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a build of the repository's own publication makes."""
    root = tmp_path_factory.mktemp("seeds")
    shutil.copytree(REPOSITORY / "issues", root / "issues")
    shutil.copy(REPOSITORY / "newsletter.yaml", root)
    assert publish("build", "-C", str(root)).code == 0
    return root / "out"


@pytest.mark.parametrize(
    ("name", "sections", "entries"), [("2023-03-04", 5, 33), ("2023-09-30", 8, 78), ("2024-02-10", 8, 106)]
)
def test_every_entry_is_found(name: str, sections: int, entries: int) -> None:
    """Sections and top-level entries are as many as a person counts."""
    found = issue(name)
    assert (len(found.sections), len(found.entries)) == (sections, entries)


@pytest.mark.parametrize("name", ["2023-09-30", "2024-02-10"])
def test_twelve_projects_are_grouped_under_whisper(name: str) -> None:
    """The list under `whisper` is its twelve projects, and no other entry has any."""
    groups = {entry.title: len(entry.entries) for entry in issue(name).entries if entry.entries}
    assert groups == {"whisper": 12}


@pytest.mark.parametrize("name", ["2023-03-04", "2023-09-30", "2024-02-10"])
def test_every_address_is_in_every_edition(name: str, out: Path) -> None:
    """No link of the source is lost on the way to any reader."""
    urls = set(_URL.findall((REPOSITORY / "issues" / name / "index.md").read_text()))
    message = email.message_from_bytes((out / name / "issue.eml").read_bytes(), policy=email.policy.default)
    parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
    editions = {
        "issue.md": (out / name / "issue.md").read_text(),
        "index.html": html.unescape((out / name / "index.html").read_text()),
        "email.html": html.unescape((out / name / "email.html").read_text()),
        "email.txt": (out / name / "email.txt").read_text(),
        "issue.eml, text": parts["text/plain"],
        "issue.eml, html": html.unescape(parts["text/html"]),
    }
    assert len(urls) >= 40
    assert {edition: sorted(url for url in urls if url not in text) for edition, text in editions.items()} == {
        edition: [] for edition in editions
    }


def test_the_titles_year_is_told() -> None:
    """The first issue says 2022 and stands in a folder of 2023."""
    ran = publish("build", "2023-03-04", "--dry-run", "-C", str(REPOSITORY))
    assert "issues/2023-03-04/index.md:1:1: warning: the title says 2022-03-04" in ran.err

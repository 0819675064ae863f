"""The repository's own issues, which `make example` shows: whole in every edition, and nothing to be told of."""

from __future__ import annotations

import email
import email.policy
import html
import json
import re
import shutil
from pathlib import Path

import pytest
from publications import publish

from pipeline.project import Project
from pipeline.read.issue import read_issue

REPOSITORY = Path(__file__).parents[1]
ISSUES = sorted(folder.name for folder in (REPOSITORY / "issues").iterdir())
_ADDRESS = re.compile(r"\]\((https?://[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)|\burl: *(https?://\S+)")


def addresses(name: str) -> set[str]:
    """The addresses in an issue's source, found without its reader."""
    folder = REPOSITORY / "issues" / name
    text = "\n".join(path.read_text(encoding="utf-8") for path in folder.iterdir() if path.suffix in (".md", ".yaml"))
    return {linked or given for linked, given in _ADDRESS.findall(text)}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a build of the repository's own publication makes."""
    root = tmp_path_factory.mktemp("own")
    shutil.copytree(REPOSITORY / "issues", root / "issues")
    shutil.copy(REPOSITORY / "newsletter.yaml", root)
    assert publish("build", "-C", str(root)).code == 0
    return root / "out"


def test_there_are_four_issues_at_least() -> None:
    """The archive has several issues, the one of `make example` among them."""
    assert len(ISSUES) >= 4
    assert "2023-03-04" in ISSUES


@pytest.mark.parametrize("name", ISSUES)
def test_every_address_is_in_every_edition(name: str, out: Path) -> None:
    """No link of the source is lost on the way to any reader."""
    urls = addresses(name)
    message = email.message_from_bytes((out / name / "issue.eml").read_bytes(), policy=email.policy.default)
    parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
    editions = {
        "issue.md": (out / name / "issue.md").read_text(encoding="utf-8"),
        "index.html": html.unescape((out / name / "index.html").read_text(encoding="utf-8")),
        "email.html": html.unescape((out / name / "email.html").read_text(encoding="utf-8")),
        "email.txt": (out / name / "email.txt").read_text(encoding="utf-8"),
        "issue.eml, text": parts["text/plain"],
        "issue.eml, html": html.unescape(parts["text/html"]),
    }
    assert len(urls) >= 20
    assert {edition: sorted(url for url in urls if url not in text) for edition, text in editions.items()} == {
        edition: [] for edition in editions
    }


def test_every_address_is_in_the_feed(out: Path) -> None:
    """The JSON feed of the issues carries every link of all of them."""
    items = json.loads((out / "feed.json").read_text(encoding="utf-8"))["items"]
    text = html.unescape("\n".join(item["content_html"] for item in items))
    assert [url for name in ISSUES for url in sorted(addresses(name)) if url not in text] == []


def test_no_address_leads_two_entries() -> None:
    """What one entry links to, no entry of the same issue or another links to again."""
    found = [read_issue(Project(root=REPOSITORY).folder(name)).issue for name in ISSUES]
    entries = [entry for issue in found if issue for entry in issue.walk()]
    urls = [url for entry in entries for url in (entry.url, *(link.url for link in entry.links)) if url]
    assert sorted(url for url in set(urls) if urls.count(url) > 1) == []


def test_an_editor_is_told_nothing() -> None:
    """`publish check` finds no error and no warning in the repository's own issues."""
    ran = publish("check", "-C", str(REPOSITORY), "--format", "json")
    assert [finding for finding in ran.findings if finding["severity"] != "note"] == []
    assert ran.code == 0

"""The lists that the first readers sent, which are not ours to publish: they build as they came, and lose no link."""

from __future__ import annotations

import email
import email.policy
import html
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.model import Issue
from pipeline.project import Project
from pipeline.read.issue import read_issue

_SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
_DATES = {"000": "2023-03-04", "001": "2023-09-30", "002": "2024-02-10"}
_SETTINGS = "title: Seeds\nurl: https://seeds.example\nlanguage: zh-CN\non_repeat: mark\n"
_URL = re.compile(r"\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)")


def _publish(publication: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "-C", str(publication), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _issue(publication: Path, date: str) -> Issue:
    found = read_issue(Project(root=publication).folder(date)).issue
    assert found is not None
    return found


@pytest.fixture(scope="module")
def publication(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication whose three issues are the seeds, unchanged."""
    root = tmp_path_factory.mktemp("seeds")
    (root / "newsletter.yaml").write_text(_SETTINGS, encoding="utf-8")
    for number, date in _DATES.items():
        [seed] = _SEEDS.glob(f"{number}_*.txt")
        folder = root / "issues" / date
        folder.mkdir(parents=True)
        (folder / "index.md").write_bytes(seed.read_bytes())
    return root


@pytest.mark.parametrize("date", _DATES.values())
def test_a_seed_builds(publication: Path, date: str) -> None:
    """`publish build DATE` on a seed as it came exits 0 and makes its web page."""
    done = _publish(publication, "build", date)
    assert done.returncode == 0, done.stderr
    assert (publication / "out" / date / "index.html").is_file()


@pytest.mark.parametrize(
    ("date", "sections", "entries"), [("2023-03-04", 5, 33), ("2023-09-30", 8, 78), ("2024-02-10", 8, 106)]
)
def test_every_entry_is_found(publication: Path, date: str, sections: int, entries: int) -> None:
    """Sections and top-level entries are as many as a person counts."""
    found = _issue(publication, date)
    assert (len(found.sections), len(found.entries)) == (sections, entries)


@pytest.mark.parametrize("date", ["2023-09-30", "2024-02-10"])
def test_twelve_projects_are_grouped_under_whisper(publication: Path, date: str) -> None:
    """The list under `whisper` is its twelve projects, and no other entry has any."""
    groups = {entry.title: len(entry.entries) for entry in _issue(publication, date).entries if entry.entries}
    assert groups == {"whisper": 12}


@pytest.mark.parametrize("date", _DATES.values())
def test_every_address_is_in_every_edition(publication: Path, date: str) -> None:
    """No link of a seed is lost on the way to any reader."""
    assert _publish(publication, "build").returncode == 0
    urls = set(_URL.findall((publication / "issues" / date / "index.md").read_text(encoding="utf-8")))
    out = publication / "out" / date
    message = email.message_from_bytes((out / "issue.eml").read_bytes(), policy=email.policy.default)
    parts = {part.get_content_type(): part.get_content() for part in message.walk() if not part.is_multipart()}
    editions = {
        "issue.md": (out / "issue.md").read_text(encoding="utf-8"),
        "index.html": html.unescape((out / "index.html").read_text(encoding="utf-8")),
        "email.html": html.unescape((out / "email.html").read_text(encoding="utf-8")),
        "email.txt": (out / "email.txt").read_text(encoding="utf-8"),
        "issue.eml, text": parts["text/plain"],
        "issue.eml, html": html.unescape(parts["text/html"]),
    }
    assert len(urls) >= 40
    assert {edition: sorted(url for url in urls if url not in text) for edition, text in editions.items()} == {
        edition: [] for edition in editions
    }


def test_the_titles_year_is_told(publication: Path) -> None:
    """The first seed says 2022 and stands in a folder of 2023."""
    done = _publish(publication, "build", "2023-03-04", "--dry-run")
    assert "issues/2023-03-04/index.md:1:1: warning: the title says 2022-03-04" in done.stderr

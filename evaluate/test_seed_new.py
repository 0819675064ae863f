"""The way in which the seeds' author works: a list that grows, and an issue of what is new in it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from pipeline.project import Project
from pipeline.read.issue import read_issue

_SHARED = Path(__file__).parents[2] / "shared"


def test_the_grown_list_gives_what_was_added(tmp_path: Path) -> None:
    """Of seed 002, an archive with seed 001 makes an issue of just the entries that were added by hand's count."""
    [old], [new] = (list((_SHARED / "seeds").glob(f"{number}_*.txt")) for number in ("001", "002"))
    (tmp_path / "newsletter.yaml").write_text("title: Seeds\nurl: https://seeds.example\n", encoding="utf-8")
    (tmp_path / "issues/2023-09-30").mkdir(parents=True)
    (tmp_path / "issues/2023-09-30/index.md").write_bytes(old.read_bytes())
    main = [sys.executable, "-c", "from pipeline.cli import main; main()", "-C", str(tmp_path)]
    subprocess.run([*main, "new", "2024-02-10", "--from", str(new)], check=True)
    issue = read_issue(Project(root=tmp_path).folder("2024-02-10")).issue
    assert issue is not None
    gold = json.loads((_SHARED / "gold/seed_diff_gold.json").read_bytes())["added"]
    added = [(section.title, entry.title) for section in issue.sections for entry in section.entries]
    assert added == [(one["section"], one["title"]) for one in gold]
    subprocess.run([*main, "build", "2024-02-10"], check=True)

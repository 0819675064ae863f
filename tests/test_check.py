"""Editorial rules, each with an issue that breaks it and one that does not."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest
from publications import publish, written

from pipeline.check import check
from pipeline.model import Issue

ISSUE = Issue(date=datetime.date(2023, 3, 4), name="2023-03-04", title="News", number=1)


def rules(issue: Issue) -> list[str]:
    """The rules that the issue breaks."""
    return [finding.rule for finding in check(issue)]


@pytest.mark.parametrize(
    ("title", "broken"),
    [
        ("2022年3月4日第二期", True),
        ("2023年3月4日第二期", False),
        ("Links of 2023-03-05", True),
        ("Links of 2023/3/4", False),
        ("March 5, 2023", True),
        ("4 March 2023", False),
        ("Version 1.2.3, 2023.99.99", False),
        ("The state of 2022", False),
    ],
)
def test_a_date_in_the_title_is_the_folders(title: str, broken: bool) -> None:
    """A title that names another day than its folder is told, however the day is written."""
    assert rules(replace(ISSUE, title=title)) == ["date-mismatch"] * broken


def test_subject_and_preheader_fit_an_inbox() -> None:
    """A subject over 78 characters and a preheader outside 40 to 130 are told."""
    assert rules(replace(ISSUE, subject="x" * 79)) == ["subject-length"]
    assert rules(replace(ISSUE, title="x" * 79)) == ["subject-length"]
    assert rules(replace(ISSUE, subject="x" * 78, preheader="y" * 130)) == []
    assert rules(replace(ISSUE, preheader="y" * 39)) == ["preheader-length"]
    assert rules(replace(ISSUE, preheader="y" * 131)) == ["preheader-length"]


def test_an_email_near_the_limit_is_told(tmp_path: Path) -> None:
    """From 90,000 bytes of HTML on, a build warns that Gmail will clip; a light issue is not mentioned."""
    heavy = "## S\n\n" + "".join(f"[Title {n}](https://a.example/{n}): {'word ' * 60}\n\n" for n in range(300))
    root = written(
        tmp_path, {"issues/2023-03-04/i.md": heavy, "issues/2023-03-11/i.md": "## S\n\n[T](https://a.example)\n"}
    )
    found = publish("build", "-C", str(root), "--format", "json").findings
    assert [(finding["rule"], finding["path"]) for finding in found] == [("email-size", "issues/2023-03-04/i.md")]

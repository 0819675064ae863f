"""Every kind of page is valid HTML, by the Nu Html Checker, which knows the standard as it is today."""

from __future__ import annotations

import datetime
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
from parts import VNU
from publications import growing, publish, written
from whole_site import build

pytestmark = pytest.mark.needs("default-jre-headless", "vnu-jar")

_NO_FAULT = ".*Section lacks heading.*"
"""What it says of a section whose author gave it no title."""


def _found(pages: Iterable[Path]) -> list[str]:
    """What the checker says of some pages, a line each."""
    command = ["java", "-jar", str(VNU), "--format", "gnu", "--stdout", "--filterpattern", _NO_FAULT, *map(str, pages)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not ran.stderr, ran.stderr
    return ran.stdout.splitlines()


def test_every_page_is_valid(tmp_path: Path) -> None:
    """The checker finds neither an error nor a warning on any page but emails, whose HTML is that of mail programs."""
    pages = [page for page in sorted(build(tmp_path).rglob("*.html")) if page.name != "email.html"]
    assert len(pages) > 15
    assert _found(pages) == []


def test_the_picture_of_many_issues_is_valid(tmp_path: Path) -> None:
    """Nor does it on the statistics of more issues than are told line by line."""
    days = [datetime.date(2020, 1, 1) + datetime.timedelta(days=30 * count) for count in range(70)]
    assert publish("build", "-C", str(written(tmp_path, growing(days)))).code == 0
    assert _found([tmp_path / "out" / "statistics" / "index.html"]) == []


def test_the_checker_tells_what_is_wrong(tmp_path: Path) -> None:
    """It is at work: an id that stands twice is told with its line."""
    page = tmp_path / "page.html"
    page.write_text('<!DOCTYPE html>\n<html lang="en"><title>x</title>\n<p id="a">\n<p id="a">\n')
    assert any(
        ':4.1-4.10: error: Duplicate ID "a"' in line.replace("“", '"').replace("”", '"') for line in _found([page])
    )

"""Real archives, moved in and checked: how often an editor would have been stopped or warned over a repeat."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import main

_CORPORA = Path(__file__).parents[2] / "shared" / "corpora"
_LAST = 100
_WARNINGS = ("likely-repeat", "wrong-link")


@pytest.mark.parametrize("name", ["haskellweekly", "iosweekly", "nixos", "tw93"])
def test_warnings_are_rare(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Over the last 100 issues no more than one in ten warns of a likely repeat or a wrong link, right or false."""
    (tmp_path / "newsletter.yaml").write_text(f"title: {name}\nurl: https://{name}.example\n", encoding="utf-8")
    dates = _CORPORA / f"{name}.dates.tsv"
    moved = CliRunner().invoke(main, ["import", "-C", str(tmp_path), str(_CORPORA / name), "--dates", str(dates)])
    assert moved.exit_code == 0, moved.stderr
    ran = CliRunner().invoke(main, ["check", "-C", str(tmp_path), "--format", "json"])
    last = sorted(path.name for path in (tmp_path / "issues").iterdir())[-_LAST:]
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    told = Counter(one["rule"] for one in found if one["path"].split("/")[1] in last)
    with capsys.disabled():
        print(f"\n{name}: of {len(last)} issues {told['repeat']} repeats, {told['update']} updates,", end=" ")
        print(f"{told['standing']} standing links, {sum(told[rule] for rule in _WARNINGS)} warnings")
    assert sum(told[rule] for rule in _WARNINGS) <= max(1, len(last) // 10)

"""The lists that the first readers sent, side by side: the second repeats most of the first, and is refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

_SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
_SETTINGS = "title: Seeds\nurl: https://seeds.example\nlanguage: zh-CN\n"


def _built(root: Path, setting: str, *dates: str) -> subprocess.CompletedProcess[str]:
    """`publish build` of seeds 001 and 002 with a line of settings more."""
    root.mkdir(exist_ok=True)
    (root / "newsletter.yaml").write_text(_SETTINGS + setting, encoding="utf-8")
    for number, date in (("001", "2023-09-30"), ("002", "2024-02-10")):
        [seed] = _SEEDS.glob(f"{number}_*.txt")
        folder = root / "issues" / date
        folder.mkdir(parents=True)
        (folder / "index.md").write_bytes(seed.read_bytes())
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "-C", str(root), "build", *dates]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_grown_list_is_refused(tmp_path: Path) -> None:
    """Named, the second list is refused, each repeat with its place in the first; nothing is written."""
    ran = _built(tmp_path, "", "2024-02-10")
    repeats = [line for line in ran.stderr.splitlines() if line.endswith("[repeat]")]
    assert ran.returncode == 1
    assert len(repeats) > 70
    assert all("issue 1 (2023-09-30)" in line or "twice in this issue" in line for line in repeats)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("setting", ["on_repeat: mark\n", "on_repeat: drop\n"])
def test_the_grown_list_builds_when_asked_to(setting: str, tmp_path: Path) -> None:
    """Marked or dropped, it is built, and so is everything without a name."""
    assert _built(tmp_path / "named", setting, "2024-02-10").returncode == 0
    page = (tmp_path / "named/out/2024-02-10/index.html").read_text(encoding="utf-8")
    # 28 entries are new, one has another address than it had, and it stands under a parent that stays with it
    assert page.count("<article") == (30 if "drop" in setting else 118)
    ran = _built(tmp_path / "all", "")
    assert ran.returncode == 0
    assert "readers have had before" in ran.stdout

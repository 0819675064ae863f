"""The lists that the first readers sent, which are not ours to publish: they build as they came."""

import subprocess
import sys
from pathlib import Path

import pytest

_SEEDS = Path(__file__).parents[2] / "shared" / "seeds"
_DATES = {"000": "2023-03-04", "001": "2023-09-30", "002": "2024-02-10"}
_SETTINGS = "title: Seeds\nurl: https://seeds.example\nlanguage: zh-CN\n"


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
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "-C", str(publication), "build", date]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (publication / "out" / date / "index.html").is_file()

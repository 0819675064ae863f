"""Small publications on disk, and the command run on them as a person would."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from pipeline.cli import main

__all__ = ["SETTINGS", "Ran", "growing", "own_files", "publish", "written"]

SETTINGS = "title: Weekly\nurl: https://weekly.example\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a command ended and what it told."""

    code: int
    out: str
    err: str

    @property
    def findings(self) -> list[dict[str, object]]:
        """What was told with `--format json`."""
        return [json.loads(line) for line in self.out.splitlines()]


def written(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """The folder with these files in it, and settings that need nothing more where none are given."""
    for name, content in {"newsletter.yaml": SETTINGS, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def growing(days: Iterable[datetime.date]) -> dict[str, str]:
    """An issue on each of some days, each with an entry more than the one before, all of them from one site."""
    return {
        f"issues/{day}/index.md": "## News\n\n"
        + "".join(f"### [T](https://t.example/{day}/{at})\n" for at in range(count))
        for count, day in enumerate(days, 1)
    }


def publish(*words: str) -> Ran:
    """`publish` with these words."""
    result = CliRunner().invoke(main, words, prog_name="publish")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ran(code=result.exit_code, out=result.stdout, err=result.stderr)


def own_files(root: Path) -> dict[Path, bytes]:
    """What stands in a publication but for what commands keep there for themselves."""
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and ".publish" not in path.parts}

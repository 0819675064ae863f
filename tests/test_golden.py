"""What a build makes of `golden/source`, byte for byte: what nobody meant is found, what was meant is reviewed."""

from __future__ import annotations

import difflib
import itertools
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from publications import publish

from pipeline.write.manifest import MANIFEST

_GOLDEN = Path(__file__).parent / "golden"
_ADVICE = "If this is meant: pytest --update-golden, and review what git shows."
_LINES = 12
"""Lines of a file's difference that are shown: enough to see what kind it is."""


def _files(folder: Path) -> dict[str, bytes]:
    """The files under a folder by path, without the manifest."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(paths)}


def _lines(content: bytes) -> list[str]:
    """The lines, with what a terminal would swallow made visible."""
    return [repr(line)[1:-1] for line in content.decode("utf-8", "backslashreplace").split("\n")]


def _differences(golden: Mapping[str, bytes], made: Mapping[str, bytes]) -> Iterator[str]:
    """A line for each file that is missing, new or different, with the first lines that differ."""
    for path in sorted(golden.keys() | made.keys()):
        if path not in made:
            yield f"{path}: no longer made"
        elif path not in golden:
            yield f"{path}: new"
        elif golden[path] != made[path]:
            yield f"{path}: differs"
            changes = difflib.unified_diff(_lines(golden[path]), _lines(made[path]), "golden", "made", n=0, lineterm="")
            yield from (f"    {line}" for line in itertools.islice(changes, 2, _LINES))


def _report(golden: Mapping[str, bytes], made: Mapping[str, bytes]) -> str:
    """What to tell whoever changed the output; empty where nothing differs."""
    found = list(_differences(golden, made))
    return "\n  ".join(["A build makes other files than tests/golden/out holds:", *found, _ADVICE]) if found else ""


def test_a_build_makes_the_golden_files(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """A build of `golden/source` makes the files of `golden/out` and no others; `--update-golden` rewrites these."""
    root = tmp_path / "publication"
    shutil.copytree(_GOLDEN / "source", root)
    ran = publish("build", "-C", str(root))
    assert ran.code == 0, ran.err
    if request.config.getoption("--update-golden"):
        shutil.rmtree(_GOLDEN / "out", ignore_errors=True)
        shutil.copytree(root / "out", _GOLDEN / "out", ignore=shutil.ignore_patterns(MANIFEST))
    told = _report(_files(_GOLDEN / "out"), _files(root / "out"))
    if told:
        pytest.fail(told, pytrace=False)


def test_what_differs_is_told() -> None:
    """The report names every file that differs, shows its first lines that do, and says how to accept them."""
    golden = {"a.txt": b"one\ntwo\nthree\n", "b.txt": b"", "same.txt": b"as ever\n"}
    made = {"a.txt": b"one\nzwei\r\nthree\n", "c.txt": b"", "same.txt": b"as ever\n"}
    assert _report(golden, made).splitlines() == [
        "A build makes other files than tests/golden/out holds:",
        "  a.txt: differs",
        "      @@ -2 +2 @@",
        "      -two",
        "      +zwei\\r",
        "  b.txt: no longer made",
        "  c.txt: new",
        f"  {_ADVICE}",
    ]


def test_nothing_is_told_of_equal_files() -> None:
    """Where every byte is the same, the report is empty."""
    assert _report({"a.txt": b"\xff"}, {"a.txt": b"\xff"}) == ""

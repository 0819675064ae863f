"""What the documents show is what happens: `console` examples are run, what cog wrote is what it writes now."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from publications import publish

_ROOT = Path(__file__).parents[1]
_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_END = "--- the next command ---"


def _examples(document: Path) -> list[tuple[str, str]]:
    """Commands of a document's `console` blocks (lines that begin with `$`), each with what it is said to print."""
    text = "".join(_BLOCK.findall(document.read_text(encoding="utf-8")))
    parts = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def _pattern(shown: str) -> re.Pattern[str]:
    """What may be printed where that is shown: `...` alone on a line stands for any lines, within one for any text."""
    lines = [
        r"(?:.*\n)*" if line == "..." else re.escape(line).replace(r"\.\.\.", ".*") + r"\n"
        for line in shown.splitlines()
    ]
    return re.compile("".join(lines))


_DOCUMENTS = [path for path in (_ROOT / "README.md", *sorted((_ROOT / "docs").rglob("*.md"))) if _examples(path)]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the repository that is set up already, by the environment in which the tests run."""
    copy = tmp_path / "checkout"
    names = ["Makefile", "newsletter.yaml", "pyproject.toml", "requirements", "issues", "templates", "pipeline"]
    copy.mkdir()
    for name in names:
        source = _ROOT / name
        shutil.copytree(source, copy / name) if source.is_dir() else shutil.copy2(source, copy / name)
    (copy / ".venv").mkdir()
    (copy / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    (copy / ".venv" / "ready").touch()
    return copy


@pytest.mark.parametrize("document", _DOCUMENTS, ids=lambda path: path.relative_to(_ROOT).as_posix())
def test_examples_print_what_is_shown(document: Path, checkout: Path) -> None:
    """Every command in a document's examples, run in order in a fresh checkout, prints what the document shows."""
    examples = _examples(document)
    script = "".join(f"{command}\necho '{_END}'\n" for command, _ in examples)
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(checkout),
        "LANG": "C.UTF-8",
    }
    done = subprocess.run(
        ["bash"], input=script, cwd=checkout, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    printed = done.stdout.split(f"{_END}\n")[: len(examples)]
    assert len(printed) == len(examples), done.stdout
    for (command, shown), seen in zip(examples, printed, strict=True):
        assert _pattern(shown).fullmatch(seen), f"{document.name}: `{command}` prints\n{seen}\nnot\n{shown}"


def test_the_readme_begins_with_the_two_commands() -> None:
    """README's first example is `make example`, and it is run."""
    assert _examples(_ROOT / "README.md")[0][0] == "make example"


def test_generated_parts_are_up_to_date() -> None:
    """What stands between the marks of cog is what its code writes now; `make docs` writes it anew."""
    documents = [_ROOT / "README.md", *sorted((_ROOT / "docs").glob("*.md"))]
    done = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", "--diff", "--check-fail-msg=run `make docs`", *documents],
        cwd=_ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


def test_every_command_is_documented() -> None:
    """Each command that `publish --help` lists has a heading in docs/commands.md."""
    listed = re.findall(r"^  ([a-z]+) ", publish("--help").out.partition("Commands:")[2], re.MULTILINE)
    assert "build" in listed
    text = (_ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert re.findall(r"^## publish (\w+)$", text, re.MULTILINE) == listed

"""A list that grew in git: each link at its first date, whatever became of the file."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from pipeline.errors import BadSource
from pipeline.importing.states import list_in, states
from tests.publications import publish, written


def git(root: Path, *words: str, day: str = "2023-01-01") -> None:
    """Git with these words, as if on a day."""
    env = {**os.environ, "GIT_AUTHOR_DATE": f"{day}T12:00:00", "GIT_COMMITTER_DATE": f"{day}T12:00:00"}
    who = ("-c", "user.name=A", "-c", "user.email=a@a.example", "-c", "init.defaultBranch=main")
    subprocess.run(["git", "-C", str(root), *who, *words], check=True, env=env, capture_output=True)


def commit(root: Path, day: str, files: dict[str, str]) -> None:
    """Writes files and commits them."""
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    git(root, "add", "-A")
    git(root, "commit", "-qm", "x", day=day)


def links(*numbers: int, section: str = "S") -> str:
    """A list of links under a heading."""
    return f"# List\n\nAbout it.\n\n## {section}\n\n" + "".join(f"- [T{n}](https://a.example/{n})\n" for n in numbers)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A list that grows, is renamed on a branch, loses a link, gets it back, and is sorted anew."""
    root = tmp_path / "repo"
    root.mkdir()
    git(root, "init", "-q")
    commit(root, "2023-01-01", {"list.md": links(1, 2, 3, 4)})
    git(root, "checkout", "-qb", "side")
    git(root, "mv", "list.md", "links.md")
    commit(root, "2023-01-05", {"links.md": links(1, 2, 3, 4, 5)})
    git(root, "checkout", "-q", "main")
    commit(root, "2023-01-06", {"other.md": "x"})
    git(root, "merge", "-q", "--no-ff", "-m", "m", "side", day="2023-01-07")
    commit(root, "2023-01-09", {"links.md": links(4, 6, 1, 2, section="New name")})
    commit(root, "2023-01-10", {"links.md": links(1, 2, 3, 4, 5, 6)})
    commit(root, "2023-01-10", {"links.md": links(1, 2, 3, 4, 5, 6, 7)})
    commit(root, "2023-01-10", {"links.md": links(1, 2, 3, 4, 5, 6, 7, 8)})
    return root


def made(root: Path) -> dict[str, list[str]]:
    """The titles of the entries of each issue."""
    files = sorted((root / "issues").glob("*/index.md"))
    return {
        file.parent.name: [line[5:7] for line in file.read_text(encoding="utf-8").splitlines() if line[:4] == "### "]
        for file in files
    }


def test_each_link_is_of_its_first_day(tmp_path: Path, repository: Path) -> None:
    """What a commit added is an issue of its day, through renames and merges; the same day is the same issue."""
    root = written(tmp_path, {})
    ran = publish("-C", str(root), "import", "--from", "git", str(repository / "links.md"))
    assert ran.code == 0, ran.err
    assert made(root) == {
        "2023-01-01": ["T1", "T2", "T3", "T4"],
        "2023-01-07": ["T5"],
        "2023-01-09": ["T6"],
        "2023-01-10": ["T7", "T8"],
    }
    text = (root / "issues/2023-01-01/index.md").read_text(encoding="utf-8")
    assert "About it." in text
    assert "About it." not in (root / "issues/2023-01-09/index.md").read_text(encoding="utf-8")
    assert publish("-C", str(root), "build").code == 0


def test_a_second_import_changes_nothing(tmp_path: Path, repository: Path) -> None:
    """Imported again nothing is made, and after a further commit only what that added."""
    root = written(tmp_path, {})
    publish("-C", str(root), "import", "--from", "git", str(repository / "links.md"))
    ran = publish("-C", str(root), "import", "--from", "git", str(repository))
    assert (ran.code, ran.out) == (0, "0 files made, 0 entries; nothing new in 4 issues\n")
    commit(repository, "2023-02-01", {"links.md": links(1, 2, 3, 4, 5, 6, 7, 8, 9)})
    ran = publish("-C", str(root), "import", "--from", "git", str(repository))
    assert "issues/2023-02-01/index.md made: 1 entry of" in ran.out
    assert "(git)" in ran.out


def test_the_list_of_a_repository_is_what_grew_most(repository: Path) -> None:
    """Where a repository is named, the file with the most commits is its list."""
    assert list_in(repository).name == "links.md"


def test_findings_name_the_commit_and_are_told_once(tmp_path: Path, repository: Path) -> None:
    """What is odd in many states is told for the first of them."""
    broken = links(1, 2, 3, 4, 5, 6) + "- [Gone](nowhere.html)\n"
    commit(repository, "2023-03-01", {"links.md": broken})
    commit(repository, "2023-03-02", {"links.md": broken + "- [T9](https://a.example/9)\n"})
    ran = publish("-C", str(written(tmp_path, {})), "import", "--from", "git", str(repository / "links.md"))
    assert ran.err.count("nowhere.html") == 1, ran.err
    assert "links.md:13:" in ran.err


@pytest.mark.parametrize("name", ["--all.md", ":(glob)*.md", "a\nb.md", "-.md"])
def test_a_file_may_be_called_anything(tmp_path: Path, name: str) -> None:
    """The name of a file is never taken for an option or a pattern."""
    git(tmp_path, "init", "-q")
    commit(tmp_path, "2023-01-01", {name: links(1), "b.md": links(2)})
    assert [state.data for state in states(tmp_path / name, 1000)] == [links(1).encode()]


def test_what_is_too_large_is_not_read(tmp_path: Path) -> None:
    """A state of more bytes than an importer takes is named, and not loaded."""
    git(tmp_path, "init", "-q")
    commit(tmp_path, "2023-01-01", {"a.md": "x" * 2000})
    assert [state.data for state in states(tmp_path / "a.md", 1000)] == [None]


def test_no_program_of_a_repository_is_run(tmp_path: Path) -> None:
    """What a repository's settings and attributes would have git run is not run."""
    git(tmp_path, "init", "-q")
    commit(tmp_path, "2023-01-01", {"a.md": links(1), ".gitattributes": "*.md diff=x filter=x\n"})
    commit(tmp_path, "2023-01-02", {"a.md": links(1, 2)})
    trap = f"touch {tmp_path}/ran; cat"
    for key in ("core.fsmonitor", "core.pager", "diff.x.textconv", "diff.x.command", "diff.external", "gpg.program"):
        git(tmp_path, "config", key, trap)
    git(tmp_path, "config", "log.showSignature", "true")
    (tmp_path / "ran").unlink(missing_ok=True)
    assert len(list(states(tmp_path / "a.md", 1000))) == 2
    assert list_in(tmp_path).name == "a.md"
    assert not (tmp_path / "ran").exists()


def test_where_git_knows_nothing_it_is_told(tmp_path: Path) -> None:
    """A file outside of git, or never committed, is an error with its name."""
    (tmp_path / "a.md").write_text(links(1), encoding="utf-8")
    with pytest.raises(BadSource, match="not a git repository"):
        list(states(tmp_path / "a.md", 1000))
    (tmp_path / "a.md").unlink()
    git(tmp_path, "init", "-q")
    commit(tmp_path, "2023-01-01", {"b.bin": "x"})
    (tmp_path / "c.md").write_text(links(1), encoding="utf-8")
    with pytest.raises(BadSource, match="no commit of this file"):
        list(states(tmp_path / "c.md", 1000))
    with pytest.raises(BadSource, match="no list in this repository"):
        list_in(tmp_path)


def test_a_missing_object_is_not_fetched(tmp_path: Path) -> None:
    """A partial clone is told of, and its remote is not asked for what is missing."""
    source, clone = tmp_path / "source", tmp_path / "clone"
    source.mkdir()
    git(source, "init", "-q")
    commit(source, "2023-01-01", {"a.md": links(1)})
    commit(source, "2023-01-02", {"a.md": links(1, 2)})
    git(source, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{source}", str(clone))
    with pytest.raises(BadSource):
        list(states(clone / "a.md", 1000))

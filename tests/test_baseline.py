"""What was found before and is left out: by the publication's baseline, or because a revision of git had it."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from publications import publish, written

ONE = "### [ONE TITLE IN CAPITALS](https://a.example/1)\n\n"
TWO = "### [Two…](https://a.example/2)\n\n"
THREE = "### [Three](https://a.example/3)\n\n"


def told(root: Path, *words: str) -> list[object]:
    """The rules of what a check, or another command, tells, in the order of the lines."""
    return [found["rule"] for found in publish(*(words or ("check",)), "-C", str(root), "--format", "json").findings]


def put(root: Path, text: str, date: str = "2023-03-04") -> None:
    """Writes the one source of an issue."""
    written(root, {"newsletter.yaml": (root / "newsletter.yaml").read_bytes(), f"issues/{date}/i.md": text})


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """A publication with a title in capitals, and a baseline of that."""
    root = written(tmp_path / "weekly", {"issues/2023-03-04/i.md": f"## S\n\n{ONE}"})
    assert told(root) == ["capitals", "no-note"]
    ran = publish("check", "--write-baseline", "-C", str(root))
    assert (ran.code, ran.out) == (0, "2 findings are left out from now on: check-baseline.txt\n")
    return root


def test_what_a_baseline_has_is_left_out(archive: Path) -> None:
    """Neither check nor build tells of what stood when the baseline was written; what comes after is told."""
    assert told(archive) == []
    assert told(archive, "build") == []
    put(archive, f"## S\n\n{TWO}\n\n{ONE}")
    assert told(archive) == ["cut-title", "no-note"]
    assert told(archive, "build") == ["cut-title"]


def test_lines_and_numbers_are_no_part_of_a_row(archive: Path) -> None:
    """An edit above, another file and an issue that comes between bring nothing back, not even a repeat's distance."""
    put(archive, f"## S\n\n{ONE}", "2023-03-11")
    publish("check", "--write-baseline", "-C", str(archive))
    rows = (archive / "check-baseline.txt").read_text(encoding="utf-8")
    assert "2023-03-11\trepeat\tin issue N (2023-03-04), S, N issue ago" in rows
    put(archive, f"Hello.\n\n## A\n\nText.\n\n## S\n\n{ONE}")
    assert told(archive) == []
    put(archive, f"## S\n\n{THREE}Note.", "2023-03-08")
    assert told(archive) == []
    (archive / "check-baseline.txt").unlink()
    assert "2 issues ago" in publish("check", "-C", str(archive)).err


def test_each_row_stands_for_one_finding(archive: Path) -> None:
    """A second finding like the one in the baseline is told."""
    put(archive, f"## S\n\n{ONE}{ONE.replace('/1', '/2')}")
    assert sorted(map(str, told(archive))) == ["capitals", "no-note"]


def test_rows_that_are_of_nothing_are_told_and_dropped(archive: Path) -> None:
    """A bare check says how many rows are of findings that are gone; the next writing drops them."""
    put(archive, f"## S\n\n{THREE}Note.\n")
    ran = publish("check", "-C", str(archive))
    assert ran.err.startswith("check-baseline.txt: note: findings that are gone: 2; ")
    assert told(archive, "check", "2023-03-04") == []
    publish("check", "--write-baseline", "-C", str(archive))
    assert told(archive) == []
    assert "2023" not in (archive / "check-baseline.txt").read_text(encoding="utf-8")


def test_the_rows_of_one_issue_are_written_anew_alone(archive: Path) -> None:
    """`--write-baseline DATE` leaves the rows of other issues as they are, also where their findings are gone."""
    put(archive, f"## S\n\n{THREE}Note.\n")
    put(archive, f"## S\n\n{TWO}", "2023-03-11")
    publish("check", "--write-baseline", "2023-03-11", "-C", str(archive))
    rows = (archive / "check-baseline.txt").read_text(encoding="utf-8").splitlines()
    assert [row.split("\t")[:2] for row in rows if row[0] != "#"] == [
        ["2023-03-04", "capitals"],
        ["2023-03-04", "no-note"],
        ["2023-03-11", "cut-title"],
        ["2023-03-11", "no-note"],
    ]


def test_errors_of_reading_are_in_no_baseline(archive: Path) -> None:
    """What cannot be read is told and ends with 1, whatever the baseline says; it stays as it was."""
    before = (archive / "check-baseline.txt").read_bytes()
    put(archive, "[T](https://a.example\n")
    assert publish("check", "--write-baseline", "-C", str(archive)).code == 1
    assert (archive / "check-baseline.txt").read_bytes() == before
    assert told(archive) == ["cut-link"]


def test_a_baseline_that_is_none_is_told(archive: Path) -> None:
    """A line that is no row, such as what a merge leaves, is an error with its place, in checks and builds."""
    (archive / "check-baseline.txt").write_text("# rows\n<<<<<<< HEAD\n", encoding="utf-8")
    for command in ("check", "build"):
        ran = publish(command, "-C", str(archive))
        assert ran.code == 1
        assert ran.err.startswith("check-baseline.txt:2:1: error: a row is an issue, a rule and what was found")


def test_a_baseline_is_written_through_no_link(archive: Path, tmp_path: Path) -> None:
    """A link in the place of the baseline is replaced, not followed."""
    (tmp_path / "elsewhere").write_text("# rows\n", encoding="utf-8")
    (archive / "check-baseline.txt").unlink()
    (archive / "check-baseline.txt").symlink_to(tmp_path / "elsewhere")
    assert publish("check", "--write-baseline", "-C", str(archive)).code == 0
    assert (tmp_path / "elsewhere").read_text(encoding="utf-8") == "# rows\n"
    assert not (archive / "check-baseline.txt").is_symlink()


def test_a_repeat_in_the_baseline_refuses_no_more(archive: Path) -> None:
    """An issue whose repeats the baseline has is built when it is named."""
    put(archive, f"## S\n\n{ONE}", "2023-03-11")
    assert publish("build", "2023-03-11", "-C", str(archive)).code == 1
    publish("check", "--write-baseline", "-C", str(archive))
    assert publish("build", "2023-03-11", "-C", str(archive)).code == 0


def git(root: Path, *words: str, given: bytes = b"") -> str:
    """What git prints there, run by somebody."""
    somebody = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "A"), ("EMAIL", "a@a.example"))
    }
    done = subprocess.run(
        ["git", "-C", str(root), "-c", "init.defaultBranch=main", *words],
        input=given, check=True, capture_output=True, env={**os.environ, **somebody, "GIT_CONFIG_GLOBAL": os.devnull},
    )  # fmt: skip
    return done.stdout.decode().strip()


def committed(root: Path) -> None:
    """Everything there as a commit."""
    git(root, "add", "-A")
    git(root, "commit", "-qm", "state")


@pytest.mark.parametrize("inner", ["", "news/weekly"])
def test_since_a_revision_only_what_is_new_is_told(tmp_path: Path, inner: str) -> None:
    """What stood at the revision is left out, wherever in the repository the publication is; repeats of old count."""
    root = written(tmp_path / inner, {"issues/2023-03-04/i.md": f"## S\n\n{ONE}", "issues/2023-03-04/p.png": b"P"})
    git(tmp_path, "init", "-q")
    committed(tmp_path)
    put(root, f"Hello.\n\n## S\n\n{ONE}\n\n![](p.png)")
    put(root, f"## S\n\n{THREE}Note.\n\n{ONE}", "2023-03-11")
    assert told(root, "check", "--since", "HEAD") == ["alt", "capitals", "no-note", "repeat"]
    assert told(root, "check", "--since", "HEAD", "2023-03-04") == ["alt"]
    assert told(root, "check", "--since", "HEAD", "2023-03-11") == ["capitals", "no-note", "repeat"]
    assert publish("check", "--since", "HEAD", "-C", str(root)).code == 1
    committed(tmp_path)
    assert told(root, "check", "--since", "HEAD") == []
    assert publish("check", "--since", "HEAD", "-C", str(root)).code == 0
    assert told(root, "check", "--since", "HEAD~1", "2023-03-04") == ["alt"]


def test_since_a_revision_without_the_publication_all_is_new(tmp_path: Path) -> None:
    """Where the revision had no publication, everything is news."""
    git(tmp_path, "init", "-q")
    (tmp_path / "README").write_text("Soon.", encoding="utf-8")
    committed(tmp_path)
    root = written(tmp_path, {"issues/2023-03-04/i.md": f"## S\n\n{ONE}"})
    assert told(root, "check", "--since", "HEAD") == ["capitals", "no-note"]


def test_a_baseline_and_a_revision_know_no_finding_twice(tmp_path: Path) -> None:
    """A finding that both know hides one finding, not two."""
    root = written(tmp_path, {"issues/2023-03-04/i.md": f"## S\n\n{ONE}Note.\n"})
    publish("check", "--write-baseline", "-C", str(root))
    git(root, "init", "-q")
    committed(root)
    put(root, f"## S\n\n{ONE}Note.\n\n## A\n\n{ONE.replace('.example/1', '.test')}Note.\n")
    assert sorted(map(str, told(root, "check", "--since", "HEAD"))) == ["capitals"]


def test_a_hostile_tree_writes_nothing_elsewhere(tmp_path: Path) -> None:
    """Links in the old tree lead nowhere, and a revision whose sources cannot be read is told."""
    root = written(tmp_path / "weekly", {"issues/2023-03-04/i.md": f"## S\n\n{ONE}"})
    (tmp_path / "elsewhere").mkdir()
    (root / "issues" / "2023-03-11").symlink_to(tmp_path / "elsewhere")
    git(root, "init", "-q")
    committed(root)
    (root / "issues" / "2023-03-11").unlink()
    assert told(root, "check", "--since", "HEAD") == []
    put(root, "[T](https://a.example\n")
    committed(root)
    put(root, f"## S\n\n{ONE}")
    ran = publish("check", "--since", "HEAD", "-C", str(root))
    assert ran.code == 1
    assert ran.err.startswith("error: what stood at HEAD cannot be read: issues/2023-03-04/i.md:1:")


@pytest.mark.parametrize(
    "names", [["../../publish-escaped.md"], ["a.md", "a.md"], ["a", "a/b.md"], ["/publish-escaped.md"]]
)
def test_a_tree_that_git_never_made_writes_nothing_elsewhere(tmp_path: Path, names: list[str]) -> None:
    """Paths that lead out, or that stand twice in the tree, are left out or told."""
    root = written(tmp_path, {"issues/2023-03-04/i.md": f"## S\n\n{ONE}"})
    git(root, "init", "-q")

    def tree(*entries: tuple[str, str]) -> str:
        raw = b"".join(f"{entry}\0".encode() + bytes.fromhex(identifier) for entry, identifier in entries)
        return git(root, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", given=raw)

    blob = git(root, "hash-object", "-w", "--stdin", given=b"title: T\nurl: https://a.example\n")
    issues = tree(*((f"100644 {name}", blob) for name in names))
    top = tree(("40000 issues", issues), ("100644 newsletter.yaml", blob))
    ran = publish("check", "--since", git(root, "commit-tree", top, "-m", "x"), "-C", str(root))
    assert ran.code in (0, 1)
    for folder in (Path(tempfile.gettempdir()), Path("/")):
        assert not (folder / "publish-escaped.md").exists()


@pytest.mark.parametrize("name", ["no-such-branch", "HEAD:issues", "", "HEAD\nHEAD", "é", "@{-1}", ":/none"])
def test_a_revision_that_is_none_is_told(tmp_path: Path, name: str) -> None:
    """A name that git does not know, or knows as something else, is an error in one line, exit 1."""
    root = written(tmp_path, {"issues/2023-03-04/i.md": f"## S\n\n{ONE}"})
    git(root, "init", "-q")
    committed(root)
    ran = publish("check", "--since", name, "-C", str(root))
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "[since]" in ran.err


@pytest.mark.parametrize("name", ["--output=x", "-h"])
def test_an_option_is_no_revision(tmp_path: Path, name: str) -> None:
    """What git would take as an option is a usage error."""
    root = written(tmp_path, {"issues/2023-03-04/i.md": f"## S\n\n{ONE}"})
    assert publish("check", f"--since={name}", "-C", str(root)).code == 2
    assert publish("check", "--since", "HEAD", "--write-baseline", "-C", str(root)).code == 2


def test_without_git_that_is_told(tmp_path: Path) -> None:
    """Outside a repository `--since` is an error in one line."""
    root = written(tmp_path, {"issues/2023-03-04/i.md": f"## S\n\n{ONE}"})
    ran = publish("check", "--since", "HEAD", "-C", str(root))
    assert ran.code == 1
    assert ran.err.startswith("error: --since HEAD: ")


def test_a_row_keeps_its_words(archive: Path) -> None:
    """A number takes its own commas along, and no other sign: rows read as the findings did."""
    put(archive, f"## S\n\n{ONE}{ONE}")
    publish("check", "--write-baseline", "-C", str(archive))
    rows = (archive / "check-baseline.txt").read_text(encoding="utf-8")
    assert "\ttwice in this issue, line N, S, as “ONE TITLE IN CAPITALS”: same address\n" in rows

"""Imports into a publication on disk: what is made, what is left as it is, what is told."""

import os
import subprocess
import time
from pathlib import Path

import pytest

from tests.publications import publish, written

LIST = "- [One](https://a.example/1) by Ann\n- [Two](https://a.example/2)\n"


def tree(root: Path) -> dict[str, bytes]:
    """Every file of the issues, by its path."""
    files = sorted(path for path in (root / "issues").rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def test_an_issue_is_made_in_our_own_form(tmp_path: Path) -> None:
    """A newsletter becomes a dated folder with a file that says the same in the form of the Markdown edition."""
    root = written(tmp_path, {"old/2023-03-04-first.md": f"# First\n\n## News\n\n{LIST}"})
    ran = publish("-C", str(root), "import", str(root / "old"))
    assert ran.code == 0, ran.err
    assert "issues/2023-03-04/index.md made: 2 entries" in ran.out
    assert "(markdown)" in ran.out
    text = (root / "issues/2023-03-04/index.md").read_text(encoding="utf-8")
    assert '### [One](https://a.example/1) <!-- {author: "Ann"} -->' in text
    assert publish("-C", str(root), "build").code == 0


@pytest.mark.parametrize(("mode", "title"), [("review", "⟦不⟧用新的方法"), ("accept", "不用新的方法")])
def test_what_was_decoded_wrongly_is_put_right_on_demand(tmp_path: Path, mode: str, title: str) -> None:
    """`--repair-encoding` restores Chinese and tells where it chose; an address stays, and twice is as once."""
    lost = bytes.fromhex("81 8d 8e 8f 90 9d 9e ad")
    seen = bytes(byte for byte in "不用新的方法".encode() if byte not in lost).decode("cp1254")
    root = written(tmp_path, {"old/2023-03-04.md": f"- [{seen}](https://a.example/ä½¥)\n"})
    ran = publish("-C", str(root), "import", str(root / "old"), "--repair-encoding", mode)
    assert (ran.code, "2023-03-04.md:1:4: warning: " in ran.err, "[encoding]" in ran.err) == (0, True, True)
    text = (root / "issues/2023-03-04/index.md").read_text(encoding="utf-8")
    assert f"### [{title}](https://a.example/ä½¥)" in text
    before = tree(root)
    publish("-C", str(root), "import", str(root / "old"), "--repair-encoding", mode)
    assert tree(root) == before


def test_a_second_import_changes_nothing(tmp_path: Path) -> None:
    """Importing the same again leaves every byte as it is."""
    root = written(tmp_path, {"old/2023-03-04.md": LIST, "old/2023-03-11.md": "- [Three](https://a.example/3)\n"})
    publish("-C", str(root), "import", str(root / "old"))
    before = tree(root)
    ran = publish("-C", str(root), "import", str(root / "old"))
    assert (ran.code, tree(root)) == (0, before)
    assert "0 files made" in ran.out


def test_a_standing_issue_gets_what_it_has_not(tmp_path: Path) -> None:
    """New entries stand at the end of an issue that is there; its own bytes are kept, comments and all."""
    own = "# Mine\n\n## News\n\n### [Uno](https://a.example/1?utm_source=x)\n\nmy note <!-- and my comment -->\n"
    root = written(tmp_path, {"issues/2023-03-04/index.md": own, "old/2023-03-04.md": f"## News\n\n{LIST}"})
    ran = publish("-C", str(root), "import", str(root / "old"))
    assert "issues/2023-03-04/index.md made: 1 entry of" in ran.out
    text = (root / "issues/2023-03-04/index.md").read_text(encoding="utf-8")
    assert text.startswith(own)
    assert text.removeprefix(own) == "\n## News\n\n### [Two](https://a.example/2)\n"


def test_where_an_entry_was_moved_to_is_nothing_new(tmp_path: Path) -> None:
    """An issue whose folder was given another date is recognised by what it holds."""
    root = written(tmp_path, {"old/2023-03-04.md": LIST})
    publish("-C", str(root), "import", str(root / "old"))
    (root / "issues/2023-03-04").rename(root / "issues/2023-03-06")
    before = tree(root)
    publish("-C", str(root), "import", str(root / "old"))
    assert tree(root) == before


def test_a_list_that_grows_gives_each_link_once(tmp_path: Path) -> None:
    """Of several states of one list each link is an entry at the first date that it stood there."""
    states = {
        "old/2023-01-01.md": LIST,
        "old/2023-02-01.md": f"{LIST}- [Three](https://a.example/3)\n",
        "old/2023-03-01.md": "- [Two](https://a.example/2)\n- [Three](https://a.example/3)\n- [4](https://a.example/4)\n",
    }
    root = written(tmp_path, states)
    ran = publish("-C", str(root), "import", str(root / "old"))
    found = {path: content.decode().count("### ") for path, content in tree(root).items()}
    assert list(found.values()) == [2, 1, 1]
    assert "note: a list that grows: 2 of its entries were in earlier issues, 1 are new [grows]" in ran.err
    before = tree(root)
    publish("-C", str(root), "import", str(root / "old/2023-03-01.md"))
    assert tree(root) == before


def test_newsletters_that_repeat_footers_are_no_list_that_grows(tmp_path: Path) -> None:
    """An issue whose news are new keeps what it repeats."""
    footer = "\n## Events\n\n" + "".join(f"- [E{n}](https://e.example/{n})\n" for n in range(6))
    issues = {
        f"old/2023-03-0{n}.md": "## News\n\n"
        + "".join(f"- [N](https://n.example/{n}/{k})\n" for k in range(3))
        + footer
        for n in (1, 2)
    }
    root = written(tmp_path, issues)
    publish("-C", str(root), "import", str(root / "old"))
    assert [content.decode().count("### ") for content in tree(root).values()] == [9, 9]


@pytest.mark.parametrize(
    ("name", "text", "day"),
    [
        ("a.md", "---\ndate: 2023/3/4\n---\n" + LIST, "2023-03-04"),
        ("a.md", "Title: T\nDate: 2023-03-04\n\n" + LIST, "2023-03-04"),
        ("a.md", '+++\ndate = "2023-03-04T10:00:00Z"\n+++\n' + LIST, "2023-03-04"),
        ("a.md", "# News of March 4th, 2023\n\n" + LIST, "2023-03-04"),
        ("a.md", "# 2023年3月4日第二期\n\n" + LIST, "2023-03-04"),
        ("2023.3.4-a.md", LIST, "2023-03-04"),
        ("20230304.md", LIST, "2023-03-04"),
        ("2023-03-04/index.md", LIST, "2023-03-04"),
        ("2023-03-04.md", "# News of 4 March 2022\n\n" + LIST, "2023-03-04"),
        ("2023-01-01.md", "# News of 4 March 2023\n\n" + LIST, "2023-03-04"),
    ],
)
def test_a_date_is_told_by_header_heading_or_name(tmp_path: Path, name: str, text: str, day: str) -> None:
    """The day is that of the header, else of the heading, else of the name; a year that alone differs is the name's."""
    root = written(tmp_path, {f"old/{name}": text})
    publish("-C", str(root), "import", str(root / "old"))
    assert list(tree(root)) == [f"issues/{day}/index.md"]


def test_dates_come_from_a_table(tmp_path: Path) -> None:
    """`--dates` names the day of a file, whatever else says."""
    root = written(tmp_path, {"old/a.md": LIST, "days.tsv": "a.md\t2023-03-04\n"})
    publish("-C", str(root), "import", str(root / "old"), "--dates", str(root / "days.tsv"))
    assert list(tree(root)) == ["issues/2023-03-04/index.md"]


def test_a_table_of_dates_is_told_where_it_is_wrong(tmp_path: Path) -> None:
    """A line that is no name and date is an error with its place, and nothing is made."""
    root = written(tmp_path, {"old/a.md": LIST, "days.tsv": "a.md\t2023-03-04\nb.md 2023-03-11\n"})
    ran = publish("-C", str(root), "import", str(root / "old"), "--dates", str(root / "days.tsv"))
    assert ran.code == 1
    assert "days.tsv:2:1: error: write the name of a file, a tab, and its date" in ran.err
    assert not (root / "issues").exists()


def test_a_date_comes_from_git(tmp_path: Path) -> None:
    """A file without a date has that of the commit which brought it."""
    root = written(tmp_path, {"old/a.md": LIST})
    env = {**os.environ, "GIT_AUTHOR_DATE": "2023-03-04T12:00:00", "GIT_COMMITTER_DATE": "2023-03-05T12:00:00"}
    who = ("-c", "user.name=A", "-c", "user.email=a@a.example")
    for words in (("init", "-q"), ("add", "old"), (*who, "commit", "-qm", "First")):
        subprocess.run(["git", "-C", str(root), *words], check=True, env=env)
    publish("-C", str(root), "import", str(root / "old"))
    assert list(tree(root)) == ["issues/2023-03-04/index.md"]


def test_a_file_without_a_date_comes_a_week_later(tmp_path: Path) -> None:
    """Where nothing tells a day it is a week after the file before, with a warning, and the import succeeds."""
    root = written(tmp_path, {"old/issue-2-2023-03-04.md": LIST, "old/issue-10.md": "- [Three](https://a.example/3)\n"})
    ran = publish("-C", str(root), "import", str(root / "old"))
    assert ran.code == 0
    assert list(tree(root)) == ["issues/2023-03-04/index.md", "issues/2023-03-11/index.md"]
    assert "old/issue-10.md: warning: no date in its header" in ran.err


def test_everything_can_go_into_one_issue(tmp_path: Path) -> None:
    """`--issue` puts all sources into the issue of that date."""
    root = written(tmp_path, {"old/a.md": f"## News\n\n{LIST}", "old/b.md": "## News\n\n- [3](https://a.example/3)\n"})
    publish("-C", str(root), "import", str(root / "old"), "--issue", "2023-03-04")
    [(path, content)] = tree(root).items()
    assert path == "issues/2023-03-04/index.md"
    assert content.decode().count("## News") == 1
    assert content.decode().count("### ") == 3


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    """With `--dry-run` what would be made is told, and not even a lock is left."""
    root = written(tmp_path, {"old/2023-03-04.md": LIST})
    ran = publish("-C", str(root), "import", str(root / "old"), "--dry-run")
    assert "issues/2023-03-04/index.md would be made: 2 entries" in ran.out
    assert sorted(path.name for path in root.iterdir()) == ["newsletter.yaml", "old"]


def test_findings_are_objects_with_format_json(tmp_path: Path) -> None:
    """With `--format json` stdout holds findings alone, one object a line."""
    root = written(tmp_path, {"old/2023-03-04.md": f"{LIST}- [Gone](nowhere.html)\n"})
    ran = publish("-C", str(root), "import", str(root / "old"), "--format", "json")
    [found] = ran.findings
    assert (found["line"], found["rule"], found["severity"]) == (3, "missing-file", "warning")


def test_a_picture_of_the_folder_comes_along(tmp_path: Path) -> None:
    """What an issue shows or links to of its own folder is copied beside it."""
    root = written(tmp_path, {"old/2023-03-04.md": f"{LIST}\n![A cat](cat.png)\n", "old/cat.png": b"\x89PNG\r\n"})
    ran = publish("-C", str(root), "import", str(root / "old/2023-03-04.md"))
    assert ran.code == 0, ran.err
    assert (root / "issues/2023-03-04/cat.png").read_bytes() == b"\x89PNG\r\n"


def test_a_huge_file_is_refused_at_once(tmp_path: Path) -> None:
    """A file of 100 MB is refused in less than a second, with its name."""
    root = written(tmp_path, {})
    with (root / "huge.md").open("wb") as file:
        file.truncate(100_000_000)
    begin = time.perf_counter()
    ran = publish("-C", str(root), "import", str(root / "huge.md"))
    assert time.perf_counter() - begin < 1
    assert ran.code == 1
    assert "huge.md: error: 100,000,000 bytes" in ran.err


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A named file that is no text is an error; one that lies in a folder is left out with a warning."""
    root = written(tmp_path, {"old/2023-03-04.md": LIST, "old/b.bin": b"\0\1", "old/c.md": b"caf\xe9\n"})
    ran = publish("-C", str(root), "import", str(root / "old/b.bin"))
    assert ran.code == 1
    assert "old/b.bin: error: of no known kind" in ran.err
    ran = publish("-C", str(root), "import", str(root / "old"))
    assert "old/b.bin: warning: left out: of no known kind" in ran.err
    assert "old/c.md:1:1: error: byte 0xe9 is not UTF-8" in ran.err
    assert list(tree(root)) == ["issues/2023-03-04/index.md"]


def test_our_own_edition_comes_back_as_it_was(tmp_path: Path) -> None:
    """A publication made of the Markdown edition of another one has the same edition, byte for byte."""
    issue = (
        "---\nsubject: S\npreheader: P\n---\n# Issue 7\n\nIntro, [link](https://i.example/)\n\n## A\n\nprose\n\n"
        "### [T](https://t.example/x), [PDF](b.pdf) <!-- {tags: [a, b], repeat: ok} -->\n\n* note\n\n"
        "#### [Sub](https://s.example/)\n\n![alt](a.png)\n\n### Bare\n\n> quote\n"
    )
    files = {"index.md": issue, "a.png": b"\x89PNG", "b.pdf": b"%PDF"}
    first = written(tmp_path / "first", {f"issues/2023-03-04/{name}": text for name, text in files.items()})
    assert publish("-C", str(first), "build").code == 0
    second = written(tmp_path / "second", {})
    ran = publish("-C", str(second), "import", str(first / "out/2023-03-04/issue.md"))
    assert "(edition)" in ran.out
    assert ran.err == ""
    assert publish("-C", str(second), "build").code == 0
    for name in ("issue.md", "index.html", "a.png", "b.pdf"):
        assert (second / "out/2023-03-04" / name).read_bytes() == (first / "out/2023-03-04" / name).read_bytes(), name

"""What changed between two snapshots of a list."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from publications import publish, written

from pipeline.diff import Diff, diff
from pipeline.model import Issue
from pipeline.read.issue import Folder, read_issue

DAY = datetime.date(2023, 3, 4)


def issue(text: str) -> Issue:
    """What this Markdown says."""
    found = read_issue(Folder(path="i", name=str(DAY), date=DAY, sources={"i.md": text.encode()})).issue
    assert found is not None
    return found


def between(before: str, after: str) -> Diff:
    """The difference of two Markdown texts."""
    return diff(issue(before), issue(after))


def kinds(found: Diff) -> list[tuple[str, str]]:
    """Each change by title and kind."""
    return [(change.spot.entry.title, change.kind) for change in found.changed]


def test_nothing_changed() -> None:
    """A list differs in nothing from itself, nor from itself with other spacing."""
    text = "## S\n\n[A](https://arxiv.org/abs/2210.03052): one\n\n[B](https://b.example)\n"
    assert between(text, text) == between(text, text.replace("\n\n", "\n\n\n"))
    assert between(text, text).added == ()
    assert kinds(between(text, text)) == []


def test_entries_come_and_go() -> None:
    """An entry with a new address and a new title is added, one without a successor is removed."""
    found = between("## S\n\n[A](https://a.example)\n", "## S\n\n[B](https://b.example)\n")
    assert [spot.entry.title for spot in found.added] == ["B"]
    assert [spot.entry.title for spot in found.removed] == ["A"]


def test_an_entry_is_found_again_by_what_stayed() -> None:
    """A corrected address keeps the title, a corrected title the address; grouped entries too."""
    found = between(
        "## S\n\n[A](https://a.example): x\n\n[B](https://b.example)\n* [C](https://c.example): d\n",
        "## S\n\n[A](https://a2.example): x\n\n[B!](https://b.example)\n* [C](https://c2.example): d\n",
    )
    assert (found.added, found.removed) == ((), ())
    assert kinds(found) == [("A", "url_changed"), ("B!", "title_changed"), ("C", "url_changed")]


def test_a_link_that_went_is_no_change_of_the_words() -> None:
    """A further link that came or went is told once, as that; other words are a change of the note."""
    before = "## S\n\n[A](https://a.example)\n* [x](https://x.example), [y](https://y.example)\n"
    assert kinds(between(before, before.replace("[x](https://x.example), ", ""))) == [("A", "secondary_link_removed")]
    assert kinds(between(before, before.replace(", [y]", " and [y]"))) == [("A", "note_changed")]


def test_a_section_that_holds_the_old_entries_is_renamed() -> None:
    """A vanished section whose entries stand in one new section has a new name, and they have not moved."""
    entries = "".join(f"[T{n}](https://t{n}.example)\n\n" for n in range(5))
    found = between(f"## Old\n\n{entries}", f"## New\n\n[N](https://n.example)\n\n{entries}")
    assert found.renamed_sections == (("Old", "New"),)
    assert found.moved == ()
    assert [spot.entry.title for spot in found.added] == ["N"]


def test_an_entry_in_another_section_has_moved() -> None:
    """An entry that stands in another section that was there before is moved."""
    found = between("## A\n\n[X](https://x.example)\n\n## B\n", "## A\n\n## B\n\n[X](https://x.example)\n")
    assert [(move.before.section, move.after.section) for move in found.moved] == [("A", "B")]


def test_the_command_takes_dates_and_files(tmp_path: Path) -> None:
    """A date is compared with another, with a file, or alone with the issue before it; the exit code is 0."""
    root = written(
        tmp_path,
        {
            "issues/2023-03-04/i.md": "## S\n\n[A](https://a.example)\n",
            "issues/2023-03-11/i.md": "## S\n\n[A](https://a.example)\n\n[B](https://b.example)\n",
            "list.txt": "## S\n\n[C](https://c.example)\n",
        },
    )
    alone = publish("diff", "-C", str(root), "2023-03-11")
    assert (alone.code, alone.out) == (0, "1 added, 0 removed, 0 changed, 0 moved\n+ S: B\n")
    found = json.loads(publish("diff", "-C", str(root), "2023-03-04", str(root / "list.txt"), "--format", "json").out)
    assert [spot["title"] for spot in found["added"]] == ["C"]
    assert [spot["title"] for spot in found["removed"]] == ["A"]
    assert sorted(found) == ["added", "changed", "moved", "removed", "renamed_sections"]
    assert publish("diff", "-C", str(root), "2020-01-01").code == 1


@pytest.mark.parametrize(
    "name", ["2023-03-04", "issues/2023-03-04", "./issues/2023-03-04/", "2023-03-11", "2023-03-11-b"]
)
def test_an_issue_is_named_as_shells_complete_it(name: str, tmp_path: Path) -> None:
    """A date, a folder's name and its path name an issue, as in the other commands."""
    source = "## S\n\n[A](https://a.example)\n"
    root = written(tmp_path, {"issues/2023-03-04/i.md": source, "issues/2023-03-11-b/i.md": source})
    ran = publish("diff", "-C", str(root), "2023-03-04", name)
    assert (ran.code, ran.out) == (0, "0 added, 0 removed, 0 changed, 0 moved\n")


@pytest.mark.parametrize("name", ["..", "/", ".", "", "issues", "x" * 300, "\x1b[31m", "2023-03"])
def test_a_name_of_nothing_is_told(name: str, tmp_path: Path) -> None:
    """What is neither an issue nor a file is an error of one line, whatever it says."""
    root = written(tmp_path, {"issues/2023-03-04/i.md": "## S\n\n[A](https://a.example)\n"})
    for names in ((name, "2023-03-04"), ("2023-03-04", name), (name,)):
        ran = publish("diff", "-C", str(root), *names)
        assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)
        assert "no issue before it" not in ran.err
        assert "\x1b" not in ran.err


@pytest.mark.parametrize("name", ["list.txt", "list.md", "list.yaml"])
def test_a_file_that_cannot_be_read_is_told_by_its_own_name(name: str, tmp_path: Path) -> None:
    """What is wrong in a file is told with the path as it was given, whatever the file is read as."""
    root = written(tmp_path, {name: b"- title: caf\xe9\n"})
    ran = publish("diff", "-C", str(root), str(root / name), str(root / name))
    told = f"{root / name}:1:13: error: byte 0xe9 is not UTF-8: save the file as UTF-8 [encoding]\n"
    assert (ran.code, ran.err) == (1, told)


def test_json_turns_no_terminal(tmp_path: Path) -> None:
    """What could turn a terminal's reading order stands in JSON as an escape, and reads back as it was."""
    root = written(tmp_path, {"a.md": "[A](https://a.example)", "b.md": "[A\u202eB\u2028](https://a.example)"})
    ran = publish("diff", str(root / "a.md"), str(root / "b.md"), "--format", "json")
    assert "\u202e" not in ran.out
    assert "A\u202eB" in json.loads(ran.out)["changed"][0]["title"]

"""The inbox: listed with what readers have had, sorted, carried over into a new issue; comments stay with entries."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from publications import own_files, publish, written

from pipeline.history.archive import title_after
from pipeline.model import Entry, Issue
from pipeline.project import Project
from pipeline.read.issue import read_issue

SETTINGS = "title: Weekly\nurl: https://weekly.example\nsections: [Tools, Papers]\n"
OLD = "# Weekly #1: Beginnings\n\n## Tools\n\n### [A tool](https://tool.example/a)\n"
INBOX = """\
# What I found.

# ask Bob --> soon
- title: A paper
  url: https://paper.example/p
  section: Papers
  note: |
    # not a comment, but code:

        x
  added: 2023-03-05

- title: A tool again
  url: http://www.tool.example/a/
  section: Tools

# loose

- {title: Elsewhere, url: https://else.example/x, section: Zoo, tags: [a]}

-
  # within
  title: Nowhere
  added: 2023-03-04  # not a date of mine
"""
NEW = "issues/2023-03-11"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A publication with one issue and an inbox."""
    inbox = INBOX.replace("    # not a comment, but code:\n\n        x\n", "    Read it:\n\n        # code\n")
    return written(tmp_path, {"newsletter.yaml": SETTINGS, "issues/2023-03-04/index.md": OLD, "inbox.yaml": inbox})


def entries(root: Path, name: str) -> list[tuple[str, Entry]]:
    """The entries of an issue with their sections."""
    issue = read_issue(Project(root=root).folder(name)).issue
    assert issue is not None
    return [(section.title, entry) for section in issue.sections for entry in section.entries]


def test_the_inbox_is_listed_with_what_readers_have_had(root: Path) -> None:
    """Entries stand under their sections, in the publication's order, each with its line and what is like it."""
    ran = publish("inbox", "-C", str(root))
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0] == "4 entries wait, 1 to be looked at beside an earlier one"
    assert [line for line in lines if line and line[0] != " "][1:] == ["Tools", "Papers", "Zoo"]
    assert any("same: in issue 1 (2023-03-04) as “A tool”, same address" in line for line in lines)
    told = json.loads(publish("inbox", "--format", "json", "-C", str(root)).out)
    assert [one["title"] for one in told] == ["Nowhere", "A tool again", "A paper", "Elsewhere"]
    assert told[1] == {
        "line": 13,
        "section": "Tools",
        "title": "A tool again",
        "url": "http://www.tool.example/a/",
        "added": None,
        "verdict": "same",
        "why": "same address",
        "earlier": "2023-03-04#a-tool",
    }


def test_sorting_moves_comments_with_their_entries(root: Path) -> None:
    """Sorted by section or date, each entry has the lines that it had, comments above it too; the file's own stay."""
    before = (root / "inbox.yaml").read_text(encoding="utf-8")
    assert publish("inbox", "--sort", "-C", str(root)).code == 0
    after = (root / "inbox.yaml").read_text(encoding="utf-8")
    assert sorted(after.splitlines()) == sorted(before.splitlines())
    assert after.startswith("# What I found.\n\n-\n  # within\n  title: Nowhere")
    assert "\n\n# ask Bob --> soon\n- title: A paper" in after
    assert "section: Tools\n\n# loose\n\n" in after
    publish("inbox", "--sort", "date", "-C", str(root))
    titles = [one for one in (root / "inbox.yaml").read_text(encoding="utf-8").split() if one in ("Nowhere", "paper")]
    assert titles == ["Nowhere", "paper"]


def test_a_new_issue_takes_the_inbox_over(root: Path) -> None:
    """The issue has its number in the publication's own way, all its sections, and what waits, with its comments."""
    ran = publish("new", "2023-03-11", "-C", str(root))
    assert ran.code == 0, ran.err
    text = (root / NEW / "index.md").read_text(encoding="utf-8")
    assert text.startswith("# Weekly #2\n")
    assert [line for line in text.splitlines() if line.startswith("## ")] == ["## Tools", "## Papers", "## Zoo"]
    found = entries(root, "2023-03-11")
    assert [(section, entry.title) for section, entry in found] == [
        ("", "Nowhere"),
        ("Papers", "A paper"),
        ("Zoo", "Elsewhere"),
    ]
    assert found[1][1].note == "Read it:\n\n```\n# code\n```"
    assert found[2][1].tags == ("a",)
    assert "<!-- # ask Bob -- > soon -->\n### [A paper]" in text
    assert publish("build", "2023-03-11", "-C", str(root)).code == 0


def test_what_readers_have_had_stays_in_the_inbox(root: Path) -> None:
    """A repeat is told and left, with all that is not of an entry that went; answered by the editor, it comes along."""
    ran = publish("new", "2023-03-11", "-C", str(root))
    assert "“A tool again”: in issue 1 (2023-03-04) as “A tool”, same address" in ran.out
    left = (root / "inbox.yaml").read_text(encoding="utf-8")
    assert left.startswith(
        "# What I found.\n\n- title: A tool again\n  url: http://www.tool.example/a/\n  section: Tools\n"
    )
    assert "# loose\n" in left
    assert left.count("title:") == 1
    (root / "inbox.yaml").write_text(left.replace("  section: Tools\n", "  section: Tools\n  repeat: update\n"))
    assert publish("new", "2023-03-18", "-C", str(root)).code == 0
    assert [entry.title for _, entry in entries(root, "2023-03-18")] == ["A tool again"]
    assert "title:" not in (root / "inbox.yaml").read_text(encoding="utf-8")


def test_killed_between_issue_and_inbox_nothing_is_lost_or_doubled(root: Path) -> None:
    """With the issue written and the inbox not, the same call ends the work, and another issue takes nothing twice."""
    waiting = (root / "inbox.yaml").read_bytes()
    publish("new", "2023-03-11", "-C", str(root))
    left, made = (root / "inbox.yaml").read_bytes(), (root / NEW / "index.md").read_bytes()
    (root / "inbox.yaml").write_bytes(waiting)
    ran = publish("new", "2023-03-18", "-C", str(root))
    assert [entry.title for _, entry in entries(root, "2023-03-18")] == ["Nowhere"] * ("“Nowhere”" not in ran.out)
    (root / "inbox.yaml").write_bytes(waiting)
    ran = publish("new", "2023-03-11", "-C", str(root))
    assert ran.code == 0
    assert "issues/2023-03-11 was there: 3 entries that it has taken out of the inbox" in ran.out
    assert (root / "inbox.yaml").read_bytes() == left
    assert (root / NEW / "index.md").read_bytes() == made


def test_an_issue_that_is_there_stays_as_it_is(root: Path) -> None:
    """`new` for a day that has an issue ends with exit 1, with a list as well, and changes nothing."""
    (root / "list.md").write_text("## S\n\n### [N](https://n.example)\n", encoding="utf-8")
    files = own_files(root)
    for more in ([], ["--from", str(root / "list.md")]):
        ran = publish("new", "2023-03-04", *more, "-C", str(root))
        assert ran.code == 1
        assert "[exists]" in ran.err
    assert own_files(root) == files


def test_a_first_issue_needs_nothing(tmp_path: Path) -> None:
    """Without issues and inbox, `new` makes a first issue in the publication's language, with its sections."""
    written(tmp_path, {"newsletter.yaml": "title: 周刊\nurl: https://w.example\nlanguage: zh-CN\nsections: [数据]\n"})
    assert publish("new", "2023-03-04-extra", "-C", str(tmp_path)).code == 0
    text = (tmp_path / "issues/2023-03-04-extra/index.md").read_text(encoding="utf-8")
    assert text == "# 第 1 期\n\n## 数据\n"
    assert not (tmp_path / "inbox.yaml").exists()


@pytest.mark.parametrize(
    ("titles", "title"),
    [
        (["Hello"], ""),
        (["Weekly #9: A", "Weekly #10: B"], "Weekly #11"),
        (["#07 news", "#08 news"], "#09 news"),
        (["第九期：甲", "第十期：乙"], "第十一期"),
        (["第 19 期"], "第 20 期"),
        (["2022年3月4日第二期"], "第三期"),
        (["阅读 第二十期", "Special"], ""),
    ],
)
def test_a_title_goes_on_as_those_before_it(titles: list[str], title: str) -> None:
    """The number goes on in its own script and width; an issue's own subject, and a date, are left out."""
    day = datetime.date(2023, 3, 4)
    issues = [Issue(date=day, name=f"2023-03-0{at}", title=text, number=0) for at, text in enumerate(titles)]
    numbers = {"#07 news": 9, "Weekly #9: A": 11, "第九期：甲": 11, "第 19 期": 20, "2022年3月4日第二期": 3}
    assert title_after(issues, numbers.get(titles[0], 2)) == title


GROWN = """\
# A list

All that I read.

## Tools

[A tool, renamed](https://tool.example/a): had
* by everyone

[Whisper](https://whisper.example/w): had
* [port](https://port.example/p): had
* [fork](https://fork.example/f): new

[Moved](https://moved.example/new): had at another address

## Pictures

Prose of the section.

### [Seen](https://pic.example/s), [file](pic.png)
"""
LISTED = """\
# A list

All that I read.

## Tools

[A tool](https://tool.example/a): had

[Whisper](https://whisper.example/w): had
* [port](https://port.example/p): had

[Moved](https://moved.example/old): had
"""


def test_a_list_that_grew_gives_an_issue_of_what_is_new(tmp_path: Path) -> None:
    """Sections, groups, prose and files come along; what issues had is left out, and told where it has changed."""
    written(
        tmp_path,
        {
            "newsletter.yaml": SETTINGS,
            "issues/2023-03-04/index.md": LISTED,
            "own/grown.txt": GROWN,
            "own/pic.png": "png",
        },
    )
    ran = publish("new", "2023-03-11", "--from", str(tmp_path / "own/grown.txt"), "-C", str(tmp_path))
    assert ran.code == 0, ran.err
    assert "3 entries left out, as readers have had them: 3 in issue 1 (2023-03-04)" in ran.out
    assert "“A tool, renamed”: in issue 1 (2023-03-04) as “A tool”, same address" in ran.out
    assert "https://moved.example/old there, https://moved.example/new now" in ran.out
    found = entries(tmp_path, "2023-03-11")
    assert [(section, entry.title) for section, entry in found] == [("Tools", "Whisper"), ("Pictures", "Seen")]
    assert [entry.title for entry in found[0][1].entries] == ["fork"]
    text = (tmp_path / NEW / "index.md").read_text(encoding="utf-8")
    assert "All that I read." not in text
    assert "Prose of the section." in text
    assert (tmp_path / NEW / "pic.png").read_bytes() == b"png"
    assert publish("build", "2023-03-11", "-C", str(tmp_path)).code == 0
    again = publish("new", "2023-03-18", "--from", str(tmp_path / "own/grown.txt"), "-C", str(tmp_path))
    assert again.code == 1
    assert "earlier issues have all of its entries [nothing-new]" in again.err
    assert not (tmp_path / "issues/2023-03-18").exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "list.txt: error: it has no entries [nothing-new]"),
        (b"caf\xe9", "list.txt:1:4: error: byte 0xe9 is not UTF-8: save the file as UTF-8 [encoding]"),
        (b"a" * 2_000_000, "list.txt: error: the file has more than 1,048,576 bytes: make it smaller, or split it"),
    ],
)
def test_a_list_of_nothing_makes_no_issue(content: bytes, told: str, tmp_path: Path) -> None:
    """A list without entries, or that is none, is told by its own name, and no issue is made."""
    written(tmp_path, {"list.txt": content})
    ran = publish("new", "2023-03-11", "--from", str(tmp_path / "list.txt"), "-C", str(tmp_path))
    assert (ran.code, f"{tmp_path}/{told}" in ran.err) == (1, True)
    endless = publish("new", "2023-03-11", "--from", "/dev/zero", "-C", str(tmp_path))
    assert endless.err.startswith("/dev/zero: error: the file has more than")
    assert not (tmp_path / "issues").exists()


@pytest.mark.parametrize("name", ["none.md", "own"])
def test_a_list_that_cannot_be_read_is_told(name: str, root: Path) -> None:
    """A list that is not there, or is a folder, ends with exit 1 and its path."""
    (root / "own").mkdir()
    ran = publish("new", "2023-03-11", "--from", str(root / name), "-C", str(root))
    assert ran.code == 1
    assert ran.err.startswith(str(root / name))
    assert not (root / NEW).exists()

"""`publish seen`: whether an address or a title was published, and where."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from publications import Ran, publish, written

from pipeline.cli import main
from pipeline.history.memory import Memory
from pipeline.history.seen import seen

FIRST = """\
# Weekly

## Papers

### [Robots Tending Seedlings Through Winter](https://arxiv.org/abs/1706.03762v1)
* with [its code](https://github.com/o/attention)

### [A tool for sorting robots by colour](https://github.com/o/robots)
"""
SECOND = "## Tools\n\n### [How robots are installed](https://github.com/o/robots/blob/main/docs/install.md)\n* a note\n"
FOLDERS = {"issues/2023-03-04/index.md": FIRST, "issues/2023-03-11/index.md": SECOND}


def asked(root: Path, *words: str) -> list[dict[str, object]]:
    """What `publish seen` answers as JSON."""
    ran = publish("seen", "-C", str(root), "--format", "json", *words)
    assert ran.code == 0
    return ran.findings


def test_an_answer_says_where_when_and_why(tmp_path: Path) -> None:
    """Another spelling of an address that was published is known, with all that an editor asks of it."""
    root = written(tmp_path, FOLDERS)
    ran = publish("seen", "-C", str(root), "arxiv.org/pdf/1706.03762", "https://new.example/x")
    assert ran.out == (
        "same: arxiv.org/pdf/1706.03762\n"
        "  in issue 1 (2023-03-04), Papers, 2 issues ago, as “Robots Tending Seedlings Through Winter”\n"
        "  why: same arXiv paper, other version\n"
        "  https://arxiv.org/abs/1706.03762v1\n"
        "  issues/2023-03-04/index.md:5:5\n"
        "new: https://new.example/x\n"
    )
    assert (ran.code, ran.err) == (0, "")


@pytest.mark.parametrize("question", ["arXiv:1706.03762v3", "arxiv: 1706.03762", "doi:10.48550/arXiv.1706.03762"])
def test_a_paper_is_known_as_it_is_cited(question: str, tmp_path: Path) -> None:
    """What stands for a paper in a list of references is looked for as the paper's address."""
    assert asked(written(tmp_path, FOLDERS), question)[0]["verdict"] == "same"


def test_an_answer_as_json_is_one_object_a_line(tmp_path: Path) -> None:
    """With --format json each question has an object of its own, in the order of the questions."""
    root = written(tmp_path, FOLDERS)
    assert asked(root, "robots tending seedlings through winter!", "Nothing like it") == [
        {
            "question": "robots tending seedlings through winter!",
            "verdict": "likely",
            "why": "the same title",
            "issue": "2023-03-04",
            "date": "2023-03-04",
            "number": 1,
            "distance": 2,
            "times": 1,
            "section": "Papers",
            "title": "Robots Tending Seedlings Through Winter",
            "url": "https://arxiv.org/abs/1706.03762v1",
            "permalink": "https://weekly.example/2023-03-04/#robots-tending-seedlings-through-winter",
            "path": "issues/2023-03-04/index.md",
            "line": 5,
        },
        {"question": "Nothing like it", "verdict": "new"},
    ]


@pytest.mark.parametrize(
    ("question", "verdict", "issue"),
    [
        ("https://github.com/o/robots/issues/7", "related", "2023-03-11"),
        ("https://github.com/o/robots", "same", "2023-03-04"),
        ("github.com/o/attention", "mentioned", "2023-03-04"),
        ("https://raw.githubusercontent.com/o/robots/main/docs/install.md", "same", "2023-03-11"),
        ("  A Tool for Sorting Robots by Colour ", "likely", "2023-03-04"),
        ("weekly.example", "new", None),
        ("Node.js", "new", None),
        ("", None, None),
        ("https://[", "new", None),
        ("\ud800", "new", None),
    ],
)
def test_each_question_has_its_verdict(tmp_path: Path, question: str, verdict: str | None, issue: str | None) -> None:
    """An address is looked for as one, in passing and by its parts too; all else is a title; blanks are no question."""
    found = asked(written(tmp_path, FOLDERS), question)
    assert [(one["verdict"], one.get("issue")) for one in found] == ([(verdict, issue)] if verdict else [])


def test_a_name_with_a_dot_may_be_a_title(tmp_path: Path) -> None:
    """`Node.js in depth` has blanks, `sorting.js` has none: either is found as the title that it is."""
    root = written(tmp_path, {"issues/2023-03-04/i.md": "[sortingrobots.js](https://x.example/1)\n"})
    (answer,) = asked(root, "sortingrobots.js")
    assert answer["issue"] == "2023-03-04"


@pytest.mark.parametrize("question", ["ruff", "Ruff 0.2", "bun", "zig"])
def test_a_name_finds_what_bears_it_before_a_version(question: str, tmp_path: Path) -> None:
    """People type the name of a tool, or its newest version: they are told of any version that was there."""
    titles = ["ruff 0.1", "Bun 1.0", "Zig 0.11 (2023)"]
    entries = "".join(f"### [{title}](https://x.example/{place})\n\n" for place, title in enumerate(titles))
    (answer,) = asked(written(tmp_path, {"issues/2023-03-04/i.md": entries}), question)
    assert answer["verdict"] == "related"
    assert str(answer["title"]).lower().startswith(question[:4].strip().lower())


def test_many_questions_come_from_standard_input(tmp_path: Path) -> None:
    """`-` stands for the lines of standard input; blank ones are none, and a byte that is no text ends nothing."""
    root = written(tmp_path, FOLDERS)
    lines = b"https://arxiv.org/abs/1706.03762\r\n\n\xff\xfe broken\nA tool for sorting robots by colour\n"
    ran = CliRunner().invoke(main, ["seen", "-C", str(root), "--format", "json", "-"], input=lines)
    assert ran.exit_code == 0
    assert [json.loads(line)["verdict"] for line in ran.stdout.splitlines()] == ["same", "new", "likely"]


def test_all_places_are_counted_and_the_last_is_shown(tmp_path: Path) -> None:
    """An entry that was there several times is told with its last place and how many more there are."""
    root = written(tmp_path, {f"issues/2023-03-0{day}/i.md": "[S](https://x.example/s)\n" for day in (1, 2)})
    (answer,) = asked(root, "https://x.example/s/")
    assert (answer["issue"], answer["times"]) == ("2023-03-02", 2)
    ran = publish("seen", "-C", str(root), "https://x.example/s")
    assert "1 issue ago, as “S” (and 1 more)" in ran.out


def test_a_broken_issue_hides_no_other(tmp_path: Path) -> None:
    """What cannot be read is told on stderr, and the rest is looked through."""
    root = written(tmp_path, {**FOLDERS, "issues/2023-03-11/index.md": "[broken](https://x.example\n"})
    ran: Ran = publish("seen", "-C", str(root), "--format", "json", "https://arxiv.org/abs/1706.03762")
    assert ran.code == 0
    assert [one["verdict"] for one in ran.findings] == ["same"]
    assert ran.err.startswith("issues/2023-03-11/index.md:1:")


def test_what_moves_a_terminal_is_shown_as_an_escape(tmp_path: Path) -> None:
    """Neither a question nor a title turns text round or moves the cursor."""
    root = written(tmp_path, {"issues/2023-03-04/i.md": "[\u202esorting of robots](https://x.example/1)\n"})
    ran = publish("seen", "-C", str(root), "https://x.example/1", "\x1b[2Jx")
    assert "\\u202esorting" in ran.out
    assert "\\u001b[2Jx" in ran.out
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out


def test_without_a_publication_the_command_says_so(tmp_path: Path) -> None:
    """Where there is no newsletter.yaml, exit 1 and what to do; without a question, exit 2."""
    ran = publish("seen", "-C", str(tmp_path), "x")
    assert (ran.code, "publish init" in ran.err) == (1, True)
    assert publish("seen", "-C", str(tmp_path)).code == 2


def test_an_empty_history_has_seen_nothing() -> None:
    """Before the first issue everything is new."""
    assert seen("https://x.example/1", Memory([])).verdict.kind == "new"
    assert seen("A title of some length", Memory([])).verdict.kind == "new"

"""`publish fix`: tracking parameters go out of the author's files, and nothing else."""

from __future__ import annotations

import datetime
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from publications import publish, written

from pipeline.edit.fix import fix
from pipeline.errors import Unwritable
from pipeline.identity.tracking import untracked
from pipeline.markup import links
from pipeline.model import Issue
from pipeline.read.issue import Folder, read_issue
from pipeline.write.sources import rewrite


def folder(name: str, data: bytes) -> Folder:
    """A dated folder with this one source."""
    return Folder(path="issues/2023-03-04", name="2023-03-04", date=datetime.date(2023, 3, 4), sources={name: data})


def mended(text: str, name: str = "i.md") -> str:
    """The text after the fix; as it was where there is nothing to do."""
    found = fix(folder(name, text.encode()), name)
    assert not found or not found.problem
    return found.after.decode() if found else text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("### [T](https://a.example/x?utm_source=hn)\n", "### [T](https://a.example/x)\n"),
        ("[T](https://a.example/x?a=1&utm_source=hn#p): note\n", "[T](https://a.example/x?a=1#p): note\n"),
        ("[T](https://a.example/x?utm_source=hn&amp;a=1)\n", "[T](https://a.example/x?a=1)\n"),
        ("[T](https://a.example/x?a=1&amp;b&amp;fbclid=1)\n", "[T](https://a.example/x?a=1&amp;b)\n"),
        ('[T](<https://a.example/x?fbclid=1> "title")\n', '[T](<https://a.example/x> "title")\n'),
        ("[T](https://a.example), [P](https://a.example/p?fbclid=1)\n", "[T](https://a.example), [P](https://a.example/p)\n"),
        ("[T](https://a.example)、[P](https://b.example?fbclid=1)\n", "[T](https://a.example)、[P](https://b.example)\n"),
        ("# N\n\nSee https://a.example/?fbclid=1.\n", "# N\n\nSee https://a.example/.\n"),
        ("# N\n\nSee <https://a.example/?fbclid=1>.\n", "# N\n\nSee <https://a.example/>.\n"),
        ("# N\n\nSee https://a.example/?fbclid=1，然后\n", "# N\n\nSee https://a.example/，然后\n"),
        ("# N\n\n[a][r] and [b][r]\n\n[r]: https://a.example/?fbclid=1\n", "# N\n\n[a][r] and [b][r]\n\n[r]: https://a.example/\n"),
        ("### [T](https://w.example/A_(b)?fbclid=1)\n", "### [T](https://w.example/A_(b))\n"),
        ("# N\n\n![p](https://a.example/p.png?fbclid=1)\n", "# N\n\n![p](https://a.example/p.png)\n"),
        ("\ufeff### [T](https://a.example/?fbclid=1)\r\nNote.\r\n", "\ufeff### [T](https://a.example/)\r\nNote.\r\n"),
        ("---\nintro: See https://a.example/?fbclid=1\n---\n## S\n", "---\nintro: See https://a.example/\n---\n## S\n"),
    ],
)  # fmt: skip
def test_tracking_goes_out_of_every_form_of_an_address(before: str, after: str) -> None:
    """Inline, in angle brackets, bare, by reference, with references for `&`: the parameters go, the form stays."""
    assert mended(before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- title: T\n  url: https://a.example/?fbclid=1 # mine\n", "- title: T\n  url: https://a.example/ # mine\n"),
        ("- {title: T, url: 'https://a.example/?fbclid=1'}\n", "- {title: T, url: 'https://a.example/'}\n"),
        ('- title: T\n  links: [{title: P, url: "https://a.example/?fbclid=1"}]\n',) * 1
        + ('- title: T\n  links: [{title: P, url: "https://a.example/"}]\n',),
        ("- title: T\n  note: |\n    [x](https://a.example/?fbclid=1)\n", "- title: T\n  note: |\n    [x](https://a.example/)\n"),
        ("- title: T\n  via: https://a.example/?fbclid=1\n", "- title: T\n  via: https://a.example/\n"),
    ],
)  # fmt: skip
def test_tracking_goes_out_of_yaml(before: str, after: str) -> None:
    """An entry's address, its further links, its note and its credit are mended where they stand in YAML."""
    assert mended(before, "entries.yaml") == after


@pytest.mark.parametrize(
    "text",
    [
        "# N\n\n`https://a.example/?fbclid=1`\n",
        "# N\n\n```\nhttps://a.example/?fbclid=1\n```\n",
        "# N\n\n<!-- https://a.example/?fbclid=1 -->\n\n## S\n",
        "# N\n\n[r]: https://a.example/?fbclid=1\n",
        "# N\n\n[https://a.example/?fbclid=1](https://a.example/)\n",
        "### [T](https://web.archive.org/web/2020/https://a.example/?fbclid=1)\n",
        "### [T](https://a.example/?to=https://b.example/?fbclid=1)\n",
        "### [T](https://a.example/?fbclid=1) <!-- sponsored: true -->\n",
        "### [T](https://a.example/?id=1)\n",
    ],
)
def test_what_is_no_address_for_readers_stays(text: str) -> None:
    """Code, comments, the words of a link, addresses within addresses and those of a sponsor are left alone."""
    assert mended(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "### [T](https://a.example/?utm_source=(x))\n",
        "### [T](https://a.example/?utm_source=a.)\n",
        "### [T](https://a.example/?fbclid=1)\n### [U](https://a.example\n",
    ],
)
def test_a_file_that_cannot_be_mended_is_left_and_told(text: str) -> None:
    """Where the file would not read back as the same issue, or cannot be read, it stays, and the fix says why."""
    found = fix(folder("i.md", text.encode()), "i.md")
    assert found
    assert found.problem
    assert found.after == found.before


PIECES = st.sampled_from(
    [
        *("[T](https://a.example/x?utm_source=hn)", "https://a.example/?a=1&fbclid=1", "<https://b.example/?fbclid=1&b>"),
        *("[U](https://a.example/?fbclid=1&amp;c=d#e)", "![p](https://c.example/p.png?utm_source=hn)", "[r]", "[r]: "),
        *("https://web.archive.org/web/1/https://a.example/?fbclid=1", "https://é.example/?fbclid=1", "?fbclid=1"),
        *("\n", "\n\n", "\r\n", " ", "`", "```\n", "<!--", "-->", "* ", "### ", "## ", "> ", "**", "_"),
        *(".", ",", ")", "(", "]", "["),
        *("title: ", "- ", "|\n", "    ", "\ufeff", "\\", "&", "&amp;", "#", "é", "中", "。", "|", "~~~", '"', "'"),
    ]
)  # fmt: skip


@given(text=st.lists(PIECES, max_size=24).map("".join), name=st.sampled_from(["i.md", "i.yaml"]))
@settings(max_examples=400, deadline=None)
@example(text="### [T](https://a.example/x?utm_source=hn)\n\n`https://a.example/?a=1&fbclid=1`", name="i.md")
def test_every_byte_outside_the_addresses_stays(text: str, name: str) -> None:
    """Only tracking parameters and their separators are missing after a fix, and a second fix has nothing to do."""
    data = text.encode()
    found = fix(folder(name, data), name)
    if not found or found.problem:
        return
    assert found.changes
    kept, at = [], 0
    starts = [0, *(end.end() for end in re.finditer(r"\r\n|\r|\n", text))]
    for change in found.changes:
        start = starts[change.line - 1] + change.column - 1 + (change.line == 1 and text.startswith("\ufeff"))
        kept += [text[at:start], change.after]
        at = start + len(change.before)
        assert text[start:at] == change.before
    assert found.after.decode() == "".join([*kept, text[at:]])
    before, after = read_issue(folder(name, data)).issue, read_issue(folder(name, found.after)).issue
    assert before
    assert after
    assert [untracked(url)[0] for url in addresses(before)] == [untracked(url)[0] for url in addresses(after)]
    old, new = ([untracked(entry.title)[0] for entry in issue.walk()] for issue in (before, after))
    assert old == new
    again = fix(folder(name, found.after), name)
    assert not again or not again.changes


def addresses(issue: Issue) -> list[str]:
    """The addresses of an issue's entries and of their notes."""
    entries = list(issue.walk())
    return [
        *(entry.url or "" for entry in entries),
        *(link.url for entry in entries for link in links(entry.note)),
        *(link.url for link in links(issue.intro)),
    ]


TEXT = "## S\n\n### [T](https://a.example/?utm_source=hn)\r\nNote.\n\n`https://a.example/?fbclid=1`\n"
SHOWN = """\
issues/2023-03-04/i.md:3
- ### [T](https://a.example/?utm_source=hn)
+ ### [T](https://a.example/)
1 address in 1 file; in the feeds, 1 entry will be new, as their ids come from their addresses
"""


def test_the_difference_is_shown_and_nothing_written_in_a_pipe(tmp_path: Path) -> None:
    """Without a terminal and without --yes the files stay, and the exit code is 1."""
    root = written(tmp_path, {"issues/2023-03-04/i.md": TEXT})
    ran = publish("fix", "-C", str(root))
    assert (ran.code, ran.out) == (1, f"{SHOWN}nothing was written: --yes writes\n")
    assert (root / "issues/2023-03-04/i.md").read_bytes() == TEXT.encode()


def test_with_yes_the_files_are_written(tmp_path: Path) -> None:
    """--yes writes, keeping the mode and links; a second run has nothing to do, and check tells no tracking."""
    root = written(tmp_path, {"issues/2023-03-04/i.md": TEXT, "issues/2023-03-11/j.md": TEXT})
    path = root / "issues/2023-03-04/i.md"
    path.chmod(0o640)
    (root / "issues/2023-03-04/k.md").symlink_to("../2023-03-11/j.md")
    ran = publish("fix", "2023-03-04", "--yes", "-C", str(root))
    assert ran.code == 0
    assert ran.out.endswith("2 files written\n")
    after = TEXT.replace("?utm_source=hn", "").encode()
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (after, 0o640)
    assert (root / "issues/2023-03-04/k.md").is_symlink()
    assert (root / "issues/2023-03-11/j.md").read_bytes() == after
    assert sorted(os.listdir(path.parent)) == ["i.md", "k.md"]
    assert publish("fix", "-C", str(root)).out == "nothing to take out\n"
    assert "tracking" not in publish("check", "-C", str(root)).err


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 1)])
def test_on_a_terminal_you_are_asked(tmp_path: Path, answer: str, code: int) -> None:
    """The difference is shown, and the files are written when the answer is yes."""
    root = written(tmp_path, {"issues/2023-03-04/i.md": TEXT})
    ours, theirs = pty.openpty()
    words = [sys.executable, "-c", "from pipeline.cli import main; main()", "fix", "-C", str(root)]
    with subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs) as running:
        os.write(ours, f"{answer}\n".encode())
        assert running.wait(timeout=60) == code
    os.close(theirs)
    shown = os.read(ours, 65_536).decode()
    os.close(ours)
    assert "https://a.example/?utm_source=hn" in shown
    assert ("?utm" in (root / "issues/2023-03-04/i.md").read_text(encoding="utf-8")) == (answer == "n")


def test_changes_as_json(tmp_path: Path) -> None:
    """--format json gives one object an address, and findings as everywhere."""
    files = {"issues/2023-03-04/i.md": TEXT, "issues/2023-03-11/i.md": "### [T](https://a.example/?utm_source=(x))\n"}
    found = publish("fix", "-C", str(written(tmp_path, files)), "--format", "json").findings
    assert [one.get("rule") for one in found] == ["fix", None]
    assert found[1] == {
        "path": "issues/2023-03-04/i.md",
        "line": 3,
        "column": 9,
        "before": "https://a.example/?utm_source=hn",
        "after": "https://a.example/",
    }


def test_a_missing_issue_is_told(tmp_path: Path) -> None:
    """A date that no folder has is an error, as in a build."""
    ran = publish("fix", "2023-03-05", "-C", str(written(tmp_path, {"issues/2023-03-04/i.md": TEXT})))
    assert ran.code == 1
    assert "[missing-issue]" in ran.err


def test_a_file_that_changed_meanwhile_is_not_written(tmp_path: Path) -> None:
    """What somebody saved between the reading and the writing is not lost."""
    (tmp_path / "i.md").write_bytes(b"new")
    with pytest.raises(Unwritable, match="changed it meanwhile"):
        rewrite(tmp_path, "i.md", b"old", b"after")
    assert (tmp_path / "i.md").read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["i.md"]

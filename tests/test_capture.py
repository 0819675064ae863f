"""Capture: whatever is put into the inbox or an issue reads back as given, and leaves all else as it was."""

from __future__ import annotations

import datetime
import itertools
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from publications import own_files, publish, written

from pipeline.capture.adding import Find, as_entry
from pipeline.edit.entering import entered, values
from pipeline.edit.inbox import appended, put_in_order, without
from pipeline.errors import BadSource
from pipeline.model import Entry
from pipeline.read.inbox import ADDED, read_inbox
from pipeline.read.issue import Folder, read_issue
from pipeline.read.links import prover
from pipeline.read.source import CONTROL, Report

AT = "issues/2023-03-04"
TODAY = datetime.date.today().isoformat()
ISSUE = """\
# One

## Tools

### [A tool](https://tool.example/a)
Its note.

## Papers

[B](https://b.example/p): words
"""

WORDS = st.sampled_from(
    [
        *("word", "词", "a: b", " #c", "- ", "* ", "### ", "1. ", "> ", "| ", "&amp;", "&#10;", "%", "@", "`", "```"),
        *("-->", "<!--", "<!-- note -->", "<b>", "[x](y)", "[x]", "]", "(", ")", "\\", '"', "'", "{", "}", ",", "?"),
        *("\n", "\n\n", "---", "...", "===", "\n    ", "\t", "null", "yes", "~", "!tag", "*em*", "_u_", "：", "。"),
        *("https://c.example/?a=1&b=2", "\u200b", "\u2028", "\x85", "\ufeff", "\u202e", "🎉", "é", "\xa0", "\u3000"),
    ]
)
TEXTS = st.lists(WORDS | st.text(max_size=3), max_size=6).map("".join)
TITLES = TEXTS.map(lambda text: " ".join(CONTROL.sub("", text).split()))  # control characters are refused before


FILES = {
    "headings": ISSUE.replace("[B]", "### [B]").replace("/p): words", "/p)\n* words"),
    "paragraphs": "# One\n\n[A](https://a.example/q): word\n[C](https://c.example)\n",
    "items": "# One\n\n## Papers\n\n* [A](https://a.example/q): word\n* [C](https://c.example)\n\n## End\n",
    "mixed": ISSUE,
    "without sections": "# One\n\nHello.\n",
    "empty": "",
    "no line at the end": ISSUE.rstrip(),
    "marked and with carriage returns": "\ufeff" + ISSUE.replace("\n", "\r\n"),
    "underlined": "One\n===\n\nPapers\n------\n\nLast\n----\n\n[B](https://b.example/p)\n",
    "comments": f"{ISSUE}\n<!-- for later:\n[c](https://c.example) -->\n\n<!-- next -->\n## Last\n\n<!-- note -->\n",
    "front matter": f"---\nnumber: 7\n---\n{ISSUE}",
}
LISTS = {
    "a list": "- title: A\n  url: https://a.example/q\n  section: Papers\n  note: |+\n    word\n\n",
    "an indented list": "# mine\n\n  - title: A\n\n  - title: B # b\n",
    "a list with carriage returns": "\ufeff- title: A\r\n  note: 'b\r\n\r\n    c'",
    "a document": "---\n- title: A\n",
    "an entry": "title: A\nurl: https://a.example/q\n",
}


@st.composite
def finds(draw: st.DrawFn) -> Entry:
    """An entry that somebody may put in: as it is read where it is all there is."""
    texts = {name: CONTROL.sub("", draw(TEXTS)) for name in ("title", "author", "note")}
    find = Find(url=f"https://a.example/{CONTROL.sub('', draw(TEXTS))}", today=datetime.date.min, **texts)
    report = Report()
    try:
        return as_entry(find, prover((), report, used=set()), report)
    except BadSource:  # a note with a heading, a title of nothing
        assume(False)
        raise


def folder(name: str, text: str) -> Folder:
    """The folder of an issue with this one file."""
    day = datetime.date(2023, 3, 4)
    return Folder(path=AT, name=str(day), date=day, sources={name: text.encode()})


def is_within(part: bytes, whole: bytes) -> bool:
    """Whether one run of bytes put in somewhere makes the whole of the part."""
    start = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(part, whole, strict=False)))
    return whole.endswith(part[start:]) and len(whole) >= len(part)


@pytest.mark.parametrize("name", FILES)
@given(entry=finds(), section=st.sampled_from([None, "Papers", "New", "Tools # x"]))
@settings(max_examples=25)
def test_what_is_put_into_markdown_reads_back(name: str, entry: Entry, section: str | None) -> None:
    """An entry put into any Markdown file stands in it as it was given; every byte that was there is there."""
    before = folder("index.md", FILES[name])
    issue = read_issue(before).issue
    assert issue is not None
    try:
        found = entered(before, entry, section)
    except BadSource:
        assert entry.note  # a note may mean another thing below other text; then nothing is written
        return
    assert found.entry == entry
    assert section in (None, found.section)
    assert is_within(before.sources["index.md"], found.content)
    after = read_issue(folder("index.md", found.content.decode())).issue
    assert after is not None
    assert len(list(after.walk())) == len(list(issue.walk())) + 1
    assert (b"\r" in found.content) == (found.content.count(b"\r\n") == found.content.count(b"\n") > 0)


@pytest.mark.parametrize("name", LISTS)
@given(entry=finds(), section=st.sampled_from([None, "Papers"]) | TITLES)
@settings(max_examples=25)
def test_what_is_put_into_yaml_reads_back(name: str, entry: Entry, section: str | None) -> None:
    """An entry put into a list, or beside files of one entry each, stands there as it was given."""
    before = folder("a.yaml", LISTS[name])
    section = None if section is None else CONTROL.sub("", section)
    found = entered(before, entry, section)
    assert found.entry == entry
    assert section in (None, found.section)
    assert found.name != "a.yaml" or found.content.startswith(before.sources["a.yaml"])
    assert (found.name == "a.yaml") == (name != "an entry")


@given(some=st.lists(finds(), min_size=1, max_size=4), data=st.data())
@settings(max_examples=200)
def test_the_inbox_gives_back_what_is_put_in(some: list[Entry], data: st.DataObject) -> None:
    """Entries put into the inbox stand in it as they were given, sorted too, and the others without some."""
    content = b"# mine\n\n"
    for entry in some:
        content = appended(content, 1, {**values(entry, "S"), ADDED: "2023-03-04"})
    inbox = read_inbox("inbox.yaml", content, Report())
    assert inbox is not None
    assert [one.entry for one in inbox.waiting] == some
    order = put_in_order(content, inbox, lambda one: one.entry.title)
    sorted_inbox = read_inbox("inbox.yaml", order, Report())
    assert sorted_inbox is not None
    assert [one.entry for one in sorted_inbox.waiting] == sorted(some, key=lambda one: one.title)
    gone = data.draw(st.sets(st.integers(0, len(some) - 1)))
    left = read_inbox("inbox.yaml", without(content, inbox, gone), Report())
    assert left is not None
    assert [one.entry for one in left.waiting] == [one for at, one in enumerate(some) if at not in gone]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A publication with one issue."""
    settings_text = "title: Weekly\nurl: https://weekly.example\nsections: [Tools, Papers]\n"
    return written(tmp_path, {"newsletter.yaml": settings_text, f"{AT}/index.md": ISSUE})


def test_a_link_comes_into_the_inbox_without_its_tracking(root: Path) -> None:
    """`add` takes out what tracks readers and says so, and that there is no title yet; only the inbox is new."""
    ran = publish("add", "https://new.example/a-b/?utm_source=x&id=1", "-C", str(root))
    assert (ran.code, ran.err) == (0, "")
    assert "inbox.yaml:3: “new.example/a-b/?id=1”" in ran.out
    assert "utm_source" in ran.out
    text = (root / "inbox.yaml").read_text(encoding="utf-8")
    assert text.endswith(f"- title: new.example/a-b/?id=1\n  url: https://new.example/a-b/?id=1\n  added: {TODAY}\n")
    assert sorted(path.name for path in root.iterdir()) == [".publish", "inbox.yaml", "issues", "newsletter.yaml"]


def test_tracking_goes_from_an_address_without_a_scheme(root: Path) -> None:
    """An address as people say it loses its tracking parameters, too."""
    assert publish("add", "new.example/a?utm_source=x", "-C", str(root)).code == 0
    assert "url: https://new.example/a\n" in (root / "inbox.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("where", [[], ["--issue", "2023-03-11"]], ids=["inbox", "issue"])
def test_a_repeat_is_told_and_put_in(where: list[str], root: Path) -> None:
    """What an issue had, written another way, is told with its place and reason, and is put in all the same."""
    written(root, {"newsletter.yaml": (root / "newsletter.yaml").read_bytes(), "issues/2023-03-11/index.md": "# Two\n"})
    ran = publish("add", "http://www.tool.example/a/index.html", *where, "-C", str(root))
    assert ran.code == 0
    assert "warning: in issue 1 (2023-03-04), Tools" in ran.err
    assert "same address [repeat]" in ran.err
    file = root / ("issues/2023-03-11/index.md" if where else "inbox.yaml")
    assert "http://www.tool.example/a/index.html" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize("where", [[], ["--issue", "2023-03-04"]], ids=["inbox", "issue"])
def test_what_is_there_already_is_not_put_in_again(where: list[str], root: Path) -> None:
    """A second time, the same link is told to be there and changes nothing."""
    first = publish("add", "https://new.example/a", "-t", "New", *where, "-C", str(root))
    files = own_files(root)
    second = publish("add", "https://new.example/a/?fbclid=1", *where, "-C", str(root))
    assert (first.code, second.code, second.out) == (0, 0, "")
    assert "already, as “New”: not added again [repeat]" in second.err
    assert own_files(root) == files


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["not an address"], "“not an address” is no web address"),
        (["javascript:alert(1)"], "is no address that readers can follow"),
        (["#top"], "an entry needs an address"),
        (["https://a.example", "-n", "# big"], "a note cannot hold a heading"),
        (["https://a.example", "-t", "a\x1b[31m"], "U+001B is no character of a title"),
        (["https://a.example", "-t", "a\udce9"], "U+DCE9 is no character of a title"),
        (["https://a.example", "-s", "a\udce9", "--issue", "2023-03-04"], "U+DCE9 is no character of a section"),
        (["https://a.example", "--issue", "2023-04-01"], "publish new 2023-04-01 makes it"),
    ],
)
def test_what_cannot_be_put_in_is_told(words: list[str], told: str, root: Path) -> None:
    """A find that no file may hold ends with exit 1 and what is wrong, and nothing is written."""
    ran = publish("add", *words, "-C", str(root))
    assert ran.code == 1
    assert told in ran.err
    assert not (root / "inbox.yaml").exists()


def test_a_section_is_known_in_any_case_and_told_where_it_is_nearly_known(root: Path) -> None:
    """`-s tools` is the section Tools; `-s Toolz` is a new one, with a question."""
    assert publish("add", "https://a.example/1", "-s", "tools", "-C", str(root)).err == ""
    ran = publish("add", "https://a.example/2", "-s", "Toolz", "-C", str(root))
    assert "did you mean “Tools”? [new-section]" in ran.err
    text = (root / "inbox.yaml").read_text(encoding="utf-8")
    assert "section: Tools\n" in text
    assert "section: Toolz\n" in text


def test_a_file_keeps_its_mode_and_its_link(root: Path) -> None:
    """A file that is written anew has the mode that it had; a symbolic link within the publication stays one."""
    real = root / "own.yaml"
    real.write_text("# mine\n", encoding="utf-8")
    real.chmod(0o640)
    (root / "inbox.yaml").symlink_to("own.yaml")
    assert publish("add", "https://a.example/1", "-C", str(root)).code == 0
    assert (root / "inbox.yaml").is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert real.read_text(encoding="utf-8").startswith("# mine\n- title: a.example/1\n")


@pytest.mark.parametrize("aim", ["", ".hidden", "var/key"])
def test_an_inbox_elsewhere_is_refused(aim: str, root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """An inbox that is a link out of the publication, or to what it hides, is neither read nor written."""
    outside = root / aim if aim else tmp_path_factory.mktemp("outside") / "inbox.yaml"
    outside.parent.mkdir(exist_ok=True)
    outside.write_text("- title: A\n", encoding="utf-8")
    (root / "inbox.yaml").symlink_to(outside)
    ran = publish("add", "https://a.example/1", "-C", str(root))
    assert ran.code == 1
    assert "[outside]" in ran.err
    assert outside.read_text(encoding="utf-8") == "- title: A\n"


@pytest.mark.parametrize(
    "text", ["title: A\n", "[{title: A}]\n", "- title: A\n  titel: B\n", "- added: soon\n  title: A\n"]
)
def test_an_inbox_that_is_none_is_told(text: str, root: Path) -> None:
    """An inbox with a mistake is told with its line, and left as it is."""
    (root / "inbox.yaml").write_text(text, encoding="utf-8")
    ran = publish("add", "https://a.example/1", "-C", str(root))
    assert ran.code == 1
    assert ran.err.startswith("inbox.yaml:1:") or ran.err.startswith("inbox.yaml:2:")
    assert (root / "inbox.yaml").read_text(encoding="utf-8") == text


def test_an_issue_that_cannot_be_read_is_no_reason_to_lose_a_find(root: Path) -> None:
    """With an issue broken, a link still comes into the inbox, and it is told what was not looked into."""
    (root / AT / "index.md").write_text("[broken](https://", encoding="utf-8")
    ran = publish("add", "https://a.example/1", "-C", str(root))
    assert ran.code == 0
    assert f"{AT}: warning: it cannot be read" in ran.err
    assert publish("add", "https://a.example/2", "--issue", "2023-03-04", "-C", str(root)).code == 1


def test_many_at_once_lose_nothing(root: Path) -> None:
    """Several processes that put links in at the same time put all of them in."""
    script = "import sys; from pipeline.cli import main; main(sys.argv[1:])"
    ran = [
        subprocess.Popen([sys.executable, "-c", script, "-C", str(root), "add", f"https://a{number}.example/x"])
        for number in range(6)
    ]
    assert [process.wait() for process in ran] == [0] * 6
    inbox = read_inbox("inbox.yaml", (root / "inbox.yaml").read_bytes(), Report())
    assert inbox is not None
    assert {one.entry.url for one in inbox.waiting} == {f"https://a{number}.example/x" for number in range(6)}

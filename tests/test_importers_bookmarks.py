"""Bookmarks in Netscape's format: folders, tags, days, descriptions, and what must not be shown."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings

from pipeline.importers import recognised
from pipeline.importers.bookmarks import BOOKMARKS
from pipeline.importers.source import UNDATED, Imported, SourceFile
from tests.damage import damaged, read_by
from tests.publications import publish, written

HEAD = '<!DOCTYPE NETSCAPE-Bookmark-file-1>\n<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">\n'
FIREFOX = f"""{HEAD}<TITLE>Bookmarks</TITLE>
<H1>Bookmarks Menu</H1>

<DL><p>
    <DT><A HREF="https://a.example/1" ADD_DATE="1677888000" ICON="data:image/png;base64,AAAA">First &amp; best</A>
    <DT><H3 ADD_DATE="1677888000" PERSONAL_TOOLBAR_FOLDER="true">Bookmarks Toolbar</H3>
    <DD>Add bookmarks to this folder to see them
    <DL><p>
        <DT><H3>Dev</H3>
        <DL><p>
            <DT><H3>Python</H3>
            <DL><p>
                <DT><A HREF="https://a.example/2" ADD_DATE="1677974400000" TAGS="py, web">Two</A>
                <DD>A note, see https://n.example/x
            </DL><p>
            <DT><A HREF="https://a.example/3" ADD_DATE="1678579200">Three</A>
        </DL><p>
        <HR>
        <DT><A HREF="javascript:alert('x > y')" ADD_DATE="1678579200">Bookmarklet</A>
    </DL><p>
</DL>
"""
PINBOARD = f"""{HEAD}<TITLE>Pinboard Bookmarks</TITLE>
<H1>Bookmarks</H1>
<DL><p><DT><A HREF="https://p.example/1" ADD_DATE="1677888000" PRIVATE="0" TOREAD="1" TAGS="a,b">One</A>
<DD>Words *as written* &lt;b&gt;
<DT><A HREF="https://p.example/2" ADD_DATE="1677888001" PRIVATE="1" TOREAD="0" TAGS="">Secret</A>

<DT><A HREF="https://p.example/1?utm_source=x" ADD_DATE="1577888001" PRIVATE="0" TAGS="c">One, before</A>
</DL></p>
"""


def read(text: str | bytes, name: str = "bookmarks.html") -> Imported:
    """What the importer makes of a file that it recognises."""
    file = SourceFile(path=name, data=text.encode() if isinstance(text, str) else text)
    assert recognised(file) is BOOKMARKS
    return BOOKMARKS.read(file)


def test_a_week_of_bookmarks_is_an_issue() -> None:
    """Bookmarks become an issue a week, dated by its Sunday, oldest first; ADD_DATE may count milliseconds."""
    issues = read(FIREFOX).issues
    assert [str(issue.date) for issue in issues] == ["2023-03-05", "2023-03-12"]
    assert [entry.title for entry in issues[0].entries] == ["First & best", "Two"]


def test_folders_are_sections() -> None:
    """A folder is a section, one within another with the names of both; what a browser makes itself is none."""
    first, second = read(FIREFOX).issues
    assert [section.title for section in first.sections] == ["", "Dev / Python"]
    assert [section.title for section in second.sections] == ["", "Dev"]


def test_tags_and_description_come_along() -> None:
    """TAGS are tags, a description is the note; that of a folder is not its last bookmark's."""
    first, two = read(FIREFOX).issues[0].entries
    assert two.tags == ("py", "web")
    assert two.note == "A note, see <https://n.example/x>"
    assert first.note == ""
    assert two.location.line == 15


def test_a_script_is_kept_as_text_and_told() -> None:
    """A bookmark that leads nowhere for readers is an entry without a link, its address as code, with a warning."""
    found = read(FIREFOX)
    [entry] = [entry for issue in found.issues for entry in issue.entries if entry.url is None]
    assert (entry.title, entry.note) == ("Bookmarklet", "`javascript:alert('x > y')`")
    assert [str(finding)[:40] for finding in found.findings] == ["bookmarks.html:21:1: warning: kept as te"]


def test_what_is_private_stays_private() -> None:
    """Private bookmarks are left out with a warning; what is still to be read is told of."""
    found = read(PINBOARD)
    assert "Secret" not in str(found.issues)
    assert [(finding.rule, finding.location.line) for finding in found.findings] == [
        ("private", 7),
        ("unread", None),
        ("twice", 9),
    ]


def test_a_bookmark_is_taken_once() -> None:
    """Of two bookmarks of one thing the older stands, with the note and the tags of both."""
    [issue] = read(PINBOARD).issues
    [entry] = issue.entries
    assert str(issue.date) == "2020-01-05"
    assert (entry.title, entry.tags) == ("One, before", ("c", "a", "b"))
    assert entry.note == "One\n\nWords \\*as written\\* \\<b\\>"


def test_bookmarks_without_a_date_have_none() -> None:
    """What bears no date is one issue, whose date is still to be found."""
    [issue] = read(f'{HEAD}<DL><p><DT><A HREF="https://a.example/">A</A></DL>').issues
    assert issue.date == UNDATED


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        ("", "utf-8-sig"),
        ("", "utf-16"),
        ("", "utf-16-le"),
        ('<meta charset="gb2312">', "gbk"),
        ("<META CONTENT='text/html; charset=big5'>", "big5"),
        ("", "utf-8"),
    ],
)
def test_a_declared_encoding_is_read(head: str, codec: str) -> None:
    """A byte order mark, a declared charset and the zeros of UTF-16 tell how a file is to be read."""
    text = f'<!DOCTYPE NETSCAPE-Bookmark-file-1>{head}<DL><p><DT><A HREF="https://a.example/">中文標題</A></DL>'
    [issue] = read(text.encode(codec, "replace")).issues
    assert issue.entries[0].title == text.encode(codec, "replace").decode(codec)[-13:-9]


def test_bytes_of_no_declared_encoding_are_told() -> None:
    """A file that is not UTF-8 and says nothing is read as windows-1252, as browsers do, with a warning."""
    found = read(HEAD.encode().replace(b"charset=UTF-8", b"") + b'<DL><DT><A HREF="https://a.example/">caf\xe9</A>')
    assert found.issues[0].entries[0].title == "café"
    assert [finding.rule for finding in found.findings] == ["encoding"]


def test_a_bomb_is_refused_at_once() -> None:
    """Nesting without end is an error with its line, and an attribute of 1 MB is read, both in no time."""
    begin = time.process_time()
    found = read(HEAD + "<DL><p>" * 100_000 + '<A HREF="https://a.example/">A</A>')
    assert found.issues == ()
    assert "Excessive depth" in str(found.findings[0])
    long = read(HEAD + f'<DL><DT><A HREF="https://a.example/{"x" * 1_000_000}">A</A>')
    assert len(long.issues[0].entries[0].url or "") > 1_000_000
    assert time.process_time() - begin < 1


def test_thousands_of_bookmarks_of_one_day_are_several_files(tmp_path: Path) -> None:
    """What is too much for one file is several; a build reads them as one issue, and a second import adds nothing."""
    lines = "".join(f'<DT><A HREF="https://a.example/{n}" ADD_DATE="1677888000">T{n}</A>\n' for n in range(2_500))
    root = written(tmp_path, {"b.html": f"{HEAD}<DL><p>{lines}</DL>"})
    ran = publish("-C", str(root), "import", str(root / "b.html"))
    assert "2,500 entries" in ran.out
    assert sorted(path.name for path in (root / "issues/2023-03-05").iterdir()) == [
        "index.md",
        "part-002.md",
        "part-003.md",
    ]
    ran = publish("-C", str(root), "import", str(root / "b.html"))
    assert (ran.code, ran.out) == (0, "0 files made, 0 entries; nothing new in 1 issue\n")


def test_a_second_import_changes_nothing(tmp_path: Path) -> None:
    """Bookmarks that were imported are known again, wherever they were put; new ones join their week."""
    root = written(tmp_path, {"b.html": FIREFOX, "p.html": PINBOARD})
    publish("-C", str(root), "import", str(root / "b.html"), str(root / "p.html"))
    ran = publish("-C", str(root), "import", str(root / "b.html"), str(root / "p.html"))
    assert "0 files made" in ran.out
    assert publish("-C", str(root), "build").code == 0


@given(damaged(FIREFOX.encode()))
@settings(max_examples=300, deadline=None)
def test_no_accident_raises(data: bytes) -> None:
    """Whatever befell a file, it gives sound entries or says why not."""
    read_by(BOOKMARKS, "b.html", data)

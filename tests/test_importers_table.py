"""Tables of links: columns by what they are called, quotation, delimiters, issues that the table names."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings

from pipeline.importers import recognised
from pipeline.importers.source import Imported, SourceFile
from pipeline.importers.table import TABLE
from pipeline.model import Entry
from tests.damage import damaged, read_by
from tests.publications import publish, written

RAINDROP = (
    "id,title,note,excerpt,url,folder,tags,created,cover,highlights,favorite\r\n"
    '1,"A, quoted ""title""","my\r\nnote",their words,https://a.example/1,Dev,"py, web",'
    "2023-03-04T10:00:00.000Z,,,true\r\n"
    "2,Two,,Their words,https://a.example/2,Unsorted,,2023-03-06T10:00:00.000Z,https://c.example/x.png,,false\r\n"
)
POCKET = (
    "title,url,time_added,cursor,tags,status\n"
    "One,https://a.example/1,1677888000,,a|b c,unread\n"
    "https://a.example/2,https://a.example/2,1678579200,,,archive\n"
)


def read(text: str | bytes, name: str = "links.csv") -> Imported:
    """What the importer makes of a file that it recognises."""
    file = SourceFile(path=name, data=text.encode() if isinstance(text, str) else text)
    assert recognised(file) is TABLE
    return TABLE.read(file)


def entries(text: str | bytes, name: str = "links.csv") -> list[Entry]:
    """The entries of all issues."""
    return [entry for issue in read(text, name).issues for entry in issue.entries]


def test_raindrop_is_read() -> None:
    """Raindrop's columns give title, own note, folder, tags and week; what is for programs is left out, and told."""
    found = read(RAINDROP)
    assert [(str(issue.date), [s.title for s in issue.sections]) for issue in found.issues] == [
        ("2023-03-05", ["Dev"]),
        ("2023-03-12", [""]),
    ]
    one, two = (entry for issue in found.issues for entry in issue.entries)
    assert (one.title, one.note, one.tags) == ('A, quoted "title"', "my\nnote", ("py", "web"))
    assert (one.extra, two.note) == ({"favorite": "true"}, "Their words")
    assert [finding.message for finding in found.findings] == ["columns left out: id, cover"]
    assert two.location.line == 4


def test_pocket_is_read() -> None:
    """Pocket's columns give days from seconds, tags between bars; unread links are taken, and told."""
    found = read(POCKET)
    assert [str(issue.date) for issue in found.issues] == ["2023-03-05", "2023-03-12"]
    assert found.issues[0].entries[0].tags == ("a", "b c")
    assert found.issues[1].entries[0].title == "https://a.example/2"
    assert "unread" in [finding.rule for finding in found.findings]


@pytest.mark.parametrize(
    "text",
    [
        "Title;Link;Date\nT;https://a.example/;2023-03-04\n",
        "Link\tTitle\tDate added\nhttps://a.example/\tT\t4 March 2023\n",
        "Web address,Headline,Saved\nhttps://a.example/,T,1677888000\n",
        "标题,链接,日期\nT,https://a.example/,2023年3月4日\n",
        "\ufeffURL,Title,Selection,Folder,Timestamp\nhttps://a.example/,T,,Unread,1677888000\n",
        "\n\n Name | URL | Created \nT|https://a.example/|2023/3/4\n",
    ],
)
def test_columns_are_known_by_what_they_mean(text: str) -> None:
    """Other words for the same columns, in other languages, other delimiters and blank lines above are understood."""
    [issue] = read(text).issues
    assert [(entry.title, entry.url) for entry in issue.entries] == [("T", "https://a.example/")]
    assert (str(issue.date), [section.title for section in issue.sections]) == ("2023-03-05", [""])


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-16-le"])
def test_what_spreadsheets_write_is_decoded(codec: str) -> None:
    """The UTF-16 of Excel's “Unicode text” and its byte order marks are read."""
    assert [entry.title for entry in entries("url\ttitle\nhttps://a.example/\t中文\n".encode(codec))] == ["中文"]


def test_a_table_of_issues_gives_these() -> None:
    """A column that names the issue decides: by number or date, whatever week a link was found in."""
    text = "issue,date,section,title,url\n" + "".join(
        f"{issue},{day},News,T,https://a.example/{issue}/{day}\n"
        for issue, day in [(1, "2023-03-01"), (1, "2023-03-08"), (2, "2023-03-09")]
    )
    assert [(issue.number, str(issue.date), len(issue.entries)) for issue in read(text).issues] == [
        (1, "2023-03-08", 2),
        (2, "2023-03-09", 1),
    ]


def test_days_of_issues_are_kept() -> None:
    """Where three links and more share each day, always of one day of the week, these are the days of the issues."""
    text = "date,title,url\n" + "".join(
        f"2023-03-{day},T,https://a.example/{day}/{n}\n" for day in ("01", "08") for n in range(3)
    )
    assert [str(issue.date) for issue in read(text).issues] == ["2023-03-01", "2023-03-08"]


def test_what_has_no_place_is_kept() -> None:
    """Columns of one's own become `extra`, cells beyond the names a note, a row without an address an entry."""
    found = read("url,title,Rating\nhttps://a.example/,T,5,more\n,Only words,\n")
    one, two = found.issues[0].entries
    assert (one.extra, one.note) == ({"Rating": "5"}, "more")
    assert (two.title, two.url) == ("Only words", None)
    assert [(finding.rule, finding.location.line) for finding in found.findings] == [("cells", 2), ("empty-link", 3)]


def test_a_formula_is_text() -> None:
    """A cell that a spreadsheet would compute is shown as it stands, and leads nowhere."""
    [entry] = entries('url,title\n"=HYPERLINK(""https://a.example"")",=1+cmd|x\n')
    assert entry.url is None
    assert (entry.title, entry.note) == ("=1+cmd|x", '`=HYPERLINK("https://a.example")`')


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("name,date\nT,2023-03-04\n", "links.csv:1:1: error: the first row names no column of addresses"),
        ('url,title\nhttps://a.example,"' + "x" * 200_000, "error: field larger than field limit"),
        (b"url,title\nhttps://a.example,caf\xe9\n", "links.csv:2:1: error: byte 0xe9 is not UTF-8"),
        ("", "links.csv:1:1: error: the first row names no column of addresses"),
    ],
)
def test_what_is_no_table_is_told(text: str | bytes, told: str) -> None:
    """What cannot be read is an error with its line, and nothing of it is taken."""
    found = read(text)
    assert found.issues == ()
    assert told in str(found.findings[0])


def test_100_mb_are_refused_at_once(tmp_path: Path) -> None:
    """A file of 100 MB is refused in less than a second, whatever it is called."""
    root = written(tmp_path, {})
    for suffix in ("csv", "json", "html", "opml", "xml"):
        with (root / f"huge.{suffix}").open("wb") as file:
            file.truncate(100_000_000)
        begin = time.process_time()
        ran = publish("-C", str(root), "import", str(root / f"huge.{suffix}"))
        assert time.process_time() - begin < 1
        assert (ran.code, "error: 100,000,000 bytes" in ran.err) == (1, True)


@given(damaged(RAINDROP.encode()))
@settings(max_examples=300, deadline=None)
def test_no_accident_raises(data: bytes) -> None:
    """Whatever befell a table, it gives sound entries that read back, or says why not."""
    read_by(TABLE, "links.csv", data)

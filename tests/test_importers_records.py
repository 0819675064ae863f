"""Links in JSON: exports of services, backups of browsers, people's own lists."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from pipeline.importers import recognised
from pipeline.importers.records import RECORDS
from pipeline.importers.source import Imported, SourceFile
from tests.damage import damaged, read_by

PINBOARD = """[
{"href":"https:\\/\\/a.example\\/1","description":"One","extended":"My *words*","meta":"x","hash":"y",
 "time":"2023-03-04T10:00:00Z","shared":"yes","toread":"no","tags":"a b"},
{"href":"https:\\/\\/a.example\\/2","description":"Secret","extended":"","meta":"x","hash":"z",
 "time":"2023-03-04T10:00:00Z","shared":"no","toread":"no","tags":""}
]"""
FIREFOX = {
    "guid": "root________",
    "title": "",
    "type": "text/x-moz-place-container",
    "children": [
        {
            "title": "toolbar",
            "type": "text/x-moz-place-container",
            "children": [
                {
                    "title": "Dev",
                    "children": [{"title": "T", "uri": "https://a.example/", "dateAdded": 1677888000000000, "id": 7}],
                }
            ],
        }
    ],
}
CHROME = {
    "checksum": "x",
    "roots": {
        "bookmark_bar": {
            "children": [{"date_added": "13322361600000000", "name": "T", "type": "url", "url": "https://a.example/"}],
            "name": "Bookmarks bar",
            "type": "folder",
        },
        "other": {"children": [], "name": "Other bookmarks", "type": "folder"},
    },
}


def read(value: object) -> Imported:
    """What the importer makes of a document."""
    text = value if isinstance(value, str) else json.dumps(value)
    file = SourceFile(path="links.json", data=text.encode())
    assert recognised(file) is RECORDS
    return RECORDS.read(file)


def test_pinboard_is_read() -> None:
    """Pinboard's `description` is a title and `extended` the note; what is not shared is left out; lines are told."""
    found = read(PINBOARD)
    [entry] = found.issues[0].entries
    assert (entry.title, entry.note, entry.tags) == ("One", "My \\*words\\*", ("a", "b"))
    assert (str(found.issues[0].date), entry.location.line) == ("2023-03-05", 2)
    assert [(finding.rule, finding.location.line) for finding in found.findings] == [("private", 4)]


@pytest.mark.parametrize(
    ("value", "sections"),
    [
        (FIREFOX, ["Dev"]),
        (CHROME, [""]),
        ({"items": [{"link": "https://a.example/", "title": "T", "created": "2023-03-04"}], "count": 1}, [""]),
        ({"list": {"7": {"given_url": "https://a.example/", "resolved_title": "T", "time_added": "1677888000"}}}, [""]),
        ({"Tools": [{"url": "https://a.example/", "name": "T", "date": "2023-03-04"}], "Talks": []}, ["Tools"]),
        ('{"url": "https://a.example/", "title": "T", "date": "2023-03-04"}\n\n', [""]),
    ],
)
def test_records_are_found_where_they_lie(value: object, sections: list[str]) -> None:
    """Lists within objects and folders within folders are gone through; folders of one's own are sections."""
    [issue] = read(value).issues
    assert [(entry.title, entry.url) for entry in issue.entries] == [("T", "https://a.example/")]
    assert (str(issue.date), [section.title for section in issue.sections]) == ("2023-03-05", sections)


def test_a_record_a_line_is_read() -> None:
    """A file of several documents, one a line, is read as one list; so is a list of bare addresses."""
    [issue] = read('{"url": "https://a.example/1"}\n{"url": "https://a.example/2"}\n').issues
    assert [entry.location.line for entry in issue.entries] == [1, 2]
    [issue] = read(["https://a.example/1", "https://a.example/2", 3]).issues
    assert [entry.title for entry in issue.entries] == ["https://a.example/1", "https://a.example/2"]


def test_lists_and_names_within_a_record_are_understood() -> None:
    """Tags may be a list, of words or of objects; an author may be an object with a name."""
    record = {"url": "https://a.example/", "tags": [{"tag": "a"}, {"name": "b"}, "c"], "author": {"name": "Ann"}}
    [entry] = read([record]).issues[0].entries
    assert (entry.tags, entry.author) == (("a", "b", "c"), "Ann")


def test_escapes_bring_no_control() -> None:
    """Controls and halves of characters, which escapes can bring, do not come through."""
    [entry] = read('[{"url": "https://a.example/", "title": "a\\u0000\\u001b[2J\\ud800b"}]').issues[0].entries
    assert entry.title == "a[2J\ufffdb"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[{"url": "https://a.example/"},\n]', "links.json:2:1: error:"),
        ("[" * 100_000, "error: nested too deep [json]"),
        ('{"a": ' + "1" * 5_000 + "}", "links.json: error:"),
        ("{}", "warning: no record with"),
    ],
)
def test_what_is_no_list_is_told(text: str, told: str) -> None:
    """What cannot be read is told with its place."""
    found = read(text)
    assert found.issues == ()
    assert told in str(found.findings[0])


@given(damaged(json.dumps([FIREFOX, json.loads(PINBOARD)], indent=1).encode()))
@settings(max_examples=300, deadline=None)
def test_no_accident_raises(data: bytes) -> None:
    """Whatever befell a file, it gives sound entries that read back, or says why not."""
    read_by(RECORDS, "links.json", data)

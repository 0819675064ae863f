"""The source format: what is an entry, what is a note, what belongs to whom."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import pytest

from pipeline.model import Entry, Issue, Link, Url
from pipeline.read.issue import Folder, Reading, read_issue
from pipeline.read.source import CONTROL, Report, decoded

DAY = datetime.date(2023, 3, 4)


def reading(files: Mapping[str, str], others: frozenset[str] = frozenset(), order: tuple[str, ...] = ()) -> Reading:
    """The reading of a folder with these files."""
    sources = {name: text.encode() for name, text in files.items()}
    return read_issue(Folder(path="i", name=str(DAY), date=DAY, sources=sources, others=others), order)


def issue(text: str, **files: str) -> Issue:
    """The issue that a Markdown file makes, with further files by their stem."""
    found = reading({"index.md": text} | {f"{stem}.yaml": content for stem, content in files.items()})
    assert found.issue is not None, found.findings
    return found.issue


def entries(text: str) -> tuple[Entry, ...]:
    """The entries below `## S`."""
    return issue(f"## S\n\n{text}").entries


def test_both_habits_mix_freely() -> None:
    """A heading that is a link and a paragraph led by a link are both entries, in the order of the file."""
    found = entries(
        "### [A](https://a.example), [PDF](https://a.example/a.pdf)\n* a note\n  * nested\n\n"
        "[B](https://b.example): a comment, [code](https://c.example)\n* another\n"
    )
    assert [(entry.title, entry.url) for entry in found] == [("A", "https://a.example"), ("B", "https://b.example")]
    assert found[0].links == (Link(title="PDF", url=Url("https://a.example/a.pdf")),)
    assert found[0].note == "* a note\n  * nested"
    assert found[1].note == "a comment, [code](https://c.example)\n\n* another"


def test_yaml_says_the_same_as_markdown() -> None:
    """An entry written as YAML is equal to the one written as Markdown."""
    markdown = entries(
        "### [A](https://a.example), [PDF](https://a.example/a.pdf) <!-- tags: [x, y], id: a1 -->\n\nText.\n"
    )
    yaml = reading(
        {
            "a.yaml": "- title: A\n  url: https://a.example\n  section: S\n  tags: [x, y]\n  id: a1\n"
            "  links: [{title: PDF, url: https://a.example/a.pdf}]\n  note: |\n    Text.\n"
        }
    )
    assert yaml.issue is not None
    assert yaml.issue.entries == markdown


def test_one_file_an_entry() -> None:
    """A YAML file may hold one entry alone; sections of one title merge across files."""
    found = issue("## S\n\n### [A](https://a.example)\n", b="title: B\nurl: https://b.example\nsection: S\n")
    assert [section.title for section in found.sections] == ["S"]
    assert [entry.title for entry in found.entries] == ["B", "A"]


def test_only_links_with_a_colon_are_grouped() -> None:
    """Under an entry a list item is a grouped entry as `[t](u): text`; other items are its note."""
    [parent] = entries(
        "[P](https://p.example)\n* [A](https://a.example): first\n  * nested\n"
        "* [B](https://b.example), [C](https://c.example)\n* [D](https://d.example)：后\n"
    )
    assert [(child.title, child.note) for child in parent.entries] == [("A", "first\n\n* nested"), ("D", "后")]
    assert parent.note == "* [B](https://b.example), [C](https://c.example)"


def test_deeper_headings_group() -> None:
    """`####` below `###` is an entry grouped under it."""
    [parent] = entries("### [P](https://p.example)\n\n#### [A](https://a.example)\n\nnote\n\n#### B\n")
    assert [(child.title, child.url, child.note) for child in parent.entries] == [
        ("A", "https://a.example", "note"),
        ("B", None, ""),
    ]


def test_a_line_over_a_list_is_an_entry_without_a_link() -> None:
    """One unpunctuated line directly over a list is a title; with a full stop or a colon it is prose."""
    [entry] = entries("dinov2\n* a note\n")
    assert (entry.title, entry.url, entry.note) == ("dinov2", None, "* a note")
    for prose in ("Three things:\n* a\n", "三件事：\n* a\n", "Done.\n* a\n", "two\nlines\n* a\n", "apart\n\n* a\n"):
        assert entries(prose) == ()


def test_two_link_lines_in_one_paragraph_are_two_entries() -> None:
    """Each line of a paragraph that is led by a link begins an entry; other lines go on with the comment."""
    found = entries("[A](https://a.example): one\nmore\n[B](https://b.example)\n")
    assert [(entry.title, entry.note) for entry in found] == [("A", "one\nmore"), ("B", "")]


def test_a_sentence_that_begins_with_a_link_is_prose() -> None:
    """A link with words behind it and no colon or dash is part of a sentence."""
    found = issue("## S\n\n[Rust](https://r.example) was released.\n")
    assert found.entries == ()
    assert found.sections[0].text == "[Rust](https://r.example) was released."


def test_links_in_a_list_under_a_section_are_entries() -> None:
    """Where no entry is open, list items led by a link are the section's entries."""
    found = entries("* [A](https://a.example)\n* [B](https://b.example) - why\n")
    assert [(entry.title, entry.note) for entry in found] == [("A", ""), ("B", "why")]


def test_the_note_mark_keeps_a_paragraph_a_note() -> None:
    """A block under `<!-- note -->` is no entry, whatever it looks like."""
    [entry] = entries("### [A](https://a.example)\n\n<!-- note -->\n[B](https://b.example): not an entry\n")
    assert entry.note == "[B](https://b.example): not an entry"


def test_prose_belongs_to_what_is_open() -> None:
    """Prose before any section is the issue's, under a section's title the section's, under an entry its note."""
    found = issue("# T\n\nhello\n\n## S\n\nabout\n\n### [A](https://a.example)\n\nnote\n\n## Empty\n")
    assert (found.intro, found.sections[0].text, found.entries[0].note) == ("hello", "about", "note")
    assert [section.title for section in found.sections] == ["S", "Empty"]


def test_sections_stand_in_the_order_of_the_settings() -> None:
    """Sections named in the settings come first in their order, the others as they appear."""
    text = "## C\n\n## B\n\n## A\n"
    found = reading({"index.md": text}, order=("A", "B")).issue
    assert found is not None
    assert [section.title for section in found.sections] == ["A", "B", "C"]


def test_files_are_read_in_name_order() -> None:
    """Several files make one issue, by name."""
    found = reading(
        {"02.md": "## S\n\n[B](https://b.example)\n", "01.md": "# T\n\n## S\n\n[A](https://a.example)\n"}
    ).issue
    assert found is not None
    assert [entry.title for entry in found.entries] == ["A", "B"]


def test_a_carriage_return_in_yaml_is_a_line_feed() -> None:
    """An escape can make a carriage return, which Markdown would take for the end of a line and we for none."""
    assert issue("", a='- title: T\n  note: "a\\r\\rb\\r\\nc"\n').entries[0].note == "a\n\nb\nc"


def test_front_matter_says_what_issue_yaml_says() -> None:
    """A header between dashes and `issue.yaml` are the same thing in two places."""
    header = "title: T\nnumber: 12\ndraft: yes\nsubject: S\npreheader: P\nupdated: 2023-03-05\nmoved_from: 2023-03-01\n"
    in_file = reading({"index.md": f"---\n{header}---\n## S\n"}).issue
    beside = reading({"index.md": "## S\n", "issue.yaml": header}).issue
    assert in_file == beside
    assert in_file is not None
    assert (in_file.number, in_file.draft, in_file.updated) == (12, True, datetime.date(2023, 3, 5))


def test_a_rule_at_the_top_is_no_front_matter() -> None:
    """Two rules around words without a colon are Markdown, not a header."""
    assert issue("---\nhello\n\n---\n\n## S\n").title == ""


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("www.a.example/x", "https://www.a.example/x"),
        ("a.example", "https://a.example"),
        ("例子.测试/路径", "https://例子.测试/路径"),
        ("a.example:8080/x", "https://a.example:8080/x"),
        ("//a.example/x", "https://a.example/x"),
        ("HTTPS://A.example/X", "https://A.example/X"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("<https://a.example/a b>", "https://a.example/a%20b"),
        ("https://a.example/?a=1&b=2#c", "https://a.example/?a=1&b=2#c"),
        ("slides.pdf", "slides.pdf"),
        ("./my%20pic.png", "my%20pic.png"),
    ],
)
def test_addresses_are_proven(written: str, expected: str) -> None:
    """A missing scheme is https, a file of the folder an attachment; everything else stays as it was written."""
    found = reading({"index.md": f"## S\n\n[A]({written})\n"}, frozenset(["slides.pdf", "my pic.png"]))
    assert found.issue is not None, found.findings
    assert found.issue.entries[0].url == expected


def test_a_missing_scheme_is_told() -> None:
    """An address without a scheme is a warning that shows what was made of it."""
    [finding] = reading({"index.md": "## S\n\n[A](www.a.example)\n"}).findings
    assert (finding.rule, finding.location.line, finding.location.column) == ("no-scheme", 3, 1)


def test_references_are_written_out() -> None:
    """A link by reference stands in the note with its address, so that the note can stand alone."""
    [entry] = entries("### [A][a]\n\nsee [this][b] and [b]\n\n[a]: https://a.example\n[b]: https://b.example\n")
    assert (entry.url, entry.note) == (
        "https://a.example",
        "see [this](https://b.example) and [b](https://b.example)",
    )


def test_titles_are_plain_text() -> None:
    """Code, emphasis and escapes of a title leave their words; what stands before the link belongs to the title."""
    [entry] = entries("### 🌟 [The `std::simd` *story* \\[1\\]](https://a.example)\n")
    assert entry.title == "🌟 The std::simd story [1]"


def test_comments_are_their_authors_own() -> None:
    """A comment reaches no edition, and links in it are no entries."""
    found = issue("## S\n\n<!-- [X](https://x.example): later -->\n\n[A](https://a.example): b <!-- todo -->\n")
    assert [(entry.title, entry.note) for entry in found.entries] == [("A", "b")]


def test_attributes_stand_in_a_comment_behind_the_title() -> None:
    """A trailing comment that begins with the name of an attribute gives the entry that attribute, as YAML would."""
    [entry] = entries(
        "### [A](https://a.example) "
        "<!-- repeat: update of 2023-02-25#whisper, tags: [x], sponsored: yes, extra: {a: {b: c}} -->\n"
    )
    assert (entry.repeat, entry.tags, entry.sponsored) == ("update of 2023-02-25#whisper", ("x",), True)
    assert entry.extra == {"a": {"b": "c"}}
    assert entry.note == ""


def test_slugs_and_keys_are_given_once() -> None:
    """Permalinks and feed ids are unique in an issue: a twin gets `-2`, `id` overrides, no link gives the slug."""
    found = issue(
        "## Same\n\n[Same](https://a.example)\n\n[Same](https://a.example)\n\n### Bare\n\n"
        "[C](https://c.example) <!-- id: c1 -->\n"
    )
    assert [entry.slug for entry in found.entries] == ["same-2", "same-3", "bare", "c1"]
    first, twin, bare, named = (entry.key for entry in found.entries)
    assert twin == f"{first}-2"
    assert (bare, named) == ("s-bare", "id-c1")


def test_feed_keys_are_frozen() -> None:
    """The key of an address never changes, whatever else does: this value was published."""
    assert issue("## S\n\n[x](https://example.org/a?b=1)\n").entries[0].key == "ue14e9af6255a247b"
    assert issue("## T\n\n[y](http://EXAMPLE.org/a?b=1)\n").entries[0].key == "ue14e9af6255a247b"


def test_windows_files_read_like_others() -> None:
    """A byte order mark and carriage returns change nothing but bytes."""
    text = "# T\n\n## S\n\n[A](https://a.example): b\n"
    assert issue("\ufeff" + text.replace("\n", "\r\n")) == issue(text)


def test_an_image_without_words_is_a_warning() -> None:
    """An image with no text for those who cannot see it is told, and published all the same."""
    found = reading({"index.md": "## S\n\n### [A](https://a.example)\n\n![](a.png)\n"}, frozenset(["a.png"]))
    assert [finding.rule for finding in found.findings] == ["alt"]
    assert found.issue is not None
    assert [attachment.name for attachment in found.issue.attachments] == ["a.png"]


def test_indented_code_becomes_fenced() -> None:
    """Code that is only indented stays code in a note that stands elsewhere."""
    [entry] = entries("### [A](https://a.example)\n\n    x = 1\n")
    assert entry.note == "```\nx = 1\n```"


def test_every_control_character_is_refused_and_no_other_character() -> None:
    """Among words of two bytes and more, each character of `CONTROL` is found, and its neighbours are let be."""
    for code in (*range(0x20), *range(0x7E, 0xA4), 0x2028, 0xFF1A, *range(0xFFFC, 0x10002)):
        report = Report()
        source = decoded("i.md", f"é。{chr(code)}x".encode(), report)
        assert (source is None) == bool(CONTROL.match(chr(code))) == bool(report.findings), hex(code)

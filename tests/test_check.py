"""Editorial rules, each with an issue that breaks it and one that does not."""

from __future__ import annotations

import datetime
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from publications import SETTINGS, publish, written

from pipeline.check import check
from pipeline.model import Entry, Issue, Link, Location, Markdown, Section, Url

ISSUE = Issue(date=datetime.date(2023, 3, 4), name="2023-03-04", title="News", number=1)


def rules(issue: Issue) -> list[str]:
    """The rules that the issue breaks."""
    return [finding.rule for finding in check(issue)]


@pytest.mark.parametrize(
    ("title", "broken"),
    [
        ("2022年3月4日第二期", True),
        ("2023年3月4日第二期", False),
        ("Links of 2023-03-05", True),
        ("Links of 2023/3/4", False),
        ("March 5, 2023", True),
        ("4 March 2023", False),
        ("Version 1.2.3, 2023.99.99", False),
        ("The state of 2022", False),
    ],
)
def test_a_date_in_the_title_is_the_folders(title: str, broken: bool) -> None:
    """A title that names another day than its folder is told, however the day is written."""
    assert rules(replace(ISSUE, title=title)) == ["date-mismatch"] * broken


def test_a_section_that_the_settings_name_and_no_issue_has_is_told_once(tmp_path: Path) -> None:
    """A slip in `standing` or `rules` is told with the title that was meant, but not what drafts or old issues have."""
    settings = """\
title: Weekly
url: https://weekly.example
sections: [Planned]
standing: [sponsors, Events, Planned]
rules:
  no-note: {sections: {sponsors: off, Old things: warning, Nowhere: off}}
  capitals: {sections: {Nowhere: off}}
"""
    root = written(
        tmp_path,
        {
            "issues/2023-03-04/i.md": "## Old things\n\n### [T](https://a.example/t)\n* n\n",
            "issues/2023-03-11/i.md": "## Sponsors\n\n### [S](https://a.example/s)\n* n\n",
            "issues/2023-03-18/i.md": "---\ndraft: true\n---\n## Events\n\n### [E](https://a.example/e)\n* n\n",
            "newsletter.yaml": settings,
        },
    )
    told = [
        "“standing” names the section “sponsors”, which no issue has: did you mean “Sponsors”?",
        "“rules: capitals” names the section “Nowhere”, which no issue has",
    ]
    for words in (["check"], ["check", "2023-03-11"], ["build", "2023-03-04"], ["build"]):
        found = publish(*words, "-C", str(root), "--format", "json").findings
        assert [one["message"] for one in found if one["rule"] == "unknown-section"] == told
        places = [(one["path"], one["line"], one["column"]) for one in found if one["rule"] == "unknown-section"]
        assert places == [("newsletter.yaml", 4, 12), ("newsletter.yaml", 7, 25)]
    (root / "newsletter.yaml").write_text(f"{settings}  unknown-section: off\n")
    assert publish("check", "-C", str(root)).err == ""


def test_a_publication_without_an_issue_may_name_sections(tmp_path: Path) -> None:
    """Settings that are written before the first issue are no slips."""
    settings = "title: Weekly\nurl: https://weekly.example\nstanding: [Sponsors]\n"
    root = written(tmp_path, {"newsletter.yaml": settings, "issues/.keep": ""})
    assert publish("check", "-C", str(root)).err == ""


def test_subject_and_preheader_fit_an_inbox() -> None:
    """A subject over 78 characters and a preheader outside 40 to 130 are told."""
    assert rules(replace(ISSUE, subject="x" * 79)) == ["subject-length"]
    assert rules(replace(ISSUE, title="x" * 79)) == ["subject-length"]
    assert rules(replace(ISSUE, subject="x" * 78, preheader="y" * 130)) == []
    assert rules(replace(ISSUE, preheader="y" * 39)) == ["preheader-length"]
    assert rules(replace(ISSUE, preheader="y" * 131)) == ["preheader-length"]


def test_an_email_near_the_limit_is_told(tmp_path: Path) -> None:
    """From 90,000 bytes of HTML on, a build warns that Gmail will clip; a light issue is not mentioned."""
    heavy = "## S\n\n" + "".join(f"[Title {n}](https://a.example/{n}): {'word ' * 60}\n\n" for n in range(300))
    root = written(
        tmp_path, {"issues/2023-03-04/i.md": heavy, "issues/2023-03-11/i.md": "## S\n\n[T](https://a.example)\n"}
    )
    found = publish("build", "-C", str(root), "--format", "json").findings
    assert [(finding["rule"], finding["path"]) for finding in found] == [("email-size", "issues/2023-03-04/i.md")]


def test_check_weighs_an_email_without_rendering_it(tmp_path: Path) -> None:
    """Check tells of a heavy email within 3 % of its size, and which sections weigh most, as the build does."""
    lines = [f"[A title of number {n}](https://a.example/{n}): {'words ' * 40}\n\n" for n in range(280)]
    heavy = f"## Light\n\n{''.join(lines[:40])}## Heavy\n\n{''.join(lines[40:])}"
    root = written(tmp_path, {"issues/2023-03-04/i.md": heavy})
    words = [
        str(found["message"])
        for command in ("check", "build")
        for found in publish(command, "-C", str(root), "--format", "json").findings
    ]
    guess, size = (int(re.findall(r"([0-9,]+) bytes", word)[0].replace(",", "")) for word in words)
    assert abs(guess - size) < 0.03 * size
    assert all(re.search(r"\(Heavy [78]\d KB, Light 1\d KB\)", word) for word in words)


def entry(title: str, note: str = "A note.", **more: Any) -> Issue:
    """The issue with this one entry."""
    only = Entry(**{"title": title, "url": Url("https://a.example"), "note": Markdown(note), **more})
    return replace(ISSUE, sections=(Section(title="S", entries=(only,)),))


@pytest.mark.parametrize(
    ("title", "broken"),
    [
        ("here", ["empty-title"]),
        ("Read more", ["empty-title"]),
        ("「点击这里」", ["empty-title"]),
        ("Where to go from here", []),
        ("An article that was cut…", ["cut-title"]),
        ("An article that was cut...", ["cut-title"]),
        ("An article that was… - YouTube", ["cut-title"]),
        ("An article that ... | Hacker News", ["cut-title"]),
        ("Wait... what?", []),
        ("From A to … and back", []),
        ("BREAKING NEWS ON COMPILERS", ["capitals"]),
        ("NASA, ESA: HTTP/3", []),
        ("深度学习", []),
        ("芯片会议:SIGGRAPH", []),
        ("CUDA STREAMS", []),
    ],
)
def test_titles_say_what_readers_will_find(title: str, broken: list[str]) -> None:
    """Titles that say nothing, were cut off or are shouted are told; acronyms and Chinese are no shouting."""
    assert rules(entry(title)) == broken


@pytest.mark.parametrize(
    ("note", "broken"),
    [
        ("It\u00e2\u20ac\u2122s cut", ["mojibake"]),
        ("caf\u00c3\u00a9", ["mojibake"]),
        ("\u00e4\u00bd\u00a0\u00e5\u00a5\u00bd", ["mojibake"]),
        ("锟斤拷", ["mojibake"]),
        ("a \ufffd", ["mojibake"]),
        ("café, Ä Ö Ü, señor, façade, “it’s”", []),
        ("\u202egnp.exe", ["bidi"]),
    ],
)
def test_text_of_another_encoding_and_turned_text_are_told(note: str, broken: list[str]) -> None:
    """What was decoded wrongly and what shows text in another order than it has is told; accents are neither."""
    assert rules(entry("T", note)) == broken


def test_all_of_an_issue_is_read_for_broken_characters() -> None:
    """Subject, preheader, intro, sections and further links are looked at like titles and notes."""
    broken = "caf\u00c3\u00a9"
    further = (Link(title=broken, url=Url("https://b.example")),)
    section = Section(title="S", text=Markdown(broken))
    for issue in (
        replace(ISSUE, subject=broken),
        replace(ISSUE, preheader=f"{broken} {'y' * 40}"),
        replace(ISSUE, intro=Markdown(broken)),
        replace(ISSUE, sections=(section,)),
        entry("T", links=further),
    ):
        assert rules(issue) == ["mojibake"]


@pytest.mark.parametrize(
    ("url", "clean", "names"),
    [
        ("https://a.example/?utm_id=hn&id=3&UTM_medium=y#part", "https://a.example/?id=3#part", "utm_id”, “UTM_medium"),
        ("https://a.example/?utm_source=hn", "https://a.example/", "utm_source"),
        ("HTTPS://A.example/%7Ex?a=1&fbclid=2&b", "HTTPS://A.example/%7Ex?a=1&b", "fbclid"),
        ("https://a.example/?utm%5Fsource=hn&&a=1", "https://a.example/?&a=1", "utm_source"),
        ("https://a.example/?ref=producthunt", "https://a.example/", "ref"),
        ("https://qq.com/s/x?from=timeline&isappinstalled=0", "https://qq.com/s/x", "from”, “isappinstalled"),
        ("https://x.com/a/status/1?s=20&t=abc", "https://x.com/a/status/1", "s”, “t"),
        ("https://www.youtube.com/watch?v=a&t=9s&si=b", "https://www.youtube.com/watch?v=a&t=9s", "si"),
    ],
)  # fmt: skip
def test_tracking_parameters_are_told_with_the_address_that_is_enough(url: str, clean: str, names: str) -> None:
    """What tells where readers come from is named, wherever the address stands, and all else kept."""
    one = Link(title="PDF", url=Url(url))
    for issue in (
        entry("T", url=Url(url)),
        entry("T", links=(one,)),
        entry("T", f"See [it]({url})."),
        replace(ISSUE, intro=Markdown(f"[it]({url})")),
        replace(ISSUE, sections=(Section(title="S", text=Markdown(f"[it]({url})")),)),
    ):
        (found,) = check(issue)
        assert found.rule == "tracking"
        assert found.message == f"tells where readers come from, by “{names}”: {clean} is enough"


@pytest.mark.parametrize(
    "url",
    [
        "https://a.example/?id=3&ref=main&source=book&from=2023&s=20&t=9",
        "https://a.example/?source=github&ref=rss&via=web",
        "https://a.example/x#utm_source=hn",
        "https://a.example/utm_source=hn",
        "https://nytimes.example/x?unlocked_article_code=abc",
        "https://web.archive.org/web/2020/https://a.example/?utm_source=hn",
        "https://a.example/?share_token=abc",
        "mailto:a@b.example?utm_source=hn",
    ],
)
def test_what_an_address_needs_is_no_tracking(url: str) -> None:
    """Parameters that may say what the address is of, or that let readers in, are left alone."""
    assert rules(entry("T", url=Url(url))) == []


def test_shortened_addresses_are_told() -> None:
    """An address of a shortener is told; a shortener's own page, and a site's short host, are not."""
    assert rules(entry("T", url=Url("https://bit.ly/3i1rCkB"))) == ["shortener"]
    assert rules(entry("T", "See [it](http://www.TinyURL.com/x)")) == ["shortener"]
    assert rules(entry("T", "See https://bit.ly/ and [this video](https://youtu.be/x)")) == []


@pytest.mark.parametrize("words", ["here", "Click  here", "link", "**here**", "这里", "「点击这里」", "here →"])
def test_links_on_words_that_say_nothing_are_noted(words: str) -> None:
    """A further link or a link in a note whose words are “here” is a note."""
    assert rules(entry("T", f"It is [{words}](https://b.example)")) == ["link-text"]
    assert rules(entry("T", "It is [in the manual here](https://b.example)")) == []


_WORDS = st.lists(
    st.sampled_from(
        [
            *(
                "here",
                "Read  more",
                "这里",
                "word",
                "中文",
                "SHOUTED LOUDLY",
                "https://bit.ly/x",
                "HTTPS://T.CO/y",
                "://",
            ),
            *(
                "https://a.example/?utm_source=x",
                "http://www.",
                "?ref=tw",
                "%20",
                "a.example/b",
                " ",
                "\n",
                "...",
                "…",
                "?",
            ),
            *("[", "]", "(", ")", "[here](https://a.example/b)", "Ã©", "锟斤拷", "\u202e", "“", ".", "#", "/", "é"),
        ]
    ),
    max_size=4,
).map("".join)
_ENTRIES = st.builds(
    Entry,
    title=_WORDS,
    url=st.one_of(st.none(), _WORDS.map("https://".__add__).map(Url)),
    note=_WORDS.map(Markdown),
    links=st.lists(st.builds(Link, title=_WORDS, url=_WORDS.map("http://".__add__).map(Url)), max_size=1).map(tuple),
    location=st.just(Location(path="i.md", line=1)),
)


@given(st.lists(_ENTRIES, max_size=2))
def test_what_an_entry_is_told_does_not_hang_on_others(entries: list[Entry]) -> None:
    """An issue that is clean at a glance is told what it would be told if another entry made every rule look twice."""
    suspect = Entry(
        title="Ã©", url=Url("https://bit.ly/a?b"), note=Markdown("x"), location=Location(path="i.md", line=2)
    )

    def told(*given: Entry) -> list[tuple[str, str]]:
        found = check(replace(ISSUE, sections=(Section(title="S", entries=given),)))
        return [(finding.rule, finding.message) for finding in found if finding.location.line == 1]

    assert told(*entries) == told(*entries, suspect)


def test_what_is_missing_is_noted() -> None:
    """A section with nothing in it and an entry with nothing to it are notes."""
    assert rules(entry("T", "")) == ["no-note"]
    assert rules(replace(ISSUE, sections=(Section(title="S"),))) == ["empty-section"]
    assert rules(replace(ISSUE, sections=(Section(title="S", text=Markdown("Nothing this week.")),))) == []


def test_notes_are_told_by_check_and_not_by_build(tmp_path: Path) -> None:
    """A build tells errors and warnings; check tells notes too, makes nothing, and ends with 0 without errors."""
    root = written(tmp_path, {"issues/2023-03-04/i.md": "## S\n\n### [T](https://a.example)\n"})
    assert publish("build", "-C", str(root), "--dry-run").err == ""
    ran = publish("check", "-C", str(root))
    assert ran.code == 0
    assert "[no-note]" in ran.err
    assert ran.out == "0 errors, 0 warnings, 1 note\n"
    assert not (root / "out").exists()


ENTRIES = (
    "## Papers\n\n### [READ ALL OF THIS NOW](https://a.example/1)\n\n## Events\n\n### [Meet…](https://a.example/2)\n"
)


def told(root: Path, settings: str, *words: str) -> list[tuple[object, object]]:
    """Rule and severity of what `publish check` tells of two entries, with these settings."""
    ran = publish(
        *(words or ("check",)),
        "-C",
        str(written(root, {"newsletter.yaml": f"{SETTINGS}{settings}"})),
        "--format",
        "json",
    )
    return [(finding["rule"], finding["severity"]) for finding in ran.findings]


def test_severities_are_the_publications_to_choose(tmp_path: Path) -> None:
    """A rule may be off, a note, a warning or an error, in all sections or in one, whose word goes first."""
    root = written(tmp_path, {"issues/2023-03-04/i.md": ENTRIES})
    note, capitals, cut = ("no-note", "note"), ("capitals", "warning"), ("cut-title", "warning")
    assert told(root, "") == [capitals, note, cut, note]
    assert told(root, "rules: {no-note: off}") == [capitals, cut]
    assert told(root, "rules: {no-note: {sections: {Events: off}}}") == [capitals, note, cut]
    assert told(root, "rules: {no-note: {severity: off, sections: {Events: error}}}") == [
        capitals,
        cut,
        ("no-note", "error"),
    ]
    assert told(root, "rules: {no-note: {severity: warning}}", "build", "--dry-run") == [
        capitals,
        ("no-note", "warning"),
        cut,
        ("no-note", "warning"),
    ]


def test_a_rule_made_an_error_refuses_the_issue_that_is_named(tmp_path: Path) -> None:
    """`publish build DATE` is refused by a rule that was made an error, and a bare build is not."""
    root = written(
        tmp_path,
        {"newsletter.yaml": f"{SETTINGS}rules: {{capitals: error}}", "issues/2023-03-04/i.md": ENTRIES},
    )
    assert publish("build", "2023-03-04", "-C", str(root)).code == 1
    assert not (root / "out").exists()
    assert publish("build", "-C", str(root)).code == 0


def test_an_email_too_heavy_can_refuse(tmp_path: Path) -> None:
    """Where `email-size` is an error, the build of a heavy issue that is named writes nothing."""
    heavy = "## S\n\n" + "".join(f"[Title {n}](https://a.example/{n}): {'word ' * 60}\n\n" for n in range(300))
    root = written(
        tmp_path, {"newsletter.yaml": f"{SETTINGS}rules: {{email-size: error}}", "issues/2023-03-04/i.md": heavy}
    )
    ran = publish("build", "2023-03-04", "-C", str(root))
    assert (ran.code, ran.out) == (1, "")
    assert "[email-size]" in ran.err
    assert not (root / "out").exists()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("rules: {no-notes: off}", "“no-notes” is no key here: did you mean “no-note”?"),
        ("rules: {encoding: off}", "“encoding” is no key here"),
        ("rules: {no-note: silent}", "“no-note” must be one of off, note, warning, error"),
        ("rules: {no-note: {severity: silent}}", "“severity” must be one of off, note, warning, error"),
        ("rules: {no-note: {sections: {Events: silent}}}", "“Events” must be one of off, note, warning, error"),
        ("rules: {no-note: {sections: off}}", "“sections” must be a mapping"),
        ("rules: {no-note: [off]}", "“no-note” must be a text"),
        ("rules: off", "“rules” must be a mapping"),
    ],
)
def test_wrong_settings_of_rules_are_errors(tmp_path: Path, settings: str, said: str) -> None:
    """A rule that is none of the editorial ones, and a word that is no severity, are told with their place."""
    root = written(tmp_path, {"newsletter.yaml": f"{SETTINGS}{settings}", "issues/2023-03-04/i.md": ENTRIES})
    (found,) = publish("check", "-C", str(root), "--format", "json").findings
    assert found["line"] == 3
    assert said in str(found["message"])


def test_a_finding_within_a_note_belongs_to_its_section(tmp_path: Path) -> None:
    """What is told of a line within an entry's note is of the section that the entry stands in."""
    text = "## A\n\n### [T](https://a.example)\n\n![](p.png)\n\n## B\n\n### [U](https://b.example)\n\n![](p.png)\n"
    root = written(tmp_path, {"issues/2023-03-04/i.md": text, "issues/2023-03-04/p.png": b""})
    assert told(root, "rules: {alt: {sections: {A: off}}}") == [("alt", "warning")]
    assert told(root, "rules: {alt: {sections: {A: off, B: off}}}") == []

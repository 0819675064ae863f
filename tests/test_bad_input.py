"""What is wrong is told with its place, all at once, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from publications import SETTINGS, publish, written

GOOD = "# A\n\n## S\n\n### [T](https://a.example)\n"
AT = "issues/2023-03-04"

CASES: dict[str, tuple[dict[str, str | bytes], str]] = {
    "no issues": ({}, "issues: error: no such folder"),
    "an empty folder": ({f"{AT}/.keep": ""}, f"{AT}: error: no issue in this folder"),
    "only a readme": ({f"{AT}/README.md": "x"}, f"{AT}: error: no issue in this folder"),
    "nearly a date": ({"issues/2023-3-4/index.md": GOOD}, "issues/2023-3-4: error: the name of an issue is YYYY-MM-DD"),
    "no such day": ({"issues/2023-02-30/index.md": GOOD}, "issues/2023-02-30: error: 2023-02-30 is no day"),
    "a YAML error": ({f"{AT}/a.yaml": "- title: 'x\n"}, f"{AT}/a.yaml:2:1: error: "),
    "a duplicate key": (
        {f"{AT}/a.yaml": "- title: x\n  title: y\n"},
        f"{AT}/a.yaml:2:3: error: “title” stands on line 1",
    ),
    "an unknown key": (
        {f"{AT}/a.yaml": "- title: x\n  urll: y\n"},
        f"{AT}/a.yaml:2:3: error: “urll” is no key here: did you mean “url”?",
    ),
    "an unknown setting": (
        {f"{AT}/i.md": GOOD, "newsletter.yaml": SETTINGS + "langage: en\n"},
        "newsletter.yaml:3:1: error: “langage” is no key here: did you mean “language”?",
    ),
    "an alias of YAML": ({f"{AT}/a.yaml": "- &a {title: x}\n- *a\n"}, f"{AT}/a.yaml:2:3: error: an alias"),
    "too deep a YAML": ({f"{AT}/a.yaml": "[" * 60_000}, f"{AT}/a.yaml:1:18: error: nested deeper"),
    "an entry that is none": ({f"{AT}/a.yaml": "- x\n"}, f"{AT}/a.yaml:1:3: error: an entry is a mapping"),
    "an entry without a title": (
        {f"{AT}/a.yaml": "- url: https://a.example\n"},
        f"{AT}/a.yaml:1:3: error: the entry has no title",
    ),
    "a control character": ({f"{AT}/a.yaml": '- title: "a\\eb"\n'}, f"{AT}/a.yaml:1:10: error: U+001B"),
    "a control character by reference": (
        {f"{AT}/i.md": GOOD + "\na &#1; b\n"},
        f"{AT}/i.md:7:1: error: U+0001",
    ),
    "a link cut off": ({f"{AT}/i.md": GOOD + "\n[X](https://b.exam\n"}, f"{AT}/i.md:7:3: error: the link is broken"),
    "a link with a space": (
        {f"{AT}/i.md": GOOD + "\n[X](https://b.example/a b)\n"},
        f"{AT}/i.md:7:3: error: the link is broken",
    ),
    "an empty link": ({f"{AT}/i.md": GOOD + "\n[X]()\n"}, f"{AT}/i.md:7:1: error: the link has no address"),
    "a script link": (
        {f"{AT}/i.md": GOOD + "* [X](javascript:alert)\n"},
        f"{AT}/i.md:6:3: error: “javascript:alert” is no address",
    ),
    "a link without host": (
        {f"{AT}/i.md": GOOD + "* [X](https:///a)\n"},
        f"{AT}/i.md:6:3: error: “https:///a” names no host",
    ),
    "not UTF-8": ({f"{AT}/i.md": b"# A\n\xe4\xbd\xa0 \xff\n"}, f"{AT}/i.md:2:3: error: byte 0xff is not UTF-8"),
    "a missing image": (
        {f"{AT}/i.md": GOOD + "* ![x](pic.png)\n"},
        f"{AT}/i.md:6:3: error: “pic.png” is no web address and no file",
    ),
    "a missing file": (
        {f"{AT}/i.md": GOOD + "* [x](../secret.pdf)\n"},
        f"{AT}/i.md:6:3: error: “../secret.pdf” is no web address and no file",
    ),
    "a comment never closed": (
        {f"{AT}/i.md": "# A\n\n<!-- x\n\n" + GOOD},
        f"{AT}/i.md:3:1: error: the HTML that begins here",
    ),
    "front matter never closed": (
        {f"{AT}/i.md": "---\nnumber: 4\n\n" + GOOD},
        f"{AT}/i.md:1:1: error: the settings that begin here",
    ),
    "a mistyped attribute beside a known one": (
        {f"{AT}/i.md": GOOD.rstrip() + " <!-- tag: [a], sponsored: true -->\n"},
        f"{AT}/i.md:5:1: error: “tag” is no key here: did you mean “tags”?",
    ),
    "a file in other letters": (
        {f"{AT}/i.md": GOOD + "* ![x](pic.png)\n", f"{AT}/Pic.png": b""},
        f"{AT}/i.md:6:3: error: “pic.png” is no web address and no file in the issue's folder: did you mean “Pic.png”?",
    ),
    "a tab in YAML": ({f"{AT}/a.yaml": "- title: x\n\turl: y\n"}, "indent by spaces"),
    "a colon in a YAML text": ({f"{AT}/a.yaml": "- title: x: y\n"}, f"{AT}/a.yaml:1:11: error: mapping values"),
    "a fence never closed": ({f"{AT}/i.md": GOOD + "\n```\nx\n"}, f"{AT}/i.md:7:1: error: the code that begins here"),
    "a heading in a note": (
        {f"{AT}/a.yaml": "- title: x\n  note: |\n    a\n\n    ## b\n"},
        f"{AT}/a.yaml:5:1: error: a note cannot hold a heading",
    ),
    "two numbers": (
        {f"{AT}/issue.yaml": "number: 3", f"{AT}/i.md": "---\nnumber: 4\n---\n" + GOOD},
        f"{AT}/i.md:2:9: error: “number” has another value",
    ),
    "no url": ({f"{AT}/i.md": GOOD, "newsletter.yaml": "title: x\n"}, "newsletter.yaml:1:1: error: “url:” is missing"),
    "no settings": ({f"{AT}/i.md": GOOD, "newsletter.yaml": ""}, "newsletter.yaml:1:1: error: write keys and values"),
    "a bad zone": (
        {f"{AT}/i.md": GOOD, "newsletter.yaml": SETTINGS + "timezone: Mars/One\n"},
        "newsletter.yaml:3:11: error: “timezone” must be",
    ),
    "a bad sender": (
        {f"{AT}/i.md": GOOD, "newsletter.yaml": SETTINGS + 'email:\n  from: "a@b.example\\nBcc: c@d.example"\n'},
        "newsletter.yaml:4:9: error: “from” must be an address",
    ),
    "a template's syntax": (
        {f"{AT}/i.md": GOOD, "templates/web/issue.html": "a\n{% if %}\n"},
        "templates/web/issue.html:2:1: error: ",
    ),
    "an undefined name": (
        {f"{AT}/i.md": GOOD, "templates/web/issue.html": "a\n{{ isue.title }}\n"},
        "templates/web/issue.html:2:1: error: 'isue' is undefined",
    ),
    "a label's value": (
        {f"{AT}/i.md": GOOD, "templates/labels/en.yaml": "issue: No. {nummer}\nemail_why: Hi {titel}\n"},
        "templates/labels/en.yaml:1:8: error: the label “issue” cannot be filled: it may use {number} [label]",
    ),
    "a broken MJML tag": (
        {f"{AT}/i.md": GOOD, "templates/email/email.mjml": "<mjml>\n<mj-body>\n<mj-nope/>\n</mj-body></mjml>"},
        "templates/email/email.mjml:3:1: error: ",
    ),
    "MJML never closed": (
        {f"{AT}/i.md": GOOD, "templates/email/email.mjml": "<mjml>\n<mj-body>\n<mj-section>\n</mj-body></mjml>"},
        "templates/email/email.mjml:",
    ),
    "a foreign out/": ({f"{AT}/i.md": GOOD, "out/mine.txt": "x"}, "out: error: was not made by publish"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_told_with_its_place(case: str, tmp_path: Path) -> None:
    """Each way to go wrong is one line, `path:line:column: error: … [rule]`, with exit 1; nothing is written."""
    files, told = CASES[case]
    root = written(tmp_path, files)
    before = sorted(path for path in (root / "out").rglob("*")) if (root / "out").exists() else []
    ran = publish("build", "-C", str(root))
    assert ran.code == 1
    assert told in ran.err
    assert ran.err.splitlines()[-1].endswith("]")
    after = sorted(path for path in (root / "out").rglob("*")) if (root / "out").exists() else []
    assert after == before


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    """Errors in several files of several issues come together, in the order of files and lines."""
    root = written(tmp_path, {f"{AT}/i.md": "## S\n\n[X]()\n\n[Y]()\n", "issues/2023-03-11/a.yaml": "- x\n"})
    ran = publish("build", "-C", str(root), "--format", "json")
    assert ran.code == 1
    assert [(found["path"], found["line"]) for found in ran.findings] == [
        (f"{AT}/i.md", 3),
        (f"{AT}/i.md", 5),
        ("issues/2023-03-11/a.yaml", 1),
    ]


def test_settings_and_issues_are_told_together(tmp_path: Path) -> None:
    """A slip in the settings hides none of those in the issues."""
    root = written(tmp_path, {f"{AT}/i.md": "[X]()\n", "newsletter.yaml": SETTINGS + "langage: en\n"})
    ran = publish("build", "-C", str(root), "--format", "json")
    assert ran.code == 1
    assert [found["rule"] for found in ran.findings] == ["empty-link", "unknown-key"]


def test_every_broken_template_is_told(tmp_path: Path) -> None:
    """An error in one template hides none in another, and each is told once."""
    broken = {f"templates/{name}": "{{ isue }}" for name in ("web/issue.html", "text/email.txt", "feed/issue.html")}
    ran = publish("build", "-C", str(written(tmp_path, {f"{AT}/i.md": GOOD, **broken})), "--format", "json")
    assert ran.code == 1
    assert sorted(str(found["path"]) for found in ran.findings) == sorted(broken)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("slip", "told"),
    [
        ("[X] (https://b.example): a comment", "7:3: warning: no link, and part of the text before it"),
        (
            "### [X](https://b.example) <!-- tag: a -->",
            "7:28: warning: taken as a comment of yours, as “tag” is no key",
        ),
    ],
)
def test_what_may_be_meant_is_a_warning(slip: str, told: str, tmp_path: Path) -> None:
    """What could be a slip and could be meant is told, and refuses nothing."""
    ran = publish("build", "-C", str(written(tmp_path, {f"{AT}/i.md": f"{GOOD}\n{slip}\n"})), "2023-03-04")
    assert ran.code == 0
    assert f"{AT}/i.md:{told}" in ran.err


@pytest.mark.parametrize("remark", ["see [1] (ours)", "### [X](https://b.example) <!-- ask Ann: is it out? -->"])
def test_plain_remarks_are_left_in_peace(remark: str, tmp_path: Path) -> None:
    """Brackets in a row and comments of one's own are no slips."""
    assert publish("build", "-C", str(written(tmp_path, {f"{AT}/i.md": f"{GOOD}\n{remark}\n"}))).err == ""


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    """-C with a folder that is not there says so, and not that its settings are missing."""
    assert publish("build", "-C", str(tmp_path / "nope")).err.startswith(f"{tmp_path / 'nope'}: error: no such folder")


def test_a_refused_build_leaves_out_as_it_was(tmp_path: Path) -> None:
    """After an error, every byte of the generation that stood is still there."""
    root = written(tmp_path, {f"{AT}/i.md": GOOD})
    assert publish("build", "-C", str(root)).code == 0
    before = {path: path.read_bytes() for path in (root / "out").rglob("*") if path.is_file()}
    written(tmp_path, {f"{AT}/i.md": GOOD + "* [x]()\n"})
    assert publish("build", "-C", str(root)).code == 1
    assert {path: path.read_bytes() for path in (root / "out").rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("word", ["yesterday", "2023-13-01", "2023-3-4", "../2023-03-04x"])
def test_a_date_that_is_none_is_a_usage_error(word: str, tmp_path: Path) -> None:
    """A DATE that is no date ends with exit 2 before anything is read."""
    assert publish("build", "-C", str(tmp_path), word).code == 2


def test_a_folder_that_is_missing_is_an_error_with_a_path(tmp_path: Path) -> None:
    """A date without a folder is told by its path, without a line, exit 1."""
    root = written(tmp_path, {f"{AT}/i.md": GOOD})
    ran = publish("build", "-C", str(root), "2020-01-01")
    assert ran.code == 1
    assert ran.err.startswith("issues/2020-01-01: error: ")


@pytest.mark.parametrize("aim", ["2023-03-05", "nowhere", "2023-03-04/i.md/x"])
def test_a_link_that_leads_to_nothing_stops_no_build(tmp_path: Path, aim: str) -> None:
    """A link among the issues that leads nowhere, in a circle or through a file is told, and the others are built."""
    root = written(tmp_path, {f"{AT}/i.md": GOOD})
    (root / "issues" / "2023-03-05").symlink_to(aim)
    ran = publish("build", "-C", str(root))
    assert ran.code == 0
    assert "issues/2023-03-05: warning: not read" in ran.err
    assert (root / "out" / "2023-03-04" / "index.html").exists()

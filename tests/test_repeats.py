"""What of an issue readers have had: verdicts beside the archive, the editor's answers, and what readers are shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from publications import SETTINGS, Ran, publish, written

OLD = "### [Attention Is All You Need](https://arxiv.org/abs/1706.03762v1)\n* a note\n"
NEW = "### [Attention is all you need](https://arxiv.org/pdf/1706.03762.pdf){answer}\n* again\n"
FRESH = "### [A stable sort that needs no memory](https://sort.example/stable)\n* a note\n"


def site(root: Path, *issues: str, settings: str = "") -> Path:
    """A publication with these issues, a week apart from 2023-03-04 on."""
    days = ("2023-03-04", "2023-03-11", "2023-03-18", "2023-03-25")
    sources = {
        f"issues/{day}/index.md": f"# Weekly\n\n## Papers\n\n{text}" for day, text in zip(days, issues, strict=False)
    }
    return written(root, {"newsletter.yaml": SETTINGS + settings, **sources})


def told(root: Path, *words: str) -> list[tuple[object, object, object]]:
    """Severity, rule and message of all that `publish check` tells, notes on missing words aside."""
    ran = publish("check", "-C", str(root), "--format", "json", *words)
    return [(one["severity"], one["rule"], one["message"]) for one in ran.findings if one["rule"] != "no-note"]


def again(answer: str = "") -> str:
    """The old entry under another address and title, with an answer in its comment."""
    return NEW.format(answer=f" <!-- {answer} -->" if answer else "")


def build(root: Path, *words: str) -> Ran:
    """`publish build`."""
    return publish("build", "-C", str(root), *words)


def test_a_repeat_is_told_with_where_it_was_and_why(tmp_path: Path) -> None:
    """An entry that an earlier issue had under another address and title is an error that says all an editor asks."""
    root = site(tmp_path, OLD, FRESH, again())
    message = (
        "in issue 1 (2023-03-04), Papers, 2 issues ago, as “Attention Is All You Need”: same arXiv paper, other version"
    )
    ran = build(root, "2023-03-18")
    assert ran.code == 1
    assert ran.err.splitlines()[:-1] == [f"issues/2023-03-18/index.md:5:5: error: {message} [repeat]"]
    assert not (root / "out").exists()


def test_a_refusal_says_what_to_write_where_a_repeat_is_meant(tmp_path: Path) -> None:
    """The last line of a build refused over a repeat gives words that, written at the entry, let the build pass."""
    root = site(tmp_path, OLD, again())
    hint = build(root, "2023-03-11").err.splitlines()[-1]
    assert hint.startswith("If a repeat is meant")
    assert "<!-- repeat: update -->" in hint
    assert "If a repeat" not in build(root, "2023-03-11", "--format", "json").out
    written(root, {"issues/2023-03-11/index.md": NEW.format(answer=" <!-- repeat: update -->")})
    assert build(root, "2023-03-11").code == 0
    written(root, {"issues/2023-03-11/index.md": "[broken](https://a.example"})
    assert "If a repeat" not in build(root, "2023-03-11").err


def test_a_build_of_everything_sums_repeats_up(tmp_path: Path) -> None:
    """Without a DATE nothing refuses over a repeat, and one line says how many there are."""
    ran = build(site(tmp_path, OLD, again()))
    assert (ran.code, ran.err) == (0, "")
    assert "1 entry readers have had before: publish check tells which" in ran.out.splitlines()


@pytest.mark.parametrize(("setting", "words"), [("drop", ", left out"), ("mark", ", shown as repeats")])
def test_the_sum_says_what_became_of_repeats(setting: str, words: str, tmp_path: Path) -> None:
    """Without a DATE, too, nobody is left to think that a repeat is shown as any other entry."""
    ran = build(site(tmp_path, OLD, again(), settings=f"on_repeat: {setting}\n"))
    assert f"1 entry readers have had before{words}: publish check tells which" in ran.out.splitlines()


def test_an_entry_is_summed_up_once(tmp_path: Path) -> None:
    """An entry that stands twice in its issue, and in an earlier one, too, is one entry of the sum."""
    ran = build(site(tmp_path, OLD, again() + "\n" + again()))
    assert "2 entries readers have had before: publish check tells which" in ran.out.splitlines()


def test_a_repeat_within_an_issue_is_told_once(tmp_path: Path) -> None:
    """What stands twice in one issue is told at its second place, with the line of the first."""
    found = told(site(tmp_path, OLD + "\n" + again()))
    message = "twice in this issue, line 5, Papers, as “Attention Is All You Need”: same arXiv paper, other version"
    assert found == [("error", "repeat", message)]


@pytest.mark.parametrize(
    ("here", "rule", "severity"),
    [
        ("### [Weather of Mars](https://post.example/2023/deep-page)\n* x\n", "wrong-link", "warning"),
        ("### [Compilers for tiny machines, part 2](https://post.example/2023/deep-page)\n* x\n", "update", "note"),
        ("### [Compilers for tiny machines, part 1](https://mirror.example/c/one)\n* x\n", "likely-repeat", "warning"),
        (
            "### [Fresh news](https://news.example/x)\n* <https://post.example/2023/deep-page>\n",
            "mentioned",
            "note",
        ),
    ],
)
def test_each_verdict_has_its_rule(here: str, rule: str, severity: str, tmp_path: Path) -> None:
    """A wrong link, an update, a likely repeat and a mention are told as such, as bad as they are."""
    old = "### [Compilers for tiny machines, part 1](https://post.example/2023/deep-page)\n* a note\n"
    assert [one[:2] for one in told(site(tmp_path, old, here))] == [(severity, rule)]


def test_a_wrong_link_within_an_issue_is_an_error(tmp_path: Path) -> None:
    """One deep address under two titles without a word in common refuses the issue, unless repeats are marked."""
    text = "### [Fast parsers](https://a.example/x/y)\n* n\n\n### [Weather of Mars](https://a.example/x/y)\n* n\n"
    assert [one[:2] for one in told(site(tmp_path, text))] == [("error", "wrong-link")]
    for setting in ("mark", "drop"):
        root = site(tmp_path / setting, text, settings=f"on_repeat: {setting}\n")
        assert [one[:2] for one in told(root)] == [("warning", "wrong-link")]
        assert build(root, "2023-03-04").code == 0
        assert "Weather of Mars" in (root / "out/2023-03-04/index.html").read_text()


def test_related_entries_are_told_when_asked_for(tmp_path: Path) -> None:
    """What is only near an earlier entry is hidden, and shown with --related."""
    old = "### [tool](https://github.com/o/tool)\n* n\n"
    new = "### [How it installs](https://github.com/o/tool/blob/main/docs/install.md)\n* n\n"
    root = site(tmp_path, old, new)
    assert told(root) == []
    assert [one[:2] for one in told(root, "--related")] == [("note", "related")]


@pytest.mark.parametrize(
    "answer",
    [
        *("repeat: update", "repeat: ok", "repeat: rerun", "repeat: recall of 2023-03-04#attention-is-all-you-need"),
        *("repeat: running until 2023-03-11", "supersedes: 2023-03-04#attention-is-all-you-need"),
    ],
)
def test_an_answer_is_asked_for_once(answer: str, tmp_path: Path) -> None:
    """A repeat that the editor has answered is not told, and every edition links to where readers had it."""
    root = site(tmp_path, OLD, again(answer))
    assert told(root, "2023-03-11") == []
    assert build(root, "2023-03-11").code == 0
    for edition in ("index.html", "email.html", "email.txt", "issue.md"):
        text = (root / "out/2023-03-11" / edition).read_text()
        assert "Previously in issue 1" in text
        assert "https://weekly.example/2023-03-04/#attention-is-all-you-need" in text
    for feed in ("feed.xml", "atom.xml", "feed.json", "entries.xml", "entries.atom.xml", "entries.json"):
        assert "Previously in issue 1" in (root / "out" / feed).read_text()


def test_an_answer_in_yaml_is_one(tmp_path: Path) -> None:
    """In YAML the answer stands with the entry, in the same words."""
    root = site(tmp_path, OLD)
    answer = "repeat: recall of 2023-03-04#attention-is-all-you-need"
    entry = f"- {{title: Attention, url: https://arxiv.org/abs/1706.03762, note: x, {answer}}}\n"
    written(root, {"issues/2023-03-11/a.yaml": entry})
    assert told(root, "2023-03-11") == []


def test_entries_without_an_address_are_known_by_title_and_links(tmp_path: Path) -> None:
    """An entry without an address of its own is a repeat of one with its title that links to the same."""
    old = "dino\n* [code](https://github.com/o/dino), [paper](https://arxiv.org/abs/2304.07193)\n"
    new = "dino\n* [its paper](https://arxiv.org/pdf/2304.07193v2)\n"
    other = "dino\n* [bones](https://museum.example/bones)\n"
    assert [one[1] for one in told(site(tmp_path / "a", old, new))] == ["repeat"]
    assert told(site(tmp_path / "b", old, other)) == []


def test_an_alias_joins_two_addresses(tmp_path: Path) -> None:
    """An alias that an entry gives makes it one with an entry at that address, whichever of them came first."""
    at_home = "### [Sorting at home](https://home.example/sorting)\n* n\n"
    moved = "### [A new house](https://moved.example/page/1) <!-- alias: [https://home.example/sorting] -->\n* n\n"
    assert [one[:2] for one in told(site(tmp_path / "a", at_home, moved))] == [("error", "repeat")]
    assert [one[:2] for one in told(site(tmp_path / "b", moved, at_home))] == [("error", "repeat")]


def test_a_likely_repeat_tells_how_to_part_the_two(tmp_path: Path) -> None:
    """The words that a likely repeat ends with, written at the entry, let it be another thing."""
    old = "### [Compilers for tiny machines in the field](https://post.example/deep-page)\n* n\n"
    new = old.replace("post.example/deep-page", "mirror.example/c/one")
    root = site(tmp_path, old, new)
    message = str(told(root)[0][2])
    words = "not-same-as: [2023-03-04#compilers-for-tiny-machines-in-the-field]"
    assert message.endswith(f"; if it is another thing, {words} says so")
    assert told(site(root, old, new.replace(")\n", f") <!-- {words} -->\n"))) == []


def series(*parts: str) -> str:
    """Entries of one series, by their parts."""
    entries = ((part, f"https://sort.example/{part.replace(' ', '-')}") for part in parts)
    return "\n".join(f"### [Sorting without memory: {part}]({url})\n* a note\n" for part, url in entries)


def test_a_series_hides_no_repeat_in_it(tmp_path: Path) -> None:
    """A likely repeat is told behind a hundred newer entries of its series, none of which is told."""
    between = series(*(f"part {number}" for number in range(2, 102)))
    last = series("how stable sorts began").replace("sort.example", "mirror.example")
    root = site(tmp_path, series("how stable sorts began"), between, last)
    assert [(one[1], "how stable sorts began" in str(one[2])) for one in told(root)] == [("likely-repeat", True)]


def test_an_answer_may_be_to_the_part_before(tmp_path: Path) -> None:
    """An answer at the next part of a long series answers the part before it."""
    parts = [series(f"part {number}") for number in range(1, 41)]
    parts[-1] = parts[-1].replace(")\n", ") <!-- repeat: ok -->\n")
    assert told(site(tmp_path, "\n".join(parts))) == []


def test_not_same_as_parts_two_entries(tmp_path: Path) -> None:
    """An entry that the editor says is another one is not told again."""
    root = site(tmp_path, OLD, again("not-same-as: [2023-03-04#attention-is-all-you-need]"))
    assert told(root) == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("repeat: running until 2023-03-10", [("warning", "answer-over"), ("error", "repeat")]),
        ("repeat: update of 2023-03-04#nothing", [("warning", "reference")]),
        ("not-same-as: [2023-03-04#attention-is-all-you-need, 2022-01-01#x]", [("warning", "reference")]),
        ("supersedes: 2023-03-11#attention-is-all-you-need", [("warning", "reference")]),
        ("repeat: update of 2023-03-18#later", [("warning", "reference")]),
    ],
)
def test_an_answer_that_does_not_hold_is_told(answer: str, expected: list[tuple[str, str]], tmp_path: Path) -> None:
    """An answer that has run out, or that names what is not there, or not before the entry, is told."""
    root = site(tmp_path, OLD, again(answer), FRESH.replace("A stable sort that needs no memory", "Later"))
    assert sorted(one[1] for one in told(root)) == sorted(rule for _, rule in expected)


def test_an_answer_to_nothing_is_told(tmp_path: Path) -> None:
    """`repeat:` on an entry that nothing is like is told, as it may stand at the wrong one."""
    assert [one[:2] for one in told(site(tmp_path, OLD, FRESH.replace(")\n", ") <!-- repeat: ok -->\n")))] == [
        ("note", "answer-idle")
    ]


def test_a_draft_may_name_its_own_entries(tmp_path: Path) -> None:
    """An answer in a draft may name another entry of that draft, though the history has no drafts."""
    own = "not-same-as: [2023-03-04#attention-is-all-you-need]"
    root = site(tmp_path, f"{OLD}\n{again(own)}")
    source = root / "issues/2023-03-04/index.md"
    source.write_text("---\ndraft: true\n---\n" + source.read_text())
    assert told(root) == []


@pytest.mark.parametrize(
    "answer",
    [
        "repeat: maybe",
        "repeat: running until 2023-02-30",
        "repeat: running",
        "alias: [old.example/page]",
        "supersedes: the first one",
        "not-same-as: [issue 1]",
    ],
)
def test_an_answer_that_is_none_is_refused(answer: str, tmp_path: Path) -> None:
    """An answer in words that we do not know is an error with its place, and says which words we do."""
    ran = build(site(tmp_path, OLD, again(answer)))
    assert ran.code == 1
    assert ran.err.startswith("issues/2023-03-11/index.md:5:")
    assert "such as" in ran.err or "update, recall" in ran.err or "https://" in ran.err


def test_repeats_are_dropped_from_every_edition(tmp_path: Path) -> None:
    """With `on_repeat: drop` a repeat is in no edition of its issue, and a warning says so."""
    root = site(tmp_path, OLD, again() + "\n" + FRESH, settings="on_repeat: drop\n")
    ran = build(root, "2023-03-11")
    assert (ran.code, ran.err.count("warning"), "left out [repeat]" in ran.err) == (0, 1, True)
    for path in (root / "out/2023-03-11").iterdir():
        text = path.read_text()
        assert "1706.03762" not in text
        assert "stable" in text or path.name == "issue.eml"
    assert (root / "out/feed.xml").read_text().count("1706.03762v1") > 0
    assert "1706.03762.pdf" not in (root / "out/feed.xml").read_text()


def test_an_entry_that_holds_others_is_never_dropped(tmp_path: Path) -> None:
    """A repeat with entries grouped under it stays, and so do they."""
    group = again() + "* [Code for it](https://code.example/attention): new\n"
    root = site(tmp_path, OLD, group, settings="on_repeat: drop\n")
    assert build(root, "2023-03-11").code == 0
    assert "Code for it" in (root / "out/2023-03-11/index.html").read_text()


def test_a_repeat_that_stays_is_not_said_to_be_left_out(tmp_path: Path) -> None:
    """With `on_repeat: drop` what is told to be left out is, and what is told to be shown as a repeat is."""
    group = again() + "* [Code for it](https://code.example/attention): new\n"
    stays = site(tmp_path / "a", OLD, group, settings="on_repeat: drop\n")
    assert "; shown as a repeat [repeat]" in build(stays, "2023-03-11").err
    assert "Previously in issue 1" in (stays / "out/2023-03-11/index.html").read_text()
    over = site(tmp_path / "b", OLD, again("repeat: running until 2023-03-10"), settings="on_repeat: drop\n")
    assert "; left out [repeat]" in build(over, "2023-03-11").err
    assert "1706.03762" not in (over / "out/2023-03-11/index.html").read_text()


def test_readers_are_led_to_what_they_were_shown(tmp_path: Path) -> None:
    """With `on_repeat: drop` no “previously” leads to an entry that was dropped, but to the one before it."""
    root = site(tmp_path, OLD, again(), again("repeat: recall"), settings="on_repeat: drop\n")
    assert build(root).code == 0
    page = (root / "out/2023-03-18/index.html").read_text()
    assert "https://weekly.example/2023-03-04/#attention-is-all-you-need" in page
    assert "https://weekly.example/2023-03-11/#" not in page


def test_a_section_without_the_rule_keeps_its_repeats(tmp_path: Path) -> None:
    """Where `repeat` is off in a section nothing is dropped or marked there, as nothing would tell of it."""
    for setting in ("drop", "mark"):
        rules = f"on_repeat: {setting}\nrules: {{repeat: {{sections: {{Papers: off}}}}}}\n"
        root = site(tmp_path / setting, OLD, again(), settings=rules)
        assert build(root, "2023-03-11").err == ""
        page = (root / "out/2023-03-11/index.html").read_text()
        assert ("1706.03762" in page, "Previously" in page) == (True, False)


def test_a_repeat_within_an_issue_is_marked_as_one(tmp_path: Path) -> None:
    """With `on_repeat: mark` what stands twice in one issue leads up in it, and to no earlier issue."""
    root = site(tmp_path, OLD + "\n" + again().replace("Attention", "Mind"), settings="on_repeat: mark\n")
    assert build(root).code == 0
    page = (root / "out/2023-03-04/issue.md").read_text()
    assert "[Also above in this issue](https://weekly.example/2023-03-04/#attention-is-all-you-need)" in page
    assert "Previously" not in page


def test_a_repeat_in_another_file_is_told_with_that_file(tmp_path: Path) -> None:
    """What stands twice in one issue, in two of its files, is told with the name of the other file."""
    root = site(tmp_path, OLD)
    written(root, {"issues/2023-03-04/more.md": f"## Papers\n\n{again()}"})
    (found,) = told(root)
    assert "twice in this issue, issues/2023-03-04/index.md:5:5, Papers" in str(found[2])


def test_repeats_are_marked(tmp_path: Path) -> None:
    """With `on_repeat: mark` a repeat says in every edition where readers had it."""
    root = site(tmp_path, OLD, again(), settings="on_repeat: mark\nlanguage: zh-CN\n")
    ran = build(root, "2023-03-11")
    assert (ran.code, "shown as a repeat [repeat]" in ran.err) == (0, True)
    for edition in ("index.html", "email.html", "email.txt", "issue.md"):
        assert "曾见于第 1 期" in (root / "out/2023-03-11" / edition).read_text()


def test_a_standing_link_may_return(tmp_path: Path) -> None:
    """A link that was in three of the last ten issues is no repeat in the next one."""
    root = site(tmp_path, OLD, again("repeat: ok"), again("repeat: ok"), again())
    assert [one[:2] for one in told(root, "2023-03-25")] == [("note", "standing")]


def test_a_section_may_be_declared_standing(tmp_path: Path) -> None:
    """Links of a section that the settings name return without a word."""
    root = site(tmp_path, OLD, again(), settings="standing: [Papers]\n")
    assert [one[:2] for one in told(root)] == [("note", "standing")]


def test_drafts_are_no_history(tmp_path: Path) -> None:
    """What only a draft has, readers have not had; a draft itself is held against the issues that are out."""
    draft = "---\ndraft: true\n---\n"
    root = site(tmp_path, OLD, again(), again())
    first, second = (root / f"issues/{day}/index.md" for day in ("2023-03-04", "2023-03-11"))
    first.write_text(draft + first.read_text())
    assert told(root, "2023-03-11") == []
    second.write_text(draft + second.read_text())
    assert told(root, "2023-03-18") == []
    first.write_text(first.read_text().removeprefix(draft))
    assert [one[:2] for one in told(root, "2023-03-11")] == [("error", "repeat")]


def test_severities_of_repeats_are_the_settings(tmp_path: Path) -> None:
    """`rules:` says how bad a repeat is, everywhere or in a section."""
    quiet = site(tmp_path / "a", OLD, again(), settings="rules: {repeat: {sections: {Papers: off}}}\n")
    assert told(quiet) == []
    assert build(quiet, "2023-03-11").code == 0
    loud = site(tmp_path / "b", OLD, again(), settings="on_repeat: mark\nrules: {repeat: error}\n")
    assert build(loud, "2023-03-11").code == 1


ALIASES = "- [https://github.com/new/name, https://github.com/old/name]\n- [https://a.example/x, https://b.example/x]\n"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("https://github.com/old/name", "https://github.com/new/name"),
        ("https://github.com/new/name", "https://www.github.com/old/name.git"),
        ("http://a.example/x/", "https://b.example/x"),
    ],
)
def test_the_publications_aliases_join_addresses(old: str, new: str, tmp_path: Path) -> None:
    """What `aliases.yaml` lists together is one thing: in checks, in what readers are shown, and to `seen`."""
    first, second = f"### [A name of old]({old})\n* n\n", f"### [Quite another title]({new})\n* n\n"
    root = site(tmp_path, first, second, settings="on_repeat: mark\n")
    assert "repeat" not in [one[1] for one in told(root)]
    written(root, {"aliases.yaml": ALIASES, "newsletter.yaml": SETTINGS + "on_repeat: mark\n"})
    assert [one[:2] for one in told(root)] == [("warning", "repeat")]
    assert build(root).out.count("readers have had before") == 1
    assert "Previously in issue 1" in (root / "out/2023-03-11/index.html").read_text()
    for _ in range(2):  # the second time there is an index
        assert '"verdict": "same"' in publish("seen", "-C", str(root), "--format", "json", new).out


@pytest.mark.parametrize(
    "text", ["a: b\n", "- https://a.example\n", "- [https://a.example]\n", "- [x, y]\n", "- [{}]\n"]
)
def test_aliases_that_are_none_are_told(text: str, tmp_path: Path) -> None:
    """A file of aliases in another form is an error with its place."""
    root = site(tmp_path, OLD)
    written(root, {"aliases.yaml": text})
    ran = build(root)
    assert ran.code == 1
    assert ran.err.startswith("aliases.yaml:1:")

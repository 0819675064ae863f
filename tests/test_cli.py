"""The command as people type it."""

from __future__ import annotations

import contextlib
import datetime
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from publications import publish, written

ISSUE = "# One\n\n## S\n\n### [A](www.a.example)\n"
AT = "issues/2023-03-04"
EDITIONS = ["email.html", "email.txt", "index.html", "issue.eml", "issue.md"]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A publication with one issue, which has one warning."""
    return written(tmp_path, {f"{AT}/index.md": ISSUE})


def test_build_makes_every_edition(root: Path) -> None:
    """A build puts the editions of the issue and the documents of the publication into out/, and names them."""
    ran = publish("build", "2023-03-04", "-C", str(root))
    assert ran.code == 0
    assert sorted(path.name for path in (root / "out/2023-03-04").iterdir()) == EDITIONS
    feeds = {"atom.xml", "entries.atom.xml", "entries.json", "entries.xml", "feed.json", "feed.xml"}
    others = {".manifest", "404.html", "index.html", "robots.txt", "sitemap.xml"}
    assert {path.name for path in (root / "out").iterdir() if path.is_file()} == feeds | others
    assert all(f"out/2023-03-04/{name}" in ran.out for name in EDITIONS)


@pytest.mark.parametrize("place", ["before", "after"])
def test_another_publication_is_named_on_either_side(place: str, root: Path, tmp_path: Path) -> None:
    """-C stands before the command's name or behind it."""
    here = ["-C", str(root)]
    assert publish(*(here if place == "before" else []), "build", *(here if place == "after" else [])).code == 0
    assert (root / "out/index.html").exists()


def test_the_folder_of_an_issue_names_it(root: Path) -> None:
    """A path as the shell completes it is taken for its date."""
    assert publish("build", "-C", str(root), "issues/2023-03-04/").code == 0


def test_a_dry_run_writes_nothing(root: Path) -> None:
    """--dry-run tells what would change and leaves not even a lock behind."""
    ran = publish("build", "-C", str(root), "--dry-run")
    assert ran.code == 0
    assert " new" in ran.out
    assert sorted(path.name for path in root.iterdir()) == ["issues", "newsletter.yaml"]


def test_quiet_tells_errors_only(root: Path) -> None:
    """--quiet leaves out what was made and what is only a warning."""
    ran = publish("build", "-C", str(root), "--quiet")
    assert (ran.code, ran.out, ran.err) == (0, "", "")


def test_findings_go_to_stderr_and_what_was_made_to_stdout(root: Path) -> None:
    """In the text format the two can be parted."""
    ran = publish("build", "-C", str(root))
    assert ran.err.startswith(f"{AT}/index.md:5:5: warning: ")
    assert "warning" not in ran.out


def test_json_is_one_finding_a_line_and_nothing_else(root: Path) -> None:
    """--format json gives objects with path, line, column, severity, rule and message on stdout."""
    ran = publish("build", "-C", str(root), "--format", "json")
    assert ran.err == ""
    [finding] = ran.findings
    assert finding == {
        "path": f"{AT}/index.md",
        "line": 5,
        "column": 5,
        "severity": "warning",
        "rule": "no-scheme",
        "message": "“www.a.example” has no scheme: taken as https://www.a.example",
    }


def test_github_gets_annotations(root: Path) -> None:
    """--format github annotates the line, by its path from where the command runs."""
    ran = publish("build", "-C", str(root), "--format", "github")
    path = f"{root}/{AT}/index.md".replace(":", "%3A").replace(",", "%2C")
    assert f"::warning file={path},line=5,col=5,title=no-scheme::" in ran.out


def test_an_escape_sequence_in_a_name_cannot_move_the_terminal(root: Path) -> None:
    """Control characters in what is told are shown, not sent."""
    (root / "issues/\x1b[2Jx").mkdir()
    ran = publish("build", "-C", str(root))
    assert "\x1b[2J" not in ran.err
    assert "\\u001b[2Jx" in ran.err


def test_init_makes_a_publication_that_builds_at_once(tmp_path: Path) -> None:
    """What `publish init` makes builds without a finding."""
    assert publish("init", str(tmp_path / "weekly"), "--title", "Links: a weekly", "--language", "zh-CN").code == 0
    ran = publish("build", "-C", str(tmp_path / "weekly"), str(datetime.date.today()))
    assert (ran.code, ran.err) == (0, "")
    assert "Links: a weekly" in (tmp_path / "weekly/out/index.html").read_text()


def test_init_leaves_what_is_there(tmp_path: Path) -> None:
    """A publication that is there refuses; another file that is there stays as it is."""
    (tmp_path / ".gitignore").write_text("mine\n")
    assert publish("init", "-C", str(tmp_path)).code == 0
    assert (tmp_path / ".gitignore").read_text() == "mine\n"
    settings = (tmp_path / "newsletter.yaml").read_text()
    assert publish("init", "-C", str(tmp_path)).code == 1
    assert (tmp_path / "newsletter.yaml").read_text() == settings


def test_a_mistyped_command_is_met_with_the_nearest(root: Path) -> None:
    """An unknown command is a usage error that names the one that was meant."""
    ran = publish("bild")
    assert ran.code == 2
    assert "Did you mean “build”?" in ran.err


def test_a_pipe_sees_no_progress(root: Path) -> None:
    """Where stderr is no terminal nothing but lines is written to it, whole process and all."""
    done = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "-C", str(root), "build"],
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert b"\r" not in done.stderr
    assert done.stdout.count(b"\n") == 1


def test_a_terminal_sees_how_far_it_is_and_keeps_nothing_of_it(tmp_path: Path) -> None:
    """Progress only grows, no longer line shows from under a shorter one, and the last is wiped."""
    entry = "## S\n\n### [T](https://a.example)\n"
    root = written(tmp_path, {f"issues/20{year}-03-04/index.md": entry for year in range(20, 80)})
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "build", "-C", str(root)],
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    ) as ran:
        os.close(theirs)
        shown = ""
        with contextlib.suppress(OSError):  # what Linux says at the end of a terminal
            while part := os.read(ours, 4096):
                shown += part.decode()
    os.close(ours)
    assert ran.returncode == 0
    lines = shown.split("\r")[1:]
    assert all(line.endswith("\x1b[K") for line in lines)
    assert lines[-1] == "\x1b[K"
    made = [int(line.split()[0].replace(",", "")) for line in lines if "files made" in line]
    assert made
    assert made == sorted(made)


def test_a_draft_is_built_and_told_to_nobody(root: Path) -> None:
    """A draft has its pages, marked noindex, and stands in no feed and not on the front page."""
    written(
        root, {"issues/2023-03-11/index.md": "---\ndraft: true\n---\n# Secret\n\n## S\n\n### [B](https://b.example)\n"}
    )
    assert publish("build", "-C", str(root)).code == 0
    assert "noindex" in (root / "out/2023-03-11/index.html").read_text()
    for name in ("index.html", "feed.xml", "atom.xml", "feed.json", "entries.xml", "2023-03-04/index.html"):
        assert "Secret" not in (root / "out" / name).read_text()


def test_the_same_input_gives_the_same_bytes(root: Path) -> None:
    """Two cold builds are equal byte for byte, and so is one without the cache."""

    def made() -> dict[str, bytes]:
        assert publish("build", "-C", str(root)).code == 0
        return {str(path): path.read_bytes() for path in (root / "out").rglob("*") if path.is_file()}

    first = made()
    subprocess.run(["rm", "-r", str(root / "out"), str(root / ".publish")], check=True)
    assert made() == first


def test_static_files_are_copied(root: Path) -> None:
    """What stands in `static/` stands at the top of the site, hidden files too; nothing of it may take our names."""
    written(root, {"static/CNAME": "weekly.example", "static/.well-known/x": "y", "static/.gitkeep": ""})
    assert publish("build", "-C", str(root)).code == 0
    assert (root / "out/CNAME").read_text() == "weekly.example"
    assert (root / "out/.well-known/x").read_text() == "y"
    assert not (root / "out/.gitkeep").exists()
    written(root, {"static/feed.xml": "mine"})
    ran = publish("build", "-C", str(root))
    assert ran.code == 1
    assert "out/feed.xml: error: two files of the site want this place" in ran.err


def test_a_number_that_does_not_rise_is_told(root: Path) -> None:
    """Two issues of one number, or a number below the one before, are a warning at the later one."""
    written(root, {"issues/2023-03-11/i.md": "# #7\n\n## S\n", "issues/2023-03-18/i.md": "# #7\n\n## S\n"})
    ran = publish("build", "-C", str(root), "2023-03-18")
    assert ran.code == 0
    assert "issues/2023-03-18/i.md:1:1: warning: its number is 7" in ran.err


def test_a_template_with_a_slip_in_its_name_is_told(root: Path) -> None:
    """A file of nearly a template's name replaces nothing, and that is said; a file of another name is the author's."""
    written(root, {"templates/web/isue.html": "x", "templates/partials/card.html": "x"})
    ran = publish("build", "-C", str(root))
    assert "templates/web/isue.html: warning: replaces no template: did you mean “templates/web/issue.html”?" in ran.err
    assert "card.html" not in ran.err


@pytest.mark.parametrize("command", ["check", "seen", "add", "diff", "fix"])
def test_what_makes_nothing_loads_nothing_that_makes(command: str) -> None:
    """A command that renders nothing does not wait for what renders to be loaded."""
    code = f"import sys, pipeline.cli.{command}; print({{'jinja2', 'babel', 'lxml', 'mjml'}} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"


@pytest.mark.parametrize(
    "line",
    [
        "add https://a.example",
        "add https://a.example --issue 2023-03-04",
        "new 2023-03-04",
        "new 2023-03-04 --from l",
        "inbox",
        "inbox --sort",
        "gather",
        "seen https://a.example",
        "build",
        "check",
        "check --links",
        "fix",
        "import l",
        "send 2023-03-04",
        "subscribers list",
        "subscribers add a@b.example",
        "doctor",
        "workflow",
    ],
)
def test_a_folder_that_is_no_publication_stays_as_it_is(line: str, tmp_path: Path) -> None:
    """Outside a publication a command says so, and leaves nothing behind; where there is no folder, it names it."""
    (tmp_path / "l").write_text("# L\n\n[A](https://a.example)\n", encoding="utf-8")
    words = [str(tmp_path / "l") if word == "l" else word for word in line.split()]
    ran = publish("-C", str(tmp_path), *words)
    assert (ran.code, "[missing-settings]" in ran.err) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == ["l"]
    nowhere = publish("-C", str(tmp_path / "nowhere"), *words)
    assert (nowhere.code, "no such f" in nowhere.err, "out/" in nowhere.err) == (1, True, False)

"""`publish deploy` and `publish workflow` as people type them, and the hook for pre-commit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from deployments import git, repository, standing
from publications import publish, written

from pipeline.read.destination import Destination, destination

_ROOT = Path(__file__).parents[1]
ISSUE = "# One\n\n## S\n\n### [A](https://a.example/)\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A built publication with an issue, a draft and a file of its own, beside an empty place."""
    root = written(
        tmp_path / "weekly",
        {
            "issues/2023-03-04/index.md": ISSUE,
            "issues/2023-03-11/index.md": "---\ndraft: true\n---\n# Secret\n\n### [B](https://b.example/)\n",
            "static/CNAME": "weekly.example\n",
        },
    )
    assert publish("-C", str(root), "build").code == 0
    return root


def deployed(root: Path, *words: str) -> tuple[int, str]:
    """How `publish deploy` ended, and all that it told."""
    ran = publish("-C", str(root), "deploy", f"folder:{root.parent / 'site'}", *words)
    return ran.code, ran.out + ran.err


def test_the_site_goes_out_but_for_drafts_and_messages(root: Path) -> None:
    """What is deployed is out/ without drafts, without issue.eml, and nothing in it tells of either."""
    code, told = deployed(root)
    assert code == 0, told
    site, out = standing(root.parent / "site"), standing(root / "out")
    assert "2023-03-11/index.html" in out
    assert site == {path: out[path] for path in out if "2023-03-11/" not in path and path != "2023-03-04/issue.eml"}
    assert site["CNAME"] == b"weekly.example\n"
    manifest = (root.parent / "site" / ".manifest").read_text()
    assert "2023-03-11" not in manifest
    assert "issue.eml" not in manifest


def test_an_issue_that_becomes_a_draft_again_is_withdrawn(root: Path) -> None:
    """What was deployed and is a draft now goes."""
    deployed(root)
    (root / "issues/2023-03-04/index.md").write_text("---\ndraft: true\n---\n" + ISSUE)
    publish("-C", str(root), "build")
    _, told = deployed(root, "--dry-run")
    assert "- 2023-03-04/index.html" in told
    assert deployed(root)[0] == 0
    assert not (root.parent / "site" / "2023-03-04").exists()


def test_a_dry_run_writes_nothing_anywhere(root: Path) -> None:
    """It names each file, and neither the place nor `.publish/` is changed."""
    before = sorted((path, path.stat().st_mtime_ns) for path in root.rglob("*"))
    code, told = deployed(root, "--dry-run")
    assert code == 0
    assert "+ 2023-03-04/index.html" in told
    assert "would stand" in told
    assert not (root.parent / "site").exists()
    assert sorted((path, path.stat().st_mtime_ns) for path in root.rglob("*")) == before


def edit(path: Path) -> None:
    """Changes a byte of many, and no size."""
    path.write_bytes(path.read_bytes().replace(b"A", b"B", 1))


@pytest.mark.parametrize("dry_run", [(), ("--dry-run",)], ids=["really", "dry"])
@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("not-built", lambda root: shutil.rmtree(root / "out")),
        ("not-built", lambda root: (root / "out" / "index.html").write_text("edited")),
        ("not-built", lambda root: edit(root / "out/2023-03-04/index.html")),
        ("not-built", lambda root: (root / "out" / "feed.xml").unlink()),
        ("not-built", lambda root: (root / "issues/2023-03-04/index.md").write_text(ISSUE.replace("One", "Two"))),
        ("not-built", lambda root: (root / "static/CNAME").unlink()),
        (
            "not-built",
            lambda root: written(root, {"issues/2023-03-18/index.md": ISSUE.replace("a.example", "c.example")}),
        ),
        ("unfinished", lambda root: (root / ".publish/journal").write_text("publish journal 1\n+index.html\n")),
        ("foreign-folder", lambda root: (root / "out/.manifest").unlink()),
        (
            "unknown-key",
            lambda root: (root / "newsletter.yaml").write_text("title: x\nurl: https://x.example\nnope: 1\n"),
        ),
    ],
    ids=["none", "edited", "a byte", "missing", "old", "static", "new", "unfinished", "foreign", "settings"],
)
def test_what_a_build_would_not_make_is_refused(
    root: Path, name: str, change: object, dry_run: tuple[str, ...]
) -> None:
    """A site that is unfinished, older than its sources, edited or not ours goes nowhere; the place stays as it is."""
    assert callable(change)
    change(root)
    code, told = deployed(root, *dry_run)
    assert code == 1
    assert f"[{name}]" in told
    assert not (root.parent / "site").exists()


def test_another_command_at_work_is_waited_for_and_told(root: Path) -> None:
    """While a build holds the publication, nothing is deployed."""
    script = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script, root / ".publish" / "lock"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        code, told = deployed(root)
        holder.kill()
    assert code == 1
    assert "[busy]" in told


def test_the_settings_say_where(root: Path) -> None:
    """Without a target it is that of newsletter.yaml, found from the publication's folder; without any it is asked."""
    assert "[no-target]" in publish("-C", str(root), "deploy").err
    settings = (root / "newsletter.yaml").read_text()
    (root / "newsletter.yaml").write_text(f"{settings}deploy: folder:../public\n")
    ran = publish("-C", str(root), "deploy")
    assert ran.code == 0, ran.err
    assert (root.parent / "public" / "index.html").exists()
    (root / "newsletter.yaml").write_text(f"{settings}deploy: floder:../public\n")
    ran = publish("-C", str(root), "deploy")
    assert ran.err.startswith("newsletter.yaml:3:9: error: “deploy” must be folder:PATH")


@pytest.mark.parametrize(
    "inner", [".", "..", "issues/x", "static", "out", "out/x", ".publish/x", "../weekly/templates"]
)
@pytest.mark.parametrize("kind", ["folder", "rsync"])
def test_the_publication_is_no_place_for_the_site(root: Path, kind: str, inner: str) -> None:
    """No folder that the sources stand in or under takes the site, even where asked to."""
    ran = publish("-C", str(root), "deploy", f"{kind}:{root / inner}", "--adopt")
    assert ran.code == 1
    assert "[own-folder]" in ran.err


@pytest.mark.parametrize(
    ("text", "wanted"),
    {
        "folder:/var/www": ("folder", "/var/www", ""),
        "folder:a:b c": ("folder", "a:b c", ""),
        "rsync:/srv/a b": ("rsync", "/srv/a b", ""),
        "rsync:me@h.example:/srv/a b": ("rsync", "me@h.example:/srv/a b", ""),
        "rsync:h:~/x": ("rsync", "h:~/x", ""),
        "rsync:me@h::mod/x": ("rsync", "me@h::mod/x", ""),
        "rsync:[::1]:x": ("rsync", "[::1]:x", ""),
        "rsync://me@h:873/mod/x": ("rsync", "rsync://me@h:873/mod/x", ""),
        "git:origin": ("git", "origin", "gh-pages"),
        "git:git@h.example:a/b.git#pages": ("git", "git@h.example:a/b.git", "pages"),
        "git:https://h.example/a.git#site/live": ("git", "https://h.example/a.git", "site/live"),
    }.items(),
)
def test_a_target_says_its_kind(text: str, wanted: tuple[str, str, str]) -> None:
    """Each kind is named before a colon, as it is in the settings."""
    kind, where, branch = wanted
    assert destination(text) == Destination(kind=kind, where=where, branch=branch)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "folder",
            "folder:",
            "/var/www",
            "ftp:x",
            "h:/x",
            "folder:-x",
            "rsync:-e sh",
            "git:-u",
            "git:--upload-pack=x",
        ),
        *(
            "rsync:-oProxyCommand=x:y",
            "rsync:me@-oProxyCommand=x:y",
            "rsync:-x@h:y",
            "rsync:h:-x",
            "rsync:h::-x",
            "rsync:h:",
        ),
        *("rsync:h:", "rsync:$(x):y", "rsync:a b:y", "rsync://-x/y", "rsync://h:1/-x", "git:origin#", "git:origin#-x"),
        *("git:#x", "git:origin#a..b", "git:origin#a b", "git:origin#x.lock", "git:https://me:secret@h.example/a.git"),
        *("rsync://me:secret@h/mod", "folder:a\nb", "folder:a\0b", "git:origin#+x", "git:origin#x:y", "rsync:h\n:x"),
    ],
)
def test_no_target_is_an_option_a_command_or_a_password(text: str) -> None:
    """What rsync, ssh or git could take for anything but a place is none, and neither is one with a password."""
    assert destination(text) is None


def test_a_target_that_is_none_is_a_usage_error(root: Path) -> None:
    """It is told with what may be written."""
    ran = publish("-C", str(root), "deploy", "/var/www")
    assert ran.code == 2
    assert "folder:PATH" in ran.err


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which `publish` is this checkout's, as if it had been installed."""
    program = tmp_path / "bin" / "publish"
    program.parent.mkdir()
    program.write_text(
        f"#!{sys.executable}\nimport sys\nsys.path.insert(0, {str(_ROOT)!r})\nfrom pipeline.cli import main\nmain()\n"
    )
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}


def steps(workflow: Path, job: str) -> list[str]:
    """What a job of a workflow runs."""
    return [step["run"] for step in yaml.safe_load(workflow.read_text())["jobs"][job]["steps"] if "run" in step]


@pytest.mark.parametrize("folder", [".", "news letters/weekly"])
def test_the_workflow_checks_builds_and_publishes(tmp_path: Path, environment: dict[str, str], folder: str) -> None:
    """Its steps, run as GitHub does: a change is annotated at its line and refused, what is merged is published."""
    top = repository(tmp_path / "top")
    root = written(top / folder, {"issues/2023-03-04/index.md": ISSUE, ".gitignore": "out/\n.publish/\n"})
    assert publish("-C", str(root), "workflow").code == 0
    workflow = top / ".github/workflows/newsletter.yml"
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message=newsletter")
    git(tmp_path, "clone", "--quiet", "--bare", str(top), str(tmp_path / "origin.git"))
    git(top, "remote", "add", "origin", f"file://{tmp_path}/origin.git")
    git(top, "fetch", "--quiet")
    git(top, "checkout", "--quiet", "-b", "change")
    written(root, {"issues/2023-03-11/index.md": "# Two\n\n\n### [Again](https://www.a.example)\n"})
    git(top, "add", "--all")
    git(top, "commit", "--quiet", "--message=two")

    given = yaml.safe_load(workflow.read_text())["env"]
    assert re.fullmatch(r"publish-newsletter==[0-9.]+", given["PUBLISH"])
    environment = {**environment, **given, "GITHUB_BASE_REF": "main"}
    installed, *commands = steps(workflow, "check")
    assert installed == steps(workflow, "publish")[0] == 'python -m pip install "$PUBLISH"'
    ran = [
        subprocess.run(["bash", "-e", "-c", one], cwd=top, env=environment, capture_output=True, text=True, check=False)
        for one in commands
    ]
    assert [one.returncode for one in ran] == [1, 0], ran
    at = "issues/2023-03-11/index.md" if folder == "." else f"{folder}/issues/2023-03-11/index.md"
    assert f"::error file={at},line=4,col=5,title=repeat::" in ran[0].stdout

    git(top, "checkout", "--quiet", "main")
    for command in steps(workflow, "publish")[1:]:
        subprocess.run(["bash", "-e", "-c", command], cwd=top, env=environment, check=True)
    assert git(tmp_path / "origin.git", "show", "gh-pages:2023-03-04/index.html") == (
        (root / "out/2023-03-04/index.html").read_text()
    )


def test_the_workflow_gives_no_more_rights_than_it_needs(tmp_path: Path) -> None:
    """A pull request's job reads, keeps no credentials, and puts nothing of the request into a command's text."""
    top = repository(tmp_path / "top")
    publish("-C", str(top), "workflow")
    text = (top / ".github/workflows/newsletter.yml").read_text()
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    assert "permissions" not in workflow["jobs"]["check"]
    assert workflow["jobs"]["check"]["steps"][0]["with"]["persist-credentials"] is False
    assert workflow["jobs"]["publish"]["permissions"] == {"contents": "write"}
    assert "pull_request_target" not in text
    assert "${{" not in text


def test_the_workflow_deploys_where_the_settings_say(tmp_path: Path) -> None:
    """Where `deploy:` names a place, that is where it goes; a workflow that stands stays."""
    top = repository(tmp_path / "top")
    (top / "newsletter.yaml").write_text("title: W\nurl: https://w.example\ndeploy: rsync:h.example:/srv/w\n")
    assert publish("-C", str(top), "workflow").code == 0
    workflow = top / ".github/workflows/newsletter.yml"
    assert steps(workflow, "publish")[-1] == 'publish -C "$NEWSLETTER" deploy'
    workflow.write_text("mine")
    ran = publish("-C", str(top), "workflow")
    assert ran.code == 1
    assert workflow.read_text() == "mine"


def test_the_hook_for_pre_commit_refuses_what_check_does(tmp_path: Path, environment: dict[str, str]) -> None:
    """The command of .pre-commit-hooks.yaml fails on an error and passes without; it is run for what it looks at."""
    [hook] = yaml.safe_load((_ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["language"] == "python"
    for path in ("issues/2023-03-04/index.md", "weekly/newsletter.yaml", "aliases.yaml", "templates/web/issue.html"):
        assert re.search(hook["files"], path), path
    for path in ("README.md", "src/main.py", "issues.md"):
        assert not re.search(hook["files"], path), path
    root = written(tmp_path / "weekly", {"issues/2023-03-04/index.md": ISSUE})
    words = [*hook["entry"].split(), "-C", str(root)]
    assert subprocess.run(words, env=environment, capture_output=True, check=False).returncode == 0
    written(root, {"issues/2023-03-11/index.md": ISSUE})
    assert subprocess.run(words, env=environment, capture_output=True, check=False).returncode == 1

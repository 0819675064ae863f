"""What is special to a folder, to rsync and to a branch: links, kills, rights, other people's pushes and refusals."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import signal
import stat
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from deployments import AUTHOR, Place, git, place, repository, standing

from pipeline.deploy.run import deploy
from pipeline.deploy.site import ordered
from pipeline.deploy.target import Target
from pipeline.deploy.targets.folder import Folder
from pipeline.deploy.targets.git import Git
from pipeline.deploy.targets.rsync import Rsync
from pipeline.errors import Busy, PipelineError, Undeployable
from pipeline.read.destination import Destination
from tests.kill.builder import ended, generation, start

KILLS = int(os.environ.get("KILLS", "60"))
"""How many deployments are killed; the long run sets more."""

SITE = {"2023-03-04/index.html": b"one", "index.html": b"front", "feed.xml": b"feed"}
LATER = {**SITE, "2023-03-11/index.html": b"two", "index.html": b"later", "feed.xml": b"later"}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Place]:
    """A folder that the site goes to."""
    with place("folder", tmp_path) as one:
        yield one


@pytest.fixture
def branch(tmp_path: Path) -> Iterator[Place]:
    """A branch that the site goes to."""
    with place("git", tmp_path) as one:
        yield one


def told(error: pytest.ExceptionInfo[PipelineError]) -> str:
    """All that an error says."""
    return "\n".join(map(str, error.value.findings))


@pytest.mark.parametrize(
    "link", ["2023-03-11", "2023-03-04", "2023-03-04/index.html", "index.html", ".deploying", ".manifest"]
)
def test_no_link_leads_out_of_the_folder(folder: Place, tmp_path: Path, link: str) -> None:
    """Whatever stands in the folder is a link, nothing is read, written or removed beyond it."""
    folder.deploy(SITE)
    there, outside = tmp_path / "the site", tmp_path / "outside"
    (outside / "index.html").parent.mkdir()
    (outside / "index.html").write_bytes(b"precious")
    aim = outside / "index.html" if "." in link else outside
    path = there / link
    if path.is_dir():
        (path / "index.html").unlink()
        path.rmdir()
    path.unlink(missing_ok=True)
    path.symlink_to(aim)
    for files in (LATER, SITE, {"index.html": b"alone"}):
        with contextlib.suppress(Undeployable):
            folder.deploy(files)
        assert standing(outside) == {"index.html": b"precious"}
    assert path.is_symlink() or link in (".deploying", "2023-03-11")


def test_the_folder_itself_may_be_a_link(folder: Place, tmp_path: Path) -> None:
    """A folder that is served through a link is deployed to where the link leads."""
    (tmp_path / "release").mkdir()
    (tmp_path / "the site").symlink_to(tmp_path / "release")
    folder.deploy(SITE)
    assert standing(tmp_path / "release") == SITE


def test_a_web_server_can_read_what_is_deployed(folder: Place, tmp_path: Path) -> None:
    """Files and folders are readable by all, though the author's umask keeps the rest to themselves."""
    before = os.umask(0o077)
    try:
        folder.deploy(SITE)
    finally:
        os.umask(before)
    there = tmp_path / "the site"
    for path in (there, *there.rglob("*")):
        wanted = 0o555 if path.is_dir() else 0o444
        assert stat.S_IMODE(path.stat().st_mode) & wanted == wanted, path


def test_unchanged_files_are_not_touched(folder: Place, tmp_path: Path) -> None:
    """A file whose bytes are the same keeps its inode and its time, for caches on the way to readers."""
    folder.deploy(SITE)
    page = tmp_path / "the site" / "2023-03-04" / "index.html"
    before = page.stat()
    folder.deploy(LATER)
    assert (page.stat().st_ino, page.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_two_deployments_to_a_folder_do_not_mix(folder: Place) -> None:
    """While one holds the folder, another is told so at once."""
    folder.deploy(SITE)
    with folder.opened(), pytest.raises(Busy), folder.opened():
        pass


def test_only_the_last_folder_of_a_path_is_made(tmp_path: Path) -> None:
    """A path whose parent is not there, as where a disk is not mounted, is refused and not made."""
    with Folder(tmp_path / "mnt" / "site", tmp_path / "out") as target, pytest.raises(Undeployable):
        deploy(ordered(SITE), target, dry_run=False, adopt=False)
    assert not (tmp_path / "mnt").exists()


def test_a_folder_killed_at_any_instant_serves_whole_files(tmp_path: Path) -> None:
    """After kill -9 each file is an old or a new one, whole; somebody else's stand; the next deployment is right."""
    outs = {}
    for name, files in {"A": generation("A", range(24)), "B": generation("B", range(3, 25))}.items():
        one = Place(root=tmp_path / name, opened=contextlib.nullcontext, found=dict, plant=lambda *_: None)
        one.build(files)
        outs[name] = files
    there = tmp_path / "site"

    def put(name: str) -> None:
        with Folder(there, tmp_path / name / "out") as target:
            deploy(ordered(outs[name]), target, dry_run=False, adopt=False)

    def loop() -> None:
        for name in itertools.cycle("AB"):
            put(name)

    put("A")
    (there / "mine.txt").write_bytes(b"mine")
    chance = random.Random(20230304)  # noqa: S311
    for kill in range(KILLS):
        pid = start(loop)
        time.sleep(chance.uniform(0.005, 0.1))
        os.kill(pid, signal.SIGKILL)
        assert ended(pid) == -signal.SIGKILL
        found = standing(there)
        found.pop(".deploying", None)
        assert found.pop("mine.txt") == b"mine"
        assert all(content in (outs["A"].get(path), outs["B"].get(path)) for path, content in found.items())
        if kill % 5 == 4:
            put("AB"[kill % 2])
            assert standing(there) == {**outs["AB"[kill % 2]], "mine.txt": b"mine"}


@pytest.mark.needs("rsync")
def test_a_daemon_that_refuses_is_told(tmp_path: Path) -> None:
    """What a module that is read only says, and one that is not there, is told in one line with the place."""
    with place("rsyncd", tmp_path) as one:
        one.build(SITE)
        top = one.deploy(SITE, dry_run=True)
        assert top.new
        with one.opened() as target:
            base = target.place().rpartition("/top/")[0]
        for where, reason in ((f"{base}/frozen/x", "read only"), (f"{base}/nowhere", "Unknown module")):
            with Rsync(where, tmp_path, one.root / "out") as target, pytest.raises(Undeployable, match=reason) as error:
                deploy(ordered(SITE), target, dry_run=False, adopt=False)
            assert where in told(error)
            assert "\n" not in told(error)


def state(root: Path) -> Mapping[str, str]:
    """All of a repository that its author works with."""
    words = ("status --porcelain=v2 --branch", "ls-files --stage", "for-each-ref refs/heads", "stash list", "config -l")
    return {each: git(root, *each.split()) for each in words}


def test_the_authors_repository_is_as_it_was(branch: Place) -> None:
    """Index, work tree, branches and settings are untouched, with half an edit staged; nothing is checked out."""
    (branch.root / "newsletter.yaml").write_text("staged")
    git(branch.root, "add", "newsletter.yaml")
    (branch.root / "newsletter.yaml").write_text("and more")
    before = state(branch.root)
    branch.deploy(SITE)
    branch.deploy(LATER)
    assert state(branch.root) == before
    assert branch.found() == LATER


def test_history_is_kept_and_nothing_new_is_no_commit(branch: Place, tmp_path: Path) -> None:
    """Each deployment is a commit on the last one's, and one that changes nothing makes none."""
    for files in (SITE, SITE, LATER, LATER, LATER):
        branch.deploy(files)
    assert git(tmp_path / "pages.git", "rev-list", "--count", "pages").strip() == "2"
    assert "Deploy" in git(tmp_path / "pages.git", "log", "--format=%s", "pages")


def test_github_takes_the_site_as_it_is(branch: Place, tmp_path: Path) -> None:
    """The branch says that it is no source for Jekyll, which would leave out names that begin with `_`."""
    branch.deploy(SITE)
    assert ".nojekyll" in git(tmp_path / "pages.git", "ls-tree", "--name-only", "pages").split()


def test_bytes_stay_whatever_git_would_do_to_ends_of_lines(branch: Place) -> None:
    """The author's settings for sources, `autocrlf` and filters, change no byte of the site."""
    git(branch.root, "config", "core.autocrlf", "true")
    (branch.root / ".gitattributes").write_text("* text eol=crlf\n")
    files = {"index.html": b"a\r\nb\nc\r\n", "2023-03-04/issue.md": b"\n\n"}
    branch.deploy(files)
    assert branch.found() == files


class Interrupted:
    """A target to whose place somebody pushes before its last step."""

    def __init__(self, target: Target, there: Place) -> None:
        self._target, self._there = target, there
        self.place, self.standing, self.different = target.place, target.standing, target.different
        self.put, self.remove, self.record = target.put, target.remove, target.record

    def finish(self) -> None:
        """Comes second."""
        self._there.plant("theirs.txt", b"theirs")
        self._target.finish()


def test_nobodys_push_is_lost(branch: Place, tmp_path: Path) -> None:
    """Who pushes while a deployment is at work is not overwritten: the deployment is refused, and the next one goes."""
    branch.deploy(SITE)
    branch.build(LATER)
    with branch.opened() as target, pytest.raises(Undeployable, match="somebody else has pushed") as error:
        deploy(ordered(LATER), Interrupted(target, branch), dry_run=False, adopt=False)
    assert "pages" in told(error)
    assert branch.found() == {**SITE, "theirs.txt": b"theirs"}
    branch.deploy(LATER)
    assert branch.found() == {**LATER, "theirs.txt": b"theirs"}


def test_a_hook_that_refuses_is_told(branch: Place, tmp_path: Path) -> None:
    """What the other side's hook says is in the error."""
    hook = tmp_path / "pages.git" / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho frozen until Monday >&2\nexit 1\n")
    hook.chmod(0o755)
    with pytest.raises(Undeployable, match="frozen until Monday"):
        branch.deploy(SITE)


def test_the_authors_own_hooks_are_not_run(branch: Place) -> None:
    """A hook for the author's pushes of sources does not meet the site's."""
    hook = branch.root / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexit 1\n")
    hook.chmod(0o755)
    branch.deploy(SITE)
    assert branch.found() == SITE


def test_the_branch_of_the_sources_is_refused(branch: Place, tmp_path: Path) -> None:
    """The branch that is checked out never gets the site, even to stand beside what is there."""
    destination = Destination(kind="git", where=str(tmp_path / "pages.git"), branch="main")
    branch.build(SITE)
    with Git(branch.root, destination, AUTHOR, "x") as target, pytest.raises(Undeployable, match="your sources"):
        deploy(ordered(SITE), target, dry_run=False, adopt=True)


def test_a_fresh_shallow_clone_can_deploy(branch: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on CI: a clone of one commit, on a machine whose git knows nobody, goes on where another one was."""
    for content in (b"1", b"2", b"3"):
        branch.deploy({"index.html": content})
    source = tmp_path / "source.git"
    git(branch.root, "commit", "--allow-empty", "--quiet", "--message=second")
    git(tmp_path, "clone", "--quiet", "--bare", str(branch.root), str(source))
    fresh = tmp_path / "fresh"
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{source}", str(fresh))
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "user.useConfigOnly")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "true")
    (fresh / "out").mkdir()
    (fresh / "out" / "index.html").write_bytes(b"4")
    destination = Destination(kind="git", where=f"file://{tmp_path}/pages.git", branch="pages")
    with Git(fresh, destination, AUTHOR, "Deploy\n") as target:
        deploy(ordered(["index.html"]), target, dry_run=False, adopt=False)
    assert branch.found() == {"index.html": b"4"}
    log = git(tmp_path / "pages.git", "log", "--format=%an <%ae>", "pages").split("\n")
    assert log[0] == f"{AUTHOR.name} <{AUTHOR.email}>"
    assert len(log) == 5


def test_a_hook_of_git_may_deploy(branch: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What git says of its own index to a hook does not reach the index of the deployment, nor the other way round."""
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "elsewhere" / "index"))
    branch.build(SITE)
    with branch.opened() as target:
        deploy(ordered(SITE), target, dry_run=False, adopt=False)
    monkeypatch.undo()
    assert branch.found() == SITE


def test_what_git_cannot_do_is_told(tmp_path: Path) -> None:
    """No repository here, none there: told in a line with the remote's name."""
    there = str(tmp_path / "no.git")
    (tmp_path / "loose" / "out").mkdir(parents=True)
    for root in (tmp_path / "loose", repository(tmp_path / "own")):
        destination = Destination(kind="git", where=there, branch="pages")
        with Git(root, destination, AUTHOR, "x") as target, pytest.raises(Undeployable) as error:
            deploy(ordered([]), target, dry_run=False, adopt=False)
        assert there in told(error)
        assert "\n" not in told(error)


def test_no_program_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where rsync or git is not installed, that is said."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for target in (Rsync("h:x", tmp_path, tmp_path), Git(tmp_path, Destination(kind="git", where="x"), AUTHOR, "x")):
        with target, pytest.raises(Undeployable, match="cannot be run"):
            target.standing()

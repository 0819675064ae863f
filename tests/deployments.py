"""Places that a site is deployed to, each a real one, and what stands in them."""

from __future__ import annotations

import contextlib
import getpass
import os
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.deploy.run import deploy
from pipeline.deploy.site import ordered
from pipeline.deploy.target import Target
from pipeline.deploy.targets.folder import Folder
from pipeline.deploy.targets.git import Git
from pipeline.deploy.targets.rsync import Rsync
from pipeline.model import Author
from pipeline.read.destination import Destination
from pipeline.write import Changes

__all__ = ["KINDS", "Place", "git", "place", "repository", "standing"]

KINDS = ("folder", "rsync", "rsyncd", "ssh", "git")
"""A folder; rsync to a folder, to a daemon of its own and through ssh; a branch of a bare repository."""

AUTHOR = Author(name="Weekly", email="news@weekly.example")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A publication's root beside a place for its site; `plant` puts somebody else's file there, `found` tells all."""

    root: Path
    opened: Callable[[], contextlib.AbstractContextManager[Target]]
    found: Callable[[], dict[str, bytes]]
    plant: Callable[[str, bytes], None]

    def build(self, files: Mapping[str, bytes]) -> None:
        """Makes `out/` hold these files alone."""
        shutil.rmtree(self.root / "out", ignore_errors=True)
        for path, content in files.items():
            (self.root / "out" / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / "out" / path).write_bytes(content)

    def deploy(self, files: Mapping[str, bytes], *, dry_run: bool = False, adopt: bool = False) -> Changes:
        """Builds and deploys them."""
        self.build(files)
        with self.opened() as target:
            return deploy(ordered(files), target, dry_run=dry_run, adopt=adopt)


def standing(folder: Path) -> dict[str, bytes]:
    """The files in a folder but for what publish and git keep there for themselves."""
    hidden = {".manifest", ".nojekyll", ".git"}
    files = (path for path in folder.rglob("*") if path.is_file() and not hidden & set(path.relative_to(folder).parts))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def git(folder: Path, *words: str) -> str:
    """What git prints, run in a folder by somebody who is known to it."""
    who = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    return subprocess.run(
        ["git", "-C", str(folder), *who, *words], check=True, capture_output=True, encoding="utf-8"
    ).stdout


def repository(root: Path) -> Path:
    """A publication's repository with one commit, and the branch `main` checked out."""
    root.mkdir(exist_ok=True)
    git(root, "init", "--quiet", "--initial-branch=main")
    (root / "newsletter.yaml").write_text("title: Weekly\nurl: https://weekly.example\n")
    (root / ".gitignore").write_text("out/\n.publish/\n")
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--message=first")
    return root


@contextlib.contextmanager
def place(kind: str, tmp_path: Path) -> Iterator[Place]:
    """One of each kind, at a path that a shell would take apart."""
    root = repository(tmp_path / "my publication")
    out, there = root / "out", tmp_path / "the site"

    def planted(path: str, content: bytes) -> None:
        (there / path).parent.mkdir(parents=True, exist_ok=True)
        (there / path).write_bytes(content)

    def found() -> dict[str, bytes]:
        return standing(there)

    if kind == "folder":
        yield Place(root=root, opened=lambda: Folder(there, out), found=found, plant=planted)
    elif kind == "rsync":
        yield Place(root=root, opened=lambda: Rsync("the site", tmp_path, out), found=found, plant=planted)
    elif kind == "rsyncd":
        with _rsyncd(tmp_path) as port:
            where = f"rsync://127.0.0.1:{port}/top/the site"
            yield Place(root=root, opened=lambda: Rsync(where, tmp_path, out), found=found, plant=planted)
    elif kind == "ssh":
        with _sshd(tmp_path):
            where = f"{getpass.getuser()}@127.0.0.1:{there}"
            yield Place(root=root, opened=lambda: Rsync(where, tmp_path, out), found=found, plant=planted)
    else:
        yield _pages(root, tmp_path)


def _pages(root: Path, tmp_path: Path) -> Place:
    bare, clone = tmp_path / "pages.git", tmp_path / "clone"
    git(tmp_path, "init", "--quiet", "--bare", str(bare))
    destination = Destination(kind="git", where=str(bare), branch="pages")

    def cloned() -> Path:
        shutil.rmtree(clone, ignore_errors=True)
        git(tmp_path, "clone", "--quiet", str(bare), str(clone))
        branches = git(clone, "branch", "--remotes")
        git(clone, "checkout", "--quiet", *([] if "origin/pages" in branches else ["--orphan"]), "pages")
        return clone

    def plant(path: str, content: bytes) -> None:
        (cloned() / path).parent.mkdir(parents=True, exist_ok=True)
        (clone / path).write_bytes(content)
        git(clone, "add", "--all")
        git(clone, "commit", "--quiet", "--message=by somebody")
        git(clone, "push", "--quiet", "origin", "pages")

    return Place(
        root=root,
        opened=lambda: Git(root, destination, AUTHOR, "Deploy\n"),
        found=lambda: standing(cloned()),
        plant=plant,
    )


@contextlib.contextmanager
def _serving(words: list[str], port: int) -> Iterator[None]:
    """A server of this machine while it listens."""
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.02)
        yield
    finally:
        server.terminate()
        server.wait()


def _unused() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextlib.contextmanager
def _rsyncd(tmp_path: Path) -> Iterator[int]:
    port, config = _unused(), tmp_path / "rsyncd.conf"
    own = f"uid = {os.getuid()}\ngid = {os.getgid()}\nuse chroot = no\nmotd file = {config}\n"
    config.write_text(f"{own}[top]\npath = {tmp_path}\nread only = no\n[frozen]\npath = {tmp_path}\nread only = yes\n")
    with _serving(
        ["rsync", "--daemon", "--no-detach", "--address=127.0.0.1", f"--port={port}", f"--config={config}"], port
    ):
        yield port


@contextlib.contextmanager
def _sshd(tmp_path: Path) -> Iterator[None]:
    """A server for keys that are made here; `RSYNC_RSH` names it to rsync meanwhile."""
    port, keys = _unused(), tmp_path / "keys"
    keys.mkdir()
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    for name in ("host", "own"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", keys / name], check=True)
    (keys / "config").write_text(
        f"ListenAddress 127.0.0.1\nPort {port}\nHostKey {keys}/host\nAuthorizedKeysFile {keys}/own.pub\n"
        "StrictModes no\nUsePAM no\nPermitRootLogin yes\nPidFile none\n"
    )
    client = ["ssh", "-F", "none", "-p", str(port), "-i", str(keys / "own"), "-o", f"UserKnownHostsFile={keys}/known"]
    before = os.environ.get("RSYNC_RSH")
    os.environ["RSYNC_RSH"] = shlex.join([*client, "-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR"])
    try:
        with _serving([shutil.which("sshd") or "/usr/sbin/sshd", "-D", "-f", str(keys / "config")], port):
            yield
    finally:
        os.environ.pop("RSYNC_RSH")
        if before is not None:
            os.environ["RSYNC_RSH"] = before

"""A branch of a git repository, as GitHub and others serve it: a commit made without checking anything out, and pushed.

The author's work tree, index and branches are not touched; the site's files become objects of the same repository.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from pipeline.deploy.target import Kind, Standing
from pipeline.errors import Undeployable
from pipeline.model import Author, Location
from pipeline.read.destination import Destination
from pipeline.write.manifest import MANIFEST, dump, folders, named

__all__ = ["Git"]

_FILES = ("100644", "100755")
_NOT_JEKYLL = ".nojekyll"
"""The empty file that keeps GitHub from leaving out names that begin with an underscore."""

_LOCAL = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
"""What git says of the repository to a hook, from which a deployment may be run."""

_MEANWHILE = re.compile(r"fetch first|non-fast-forward|cannot lock ref|incorrect old value|stale info|already exists")
_SPOKEN = re.compile(r"(?:fatal|error|ERROR|remote): (?!failed to push)")
_LINES = 4
_REJECTED = re.compile(r"^!\t[^\t]*\t\[[^\]]*\] ?(.*)$", re.MULTILINE)


class Git:
    """A branch of a remote; a Target. All is seen at once, when the commit is pushed."""

    def __init__(self, root: Path, destination: Destination, author: Author, message: str) -> None:
        """`root` is the publication's folder, absolute; the author is who commits where git itself does not know."""
        self._root, self._remote, self._message = root, destination.where, message
        self._author, self._out = author, root / "out"
        self._identity: dict[str, str] = {}
        self._branch, self._ref = destination.branch, f"refs/heads/{destination.branch}"
        self._tip = ""
        self._ids: dict[str, str] = {}
        self._lines: list[str] = []

    def __enter__(self) -> Git:
        """Makes a place for an index of its own."""
        self._folder = tempfile.TemporaryDirectory(prefix="publish-")
        return self

    def __exit__(self, *_: object) -> None:
        """Forgets the index."""
        self._folder.cleanup()

    def place(self, path: str = "") -> str:
        """A file as git names it."""
        return f"{self._branch}:{path}" if path else f"{self._remote} {self._branch}"

    def standing(self) -> Standing:
        """What the tip of the branch holds, fetched where this repository does not have it.

        Raises Undeployable where the author's sources are on the branch.
        """
        if self._run(["symbolic-ref", "--quiet", "HEAD"]).stdout.decode().strip() == self._ref:
            raise self._refused("the branch that your sources are on: name another, such as “#gh-pages”")
        told = self._git("ls-remote", "--", self._remote, self._ref)
        self._tip = next((line.split("\t")[0] for line in told.split("\n") if line.endswith(f"\t{self._ref}")), "")
        if not self._tip:
            return Standing(kinds={}, ours=None)
        if not self._has(self._tip):
            shallow = self._git("rev-parse", "--is-shallow-repository").strip() == "true"
            depth = ["--depth=1"] if shallow else []
            self._git("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", *depth, "--", self._remote, self._ref)
        kinds: dict[str, Kind] = {}
        for line in filter(None, self._git("ls-tree", "-r", "-z", self._tip).split("\0")):
            about, _, path = line.partition("\t")
            mode, _, identifier = about.split()
            kinds[path] = Kind.FILE if mode in _FILES else Kind.OTHER
            self._ids[path] = identifier
        ours = None
        if kinds.pop(MANIFEST, None) is Kind.FILE:
            ours = named(self._git("cat-file", "blob", self._ids[MANIFEST]).encode())
        if ours is not None and _NOT_JEKYLL not in ours:
            kinds.pop(_NOT_JEKYLL, None)
        return Standing(kinds={**dict.fromkeys(folders(kinds), Kind.FOLDER), **kinds}, ours=ours)

    def different(self, paths: Sequence[str]) -> Collection[str]:
        """Those that would be other objects; none is made."""
        return {path for path, one in self._hashed(paths).items() if one != self._ids.get(path)}

    def put(self, paths: Sequence[str]) -> None:
        """Makes them objects, to be in the next commit."""
        self._lines += [f"100644 {one}\t{path}" for path, one in self._hashed(paths, "-w").items()]

    def remove(self, paths: Sequence[str]) -> None:
        """Leaves them out of the next commit."""
        self._lines += [f"0 {'0' * len(self._tip)}\t{path}" for path in paths]

    def record(self, paths: Collection[str]) -> None:
        """Writes the manifest into the next commit."""
        self._lines += [f"100644 {self._object(dump(paths))}\t{MANIFEST}"]

    def finish(self) -> None:
        """Commits on top of what stood there, and pushes. Raises Undeployable where somebody else was faster."""
        if _NOT_JEKYLL not in self._ids:
            self._lines.insert(0, f"100644 {self._object(b'')}\t{_NOT_JEKYLL}")
        if self._tip:
            self._git("read-tree", self._tip)
        self._git("update-index", "--replace", "-z", "--index-info", given="".join(f"{line}\0" for line in self._lines))
        if self._run(["var", "GIT_COMMITTER_IDENT"]).returncode:  # nobody has told git, as on CI
            names = [f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")]
            self._identity = dict(zip(names, [self._author.name, self._author.email] * 2, strict=True))
        parent = ["-p", self._tip] if self._tip else []
        tree = self._git("write-tree").strip()
        commit = self._git("commit-tree", *parent, "-F", "-", tree, given=self._message).strip()
        # Never by force, so that nothing is lost which somebody pushed meanwhile; the author's hook is for sources.
        alone = ("--no-verify", "--no-follow-tags", "--no-recurse-submodules")
        self._git("push", "--porcelain", *alone, "--", self._remote, f"{commit}:{self._ref}")

    def _has(self, commit: str) -> bool:
        return self._run(["cat-file", "-e", f"{commit}^{{tree}}"]).returncode == 0

    def _hashed(self, paths: Sequence[str], *words: str) -> Mapping[str, str]:
        """The ids of files as they are, whatever the author's git does to ends of lines."""
        given = "".join(f"{self._out}/{path}\n" for path in paths)
        told = self._git("hash-object", "--no-filters", "--stdin-paths", *words, given=given)
        return dict(zip(paths, told.split(), strict=True))

    def _object(self, content: bytes) -> str:
        return self._git("hash-object", "-w", "--stdin", given=content.decode()).strip()

    def _git(self, *words: str, given: str = "") -> str:
        """What git prints. Raises Undeployable with what it complains of."""
        done = self._run(words, given)
        printed = done.stdout.decode("utf-8", "surrogateescape")
        if done.returncode:
            raise self._refused(_complaint(printed, done.stderr.decode("utf-8", "replace")))
        return printed

    def _run(self, words: Sequence[str], given: str = "") -> subprocess.CompletedProcess[bytes]:
        local = {name: value for name, value in os.environ.items() if name not in _LOCAL}
        index = str(Path(self._folder.name) / "index")
        environment = {**local, **self._identity, "GIT_INDEX_FILE": index, "LC_ALL": "C"}
        try:
            return subprocess.run(
                ["git", *words],
                cwd=self._root,
                input=given.encode("utf-8", "surrogateescape"),
                capture_output=True,
                env=environment,
                check=False,
            )
        except OSError as error:
            raise self._refused(f"git cannot be run: {(error.strerror or str(error)).lower()}") from None

    def _refused(self, message: str) -> Undeployable:
        return Undeployable.at(Location(path=self.place()), "git", message)


def _complaint(printed: str, said: str) -> str:
    """What git and the other side's git say, in one line."""
    rejected = _REJECTED.search(printed)
    reason = rejected[1].strip("()") if rejected else ""
    if _MEANWHILE.search(reason):
        return "somebody else has pushed to it meanwhile: run publish deploy again"
    spoken = [line.partition(": ")[2].strip() for line in said.split("\n") if _SPOKEN.match(line)]
    return "; ".join(filter(None, [reason, *spoken][:_LINES])) or said.strip().partition("\n")[0] or "git refused"

"""Where a site is deployed to, as people write it: `folder:PATH`, `rsync:HOST:PATH`, `git:REMOTE#BRANCH`."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["BRANCH", "DESTINATIONS", "Destination", "destination"]

BRANCH = "gh-pages"
"""The branch that the site stands on where none is named."""

DESTINATIONS = "folder:PATH, rsync:PATH, rsync:USER@HOST:PATH or git:REMOTE#BRANCH, without a password"
"""What may be written, for messages."""

_MACHINE = r"(?:[A-Za-z0-9_][\w.+-]*@)?(?:[A-Za-z0-9_][\w.-]*|\[[0-9A-Fa-f:.]+\])"
_DAEMON = rf"rsync://{_MACHINE}(?::[0-9]{{1,5}})?/[^/-].*"
# Not compiled before they are asked for, which takes 1 ms: most commands deploy nothing.
_BY_RSYNC = rf"{_DAEMON}|(?!rsync://)(?:{_MACHINE}::[^/:-].*|{_MACHINE}:[^:-].*|[^:-][^:]*|[^:-][^:/]*/.*)"
_BRANCH = r"(?!.*(?:\.\.|//|/\.|\.lock(?:/|$)))[A-Za-z0-9_][\w./-]*[\w-]|[A-Za-z0-9_]"
_SECRET = re.compile(r"://[^/]*:[^/]*@")
_CONTROL = r"[\x00-\x1f\x7f\ud800-\udfff]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """The target of a site: `kind` is folder, rsync or git; `where` a path, what rsync takes, or a remote of git's."""

    kind: str
    where: str
    branch: str = ""


def destination(text: str) -> Destination | None:
    """The place that a text names; None where it is none.

    Nothing of it can be taken for an option, by rsync, ssh or git, which get it as a word of theirs; and a password in
    an address, which would stand in git and in every log, is none.
    """
    kind, _, where = text.partition(":")
    where = text if where.startswith("//") and kind == "rsync" else where
    if not where or where.startswith("-") or re.search(_CONTROL, where) or _SECRET.search(where):
        return None
    if kind == "folder":
        return Destination(kind=kind, where=where)
    if kind == "rsync" and re.fullmatch(_BY_RSYNC, where):
        return Destination(kind=kind, where=where)
    if kind == "git":
        remote, mark, branch = where.rpartition("#")
        remote, branch = (remote, branch) if mark else (where, BRANCH)
        if remote and re.fullmatch(_BRANCH, branch):
            return Destination(kind=kind, where=remote, branch=branch)
    return None

"""Whether git keeps what must be nobody else's: keys and passwords within the publication's folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

from pipeline.doctor.diagnosis import Diagnosis
from pipeline.model import Publication

__all__ = ["is_open_to_git", "secrecy"]

_SECONDS = 10.0


def secrecy(root: Path, settings: Publication, told: Diagnosis) -> None:
    """Tells which secret files git has, or would take in with the next `git add`; not of those outside `root`."""
    files = {f"email.dkim.{at}": one.key for at, one in enumerate(settings.email.dkim)}
    for setting, written in {**files, "smtp.password_file": settings.smtp.password_file}.items():
        path = (root / Path(written).expanduser()).resolve()
        if not written or not path.is_relative_to(root.resolve()):
            continue
        if _git(root, "ls-files", "--error-unmatch", "--", str(path)) == 0:
            message = f"git has {written}, and so has everybody who has the repository: make a new one, kept elsewhere"
            told.error("secret", setting, message)
        elif _git(root, "check-ignore", "--quiet", "--", str(path)) == 1:
            told.warning(
                "secret", setting, f"the next “git add” would take in {written}: keep it in var/, or elsewhere"
            )


def is_open_to_git(root: Path, file: Path) -> bool:
    """Whether the publication's repository has a file, or would take it in with the next `git add`."""
    place = file.parent.resolve() / file.name
    return _git(root, "check-ignore", "--quiet", "--", str(place)) == 1


def _git(root: Path, *words: str) -> int:
    """The exit of git; 128 is its own for no repository, and stands for no git here."""
    command = ["git", "-C", str(root), *words]
    try:
        return subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False).returncode
    except (OSError, subprocess.TimeoutExpired):
        return 128

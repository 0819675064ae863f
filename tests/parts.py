"""The programs and fonts outside Python that some tests need: which are here, and how the others come."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["missing"]

_FONTS = Path("/usr/share/fonts")
_HERE = {
    "chromium": lambda: any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    "fonts-noto-cjk": lambda: any(_FONTS.rglob("NotoSansCJK*")),
    "hyperfine": lambda: shutil.which("hyperfine") is not None,
    "postfix": lambda: shutil.which("smtp-sink") is not None or Path("/usr/sbin/smtp-sink").exists(),
    "spamassassin": lambda: shutil.which("spamassassin") is not None,
    "strace": lambda: shutil.which("strace") is not None,
}


def missing(names: list[str]) -> list[str]:
    """Those of some Debian packages whose program or font is not here, however it may have come."""
    return [name for name in names if not _HERE[name]()]


def _install(packages: list[str]) -> None:
    """Asks Debian's package tool for them; what fails is seen by what is missing after."""
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        print("apt-get", *arguments, flush=True)
        command = ["apt-get", "--quiet", *arguments]
        subprocess.run(command, env=quietly, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)


def main(names: list[str]) -> int:
    """Installs what is missing where it may and says what still is; 1 for that on CI alone."""
    absent = missing(names)
    if absent and os.geteuid() == 0 and shutil.which("apt-get"):
        _install(absent)
        absent = missing(names)
    if not absent:
        return 0
    print(f"Not here: {', '.join(absent)} (Debian: apt-get install {' '.join(absent)})", file=sys.stderr)
    if os.environ.get("CI") == "true":
        return 1
    print("What needs them is left out.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""The programs and fonts outside Python that some tests need: which are here, and how the others come."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["VNU", "advice", "missing"]

_VALIDATOR = Path(__file__).parent / "validator"
VNU = _VALIDATOR / "node_modules/vnu-jar/build/dist/vnu.jar"
"""The Nu Html Checker, which npm brings; it runs by Java."""

_FONTS = Path("/usr/share/fonts")
_HERE = {
    "chromium": lambda: any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    "fonts-noto-cjk": lambda: any(_FONTS.rglob("NotoSansCJK*")),
    "default-jre-headless": lambda: shutil.which("java") is not None,
    "hyperfine": lambda: shutil.which("hyperfine") is not None,
    "npm": lambda: shutil.which("npm") is not None,
    "openssh-server": lambda: shutil.which("sshd") is not None or Path("/usr/sbin/sshd").exists(),
    "postfix": lambda: shutil.which("smtp-sink") is not None or Path("/usr/sbin/smtp-sink").exists(),
    "rsync": lambda: shutil.which("rsync") is not None,
    "spamassassin": lambda: shutil.which("spamassassin") is not None,
    "strace": lambda: shutil.which("strace") is not None,
    "vnu-jar": VNU.exists,
}
_BY_NPM = ("vnu-jar",)
_NPM = ("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix")


def missing(names: list[str]) -> list[str]:
    """Those of some packages whose program or font is not here, however it may have come."""
    return [name for name in names if not _HERE[name]()]


def advice(names: list[str]) -> str:
    """How missing packages come."""
    debian = [name for name in names if name not in _BY_NPM]
    ways = [f"Debian: apt-get install {' '.join(debian)}"] if debian else []
    ways += [f"{' '.join(_NPM)} tests/validator"] if debian != names else []
    return "; ".join(ways)


def _install(packages: list[str]) -> None:
    """Asks Debian's package tool for them; what fails is seen by what is missing after."""
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        print("apt-get", *arguments, flush=True)
        command = ["apt-get", "--quiet", *arguments]
        subprocess.run(command, env=quietly, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)


def main(names: list[str]) -> int:
    """Installs what is missing where it may and says what still is; 1 for that on CI alone."""
    debian = [name for name in missing(names) if name not in _BY_NPM]
    if debian and os.geteuid() == 0 and shutil.which("apt-get"):
        _install(debian)
    if {*missing(names)}.intersection(_BY_NPM) and shutil.which("npm"):
        print(*_NPM, "tests/validator", flush=True)
        subprocess.run([*_NPM, _VALIDATOR], stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    absent = missing(names)
    if not absent:
        return 0
    print(f"Not here: {', '.join(absent)} ({advice(absent)})", file=sys.stderr)
    if os.environ.get("CI") == "true":
        return 1
    print("What needs them is left out.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

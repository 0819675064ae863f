"""The pinned requirements: whole, hashed, and from nowhere in particular."""

import re
import tomllib
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[1]
_PROJECT = tomllib.loads((_ROOT / "pyproject.toml").read_text(encoding="utf-8"))
_GROUPS = _PROJECT["dependency-groups"]
_WANTED = {
    "bench": _GROUPS["bench"],
    "build": _GROUPS["build"],
    "dev": [*_PROJECT["project"]["dependencies"], *_GROUPS["build"], *_GROUPS["dev"]],
    "runtime": _PROJECT["project"]["dependencies"],
}


def _pins(name: str) -> dict[str, tuple[str, int]]:
    """Version and number of hashes of each requirement in a file."""
    text = (_ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")
    found = re.findall(r"^([\w.-]+)==([^\s;]+).*((?:\n    --hash=sha256:[0-9a-f]{64}.*)*)", text, re.MULTILINE)
    return {package: (version, hashes.count("--hash=")) for package, version, hashes in found}


@pytest.mark.parametrize("name", _WANTED)
def test_what_the_project_asks_for_is_pinned_with_hashes(name: str) -> None:
    """Each dependency of pyproject.toml has a version and hashes in the lock; `make lock` brings them up to date."""
    pins = _pins(name)
    wanted = {re.split(r"[\s<>=!~;\[]", asked)[0].lower().replace("_", "-") for asked in _WANTED[name]}
    assert wanted <= pins.keys(), "run `make lock`"
    assert [package for package, (_, hashes) in pins.items() if not hashes] == []


@pytest.mark.parametrize("name", _WANTED)
def test_locks_name_no_place(name: str) -> None:
    """No lock holds an address, a folder of a machine or an option that says where packages come from."""
    lines = (_ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    pin = re.compile(r"#.*|[a-z0-9.-]+==\S+( ; [^/]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [line for line in lines if not pin.fullmatch(line)] == []
    assert [line for line in lines if "/" in line] == []


def test_locks_agree() -> None:
    """A package has one version in every lock that a set-up installs one after the other."""
    dev = _pins("dev")
    for name in ("build", "runtime"):
        assert {package: pin for package, pin in _pins(name).items() if dev[package] != pin} == {}

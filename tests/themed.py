"""Publications with a theme of their own: the one of tests/themes, and the one that docs/themes.md makes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from publications import publish

__all__ = ["THEMES", "themed"]

_ROOT = Path(__file__).parents[1]
_PLAIN = Path(__file__).parent / "themes" / "plain"
_FILE = re.compile(r"^<!-- templates/(\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)

THEMES: Mapping[str, Mapping[str, str]] = {
    "default": {},
    "plain": {path.relative_to(_PLAIN).as_posix(): path.read_text("utf-8") for path in sorted(_PLAIN.rglob("*.*"))},
    "documented": dict(_FILE.findall((_ROOT / "docs" / "themes.md").read_text("utf-8"))),
}
"""The templates of each theme, by name."""


def themed(root: Path, theme: str) -> Path:
    """The site of the repository's own issues, a draft and one with paid links, as a build makes it with the theme."""
    for issues in (_ROOT / "tests" / "golden" / "source" / "issues", _ROOT / "issues"):
        shutil.copytree(issues, root / "issues", dirs_exist_ok=True)
    shutil.copy2(_ROOT / "newsletter.yaml", root)
    (root / "issues" / "2023-09-30" / "issue.yaml").write_text("moved_from: 2023-09-23\n")
    (root / "static").mkdir()
    (root / "static" / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    for name, text in THEMES[theme].items():
        path = root / "templates" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    ran = publish("build", "-C", str(root))
    assert ran.code == 0, ran.err
    return root / "out"

"""The search of the archive: what its index holds, when it is made, and what a build says where it cannot be."""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from publications import SETTINGS, publish, written

from pipeline.pagefind import program

_SETTINGS = f"{SETTINGS}language: zh-CN\nsearch: true\n"
_FILES = {
    "newsletter.yaml": _SETTINGS,
    "issues/2023-03-04/index.md": """\
# 三月

## 硬件

[注意力机制](https://a.example/) <!-- tags: [gpu] -->
* 用 GPU 训练
""",
    "issues/2023-03-11/index.md": """\
[___PAGEFIND_ANCHOR___h3:1:forged](https://b.example/)
* ___PAGEFIND_WEIGHT___9 text ______PAGEFIND_ANCHOR___h2:1:twice ___END_PAGEFIND_WEIGHT___
""",
    "issues/2023-03-18/index.md": "---\ndraft: true\n---\n[Hush](https://c.example/)\n",
}


def _built(root: Path, **more: str) -> dict[str, bytes]:
    """Every file that a build makes, by its path under `out/`."""
    ran = publish("build", "-C", str(written(root, {**_FILES, **more})))
    assert (ran.code, ran.err) == (0, "")
    return {path.relative_to(root / "out").as_posix(): path.read_bytes() for path in sorted(root.glob("out/**/*.*"))}


def _fragments(files: dict[str, bytes]) -> dict[str, dict[str, object]]:
    """What the index holds of each issue, by its address."""
    read = [gzip.decompress(content) for path, content in files.items() if path.endswith(".pf_fragment")]
    found = [json.loads(content.removeprefix(b"pagefind_dcd")) for content in read]
    return {each["url"]: each for each in found}


def test_the_index_holds_what_is_out(tmp_path: Path) -> None:
    """Of every issue but drafts the titles, sections, notes, tags, number and day; nothing else of its page."""
    found = _fragments(_built(tmp_path))
    assert sorted(found) == ["/2023-03-04/", "/2023-03-11/"]
    text = str(found["/2023-03-04/"]["content"]).replace(" ", "").replace("\u2060", " ")
    text = " ".join(text.split())
    assert text == "三月 第 1 期 ·2023年3月4日 硬件 注意力机制 用 GPU 训练 a.example#gpu"


def test_no_text_forges_what_the_index_knows_of_places(tmp_path: Path) -> None:
    """Pagefind's own marks, written in a title or a note, add no place and are no words of the index."""
    found = _fragments(_built(tmp_path))["/2023-03-11/"]
    assert [anchor["element"] for anchor in found["anchors"]] == ["h1", "h2", "h3"]  # type: ignore[attr-defined]
    assert "forged" in str(found["content"])


def test_the_same_issues_make_the_same_index(tmp_path: Path) -> None:
    """From nothing, once more, and with all that is kept deleted: the same bytes, in whatever order files came."""
    first = _built(tmp_path / "a")
    assert any(path.startswith("pagefind/index/") for path in first)
    assert _built(tmp_path / "a") == first
    shutil.rmtree(tmp_path / "a/.publish")
    assert _built(tmp_path / "a") == first
    written(tmp_path / "b", dict(reversed(_FILES.items())))
    assert _built(tmp_path / "b") == first


def test_the_publication_may_be_named_by_a_relative_path(tmp_path: Path) -> None:
    """From the folder above, `-C NAME` makes the same index as a whole path does."""
    whole = _built(tmp_path / "a")
    shutil.rmtree(tmp_path / "a" / "out" / "pagefind")
    shutil.rmtree(tmp_path / "a" / ".publish")
    with contextlib.chdir(tmp_path):
        assert publish("build", "-C", "a").code == 0
    assert _built(tmp_path / "a") == whole


def test_a_dry_run_tells_what_the_search_would_have_and_writes_nothing(tmp_path: Path) -> None:
    """As many files as a build makes, and nothing at all is written."""
    root = written(tmp_path, _FILES)
    before = sorted(root.rglob("*"))
    dry = publish("build", "-C", str(root), "--dry-run")
    assert sorted(root.rglob("*")) == before
    assert dry.out.replace("would stand", "stand") == publish("build", "-C", str(root)).out


@pytest.mark.parametrize("settings", [SETTINGS, f"{SETTINGS}search: false\n"])
def test_without_the_setting_there_is_no_trace_of_a_search(tmp_path: Path, settings: str) -> None:
    """No index, no page to search on, no link to it and no script on any page."""
    made = _built(tmp_path, **{"newsletter.yaml": settings})
    assert not [path for path in made if path.startswith(("pagefind/", "search/"))]
    assert not [path for path, content in made.items() if b"search/" in content]


def test_every_page_leads_to_the_search(tmp_path: Path) -> None:
    """Every page links to it, and none but its own has a script."""
    made = _built(tmp_path)
    pages = {path: content for path, content in made.items() if path.endswith(".html") and "email" not in path}
    assert all(b'search/">' in content or b'search/" aria-current' in content for content in pages.values())
    assert [path for path, content in pages.items() if b"<script src" in content] == ["search/index.html"]


def test_a_publication_without_an_issue_has_no_search(tmp_path: Path) -> None:
    """Where there is nothing to find yet, no search is made, and nothing is said."""
    root = written(tmp_path, {"newsletter.yaml": _SETTINGS, "issues/2023-03-18/index.md": "---\ndraft: true\n---\n"})
    ran = publish("build", "-C", str(root))
    assert (ran.code, ran.err) == (0, "")
    assert not (root / "out/search").exists()


def _with_pagefind(root: Path, script: str) -> subprocess.CompletedProcess[str]:
    """A build by a Python whose Pagefind is this shell script; none where it is empty."""
    package = root / "lib/pagefind_bin"
    written(root, {**_FILES, "lib/pagefind_bin/__init__.py": ""})
    if script:
        (package / "pagefind").write_text(f"#!/bin/sh\n{script}\n")
        (package / "pagefind").chmod(0o755)
    path = os.pathsep.join([str(root / "lib"), str(Path(__file__).parents[1])])
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", "-C", str(root), "build"]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False)


def test_without_pagefind_the_site_is_made_without_a_search(tmp_path: Path) -> None:
    """One line says how to get it; everything else is made, and nothing leads to a search."""
    ran = _with_pagefind(tmp_path, "")
    assert ran.returncode == 0
    [told] = ran.stderr.splitlines()
    assert told.startswith("newsletter.yaml: warning: no search is made")
    assert 'pip install "publish-newsletter[search]"' in told
    assert "search/" not in (tmp_path / "out/index.html").read_text()


def test_where_pagefind_fails_the_build_is_refused(tmp_path: Path) -> None:
    """Its own words are told, and no half of a site is written."""
    ran = _with_pagefind(tmp_path, "echo broken wheel; exit 3")
    assert (ran.returncode, (tmp_path / "out").exists()) == (1, False)
    assert ran.stderr.startswith("out/pagefind: error: Pagefind fails: broken wheel; install it again")


def test_an_index_that_no_text_changed_stands(tmp_path: Path) -> None:
    """Pagefind runs where the text of an issue changed, and not for a build that changes none."""
    counting = f'echo once >> {tmp_path}/runs; exec {program()} "$@"'
    for runs, change in ((1, {}), (1, {}), (2, {"issues/2023-03-25/index.md": "[New](https://d.example/)\n"})):
        written(tmp_path, change)
        ran = _with_pagefind(tmp_path, counting)
        assert ran.returncode == 0, ran.stderr
        assert len((tmp_path / "runs").read_text().splitlines()) == runs
    assert not [*(tmp_path / ".publish").glob("search*")]

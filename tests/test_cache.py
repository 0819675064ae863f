"""What need not be done again: with it, without it, or with a damaged one, a build makes the same bytes."""

from __future__ import annotations

import io
import os
import pickle
import random
import shutil
import struct
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from publications import SETTINGS, publish, written

from pipeline.build import prospect
from pipeline.cache.log import Log, record
from pipeline.cache.made import Made
from pipeline.cache.readings import fetched, packed
from pipeline.cache.stamps import Stamps
from pipeline.project import Project
from pipeline.reader import read_folder

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
DAYS = [f"2023-03-{day:02}" for day in range(1, 11)]


def issue(day: str, seed: int) -> str:
    """An issue with sections, tags, a site and an entry that others have as well."""
    pick = random.Random(f"{day} {seed}")  # noqa: S311, chance that comes again
    head = f"# Weekly #{pick.randrange(40)}\n" if pick.random() < 0.3 else "# Weekly\n"
    head = "---\ndraft: true\n---\n" + head if pick.random() < 0.1 else head
    entries = [
        f"### [Thing {day} {number}](https://{pick.choice(['a', 'b', 'c'])}.example/{day}/{number})"
        f"{pick.choice(['', '<!-- tags: [x] -->', '<!-- {tags: [x, Y]} -->'])}\n\n* {pick.choice(['one', 'two'])}\n"
        for number in range(pick.randrange(1, 5))
    ]
    part = pick.choice(["", ", again", " on one machine", ", part 1", ", part 2"])
    alike = f"### [A study of memory bandwidth{part}](https://{pick.choice('de')}.example/{day})\n\n"
    again = pick.choice(["", alike, "### [Whisper](https://w.example/)<!-- repeat: update -->\n\n* again\n"])
    picture = pick.choice(["", "\n![dot](dot.png)\n"])
    section = pick.choice(["Hardware", "Software", "Only " + day])
    return f"{head}\nHello.{picture}\n\n## {section}\n\n{''.join(entries)}\n## Always\n\n{again or 'No entries.'}\n"


def _publication(root: Path) -> Path:
    files: dict[str, str | bytes] = {f"issues/{day}/index.md": issue(day, 0) for day in DAYS}
    return written(root, files | {f"issues/{day}/dot.png": PIXEL for day in DAYS})


def _write(root: Path, pick: random.Random) -> None:
    day = pick.choice(DAYS)
    (root / "issues" / day).mkdir(exist_ok=True)
    (root / "issues" / day / "dot.png").write_bytes(PIXEL)
    (root / "issues" / day / "index.md").write_text(issue(day, pick.randrange(100)))


def _delete(root: Path, pick: random.Random) -> None:
    shutil.rmtree(root / "issues" / pick.choice(DAYS), ignore_errors=True)


def _picture(root: Path, pick: random.Random) -> None:
    for path in sorted(root.glob("issues/*/dot.png"))[:1]:
        path.write_bytes(PIXEL + bytes([pick.randrange(256)]))


def _settings(root: Path, pick: random.Random) -> None:
    more = pick.choice(
        ["", "language: zh-CN\n", "on_repeat: mark\n", "on_repeat: drop\n", "sections: [Always]\n", "search: true\n"]
    )
    (root / "newsletter.yaml").write_text(SETTINGS + more)


def _template(root: Path, pick: random.Random) -> None:
    own = root / "templates" / "web" / "topic.html"
    own.parent.mkdir(parents=True, exist_ok=True)
    text = "{% for run in topic.runs %}{{ run.issue.title }} {{ run.issue.name }}\n{% endfor %}"
    own.write_text(f"{text}{pick.random()}\n")
    if pick.random() < 0.5:
        shutil.rmtree(root / "templates")


def _by_hand(root: Path, pick: random.Random) -> None:
    path = pick.choice(sorted((root / "out").rglob("*.html")))
    if pick.random() < 0.5:
        path.write_text("somebody was here")
    else:
        path.unlink()


def _damage(root: Path, pick: random.Random) -> None:
    kept = sorted(path for path in (root / ".publish" / "cache").glob("*") if path.is_file())
    if not kept:
        return
    path = pick.choice(kept)
    data = path.read_bytes()
    at = pick.randrange(len(data) + 1)
    path.write_bytes(pick.choice([b"", data[:at], data[:at] + bytes([pick.randrange(256)]) + data[at + 1 :]]))


def _forget(root: Path, _: random.Random) -> None:
    shutil.rmtree(root / ".publish", ignore_errors=True)


EDITS: list[Callable[[Path, random.Random], None]] = [
    *([_write] * 8),
    *(_delete, _picture, _settings, _template, _by_hand, _damage, _forget),
]


def _site(root: Path) -> dict[str, bytes]:
    files = (path for path in (root / "out").rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("seed", range(3))
def test_a_build_after_any_edits_makes_what_a_first_build_makes(tmp_path: Path, seed: int) -> None:
    """Whatever was edited, added, deleted or damaged since the last build, the site is that of a fresh checkout."""
    pick = random.Random(seed)  # noqa: S311
    root = _publication(tmp_path / "warm")
    assert publish("-C", str(root), "build").code == 0
    for step in range(14):
        for _ in range(pick.choice([1, 1, 1, 3])):
            pick.choice(EDITS)(root, pick)
        there = [path.name for path in sorted((root / "issues").iterdir())]
        named = pick.sample(there, min(len(there), pick.choice([0, 0, 1, 1, 2])))
        warm = publish("-C", str(root), "build", *named)
        cold = tmp_path / f"cold{step}"
        shutil.copytree(root, cold, ignore=shutil.ignore_patterns("out", ".publish"))
        checked = [publish("-C", str(one), "check", *named) for one in (root, cold)]
        assert checked[0] == checked[1]
        fresh = publish("-C", str(cold), "build", *named)
        assert (warm.code, warm.err) == (fresh.code, fresh.err)
        if warm.code == 0:
            assert _site(root) == _site(cold), f"step {step}"
        else:
            publish("-C", str(root), "build")


def test_what_would_come_out_the_same_is_not_made_again(tmp_path: Path) -> None:
    """A page that was changed behind its mark's back stays so until its issue, or one that it shows, changes."""
    root = _publication(tmp_path)
    publish("-C", str(root), "build")
    page = root / "out" / DAYS[4] / "index.html"
    before, found = page.read_bytes(), page.stat()
    with open(page, "r+b") as file:
        file.write(b"X")
    os.utime(page, ns=(found.st_atime_ns, found.st_mtime_ns))
    publish("-C", str(root), "build")
    assert page.read_bytes() == b"X" + before[1:]
    source = root / "issues" / DAYS[4] / "index.md"
    source.write_text(source.read_text() + "\n### [More](https://more.example/)\n")
    publish("-C", str(root), "build")
    assert page.read_bytes().startswith(before[:1])
    assert b"more.example" in page.read_bytes()


def test_nobody_looks_at_what_is_in_old_issues(tmp_path: Path) -> None:
    """What a build knows of an issue that was read before, it knows without its sections, until a page shows them."""
    files: dict[str, str | bytes] = {
        f"issues/{day}/index.md": f"# A\n\n## B\n\n### [C](https://{day}.example/)\n" for day in DAYS
    }
    root = written(tmp_path, files)
    publish("-C", str(root), "build", DAYS[-1])
    context = prospect(Project(root=root), DAYS[-1])
    packed_still = [issue.name for issue in context.archive if "_all" not in vars(issue.sections)]
    assert len(packed_still) == len(DAYS)
    assert context.archive[3].sections[0].title == "B"


def test_templates_do_with_kept_sections_what_they_do_with_a_tuple(tmp_path: Path) -> None:
    """A template that adds, cuts, turns or compares sections makes of kept ones what it makes of others."""
    source = """{% set all = issue.sections %}
    {% for one in (all + all, all[:1] + all, all + all[1:], all|reverse|list) %}
    {{ one|map(attribute="title")|join(",") }}{% endfor %}
    {{ all == all[:] }}{{ all[0] in all }}{{ all|length }}{{ all is sequence }}
    """
    root = _publication(tmp_path)
    (root / "templates" / "web").mkdir(parents=True)
    (root / "templates" / "web" / "issue.html").write_text(source)
    assert publish("-C", str(root), "build").code == 0
    context = prospect(Project(root=root), DAYS[0])
    for one in context.archive:
        given = context.templates.render("web/issue.html", issue=replace(one, sections=tuple(one.sections)))
        assert (root / "out" / one.name / "index.html").read_text() == given


def test_a_dry_run_keeps_nothing(tmp_path: Path) -> None:
    """A dry run leaves no cache behind, and may use the one that is there."""
    root = _publication(tmp_path)
    assert publish("-C", str(root), "build", "--dry-run").code == 0
    assert not (root / ".publish").exists()
    publish("-C", str(root), "build")
    kept = {path: path.stat().st_mtime_ns for path in (root / ".publish").rglob("*")}
    assert publish("-C", str(root), "build", "--dry-run").code == 0
    assert {path: path.stat().st_mtime_ns for path in (root / ".publish").rglob("*")} == kept


def test_a_refused_build_need_not_read_again(tmp_path: Path) -> None:
    """What was read is kept although a finding refuses the build: whoever mends it does not wait for the rest again."""
    root = _publication(tmp_path)
    again = "# Weekly\n\n### [Whisper](https://w.example/)\n"
    for day in DAYS[:2]:
        (root / "issues" / day / "index.md").write_text(again)
    assert publish("-C", str(root), "build", DAYS[1]).code == 1
    assert not (root / "out").exists()
    assert Log(root / ".publish" / "cache" / "readings")


def test_a_folder_is_looked_into_when_anything_in_it_changed(tmp_path: Path) -> None:
    """Files that have settled are not opened again, and no change is missed, nor one whose times were put back."""
    issues, file, opened = tmp_path / "issues", tmp_path / "stamps", list[str]()
    for name in "abcd":
        (issues / name / "inner").mkdir(parents=True)
        (issues / name / "index.md").write_bytes(b"bytes")
        (issues / name / "inner" / "dot.png").write_bytes(b"bytes")
    (issues / "linked").mkdir()
    (issues / "linked" / "index.md").symlink_to(issues / "a" / "index.md")
    everything = [*"abcd", "linked"]

    def found(name: str) -> bytes:
        opened.append(name)
        return name.encode() * 16

    def asked(order: tuple[str, ...] = ()) -> list[str]:
        """The folders that are looked into."""
        opened.clear()
        stamps = Stamps(issues, file, order)
        assert [stamps.content(name, found) for name in everything] == [name.encode() * 16 for name in everything]
        stamps.keep()
        return list(opened)

    assert asked() == asked() == everything
    time.sleep(2.1)
    assert [asked(), asked(), asked(("Papers",)), asked(("Papers",))] == [everything, ["linked"]] * 2
    assert [asked(), asked()] == [everything, ["linked"]]
    _rewritten(issues / "a")
    assert asked() == ["a", "linked"]
    (issues / "b" / "inner" / "new.md").touch()
    assert asked() == ["a", "b", "linked"]
    (issues / "d" / "index.md").chmod(0o600)
    assert asked() == ["a", "b", "d", "linked"]
    file.write_bytes(file.read_bytes()[:-9])
    assert asked() == everything


@pytest.mark.parametrize(("folder", "looks"), [("missing", 2), ("issues", 1)])
def test_what_has_settled_is_told_by_the_file_systems_clock(tmp_path: Path, folder: str, looks: int) -> None:
    """No clock but that of the folder in which it is noted is asked: where there is none yet, nothing has settled."""
    written(tmp_path, {"issues/a/index.md": "bytes"})
    opened: list[str] = []

    def found(name: str) -> bytes:
        opened.append(name)
        return b"a" * 16

    time.sleep(2.1)
    for _ in range(3):
        stamps = Stamps(tmp_path / "issues", tmp_path / folder / "stamps", ())
        assert stamps.content("a", found) == b"a" * 16
        stamps.keep()
        (tmp_path / folder).mkdir(exist_ok=True)
    assert opened == ["a"] * looks


def _rewritten(folder: Path) -> None:
    """Another byte in a file, of which size and time are put back."""
    path = folder / "inner" / "dot.png"
    found = path.stat()
    path.write_bytes(b"BYTES")
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


class _Trap:
    """A value that, unpickled by anybody else, makes a folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self._path),)


def test_a_reading_that_somebody_slipped_in_runs_no_code(tmp_path: Path) -> None:
    """Bytes that would call a function when they are read, checksum and all, are no reading."""
    trap, key = pickle.dumps(_Trap(tmp_path / "sprung")), b"k" * 16
    (tmp_path / "readings").write_bytes(struct.pack("<16sII", key, zlib.crc32(trap), len(trap)) + trap)
    assert fetched(Log(tmp_path / "readings"), key, list) is None
    assert not (tmp_path / "sprung").exists()
    pickle.loads(trap)  # noqa: S301, it is our own trap
    assert (tmp_path / "sprung").exists()


def kept(path: Path, records: dict[bytes, bytes], used: list[bytes]) -> None:
    """Adds records to a log in one go."""
    log = Log(path)
    for key, data in records.items():
        log.add(record(key, data))
    log.keep(used)


def test_a_log_survives_a_torn_end(tmp_path: Path) -> None:
    """Of a file that was cut anywhere each whole record is found, and one added later lands behind the last of them."""
    path = tmp_path / "log"
    records = {bytes([number]) * 16: b"some bytes" * 9 for number in range(4)}
    kept(path, records, list(records))
    whole = path.read_bytes()
    for cut in range(len(whole)):
        path.write_bytes(whole[:cut])
        found = [key for key in records if Log(path).get(key) == records[key]]
        assert found == list(records)[: cut * 4 // len(whole)]
        kept(path, {b"n" * 16: b"new"}, [*found, b"n" * 16])
        again = Log(path)
        assert [again.get(key) for key in (*found, b"n" * 16)] == [*(records[key] for key in found), b"new"]


def test_what_is_no_longer_used_goes(tmp_path: Path) -> None:
    """Records of old texts are dropped once they are more than half of the file."""
    path = tmp_path / "log"
    for number in range(100):
        kept(path, {bytes([number]) * 16: b"some bytes" * 9}, [bytes([number]) * 16])
    assert path.stat().st_size < 500
    assert Log(path).get(bytes([99]) * 16)


def test_a_reading_comes_back_as_it_was(tmp_path: Path) -> None:
    """What is packed and fetched is equal, be it written, replaced or deleted since, and damaged bytes are none."""
    root, key = _publication(tmp_path / "weekly"), b"k" * 16
    read = read_folder(Project(root=root).folder(DAYS[0]), ())
    log = Log(tmp_path / "log")
    log.add(record(key, packed(read)))
    added, lazy, late = (fetched(log, key, list) for _ in range(3))
    assert added == read
    log.keep([key])
    assert lazy == fetched(Log(tmp_path / "log"), key, list) == read
    kept(tmp_path / "log", {b"n" * 16: b"new"}, [b"n" * 16])
    (tmp_path / "log").unlink()
    assert late == read
    assert repr(late) == repr(read)
    kept(tmp_path / "log", {key: packed(read)[:9]}, [key])
    assert fetched(Log(tmp_path / "log"), key, list) is None


@pytest.mark.parametrize("damage", [b"", b".", b"N.", b"]K\x01a.", pickle.dumps(("no", "sections"))])
def test_damaged_sections_are_read_again(tmp_path: Path, damage: bytes) -> None:
    """Where the second part of a kept reading is damaged, checksum and all, a build makes what it would without it."""
    root = _publication(tmp_path / "weekly")
    assert publish("-C", str(root), "build").code == 0
    made, cache = _site(root), root / ".publish" / "cache"
    log, records = Log(cache / "readings"), bytearray()
    for key in log._places:
        data = log.get(key) or b""
        with io.BytesIO(data) as whole:
            pickle.Unpickler(whole).load()  # noqa: S301, it is our own
            records += record(key, data[: whole.tell()] + damage)
    (cache / "readings").write_bytes(records)
    (cache / "made").unlink()
    ran = publish("-C", str(root), "build")
    assert (ran.code, _site(root)) == (0, made), ran.err


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"a": 1}', b'{"a": ["", [["x", []]]]}', b"\xff"])
def test_a_damaged_record_knows_nothing(tmp_path: Path, data: bytes) -> None:
    """A record of what was made that is no such thing is as good as none."""
    (tmp_path / "made").write_bytes(data)
    assert not Made(tmp_path / "made").names

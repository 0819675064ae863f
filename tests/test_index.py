"""The index: it answers as the issues do, whatever was changed, killed or damaged, and can be deleted."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from publications import SETTINGS, written

from pipeline.history.archive import numbered
from pipeline.history.memory import Before, History, Memory
from pipeline.index.lookup import Index, connected, file_of, opened
from pipeline.index.making import history
from pipeline.project import Project
from pipeline.read.issue import read_issue
from tests.kill.builder import ended, start

KILLS = int(os.environ.get("KILLS", "25"))
"""How many commands are killed while they make an index; the long run sets more."""

_NOBODY = 65534  # a user without rights, on every Linux

WORDS = "sorting parsers memory compilers tending robots 内存 编译器 正则引擎 part version of the 3 2 seed".split()
SITES = ("https://a.example", "https://github.com/o", "https://arxiv.org/abs", "https://b.example/deep/page")
MOMENTS = (Before("9999-12-31"), Before("2023-06-01"), Before("2023-02-03", 1))


def issue_text(chance: random.Random) -> str:
    """An issue of some entries in some sections, their titles and addresses from so few words that they meet again."""
    lines = ["---", "draft: true", "---"] if chance.random() < 0.1 else []
    for _ in range(chance.randint(1, 6)):
        title = " ".join(chance.choices(WORDS, k=chance.randint(1, 7)))
        url = f"{chance.choice(SITES)}/{chance.randint(1, 12)}"
        lines += [f"## {chance.choice(('A', 'B', 'C'))}"] if chance.random() < 0.3 else []
        lines += [f"### [{title}]({url})", f"* see [x]({chance.choice(SITES)}/{chance.randint(1, 12)})", ""]
    return "\n".join(lines) + "\n"


def made(root: Path, chance: random.Random, count: int) -> Project:
    """A publication of so many issues."""
    days = [f"2023-{1 + place // 28:02}-{1 + place % 28:02}" for place in chance.sample(range(300), count)]
    written(root, {f"issues/{day}/i.md": issue_text(chance) for day in days})
    return Project(root=root)


def memory(project: Project) -> Memory:
    """The issues themselves, read anew."""
    readings = [read_issue(project.folder(path.name)) for path in project.issues.iterdir()]
    assert all(reading.issue for reading in readings), [reading.findings for reading in readings]
    return Memory(issue for issue in numbered(one.issue for one in readings if one.issue) if not issue.draft)


KEYS = [f"{site}/{n}" for site in ("url:a.example", "github:o", "arxiv", "url:b.example/deep/page") for n in range(13)]
TITLES = [" ".join(random.Random(seed).choices(WORDS, k=1 + seed % 7)) for seed in range(40)]  # noqa: S311


def asked(history: History, *, near: bool = True) -> list[object]:
    """What a history says to many questions."""
    answers: list[object] = []
    for before in MOMENTS:
        for ask in (history.carrying, history.mentioning, history.parts):
            answers += [list(ask(key, before)) for key in KEYS]
        for telling in (False, True):
            answers += [list(history.near(title, before, telling=telling)) for title in TITLES if near]
    pasts = [past for title in TITLES for past in history.near(title, MOMENTS[0])]
    answers += [history.at(past.reference) for past in pasts if near]
    days = ("2023-01-01", "2023-02-03", "2023-07-01", "9999")
    return [*answers, [history.distance(one, other) for one in days for other in days]]


def index(project: Project) -> Index:
    """The index of the publication as it is now."""
    found = history(project).history
    assert isinstance(found, Index)
    return found


@pytest.mark.parametrize("seed", range(12))
def test_the_index_answers_as_the_issues_do(tmp_path: Path, seed: int) -> None:
    """A new index and the issues in memory give the same answers to every question at every moment."""
    project = made(tmp_path, random.Random(seed), 3 * seed)  # noqa: S311
    (tmp_path / "issues").mkdir(exist_ok=True)
    assert asked(index(project)) == asked(memory(project))


def changed(project: Project, chance: random.Random) -> None:
    """The publication with one issue edited, deleted, renamed, added or made a draft."""
    issues = sorted(project.issues.iterdir())
    one, other = chance.choice(issues), project.issues / f"2023-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    deed = chance.choice(("edit", "edit", "delete", "rename", "add"))
    if deed == "edit":
        (one / "i.md").write_text(issue_text(chance))
    elif deed == "delete" and len(issues) > 1:
        shutil.rmtree(one)
    elif deed == "rename" and not other.exists():
        one.rename(other)
    elif not other.exists():
        other.mkdir()
        (other / "i.md").write_text(issue_text(chance))


@pytest.mark.parametrize("seed", range(6))
def test_a_changed_archive_is_followed(tmp_path: Path, seed: int) -> None:
    """After edits, deletions, renames and new issues an index brought up to date answers as a new one does.

    Titles that only grams find may be others, as their rarity is counted anew but now and then; names find the same.
    """
    chance = random.Random(seed)  # noqa: S311
    project = made(tmp_path, chance, 30)
    index(project)
    for _ in range(8):
        changed(project, chance)
        now, truth = index(project), memory(project)
        assert asked(now, near=False) == asked(truth, near=False)
        for title in TITLES:
            exact = [past for past in truth.near(title, MOMENTS[0]) if past.title.casefold() == title.casefold()]
            assert all(past in now.near(title, MOMENTS[0]) for past in exact)
    assert asked(history(project, anew=True).history) == asked(memory(project))


def test_nothing_is_read_where_nothing_changed(tmp_path: Path) -> None:
    """An index whose files have settled is opened without reading one; a change of one byte is seen, and its undoing.

    Before they have settled it is not trusted: a second change within one tick of the clock would not show.
    """
    project = made(tmp_path, random.Random(1), 12)  # noqa: S311
    index(project)
    assert opened(tmp_path) is None
    time.sleep(2.1)
    index(project)
    assert opened(tmp_path) is not None
    source = next(project.issues.iterdir()) / "i.md"
    text, times = source.read_text(), source.stat()
    source.write_text(text.replace("see", "sea"))
    os.utime(source, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert opened(tmp_path) is None
    source.write_text(text)
    assert asked(index(project)) == asked(memory(project))


CHANGES: dict[str, Callable[[Path], object]] = {
    "deleted": lambda root: shutil.rmtree(next((root / "issues").iterdir())),
    "renamed": lambda root: next((root / "issues").iterdir()).rename(root / "issues/2022-01-01"),
    "a new file": lambda root: (next((root / "issues").iterdir()) / "more.md").write_text(
        "[new](https://new.example/x)"
    ),
    "settings": lambda root: (root / "newsletter.yaml").write_text(SETTINGS + "sections: [B, A]\n"),
    "a new folder": lambda root: (root / "issues/2022-05-05").mkdir(),
}


def test_every_change_of_the_tree_is_seen(tmp_path: Path) -> None:
    """A folder that goes, comes or has another name, a further file, and other settings make an index stale."""
    projects = {name: made(tmp_path / name, random.Random(2), 5) for name in CHANGES}  # noqa: S311
    time.sleep(2.1)
    for name, project in projects.items():
        index(project)
        assert opened(project.root) is not None
        CHANGES[name](project.root)
        assert opened(project.root) is None, name


def test_the_order_of_sections_is_the_settings(tmp_path: Path) -> None:
    """Where the settings put the sections in another order, the index does."""
    written(
        tmp_path, {"issues/2023-01-01/i.md": "## A\n\n[a](https://x.example/1)\n\n## B\n\n[a](https://x.example/2)\n"}
    )
    project = Project(root=tmp_path)
    assert [past.section for past in index(project).near("a b c d", MOMENTS[0])] == []
    first = index(project).carrying("url:x.example/1", Before("2023-01-01", 1))
    written(tmp_path, {"newsletter.yaml": SETTINGS + "sections: [B, A]\n"})
    assert len(first) == 1
    assert index(project).carrying("url:x.example/1", Before("2023-01-01", 1)) == []


def cut(path: Path) -> None:
    """Half of the file."""
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def flipped(path: Path) -> None:
    """A byte in fifty other than it was."""
    data = bytearray(path.read_bytes())
    data[100::50] = bytes(byte ^ 0x55 for byte in data[100::50])
    path.write_bytes(data)


def folder(path: Path) -> None:
    """A folder in the file's place."""
    path.unlink()
    (path / "inner").mkdir(parents=True)


@pytest.mark.parametrize(
    "damage",
    [
        Path.unlink,
        cut,
        flipped,
        folder,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"not a database " * 1000),
        lambda path: shutil.rmtree(path.parents[1]),
        lambda path: (path.unlink(), path.symlink_to("index.sqlite")),
    ],
    ids=["gone", "cut", "flipped", "a folder", "empty", "something else", "no .publish", "a link to itself"],
)
def test_a_damaged_index_is_made_anew(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    """Whatever stands in the index's place, the answers are the same, and a whole index is there again."""
    project = made(tmp_path, random.Random(3), 20)  # noqa: S311
    index(project)
    damage(file_of(tmp_path))
    assert opened(tmp_path) is None
    assert asked(index(project)) == asked(memory(project))
    assert connected(file_of(tmp_path)) is not None


def test_an_index_of_other_rules_is_made_anew(tmp_path: Path) -> None:
    """An index that another version made is not asked."""
    project = made(tmp_path, random.Random(4), 3)  # noqa: S311
    index(project)
    file = file_of(tmp_path)
    data = file.read_bytes()
    connection = connected(file)
    assert connection
    (version,) = connection.execute("SELECT version FROM about").fetchone()
    times = file.stat()
    file.write_bytes(data.replace(version.encode(), version[:-1].encode() + b"?"))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert connected(file) is None


def test_a_folder_that_cannot_be_written_changes_no_answer(tmp_path: Path) -> None:
    """Where no index can be written, the issues themselves answer."""
    project = made(tmp_path, random.Random(5), 12)  # noqa: S311
    expected = asked(memory(project))
    tmp_path.chmod(0o555)
    child = os.fork()
    if not child:
        answered = False
        with contextlib.suppress(BaseException):
            os.chdir(tmp_path)
            if os.geteuid() == 0:  # nothing is refused to root
                os.setuid(_NOBODY)
            told = history(Project(root=Path()))
            answered = isinstance(told.history, Memory) and asked(told.history) == expected
        os._exit(0 if answered else 1)
    _, status = os.waitpid(child, 0)
    tmp_path.chmod(0o755)
    assert status == 0


def test_something_else_in_the_way_of_the_cache_changes_no_answer(tmp_path: Path) -> None:
    """A file or a link where `.publish` must be is left alone, and the issues themselves answer."""
    project = made(tmp_path / "site", random.Random(6), 12)  # noqa: S311
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    work = tmp_path / "site" / ".publish"
    for put in (lambda: work.write_text("mine"), lambda: work.symlink_to(elsewhere)):
        put()
        told = history(project)
        assert isinstance(told.history, Memory)
        assert asked(told.history) == asked(memory(project))
        work.unlink()
    assert not list(elsewhere.iterdir())


def test_an_issue_that_cannot_be_read_is_told_and_the_others_answer(tmp_path: Path) -> None:
    """A broken issue is told each time, counts as an issue, and hides nothing of the others; once mended it answers."""
    entry = "[A stable sort of robots](https://x.example/1)\n"
    files = {f"issues/2023-01-0{day}/i.md": entry for day in (1, 2, 3)}
    files["issues/2023-01-02/i.md"] = "[broken](https://x.example/1\n"
    project = Project(root=written(tmp_path, files))
    for _ in range(2):
        told = history(project)
        assert [finding.rule for finding in told.findings] == ["cut-link"]
        pasts = told.history.carrying("url:x.example/1", MOMENTS[0])
        assert [(past.issue, past.number) for past in pasts] == [("2023-01-01", 1), ("2023-01-03", 3)]
    written(tmp_path, {"issues/2023-01-02/i.md": entry})
    assert len(index(project).carrying("url:x.example/1", MOMENTS[0])) == 3


def test_an_index_whose_making_is_killed_is_whole_or_made_anew(tmp_path: Path) -> None:
    """After kill -9 at any instant the index that stands is one whole state, and the next answers are right."""
    chance = random.Random(7)  # noqa: S311
    project = made(tmp_path, chance, 40)
    began = time.perf_counter()
    history(project, anew=True)
    span = time.perf_counter() - began

    def loop() -> None:
        mine = random.Random(chance.random())  # noqa: S311
        while True:
            changed(project, mine)
            history(project, anew=mine.random() < 0.5)

    stood = 0
    for number in range(KILLS):
        if number % 4 == 0:
            file_of(tmp_path).unlink(missing_ok=True)
        pid = start(loop)
        time.sleep(chance.uniform(0, span * 1.5))
        os.killpg(pid, signal.SIGKILL)
        assert ended(pid) == -signal.SIGKILL
        connection = connected(file_of(tmp_path))
        if connection:
            stood += 1
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for path in project.issues.iterdir():
            if not list(path.iterdir()):
                path.rmdir()  # the kill came between the folder and its file
            elif not (path / "i.md").stat().st_size:
                (path / "i.md").write_text(issue_text(chance))
        now, truth = index(project), memory(project)
        assert asked(now, near=False) == asked(truth, near=False)
    assert stood


def test_commands_at_once_each_leave_a_whole_index(tmp_path: Path) -> None:
    """Several processes that make the index at once do not wait for each other, and what stands is whole."""
    project = made(tmp_path, random.Random(8), 25)  # noqa: S311

    def several() -> None:
        for _ in range(4):
            history(project, anew=True)

    pids = [start(several) for _ in range(3)]
    assert [ended(pid) for pid in pids] == [0, 0, 0]
    assert [path.name for path in file_of(tmp_path).parent.iterdir()] == ["index.sqlite"]
    assert asked(index(project)) == asked(memory(project))


def test_what_a_killed_command_left_is_deleted_later(tmp_path: Path) -> None:
    """A file that was never finished stands for an hour at most, as it may be one that is being written."""
    project = made(tmp_path, random.Random(9), 3)  # noqa: S311
    index(project)
    old, young = (file_of(tmp_path).with_name(f"index-{name}") for name in ("old", "young"))
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    history(project, anew=True)
    assert young.exists()
    assert not old.exists()


def test_issues_of_any_shape_are_taken_in(tmp_path: Path) -> None:
    """Empty issues, issues of one day, thousands of entries of one title and late ones between others are in order."""
    many = "".join(f"[The same title of all of them](https://x.example/{n})\n\n" for n in range(300))
    files = {"issues/2023-01-01/i.md": "# Nothing\n", "issues/2023-01-03/i.md": many, "issues/2023-01-04/i.md": "# x\n"}
    files |= {f"issues/2023-02-01-{n:03}/i.md": f"[Many a day {n}](https://y.example/{n})\n" for n in range(40)}
    project = Project(root=written(tmp_path, files))
    assert asked(index(project)) == asked(memory(project))
    title = "The same title of all of them"
    assert list(index(project).near(title, MOMENTS[0])) == list(memory(project).near(title, MOMENTS[0]))
    for late in ("2023-01-02", "2023-01-03-b", "2023-02-01-0055"):
        written(tmp_path, {f"issues/{late}/i.md": f"[Late {late}](https://x.example/7)\n"})
        assert index(project).carrying("url:x.example/7", MOMENTS[0]) == memory(project).carrying(
            "url:x.example/7", MOMENTS[0]
        )

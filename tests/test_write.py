"""Artifacts to `out/`: the whole generation or none of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.errors import BadSource, Busy, ForeignFolder, PipelineError, Unwritable
from pipeline.render.context import Artifact
from pipeline.write import Changes, recover, unfinished, writing

SITE = {"index.html": b"front", "2023-03-04/index.html": b"one", "2023-03-04/issue.md": b"# one"}


def build(root: Path, files: dict[str, bytes], *, dry_run: bool = False) -> Changes:
    """One whole build of these files."""
    with writing(root, dry_run=dry_run) as generation:
        return generation.commit([generation.stage(Artifact(path=path, content=files[path])) for path in files])


def standing(root: Path) -> dict[str, bytes]:
    """What stands in `out/`, but for the manifest."""
    out = root / "out"
    files = (path for path in out.rglob("*") if path.is_file())
    return {str(path.relative_to(out)): path.read_bytes() for path in files if path != out / ".manifest"}


def everything(root: Path) -> dict[str, tuple[int, bytes]]:
    """Every file of the publication with its time of change, links as themselves."""
    found = {}
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or path.is_file():
            content = os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
            found[str(path.relative_to(root))] = (path.lstat().st_mtime_ns, content)
    return found


def findings(error: pytest.ExceptionInfo[PipelineError]) -> list[tuple[str, str]]:
    """Where and by which rule an error is told."""
    return [(str(finding.location), finding.rule) for finding in error.value.findings]


def test_a_build_leaves_exactly_what_was_staged(tmp_path: Path) -> None:
    """After a commit `out/` holds the staged files and no others of ours, and the changes tell each one's lot."""
    first = build(tmp_path, SITE)
    assert standing(tmp_path) == SITE
    assert (first.new, first.removed) == (tuple(sorted(SITE)), ())

    later = {"index.html": b"front", "2023-03-04/index.html": b"mended", "2023-09-30/index.html": b"two"}
    second = build(tmp_path, later)
    assert standing(tmp_path) == later
    assert second == Changes(
        new=("2023-09-30/index.html",),
        changed=("2023-03-04/index.html",),
        removed=("2023-03-04/issue.md",),
        unchanged=("index.html",),
        kept=(),
    )


def test_equal_bytes_are_not_written_again(tmp_path: Path) -> None:
    """A second build of the same files touches nothing in `out/`; one changed file alone gets a new time."""
    build(tmp_path, SITE)
    before = everything(tmp_path / "out")
    assert build(tmp_path, SITE).unchanged == tuple(sorted(SITE))
    assert everything(tmp_path / "out") == before

    build(tmp_path, {**SITE, "index.html": b"other"})
    after = everything(tmp_path / "out")
    assert {path for path in after if after[path] != before[path]} == {"index.html"}


def test_nothing_is_left_of_the_work(tmp_path: Path) -> None:
    """Beside `out/` only the lock and a .gitignore for `.publish/` remain, whether a build was made or given up."""
    build(tmp_path, SITE)
    build(tmp_path, {"index.html": b"alone"})
    with writing(tmp_path) as generation:
        generation.stage(Artifact(path="half.html", content=b"half"))
    assert sorted(path.name for path in (tmp_path / ".publish").iterdir()) == [".gitignore", "lock"]
    assert (tmp_path / ".publish" / ".gitignore").read_text() == "*\n"
    assert [path for path in (tmp_path / "out").rglob("*") if path.is_dir()] == []
    assert standing(tmp_path) == {"index.html": b"alone"}


def test_the_manifest_names_every_file_and_changes_only_with_their_names(tmp_path: Path) -> None:
    """`out/.manifest` is one sorted line a file under a line that names its maker and format."""
    build(tmp_path, SITE)
    manifest = tmp_path / "out" / ".manifest"
    assert manifest.read_text().split("\n") == ["publish manifest 1", *sorted(SITE), ""]
    before = manifest.stat().st_mtime_ns
    build(tmp_path, {**SITE, "index.html": b"other"})
    assert manifest.stat().st_mtime_ns == before


def test_a_dry_run_tells_the_same_and_writes_nothing(tmp_path: Path) -> None:
    """A dry run gives the changes that the build then makes, and leaves no file or folder changed."""
    other = {"index.html": b"new front", "a/b/c.txt": b"deep"}
    assert build(tmp_path, SITE, dry_run=True) == Changes(
        new=tuple(sorted(SITE)), changed=(), removed=(), unchanged=(), kept=()
    )
    assert list(tmp_path.iterdir()) == []
    build(tmp_path, SITE)
    before = everything(tmp_path)
    told = build(tmp_path, other, dry_run=True)
    assert everything(tmp_path) == before
    assert told == build(tmp_path, other)


def test_attachments_are_copied_and_compared_like_bytes(tmp_path: Path) -> None:
    """A file larger than one piece is copied whole, is unchanged the second time, and changed when one byte is."""
    picture = tmp_path / "picture.png"
    picture.write_bytes(os.urandom(700_001))
    artifact = Artifact(path="2023-03-04/picture.png", content=picture)

    def once() -> Changes:
        with writing(tmp_path) as generation:
            return generation.commit([generation.stage(artifact)])

    assert once().new == (artifact.path,)
    assert standing(tmp_path) == {artifact.path: picture.read_bytes()}
    assert once().unchanged == (artifact.path,)
    for content in (picture.read_bytes()[:-1] + b"!", picture.read_bytes() + b"!", b""):
        picture.write_bytes(content)
        assert once().changed == (artifact.path,)
        assert standing(tmp_path) == {artifact.path: content}


def test_an_attachment_that_cannot_be_read_is_told_by_its_own_path(tmp_path: Path) -> None:
    """A missing file is BadSource at the author's path, and `out/` is as it was."""
    with pytest.raises(BadSource) as error, writing(tmp_path) as generation:
        generation.stage(Artifact(path="a.png", content=tmp_path / "issues" / "a.png"))
    assert findings(error) == [("issues/a.png", "unreadable")]
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../up",
        "a/../../up",
        "a//b",
        "a/",
        "./a",
        "a/.",
        "..",
        "a\0b",
        "a\nb",
        "\x1b[2J",
        "\udcff",
        ".manifest",
        "x" * 300,
        "é" * 150,
    ],
)
def test_no_path_leads_out_of_the_site(tmp_path: Path, path: str) -> None:
    """A path that is absolute, climbs, hides a control character or is too long for a name is refused as a finding."""
    build(tmp_path, SITE)
    before = everything(tmp_path / "out")
    with pytest.raises(Unwritable) as error:
        build(tmp_path, {"fine.html": b"", path: b"x"})
    assert str(error.value).isprintable()
    assert [rule for _, rule in findings(error)] in (["bad-path"], ["unwritable"])
    assert everything(tmp_path / "out") == before


@pytest.mark.parametrize(
    "paths",
    [("a", "a"), ("a", "a/b"), ("a/b", "a"), ("a", "a/b/c"), ("index.html", "index.html"), ("new", "index.html/x")],
)
@pytest.mark.parametrize("content", [b"front", b"other"])
def test_two_files_of_one_place_are_refused(tmp_path: Path, paths: tuple[str, str], content: bytes) -> None:
    """Two artifacts of one path, or one where another needs a folder, are told, whether or not their bytes stand."""
    build(tmp_path, {"index.html": b"front", "x/y": b""})
    before = everything(tmp_path / "out")
    artifacts = [Artifact(path=path, content=content) for path in (*paths, "index.html")]
    with pytest.raises(Unwritable) as error, writing(tmp_path) as generation:
        generation.commit([generation.stage(artifact) for artifact in artifacts])
    assert "same-path" in {rule for _, rule in findings(error)}
    assert everything(tmp_path / "out") == before


def test_a_file_may_become_a_folder_and_a_folder_a_file(tmp_path: Path) -> None:
    """What was a file of ours may be a folder in the next generation, and the other way round."""
    for files in ({"a": b"1", "b/c/d": b"2"}, {"a/x/y": b"3", "b": b"4"}, {"a": b"1", "b/c/d": b"2"}):
        build(tmp_path, files)
        assert standing(tmp_path) == files
    (tmp_path / "out" / "b" / "c" / "d").unlink()
    build(tmp_path, {"a": b"1", "b": b"4"})
    assert standing(tmp_path) == {"a": b"1", "b": b"4"}


@pytest.mark.parametrize("kind", ["folder", "file", "link", "dangling", "other manifest", "linked manifest"])
def test_a_folder_that_is_not_ours_is_never_replaced(tmp_path: Path, kind: str) -> None:
    """An `out` with anything in it and no manifest of ours, or that is no folder, is ForeignFolder and untouched."""
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    build(elsewhere, SITE)
    if kind == "file":
        out.write_text("mine")
    elif kind in {"link", "dangling"}:
        out.symlink_to(elsewhere / "out" if kind == "link" else tmp_path / "nowhere")
    else:
        out.mkdir()
        (out / "thesis.tex").write_text("mine")
        if kind == "other manifest":
            (out / ".manifest").write_text('{"name": "an app"}')
        elif kind == "linked manifest":
            (out / ".manifest").symlink_to(elsewhere / "out" / ".manifest")
    before = everything(tmp_path)
    for dry_run in (True, False):
        with pytest.raises(ForeignFolder) as error:
            build(tmp_path, SITE, dry_run=dry_run)
        assert findings(error) == [("out", "foreign-folder")]
    assert {path: what for path, what in everything(tmp_path).items() if not path.startswith(".publish/")} == before


def test_a_persons_own_file_is_kept_and_told(tmp_path: Path) -> None:
    """A file or folder that somebody put into `out/` outlives builds that make and remove files around it."""
    build(tmp_path, SITE)
    out = tmp_path / "out"
    (out / "CNAME").write_text("a.example")
    (out / "2023-03-04" / "own.txt").write_text("own")
    (out / "own" / "deep").mkdir(parents=True)
    (out / "own" / "deep" / "x").write_text("x")
    changes = build(tmp_path, {"index.html": b"front"})
    assert changes.kept == ("2023-03-04/own.txt", "CNAME", "own/")
    assert standing(tmp_path) == {
        "index.html": b"front",
        "CNAME": b"a.example",
        "2023-03-04/own.txt": b"own",
        "own/deep/x": b"x",
    }


@pytest.mark.parametrize("own", ["new.html", "new.html/x", "dir", "2023-03-04/own/x"])
def test_a_persons_own_file_in_the_way_refuses(tmp_path: Path, own: str) -> None:
    """Where the new generation wants the place of a person's file or folder, it is refused and nothing changes."""
    build(tmp_path, SITE)
    place = tmp_path / "out" / own
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("own")
    before = everything(tmp_path / "out")
    wanted = {"new.html": b"", "dir/x.html": b"", "2023-03-04/own": b""}
    for dry_run in (True, False):
        with pytest.raises(ForeignFolder) as error:
            build(tmp_path, wanted, dry_run=dry_run)
        assert [rule for _, rule in findings(error)] == ["foreign-folder"]
    assert everything(tmp_path / "out") == before


@pytest.mark.parametrize("wanted", [SITE, {"index.html": b"front"}, {**SITE, "2023-03-04/index.html": b"changed"}])
def test_no_link_in_out_leads_a_write_or_a_removal_outside(tmp_path: Path, wanted: dict[str, bytes]) -> None:
    """Where a folder of `out/` was replaced by a link, what the link shows is neither written, nor removed."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "issue.md").write_text("precious")
    (outside / "index.html").write_text("precious")
    root = tmp_path / "publication"
    root.mkdir()
    build(root, SITE)
    for path in SITE:
        (root / "out" / path).unlink()
    (root / "out" / "2023-03-04").rmdir()
    (root / "out" / "2023-03-04").symlink_to(outside)
    (root / "out" / "index.html").symlink_to(outside / "index.html")
    before = everything(outside)
    if len(wanted) > 1:
        with pytest.raises(ForeignFolder) as error:
            build(root, wanted)
        assert findings(error) == [("out/2023-03-04", "foreign-folder")]
    else:
        assert build(root, wanted).kept == ("2023-03-04",)
        assert (root / "out" / "index.html").read_bytes() == b"front"
        assert not (root / "out" / "index.html").is_symlink()
    assert everything(outside) == before


@pytest.mark.parametrize(
    "link",
    [
        ".publish",
        ".publish/staging",
        ".publish/cache",
        ".publish/lock",
        ".publish/journal.new",
        ".publish/.gitignore.new",
        ".publish/cache/made.new",
    ],
)
def test_no_link_in_the_work_folder_is_followed(tmp_path: Path, link: str) -> None:
    """A publication that arrives with links for `.publish/` or in it is refused; nothing is written where they lead."""
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    (outside / "precious").write_text("precious")
    (root / link).parent.mkdir(parents=True)
    (root / link).symlink_to(outside / "precious" if link.endswith(("lock", ".new")) else outside)
    before = everything(outside)
    with pytest.raises(Unwritable):
        build(root, SITE)
    assert everything(outside) == before


@pytest.mark.parametrize("line", ["-../precious", "+../precious", "-/precious", "+a/../../precious"])
def test_a_forged_journal_or_manifest_reaches_nothing_outside(tmp_path: Path, line: str) -> None:
    """Paths that climb out of `out/` are refused in a journal and passed over in a manifest."""
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "precious").write_text("precious")
    build(root, SITE)
    with (root / "out" / ".manifest").open("a") as manifest:
        manifest.write(line[1:] + "\n")
    build(root, {"index.html": b"front"})
    (root / ".publish" / "journal").write_text(f"publish journal 1\n{line}\n")
    with pytest.raises(Unwritable) as error:
        recover(root)
    assert findings(error) == [(".publish/journal", "bad-journal")]
    assert (tmp_path / "precious").read_text() == "precious"


@pytest.mark.parametrize(("link", "taken"), [("staging", "precious"), ("staging/a", "a/precious")])
def test_a_forged_journal_takes_no_file_from_elsewhere(tmp_path: Path, link: str, taken: str) -> None:
    """A publication that arrives with a journal, and with a link in `.publish/`, moves nothing into its `out/`."""
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    (outside / "precious").write_text("precious")
    root.mkdir()
    build(root, SITE)
    (root / ".publish" / link).parent.mkdir(exist_ok=True)
    (root / ".publish" / link).symlink_to(outside)
    (root / ".publish" / "journal").write_text(f"publish journal 1\n+{taken}\n")
    with pytest.raises(Unwritable):
        recover(root)
    assert (outside / "precious").read_text() == "precious"
    assert standing(root) == SITE


def test_a_folder_in_the_locks_place_is_told(tmp_path: Path) -> None:
    """What stands where the lock must be is named, with what to do about it."""
    (tmp_path / ".publish" / "lock").mkdir(parents=True)
    with pytest.raises(
        Unwritable, match=r"\.publish/lock: error: .* a folder stands where a file must be: move it away"
    ):
        build(tmp_path, SITE)


def test_whoever_deletes_out_gets_it_anew(tmp_path: Path) -> None:
    """A journal that was cut off does not stand in the way of a build after `out/` was deleted by hand."""
    (tmp_path / ".publish").mkdir()
    (tmp_path / ".publish" / "journal").write_text("publish journal 1\n-a\n+b\n")
    assert unfinished(tmp_path)
    build(tmp_path, SITE)
    assert standing(tmp_path) == SITE
    assert not unfinished(tmp_path)


def test_lost_staging_is_told_with_the_way_out(tmp_path: Path) -> None:
    """A journal whose files are gone says what to delete; after that, the next build makes `out/` whole."""
    build(tmp_path, SITE)
    (tmp_path / ".publish" / "journal").write_text("publish journal 1\n-index.html\n+.manifest\n+b\n")
    with pytest.raises(Unwritable) as error:
        recover(tmp_path)
    assert findings(error) == [("out/b", "lost-file")]
    assert "delete .publish/ and build again" in str(error.value)
    assert unfinished(tmp_path)
    (tmp_path / ".publish" / "journal").unlink()
    build(tmp_path, SITE)
    assert standing(tmp_path) == SITE


def test_recovery_of_what_is_whole_touches_nothing(tmp_path: Path) -> None:
    """Without a journal, `recover` makes no file, no folder and takes no lock."""
    recover(tmp_path)
    assert list(tmp_path.iterdir()) == []
    with writing(tmp_path):
        recover(tmp_path)


def test_a_second_command_does_not_begin_while_one_is_at_work(tmp_path: Path) -> None:
    """Whoever finds the lock taken for seconds is told the process that has it."""
    with writing(tmp_path), pytest.raises(Busy) as error, writing(tmp_path):
        pass
    assert findings(error) == [(".publish/lock", "busy")]
    assert f"process {os.getpid()}" in str(error.value)

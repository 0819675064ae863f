"""Every place that a site can be deployed to does the same; what is not ours there stays as it is."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import pytest
from deployments import KINDS, Place, place

from pipeline.deploy.run import deploy
from pipeline.deploy.site import ordered
from pipeline.deploy.target import Target
from pipeline.errors import Undeployable

FIRST = {
    "2023-03-04/index.html": b"one, with picture.png",
    "2023-03-04/picture.png": bytes(range(256)) * 400,
    "index.html": b"one",
    "feed.xml": b"one",
    "sites/a/index.html": b"a",
}
SECOND = {
    "2023-03-04/index.html": b"one, with picture.png",
    "2023-03-04/picture.png": FIRST["2023-03-04/picture.png"][:-1] + b"!",
    "2023-03-11/index.html": b"two",
    "index.html": b"two, one",
    "feed.xml": b"two, one",
}
HOSTILE = [
    *r"-rf|--delete/-e|a b/c  d| lead|$(x)`y`;&|a*b|a?|[x]/y[z]*|x|xyz*|~|!x|# x|; x|'|back\slash|\#101".split("|"),
    *'链接/文章.html|é|e\u0301|a -> b|:|h:p|%20|+x|"q"|deleting|.hidden/.file|😀|x\u202ey|x\u2028y|x\x85y'.split("|"),
]


def _kinds(*names: str) -> list[object]:
    marks = {
        "rsync": [pytest.mark.needs("rsync")],
        "rsyncd": [pytest.mark.needs("rsync")],
        "ssh": [pytest.mark.needs("rsync", "openssh-server")],
    }
    return [pytest.param(name, marks=marks.get(name, [])) for name in names]


@pytest.fixture(params=_kinds(*KINDS))
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A place of each kind, in each way to reach one."""
    with place(request.param, tmp_path) as one:
        yield one


@pytest.fixture(params=_kinds("folder", "rsync", "git"))
def there(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A place of each kind."""
    with place(request.param, tmp_path) as one:
        yield one


class Halting:
    """A target that fails before one of its steps, as power, networks and people do; `step` counts from 0."""

    def __init__(self, target: Target, step: int) -> None:
        self._target, self._left = target, step
        self.place, self.standing, self.different = target.place, target.standing, target.different

    def _count(self) -> None:
        if not self._left:
            raise KeyboardInterrupt
        self._left -= 1

    def put(self, paths: Sequence[str]) -> None:
        """One step."""
        self._count()
        self._target.put(paths)

    def remove(self, paths: Sequence[str]) -> None:
        """One step."""
        self._count()
        self._target.remove(paths)

    def record(self, paths: Collection[str]) -> None:
        """One step."""
        self._count()
        self._target.record(paths)

    def finish(self) -> None:
        """One step."""
        self._count()
        self._target.finish()


def test_what_stands_there_is_the_site(anywhere: Place) -> None:
    """Each deployment makes the place hold exactly the site's files, and tells what became of each."""
    first = anywhere.deploy(FIRST)
    assert anywhere.found() == FIRST
    assert (first.new, first.changed, first.removed) == (tuple(sorted(FIRST)), (), ())

    second = anywhere.deploy(SECOND)
    assert anywhere.found() == SECOND
    assert second.new == ("2023-03-11/index.html",)
    assert second.changed == ("2023-03-04/picture.png", "feed.xml", "index.html")
    assert second.removed == ("sites/a/index.html",)
    assert second.unchanged == ("2023-03-04/index.html",)
    assert second.kept == ()

    third = anywhere.deploy(SECOND)
    assert (third.new, third.changed, third.removed) == ((), (), ())


def test_any_name_can_be_deployed_and_removed(anywhere: Place) -> None:
    """No name of a file is an option, a pattern, an escape or a command to anything on the way, and no other goes."""
    files = {name: name.encode() for name in HOSTILE}
    anywhere.deploy(files)
    assert anywhere.found() == files
    assert set(anywhere.deploy(files, dry_run=True).unchanged) == set(HOSTILE)
    for some in (HOSTILE[::2], HOSTILE[1::2]):
        anywhere.deploy(dict.fromkeys(some, b"changed"))
        assert anywhere.found() == dict.fromkeys(some, b"changed")


def test_a_dry_run_tells_the_same_and_writes_nothing(there: Place) -> None:
    """A dry run gives the changes that the deployment then makes, and leaves the place as it is."""
    told = there.deploy(FIRST, dry_run=True)
    assert there.found() == {}
    assert told == there.deploy(FIRST)
    told = there.deploy(SECOND, dry_run=True)
    assert there.found() == FIRST
    assert told == there.deploy(SECOND)


def test_what_is_not_ours_stays(there: Place) -> None:
    """Files of somebody else's stand through every deployment, also in folders that the site leaves."""
    there.deploy(FIRST)
    there.plant("sites/a/notes.txt", b"mine")
    there.plant("CNAME", b"weekly.example")
    changes = there.deploy(SECOND)
    assert there.found() == {**SECOND, "sites/a/notes.txt": b"mine", "CNAME": b"weekly.example"}
    assert changes.kept == ("CNAME", "sites/a/notes.txt")


def test_a_place_of_somebody_elses_is_refused(there: Place) -> None:
    """Where files stand and none is ours, nothing is written; with `adopt` the site stands beside them."""
    others = {"README": b"theirs", "index.html": b"theirs", "old/page.html": b"theirs"}
    for path, content in others.items():
        there.plant(path, content)
    with pytest.raises(Undeployable) as error:
        there.deploy(FIRST)
    assert [finding.rule for finding in error.value.findings] == ["foreign-target"]
    assert there.found() == others
    there.deploy(FIRST, adopt=True)
    assert there.found() == {**others, **FIRST}
    there.deploy({"index.html": b"alone"})
    assert there.found() == {"README": b"theirs", "old/page.html": b"theirs", "index.html": b"alone"}


@pytest.mark.parametrize("path", ["2023-03-11/index.html", "2023-03-11", "2023-03-11/index.html/deeper"])
def test_what_is_in_the_way_is_told(there: Place, path: str) -> None:
    """A file of somebody else's at the path of a new page, above it or below it refuses, and nothing is written."""
    there.deploy(FIRST)
    there.plant(path, b"theirs")
    with pytest.raises(Undeployable) as error:
        there.deploy(SECOND)
    assert {finding.rule for finding in error.value.findings} == {"foreign-file"}
    assert there.found() == {**FIRST, path: b"theirs"}


def test_a_file_may_turn_into_a_folder_and_back(there: Place) -> None:
    """Where the site has a folder at the path of an earlier file, or a file at a folder's, it takes its place."""
    one, other = {"turn": b"file", "a/b/c": b"deep", "index.html": b"x"}, {"turn/page": b"in", "a/b": b"x", "a/d": b"y"}
    for files in (one, other, one):
        there.deploy(files)
        assert there.found() == files


@pytest.mark.parametrize("step", range(5))
def test_a_deployment_that_stops_is_finished_by_the_next(there: Place, step: int) -> None:
    """Stopped before any of its steps, the place serves whole files, and the next deployment makes it the site."""
    there.deploy(FIRST)
    there.build(SECOND)
    with there.opened() as target, pytest.raises(KeyboardInterrupt):
        deploy(ordered(SECOND), Halting(target, step), dry_run=False, adopt=False)
    assert all(content in (FIRST.get(path), SECOND.get(path)) for path, content in there.found().items())
    third = {"index.html": b"third", "2023-03-18/index.html": b"third"}
    there.deploy(third)
    assert there.found() == third


def test_nothing_leads_to_what_is_not_there(there: Place) -> None:
    """After each step, a feed or front page that tells of an issue finds it, and no page shows a picture not there."""
    there.deploy({"feed.xml": b"", "index.html": b"", "old.html": b""})
    for step in range(6):
        there.build(FIRST)
        with there.opened() as target, contextlib.suppress(KeyboardInterrupt):
            deploy(ordered(FIRST), Halting(target, step), dry_run=False, adopt=False)
        found = there.found()
        if found.get("feed.xml") or found.get("index.html"):
            assert "2023-03-04/index.html" in found
        if "2023-03-04/index.html" in found:
            assert "2023-03-04/picture.png" in found
        if "old.html" not in found:
            assert found == FIRST
        there.deploy({"feed.xml": b"", "index.html": b"", "old.html": b""})


def test_pages_go_behind_what_they_show_and_feeds_last() -> None:
    """The order is: pictures, pages, and behind them the front page, the sitemap and the feeds."""
    paths = [
        "feed.xml",
        "index.html",
        "2023-03-04/index.html",
        "2023-03-04/z.png",
        "sitemap.xml",
        "feeds/issues-1.atom.xml",
    ]
    site = ordered([*paths, "entries.json", "latest/index.html"])
    assert site.first == ("2023-03-04/z.png", "feeds/issues-1.atom.xml", "2023-03-04/index.html")
    assert site.last == ("sitemap.xml", "index.html", "latest/index.html", "feed.xml", "entries.json")

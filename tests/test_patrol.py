"""Runs over real servers on loopback: polite, remembered, whole after any end."""

from __future__ import annotations

import datetime
import email.utils
import ipaddress
import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from publications import Ran, publish, written
from web_server import Server, html, redirect, serving, status

from pipeline.fetch import Policy
from pipeline.linkrot import Record, State
from pipeline.patrol import Looked, Memory, look

NETWORK = "127.0.0.0/8"
POLICY = Policy(agent="x", seconds=1, size=0, allowed=(ipaddress.ip_network(NETWORK),))


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on 127.0.0.1."""
    with serving() as one:
        yield one


def run(tmp_path: Path, *urls: str, pause: float = 0.0, policy: Policy = POLICY) -> Looked:
    """One run over some addresses, with the memory of the runs before."""
    with Memory.opened(tmp_path / "links.sqlite") as memory:
        return look(urls, memory, policy, lambda *_: None, pause=pause)


def test_one_request_a_host_at_a_time_with_pauses(server: Server, tmp_path: Path) -> None:
    """Requests to a host never overlap and keep their pause, redirects and second tries among them."""
    server.on("/r", redirect(302, "/s"))
    server.on("HEAD /n", status(405))
    run(tmp_path, *(f"{server.url}/{name}" for name in "rnabcd"), pause=0.05)
    times = [one.at for one in server.asked]
    assert len(times) == 13
    assert min(after - before for before, after in itertools.pairwise(times)) >= 0.05
    assert server.at_once == 1


def test_hosts_are_asked_beside_each_other(tmp_path: Path) -> None:
    """Twelve hosts that each take a fifth of a second take less than a second together."""

    def slow(connection: object) -> None:
        time.sleep(0.2)
        html()(connection)  # type: ignore[arg-type]

    with serving("0.0.0.0") as server:  # noqa: S104 - loopback has many addresses
        server.on("/", slow)
        began = time.monotonic()
        looked = run(tmp_path, *(f"http://127.0.0.{host}:{server.port}/" for host in range(1, 13)))
    assert [record.state for record in looked.records.values()] == [State.OK] * 12
    assert time.monotonic() - began < 1


def test_retry_after_is_kept(server: Server, tmp_path: Path) -> None:
    """A host that asks for a second is left alone for it, with everything on it, and then asked on."""
    server.on("/a", status(429, "Retry-After: 1"), html())
    server.on("/b", html())
    looked = run(tmp_path, f"{server.url}/a", f"{server.url}/b")
    assert [record.state for record in looked.records.values()] == [State.OK] * 2
    assert server.asked[0].path == "/a"
    assert server.asked[1].at - server.asked[0].at >= 1


def test_a_longer_wait_is_remembered(server: Server, tmp_path: Path) -> None:
    """A host that asks for more than a run waits, by a date too, is asked nothing more, nor by the next run."""
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=2)
    server.on("/a", status(503, f"Retry-After: {email.utils.format_datetime(until, usegmt=True)}"))
    for _ in range(2):
        looked = run(tmp_path, f"{server.url}/a", f"{server.url}/b")
        assert looked.records == {}
        assert list(looked.postponed) == ["127.0.0.1"]
        assert abs(looked.postponed["127.0.0.1"] - until) < datetime.timedelta(seconds=5)
    assert server.paths() == ["HEAD /a"]


def test_a_host_that_never_has_time_is_left(server: Server, tmp_path: Path) -> None:
    """Whoever asks to wait again and again is asked three times, then left for an hour; for ever is a week."""
    server.on("/", status(429, "Retry-After: 0"))
    looked = run(tmp_path, f"{server.url}/")
    assert len(server.asked) == 3
    assert looked.postponed["127.0.0.1"] - datetime.datetime.now(datetime.UTC) > datetime.timedelta(minutes=59)
    with serving("127.0.0.3") as other:
        other.on("/", status(429, "Retry-After: 999999999"))
        until = run(tmp_path, f"{other.url}/").postponed["127.0.0.3"]
    assert until - datetime.datetime.now(datetime.UTC) <= datetime.timedelta(days=7)


def test_what_is_known_is_not_asked(server: Server, tmp_path: Path) -> None:
    """A second run asks nothing of what the first one found; what a redirect led to is told again."""
    server.on("/old", redirect(301, "/new"))
    server.on("/new", html())
    first = run(tmp_path, f"{server.url}/old", f"{server.url}/gone")
    asked = len(server.asked)
    second = run(tmp_path, f"{server.url}/old", f"{server.url}/gone")
    assert second.records == first.records
    assert (first.asked, second.asked, len(server.asked)) == (2, 0, asked)
    assert second.records[f"{server.url}/old"].target == f"{server.url}/new"


def test_failures_are_remembered_and_counted(server: Server, tmp_path: Path) -> None:
    """What failed is asked again after an hour, and known to have failed twice; an answer ends the count."""
    url = server.on("/", status(500), status(500), status(500), status(500), html())
    for failures in (1, 2, 0):
        assert run(tmp_path, url).records[url].failures == failures
        with Memory.opened(tmp_path / "links.sqlite") as memory:
            record = memory.records()[url]
            memory.save(replace(record, checked=record.checked - datetime.timedelta(days=8)))


def test_a_silent_host_is_not_asked_for_everything(tmp_path: Path) -> None:
    """After three requests without an answer the other links of a host have failed like these."""
    with serving() as server:
        server.on("/0", html())
        dead = "http://127.0.0.9:9999"
        began = time.monotonic()
        looked = run(tmp_path, f"{server.url}/0", *(f"{dead}/{number}" for number in range(100)), pause=0.1)
    assert time.monotonic() - began < 2
    assert sum(record.failures == 1 for record in looked.records.values()) == 100


def test_without_a_network_nothing_is_learnt(server: Server, tmp_path: Path) -> None:
    """Where not one of several hosts answers, the fault is here: no link is said to have failed."""
    dead = [f"http://127.0.0.{host}:9999/" for host in range(10, 14)]
    looked = run(tmp_path, *dead)
    assert looked.offline
    assert looked.records == {}
    with Memory.opened(tmp_path / "links.sqlite") as memory:
        assert memory.records() == {}
    looked = run(tmp_path, *dead, server.on("/", html()))
    assert not looked.offline
    assert len(looked.records) == 5


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\0" + b"\xff" * 4096, None], ids=str)
def test_a_damaged_memory_is_begun_anew(content: bytes | None, tmp_path: Path) -> None:
    """Whatever stands in the file: it is used or replaced, and never ends a run."""
    path = tmp_path / "links.sqlite"
    record = Record(url="http://a.example/", state=State.GONE, checked=datetime.datetime.now(datetime.UTC), status=410)
    with Memory.opened(path) as memory:
        memory.save(record)
    if content is None:
        path.write_bytes(path.read_bytes()[:5000] + b"\xff" * 3000)
    else:
        path.write_bytes(content)
    with Memory.opened(path) as memory:
        memory.save(record)
        assert memory.records() == {record.url: record}


def test_what_a_memory_cannot_hold_is_not_there(tmp_path: Path) -> None:
    """A folder in the file's place is put away, and rows of damaged words and times are as good as none."""
    path, now = tmp_path / "links.sqlite", datetime.datetime.now(datetime.UTC)
    (path / "inner").mkdir(parents=True)
    record = Record(url="http://a.example/", state=State.GONE, checked=now, status=410)
    with Memory.opened(path) as memory:
        memory.save(record)
        for url, state, checked in (("b", "gonf", 1.0), ("c", "gone", 1e300), ("d", "gone", -1e15)):
            row = (url, state, checked, 200, "", "", 0)
            memory._database.execute("INSERT INTO links VALUES (?, ?, ?, ?, ?, ?, ?)", row)
        memory._database.execute("INSERT INTO hosts VALUES ('a', 1e300)")
        assert (memory.records(), memory.postponed(now)) == ({record.url: record}, {})


def test_a_memory_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """What SQLite says of the file, at its opening or within, is an error of the system."""
    with pytest.raises(OSError, match="SQLite cannot use"), Memory.opened(tmp_path / "missing" / "links.sqlite"):
        pass
    with Memory.opened(tmp_path / "links.sqlite") as memory:
        memory._database.execute("DROP TABLE links")
    with pytest.raises(OSError, match="no such table"), Memory.opened(tmp_path / "links.sqlite") as memory:
        memory.records()


def publication(root: Path, *urls: str) -> Path:
    """A publication with an entry for each address."""
    entries = "".join(f"### [Title {number}]({url})\n* note\n\n" for number, url in enumerate(urls))
    return written(root, {"issues/2023-03-04/i.md": f"# News 1\n\n## S\n\n{entries}"})


def checked(root: Path, *words: str) -> Ran:
    """`publish check --links` that may ask loopback."""
    return publish("check", "--links", "--allow-network", NETWORK, "-C", str(root), *words)


def test_check_tells_of_links_and_of_rot(server: Server, tmp_path: Path) -> None:
    """Findings by place, the report by year, and exit 1 where a link is gone; a second run asks nothing."""
    server.on("/ok", html())
    server.on("/old", redirect(301, "/ok"))
    root = publication(tmp_path, f"{server.url}/ok", f"{server.url}/old", f"{server.url}/gone")
    ran = checked(root)
    assert ran.code == 1
    assert f"issues/2023-03-04/i.md:8:5: note: {server.url}/old has moved to {server.url}/ok [link-moved]" in ran.err
    assert f"issues/2023-03-04/i.md:11:5: error: {server.url}/gone is gone (404)" in ran.err
    assert [line.split() for line in ran.out.splitlines()] == [
        "year links ok redirected gone timeout excluded error not asked gone".split(),
        "2023 3 1 1 1 0 0 0 0 33.3%".split(),
        "all 3 1 1 1 0 0 0 0 33.3%".split(),
        "1 error, 0 warnings, 1 note".split(),
    ]
    asked = len(server.asked)
    found = checked(root, "--format", "json").findings
    assert [one["rule"] for one in found] == ["link-moved", "link-gone"]
    assert len(server.asked) == asked
    assert server.asked[0].headers["user-agent"].startswith("publish-newsletter/")
    assert server.asked[0].headers["user-agent"].endswith(" (+https://weekly.example)")


def test_private_links_are_told_and_not_asked(server: Server, tmp_path: Path) -> None:
    """Without --allow-network a private address is a warning, and no connection; a network that is none is usage."""
    root = publication(tmp_path, server.on("/", html()))
    ran = publish("check", "--links", "-C", str(root))
    assert ran.code == 0
    told = (
        "leads into a private network, which --allow-network 127.0.0.1 would let in: it was not asked [link-excluded]"
    )
    assert told in ran.err
    assert server.opened == 0
    assert publish("check", "--links", "--allow-network", "intranet", "-C", str(root)).code == 2


def test_what_was_private_once_is_not_so_for_ever(server: Server, tmp_path: Path) -> None:
    """Where a network is allowed from now on, a link that waits for its host is unknown, not private."""
    server.on("/a", status(429, "Retry-After: 900"))
    urls = f"{server.url}/a", f"{server.url}/b"
    refused = run(tmp_path, *urls, policy=replace(POLICY, allowed=()))
    assert [record.state for record in refused.records.values()] == [State.EXCLUDED] * 2
    assert run(tmp_path, *urls).records == {}


def test_settings_and_baseline_hold_for_links(server: Server, tmp_path: Path) -> None:
    """The severity of a rule can be set, and a baseline leaves out what is gone; one without --links keeps that."""
    root = publication(tmp_path, f"{server.url}/gone")
    assert checked(root, "--write-baseline").code == 0
    assert publish("check", "--write-baseline", "-C", str(root)).code == 0
    assert checked(root).code == 0
    (root / "check-baseline.txt").unlink()
    (root / "newsletter.yaml").write_text("title: W\nurl: https://w.example\nrules: {link-gone: note}\n")
    ran = checked(root)
    assert ran.code == 0
    assert "note: " in ran.err
    assert "[link-gone]" in ran.err


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_what_was_learnt_survives(how: signal.Signals, server: Server, tmp_path: Path) -> None:
    """A run that is interrupted or killed keeps every answer that it had; the next run asks only for the rest."""
    server.on("/a", html())
    server.on("/b", lambda _: time.sleep(5))
    root = publication(tmp_path, f"{server.url}/a", f"{server.url}/b")
    words = ["check", "--links", "--allow-network", NETWORK, "-C", str(root)]
    start = "import sys; from pipeline.cli import main; main(sys.argv[1:])"
    with subprocess.Popen(
        [sys.executable, "-c", start, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        while not any(one.path == "/b" for one in server.asked):
            time.sleep(0.02)
            assert process.poll() is None
        os.kill(process.pid, how)
        _, err = process.communicate(timeout=5)
    assert process.returncode == (130 if how is signal.SIGINT else -signal.SIGKILL)
    assert how is signal.SIGKILL or err.endswith("stopped: what was learnt is kept\n")
    server.on("/b", html())
    assert checked(root).code == 0
    assert server.paths() == ["HEAD /a", "HEAD /b", "HEAD /b"]

"""Sending, against `smtp-source` with as many sessions: messages a second, memory, signatures, and a large import."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.content import issue, names
from bench.measure import Command, peak, timed
from bench.rows import NONE, Row

__all__ = ["million", "sending"]

_PUBLISH = str(Path(sys.executable).with_name("publish"))
_SESSIONS = 4
_FEW, _MANY, _MORE = 2_000, 12_000, 10_000
_MIB = 1024 * 1024
_SETTINGS = """\
title: Measured
url: https://measured.example
email:
  from: news@measured.example
  unsubscribe_url: https://measured.example/leave
smtp:
  host: 127.0.0.1
  port: {port}
  security: none
"""


def sending(root: Path) -> Iterator[Row]:
    """Ten thousand messages beside smtp-source's; the memory for them and for more; a million imported."""
    with _sink() as port:
        site = _site(root / "sending", port)
        size = (site / "out" / names(1)[0] / "issue.eml").stat().st_size
        yield from _messages(site, port, size)
        signed = _site(root / "signed", port, signed=True)
        few_signed, many_signed = timed([_send(signed, _FEW), _send(signed, _MANY)], rounds=3)
        yield Row("  with DKIM, CPU a message", (many_signed.cpu - few_signed.cpu) / _MORE * 1000, "ms", None, 2.0)
        few = peak(_send(site, 10_000)) / _MIB
        yield Row("10,000 messages, peak memory", few, "MiB", None, 100)
        yield Row("50,000 messages, peak memory, beside 10,000", peak(_send(site, 50_000)) / _MIB, "MiB", few, 1.3)
    yield from _imported(root / "imported")


def _messages(site: Path, port: int, size: int) -> Iterator[Row]:
    """What ten thousand more messages cost: the programs' starts and the looking at the issue are not in it."""
    few, many = _send(site, _FEW), _send(site, _MANY)
    few_theirs, many_theirs = _source(port, _FEW, size), _source(port, _MANY, size)
    costs = timed([few, few_theirs, many, many_theirs], rounds=5)
    ours, theirs = costs[2].wall - costs[0].wall, costs[3].wall - costs[1].wall
    yield Row(f"{_MORE:,} messages of {size / 1000:.0f} KB, {_SESSIONS} sessions", ours, "s", theirs, 2.0)
    yield Row("  CPU a message", (costs[2].cpu - costs[0].cpu) / _MORE * 1000, "ms", None, 1.0)


def million(root: Path) -> Iterator[Row]:
    """The memory for a million messages beside that for ten thousand."""
    with _sink() as port:
        site = _site(root / "sending", port)
        few = peak(_send(site, 10_000)) / _MIB
        began = time.perf_counter()
        many = peak(_send(site, 1_000_000)) / _MIB
        yield Row("1,000,000 messages", time.perf_counter() - began, "s", None, NONE)
        yield Row("  peak memory, beside 10,000", many, "MiB", few, 1.5)


def _imported(site: Path) -> Iterator[Row]:
    """A million subscribers out of a CSV file."""
    _site(site, 25)
    _readers(site / "readers.csv", 1_000_000)
    command = Command(arguments=(_PUBLISH, "-C", str(site), "subscribers", "import", f"{site}/readers.csv", "-q"))
    [cost] = timed([command], rounds=1)
    yield Row("1,000,000 subscribers imported", cost.wall, "s", None, 60)
    yield Row("  CPU", cost.cpu, "s", None, 60)


def _site(site: Path, port: int, *, signed: bool = False) -> Path:
    """A publication with one built issue."""
    [name] = names(1)
    (site / "issues" / name).mkdir(parents=True)
    settings = _SETTINGS.format(port=port)
    if signed:
        key = ("openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", str(site / "key"))
        subprocess.run(key, check=True, capture_output=True)
        settings = settings.replace("email:\n", "email:\n  dkim: {domain: measured.example, selector: s, key: key}\n")
    (site / "newsletter.yaml").write_text(settings)
    (site / "issues" / name / "index.md").write_text(f"# Issue of {name}\n\n{issue(name)}", encoding="utf-8")
    subprocess.run([_PUBLISH, "-C", str(site), "build", "-q"], check=True)
    return site


def _readers(path: Path, count: int) -> None:
    with path.open("w", encoding="ascii") as file:
        file.write("email\n")
        file.writelines(f"reader{number}@host{number % 1000}.example\n" for number in range(count))


def _send(site: Path, count: int) -> Command:
    """The whole of `publish send`, to so many readers who have had nothing yet."""
    [name] = names(1)
    kept = site / f"var-{count}"
    if not kept.exists():
        shutil.rmtree(site / "var", ignore_errors=True)
        _readers(site / "readers.csv", count)
        imported = (_PUBLISH, "-C", str(site), "subscribers", "import", f"{site}/readers.csv", "--confirmed", "-q")
        subprocess.run(imported, check=True)
        (site / "var").rename(kept)
    anew = f"rm -rf var sent && cp -r {shlex.quote(str(kept))} var"
    return Command(
        arguments=(_PUBLISH, "-C", str(site), "send", name, "--yes", "-q"),
        before=("env", "-C", str(site), "sh", "-c", anew),
    )


def _source(port: int, count: int, size: int) -> Command:
    addresses = ("-f", "news@measured.example", "-t", "reader@host.example", f"127.0.0.1:{port}")
    counts = ("-d", "-s", str(_SESSIONS), "-m", str(count), "-l", str(size))
    return Command(arguments=(_program("smtp-source"), *counts, *addresses))


@contextlib.contextmanager
def _sink() -> Iterator[int]:
    """The port of a server that takes everything and keeps nothing."""
    with contextlib.closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        port = int(found.getsockname()[1])
    root = ["-u", "root"] if os.geteuid() == 0 else []
    with subprocess.Popen([_program("smtp-sink"), *root, f"127.0.0.1:{port}", "200"]) as server:
        time.sleep(0.5)
        try:
            yield port
        finally:
            server.kill()


def _program(name: str) -> str:
    """One of Postfix's programs, which stand off the path of most people."""
    path = shutil.which(name) or f"/usr/sbin/{name}"
    if not Path(path).exists():
        sys.exit(f"{name} is not here (Debian: apt-get install postfix)")
    return path

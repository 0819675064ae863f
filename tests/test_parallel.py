"""Work in several processes, interrupted as people interrupt it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

_WORK = """
import os, time
from pipeline.parallel import spread

def work(share):
    os.write(1, b"begun\\n")
    time.sleep(60)

spread(work, [1, 2])
"""


def test_an_interrupt_is_told_once() -> None:
    """Ctrl-C reaches every process of a terminal; only the parent speaks of it, and nobody works on."""
    root = Path(__file__).parent.parent
    with subprocess.Popen(
        [sys.executable, "-c", _WORK],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as ran:
        assert ran.stdout is not None
        assert [ran.stdout.readline() for _ in range(2)] == ["begun\n"] * 2
        os.killpg(ran.pid, signal.SIGINT)
        told = ran.communicate(timeout=30)[1]
    assert told.count("Traceback") == 1


_THREADED = """
import os, threading
from pipeline.parallel import spread

def work(share):
    return share, os.getpid()

done = threading.Event()
other = threading.Thread(target=done.wait)
other.start()
assert spread(work, [1, 2, 3]) == [(share, os.getpid()) for share in (1, 2, 3)]
done.set()
other.join()
reading, writing = os.pipe()
spread(lambda share: os.write(writing, b".") if share else os.read(reading, 1), [0, 1])  # one waits for the other
"""


def test_a_process_with_threads_forks_nothing() -> None:
    """Beside other threads all shares are worked on here, in order: what is forked would have their locks."""
    root = Path(__file__).parent.parent
    ran = subprocess.run([sys.executable, "-c", _THREADED], cwd=root, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


_UNEVEN = """
import os
from pipeline.errors import BadSource
from pipeline.model import Location
from pipeline.parallel import spread

def work(share):
    if share:
        os.write(writing, b".")
    else:
        for _ in range(9):
            os.read(reading, 1)
    return share, os.getpid()

reading, writing = os.pipe()
done = spread(work, range(10))
assert [share for share, _ in done] == list(range(10))
assert [share for share, pid in done if pid == os.getpid()] == [0]

def refused(share):
    if share in (3, 9):
        raise BadSource.at(Location(path=str(share)), "rule", "message")
    return share

try:
    spread(refused, range(10))
except BadSource as error:
    assert [one.location.path for one in error.findings] == ["3"]
else:
    raise AssertionError
"""


def test_a_process_that_is_done_takes_what_is_left_of_anothers() -> None:
    """While one process is at a long share the other does all the rest; results and the first error are in order."""
    root = Path(__file__).parent.parent
    ran = subprocess.run([sys.executable, "-c", _UNEVEN], cwd=root, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


_KILLED = """
import os, signal
from pipeline.parallel import spread

def work(share):
    if share == 0:
        os.read(reading, 1)
    elif os.getpid() != parent:
        os.write(writing, b".")
        os.kill(os.getpid(), signal.SIGKILL)
    return b"x" * 100_000

parent = os.getpid()
reading, writing = os.pipe()
try:
    spread(work, range(10))
except RuntimeError as error:
    assert "status -9" in str(error)
else:
    raise AssertionError
"""


def test_a_process_that_was_killed_is_told() -> None:
    """What a process took with it is not passed over in silence."""
    root = Path(__file__).parent.parent
    ran = subprocess.run([sys.executable, "-c", _KILLED], cwd=root, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")

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
assert len({pid for _, pid in spread(work, [1, 2])}) == 2
"""


def test_a_process_with_threads_forks_nothing() -> None:
    """Beside other threads all shares are worked on here, in order: what is forked would have their locks."""
    root = Path(__file__).parent.parent
    ran = subprocess.run([sys.executable, "-c", _THREADED], cwd=root, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")

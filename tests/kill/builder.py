"""Processes that build, for tests to kill and to refuse: forked, so that hundreds of them cost seconds."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.errors import PipelineError
from pipeline.parallel import shares, spread
from pipeline.render.context import Artifact
from pipeline.write import writing

REFUSED = 1
"""Exit status of a child that ended with a PipelineError, as a command does."""

BUG = 3
"""Exit status of a child that ended with any other exception."""


def generation(name: str, issues: range) -> dict[str, bytes]:
    """Some 50 files: some the same in every generation, some of other bytes, some at other paths, one large."""
    pages = {f"issue-{number % 5}/{number}.html": f"{number}\n".encode() * 500 for number in issues}
    pages |= {f"issue-{number % 5}/{number}.txt": f"{number} {name}\n".encode() * 300 for number in issues}
    pages |= {"index.html": name.encode() * 1000, "same.txt": b"same", f"only/{name}.txt": name.encode()}
    pages |= {"large.bin": name.encode() * 100_000, f"turn/{name}": b"file"}
    return pages | {f"turn/{other}/page": b"folder" for other in "AB" if other != name}


def build(root: Path, files: Mapping[str, bytes], *, processes: int = 1) -> None:
    """One whole build, staged by this process and those that it forks."""
    with writing(root) as made:
        some = shares(sorted(files), len(files) // processes) if processes > 1 else [sorted(files)]
        staged = spread(lambda paths: [made.stage(Artifact(path=path, content=files[path])) for path in paths], some)
        made.commit([one for share in staged for one in share])


def start(work: Callable[[], None]) -> int:
    """The id of a process, in a group of its own, that does the work and tells by its status how it ended."""
    pid = os.fork()
    if pid:
        os.setpgid(pid, pid)
        return pid
    status = BUG
    try:
        work()
        status = 0
    except PipelineError:
        status = REFUSED
    except BaseException:  # noqa: BLE001 - a child ends here, whatever befell it
        traceback.print_exc()
    finally:
        os._exit(status)


def ended(pid: int) -> int:
    """The exit status of a process that was started, negative where a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def snapshot(out: Path) -> dict[str, bytes] | None:
    """All that stands in `out/`, the manifest with it; None where there is no such folder."""
    if not out.exists():
        return None
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}

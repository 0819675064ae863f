"""Newsletters of others, imported: which links are recovered, by the habit they were written in; dates; speed."""

from __future__ import annotations

import html
import os
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import main
from pipeline.importers import recognised
from pipeline.importers.source import SourceFile
from pipeline.model import Entry, Issue

_SHARED = Path(__file__).parents[2] / "shared"
_CORPORA = ("haskellweekly", "iosweekly", "nixos", "tw93", "reading-list-revisions")
_FILES = [
    *sorted(_SHARED.glob("seeds/*.txt")),
    *(f for name in _CORPORA for f in sorted(_SHARED.glob(f"corpora/{name}/*"))),
]

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_BALANCED = r"[^\s()<>]*+(?:\([^\s()<>]*+\)[^\s()<>]*+)*+"
_LINK = re.compile(
    rf"(?P<image>!\[[^\]]*\]\(\s*https?://{_BALANCED}|<img[^>]*?\ssrc=[\"']https?://[^\"']+)"
    rf"|\]\(\s*<?(?P<inline>https?://{_BALANCED})"
    r"|<(?P<angle>https?://[^\s<>]+)>"
    r"|href=[\"'](?P<href>https?://[^\"']+)"
    r"|(?P<bare>https?://[^\s<>\"'`|{}^\\()\[\]\u3000-\u303f\u3400-\u9fff\uff00-\uffef]++(?:\([^\s()<>]*+\))?+)(?!\]\()",
    re.IGNORECASE,
)
"""Every web address of a text, by the way it is written; what the importer uses is not used here."""

_HABITS = (
    ("outline in a code fence", re.compile(r"^ +https?://\S+\s*$")),
    ("address alone, title below", re.compile(r"^https?://\S+\s*$")),
    ("**title** / <url> / note", re.compile(r"^<https?://\S+>\s*$")),
    ("heading is the link", re.compile(r"^#{1,6}\s+\[[^\]]*\]\([^)]*\)\s*$")),
    ("heading with more than a link", re.compile(r"^#{1,6}\s.*\]\(")),
    ("list item is the link", re.compile(r"^ {0,3}[-*+]\s+\[[^\]]*\]\([^)]*\)\s*$")),
    ("list item: link and more", re.compile(r"^ {0,3}(?:[-*+]|[0-9]+[.)])\s+\[.*\]\(")),
    ("list item: words before a link", re.compile(r"^ {0,3}(?:[-*+]|[0-9]+[.)])\s")),
    ("nested list item", re.compile(r"^\s+(?:[-*+]|[0-9]+[.)])\s")),
    ("quote", re.compile(r"^\s*>")),
    ("raw HTML", re.compile(r"^\s*<(?!https?:)")),
    ("reference", re.compile(r"^\s*\[[^\]]+\]:\s")),
    ("paragraph led by a link", re.compile(r"^\[[^\]]*\]\(")),
    ("indented paragraph", re.compile(r"^\s+\S")),
    ("prose", re.compile(r"")),
)
"""The habits in which a line with an address may be written, the first that fits."""

_OUTCOMES = ("entry", "of an entry", "prose", "header", "lost")


def _said(text: str) -> Iterator[tuple[str, int, bool]]:
    """Every address of a text with its place, and whether it is a picture's."""
    for match in _LINK.finditer(text):
        image = match["image"]
        url = image[image.index("http") :] if image else next(filter(None, match.groups()))
        yield _plain(url), match.start(), bool(image)


def _plain(url: str) -> str:
    """An address as it is compared: entities and closing marks apart."""
    return html.unescape(html.unescape(url)).rstrip(".,;:!?*_~'\"/").replace("http://", "https://").lower()


def _imported(path: Path) -> list[Issue]:
    source = SourceFile(path=path.as_posix(), data=path.read_bytes())
    importer = recognised(source)
    assert importer is not None, path
    return list(importer.read(source).issues)


def _found(issues: list[Issue]) -> dict[str, Counter[str]]:
    """The addresses of imported issues, by where they stand."""
    found = {outcome: Counter[str]() for outcome in _OUTCOMES}
    for issue in issues:
        for text in (issue.intro, *(section.text for section in issue.sections)):
            found["prose"].update(url for url, _, _ in _said(text))
        found["header"].update(url for url, _, _ in _said(repr(dict(issue.extra))))
        for entry in issue.walk():
            _of(entry, found)
    return found


def _of(entry: Entry, found: dict[str, Counter[str]]) -> None:
    if entry.url:
        found["entry"][_plain(entry.url)] += 1
    found["of an entry"].update(_plain(link.url) for link in entry.links)
    found["of an entry"].update(url for url, _, _ in _said(f"{entry.note} {entry.title}"))


def _measured(path: Path) -> Iterator[tuple[str, bool, str, str]]:
    """Each address of a file: habit, whether a picture's, outcome, address."""
    text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n").replace("\u200b", "")
    text = _COMMENT.sub(lambda match: "\n" * match[0].count("\n"), text)
    found = _found(_imported(path))
    for url, place, image in _said(text):
        start = text.rfind("\n", 0, place) + 1
        line = text[start : (text + "\n").index("\n", place)]
        habit = next(name for name, shape in _HABITS if shape.search(line))
        outcome = next((each for each in _OUTCOMES if found[each][url] > 0), "lost")
        found[outcome][url] -= 1
        yield habit, image, outcome, url


@pytest.fixture(scope="module")
def links() -> list[tuple[Path, str, bool, str, str]]:
    """Every address of every file, measured."""
    return [(path, *one) for path in _FILES for one in _measured(path)]


def _table(links: list[tuple[Path, str, bool, str, str]]) -> str:
    rows: dict[str, Counter[str]] = {}
    for _, habit, image, outcome, _ in links:
        rows.setdefault("pictures" if image else habit, Counter())[outcome] += 1
    head = f"{'habit':34}" + "".join(f"{outcome:>14}" for outcome in ("links", *_OUTCOMES))
    lines = [
        f"{habit:34}{row.total():14,}" + "".join(f"{row[outcome]:14,}" for outcome in _OUTCOMES)
        for habit, row in sorted(rows.items(), key=lambda item: -item[1].total())
    ]
    return "\n".join([head, *lines])


def test_links_are_recovered(links: list[tuple[Path, str, bool, str, str]]) -> None:
    """Of all web links outside comments no less than 99 % come out, as entries or as links of an entry."""
    print("\n" + _table(links))
    outcomes = Counter(outcome for _, _, image, outcome, _ in links if not image)
    for path, habit, *_, url in [one for one in links if one[3] == "lost" and not one[2]]:
        print("lost:", path.name, habit, url)
    total = outcomes.total()
    print(f"as entries or of one: {(outcomes['entry'] + outcomes['of an entry']) / total:.4%} of {total:,}")
    assert (total - outcomes["lost"]) / total >= 0.99


def _publication(root: Path) -> Path:
    root.mkdir(exist_ok=True)
    (root / "newsletter.yaml").write_text("title: Weekly\nurl: https://weekly.example\n", encoding="utf-8")
    return root


def _publish(root: Path, *words: str) -> str:
    done = CliRunner().invoke(main, ["-C", str(root), *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output[-2000:]
    return done.output


def _import(root: Path, name: str) -> str:
    table = _SHARED / f"corpora/{name}.dates.tsv"
    dates = ("--dates", str(table)) if table.exists() else ()
    return _publish(root, "import", str(_SHARED / "corpora" / name), *dates)


def test_links_beside_the_frame_are_entries(links: list[tuple[Path, str, bool, str, str]]) -> None:
    """Without an archive's own frame, the addresses in a quarter of its intros and footers, 99 % are of entries."""
    files = Counter(path.parent for path in _FILES)
    prose = {
        (path.parent, path.name, url) for path, _, image, outcome, url in links if outcome == "prose" and not image
    }
    counts = Counter((folder, url) for folder, _, url in prose)
    frame = {key for key, count in counts.items() if count * 4 >= files[key[0]]}
    left = [
        outcome
        for path, _, image, outcome, url in links
        if not image and not (outcome == "prose" and (path.parent, url) in frame)
    ]
    found = sum(outcome in ("entry", "of an entry") for outcome in left)
    print(f"beside a frame of {len(frame)} addresses: {found / len(left):.4%} of {len(left):,}")
    assert found / len(left) >= 0.99


def test_links_of_no_entry_are_the_frame(links: list[tuple[Path, str, bool, str, str]]) -> None:
    """Nineteen of twenty links that are of no entry stand so in ten issues or more: welcomes, calls, footers."""
    web = [(path.parent.name, path.name, outcome, url) for path, _, image, outcome, url in links if not image]
    prose = [(folder, name, url) for folder, name, outcome, url in web if outcome not in ("entry", "of an entry")]
    issues = Counter((folder, url) for folder, _, url in set(prose))
    bounds = {"in 10 issues or more": 10, "in 4 to 9": 4, "in fewer": 1}
    rows: dict[str, Counter[str]] = {}
    for folder, _, url in prose:
        bound = next(name for name, least in bounds.items() if issues[folder, url] >= least)
        rows.setdefault(folder, Counter())[bound] += 1
    totals = Counter(folder for folder, *_ in web)
    print(f"\n{'':24}{'links':>10}{'of an entry':>22}" + "".join(f"{name:>22}" for name in bounds))
    for folder, total in totals.items():
        row = rows.get(folder, Counter())
        share = f"{total - row.total():,} ({(total - row.total()) / total:.2%})"
        print(f"{folder:24}{total:10,}{share:>22}" + "".join(f"{row[name]:22,}" for name in bounds))
    standing = sum(row["in 10 issues or more"] for row in rows.values())
    print(f"beside what stands in 10 issues: {(len(web) - len(prose)) / (len(web) - standing):.2%}")
    assert standing / len(prose) >= 0.95


def test_seed_004_has_its_titles() -> None:
    """The list of addresses over titles gives 53 entries, each with the title that stands below it."""
    [path] = _SHARED.glob("seeds/004_*")
    lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line]
    below = {line: lines[place + 1] for place, line in enumerate(lines[:-1]) if line.startswith("http")}
    [issue] = _imported(path)
    assert {entry.url: entry.title for entry in issue.entries} == below
    assert len(below) == 53


def test_seed_003_keeps_its_nesting() -> None:
    """Of the outline every address is found, 76 with two of them twice, as deep below its entry as it stood."""
    [path] = _SHARED.glob("seeds/003_*")
    text = path.read_text(encoding="utf-8")
    urls = re.findall(r"https?://\S+", text)
    [issue] = _imported(path)
    found = _found([issue])
    assert sum(found["entry"].values()) + sum(found["of an entry"].values()) == len(urls)
    assert len(urls) - len(set(urls)) == 2
    assert len(set(urls)) in (74, 76)
    depths = {len(line) - len(line.lstrip()) for line in text.split("\n") if re.match(r" *(\d+|n)\. ", line)}
    nested = {len(line) - len(line.lstrip()) for entry in issue.entries for line in entry.note.split("\n")}
    assert len(nested) >= len(depths) - 1


def test_revisions_give_each_link_once(tmp_path: Path) -> None:
    """Of ten states of a list each entry's address stands once, at the date of the first state that has it."""
    first: dict[str, str] = {}
    for path in sorted(_SHARED.glob("corpora/reading-list-revisions/*")):
        for url in re.findall(r"^https?://\S+", path.read_text(encoding="utf-8"), re.MULTILINE):
            first.setdefault(_plain(url), path.stem)
    root = _publication(tmp_path / "list")
    _import(root, "reading-list-revisions")
    found = [
        (_plain(url), path.parent.name)
        for path in sorted(root.glob("issues/*/*.md"))
        for url in re.findall(r"^### \[.*\]\((\S+)\)", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    twice = [url for url, count in Counter(url for url, _ in found).items() if count > 1]
    print(f"{len(found)} entries, {len(first)} addresses, twice: {twice}")
    assert twice == []
    assert {url: day for url, day in found if url in first and first[url] != day} == {}
    assert sorted(url for url in first if url not in dict(found)) == []


@pytest.mark.parametrize("name", _CORPORA)
def test_an_archive_is_imported_once(name: str, tmp_path: Path) -> None:
    """A second import changes nothing, the editions of what was imported are identical when imported, in time."""
    root = _publication(tmp_path / "first")
    begin = sum(os.times()[:4])
    told = _import(root, name)
    took = sum(os.times()[:4]) - begin  # of all processes
    print(f"{name}: {told.splitlines()[-1]}, {took:.1f} s")
    assert took < 10
    before = {path: path.read_bytes() for path in sorted(root.glob("issues/*/*"))}
    assert "0 files made" in _import(root, name)
    assert {path: path.read_bytes() for path in sorted(root.glob("issues/*/*"))} == before
    assert "otherwise" not in told
    assert "refused" not in told
    _publish(root, "build")
    again = _publication(tmp_path / "again")
    editions = sorted(str(path) for path in root.glob("out/*/issue.md"))
    _publish(again, "import", *editions)
    _publish(again, "build")
    for path in editions:
        assert (again / "out" / Path(path).relative_to(root / "out")).read_bytes() == Path(path).read_bytes()

"""The site around the issues: its lists, its standing pages, and what search engines read."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote

import pytest
from lxml import etree
from publications import SETTINGS, growing, publish, written
from sites import astray, pages

_NAMESPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def _issue(number: int, *more: str) -> str:
    """An issue with a section that returns, a tag that returns, and four links to one site."""
    links = [f"### [Paper {number}.{place}](https://arxiv.org/abs/{number}00{place})" for place in range(4)]
    return "\n".join(
        [f"# Issue {number}", "## 工具", f"[T{number}](https://t.example/{number}) <!-- tags: [gpu] -->"]
    ) + ("\n\n## Papers\n\n" + "\n\n".join([*links, *more]) + "\n")


FILES: Mapping[str, str] = {
    "newsletter.yaml": SETTINGS.replace("weekly.example", "weekly.example/news"),
    "issues/2023-03-04/index.md": _issue(1, "### [Whisper](https://whisper.example/)"),
    "issues/2023-03-11/index.md": _issue(2, "### [Whisper 2](https://whisper.example/) <!-- repeat: update -->"),
    "issues/2023-03-18/index.md": "---\ndraft: true\n---\n" + _issue(3),
}


def _out(root: Path, **more: str) -> Path:
    """What a build makes of the files, with more of them under `static/`."""
    files = {**FILES, **{f"static/{name.replace('_', '.')}": text for name, text in more.items()}}
    ran = publish("build", "-C", str(written(root, files)))
    assert ran.code == 0, ran.err
    return root / "out"


def test_every_link_within_the_site_leads_somewhere(tmp_path: Path) -> None:
    """Each address of ours on any page, relative or whole, is a file of the site, and its fragment a place in it."""
    out = _out(tmp_path)
    assert len(dict(pages(out))) > 10
    assert astray(out, "https://weekly.example/news/") == []


def test_a_topic_lists_its_entries_with_their_places(tmp_path: Path) -> None:
    """The page of a section links each entry, its place in the issue, and the other issues that had it."""
    page = (_out(tmp_path) / "sections" / "papers" / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<h2><a href=\"([^\"]+)\">([^<]+)<", page) == [
        ("../../2023-03-11/#papers", "Issue 2"),
        ("../../2023-03-04/#papers", "Issue 1"),
    ]
    assert '<a href="https://whisper.example/">Whisper 2</a> <small>whisper.example</small>' in page
    assert '<a class="elsewhere" href="../../2023-03-04/#whisper">Previously in issue 1</a>' in page
    assert '<a class="elsewhere" href="../../2023-03-11/#whisper-2">Update in issue 2</a>' in page
    assert page.count('class="anchor"') == 10


def test_drafts_are_in_no_list(tmp_path: Path) -> None:
    """What only a draft has is on no page but its own, and in no list for search engines."""
    out = _out(tmp_path)
    texts = {name: page for name, page in pages(out) if not name.startswith("2023-03-18")}
    texts["sitemap.xml"] = (out / "sitemap.xml").read_text()
    assert [name for name, text in texts.items() if "2023-03-18" in text or "300" in text] == []


def test_the_sitemap_names_every_page_that_may_be_found(tmp_path: Path) -> None:
    """Each page without noindex is in the sitemap once, with the day of its last change, and nothing else is."""
    out = _out(tmp_path)
    tree = etree.fromstring((out / "sitemap.xml").read_bytes())
    urls = [each.findtext("s:loc", "", _NAMESPACE) for each in tree]
    found = [name for name, page in pages(out) if 'content="noindex"' not in page]
    assert sorted(unquote(url) for url in urls) == sorted(
        f"https://weekly.example/news/{name.removesuffix('index.html')}" for name in found
    )
    assert all(url.isascii() for url in urls)
    days = {url: each.findtext("s:lastmod", "", _NAMESPACE) for url, each in zip(urls, tree, strict=True)}
    assert days["https://weekly.example/news/2023-03-04/"] == "2023-03-04"
    assert days["https://weekly.example/news/"] == "2023-03-11"


def test_latest_leads_to_the_newest_issue(tmp_path: Path) -> None:
    """`latest/` sends readers on at once, without a script, and search engines to the issue itself."""
    page = (_out(tmp_path) / "latest" / "index.html").read_text(encoding="utf-8")
    assert '<meta http-equiv="refresh" content="0; url=../2023-03-11/">' in page
    assert '<link rel="canonical" href="https://weekly.example/news/2023-03-11/">' in page


def _ids(out: Path, feed: str) -> list[str]:
    return [item["id"] for item in json.loads((out / feed).read_text(encoding="utf-8"))["items"]]


def test_an_issue_that_moved_is_found_where_it_was(tmp_path: Path) -> None:
    """The name that a folder had leads to the issue, and no id in a feed changes with the name."""
    out = _out(tmp_path)
    before = [_ids(out, feed) for feed in ("feed.json", "entries.json")]
    moved = (tmp_path / "issues" / "2023-03-11").rename(tmp_path / "issues" / "2023-03-14-late")
    (moved / "issue.yaml").write_text("moved_from: 2023-03-11\n")
    assert publish("build", "-C", str(tmp_path)).code == 0
    assert "url=../2023-03-14-late/" in (out / "2023-03-11" / "index.html").read_text(encoding="utf-8")
    assert [_ids(out, feed) for feed in ("feed.json", "entries.json")] == before
    assert "2023-03-11/" not in (out / "sitemap.xml").read_text()


def test_a_name_that_another_issue_has_leads_nowhere_else(tmp_path: Path) -> None:
    """An issue that claims to have had the name of one that is there is refused."""
    files = {**FILES, "issues/2023-03-11/issue.yaml": "moved_from: [2023-03-04]\n"}
    ran = publish("build", "-C", str(written(tmp_path, files)))
    assert (ran.code, "out/2023-03-04/index.html: error: two files of the site want this place" in ran.err) == (1, True)


@pytest.mark.parametrize("name", ["yesterday", "../2023-03-04", "2023-3-4"])
def test_only_the_name_of_a_folder_is_one(tmp_path: Path, name: str) -> None:
    """What `moved_from` names can be no other place than that of an issue; anything else is told with its line."""
    files = {**FILES, "issues/2023-03-11/issue.yaml": f"moved_from: {name}\n"}
    ran = publish("build", "-C", str(written(tmp_path, files)))
    assert (ran.code, ran.err.startswith("issues/2023-03-11/issue.yaml:1:13: error: “moved_from” must be")) == (1, True)


def test_the_missing_page_works_at_any_address(tmp_path: Path) -> None:
    """`404.html` links nothing by a relative address, claims no address, and is kept from search engines."""
    page = (_out(tmp_path) / "404.html").read_text(encoding="utf-8")
    links = re.findall(r'href="([^"]+)"', page)
    assert [href for href in links if not href.startswith(("https://weekly.example/news/", "#"))] == []
    assert "canonical" not in page
    assert '<meta name="robots" content="noindex">' in page


def test_robots_are_told_where_the_sitemap_is(tmp_path: Path) -> None:
    """`robots.txt` opens all but the emails, and names the sitemap."""
    assert (_out(tmp_path) / "robots.txt").read_text().splitlines() == [
        "User-agent: *",
        "Disallow: /news/*/email.html$",
        "Sitemap: https://weekly.example/news/sitemap.xml",
    ]


@pytest.mark.parametrize("name", ["robots_txt", "404_html", "sitemap_xml"])
def test_the_authors_own_file_wins(tmp_path: Path, name: str) -> None:
    """A file of `static/` that says something to robots, or of what is missing, stands in the place of ours."""
    out = _out(tmp_path, **{name: "mine"})
    assert (out / name.replace("_", ".")).read_text() == "mine"


def test_a_publication_without_an_issue_has_a_site(tmp_path: Path) -> None:
    """Where nothing is out, the pages that need nothing are there, and none that would be empty."""
    files = {"newsletter.yaml": SETTINGS, "issues/2023-03-18/index.md": "---\ndraft: true\n---\n" + _issue(3)}
    ran = publish("build", "-C", str(written(tmp_path, files)))
    assert ran.code == 0, ran.err
    names = [name for name, _ in pages(tmp_path / "out")]
    assert names == ["2023-03-18/index.html", "404.html", "index.html", "subscribe/index.html"]


_RANKED = re.compile(r'<li>(?:<a href="([^"]*)">|<span>)([^<]+)</\w+> <span>([\d,]+)<')


def test_of_few_issues_each_is_named(tmp_path: Path) -> None:
    """Where issues are few, each is a line that leads to it; sections, sites and tags follow, the fullest first."""
    page = (_out(tmp_path) / "statistics" / "index.html").read_text(encoding="utf-8")
    assert _RANKED.findall(page) == [
        ("../2023-03-04/", "Issue 1", "6"),
        ("../2023-03-11/", "Issue 2", "6"),
        ("../sections/papers/", "Papers", "10"),
        ("../sections/工具/", "工具", "2"),
        ("../sites/arxiv.org/", "arxiv.org", "8"),
        ("", "t.example", "2"),
        ("", "whisper.example", "2"),
        ("../tags/gpu/", "gpu", "2"),
    ]


@pytest.mark.parametrize(
    ("issues", "apart", "bars", "told"),
    [(13, 7, 13, "Issue 1 · 1"), (61, 7, 14, "2020-01 · 3"), (61, 60, 40, "2020-01–03 · 2"), (61, 100, 17, "2020 · 2")],
)
def test_the_picture_has_no_more_bars_than_one_can_see(
    tmp_path: Path, issues: int, apart: int, bars: int, told: str
) -> None:
    """A bar is an issue, or where they are many the average of a month, a quarter or a year; the table names years."""
    days = [datetime.date(2020, 1, 1) + datetime.timedelta(days=apart * count) for count in range(issues)]
    ran = publish("build", "-C", str(written(tmp_path, growing(days))))
    assert ran.code == 0, ran.err
    page = (tmp_path / "out" / "statistics" / "index.html").read_text(encoding="utf-8")
    assert len(re.findall(r"<rect x=", page)) == bars
    assert re.findall("<title>(.*?)</title></rect>", page)[0] == told
    assert f"From 1 to {issues}, {(issues + 1) // 2} on average." in page
    years = {day.year for day in days}
    assert re.findall(r'<th scope="row">(\d+)</th><td>(\d+)<', page) == [
        (str(year), str(sum(day.year == year for day in days))) for year in sorted(years, reverse=True)
    ]


def test_every_page_tells_what_it_is_of(tmp_path: Path) -> None:
    """Pages that say something to machines say it as JSON, at their own address."""
    for name, page in pages(_out(tmp_path)):
        told = re.search(r'<script type="application/ld\+json">(.*?)</script>', page)
        if told:
            assert json.loads(told[1])["url"] == f"https://weekly.example/news/{name.removesuffix('index.html')}"

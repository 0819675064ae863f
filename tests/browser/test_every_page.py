"""Every kind of page as a reader's browser gets it from a server: what it fetches and weighs, and whether it moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import PageFactory
from playwright.sync_api import expect
from publications import SETTINGS, publish, written
from site_server import serving_site
from whole_site import KINDS, build

from bench.content import issue

pytestmark = pytest.mark.needs("chromium", "fonts-noto-cjk")

# Counts what moved by itself; what somebody has just typed or clicked may move things.
_SHIFTS = """() => new Promise((resolve) => {
    let moved = 0;
    const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) moved += entry.value;
    });
    observer.observe({type: "layout-shift", buffered: true});
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(moved), 50)));
})"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site with every kind of page."""
    with serving_site(build(tmp_path_factory.mktemp("site"))) as address:
        yield address


@pytest.mark.parametrize("kind", KINDS)
def test_no_request_leaves_the_site(browser_page: PageFactory, site: str, kind: str) -> None:
    """A page asks for itself and its own pictures, that of the search for its script too, and for nothing else."""
    page = browser_page(offline=False)
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.goto(site + KINDS[kind], wait_until="networkidle")
    page.mouse.wheel(0, 5000)
    expected = {"issue": ["pixel.png"], "search": ["search.js"]}.get(kind, [])
    # Browsers ask for this by themselves at the top of the host, where pages name none.
    asked = [address for address in asked if not address.endswith("/favicon.ico")]
    assert asked == [page.url, *(page.url + name for name in expected)]


@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_moves_while_a_page_loads(browser_page: PageFactory, site: str, width: int) -> None:
    """No layout shift on any kind of page, pictures and all, on a telephone or on a wide screen."""
    page = browser_page(width=width, offline=False)
    moved = {}
    for kind, path in KINDS.items():
        page.goto(site + path)
        moved[kind] = page.evaluate(_SHIFTS)
    assert moved == dict.fromkeys(KINDS, 0)


def test_nothing_moves_while_one_searches(browser_page: PageFactory, site: str) -> None:
    """What is found fills room that was kept for it."""
    page = browser_page(offline=False)
    page.goto(f"{site}search/?q=quantization")
    expect(page.locator(".results > li")).to_have_count(1)
    assert page.evaluate(_SHIFTS) == 0


def test_no_page_scrolls_sideways(browser_page: PageFactory, site: str) -> None:
    """At no width from 320 to 1600 pixels is anything wider than the screen."""
    page = browser_page(offline=False)
    wide = []
    for kind, path in KINDS.items():
        page.goto(site + path)
        for width in (320, *range(360, 1600, 120), 1600):
            page.set_viewport_size({"width": width, "height": 800})
            if page.evaluate("document.documentElement.scrollWidth") > width:
                wide.append((kind, width))
    assert wide == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_what_leads_elsewhere(browser_page: PageFactory, tmp_path: Path, scheme: str) -> None:
    """The page at `latest/` has no finding of axe-core, for those whose browser does not go on by itself."""
    text = (build(tmp_path) / "latest/index.html").read_text(encoding="utf-8")
    page = browser_page(scheme)
    page.set_content("".join(line for line in text.splitlines(True) if 'http-equiv="refresh"' not in line))
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_the_newest_issue_is_at_latest(browser_page: PageFactory, site: str) -> None:
    """`latest/` leads to the newest issue that is out, and an issue's old address to where it is."""
    page = browser_page(offline=False)
    for path, leads in (("latest/", "2023-03-18/"), ("2023-03-10/", "2023-03-11/")):
        page.goto(site + path)
        expect(page).to_have_url(site + leads)


def test_an_issue_of_thirty_entries_weighs_little(browser_page: PageFactory, tmp_path: Path) -> None:
    """All that is fetched for the page of an issue without pictures is less than 60 KB, before any compression."""
    root = written(tmp_path, {"newsletter.yaml": SETTINGS, "issues/2023-03-04/index.md": issue("2023-03-04")})
    assert publish("build", "-C", str(root)).code == 0
    page = browser_page(offline=False)
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(int(response.headers["content-length"])))
    with serving_site(root / "out") as address:
        page.goto(f"{address}2023-03-04/", wait_until="networkidle")
    assert page.locator("article").count() == 30
    assert sum(sizes) < 60_000

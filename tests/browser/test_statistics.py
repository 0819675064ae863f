"""The picture in the statistics, as browsers draw it."""

from __future__ import annotations

import datetime
import itertools

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import PageFactory
from publications import growing, publish, written

pytestmark = pytest.mark.needs("chromium", "fonts-noto-cjk")

_BOXES = "(found) => found.map((each) => each.getBoundingClientRect()).map((r) => [r.left, r.top, r.right, r.bottom])"


@pytest.fixture(scope="module")
def statistics(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page of figures of 70 issues in eleven years."""
    days = [datetime.date(2015, 1, 1) + datetime.timedelta(days=57 * count) for count in range(70)]
    root = written(tmp_path_factory.mktemp("many"), growing(days))
    assert publish("build", "-C", str(root)).code == 0
    return (root / "out" / "statistics" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser_page: PageFactory, statistics: str, scheme: str) -> None:
    """axe-core has no finding on the picture and the table of its years."""
    page = browser_page(scheme, 375)
    page.set_content(statistics)
    page.evaluate("document.querySelector('details').open = true")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [320, 375, 1280])
def test_years_and_values_stand_apart_and_on_the_screen(browser_page: PageFactory, statistics: str, width: int) -> None:
    """No year or value at the sides of the picture touches another or leaves the screen, however narrow it is."""
    page = browser_page(width=width)
    page.set_content(statistics)
    boxes = page.locator(".chart text").evaluate_all(_BOXES)
    assert len(boxes) > 5
    assert all(left >= 0 and right <= width for left, _, right, _ in boxes)
    touching = [
        (one, other)
        for one, other in itertools.combinations(boxes, 2)
        if one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
    ]
    assert touching == []
    bars = page.locator(".chart rect").evaluate_all(_BOXES)
    assert len(bars) > 30
    assert all(right > left and bottom > top for left, top, right, bottom in bars)


def test_night_and_forced_colours_reach_the_picture(browser_page: PageFactory, statistics: str) -> None:
    """Its bars have the accent of day, of night, of paper, and the colour that a reader's system asks for."""
    page = browser_page()
    page.set_content(statistics)
    fill = "getComputedStyle(document.querySelector('.chart rect')).fill"
    seen = []
    for media in ({}, {"color_scheme": "dark"}, {"media": "print"}, {"media": "screen", "forced_colors": "active"}):
        page.emulate_media(**media)  # type: ignore[arg-type]
        seen.append(page.evaluate(fill))
    assert len(set(seen)) == 4

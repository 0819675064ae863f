"""Pages by other themes in a real browser: as readable as ours."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import PageFactory
from sites import pages
from themed import THEMES, themed

pytestmark = pytest.mark.needs("chromium", "fonts-noto-cjk")


@pytest.fixture(scope="module", params=[theme for theme in THEMES if theme != "default"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The pages of a site by a theme that is not ours, one of each kind."""
    found = dict(pages(themed(tmp_path_factory.mktemp(request.param), request.param)))
    topics = {name.split("/")[0]: name for name in found if name.count("/") == 2}
    shown = [name for name in found if name.count("/") < 2 and "refresh" not in found[name]]
    return {name: found[name] for name in (*shown, *topics.values())}


@pytest.mark.parametrize(("scheme", "width"), [("light", 375), ("dark", 1280)])
def test_axe_finds_nothing(browser_page: PageFactory, site: dict[str, str], scheme: str, width: int) -> None:
    """On no kind of page has axe-core a finding, narrow in the light or wide in the dark, and none scrolls sideways."""
    assert len(site) > 10
    page = browser_page(scheme, width)
    for name, content in site.items():
        page.set_content(content)
        found = Axe().run(page)
        assert found.violations_count == 0, f"{name}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") == width, name

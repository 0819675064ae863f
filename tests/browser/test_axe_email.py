"""The email in a real browser: readable in light and dark, and where a mail client has taken the style sheet away."""

import base64
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from pipeline.model import Markdown
from tests.mail_samples import ISSUE, WHISPER, made, with_entries

pytestmark = pytest.mark.needs("chromium", "fonts-noto-cjk")

Opener = Callable[..., Page]

NOTE = """
* 说明，见 [链接](https://example.org/) 和 `code`

> quoted [link](https://example.org/q)

| a | b |
|---|---|
| 1 | 2 |

```
x = 1
```
"""
LONG = "W" * 120
HTML = made(with_entries(*ISSUE.entries, replace(WHISPER, title=LONG, note=Markdown(NOTE))))["email.html"].decode()

# An email stands within the page of a mail client, whose landmarks are not ours.
_RULES = {"rules": {"landmark-one-main": {"enabled": False}, "region": {"enabled": False}}}


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser_page: Opener, scheme: str, width: int) -> None:
    """axe-core has no finding, contrast among them, in light and dark, narrow and wide."""
    page = browser_page(scheme, width)
    page.set_content(HTML)
    found = Axe().run(page, options=_RULES)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_axe_finds_nothing_where_the_style_sheet_is_gone(browser_page: Opener) -> None:
    """What stands in the attributes alone is readable: some clients strip every style sheet."""
    page = browser_page("light", 375)
    page.set_content(re.sub("<style.*?</style>", "", HTML, flags=re.DOTALL))
    found = Axe().run(page, options=_RULES)
    assert found.violations_count == 0, found.generate_report()


@pytest.fixture
def darkened(chromium: Browser, program: str) -> Iterator[Page]:
    """A page of a browser that is made to darken everything."""
    arguments = ["--no-sandbox", "--disable-gpu", "--force-dark-mode", "--enable-features=WebContentsForceDark"]
    browser = chromium.browser_type.launch(executable_path=program, args=arguments)
    yield browser.new_context(color_scheme="dark", offline=True, viewport={"width": 375, "height": 900}).new_page()
    browser.close()


def _brightness(page: Page, selector: str) -> float:
    """The mean brightness, 0 to 1, of what is painted in an element."""
    shot = page.locator(selector).first.screenshot()
    return float(
        page.evaluate(
            """async (data) => {
              const image = await createImageBitmap(await (await fetch("data:image/png;base64," + data)).blob());
              const canvas = new OffscreenCanvas(image.width, image.height);
              const context = canvas.getContext("2d");
              context.drawImage(image, 0, 0);
              const pixels = context.getImageData(0, 0, image.width, image.height).data;
              let sum = 0;
              for (let at = 0; at < pixels.length; at += 4) sum += pixels[at] + pixels[at + 1] + pixels[at + 2];
              return sum / (pixels.length / 4 * 3 * 255);
            }""",
            base64.b64encode(shot).decode(),
        )
    )


def test_a_browser_that_darkens_everything_keeps_it_readable(darkened: Page) -> None:
    """With --force-dark-mode axe-core has no finding, and the whole page is dark: no white box is left in it."""
    darkened.set_content(HTML)
    found = Axe().run(darkened, options=_RULES)
    assert found.violations_count == 0, found.generate_report()
    for selector in (".page", ".head", "h2", "pre", ".foot"):
        assert _brightness(darkened, selector) < 0.35

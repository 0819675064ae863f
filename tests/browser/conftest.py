"""A real Chromium for tests that must see a page as a reader does."""

import shutil
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

PageFactory = Callable[..., Page]

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
]


@pytest.fixture(scope="session")
def program() -> str:
    """Where the browser is; tests that come here say `needs("chromium")`."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert found
    return found


@pytest.fixture(scope="session")
def chromium(program: str) -> Iterator[Browser]:
    """One browser for the whole run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def browser_page(chromium: Browser) -> Iterator[PageFactory]:
    """Opens fresh pages, closed after the test: `browser_page("dark", width=375)`.

    They have no network where `offline` is not set to false, and no script where `scripts` is.
    """
    contexts = []

    def opened(
        color_scheme: Literal["light", "dark"] = "light",
        width: int = 1280,
        height: int = 900,
        *,
        offline: bool = True,
        scripts: bool = True,
    ) -> Page:
        context = chromium.new_context(
            color_scheme=color_scheme,
            viewport={"width": width, "height": height},
            offline=offline,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()

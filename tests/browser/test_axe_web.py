"""The pages in a real browser: readable by everyone, in light and dark, on narrow and wide screens."""

import datetime
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from pipeline.history.appearances import Appearance
from pipeline.history.topics import topics
from pipeline.model import Author, Entry, Issue, Link, Markdown, Publication, Section, Url
from pipeline.render.context import RenderContext
from pipeline.render.defaults import DEFAULTS
from pipeline.render.labels import Labels
from pipeline.render.renderers import DOCUMENTS, LISTINGS
from pipeline.render.templates import Templates
from pipeline.render.web import issue_page

pytestmark = pytest.mark.needs("chromium", "fonts-noto-cjk")

LONG = "https://example.org/" + "a" * 150
NOTE = f"""
* 说明，见 {LONG}
  * nested `code`

> quoted

```python
{"x = 1; " * 40}
```

| model | tokens/s |
|---|---|
| 7B | {"1" * 60} |

<details><summary>more</summary>text</details>
"""
ENTRY = Entry(
    title="Robust Speech Recognition 语音识别",
    url=Url(LONG),
    links=(Link(title="PDF", url=Url("paper.pdf")),),
    note=Markdown(NOTE),
    author="OpenAI",
    published="2022-09-21",
    tags=("asr",),
    via=Markdown("[@someone](https://someone.example)"),
    sponsored=True,
    slug="e1",
    entries=(Entry(title="whisper.cpp", url=Url("https://github.com/ggerganov/whisper.cpp"), slug="e2"),),
)


def _pages() -> dict[str, str]:
    """The page of a draft that uses every part of the template, that of an issue between two, one of each other kind.

    The page that only leads to the newest issue cannot be looked at.
    """
    sections = tuple(
        Section(title=f"Section {slug}", slug=slug, text=Markdown("Prose."), entries=(ENTRY,) if slug == "s1" else ())
        for slug in ("s1", "s2", "s3")
    )
    issues = [
        Issue(
            date=datetime.date(2023, 3, day), name=f"2023-03-0{day}", title=f"第{day}期", number=day, sections=sections
        )
        for day in (3, 2, 1)
    ]
    draft = Issue(
        date=datetime.date(2023, 3, 4),
        name="2023-03-04",
        title="W" * 80,
        number=4,
        sections=sections,
        intro=Markdown("An [intro](https://a.example) with `code`."),
        draft=True,
        updated=datetime.date(2023, 3, 5),
    )
    lines = (DEFAULTS / "labels" / "en.yaml").read_text(encoding="utf-8").splitlines()
    publication = Publication(
        title="周报 Weekly",
        url=Url("https://a.example"),
        id="a.example",
        description="Links.",
        author=Author(name="Us"),
    )
    tagged = tuple(replace(ENTRY, slug=f"e{place}") for place in range(9))
    issues[0] = replace(issues[0], sections=(replace(sections[0], entries=tagged),))
    alike = tuple(Appearance(issue=f"2023-03-0{day}", number=day, slug="e1", word="update") for day in (1, 2, 3))
    found = topics(issues)
    context = RenderContext(
        publication=publication,
        archive=tuple(issues),
        issues=(draft, issues[1]),
        templates=Templates([DEFAULTS]),
        labels=Labels(language="en", words=dict(line.split(": ", 1) for line in lines)),
        root=Path(),
        topics=found,
        leaves=tuple((topic, leaf) for topic in found.topics for leaf in topic.pages),
        appearances={f"{issue.name}#e1": alike for issue in issues},
    )
    made = [artifact for render in (issue_page, *DOCUMENTS, *LISTINGS) for artifact in render(context)]
    made = [artifact for artifact in made if artifact.path.endswith(".html") and artifact.path != "latest/index.html"]
    return {artifact.path: bytes(artifact.content).decode() for artifact in made if isinstance(artifact.content, bytes)}


PAGES = _pages()
Opener = Callable[..., Page]


@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(browser_page: Opener, name: str, scheme: str, width: int) -> None:
    """axe-core has no finding on any page, in light and dark, narrow and wide."""
    page = browser_page(scheme, width)
    page.set_content(PAGES[name])
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [320, 375, 768, 1600])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_the_screen(browser_page: Opener, name: str, width: int) -> None:
    """No title, address, code or table makes a page scroll sideways, from 320 to 1600 pixels."""
    page = browser_page(width=width)
    page.set_content(PAGES[name])
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_the_measure_is_kept_on_wide_screens(browser_page: Opener) -> None:
    """One column of 34 to 40 Chinese characters, in the middle of the screen."""
    page = browser_page(width=1600)
    page.set_content(PAGES["index.html"])
    left, width, size = page.evaluate(
        "(({left, width}) => [left, width, parseFloat(getComputedStyle(document.body).fontSize)])"
        "(document.querySelector('main').getBoundingClientRect())"
    )
    assert 34 <= width / size <= 40
    assert left == pytest.approx((1600 - width) / 2, abs=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_keyboard_goes_where_one_can_see_it(browser_page: Opener, scheme: str) -> None:
    """Tab shows the skip link first, which leads to the content; every link that has the focus is outlined."""
    page = browser_page(scheme)
    page.set_content(PAGES["2023-03-04/index.html"])
    focused = (
        "(({top, bottom}, {outlineStyle, opacity}) => [top >= 0 && bottom <= innerHeight, outlineStyle, opacity])"
        "(document.activeElement.getBoundingClientRect(), getComputedStyle(document.activeElement))"
    )
    page.emulate_media(reduced_motion="reduce")
    for place in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate(focused) == [True, "solid", "1"]
        if place == 0:
            assert page.evaluate("document.activeElement.getAttribute('href')") == "#Content"


def test_paper_carries_the_text_and_no_buttons(browser_page: Opener) -> None:
    """In print the page is black on white, without navigation."""
    page = browser_page("dark")
    page.set_content(PAGES["2023-03-02/index.html"])
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).color") == "rgb(0, 0, 0)"
    assert not page.locator(".skip, .contents, .colophon, .anchor").first.is_visible()
    assert page.locator("h3").first.is_visible()

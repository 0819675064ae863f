"""The service's pages in a real browser: readable by everyone, and whole without a script."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect
from publications import publish, written
from services import SETTINGS, Site, mails, serving, settled, states, token_to_leave

pytestmark = pytest.mark.needs("chromium", "fonts-noto-cjk")

HERE = SETTINGS.replace("https://weekly.example/list", "http://127.0.0.1:PORT/list")
CHINESE = HERE.replace("title: Weekly", "title: AI 阅读清单\nlanguage: zh-CN").replace("main: Weekly", "main: 周刊")


@pytest.fixture
def english(tmp_path: Path) -> Iterator[Site]:
    """A service in English."""
    with serving(tmp_path, HERE) as site:
        yield site


def _pages(site: Site) -> dict[str, str]:
    """The address of a page of each kind, for somebody who has confirmed, and for one who has not."""
    site.subscribe("reader@b.example", "main", "papers")
    site.subscribe("other@b.example")
    link = settled(site.root, "reader@b.example")
    choose = site.ask(link).text.partition("/choices?t=")[2][:48]
    site.ask("/list/confirm", {"t": link.partition("t=")[2]})
    paths = {
        "subscribe": "/list/subscribe",
        "confirm": settled(site.root, "other@b.example"),
        "confirmed": link,
        "choices": f"/list/choices?t={choose}",
        "leave": f"/list/leave?t={token_to_leave(site.root, 'reader@b.example')}",
        "ask": "/list/leave",
        "expired": "/list/confirm?t=x",
        "missing": "/nothing",
    }
    return {name: f"http://127.0.0.1:{site.port}{path}" for name, path in paths.items()}


def _opened(chromium: Browser, **given: object) -> Page:
    return chromium.new_context(**given).new_page()  # type: ignore[arg-type]


@pytest.mark.parametrize(("settings", "scheme"), [(HERE, "light"), (CHINESE, "dark")], ids=["en", "zh-CN"])
def test_axe_finds_nothing(tmp_path: Path, chromium: Browser, settings: str, scheme: str) -> None:
    """axe-core has no finding on any page in light and dark; none is wider than 320 pixels, none runs a script."""
    with serving(tmp_path, settings) as site:
        _look(site, chromium, scheme)


def _look(site: Site, chromium: Browser, scheme: str) -> None:
    pages = _pages(site)
    for width in (320, 1280):
        page = _opened(chromium, color_scheme=scheme, viewport={"width": width, "height": 700})
        asked: list[str] = []
        told: list[str] = []
        page.on("request", lambda request, asked=asked: asked.append(request.url))
        page.on("console", lambda message, told=told: told.append(message.text))
        for name, url in pages.items():
            page.goto(url)
            found = Axe().run(page)
            assert found.violations_count == 0, f"{name}: {found.generate_report()}"
            assert page.evaluate("document.documentElement.scrollWidth") == width, name
            assert page.locator("h1").count() == 1
            assert page.evaluate("getComputedStyle(document.body).maxWidth") != "none", "the style sheet is refused"
        assert {url for url in asked if "favicon" not in url} == set(pages.values())
        assert [text for text in told if "404" not in text] == []
        page.context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with", "without"])
def test_a_reader_subscribes_in_a_browser(english: Site, chromium: Browser, scripts: bool) -> None:
    """From the form to the choices and out again, with the keyboard alone, with JavaScript and without."""
    root, base = english.root, f"http://127.0.0.1:{english.port}"
    page = _opened(chromium, java_script_enabled=scripts, extra_http_headers={})
    page.goto(f"{base}/list/subscribe")
    page.get_by_label("Email address").fill("no address")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No mail can be sent to this address")).to_be_visible()
    page.get_by_label("Email address").fill("用户@例子.中国")
    page.get_by_label("Papers only").check()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    page.goto(base + settled(root, "用户@xn--fsqu00a.xn--fiqs8s"))
    page.get_by_role("button", name="Yes, send it to me").click()
    page.get_by_role("link", name="Change what you get").click()
    expect(page.get_by_label("Papers only")).to_be_checked()
    page.get_by_label("Papers only").uncheck()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Saved")).to_be_visible()
    reader = "用户@xn--fsqu00a.xn--fiqs8s"
    assert states(root) == {(reader, "main"): "active", (reader, "papers"): "unsubscribed"}
    page.goto(f"{base}/list/leave?t={token_to_leave(root, '用户@例子.中国')}")
    page.get_by_role("button", name="Unsubscribe").click()
    expect(page.get_by_role("heading", name="You have left")).to_be_visible()
    assert states(root)[reader, "main"] == "unsubscribed"
    assert len(mails(root)) == 1
    page.context.close()


def test_what_no_person_sees_stays_empty(english: Site, chromium: Browser) -> None:
    """The field for robots is outside the screen, and neither the keyboard nor a screen reader comes to it."""
    page = _opened(chromium)
    page.goto(f"http://127.0.0.1:{english.port}/list/subscribe")
    box = page.locator("[name=topic]").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] < 0
    for _ in range(20):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") != "topic"
    assert page.get_by_role("textbox").count() == 1
    page.context.close()


def test_the_site_carries_the_form(tmp_path: Path, chromium: Browser) -> None:
    """Every page of a built site has the form, which works from there; none has it where no service is named."""
    issue = tmp_path / "issues/2023-03-04/index.md"
    issue.parent.mkdir(parents=True)
    issue.write_text("# One\n\n## S\n\n### [A](https://a.example)\n* a note\n")
    with serving(tmp_path, HERE.replace("https://weekly", "http://weekly")) as site:
        assert publish("build", "-C", str(tmp_path)).code == 0
        page = _opened(chromium, java_script_enabled=False)

        def serve(route: Route) -> None:
            path = route.request.url.partition("weekly.example/")[2]
            route.fulfill(path=tmp_path / "out" / path / "index.html")

        page.route("http://weekly.example/**", serve)
        for number, folder in enumerate(("", "subscribe/", "2023-03-04/")):
            page.goto(f"http://weekly.example/{folder}")
            page.get_by_label("Email address").fill(f"reader{number}@b.example")
            page.get_by_role("button", name="Subscribe").click()
            expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
            assert page.url == f"http://127.0.0.1:{site.port}/list/subscribe"
            settled(tmp_path, f"reader{number}@b.example")
        page.context.close()
    written(tmp_path, {"newsletter.yaml": "title: Weekly\nurl: https://weekly.example\n"})
    assert publish("build", "-C", str(tmp_path)).code == 0
    assert not [path for path in (tmp_path / "out").rglob("*.html") if 'class="join"' in path.read_text("utf-8")]

"""The search in a real browser, under the strictest policy that a server may send with it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from conftest import PageFactory
from playwright.sync_api import Page, expect
from publications import publish, written
from site_server import serving_site
from whole_site import build

pytestmark = pytest.mark.needs("chromium", "fonts-noto-cjk")

_TOLD = ".found[role=status]"
_RESULTS = ".results > li"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site whose server lets nothing in that is not its own."""
    with serving_site(build(tmp_path_factory.mktemp("site"))) as address:
        yield address


def _asked(page: Page, site: str, words: str) -> list[tuple[str, str]]:
    """Title and address, within the site, of each entry that is found when somebody types these words."""
    page.goto(f"{site}search/")
    page.get_by_role("searchbox").fill(words)
    expect(page.locator(_TOLD)).not_to_be_empty()
    links = page.locator(f"{_RESULTS} > a")
    found = [(link.inner_text(), str(link.evaluate("link => link.href"))) for link in links.all()]
    return [(title, unquote(address.removeprefix(site))) for title, address in found]


@pytest.mark.parametrize(
    ("words", "title", "address"),
    [
        ("speech recognition", "Robust Speech Recognition 语音识别", "2023-03-11/#robust-speech-recognition-语音识别"),
        ("语音识别", "Robust Speech Recognition 语音识别", "2023-03-11/#robust-speech-recognition-语音识别"),
        ("音识", "Robust Speech Recognition 语音识别", "2023-03-11/#robust-speech-recognition-语音识别"),
        ("RECOGNITION语音", "Robust Speech Recognition 语音识别", "2023-03-11/#robust-speech-recognition-语音识别"),
        ("asr openai", "Robust Speech Recognition 语音识别", "2023-03-11/#robust-speech-recognition-语音识别"),
        ("手机 whisper", "whisper.cpp", "2023-03-11/#whisper-cpp"),
        ("whispercpp", "whisper.cpp", "2023-03-11/#whisper-cpp"),
        ("𠮷野家", "whisper.cpp", "2023-03-11/#whisper-cpp"),
        ("テスト", "whisper.cpp", "2023-03-11/#whisper-cpp"),
        ("quantize phones", "Paper 1", "2023-03-18/#paper-1"),
        ("arxiv asr", "Robust Speech Recognition 语音识别", "2023-03-11/#robust-speech-recognition-语音识别"),
        ("Hardware 手机", "Memory bandwidth", "2023-03-18/#memory-bandwidth"),
        ("第 1 期 paper 注意力机制的 6", "Paper 6", "2023-03-04/#paper-6"),
        ("6 个改进", "Paper 6", "2023-03-04/#paper-6"),
        ("开场白", "第 1 期", "2023-03-04/#Content"),
    ],
)
def test_what_somebody_types_leads_to_the_entry(
    browser_page: PageFactory, site: str, words: str, title: str, address: str
) -> None:
    """In Chinese, English and both, by whole words, stems, parts and sections: one result, at the entry's permalink."""
    page = browser_page(offline=False)
    assert _asked(page, site, words) == [(title, address)]
    page.locator(f"{_RESULTS} > a").click()
    place = page.locator(f'[id="{unquote(urlsplit(page.url).fragment)}"]')
    expect(place).to_contain_text(title)


def test_what_is_found_is_shown_newest_first_with_where_it_was(browser_page: PageFactory, site: str) -> None:
    """Each result names its issue, day and section, and shows the words that were asked for, marked."""
    page = browser_page(offline=False)
    assert [title for title, _ in _asked(page, site, "手机")] == ["Memory bandwidth", "whisper.cpp"]
    first = page.locator(_RESULTS).first
    assert first.locator(".meta span").all_inner_texts() == ["第 3 期 · 2023年3月18日", "Issue three", "Hardware"]
    assert first.locator("mark").all_inner_texts() == ["手机"]
    assert first.locator("p").last.inner_text() == "在手机上 c.example"
    expect(page.locator(_TOLD)).to_have_text("2 条")


@pytest.mark.parametrize("words", ["zzzz", "草稿", "Unseen", "注力意", "，", "Hardware whisper", "gpt-4"])
def test_nothing_is_found_where_nothing_is(browser_page: PageFactory, site: str, words: str) -> None:
    """Not drafts, not characters in another order, not words that no entry has together; and the page says so."""
    page = browser_page(offline=False)
    page.goto(f"{site}search/?q={quote(words)}")
    expect(page.locator(_TOLD)).to_have_text("没有找到。" if words != "，" else "")
    expect(page.locator(_RESULTS)).to_have_count(0)


def test_titles_with_scripts_stay_text(browser_page: PageFactory, site: str) -> None:
    """A title that is HTML is shown as it was written, and runs nothing."""
    page = browser_page(offline=False)
    ran: list[str] = []
    page.expose_function("alert", lambda *_: ran.append(page.url))
    [(title, _)] = _asked(page, site, "alert")
    assert title == "</title></h3><script>alert(1)</script>"
    assert page.locator(f"{_RESULTS} script").count() == 0
    assert ran == []


def test_nothing_is_loaded_before_somebody_searches(browser_page: PageFactory, site: str) -> None:
    """The page brings its script, a few kilobytes; the index comes with the first question, all of it from the site."""
    page = browser_page(offline=False)
    sizes: dict[str, int] = {}
    page.on("response", lambda response: sizes.update({response.url: int(response.headers["content-length"])}))
    page.goto(f"{site}search/", wait_until="networkidle")
    assert sorted(sizes) == [f"{site}search/", f"{site}search/search.js"]
    assert sizes[f"{site}search/search.js"] < 10_000
    page.get_by_role("searchbox").fill("手机")
    expect(page.locator(_RESULTS)).to_have_count(2)
    assert any("/pagefind/fragment/" in address for address in sizes)
    assert {address for address in sizes if not address.startswith(site)} == set()
    assert sum(sizes.values()) < 400_000


def test_an_address_asks_a_question(browser_page: PageFactory, site: str) -> None:
    """`?q=` is answered at once, so that a search can be a bookmark; what is typed after it becomes the address."""
    page = browser_page(offline=False)
    page.goto(f"{site}search/?q={quote('手机')}")
    expect(page.locator(_RESULTS)).to_have_count(2)
    expect(page.get_by_role("searchbox")).to_have_value("手机")
    page.get_by_role("searchbox").fill("a&b=c#d")
    expect(page).to_have_url(f"{site}search/?q=a%26b%3Dc%23d")
    page.get_by_role("searchbox").fill("")
    expect(page.locator(_RESULTS)).to_have_count(0)


def test_the_keyboard_is_enough(browser_page: PageFactory, site: str) -> None:
    """From the top of the page by Tab to the field, Enter to ask, Tab to the first result, Enter to go there."""
    page = browser_page(offline=False)
    page.goto(f"{site}search/")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "q":
            break
    page.keyboard.type("bandwidth")
    page.keyboard.press("Enter")
    expect(page.locator(_RESULTS)).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site}2023-03-18/#memory-bandwidth")


def test_every_entry_of_an_issue_is_found(browser_page: PageFactory, site: str) -> None:
    """A phrase that many entries of one issue have gives all of them, in the issue's order."""
    page = browser_page(offline=False)
    assert [title for title, _ in _asked(page, site, "注意力机制")] == [f"Paper {place}" for place in range(8)]


def test_many_results_come_in_portions(browser_page: PageFactory, tmp_path: Path) -> None:
    """Twenty at first; a button brings the next ones, leads the keyboard to them, and goes when all are shown."""
    text = "\n\n".join(f"[Link {place}](https://example.org/{{day}}/{place})" for place in range(9))
    issues = {f"issues/2023-03-0{day}/index.md": text.replace("{day}", str(day)) for day in range(1, 6)}
    settings = "title: Weekly\nurl: https://weekly.example/news\nsearch: true\n"
    ran = publish("build", "-C", str(written(tmp_path, {"newsletter.yaml": settings, **issues})))
    assert ran.code == 0, ran.err
    page = browser_page(offline=False)
    with serving_site(tmp_path / "out") as site:
        page.goto(f"{site}search/?q=link")
        for shown, told in ((20, "Entries: 20+"), (40, "Entries: 40+"), (45, "Entries: 45")):
            expect(page.locator(_RESULTS)).to_have_count(shown)
            expect(page.locator(_TOLD)).to_have_text(told)
            more = page.get_by_role("button", name="Show more")
            if shown < 45:
                more.click()
                expect(page.locator(f"{_RESULTS} >> nth={shown} >> a")).to_be_focused()
        expect(more).to_be_hidden()


def test_without_a_script_the_page_says_what_it_needs(browser_page: PageFactory, site: str) -> None:
    """No empty page that does nothing: one sentence."""
    page = browser_page(offline=False, scripts=False)
    page.goto(f"{site}search/")
    expect(page.locator("noscript p")).to_have_text("搜索需要 JavaScript；本站其他内容都不需要。")


def test_where_the_index_cannot_be_had_the_page_says_so(browser_page: PageFactory, site: str) -> None:
    """Without a connection, and from the disk; once there is one, the next question is answered."""
    page = browser_page(offline=False)
    page.goto(f"{site}search/")
    page.context.set_offline(True)
    page.get_by_role("searchbox").fill("手机")
    expect(page.locator(_TOLD)).to_contain_text("搜索暂不可用")
    page.context.set_offline(False)
    page.get_by_role("searchbox").fill("手机 ")
    expect(page.locator(_RESULTS)).to_have_count(2)


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("words", ["", "recognition"])
def test_axe_finds_nothing(browser_page: PageFactory, site: str, words: str, scheme: str, width: int) -> None:
    """axe-core has no finding before and after a search, and nothing is wider than the screen."""
    page = browser_page(scheme, width, offline=False)
    page.goto(f"{site}search/?q={quote(words)}" if words else f"{site}search/")
    if words:
        expect(page.locator(_TOLD)).not_to_be_empty()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") == width


def test_paper_carries_what_was_found(browser_page: PageFactory, site: str) -> None:
    """In print the results stand without the form."""
    page = browser_page(offline=False)
    page.goto(f"{site}search/?q={quote('手机')}")
    expect(page.locator(_RESULTS)).to_have_count(2)
    page.emulate_media(media="print")
    assert not page.locator(".search, .found, .more").first.is_visible()
    assert page.locator(_RESULTS).first.is_visible()

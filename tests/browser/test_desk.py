"""`publish serve` in a browser: what is saved is seen at once, what is wrong heals, other sites do no harm."""

from __future__ import annotations

import contextlib
import json
import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit

import pytest
import web_server
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import APIResponse, Browser, Dialog, Error, Page, Route, expect
from publications import SETTINGS, own_files, publish, written
from serving import Served, served

pytestmark = pytest.mark.needs("chromium")

_EVIL = "\"'><img src=x onerror=alert(1)></title></script><script>alert(1)</script>{{ 7*7 }}"
_PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\xa7\x1c\x8d)\x00\x00\x00\x00IEND\xaeB`\x82"
)
_MANY = "\n\n".join(f"[Entry {number}](https://example.org/{number}): a comment on it" for number in range(60))
_SETTINGS = f"{SETTINGS}sections: [Papers]\n"
_FILES = {
    "newsletter.yaml": _SETTINGS,
    "issues/2023-03-04/index.md": "# Issue 1\n\n## Papers\n\n[Llama 2](https://arxiv.org/abs/2307.09288)\n",
    "issues/2023-03-11/index.md": f"# Issue 2\n\n## Papers\n\n![A picture](a.png)\n\n{_MANY}\n",
    "issues/2023-03-11/a.png": _PIXEL,
}
_INDEX = "issues/2023-03-11/index.md"

expect.set_options(timeout=10_000)  # on a machine that is busy with other tests, too

Look = Callable[..., Page]
Watched = Callable[[str], tuple[Path, Page]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A publication of the test's own."""
    return written(tmp_path, _FILES)


@pytest.fixture
def server(root: Path) -> Iterator[Served]:
    """Its server."""
    with served(root) as running:
        yield running


@pytest.fixture
def look(chromium: Browser) -> Iterator[Look]:
    """Opens pages of a server, `look(server, "/_desk/")`; in the end none may have asked another machine."""
    contexts, asked, alerts = [], [], []

    def opened(server: Served, path: str, scheme: Literal["light", "dark"] = "light", width: int = 1280) -> Page:
        context = chromium.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})
        contexts.append(context)
        context.set_default_timeout(10_000)
        context.on("request", lambda request: asked.append(request.url))
        page = context.new_page()

        def dismissed(dialog: Dialog) -> None:
            alerts.append(dialog.message)
            dialog.dismiss()

        page.on("dialog", dismissed)
        page.goto(f"{server.url}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert {urlsplit(url).hostname for url in asked if not url.startswith("data:")} <= {"127.0.0.1"}
    assert alerts == []


@pytest.fixture
def watched(root: Path, server: Served, look: Look) -> Watched:
    """Opens a page of the publication, and says where its files are."""
    return lambda path: (root, look(server, path))


def _replaced(root: Path, path: str, old: str, new: str) -> None:
    file = root / path
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_what_is_saved_is_seen_at_once(root: Path, server: Served, look: Look) -> None:
    """A save is in the page within 0.2 s, in the middle of nine, each looked at as often as the screen is drawn."""
    page = look(server, "/2023-03-11/")
    page.wait_for_load_state("networkidle")
    took, title = [], "Issue 2"
    for number in range(9):
        before, title = title, f"Saved {number}"
        _replaced(root, _INDEX, f"# {before}", f"# {title}")
        begun = time.monotonic()
        page.wait_for_function("title => document.querySelector('h1')?.textContent.includes(title)", arg=title)
        took.append(time.monotonic() - begun)
    print(f"from a save to the page: {sorted(round(1000 * each) for each in took)} ms")
    assert statistics.median(took) < 0.2


def _stays(page: Page) -> bool:
    """Whether it is the page that `_marked` has seen, not one that was loaded since."""
    return bool(page.evaluate("window.marked === true"))


def _marked(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.evaluate("window.marked = true")


def test_words_change_in_the_page_that_is_there(root: Path, server: Served, look: Look) -> None:
    """What changed is put into the page, which keeps its place, its pictures and what stands beside the words."""
    page = look(server, "/2023-03-11/")
    _marked(page)
    page.evaluate("scrollTo({top: 900, behavior: 'instant'}); window.picture = document.images[0]")
    _replaced(root, _INDEX, "Entry 59]", "The last]")
    expect(page.get_by_text("The last")).to_be_attached()
    _replaced(root, _INDEX, "# Issue 2", "# Issue two")
    expect(page).to_have_title("Issue two · Weekly")
    assert page.evaluate("scrollY") == 900
    assert page.evaluate("document.images[0] === window.picture")
    assert _stays(page)


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("issues/2023-03-11/a.png", _PIXEL + b" "),
        ("templates/web/issue.html", b"{% extends 'web/base.html' %}{% block content %}<h1>Issue 2</h1>{% endblock %}"),
        ("static/look.css", b"h1 { color: red }"),
    ],
)
def test_more_than_words_loads_the_page_anew(file: str, content: bytes, root: Path, server: Served, look: Look) -> None:
    """A picture, a template or a file of the site's may be held by the browser: the page is loaded again."""
    page = look(server, "/2023-03-11/")
    _marked(page)
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_bytes(content)
    page.wait_for_function("window.marked !== true")
    expect(page.locator("h1")).to_contain_text("Issue 2")


@pytest.mark.parametrize("part", ["<script>{}</script>", "<noscript><style>h1 { display: none }</style></noscript>"])
def test_a_page_with_a_script_is_loaded_anew(part: str, root: Path, look: Look) -> None:
    """A theme's script starts again with what changed, and what is for browsers without scripts stays out of sight."""
    page = f"{{% extends 'web/base.html' %}}{{% block content %}}<h1>{{{{ issue.title }}}}</h1>{part}{{% endblock %}}"
    written(root, {"newsletter.yaml": _SETTINGS, "templates/web/issue.html": page})
    with served(root) as server:
        shown = look(server, "/2023-03-11/")
        _marked(shown)
        _replaced(root, _INDEX, "# Issue 2", "# Issue two")
        expect(shown.locator("h1")).to_have_text("Issue two")
        expect(shown.locator("h1")).to_be_visible()
        assert not _stays(shown)


_OOPS = "# Issue 2\n\n[Broken](https://a.example\n"


@pytest.mark.parametrize(
    ("path", "frame", "broken", "where"),
    [
        ("/2023-03-11/", False, (_INDEX, _OOPS), f"{_INDEX}:3:"),
        ("/", False, (_INDEX, _OOPS), f"{_INDEX}:3:"),
        ("/2023-03-11/", False, ("templates/web/issue.html", "line\n{% oops %}"), "templates/web/issue.html:2:"),
        ("/_desk/2023-03-11/", False, (_INDEX, _OOPS), f"{_INDEX}:3:"),
        ("/_desk/2023-03-11/", True, (_INDEX, _OOPS), f"{_INDEX}:3:"),
        ("/_desk/2023-03-11/", True, ("templates/email/email.mjml", "{{ nobody }}"), "templates/email/email.mjml:1:"),
    ],
)
def test_what_is_wrong_is_shown_and_heals(
    path: str, frame: bool, broken: tuple[str, str], where: str, watched: Watched
) -> None:
    """An error in a source or a template is shown with its place, and goes by itself when it is mended."""
    root, page = watched(path)
    name, text = broken
    before = (root / name).read_bytes() if (root / name).exists() else None
    shown = page.frame_locator("iframe >> nth=0") if frame else page
    written(root, {"newsletter.yaml": _SETTINGS, name: text})
    expect(shown.locator(".findings")).to_contain_text(where)
    if before is None:
        (root / name).unlink()
    else:
        (root / name).write_bytes(before)
    expect(shown.locator(".findings[data-wrong]")).to_have_count(0)
    expect(shown.locator("h1")).to_contain_text("Issue 2" if "2023" in path else "Weekly")


def test_the_desk_shows_every_edition(server: Served, look: Look) -> None:
    """Emails are light and dark, whatever the browser prefers, as wide as they say, with images and without."""
    for scheme in ("light", "dark"):
        page = look(server, "/_desk/2023-03-11/", scheme)
        frames = page.frames[1:]
        assert len(frames) == 7
        for frame in frames:
            frame.wait_for_load_state("load")
        emails = frames[:5]
        paper = [frame.evaluate("getComputedStyle(document.body).backgroundColor") for frame in emails]
        assert paper[0] == paper[2] == paper[4]
        assert paper[1] == paper[3]
        assert sum(map(int, paper[0][4:-1].split(","))) > 700
        assert sum(map(int, paper[1][4:-1].split(","))) < 100
        assert [frame.evaluate("innerWidth") for frame in emails] == [375, 375, 680, 680, 375]
        shown = [frame.evaluate("document.images[0].naturalWidth") for frame in emails]
        assert shown == [1, 1, 1, 1, 0]
        assert "* Entry" not in frames[5].inner_text("pre")
        assert "https://example.org/59" in frames[5].inner_text("pre")
        assert "Message-ID: <" in frames[6].inner_text("pre")
        assert all(frame.evaluate("document.scripts.length") == 0 for frame in frames)


def test_the_desk_follows_without_a_new_page(root: Path, server: Served, look: Look) -> None:
    """What changes is seen on the desk, while what is being typed and where frames stand stays."""
    page = look(server, "/_desk/2023-03-11/")
    _marked(page)
    page.frames[2].evaluate("window.marked = true")
    phone = page.frame_locator("iframe >> nth=0")
    expect(phone.get_by_text("Entry 0", exact=True)).to_be_attached()
    page.fill("input[name=title]", "being typed")
    page.frames[1].evaluate("scrollTo(0, 700)")
    _replaced(root, _INDEX, "Entry 0]", "The first]")
    _replaced(root, _INDEX, "https://example.org/5)", "http://arxiv.org/pdf/2307.09288v1)")
    expect(page.locator(".findings")).to_contain_text("as “Llama 2”")
    expect(page.locator(".findings code")).to_contain_text([f"{_INDEX}:17:1"])
    expect(phone.get_by_text("The first", exact=True)).to_be_attached()
    assert page.input_value("input[name=title]") == "being typed"
    page.wait_for_function("document.querySelector('iframe').contentWindow.scrollY === 700")
    expect(page.frame_locator("iframe >> nth=1").get_by_text("The first", exact=True)).to_be_attached()
    assert page.frames[2].evaluate("window.marked === true")
    assert _stays(page)


def test_a_frame_that_was_loading_shows_what_changed_last(root: Path, server: Served, look: Look) -> None:
    """An answer that a frame waits for since before a save does not come behind what was put in for it."""
    page = look(server, "/_desk/2023-03-11/")
    _marked(page)
    late: list[tuple[Route, APIResponse]] = []

    def held(route: Route) -> None:
        if route.request.resource_type == "document" and not late:
            late.append((route, route.fetch()))
        else:
            route.continue_()

    page.route("**/text/", held)
    written(root, {"newsletter.yaml": _SETTINGS, "static/look.css": "h1 { color: red }"})
    while not late:
        page.wait_for_timeout(20)
    _replaced(root, _INDEX, "Entry 0]", "The first]")
    expect(page.frame_locator("iframe >> nth=0").get_by_text("The first", exact=True)).to_be_attached()
    page.wait_for_timeout(500)
    with contextlib.suppress(Error):  # nobody waits for it any more
        late[0][0].fulfill(response=late[0][1])
    page.wait_for_timeout(500)
    expect(page.frame_locator("iframe >> nth=5").locator("pre")).to_contain_text("The first")


def test_what_is_closed_stays_closed(root: Path, look: Look) -> None:
    """A part of the desk that its reader has closed is not opened by the next save."""
    _replaced(root, _INDEX, "Entry 5]", "The fifth]")
    _replaced(root, "issues/2023-03-04/index.md", "[Llama 2]", "[Entry 5](https://example.org/5)\n\n[Llama 2]")
    with served(root) as server:
        page = look(server, "/_desk/2023-03-11/")
        part = page.locator("details", has_text="In both, not the same")
        part.locator("summary").click()
        _replaced(root, _INDEX, "The fifth]", "The new fifth]")
        expect(part).to_contain_text("The new fifth")
        assert part.get_attribute("open") is None


def test_the_way_to_the_desk_lies_over_a_page_of_what_is_wrong(root: Path, server: Served, look: Look) -> None:
    """The link to the desk has its style there, too, under the policy of the desk: it takes no room in the page."""
    (root / _INDEX).write_text(_OOPS)
    page = look(server, "/2023-03-11/")
    expect(page.locator(".findings")).to_contain_text(f"{_INDEX}:3:")
    assert page.evaluate("document.querySelector('nav[aria-label=\"publish serve\"]').clientHeight") == 0


def test_the_search_finds_what_the_last_build_had(root: Path, look: Look) -> None:
    """The search of the site works on the server, too, by the index that stands in `out/`."""
    written(root, {"newsletter.yaml": f"{_SETTINGS}search: true\n"})
    assert publish("-C", str(root), "build").code == 0
    with served(root) as server:
        page = look(server, "/search/?q=Llama")
        expect(page.locator(".results")).to_contain_text("Llama 2")


def test_a_server_that_comes_back_is_found(root: Path, look: Look) -> None:
    """A page whose server was started anew shows the publication as it is then."""
    with served(root) as first:
        page = look(first, "/_desk/2023-03-11/")
        first.process.kill()
        expect(page.get_by_text("The server is gone")).to_be_visible()
        _replaced(root, _INDEX, "# Issue 2", "# Later")
        with served(root, "--port", str(first.port)):
            expect(page.locator("h1")).to_contain_text("Later", timeout=10_000)
            expect(page.get_by_text("The server is gone")).to_be_hidden()


def test_a_link_is_put_in_by_the_desk(root: Path, server: Served, look: Look) -> None:
    """The form of the desk shows whether a link is new, then puts it into the next issue, and nothing else changes."""
    before = own_files(root)
    page = look(server, "/_desk/2023-03-11/")
    page.get_by_label("Address").fill("http://www.arxiv.org/pdf/2307.09288")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("In issue 1 (2023-03-04), Papers, 2 issues ago, as “Llama 2”")
    assert own_files(root) == before
    page.get_by_label("Address").fill("https://new.example/?utm_source=x")
    page.get_by_label("Into").select_option("2023-03-11")
    page.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("New: no issue has had it.")
    assert own_files(root) == before
    page.get_by_label("Title").fill("A new one")
    page.get_by_role("button", name="Add it").click()
    expect(page.locator("h1")).to_have_text("Added")
    now = own_files(root)
    assert {path for path in now if now[path] != before.get(path)} == {root / _INDEX}
    assert now[root / _INDEX] == before[root / _INDEX] + b"\n[A new one](https://new.example/)\n"


def test_the_bookmarklet_brings_the_page_that_one_is_on(root: Path, server: Served, look: Look) -> None:
    """The bookmark of the desk opens the form with address and title of another site's page, and changes nothing."""
    script = look(server, "/_desk/").get_by_role("link", name="Add to").get_attribute("href")
    before = own_files(root)
    with web_server.serving() as site:
        title = "A title & <b>more</b> “新”"
        url = site.on(
            "/page?a=1&b=2", web_server.html(f"<meta charset=utf-8><title>{title.replace('<', '&lt;')}</title>")
        )
        page = look(server, "/")
        page.goto(url)
        with page.expect_popup() as popup:
            page.evaluate("script => { location.href = script; }", script)
        form = popup.value
        expect(form.get_by_label("Address")).to_have_value(url)
        expect(form.get_by_label("Title")).to_have_value(title)
        expect(form.get_by_role("status")).to_contain_text("New: no issue has had it.")
        assert own_files(root) == before
        form.get_by_role("button", name="Add it").click()
        expect(form.locator("h1")).to_have_text("Added")
    assert (root / "inbox.yaml").exists()


def test_other_sites_put_nothing_in(root: Path, server: Served, look: Look) -> None:
    """Another site's page can send the desk's form, ask by script or frame it: nothing changes and nothing is seen."""
    fields = {"url": "https://evil.example/", "key": server.key(), "looked": " https://evil.example/"}
    inputs = "".join(f'<input name="{name}" value="{value}">' for name, value in fields.items())
    before = own_files(root)
    with web_server.serving("127.0.0.1") as site:
        send = "<script>document.forms[0].submit()</script>"
        form = f'<form method=post action="{server.url}/_desk/add">{inputs}</form>{send}'
        page = look(server, "/")
        page.goto(site.on("/form", web_server.html(form)))
        expect(page.locator("body")).to_contain_text("Only the desk's own pages may change something.")
        page.goto(site.on("/frame", web_server.html(f'<iframe src="{server.url}/_desk/2023-03-11/"></iframe>')))
        page.wait_for_load_state("networkidle")
        assert page.frames[1].url == "chrome-error://chromewebdata/"
        read = "url => fetch(url, {mode: 'no-cors'}).then(answer => answer.type, error => 'refused')"
        assert page.evaluate(read, f"{server.url}/_desk/desk.js") == "refused"
    assert own_files(root) == before


def test_titles_with_script_stay_text(root: Path, server: Served, look: Look) -> None:
    """Script in any title, address or finding is text on the desk, in the form and on pages of what is wrong."""
    entry = {"title": _EVIL, "url": "https://a.example/", "section": "<script>alert(2)</script>"}
    written(root, {"newsletter.yaml": _SETTINGS, "issues/2023-03-18/a.yaml": json.dumps([entry, entry])})
    page = look(server, "/_desk/2023-03-18/")
    expect(page.locator(".findings")).to_contain_text("twice in this issue")
    expect(page.locator(".findings")).to_contain_text("<img src=x onerror=alert(1)>")
    page.get_by_text("2 new", exact=True).click()
    expect(page.locator("details[open]")).to_contain_text("<script>alert(2)</script>")
    page.goto(
        f"{server.url}/_desk/add?url={quote('https://a.example/?' + _EVIL)}&title={quote(_EVIL)}&note={quote(_EVIL)}"
    )
    expect(page.locator("input[name=title]")).to_have_value(_EVIL)
    page.get_by_role("button").click()
    expect(page.locator("h1")).to_be_visible()
    written(root, {"newsletter.yaml": "title: <script>alert(3)</script>\nurl: '\"><script>alert(4)</script>'\n"})
    page.goto(f"{server.url}/")
    expect(page.locator(".findings")).to_contain_text("newsletter.yaml:2:")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_the_desk_is_for_everyone(scheme: Literal["light", "dark"], width: int, root: Path, look: Look) -> None:
    """Axe finds nothing on any page of the desk, nor on one that renews itself, and none is wider than the screen."""
    _replaced(root, _INDEX, "https://example.org/5)", "http://arxiv.org/pdf/2307.09288v1?utm_source=x)")
    with served(root) as server:
        paths = [
            "/_desk/2023-03-11/",
            "/_desk/add?url=https://a.example/",
            "/_desk/add?url=javascript:x",
            "/2023-03-11/",
        ]
        paths += ["/_desk/2023-03-11/text/", "/_desk/2023-03-11/source/"]
        for path in paths:
            _examined(look(server, path, scheme, width))
        written(root, {"newsletter.yaml": "title: [\n"})
        page = look(server, "/", scheme, width)
        expect(page.locator("h1")).to_have_text("Nothing can be built")
        _examined(page)


def _examined(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true; })")
    found = Axe().run(page)
    assert not found.response["violations"], (page.url, found.generate_report())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url

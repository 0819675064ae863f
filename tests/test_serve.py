"""`publish serve`: the site as a build makes it, the desk's figures, who may ask, and what a link's way in changes."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from publications import SETTINGS, own_files, publish, written
from serving import Served, served

from pipeline.project import Project
from pipeline.serve.about import about
from pipeline.serve.kept import Kept
from pipeline.serve.preview import email
from pipeline.serve.watching import Watch

_FIRST = """\
# Issue 1

## Papers

[Whisper](https://arxiv.org/abs/2212.04356): speech

[Llama 2](https://arxiv.org/abs/2307.09288)
"""
_SECOND = """\
# Issue 2

Words above.

## Papers

[Mistral 7B](https://arxiv.org/abs/2310.06825)

![A picture](a.png)

## Papers of old

[Whisper, again](https://arxiv.org/abs/2212.04356v2)
"""
_FILES = {
    "newsletter.yaml": f"{SETTINGS}sections: [Papers]\nfeeds: {{issues: 1, entries: 1}}\n",
    "issues/2023-03-04/index.md": _FIRST,
    "issues/2023-03-11/index.md": _SECOND,
    "issues/2023-03-11/a.png": b"\x89PNG\r\n\x1a\n",
    "issues/2023-03-18/index.md": "---\ndraft: true\n---\n# Issue 3\n\n[Draft](https://draft.example/)\n",
    "static/humans.txt": "us\n",
    "static/sent-in.html": "<script>parent.location = '/'</script></body>",
    "static/sent-in.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication that nobody changes."""
    return written(tmp_path_factory.mktemp("served"), _FILES)


@pytest.fixture(scope="module")
def server(root: Path) -> Iterator[Served]:
    """Its server."""
    with served(root) as running:
        yield running


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A publication of the test's own."""
    return written(tmp_path, _FILES)


def test_the_site_is_the_one_that_a_build_makes(root: Path, server: Served, tmp_path: Path) -> None:
    """Every file of a build is served byte for byte, pages with one script behind them; and none of it is written."""
    assert not (root / "out").exists()
    copy = written(tmp_path, _FILES)
    assert publish("-C", str(copy), "build").code == 0
    made = {path.relative_to(copy / "out").as_posix(): path.read_bytes() for path in (copy / "out").rglob("*.*")}
    paths = [path for path in made if not path.startswith((".", "pagefind/"))]
    assert {"feeds/issues-1.atom.xml", "sections/papers/index.html"} <= set(paths)
    for path in paths:
        answer = server.ask(f"/{path.removesuffix('index.html')}")
        script = rb'<script type="module" src="/_desk/renew\.js" [^>]*></script>\n'
        shown, count = re.subn(script, b"", answer.body)
        is_page = path.endswith(".html") and not path.endswith(("/email.html", "sent-in.html"))
        assert (path, shown, count) == (path, made[path], int(is_page))
        assert answer.status == 200


def test_what_is_not_there_is_the_sites_own_page(server: Served) -> None:
    """A page that is missing is told with 404 and the site's own words; a folder without its slash leads to it."""
    assert server.ask("/nothing/").status == 404
    assert b"</html>" in server.ask("/nothing/").body
    assert server.ask("/2023-03-04").headers["location"] == "/2023-03-04/"
    for path in (
        "/../newsletter.yaml",
        "/2023-03-04/../../newsletter.yaml",
        "/%2e%2e/newsletter.yaml",
        "/2023-03-04/index.md",
    ):
        assert server.ask(path).status == 404


def test_the_search_asks_what_the_last_build_made(own: Path) -> None:
    """The index of the search comes from `out/`, and nothing else does."""
    written(own, {"newsletter.yaml": SETTINGS, "out/pagefind/pagefind.js": "1;", "out/index.html": "old"})
    (own / "out/pagefind/link.js").symlink_to(own / "newsletter.yaml")
    with served(own) as server:
        assert server.ask("/pagefind/pagefind.js").body == b"1;"
        assert server.ask("/").body != b"old"
        for path in ("/pagefind/../index.html", "/pagefind/%2e%2e/%2e%2e/newsletter.yaml", "/pagefind/link.js"):
            assert server.ask(path).status == 404


def test_the_desk_opens_on_the_newest_issue(server: Served) -> None:
    """The desk leads to the newest issue, drafts too, and marks those; an issue that is none leads back."""
    assert server.ask("/_desk/").headers["location"] == "/_desk/2023-03-18/"
    page = server.ask("/_desk/2023-03-18/").text
    assert '<span class="draft">draft</span>' in page
    assert "data-draft" in server.ask("/2023-03-18/").text
    assert "data-draft" not in server.ask("/2023-03-11/").text
    assert server.ask("/_desk/2020-01-01/").headers["location"] == "/_desk/"


@pytest.mark.parametrize("name", ["2023-03-04", "2023-03-11", "2023-03-18"])
def test_the_desk_tells_what_a_check_tells(name: str, own: Path) -> None:
    """The findings of the desk are those of `publish check`, each with its line, after a change too."""
    kept = Kept(Project(root=own))
    for more in ("", "\n[Llama, again](http://arxiv.org/abs/2307.09288?utm_source=x)\n"):
        path = own / "issues" / name / "index.md"
        path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
        kept.touch([f"issues/{name}/index.md"])
        found = about(kept.project, kept.state(), name)
        assert found
        told = [(str(one.location), str(one.severity), one.rule, one.message) for one in found.findings]
        checked = publish("-C", str(own), "check", name, "--format", "json").findings
        wanted = [
            (f"{one['path']}:{one['line']}:{one['column']}", one["severity"], one["rule"], one["message"])
            for one in checked
        ]
        assert told == wanted
    assert told


def test_the_desk_weighs_the_email(own: Path) -> None:
    """The size is that of the email which a build makes, and the sections come heaviest first."""
    kept = Kept(Project(root=own))
    found = about(kept.project, kept.state(), "2023-03-11")
    publish("-C", str(own), "build")
    assert found
    assert found.email
    assert found.email.size == (own / "out/2023-03-11/email.html").stat().st_size
    assert {part.title for part in found.sections} == {"", "Papers", "Papers of old"}
    assert list(found.sections) == sorted(found.sections, key=lambda part: -part.size)
    assert found.diff
    assert [spot.entry.title for spot in found.diff.added] == ["Mistral 7B"]


def test_a_change_is_read_and_nothing_else(own: Path) -> None:
    """After any change the publication is the one that is read anew; issues that were not touched are not read."""
    kept = Kept(Project(root=own))
    before = kept.state()
    assert kept.state() is before
    (own / "issues/2023-03-04/index.md").write_text("# Eins\n\n[a](https://a.example/)\n", encoding="utf-8")
    written(
        own,
        {
            "newsletter.yaml": f"{SETTINGS}sections: [Papers]\n",
            "issues/2023-03-25/index.md": "# Vier\n\n[b](https://b.example/)\n",
        },
    )
    kept.touch(["issues/2023-03-04/index.md", "issues/2023-03-25"])
    after = kept.state()
    assert after.number != before.number
    assert after.archive == Kept(Project(root=own)).state().archive
    assert [issue.title for issue in after.archive] == ["Eins", "Issue 2", "Issue 3", "Vier"]
    assert after.reads["2023-03-11"] is before.reads["2023-03-11"]
    (own / "issues/2023-03-25/index.md").unlink()
    (own / "issues/2023-03-25").rmdir()
    kept.touch(["issues/2023-03-25/index.md"])
    assert kept.state().names == before.names


@pytest.mark.parametrize(
    ("path", "text", "where"),
    [
        ("issues/2023-03-11/index.md", "[a](https://a.example\n", "issues/2023-03-11/index.md:1:"),
        ("newsletter.yaml", "title: [\n", "newsletter.yaml:"),
        ("templates/web/front.html", "{{ nothing }}", "templates/web/front.html:1:"),
        ("templates/labels/en.yaml", "issue: '{'\n", "templates/labels/en.yaml:1:"),
    ],
)
def test_what_is_wrong_is_told_until_it_is_mended(path: str, text: str, where: str, own: Path) -> None:
    """An error in a source, a setting, a template or a label is the page, with its place, until it is mended."""
    before = (own / path).read_bytes() if (own / path).exists() else None
    with served(own) as server:
        assert server.ask("/").status == 200
        written(own, {"newsletter.yaml": _FILES["newsletter.yaml"], path: text})
        answer = _until(server, 500)
        assert "Nothing can be built" in answer
        assert f"<code>{where}" in answer
        if path.startswith(("issues", "newsletter")):
            assert f"<code>{where}" in server.ask("/_desk/2023-03-11/").text
        if before is None:
            (own / path).unlink()
        else:
            (own / path).write_bytes(before)
        assert "Nothing can be built" not in _until(server, 200)


def _until(server: Served, status: int) -> str:
    """The front page as soon as it is answered so."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        answer = server.ask("/")
        if answer.status == status:
            return answer.text
        time.sleep(0.02)
    raise AssertionError(answer.text)


def test_folders_that_come_later_are_watched(own: Path) -> None:
    """Changes are told by path, in folders that came later too; `out/` and what editors keep for themselves are not."""
    told: list[str] = []
    watch = Watch(own, told.extend)
    try:
        written(own, {"newsletter.yaml": SETTINGS, "templates/web/style.css": "a {}", "out/a.html": "", ".git/a": ""})
        _told(told, "newsletter.yaml", "templates")
        (own / "templates/web/style.css").write_text("b {}", encoding="utf-8")
        _told(told, "templates/web/style.css")
        for name in (".index.md.swp", "index.md~", "#index.md#", "4913"):
            (own / "issues/2023-03-04" / name).write_text("mine\n", encoding="utf-8")
        (own / "issues/2023-03-04/index.md").write_text("# x\n", encoding="utf-8")
        _told(told, "issues/2023-03-04/index.md")
    finally:
        watch.stop()
    assert not [path for path in told if path.startswith(("out", ".git")) or path.endswith((".swp", "~", "#", "4913"))]


def _told(told: list[str], *paths: str) -> None:
    end = time.monotonic() + 10
    while not set(paths) <= set(told):
        assert time.monotonic() < end, told
        time.sleep(0.01)


def test_an_email_is_shown_by_day_and_by_night() -> None:
    """What a style asks of the reader's preference is answered by the desk, and only styles are."""
    text = "(prefers-color-scheme: dark) color-scheme: light dark"
    html = (
        '<html><head><meta name="color-scheme" content="light dark"><style>:root { color-scheme: light dark; }'
        "@media screen and (prefers-color-scheme:dark) { a {} } @media (prefers-color-scheme: light) { b {} }</style>"
        f'</head><body>{text}<img src="https://weekly.example/a/b.png"></body></html>'
    ).encode()
    dark, light = (email(html, "https://weekly.example", dark=dark).decode() for dark in (True, False))
    assert 'content="dark"' in dark
    assert "{ color-scheme: dark; }@media screen and (min-width: 0) { a {} } @media (max-width: 0) { b {} }" in dark
    assert "{ color-scheme: light; }@media screen and (max-width: 0) { a {} } @media (min-width: 0) { b {} }" in light
    assert f'<body>{text}<img src="/a/b.png">' in dark


# --- who may ask


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:{port}", "localhost:1", "localhost", ""])
def test_other_names_are_refused(host: str, server: Served) -> None:
    """A name that another site has let lead here is refused, on every page."""
    for path in ("/", "/_desk/", "/_desk/events", "/_desk/desk.js"):
        answer = server.ask(path, Host=host.format(port=server.port))
        assert answer.status in (400, 403)
        assert b"</html>" not in answer.body
    assert server.ask("/", Host=f"LocalHost:{server.port}").status == 200


_FORM = {"url": "https://new.example/", "title": "New"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://localhost:{port}"},
        {"Origin": "", "Sec_Fetch_Site": "cross-site"},
    ],
)
def test_other_sites_change_nothing(headers: dict[str, str], own: Path) -> None:
    """A form that another site sends is refused, be its key ever so right, and no file is touched."""
    with served(own) as server:
        before = own_files(own)
        sent = {name: value.format(port=server.port) for name, value in headers.items()}
        assert server.save(_FORM, **sent).status == 403
        assert own_files(own) == before


def test_a_form_without_the_key_changes_nothing(own: Path) -> None:
    """A form of the right origin needs the key of this start; a form that is too long, or none, is refused too."""
    with served(own) as server:
        before = own_files(own)
        ours = {"Origin": server.url}
        assert server.save({**_FORM, "key": "x"}).status == 403
        assert server.ask("/_desk/add", "POST", _FORM, **ours).status == 403
        assert server.ask("/_desk/add", "POST", {**_FORM, "note": "x" * 70_000}, **ours).status == 413
        assert server.ask("/_desk/add", "POST", _FORM, Content_Type="text/plain", **ours).status == 415
        assert server.ask("/_desk/add", "PUT", _FORM, **ours).status == 405
        assert server.ask("/_desk/add?" + "url=https://new.example/&key=" + server.key()).status == 200
        assert own_files(own) == before


def test_nobody_shows_the_desk_in_a_frame(server: Served) -> None:
    """No other site may frame, read or cache what is served, and the desk runs no script but its own."""
    for path in ("/", "/_desk/2023-03-04/", "/_desk/add", "/feed.xml", "/nothing"):
        headers = server.ask(path).headers
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
    assert "script-src 'self'" in server.ask("/_desk/2023-03-04/").headers["content-security-policy"]
    assert "content-security-policy" not in server.ask("/humans.txt").headers
    for page in ("/sent-in.html", "/sent-in.svg"):
        assert server.ask(page).headers["content-security-policy"] == "sandbox allow-scripts"


def test_other_hosts_need_the_token(own: Path) -> None:
    """Where others may come from, nothing is answered without the token; with it a browser is known from then on."""
    with served(own, "--host", "0.0.0.0") as server:  # noqa: S104
        token = server.printed.partition("token=")[2]
        assert len(token) >= 32
        for path in (
            "/",
            "/_desk/",
            "/_desk/desk.js",
            "/_desk/add?token=",
            f"/?token={token[:-1]}",
            f"/?token={token}x",
        ):
            assert server.ask(path).status == 403
        assert server.ask("/", Cookie=f"publish-{server.port}=x").status == 403
        assert server.ask("/_desk/add", "POST", {"token": token}, Origin=server.url).status == 403
        answer = server.ask(f"//evil.example/?a=b&token={token}")
        assert (answer.status, answer.headers["location"]) == (303, "/evil.example/?a=b")
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
        known = cookie.partition(";")[0]
        assert server.ask("/_desk/2023-03-04/", Cookie=known).status == 200
        assert server.ask("/_desk/add", "POST", _FORM, Cookie=known, Origin="https://evil.example").status == 403


# --- a link's way in


def test_a_verdict_is_shown_before_anything_is_saved(server: Served, root: Path) -> None:
    """A link is new, or in issue 1 as Llama 2, by whatever spelling, and what only tracks readers is told."""
    before = own_files(root)
    new = server.ask("/_desk/add?url=https://new.example/?utm_source=x").text
    assert "New: no issue has had it." in new
    assert "utm_source" in new
    had = server.ask("/_desk/add?url=http://www.arxiv.org/pdf/2307.09288v3").text
    assert re.search(r"In issue 1 \(2023-03-04\), Papers, 2 issues ago, as “Llama 2”", had)
    assert "It cannot be put down." in server.ask("/_desk/add?url=javascript:alert(1)").text
    assert own_files(root) == before


def test_a_link_comes_into_the_inbox(own: Path) -> None:
    """What is saved stands in the inbox, and every other byte stays; a second time it is told that it waits."""
    inbox = own / "inbox.yaml"
    old = b"# mine\r\n\r\n-   title: 'One'   # odd\r\n    url: https://one.example/\r\n"
    inbox.write_bytes(old)
    with served(own) as server:
        answer = server.save(
            {"url": "https://new.example/?utm_source=x", "title": "Neu  &\n新", "section": "papers", "note": "*why*"}
        )
        assert "inbox.yaml:5" in answer.text
        assert inbox.read_bytes().startswith(old)
        assert b"utm_source" not in inbox.read_bytes()
        after = inbox.read_bytes()
        again = server.save({"url": "https://new.example/", "title": "x"})
        assert "Waits in the inbox already" in again.text
        assert inbox.read_bytes() == after
    [_, entry] = yaml.safe_load(after)
    assert entry["title"] == "Neu & 新"
    assert (entry["section"], entry["note"]) == ("Papers", "*why*")


def test_a_link_comes_into_the_next_issue(own: Path) -> None:
    """What is saved into an issue stands at the end of its section, and every other byte of all files stays."""
    with served(own) as server:
        before = own_files(own)
        path = own / "issues/2023-03-11/index.md"
        answer = server.save({"url": "https://new.example/", "title": "New", "into": "2023-03-11", "section": "Papers"})
        assert "issues/2023-03-11/index.md:" in answer.text
        changed = {name for name, data in own_files(own).items() if before.get(name) != data}
        assert changed == {path}
        old, now = before[path].decode(), path.read_text(encoding="utf-8")
        head, _, tail = now.partition("[New](https://new.example/)")
        assert old.startswith(head.rstrip("\n"))
        assert old.endswith(tail.lstrip("\n"))


def test_a_verdict_that_was_not_seen_is_shown_first(own: Path) -> None:
    """Where the address or the place was changed since the verdict, the new verdict comes before anything is saved."""
    with served(own) as server:
        before = own_files(own)
        seen = {"looked": " https://new.example/"}
        answer = server.save({"url": "https://arxiv.org/abs/2307.09288", **seen})
        assert "as “Llama 2”" in answer.text
        server.save({"url": "https://new.example/", "into": "2023-03-11", **seen})
        server.save({"url": "javascript:alert(1)"})
        server.save({"url": "https://new.example/", "into": "../../..", "looked": "../../.. https://new.example/"})
        assert own_files(own) == before


# --- starting and ending


def test_what_keeps_it_from_starting_is_told(own: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A port that is taken, and a folder that is no publication, are told in one line."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ran = publish("-C", str(own), "serve", "--port", str(port))
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"error: another program listens at port {port}: --port takes another number [listen]\n"
    ran = publish("-C", str(tmp_path_factory.mktemp("empty")), "serve", "--port", "0")
    assert ran.code == 1
    assert "[missing-settings]" in ran.err


_BARE = """
import sys
class Without:
    def find_spec(self, name, path=None, target=None):
        if name == "starlette":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Without())
from pipeline.cli import main
main()
"""


def test_what_it_needs_is_named(own: Path) -> None:
    """Where its libraries are not installed, one line says which command brings them."""
    ran = subprocess.run(
        [sys.executable, "-c", _BARE, "-C", str(own), "serve"], capture_output=True, text=True, check=False
    )
    wanted = 'error: this needs starlette: pip install "publish-newsletter[web]" brings it [missing-extra]\n'
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", wanted)


def test_it_ends_when_it_is_told_to(own: Path) -> None:
    """Ctrl-C ends it at once, also while browsers listen, and leaves nothing behind."""
    with served(own) as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as listener:
            listener.sendall(f"GET /_desk/events HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode())
            heard = b""
            while b"data: " not in heard:
                heard += listener.recv(65536)
            begun = time.monotonic()
            server.process.send_signal(signal.SIGINT)
            _, told = server.process.communicate(timeout=10)
        assert (server.process.returncode, told) == (0, "Ctrl-C ends it.\n")
        assert time.monotonic() - begun < 1.9
    assert own_files(own).keys() == own_files(written(own, _FILES)).keys()


def test_killed_it_holds_nothing(own: Path) -> None:
    """After `kill -9` other commands work on, and the port is free."""
    with served(own) as server:
        server.save(_FORM)
        server.process.kill()
        server.process.wait()
        assert publish("-C", str(own), "build").code == 0
        assert publish("-C", str(own), "add", "https://other.example/").code == 0
        with socket.create_server(("127.0.0.1", server.port)):
            pass

"""From the form in a browser to the letter, its one click, and the letter that does not come."""

from __future__ import annotations

import email
import email.policy
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route, expect
from publications import publish
from services import SETTINGS, serving, settled, states

pytestmark = pytest.mark.needs("chromium")

ISSUE = "# {0}\n\n## S\n\n### [A](https://a.example/{0})\n* a note\n"


def _letters(root: Path) -> dict[str, email.message.EmailMessage]:
    """The letters that readers have got, by subject and address."""
    found = {}
    for path in (root / "var/mail/new").iterdir():
        one = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(one, email.message.EmailMessage)
        found[f"{one['Subject']} {one['To']}"] = one
    return found


def test_a_reader_comes_and_goes(tmp_path: Path, chromium: Browser) -> None:
    """Who subscribes in a browser and confirms gets the next issue; after one click of its header, none any more."""
    for number, day in enumerate(("2023-03-04", "2023-03-11")):
        folder = tmp_path / "issues" / day
        folder.mkdir(parents=True)
        (folder / "index.md").write_text(ISSUE.format(f"N{number}"))
    with serving(tmp_path, SETTINGS) as site:
        assert publish("build", "-C", str(tmp_path)).code == 0
        page = chromium.new_context(java_script_enabled=False).new_page()

        def ours(route: Route) -> None:
            """As the web server before the service does."""
            where = route.request.url.partition("weekly.example")[2]
            route.fulfill(response=route.fetch(url=f"http://127.0.0.1:{site.port}{where}"))

        page.route("https://weekly.example/list/**", ours)
        for reader in ("goes@b.example", "stays@b.example"):
            page.goto("https://weekly.example/list/subscribe")
            page.get_by_label("Email address").fill(reader)
            page.get_by_role("button", name="Subscribe").click()
            expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
            page.goto("https://weekly.example" + settled(tmp_path, reader))
            page.get_by_role("button", name="Yes, send it to me").click()
            expect(page.get_by_role("heading", name="You are subscribed")).to_be_visible()
        page.context.close()
        assert "2 sent" in publish("send", "2023-03-04", "-C", str(tmp_path), "--yes").out
        letter = _letters(tmp_path)["N0 goes@b.example"]
        assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        [path] = re.findall(r"<https://weekly\.example(/list/leave\?t=[\w-]{48})>", letter["List-Unsubscribe"])
        body = letter.get_body(("plain",))
        assert body is not None
        assert f"https://weekly.example{path}" in body.get_content()
        assert site.ask(path, b"List-Unsubscribe=One-Click").status == 200
        assert states(tmp_path)["goes@b.example", "main"] == "unsubscribed"
        assert "1 sent" in publish("send", "2023-03-11", "-C", str(tmp_path), "--yes").out
    assert {name for name in _letters(tmp_path) if name[0] == "N"} == {
        "N0 goes@b.example", "N0 stays@b.example", "N1 stays@b.example"
    }  # fmt: skip

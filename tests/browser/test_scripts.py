"""Nothing that an issue carries runs as a script in a reader's browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import PageFactory
from publications import SETTINGS, publish, written

pytestmark = pytest.mark.needs("chromium")

_NOTES = [
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
    "<iframe src=javascript:parent.alert(1)></iframe>",
    "<a href=javascript:alert(1)>raw</a>",
    '<a href="&#106;ava&#9;script:alert(1)">reference</a>',
    "<form action=javascript:alert(1)><button>form</button></form>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<math><mi xlink:href=javascript:alert(1)>math</mi></math>",
    "<b title='\"><script>alert(1)</script>'>x</b>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<table><td></p></div></article></main></body><script>alert(1)</script>",
    "<body onload=alert(1)><meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<![CDATA[ ]]><script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[x](https://a.example/'onmouseover='alert(1))",
    '<https://a.example/"onmouseover="alert(1)>',
    '![x" onerror="alert(1)](a.png "y")',
    '`"><script>alert(1)</script>`',
    "]]><svg onload=alert(1)>",
]
_TEXT = """"'><img src=x onerror=alert(1)></title></style><script>alert(1)</script><!--"""


def _publication(root: Path) -> Path:
    """A publication with a script in every field, and in a note every way to hide one."""
    text = json.dumps(_TEXT)
    entry: dict[str, object] = {
        "title": _TEXT,
        "url": "https://a.example/'\"><script>alert(1)</script>",
        "author": _TEXT,
        "tags": [_TEXT],
    }
    entry |= {"links": [{"title": _TEXT, "url": 'https://a.example/?a="onmouseover=alert(1)'}], "section": _TEXT}
    entries = [{**entry, "note": note} for note in [*_NOTES, _TEXT.removesuffix("<!--")]]
    return written(
        root,
        {
            "newsletter.yaml": f"{SETTINGS.replace('Weekly', text)}description: {text}\nauthor: {{name: {text}}}\n"
            f"email: {{why: {text}, postal_address: {text}}}\n",
            "issues/2023-03-04/issue.yaml": f"title: {text}\npreheader: {text}\nsubject: {text}\n",
            "issues/2023-03-04/entries.yaml": json.dumps(entries),
            "issues/2023-03-04/a.png": "no image",
        },
    )


def test_no_script_of_an_issue_runs(browser_page: PageFactory, tmp_path: Path) -> None:
    """Page, email and the content of feeds, with scripts in every field, run none, even where all of it is clicked."""
    root = _publication(tmp_path)
    ran = publish("build", "-C", str(root))
    assert ran.code == 0, ran.err
    out = root / "out"
    items = [
        item["content_html"]
        for name in ("feed.json", "entries.json")
        for item in json.loads((out / name).read_text())["items"]
    ]
    (tmp_path / "feeds.html").write_text(f"<!DOCTYPE html><meta charset=utf-8>{''.join(items)}")
    page = browser_page()
    ran_scripts: list[str] = []
    page.expose_function("alert", lambda *_: ran_scripts.append(page.url))
    pages = [path for path in out.rglob("*.html") if path.parent.name != "latest"]  # which leads to one of the others
    for path in (*pages, tmp_path / "feeds.html"):
        page.goto(path.as_uri())
        assert page.locator("script:not([type='application/ld+json'])").count() == 0
        page.evaluate(
            """() => {
                addEventListener("click", event => event.preventDefault());
                for (const element of document.querySelectorAll("*")) {
                    for (const name of ["click", "mouseover", "focus", "toggle"])
                        element.dispatchEvent(new MouseEvent(name, {bubbles: true, cancelable: true}));
                    for (const {name, value} of element.attributes)
                        if (name.startsWith("on") || /^\\s*(javascript|data|vbscript):/i.test(value)) alert(value);
                }
            }"""
        )
        page.wait_for_timeout(100)
    assert ran_scripts == []

"""The two publications that are measured against each other: ours and Hugo's, of one content."""

from __future__ import annotations

from pathlib import Path

from bench.content import issue

__all__ = ["hugo_site", "our_site"]

_SETTINGS = """\
title: Measured
url: https://measured.example
id: measured.example
language: en
"""

# Pages, a front page and one feed of the newest twenty: the least that Hugo can be asked for.
_HUGO = """\
baseURL = "https://measured.example/"
languageCode = "en"
title = "Measured"
disableKinds = ["taxonomy", "term", "section", "sitemap", "robotsTXT", "404"]
[services.rss]
limit = 20
[permalinks]
page = "/:contentbasename/"
"""
_BASE = """\
<!doctype html>
<html lang="{{ site.Language.Lang }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ .Title }}</title>
<link rel="canonical" href="{{ .Permalink }}">
<link rel="alternate" type="application/rss+xml" href="/index.xml">
</head>
<body>
<main>
<h1>{{ .Title }}</h1>
{{ block "main" . }}{{ end }}
</main>
</body>
</html>
"""
_SINGLE = """\
{{ define "main" }}
<time>{{ .Date.Format "2006-01-02" }}</time>
{{ .Content }}
{{ with .PrevInSection }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}
{{ with .NextInSection }}<a href="{{ .RelPermalink }}">{{ .Title }}</a>{{ end }}
{{ end }}
"""
_LIST = """\
{{ define "main" }}
<ol>
{{ range site.RegularPages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>
{{ end }}</ol>
{{ end }}
"""
_FEED = """\
<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>{{ site.Title }}</title><link>{{ site.BaseURL }}</link>
<description>{{ site.Title }}</description>
{{ range first 20 site.RegularPages }}<item><title>{{ .Title }}</title><link>{{ .Permalink }}</link>
<guid>{{ .Permalink }}</guid><pubDate>{{ .Date.Format "Mon, 02 Jan 2006 15:04:05 -0700" }}</pubDate>
<description>{{ transform.XMLEscape .Content | safeHTML }}</description></item>
{{ end }}</channel></rss>
"""


def our_site(root: Path, names: list[str]) -> None:
    """A publication of those issues at `root`."""
    _write(root / "newsletter.yaml", _SETTINGS)
    for name in names:
        _write(root / "issues" / name / "index.md", f"# Issue of {name}\n\n{issue(name)}")


def hugo_site(root: Path, names: list[str]) -> None:
    """A Hugo site of those issues at `root`."""
    layouts = {"baseof.html": _BASE, "single.html": _SINGLE, "list.html": _LIST, "rss.xml": _FEED}
    _write(root / "hugo.toml", _HUGO)
    for layout, text in layouts.items():
        _write(root / "layouts" / "_default" / layout, text)
    for name in names:
        head = f'+++\ntitle = "Issue of {name}"\ndate = "{name}"\n+++\n'
        _write(root / "content" / f"{name}.md", f"{head}\n{issue(name)}")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")

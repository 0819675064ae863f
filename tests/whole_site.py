"""A publication that has every kind of page and uses every part of the templates, in Chinese and English."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path

from publications import publish, written

__all__ = ["FILES", "KINDS", "build"]

_SETTINGS = """\
title: 周报 Weekly
url: https://weekly.example/news
language: zh-CN
description: 每周链接 <b>&amp; "links"</b>
author: {name: 编者 & Co}
search: true
on_repeat: mark
"""
_PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_NOTE = """\
* 说明，见 [链接](https://example.org/) 与 `code`
  * nested **重点。**次 https://example.org/{long}

> quoted [link](https://example.org/q)

```python
x = "{long}"
```

| model | tokens/s |
|---|---|
| 7B | {long} |

![a picture](pixel.png)

<details open><summary>more</summary><p>text</p></details>
""".replace("{long}", "a" * 150)
_RICH = f"""\
- title: Robust Speech Recognition 语音识别
  url: https://arxiv.org/abs/2212.04356
  section: 模型算法
  author: OpenAI
  published: 2022-09-21
  tags: [asr]
  via: "[@someone](https://someone.example)"
  sponsored: true
  lang: en
  links: [{{title: PDF, url: https://arxiv.org/pdf/2212.04356.pdf}}, {{title: notes, url: notes.txt}}]
  note: |
    {_NOTE.replace(chr(10), chr(10) + "    ").rstrip()}
  entries:
  - {{title: whisper.cpp, url: https://github.com/ggerganov/whisper.cpp, note: "在手机上运行 𠮷野家 テスト"}}
- title: "</title></h3><script>alert(1)</script>"
  url: "https://b.example/'\\"><script>"
  section: 模型算法
  tags: [asr]
- {{title: An entry without a link, section: 工具}}
"""
FILES: Mapping[str, str | bytes] = {
    "newsletter.yaml": _SETTINGS,
    "static/favicon.ico": b"",
    "issues/2023-03-04/index.md": "\n".join(
        ["一句开场白。\n", "## 工具\n", "工具一栏的话。\n", "## 模型算法\n"]
        + [
            f"### [Paper {place}](https://arxiv.org/abs/2301.0000{place})\n* 注意力机制的 {place} 个改进\n"
            for place in range(8)
        ]
    ),
    "issues/2023-03-11/issue.yaml": "title: 第二期\nmoved_from: 2023-03-10\nupdated: 2023-03-12\n",
    "issues/2023-03-11/entries.yaml": _RICH,
    "issues/2023-03-11/pixel.png": _PICTURE,
    "issues/2023-03-11/notes.txt": "notes",
    "issues/2023-03-18/index.md": """\
# Issue three

## 工具

[Paper 1](https://arxiv.org/abs/2301.00001): once more
* quantization of models on a phone

## Hardware

[Memory bandwidth](https://c.example/): 在手机上
""",
    "issues/2023-03-25/index.md": "---\ndraft: true\n---\n# 草稿\n\n[Unseen quantization](https://d.example/)\n",
}

KINDS: Mapping[str, str] = {
    "front": "",
    "issue": "2023-03-11/",
    "issue between two": "2023-03-04/",
    "draft": "2023-03-25/",
    "sections": "sections/",
    "section": "sections/工具/",
    "tags": "tags/",
    "tag": "tags/asr/",
    "sites": "sites/",
    "site": "sites/arxiv.org/",
    "statistics": "statistics/",
    "subscribe": "subscribe/",
    "search": "search/",
    "missing": "404.html",
}
"""An address of each kind of page; `latest/` and moved issues lead to another at once."""


def build(root: Path) -> Path:
    """The site in `out/`, made by the command."""
    ran = publish("build", "-C", str(written(root, FILES)))
    assert ran.code == 0, ran.err
    return root / "out"

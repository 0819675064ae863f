"""The plain text of an email: a letter that has everything, in lines that fit."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import wcswidth

from pipeline.model import Markdown
from pipeline.render.lines import WIDTH, _measured, wrap
from pipeline.render.notes import html
from pipeline.render.text import _addressed, _Letter, _listed, note_text
from tests.mail_samples import ISSUE, PLAIN, made, with_entries, with_settings


def _note(source: str, indent: str = "") -> str:
    return note_text(html(Markdown(source), "https://site.example/"), indent)


def test_it_reads_as_a_letter() -> None:
    """Title, date, sections underlined, entries with title, address and indented note, the footer last."""
    text = made()["email.txt"].decode()
    assert (
        text
        == """\
机器学习周报

大模型 & friends：第二期 🎉
第 2 期 · 2023年3月4日

本期有三节。


语音
====

先听。

whisper
https://github.com/openai/whisper
论文: https://arxiv.org/abs/2212.04356
OpenAI · 2022-09-21 · asr, speech
来自 @someone <https://someone.example>
  * 用 pip install 安装
  * 见说明 <https://example.net/a?b=1&c=2> 和 <https://example.net/bare>
      a = {}

    whisper.cpp
    https://github.com/ggerganov/whisper.cpp
      C++ 实现


Training
========

How to Train Really Large Models on Many GPUs?
https://lilianweng.github.io/posts/

赞助: Fast GPUs
https://ads.example/

--
您收到这封邮件，是因为您订阅了《机器学习周报》。

在浏览器中查看: https://news.example.org/2023-03-04/
退订: https://news.example.org/unsubscribe

某某编辑部
北京市海淀区 1 号 <2 楼>
"""
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a *b* **c** ~~d~~ `e`", "a b c d e"),
        ("* a\n  * b\n    c\n\n1. x\n2. y", "* a\n  * b c\n1. x\n2. y"),
        ("3. a\n4. b", "3. a\n4. b"),
        ("> a\n> b", "> a b"),
        ("one\n\ntwo", "one\n\ntwo"),
        ("* one\n\n  more\n* two", "* one\n\n  more\n* two"),
        ("```py\nif x:\n    y = '<&>'\n\n\nz\n```", "    if x:\n        y = '<&>'\n\n\n    z"),
        ("a\n***\nb", "a\n* * *\n\nb"),
        ("| a | b |\n|---|---|\n| c | d |", "a | b\nc | d"),
        ("![图](i.png)", "[图] <https://site.example/i.png>"),
        ("[PDF](p.pdf), x", "PDF <https://site.example/p.pdf>, x"),
        ("https://a.example/?x=1&y=2。", "<https://a.example/?x=1&y=2>。"),
        ("你好\n世界\nhello\nworld", "你好世界 hello world"),
        ("a<br>b <b title='x>y'>c</b><!-- d --> 1 < 2", "a\nb c 1 < 2"),
        ('<a href="https://r.example/">raw</a>', "raw <https://r.example/>"),
        ("x &amp;lt; &copy;", "x &lt; ©"),
        (
            "* <a href='https://o.example/'>o<table><tr><td><a title='x>y' href='https://i.example/'>i</a></table></a>",
            "* o\n  i <https://i.example/>\n  <https://o.example/>",
        ),
        ("<a>no address</a> [none](javascript:x)", "no address none"),
    ],
)
def test_notes_keep_their_shape(source: str, expected: str) -> None:
    """Lists, numbers, quotes, code, rules, tables, images and links of a note are readable as plain text."""
    assert _note(source) == expected


def test_indents_hold_for_every_line() -> None:
    """A note stands under its entry as a whole."""
    assert _note("* a\n  * b\n\nc", "  ") == "  * a\n    * b\n\n  c"


_STARTS = ["* ", "* ", "* ", "  * ", "  * ", "    * ", "  ", "\n", "1. ", "> "]
_WORDS = ["a ", "字，\n", "b &amp; c", "`<d>`", "**e**", "<kbd>f</kbd>", "<br>", "[g](https://g.example) ", "&nbsp;"]
_LINES = st.builds("{}{}{}\n".format, st.sampled_from(_STARTS), st.sampled_from(_WORDS), st.sampled_from(["", *_WORDS]))


@given(st.lists(_LINES, min_size=1).map("".join), st.sampled_from(["", "  ", "> "]))
def test_the_short_way_through_a_list_gives_the_same_lines(source: str, indent: str) -> None:
    """Whatever list is taken apart by its items, the walk over its tags gives line for line."""
    made = _addressed(html(Markdown(f"* {source}")))
    lines = _listed(made, indent) if made.startswith("<ul>\n") else []
    assert not lines or "\n".join(lines) == "\n".join(_Letter(indent).lines(made))


@pytest.mark.parametrize("source", ["> " * 20_000 + "x", "- " * 20_000 + "x", "<div>" * 1_500 + "x", "**a " * 9_000])
def test_deep_nesting_neither_fails_nor_grows(source: str) -> None:
    """However deep a note nests, it is read, and no margin is wider than half a line."""
    text = _note(source)
    assert text
    assert len(text) < 300_000


_UNITS = ["a ", "bcd ", "漢", "字，", "（漢", "「字」", "é ", "e\u0301", "👍🏽", "한국 ", "ｱ", "<https://e.example/> "]


@given(st.lists(st.sampled_from(_UNITS), max_size=150).map("".join))
def test_no_line_is_wider_than_the_page(text: str) -> None:
    """Lines fill at most 72 columns, wide characters counted as two, and lose no character."""
    lines = wrap(text, "* ", "  ").split("\n")
    assert all(wcswidth(line) <= WIDTH for line in lines)
    assert "".join("".join(lines).split()) == "*" + "".join(text.split())


_NARROW = ["a ", "bcd ", "e" * 80, " ", ">", "<http", "<https://f.example/> ", f"<https://f.example/{'g' * 90}>"]


@given(st.lists(st.sampled_from([*_NARROW, *_NARROW, *_UNITS]), max_size=60).map(lambda some: "".join(some).strip()))
def test_the_short_ways_to_lines_give_the_same_lines(text: str) -> None:
    """Text that is not measured character by character is wrapped as if it were."""
    assert wrap(text, "* ", "  ") == (_measured(text, "* ", "  ") or "* ")


def test_no_line_begins_with_a_mark_that_ends_a_clause() -> None:
    """Chinese lines break before an opening mark and after a closing one."""
    assert wrap("字" * 36 + "，终") == "字" * 35 + "\n字，终"
    assert wrap("字" * 35 + "（终）") == "字" * 35 + "\n（终）"
    assert wrap("字" * 35 + "👍🏽终") == "字" * 35 + "\n👍🏽终"
    assert wrap("字" * 35 + "👩‍🔬终") == "字" * 35 + "\n👩‍🔬终"


def test_addresses_stay_whole() -> None:
    """An address longer than a line stands on a line of its own, unbroken."""
    url = "https://example.org/" + "x" * 200
    assert f"\n<{url}>," in _note(f"一些文字在前面 [这里]({url}), 还有一些在后面")
    unicode = "https://example.org/" + "漢字" * 40
    assert f"\n<{unicode}>" in _note(f"一些文字在前面 [这里](<{unicode}>) 还有一些在后面")
    assert wrap(f"<{unicode}> x").startswith(f"<{unicode}>")


def test_every_address_of_the_html_is_in_the_text() -> None:
    """The text has each address that the HTML links to or shows, whole."""
    note = Markdown(
        "<a href='https://raw.example/?a=1&amp;b=2'>r</a> ![i](https://i.example/i.png) <https://auto.example>"
    )
    files = made(with_entries(replace(PLAIN, note=note), *ISSUE.entries))
    found = re.findall(r'(?:href|src)="([^"]+)"', files["email.html"].decode())
    text = files["email.txt"].decode()
    assert len(found) > 10
    for url in found:
        assert url.replace("&amp;", "&") in text or url == "https://news.example.org/"


def test_without_an_address_the_letter_ends_with_the_links() -> None:
    """No postal address is invented."""
    text = made(publication=with_settings(postal_address=""))["email.txt"].decode()
    assert text.endswith("退订: https://news.example.org/unsubscribe\n")

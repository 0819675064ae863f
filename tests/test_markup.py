"""Markdown to tokens, tokens to safe HTML."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.markup import links, plain, plain_html, tokens
from pipeline.model import Link, Markdown, Url
from pipeline.read.notes import _WORDS
from pipeline.render.notes import _rendered, html, inline


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("**です。**次", "<p><strong>です。</strong>次</p>"),
        ("次**「x」**y", "<p>次<strong>「x」</strong>y</p>"),
        ("实验，**结论**值得", "<p>实验，<strong>结论</strong>值得</p>"),
        ("参考**[a](http://b)**和", '<p>参考<strong><a href="http://b">a</a></strong>和</p>'),
        ("见`**。**次`", "<p>见<code>**。**次</code></p>"),
    ],
)
def test_emphasis_works_beside_chinese_and_japanese_text(source: str, expected: str) -> None:
    """Emphasis that begins or ends at punctuation holds beside CJK text, and nothing else of the text changes."""
    assert html(Markdown(source)) == expected


def test_bare_addresses_become_links_without_the_punctuation_behind_them() -> None:
    """A bare address in a note is a link; the full stop, bracket or Chinese mark behind it is not part of it."""
    note = Markdown("see (https://a.example/b_(c)), https://d.example/e。然后 `https://f.example`")
    assert links(note) == (
        Link(title="https://a.example/b_(c)", url=Url("https://a.example/b_(c)")),
        Link(title="https://d.example/e", url=Url("https://d.example/e")),
    )


@pytest.mark.parametrize(
    ("note", "url"),
    [
        ("see https://a.example/s/_85oW_-ZA now", "https://a.example/s/_85oW_-ZA"),
        ("**https://a.example/x_y_z*b*c**", "https://a.example/x_y_z*b*c"),
        ("*https://a.example/_b_*, said", "https://a.example/_b"),
        ("**粗**。https://a.example/~b~/_c_d 然后", "https://a.example/~b~/_c_d"),
        ("[t](https://a.example/_b_)", "https://a.example/_b_"),
    ],
)
def test_no_mark_within_an_address_is_emphasis(note: str, url: str) -> None:
    """A bare address is one link, whatever underscores, asterisks and tildes stand in it."""
    assert [link.url for link in links(Markdown(note))] == [url]


@pytest.mark.parametrize(
    "source",
    [
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](data:text/html,x)",
        "[x](&#106;avascript:alert(1))",
        "<a href='javascript:alert(1)'>x</a>",
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "<svg onload=alert(1)>",
        "`<script>`",
        "![<script>](x.png)",
    ],
)
def test_no_note_can_carry_a_script(source: str) -> None:
    """No script element, event handler or script address of a note reaches the HTML."""
    made = html(Markdown(source)).lower()
    assert "<script" not in made
    assert "javascript:" not in made
    assert "data:" not in made
    assert "onerror=" not in made.replace("&lt;", "")
    assert "onload" not in made


def test_deep_nesting_neither_fails_nor_stalls() -> None:
    """Tens of thousands of open quotes are rendered without an exception."""
    assert html(Markdown("> " * 20_000 + "x")).count("<blockquote>") > 1_000


def test_nothing_stays_relative_outside_the_issues_page() -> None:
    """With a base every address is absolute: attachments, places in the page, and those in raw HTML; without, none."""
    note = Markdown('[a](a.pdf) [b](#b) ![c](c.png) <img src="d.png"> <a href="#e">e</a> [f](https://f.example/)')
    outside = html(note, "https://x.example/2023-03-04/")
    assert sorted(re.findall('(?:href|src)="([^"]*)"', outside)) == [
        "https://f.example/",
        *(f"https://x.example/2023-03-04/{name}" for name in ("#b", "#e", "a.pdf", "c.png", "d.png")),
    ]
    assert 'href="a.pdf"' in html(note)


def test_plain_text_has_neither_marks_nor_addresses() -> None:
    """The plain text of a note is its words, on one line."""
    note = Markdown("**显存**与 `whisper`\n* [a](https://a.example) <b>b</b>\n* ![c](c.png)\n\n```\nd\n```")
    assert plain(note) == "显存与 whisper a b c d"


@pytest.mark.parametrize(
    ("source", "expected"),
    [("a **b**", "a <strong>b</strong>"), ("a\n\nb", "<p>a</p>\n<p>b</p>"), ("* a", "<ul>\n<li>a</li>\n</ul>")],
)
def test_one_paragraph_can_stand_within_a_line(source: str, expected: str) -> None:
    """A note of one paragraph loses its paragraph within a line; any other keeps its blocks."""
    assert inline(Markdown(source)) == expected


PIECES = [
    *("word", "词。", "**b**", "*em*", '`a "b" <c>`', '"q"', "'s'", "a & b", "~~no~~", "_u_", "a*b", "x_y_z", "1 < 2"),
    *("**です。**次", "**「a」**b", "，**词**", "`**。`**", "**", "*", "。", "\ua4d0", "~~~"),
    *(
        "[t](https://a.example/x?a=1&b='2'~%20)",
        "[词](https://b.example/x_(y))",
        "[r](rel.pdf)",
        *("https://bare.example", "HTTP://bare.example", "ftp://x", "://", "[r]", "[r]: javascript:a"),
    ),
]
STARTS = ["", "* ", "  * ", "- ", "1. ", "3. ", "+ ", "    ", "> ", "\n", "\n* ", "# ", "---", "\n    * "]


@given(
    st.lists(st.builds("".join, st.tuples(st.sampled_from(STARTS), st.sampled_from(PIECES), st.sampled_from(PIECES))))
)
def test_the_short_way_to_html_gives_the_same_bytes(lines: list[str]) -> None:
    """Whatever note takes the parser's own HTML, going through the tokens gives it byte for byte."""
    note = Markdown("\n".join(lines))
    short = plain_html(note)
    assert short is None or short == _rendered(tokens(note), "", {})


def test_what_a_definition_leads_to_is_looked_at() -> None:
    """No script is led to by a definition either, should one ever come to stand in a note."""
    assert html(Markdown("[a]\n\n[a]: javascript:alert(1)")) == "<p>a</p>"


@given(st.from_regex(_WORDS, fullmatch=True))
def test_words_alone_are_a_paragraph(text: str) -> None:
    """What is taken for words without being parsed is one paragraph of text to the parser too, nothing more."""
    found = tokens(text)
    assert [token.kind for token in found] == ["start", "text", "end"]
    assert found[1].value == text.rstrip(" ")


def test_a_line_end_within_chinese_is_no_space() -> None:
    """Chinese and Japanese that go on in the next line have no gap there; other scripts, Korean and code keep it."""
    assert html(Markdown("第一行，\n第二行\nthird\nライン\n- 一\n- 二")) == (
        "<p>第一行，第二行\nthird\nライン</p>\n<ul>\n<li>一</li>\n<li>二</li>\n</ul>"
    )
    assert html(Markdown("![图](a.png)一\n二"), sizes={"a.png": (1, 2)}).endswith("一二</p>")
    assert "한국어\n한국어" in html(Markdown("한국어\n한국어"))
    assert "一\n二" in html(Markdown("```\n一\n二\n```"))


def test_ordinary_notes_take_the_short_way() -> None:
    """Lists, links, code and emphasis, as most notes are, need no tokens."""
    assert plain_html(Markdown("A *word*, `code`\n\n* [t](https://a.example)\n  * nested")) is not None
    assert plain_html(Markdown("看[文](https://a.example)，`代码`，**重点。**次")) is not None


def test_a_tables_first_row_is_its_head() -> None:
    """What stands over the rule of a table is made of head cells, which those who listen hear with every cell."""
    made = html(Markdown("| a | b |\n|---|---|\n| 1 | 2 |"))
    assert "<thead><tr><th>a</th><th>b</th></tr></thead>" in made
    assert "<tr><td>1</td><td>2</td></tr>" in made

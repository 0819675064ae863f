"""Files that are read by patterns are read as the parser reads them."""

import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.read.draft import Draft, Outline
from pipeline.read.links import prover
from pipeline.read.markdown import outline
from pipeline.read.notes import joined
from pipeline.read.ordinary import ordinary
from pipeline.read.source import Report, Source

WORDS = [
    *("word", "词", "3rd", "2023", "3.5 times", "1. x", "C#", "R&D", "a_b", "_u_", "a*b", "**bold**", "**重点。**次"),
    *("`code`", "`open", "#tag", "~", "!", "(x)", ":", "：", "：x", ", ", "，", " ", "  ", "-", "|", "&amp;", "&#65;"),
    *("[x]", "[x] (y)", "[", "]", "](", "[a](b.pdf)", "[a](https://b.example/c_(d))", "[](https://b.example)", "\\"),
    *("[a](https://b.example)", "[a b](http://b.example/c?d=1&e;f=2#g)", "[*a*](https://b.example/*)", "<b>", "```"),
    *("[`a`](https://b.example)", "[a", "b](https://c.example)", "https://bare.example/x", "www.x.example", "\u00a0"),
]
STARTS = [
    *("", "", "", "# ", "## ", "### ", "### ", "### ", "#### ", "###", "####### ", "* ", "* ", "* ", "  * ", "- "),
    *("    * ", "  ", "    ", " ", "+ ", "1. ", "> ", "* * ", "* - ", "[t](https://t.example/1)", "\t", "---", "==="),
    *(
        "### [t](https://t.example/1)",
        "### [t](https://t.example/2), [pdf](https://t.example/3)",
        "### [词 a](http://t.cn)",
    ),
]
LINES = st.one_of(
    st.builds("{}{}".format, st.sampled_from(STARTS), st.lists(st.sampled_from(WORDS), max_size=3).map("".join)),
    st.sampled_from(
        [
            *("", "", "# T", "## S", "### [t](https://t.example/1)", "* note", "  * more", "text", "text.", "> said"),
            *("[t](https://t.example/1) is", "> [t](https://t.example/1) is", "`code` is", r"\- no list", "**bold**"),
            *(
                "### [t](https://t.example/1) <!-- {sponsored: true} -->",
                "#### T <!-- {id: x} -->",
                "## S <!-- x -->",
                "### T ## ",
            ),
            *("[t](https://t.example/1)", "[t](https://t.example/1)，[u](https://t.example/2) is", r"# \#3 | T"),
        ]
    ),
)


def said(found: Outline) -> tuple[Any, ...]:
    """What an outline says, with the places; how the blocks of a note were parted is no part of it."""

    def entry(draft: Draft) -> tuple[Any, ...]:
        grouped = [entry(one) for one in draft.entries]
        return draft.title, draft.location, draft.url, draft.links, joined(draft.note), grouped, draft.attributes

    parts = [(part.title, part.location, joined(part.text), [*map(entry, part.entries)]) for part in found.parts]
    return found.title, found.location, joined(found.intro), parts


def same(text: str) -> bool:
    """Asserts the law for one text; whether the patterns read it."""
    source, report = Source("i.md", text, line=3), Report()
    found = ordinary(source, prover((), Report(), used=set()))
    if found is None:
        return False
    parsed = outline(source, prover((), report, used=set()), report)
    assert said(found) == said(parsed)
    assert not report.findings
    return True


@settings(max_examples=500)
@given(st.lists(LINES, max_size=12).map("\n".join))
def test_what_patterns_read_the_parser_reads_alike(text: str) -> None:
    """Of any text that the patterns take, the parser makes the same outline and finds nothing wrong."""
    same(text)


def test_an_issue_of_headings_links_and_lists_is_read_by_patterns() -> None:
    """A file as most are is not left to the parser, and every part of it is what the parser makes of it."""
    day = datetime.date(2023, 3, 4)
    assert same(
        f"# Issue of {day}\n\nHello.\n\n## 工具\n\nProse.\n\n### [T: x](https://a.example/b?c=d&e), [PDF](https://a.example/p)\n"
        "* 从零讲解，**结论**值得一看。\n  * [slides](https://a.example/s), [code](https://b.example)\n\n"
        "### Plain words\nA note.\n\n> Said\n> so.\n\nMore.\n\n* `x` and [y](https://y.example).\n#### [G](https://g.example)\n"
    )

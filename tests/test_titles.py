"""Titles beside titles: what differs decides."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings

from pipeline.identity import relate
from pipeline.identity.ordinals import take_out
from pipeline.identity.simplified import simplified
from tests.hostile_strings import NASTY_TITLES, TITLES

_LIKELY = (
    # the rule, one title, another
    (
        "letters and marks",
        "Sparse Matrices: Gentle Survey, Revisited",
        "sparse matrices, gentle survey revisited!",
    ),
    ("wide letters", "Ｓｐａｒｓｅ Matrices for Patient Readers", "Sparse Matrices for Patient Readers"),
    ("entities", "Locks &amp; Latches Inside Storage Engines", "Locks & Latches Inside Storage Engines"),
    ("Markdown's escapes", r"Why `read\_ahead` Hurts Cold Caches", "Why read_ahead Hurts Cold Caches"),
    ("traditional", "從零開始撰寫一個資料庫儲存引擎", "从零开始撰写一个资料库储存引擎"),
    ("blanks beside Chinese", "用 Rust 写一个垃圾回收器的八个教训", "用Rust写一个垃圾回收器的八个教训"),
    ("Chinese quotes", "为什么“零拷贝”没有让服务变快", "为什么「零拷贝」没有让服务变快？"),
    ("mark before", "Show HN: Gardening Robots from Scrap Printers", "Gardening Robots from Scrap Printers"),
    ("mark before, Chinese", "论文解读：稀疏注意力在长文本检索中的失效", "稀疏注意力在长文本检索中的失效"),
    ("bracket before", "【存储系列】写放大问题的五种缓解办法", "写放大问题的五种缓解办法"),
    ("medium behind", "Gardening Robots from Scrap Printers [video]", "Gardening Robots from Scrap Printers"),
    ("year behind", "Gardening Robots from Scrap Printers (2019)", "Gardening Robots from Scrap Printers"),
    ("site behind", "Gardening Robots from Scrap Printers | Maker Almanac", "Gardening Robots from Scrap Printers"),
    ("site behind, Chinese", "写放大问题的五种缓解办法 - 某某技术团队", "写放大问题的五种缓解办法"),
    ("known site behind", "园艺机器人在北方如何过冬 - 知乎", "园艺机器人在北方如何过冬"),
    ("course of a university", "MIT CS 999: Greenhouse Control", "CS999 Greenhouse Control"),
    ("title of a paper", "论文笔记：Seedling Attention Networks", "Seedling Attention Networks"),
    ("a sentence of few words", "Notes on a Smaller Garden", "Notes on a smaller garden"),
    ("with a version", "Ｓｅｅｄｌｉｎｇ １．７０ 发布", "Seedling 1.70 发布"),
    ("author behind", "Tending Seedlings by Moonlight - Jo Gardener", "Tending Seedlings by Moonlight"),
    ("sentence behind", "Greenhouse Robots in Practice。这门课讲的是温室里的机器人。", "Greenhouse Robots in Practice"),
    ("remark behind", "揭秘温室园艺机器人评审团队（史上最全版）", "揭秘温室园艺机器人评审团队"),
    ("exclamation before", "来来来，温室机器人的体系架构与灌溉流程", "温室机器人的体系架构与灌溉流程"),
    ("versus", "Latches vs. Locks Under Contention", "Latches versus Locks Under Contention"),
    ("plural", "Extreme Gardening for Robots", "Extreme Gardening for Robot"),
    ("letter missing", "Tending Seedlngs Without Hands", "Tending Seedlings Without Hands"),
    ("other letter", "Tending Seadlings Without Hands", "Tending Seedlings Without Hands"),
    ("letters swapped", "Greenhuose Robots Under Snow", "Greenhouse Robots Under Snow"),
    ("usual word within", "Gentle Robots for Seedlings", "Gentle Robots for Rust Seedlings"),
    ("series before", "Inside Engines #7: Locks and Latches Under Contention", "Locks and Latches Under Contention"),
    ("subtitle", "Robots Tending Greenhouse Seedlings: a field diary", "Robots Tending Greenhouse Seedlings"),
    (
        "cut off",
        "Robots Tending Seedlings Through Wint…",
        "Robots Tending Seedlings Through Winter",
    ),
    ("small words", "The Robots Tending a Greenhouse of Seedlings", "Robots Tending Greenhouse Seedlings"),
    (
        "a word more in the middle",
        "深夜里那台没有人敢重启的老旧核心数据库服务器",
        "深夜里那台没有人敢重启的核心数据库服务器",
    ),
    ("same ordinals", "Greenhouse Weekly, Issue 12: Seedlings", "Greenhouse Weekly – Issue 12 – Seedlings"),
)

_RELATED = (
    ("part in brackets", "手写一个正则引擎（一）", "手写一个正则引擎（二）"),
    ("part by a word", "手写一个正则引擎（上）", "手写一个正则引擎（下篇）"),
    ("part of which one is unmarked", "手写一个正则引擎", "手写一个正则引擎（续）"),
    ("part in English", "Writing a Regex Engine, Part 1", "Writing a Regex Engine, part two"),
    ("Roman part", "Writing a Regex Engine II", "Writing a Regex Engine III"),
    ("issue", "园艺周刊（第 12 期）", "园艺周刊（第 13 期）"),
    ("number sign", "This Month in Seedlings #9", "This Month in Seedlings #10"),
    ("version", "Seedling v0.3 released", "Seedling v0.4 released"),
    ("version of which one is bare", "Seedling 1.1.12: what changed inside", "Seedling 1.1: what changed inside"),
    ("year", "State of Seedlings 2022", "State of Seedlings 2023"),
    ("date", "每日一图 2023-05-01", "每日一图 2023-05-02"),
    ("month", "May 2024 Seedling Council Minutes", "June 2024 Seedling Council Minutes"),
    ("season", "Garden Lab 19 Spring", "Garden Lab 19 Fall"),
    ("number word", "Five Years of Seedlings", "4 Years of Seedlings"),
    ("subtitles of two parts", "Seedlings in Depth (Part 3): roots", "Seedlings in Depth (Part 2): leaves"),
    ("short", "Exploring Seeds", "Exploring Seeds"),
    ("usual words", "Python 教程", "Python教程"),
    ("recurring", "Seedlings and Robots: Weekly Release Diary", "Seedlings and Robots: Weekly Release Diary"),
    ("an exercise", "Weekly Seedling Challenge #120", "Weekly Seedling Challenge 120"),
    (
        "an exercise of which one is a segment",
        "PWC107 - Gentle Self-descriptive Seedlings",
        "Gentle Self-descriptive Seedlings",
    ),
    ("the name of a topic", "Greenhouse Seedling Robots", "Greenhouse Seedling Robots"),
    ("a task of a few words", "Tending Robots in Python", "Tending Robots in Python"),
    ("what is new in a version", "What's New in Seedling 1.7", "What’s new in Seedling 1.7?"),
    ("a task", "Build a Greenhouse Bot with Python", "Build a Greenhouse Bot with Python"),
    ("a part's own title", "Tending Robots from Scratch", "Tending Robots from Scratch: Error Reporting"),
    (
        "a part's usual title",
        "Gentle Robots Tending Greenhouse Seedlings",
        "Gentle Robots Tending Greenhouse Seedlings: FAQ",
    ),
    ("a part of a series", "温室机器人优化系列", "温室机器人优化系列 - 大批干货"),
    ("a part by its kind", "温室机器人启动优化《原理篇》", "温室机器人启动优化《实战篇》"),
    ("usual word behind", "Gentle Robots for Seedlings", "Gentle Robots for Seedlings Released"),
    ("another letter in a short word", "Gentle Robots for Pots", "Gentle Robots for Pits"),
    ("another number in a word", "Gentle Seedling86 Robots", "Gentle Seedling64 Robots"),
    ("other order", "Why I Moved from Pots to Beds", "Why I Moved from Beds to Pots"),
    ("glued on", "把园艺机器人跑在裸机上", "把园艺机器人跑在裸机上之灌溉"),
)

_UNRELATED = (
    ("other words", "Locks and Latches Under Contention", "Gardening Robots from Scrap Printers"),
    ("other words in Chinese", "写放大问题的五种缓解办法", "深夜里的数据中心"),
    ("no words", "", "Gardening Robots"),
    ("marks only", "!!!", "???"),
    ("an address", "https://example.org/a/releases", "https://example.org/a"),
)


_KINDS = {"likely": _LIKELY, "related": _RELATED, "unrelated": _UNRELATED}


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (kind, *row[1:])
        for kind, rows in (("likely", _LIKELY), ("related", _RELATED), ("unrelated", _UNRELATED))
        for row in rows
    ],
    ids=[row[0] for rows in (_LIKELY, _RELATED, _UNRELATED) for row in rows],
)
def test_relations(kind: str, one: str, other: str) -> None:
    """The named difference makes two titles the same again, near, or apart, whichever comes first."""
    assert relate(one, other).kind == kind
    assert relate(other, one) == relate(one, other)


@pytest.mark.parametrize(
    ("one", "other", "step"),
    [
        ("", "Robots", "words"),
        ("Gentle Robots Tend", "gentle robots, tend", "equal"),
        ("Robots Tending Seedlings Thr…", "Robots Tending Seedlings Through Winter", "cut"),
        ("Robots, part 1", "Robots, part 2", "ordinals"),
        ("Gentle Robots Tending Seedlings", "Maker Almanac: Gentle Robots Tending Seedlings", "segment"),
        ("Greenhuose Robots Under Snow", "Greenhouse Robots Under Snow", "slip"),
        ("Gentle Robots", "Gentle Latches", "near"),
    ],
)
def test_each_step_names_itself(one: str, other: str, step: str) -> None:
    """A relation says which rule found it, and says so in words."""
    assert relate(one, other).step == step
    assert relate(one, other).why


@pytest.mark.parametrize(("one", "other"), [row[1:] for row in _RELATED[:15]], ids=[row[0] for row in _RELATED[:15]])
def test_other_ordinals_are_a_conflict(one: str, other: str) -> None:
    """Titles that differ by a part, a version, a date or a number are said to conflict."""
    assert relate(one, other).conflict


@pytest.mark.parametrize(
    ("title", "kind", "value"),
    [
        ("a part 3", "part", "3"),
        ("a part iii", "part", "3"),
        ("手写（三）".replace("（", "(").replace("）", ")"), "part", "3"),
        ("第十二期", "part", "12"),
        ("v1.2.3", "version", "1.2.3"),
        ("2023-05-01", "date", "2023.5.1"),
        ("may 2024", "date", "may.2024"),
        ("in 2024", "year", "2024"),
        ("seven robots", "number", "7"),
    ],
)
def test_ordinals_have_one_value(title: str, kind: str, value: str) -> None:
    """An ordinal has one kind and one value however it is written."""
    _, [ordinal] = take_out(title)
    assert (ordinal.kind, ordinal.value.removeprefix("v.")) == (kind, value)


def test_simplified_leaves_simplified_text() -> None:
    """Traditional characters become simplified ones; simplified text and other scripts stay."""
    assert simplified("擴散模型與圖像") == "扩散模型与图像"
    assert simplified("扩散模型与图像, diffusion") == "扩散模型与图像, diffusion"


@settings(max_examples=2000, deadline=None)
@given(TITLES, TITLES)
def test_any_two_strings_have_a_relation(one: str, other: str) -> None:
    """`relate` raises for no strings and says the same in both orders."""
    assert relate(one, other) == relate(other, one)


@pytest.mark.parametrize("title", NASTY_TITLES)
def test_nasty_titles_have_a_relation(title: str) -> None:
    """A title written to break something is compared like any other, with itself, with nothing and with words."""
    assert relate(title, title).kind in ("likely", "related", "unrelated")
    assert relate(title, "").kind == "unrelated"
    assert relate(title, "Gentle Robots") == relate("Gentle Robots", title)


@pytest.mark.parametrize(
    "piece", ["a", "一", "1", ".", "(", "第", " - ", "...", "v", "ii ", "2023", "part ", "【", "&", "\\", ": "]
)
def test_long_titles_take_little_time(piece: str) -> None:
    """A title of any length costs what 400 of its characters cost."""
    start = time.process_time()
    relate(piece * 100_000, piece * 99_999)
    assert time.process_time() - start < 0.1

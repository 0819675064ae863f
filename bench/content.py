"""Made-up issues, the same at every run: as long, and as mixed in language, as a real newsletter's."""

from __future__ import annotations

import datetime
import random
import re

__all__ = ["ENTRIES", "issue", "names", "questions"]

ENTRIES = 30
"""Entries of an issue, none of them with an address that another has."""

_FIRST_DAY = datetime.date(2005, 1, 1)
_SYLLABLES = "ba cor del fin gra hul jo kel lum mir nor pel qui ras sol tev ul vor wex yan zet".split()
_SECTIONS = ("Hardware", "模型算法", "Tools", "计算基础", "Reading")
_ENGLISH_TOPICS = (
    "memory bandwidth",
    "query planning",
    "sparse attention",
    "type inference",
    "garbage collection",
    "speech recognition",
    "packet scheduling",
    "columnar storage",
)
_CHINESE_TOPICS = (
    "注意力机制",
    "分布式训练",
    "图像分割",
    "编译优化",
    "向量检索",
    "内存管理",
    "模型量化",
)
# Every note bears the name of what it is about: as in life no two are the same, and none can be rendered once for all.
_ENGLISH_NOTES = (
    "A careful walk through {topic} in {name}, with measurements on ordinary machines.",
    "Shows where {name} spends its time on {topic}; the third figure alone is worth the visit.",
    "Short and **practical**: `{name} --profile` explains half of what people ask about {topic}.",
    "The authors of {name} compare five ways to do {topic} and publish everything that is needed to repeat it.",
    "Starts slowly, then makes a convincing case that {topic} deserves a rewrite every ten years, as {name} got.",
)
_CHINESE_NOTES = (
    "从零讲解 {topic}，附有可以运行的 {name} 代码和数据。",
    "对比了五种方案，{name} 中 {topic} 的部分写得尤其清楚。",
    "作者用 `{name}` 做了完整的实验，**结论**值得一看。",
    "介绍 {topic} 与 {name} 的来龙去脉，适合第一次接触的读者。",
)


def names(count: int) -> list[str]:
    """The folders of so many issues, a day apart, the oldest first."""
    return [str(_FIRST_DAY + datetime.timedelta(days=place)) for place in range(count)]


def issue(name: str) -> str:
    """The Markdown of one issue without its title: five sections of headings with links and notes."""
    # The same text for the same name on every machine: a generator of numbers, not of secrets.
    chance = random.Random(name)
    parts = []
    for place in range(ENTRIES):
        if place % (ENTRIES // len(_SECTIONS)) == 0:
            parts.append(f"## {_SECTIONS[place * len(_SECTIONS) // ENTRIES]}\n")
        parts.append(_entry(chance, f"{name}/{place}"))
    return "\n".join(parts)


def questions(chosen: list[str]) -> list[str]:
    """Thirty addresses and titles to ask about: some published, some in other words, some new."""
    chance = random.Random(len(chosen))
    asked = []
    for place in range(ENTRIES):
        title, url = chance.choice(re.findall(r"^### \[(.+)\]\((.+)\)$", issue(chance.choice(chosen)), re.MULTILINE))
        new = url.replace("https://", "https://new.")
        asked.append((url, title, f"{title}, again and at length", new, url.upper(), f"Why {title}")[place % 6])
    return asked


def _entry(chance: random.Random, place: str) -> str:
    name = "".join(chance.choices(_SYLLABLES, k=3)).capitalize()
    chinese = chance.random() < 0.5
    topic = chance.choice((*_CHINESE_TOPICS, *_ENGLISH_TOPICS) if chinese else _ENGLISH_TOPICS)
    title = f"{name}：{topic}的实践与思考" if chinese else f"{name}: {topic} in practice"
    address = f"https://{name.lower()}.example/{place}"
    notes = chance.sample(_CHINESE_NOTES if chinese else _ENGLISH_NOTES, k=chance.randint(1, 3))
    lines = [f"### [{title}]({address})", *(f"* {note.format(name=name, topic=topic)}" for note in notes)]
    if chance.random() < 0.4:
        lines.append(f"  * [slides]({address}/slides), [source](https://code.example/{name.lower()}/{place})")
    return "\n".join(lines) + "\n"

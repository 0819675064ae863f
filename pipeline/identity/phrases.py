"""Phrases of titles that tell what kind of title one is: tables of expressions, for text in lower case."""

from __future__ import annotations

import re

__all__ = ["ADDRESS", "PART", "PROMPT", "RECURRING", "SAYS_NOTHING", "SERIES", "TASK"]

RECURRING = re.compile(
    r"""
    \b(?:weekly|biweekly|monthly|daily|quarterly|newsletter|digest|roundup|round-up|updates?|reports?|changelog|news
    | releases?|status|hiring|jobs?|careers?|meetup|meetings?|minutes|nominations|survey\ results|call\ for|recap
    | what(?:'s|\ is)\ new|(?:this|the)\ (?:week|month|year)\ in|year\ in\ review|state\ of|summer\ of\ code
    | (?:engineer|developer|programmer|student|lead)s?\ (?:at|with|in))\b
    | 周报|月报|日报|年报|周刊|月刊|招聘|更新|动态|年度|精选|汇总|合集|新闻
    """,
    re.VERBOSE,
)
"""Titles that come again for another thing."""

PROMPT = re.compile(
    r"\b(?:challenge|(?:pwc|twc)[\s#-]*\d*|exercises?|homework|advent of code|aoc|leetcode|kata)\b|每日一题|题解|挑战"
)
"""Titles that name what many have answered."""

TASK = re.compile(
    r"""
    ^(?:how\ to|how\ i|why\ (?:i|you|we)|what\ (?:is|are)|what's\ new|(?:an?\ )?(?:intro|introduction|guide)\ to
    | getting\ started|(?:build|writ|creat|mak|implement|learn|explor|us|pars|test)(?:e|ing)?)\b
    | \b(?:in|with|using|for)
      \ (?:c|c\+\+|go|haskell|java|javascript|kotlin|perl|php|python|raku|ruby|rust|scala|swift)$
    | ^(?:如何|怎么|怎样|手把手|从零|深入理解|深入浅出|一文|浅谈|详解|什么是|聊聊|关于)
    | (?:教程|入门|详解|综述|解析|指南)$
    """,
    re.VERBOSE,
)
"""Titles that name a task or a topic, about which two authors write without knowing of each other."""

PART = re.compile(
    r"\b(?:intro|introduction|overview|conclusions?|summary|prologue|epilogue|set ?up|faq|solutions?|continued)\b"
    r"|前言|序言|概述|简介|引言|总结|结语|后记|准备|解析|番外"
)
"""Words of a subtitle that name a part of the whole."""

SERIES = re.compile(r"\b(?:series|collection)$|系列|合集|专栏")
"""Titles of a whole, whose parts bear them before their own."""

SAYS_NOTHING = frozenset(
    """
    github gitlab link here article post blog blogpost code repo repository source paper pdf arxiv slides video youtube
    website site homepage home demo docs documentation download readme app web this thispost thisarticle clickhere
    readmore more details fulltext english chinese 链接 原文 原文链接 原文地址 地址 点击链接 点击这里 点这里 点我 这里
    这篇 这篇文章 一篇文章 本文 此文 该文 全文 完整版 详情 前言 论文 代码 视频 官网 网站 文档 文章 博客 主页 项目
    项目地址 中文 中文版 中文文档 英文 英文版
    """.split()
)
"""Titles that say nothing of what their link is of."""

ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|(?:[\w-]+\.)+(?:com|org|net|io|dev|app|edu|gov|cn|de)|(?:[\w-]+\.)+[a-z]+/\S*"
)
"""Titles that are an address or the name of a site."""

"""Strings that were written to break what reads addresses and titles, and strategies that make more of them."""

from __future__ import annotations

import re

from hypothesis import strategies as st

from pipeline.identity.tables import THINGS

NASTY_ADDRESSES = (
    "",
    " ",
    ".",
    "/",
    "?",
    "#",
    "&",
    "%",
    "://",
    "http://",
    "https:///",
    "http://?",
    "http://#",
    "http://.",
    "http://..",
    "http://%",
    "http://[",
    "http://[::1]",
    "http://[::1]:80/a",
    "http://open.substack.com/pub/:/p/&",
    "http://:80",
    "http://a:b:c@d/",
    "http://a@@b/",
    "http://\x00/",
    "http://example.org:99999999999999999999/",
    "http://example.org:/",
    "javascript:alert(1)",
    "data:text/html,<b>",
    "mailto:a@b.c",
    "http://xn--/",
    "http://xn--a/",
    "http://xn--99999999999/",
    "http://℀.example/",
    "http://ß.example/",
    "http://İ.example/a",
    "http://example.org/%",
    "http://example.org/%zz",
    "http://example.org/%%34%31",
    "http://example.org/%C3%28%FF",
    "http://example.org/%00%0a%E2%80%AE",
    "http://example.org/%3C%CC%81",
    "http://example.org/a=%CC%B8?b=%CC%B8&%CC%B8=c",
    "http://example.org/\ud800",
    "http://example.org/?\udfff#\ud800",
    "http://example.org/🏳️‍🌈?🏳️‍🌈=1#🏳️‍🌈",
    "http://example.org/?&&&==&=&a==b=",
    "http://example.org/?{a}={0}&{}",
    "https://github.com/{owner}/{0}",
    "https://github.com/../..",
    "https://github.com/.git/.git",
    "https://github.com/o/.git.git",
    "https://github.com/o/r/blob/main/README/README",
    "https://doi.org/10.1000/",
    "https://doi.org/10.1000/full/pdf/.pdf",
    "https://doi.org/10.1000/%3F%23%25",
    "https://en.wikipedia.org/w/index.php?title=A%3FB%26C%2BD",
    "https://en.wikipedia.org/wiki/_",
    "https://en.wikipedia.org/wiki/ß",
    "https://web.archive.org/web/2020/https://web.archive.org/web/2020/https://web.archive.org/web/2020/x",
    "https://www.google.com/url?q=https://www.google.com/url?q=",
    "https://www.google.com/url?q=javascript:alert(1)",
    "https://link.zhihu.com/?target=%68%74%74%70",
    "https://bilibili.com/video/av0",
    "https://bilibili.com/video/av9999999999999999",
    "https://weibo.com/tv/show/a%3Fb",
    "https://video.weibo.com/show?fid=a%2Fb%3Fc",
    "git@:x",
    "git@github.com:",
    "arXiv:",
    "doi:10.",
)

_FORMS = [form for thing in THINGS for form in thing.forms.split()]
_ADDRESS_PIECES = st.one_of(
    st.text(max_size=8),
    st.sampled_from(
        ["/", "//", "?", "#", "&", "=", "%", "%2F", "%E4", ".", "..", ":", "@", ";", "+", "README.md", ".git", "amp"]
    ),
    st.from_regex(r"[A-Za-z0-9_-]{1,12}", fullmatch=True),
)
_SOUP = st.lists(_ADDRESS_PIECES, max_size=12).map("".join)


@st.composite
def _addresses(draw: st.DrawFn) -> str:
    """Addresses of the tables' forms with anything in their fields, then anything behind them."""
    form = draw(st.sampled_from(_FORMS)).replace("*", "example.org").replace("/...", "")
    filled = re.sub(r"\{[^}]*\}", lambda _: draw(_ADDRESS_PIECES), form)
    return "https://" + filled + draw(st.sampled_from(["", "/", "?", "#", "&"])) + draw(_SOUP)


ADDRESSES = st.one_of(
    st.text(), _SOUP, _SOUP.map("https://".__add__), _SOUP.map("https://example.org/".__add__), _addresses()
)
"""Any text, soups of what addresses are made of, and addresses of the tables with anything in their fields."""

NASTY_TITLES = (
    "",
    " ",
    "\n",
    "…",
    "...",
    "\x00",
    "\ud800",
    "\ufeff",
    "\u202eRobots\u202c",
    "\u200b\u200d\u2060",
    "null",
    "None",
    "NaN",
    "-1",
    "0",
    "1e309",
    "00000000000000000000000000001",
    "第",
    "第期",
    "第第一期期",
    "（）",
    "（（（（一",
    "）））",
    "【】【】【】",
    "【",
    "[video]",
    "(2023)",
    "Part",
    "Part part part of of 1/1/1",
    "v",
    "v1.",
    "v1.2.3.4.5.6.7.8.9.10.11.12",
    "1.1.1.1-rc-rc.rc",
    "2023-99-99",
    "9999年99月99日",
    "٣ ४ ５ ⅷ ⑨ 𝟛",
    "Ⅻ",
    "ﷺ" * 100,
    "İstanbul ẞ ŉ ǰ",
    "ﬁnd the ﬂaw",
    "e\u0301" * 50,
    "Z̷̢̛a̶̡l̸g̵o̴",
    "👩\u200d💻👨\u200d💻🏳️\u200d🌈",
    "田中さんにあげて下さい",
    "사회과학원 어학연구소",
    "السلام عليكم",
    "שלום",
    "&amp;amp;amp;lt;",
    "&#0;&#x110000;&#39",
    "&" * 300,
    "\\\\\\[a](b)",
    "<script>alert(1)</script>",
    "'; DROP TABLE titles; --",
    "%s%n%d{0}{name}%(x)s",
    "$(rm -rf /)`id`",
    "| - | - : : — — @ @",
    " - ".join(["a"] * 100),
    "：".join(["一"] * 100),
    "paper: paper: paper: paper: paper:",
    "论文论文论文论文论文",
    "- 知乎 - 知乎 - 知乎",
    "https://example.org/",
    "www.example.org/a?b#c",
    "a" * 5000,
    "一" * 5000,
    "a " * 2500,
)

_TITLE_PIECES = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        [
            "…",
            "...",
            "（一）",
            " - ",
            ": ",
            "Part 2",
            "第",
            "期",
            "#",
            "v1.",
            "2023",
            "【",
            "】",
            "&amp;",
            "\\",
            "论文",
            "the ",
        ]
    ),
)

TITLES = st.lists(_TITLE_PIECES, max_size=10).map("".join)
"""Soups of what titles are made of."""

REPEATED = [
    "a",
    "/",
    "//",
    "/..",
    "%",
    "%25",
    "%E4%B8%AD",
    "&a=b",
    "&amp;",
    "?",
    "#",
    "@",
    "a@",
    ":",
    "-",
    "-a",
    ".",
    "a.",
    "\\",
    "İ",
    ";",
    "https://web.archive.org/web/1/",
    "/readme",
    ")",
    ".git",
    "/amp",
    "_",
    " ",
    "\u200b",
    "xn--a.",
    "é",
]
PREFIXES = [
    "",
    "https://",
    "https://example.org/",
    "https://example.org/?",
    "https://github.com/o/r/",
    "https://medium.com/",
    "https://doi.org/10.1000/a",
    "https://en.wikipedia.org/wiki/",
    "https://x.gitlab.io/",
    "https://gitlab.com/",
]

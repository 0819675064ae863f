"""The HTML of an email: what it carries, what it weighs, what it never does."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.errors import BadTemplate
from pipeline.model import Attachment, Entry, Issue, Markdown, Section, Url
from pipeline.render.defaults import DEFAULTS
from pipeline.render.email import BUDGET, email_html, preheader
from tests.mail_samples import ISSUE, PLAIN, PUBLICATION, WHISPER, context, made, with_entries, with_settings


class _Page(HTMLParser):
    """The start tags of a page with their attributes, and its visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._style = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._style = False

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.text.append(data)

    def all(self, name: str, attribute: str) -> list[str]:
        return [attributes.get(attribute) or "" for tag, attributes in self.tags if tag == name]


def _html(issue: Issue = ISSUE, **settings: str) -> str:
    return made(issue, publication=with_settings(**settings))["email.html"].decode()


def _many(count: int, note: str = "一句话的说明，带一个[链接](https://example.net/{})。") -> Issue:
    entries = [
        Entry(
            title=f"第 {at} 条：How to train a really large model on many GPUs",
            url=Url(f"https://example.org/a/rather/long/address/of/an/article-{at}.html"),
            note=Markdown(note.format(at)),
        )
        for at in range(count)
    ]
    third = count // 3
    parts = (entries[:third], entries[third : 2 * third], entries[2 * third :])
    sections = tuple(Section(title=f"§{at}", slug=f"s{at}", entries=tuple(part)) for at, part in enumerate(parts))
    return replace(ISSUE, sections=sections)


def test_it_carries_every_entry_and_all_that_an_entry_has() -> None:
    """Titles, links, notes, authors, dates, tags, credits, grouped entries and the mark of a paid one are all there."""
    page = _Page(_html())
    text = " ".join(page.text)
    for entry in ISSUE.walk():
        assert entry.title in text
        assert entry.url in page.all("a", "href")
    for words in (
        "论文",
        "pip install",
        "OpenAI",
        "2022-09-21",
        "asr, speech",
        "@someone",
        "C++ 实现",
        "赞助",
        "先听。",
    ):
        assert words in text
    assert "https://example.net/a?b=1&c=2" in page.all("a", "href")
    assert "https://example.net/bare" in page.all("a", "href")


def test_a_section_without_entries_and_text_is_left_out() -> None:
    """Readers see no heading over nothing."""
    assert "<h2>空" not in _html()


def test_it_says_what_it_is_and_in_which_language() -> None:
    """Language, direction, title, one h1, headings in order, and a preheader before everything."""
    html = _html()
    page = _Page(html)
    assert page.tags[0][1]["lang"] == "zh-CN"
    assert page.tags[0][1]["dir"] == "ltr"
    assert f"<title>{ISSUE.title.replace('&', '&amp;')}</title>" in html
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels == [1, 2, 3, 4, 2, 3, 3]
    assert html.index(preheader(ISSUE)[:20]) < html.index("<h1>")
    assert {"第 2 期 · 2023年3月4日 · "} <= set(page.text)


def test_right_to_left_languages_run_right_to_left() -> None:
    """The direction is that of the language."""
    html = email_html(context(ISSUE, publication=replace(PUBLICATION, language="ar")), ISSUE).decode()
    assert '<html lang="ar" dir="rtl"' in html
    assert "text-align:right" in html


def test_the_footer_says_what_law_and_readers_ask_for() -> None:
    """View in browser, why, unsubscribe and, where it is set, the postal address, line by line and escaped."""
    page = _Page(_html())
    text = " ".join(page.text)
    assert page.all("a", "href").count("https://news.example.org/2023-03-04/") == 2
    assert "https://news.example.org/unsubscribe" in page.all("a", "href")
    assert "您收到这封邮件，是因为您订阅了《机器学习周报》。" in text
    assert "某某编辑部<br>北京市海淀区 1 号 &lt;2 楼&gt;" in _html()
    assert "You asked for it." in _html(why="You asked for it.")
    assert "<p></p>" not in _html(postal_address="")


def test_it_tracks_nobody() -> None:
    """No host that is not in the issue or the settings: no pixel, no rewritten link, no web font, no script."""
    html = _html()
    hosts = {urlsplit(url).hostname for url in re.findall(r"https?://[^\s\"'<>]+", html)} - {"www.w3.org"}
    assert hosts == {
        "github.com", "arxiv.org", "example.net", "someone.example", "lilianweng.github.io", "ads.example",
        "news.example.org",
    }  # fmt: skip
    assert "<script" not in html
    assert "<img" not in html
    assert "@import" not in html
    assert "@font-face" not in html


def test_images_are_the_authors_with_alt_absolute_address_and_a_size_that_fits() -> None:
    """An attached image stands by its full address with its alternative text, no wider than the column."""
    entry = replace(PLAIN, note=Markdown("![WER](wer.png)"), url=Url("paper.pdf"))
    files = (
        Attachment(name="wer.png", source="issues/2023-03-04/wer.png", width=1184, height=400),
        Attachment(name="paper.pdf", source="issues/2023-03-04/paper.pdf"),
    )
    html = _html(replace(with_entries(entry), attachments=files))
    [(_, image)] = [(tag, attributes) for tag, attributes in _Page(html).tags if tag == "img"]
    assert image["src"] == "https://news.example.org/2023-03-04/wer.png"
    assert image["alt"] == "WER"
    assert (image["width"], image["height"]) == ("592", "200")
    assert 'href="https://news.example.org/2023-03-04/paper.pdf"' in html


def test_an_issue_of_254_links_fits_whole() -> None:
    """254 links with notes stay under the size at which Gmail clips, with every entry."""
    html = _html(_many(127))
    assert html.count("https://example.") == 254
    assert len(html.encode()) <= BUDGET
    html = _html(_many(254, note="一句话的说明。"))
    assert html.count("https://example.org/") == 254
    assert len(html.encode()) <= BUDGET


def test_past_the_budget_it_carries_what_fits_and_leads_to_the_rest() -> None:
    """Never over 102,000 bytes; each section that is cut says how many are on the page, and links there."""
    issue = _many(600)
    html = _html(issue)
    assert 0.95 * BUDGET < len(html.encode()) <= BUDGET
    shown = html.count("https://example.org/")
    rest = [int(count) for count in re.findall(r"另有 (\d+) 条", html)]
    assert shown + sum(rest) == 600
    assert rest[-1] == 200
    assert 'href="https://news.example.org/2023-03-04/#s2"' in html


def test_prose_of_any_length_leaves_a_letter_that_fits() -> None:
    """Where the prose alone is over the budget, title and link to the page remain."""
    for issue in (
        replace(ISSUE, intro=Markdown("很长。" * 60_000)),
        replace(ISSUE, title="长" * 60_000),
        replace(ISSUE, sections=(replace(ISSUE.sections[0], text=Markdown("> " * 30_000 + "x")),)),
        replace(with_entries(replace(WHISPER, note=Markdown("x" * 200_000))), title="t"),
    ):
        html = _html(issue)
        assert len(html.encode()) <= BUDGET
        assert "另有" in html
        assert 'href="https://news.example.org/unsubscribe"' in html


def test_deep_nesting_in_a_note_does_not_reach_mjml() -> None:
    """20,000 open tags, which end the process when MJML parses them, are carried or cut like any note."""
    assert "</html>" in _html(with_entries(replace(PLAIN, note=Markdown("<b>" * 20_000 + "x"))))
    assert "</html>" in _html(with_entries(replace(PLAIN, note=Markdown("*a **b " * 5_000))))


@pytest.mark.parametrize(
    "hostile",
    [
        "</mj-text></mj-column><mj-raw><script>alert(1)</script></mj-raw>",
        '"><img src=x onerror=alert(1)>',
        "&later-0; &unsubscribe_url; <note>",
        "]]> --> <![endif]--> <!--",
        "'\" onmouseover=alert(1) x=",
    ],
)
def test_no_title_breaks_out_of_its_place(hostile: str) -> None:
    """Whatever a title, label or name holds is read as its text, never as a tag, a placeholder or MJML."""
    entry = replace(WHISPER, title=hostile, author=hostile, tags=(hostile,), lang="", note=Markdown("n"))
    issue = replace(with_entries(entry), title=hostile, preheader=hostile)
    plain = _Page(_html(with_entries(replace(entry, title="t", author="t", tags=("t",)))))
    page = _Page(_html(issue))
    assert [tag for tag, _ in page.tags] == [tag for tag, _ in plain.tags]
    assert "".join(page.text).count(hostile) >= 4


_OPENERS = re.compile(r"\{[{%#]|\*\||@TrackLink")


@pytest.mark.parametrize(
    ("service", "unsubscribe", "view", "address"),
    [
        ("mailchimp", "*|UNSUB|*", "*|ARCHIVE|*", "*|HTML:LIST_ADDRESS_HTML|*"),
        ("buttondown", "{{ unsubscribe_url }}", "{{ email_url }}", "某某编辑部<br>"),
        ("listmonk", "{{ UnsubscribeURL }}", "{{ MessageURL }}", "某某编辑部<br>"),
    ],
)
def test_the_services_own_tags_stand_in_it_and_no_others(
    service: str, unsubscribe: str, view: str, address: str
) -> None:
    """The pasted editions hold the service's tags; what reads as one in an entry is not one; issue.eml has none."""
    hostile = "a {{ .Subscriber.Email }} {% if x %} {# c #} *|EMAIL|* {{{x}}}"
    entry = replace(
        WHISPER,
        title=hostile,
        url=Url("https://e.example/?q={{x}}&r=*|Y|*@TrackLink"),
        note=Markdown("`{{ x }}` *|X|* <https://e.example/{{z}}@TrackLink>"),
    )
    issue = replace(with_entries(entry), title=hostile, preheader=hostile)
    files = made(issue, publication=with_settings(merge_tags=service))
    html, text = files["email.html"].decode(), files["email.txt"].decode()
    assert f'href="{unsubscribe}"' in html
    assert f'href="{view}"' in html
    assert address in html
    assert unsubscribe in text
    assert view in text
    own = {unsubscribe, view, address, "*|LIST:ADDRESS|*"}
    rest = re.sub("<style.*?</style>", "", html, flags=re.DOTALL) + text
    for tag in own:
        rest = rest.replace(tag, "")
    assert not _OPENERS.search(rest)
    page = _Page(html)
    assert hostile in page.text
    assert entry.url in page.all("a", "href")
    assert b"UNSUB" not in files["issue.eml"]
    assert b"email_url" not in files["issue.eml"]


def test_the_preheader_is_the_authors_or_made_of_titles() -> None:
    """At most 130 characters, at least 40 where the titles give them, cut between words."""
    assert preheader(replace(ISSUE, preheader="Mine")) == "Mine"
    assert preheader(ISSUE) == "whisper · How to Train Really Large Models on Many GPUs? · Fast GPUs"
    long = preheader(_many(30))
    assert 40 <= len(long) <= 130
    assert long.endswith("…")
    assert len(preheader(with_entries(replace(PLAIN, title="长" * 500)))) == 130


def _own(folder: Path, edit: tuple[str, str]) -> Path:
    source = (DEFAULTS / "email" / "email.mjml").read_text(encoding="utf-8")
    assert edit[0] in source
    (folder / "email").mkdir()
    (folder / "email" / "email.mjml").write_text(source.replace(*edit, 1), encoding="utf-8")
    return folder


def test_the_author_may_bring_a_template(tmp_path: Path) -> None:
    """A template of the same name in the author's folder is the one that is used."""
    folder = _own(tmp_path, ('<div class="name">', '<div class="name">Hello! '))
    assert b"Hello! " in made(templates=folder)["email.html"]


def test_no_font_is_fetched_whatever_the_template_asks_for(tmp_path: Path) -> None:
    """A family that MJML would fetch from a font service is a name and no more."""
    folder = _own(tmp_path, ('font-family="{{ sans }}"', 'font-family="Ubuntu"'))
    html = made(templates=folder)["email.html"].decode()
    assert "Ubuntu" in html
    assert "fonts." not in html


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (("<h1>{{ later(title) }}</h1>", "<mj-nope/>"), "<mj-nope> is no MJML tag"),
        (("<h1>{{ later(title) }}</h1>", "<h1>{{ later(title) }}"), "<h1> is not closed"),
        (("<h1>{{ later(title) }}</h1>", "<mj-text>"), "<mj-text> is not closed"),
        (("<h1>{{ later(title) }}</h1>", "</mj-section>"), "<mj-text> is not closed"),
        (('css-class="head"', 'css-class="head'), "is malformed"),
        (('css-class="head"', "css-class=head"), "is malformed"),
    ],
)
def test_broken_mjml_is_told_with_its_line(tmp_path: Path, edit: tuple[str, str], words: str) -> None:
    """An unknown, unclosed or malformed tag in the author's template is a BadTemplate that names file and line."""
    folder = _own(tmp_path, edit)
    with pytest.raises(BadTemplate) as caught:
        made(templates=folder)
    [finding] = caught.value.findings
    assert words in finding.message
    assert finding.location.path == "templates/email/email.mjml"
    lines = (DEFAULTS / "email" / "email.mjml").read_text(encoding="utf-8").split("\n")
    [at] = [number for number, line in enumerate(lines, 1) if edit[0] in line]
    assert finding.location.line in (at, at - 1, at - 3)

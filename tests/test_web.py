"""The web edition: what a page carries, and what no page may carry."""

import datetime
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipeline.addresses import host
from pipeline.history.appearances import Appearance
from pipeline.history.topics import Topics
from pipeline.model import Attachment, Author, Entry, Issue, Link, Markdown, Publication, Section, Url
from pipeline.render.context import RenderContext
from pipeline.render.defaults import DEFAULTS
from pipeline.render.labels import Labels
from pipeline.render.templates import Templates
from pipeline.render.web import front_page, issue_page

PUBLICATION = Publication(
    title="机器学习周报", url=Url("https://news.example"), id="news.example", language="zh-CN", description="每周一封"
)
WHISPER = Entry(
    title="whisper",
    url=Url("https://github.com/openai/whisper"),
    links=(Link(title="PDF", url=Url("paper.pdf")),),
    note=Markdown("* `large-v2`\n\n![WER](wer.png)"),
    author="OpenAI",
    published="2022-09-21",
    tags=("asr",),
    via=Markdown("[@someone](https://someone.example)"),
    lang="en",
    slug="whisper",
    entries=(Entry(title="whisper.cpp", url=Url("https://github.com/ggerganov/whisper.cpp"), slug="whisper-cpp"),),
)
ISSUE = Issue(
    date=datetime.date(2023, 3, 4),
    name="2023-03-04",
    title="第二期",
    number=2,
    intro=Markdown("本期有**三**节。"),
    sections=(Section(title="语音", slug="语音", text=Markdown("先听。"), entries=(WHISPER,)),),
    attachments=(Attachment(name="wer.png", source="issues/2023-03-04/wer.png", width=640, height=200),),
)
FIRST = Issue(date=datetime.date(2023, 2, 25), name="2023-02-25", title="第一期", number=1)


def _labels(language: str) -> Labels:
    lines = (DEFAULTS / "labels" / f"{language}.yaml").read_text(encoding="utf-8").splitlines()
    words = {key: value.strip("'\"") for key, value in (line.split(": ", 1) for line in lines)}
    return Labels(language=language, words=words)


def _context(*issues: Issue, publication: Publication = PUBLICATION) -> RenderContext:
    return RenderContext(
        publication=publication,
        archive=tuple(issue for issue in issues if not issue.draft),
        issues=issues[:1],
        templates=Templates([DEFAULTS]),
        labels=_labels(publication.language),
        root=Path(),
    )


def _page(*issues: Issue, publication: Publication = PUBLICATION) -> str:
    [artifact] = issue_page(_context(*issues, publication=publication))
    assert artifact.path == f"{issues[0].name}/index.html"
    assert isinstance(artifact.content, bytes)
    return artifact.content.decode()


def _front(*issues: Issue, publication: Publication = PUBLICATION) -> str:
    [artifact] = front_page(_context(*issues, publication=publication))
    assert artifact.path == "index.html"
    assert isinstance(artifact.content, bytes)
    return artifact.content.decode()


class _Outline(HTMLParser):
    """The start tags of a page, with their attributes, and its headings with their texts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.headings: list[tuple[str, str]] = []
        self._heading = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if re.fullmatch("h[1-6]", tag):
            self._heading = tag
            self.headings.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        self._heading = "" if tag == self._heading else self._heading

    def handle_data(self, data: str) -> None:
        if self._heading:
            tag, text = self.headings.pop()
            self.headings.append((tag, text + data))

    def values(self, tag: str, attribute: str) -> list[str | None]:
        return [attributes[attribute] for name, attributes in self.tags if name == tag and attribute in attributes]


def test_the_headings_are_the_outline_of_the_issue() -> None:
    """h1 is the issue, h2 a section, h3 an entry, h4 one grouped under it; without a section's title they move up."""
    assert _Outline(_page(ISSUE)).headings == [
        ("h1", "第二期"),
        ("h2", "语音"),
        ("h3", "whisper"),
        ("h4", "whisper.cpp"),
    ]
    untitled = replace(ISSUE, sections=(Section(title="", entries=(WHISPER,)),))
    assert _Outline(_page(untitled)).headings == [("h1", "第二期"), ("h2", "whisper"), ("h3", "whisper.cpp")]


def test_everything_an_entry_says_is_on_the_page() -> None:
    """An entry's links, author, date, tags, credit and note are shown, in its own language."""
    page = _page(ISSUE)
    outline = _Outline(page)
    assert {"https://github.com/openai/whisper", "paper.pdf", "https://someone.example"} <= set(
        outline.values("a", "href")
    )
    for part in (
        "作者：OpenAI",
        "2022-09-21",
        "#asr",
        "来自",
        "<code>large-v2</code>",
        "先听。",
        "<strong>三</strong>",
    ):
        assert part in page
    assert ("article", {"id": "whisper", "lang": "en"}) in outline.tags


def test_images_keep_their_place_before_they_come() -> None:
    """An image of the issue's folder has its width and height, and stays relative to the page."""
    [image] = [attributes for tag, attributes in _Outline(_page(ISSUE)).tags if tag == "img"]
    assert image == {"src": "wer.png", "alt": "WER", "width": "640", "height": "200", "loading": "lazy"}


def test_every_section_and_entry_has_a_permalink() -> None:
    """Each section and entry carries its slug as id, exactly once, and a link to it."""
    outline = _Outline(_page(ISSUE))
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert sorted(map(str, ids)) == sorted(["Content", "语音", "whisper", "whisper-cpp"])
    assert {f"#{name}" for name in ids} <= set(outline.values("a", "href"))


def test_an_empty_section_is_left_out() -> None:
    """A section without entries and text is not shown to readers; one with text is."""
    sections = (Section(title="空", slug="a"), Section(title="话", slug="b", text=Markdown("x")))
    assert _Outline(_page(replace(ISSUE, sections=sections))).headings == [("h1", "第二期"), ("h2", "话")]


def test_a_page_tells_machines_what_it_is() -> None:
    """Language, description, canonical address and all six feeds stand in the head; nothing keeps it from an index."""
    outline = _Outline(_page(ISSUE))
    assert outline.tags[0] == ("html", {"lang": "zh-CN", "dir": "ltr"})
    links = [attributes for tag, attributes in outline.tags if tag == "link"]
    assert [link["href"] for link in links if link["rel"] == "canonical"] == ["https://news.example/2023-03-04/"]
    assert [(link["href"], link["type"]) for link in links if link["rel"] == "alternate"] == [
        ("../feed.xml", "application/rss+xml"),
        ("../atom.xml", "application/atom+xml"),
        ("../feed.json", "application/feed+json"),
        ("../entries.xml", "application/rss+xml"),
        ("../entries.atom.xml", "application/atom+xml"),
        ("../entries.json", "application/feed+json"),
    ]
    metas = {attributes.get("name"): attributes.get("content") for tag, attributes in outline.tags if tag == "meta"}
    assert metas["description"] == "本期有三节。"
    assert "robots" not in metas


def test_a_draft_is_kept_from_search_engines_and_says_so() -> None:
    """A draft carries noindex and its label, and stands between no other issues."""
    page = _page(replace(ISSUE, draft=True), FIRST)
    assert '<meta name="robots" content="noindex">' in page
    assert "草稿" in page
    assert 'rel="prev"' not in page


def test_issues_lead_to_their_neighbours() -> None:
    """The page links the issue before and the issue after by their titles."""
    third = replace(ISSUE, name="2023-03-11", title="第三期", number=3)
    context = _context(third, ISSUE, FIRST)
    [artifact] = issue_page(replace(context, issues=(ISSUE,)))
    page = bytes(artifact.content).decode()
    assert '<a rel="prev" href="../2023-02-25/"><span>上一期</span> 第一期</a>' in page
    assert '<a rel="next" href="../2023-03-11/"><span>下一期</span> 第三期</a>' in page


def test_a_paid_entry_is_marked_for_readers_and_search_engines() -> None:
    """Each link of a sponsored entry has rel=sponsored, its note's too, and the entry bears the label."""
    paid = replace(WHISPER, sponsored=True, entries=(), note=Markdown("[a](https://a.example)"), via=Markdown(""))
    page = _page(replace(ISSUE, sections=(Section(title="x", entries=(paid,)),)))
    links = [attributes for tag, attributes in _Outline(page).tags if tag == "a" and "rel" in attributes]
    assert [(link["href"], link["rel"]) for link in links] == [
        ("https://github.com/openai/whisper", "sponsored"),
        ("paper.pdf", "sponsored"),
        ("https://a.example", "sponsored"),
    ]
    assert "赞助" in page
    assert "赞助" not in _page(ISSUE)


def test_an_issue_without_a_title_goes_by_its_number() -> None:
    """Where an issue has no title, its number stands in its heading, in its neighbours' links and on the front page."""
    untitled = replace(ISSUE, title="")
    assert _Outline(_page(untitled)).headings[0] == ("h1", "第 2 期")
    assert "<title>第 2 期 · 机器学习周报</title>" in _page(untitled)
    assert '<a rel="prev" href="../2023-03-04/"><span>上一期</span> 第 2 期</a>' in _page(FIRST, untitled)
    assert '<a href="2023-03-04/">第 2 期</a>' in _front(untitled)


def _description(page: str) -> str | None:
    [found] = [
        attributes["content"] for _, attributes in _Outline(page).tags if attributes.get("name") == "description"
    ]
    return found


def test_the_description_ends_where_a_title_or_a_word_ends() -> None:
    """An issue is described by its preheader, else its intro, else its first titles, in 160 characters at most."""
    entries = tuple(Entry(title="long " * 10 + str(count)) for count in range(4))
    plain = replace(ISSUE, intro=Markdown(""), sections=(Section(title="x", entries=entries),))
    assert _description(_page(plain)) == " · ".join("long " * 10 + str(count) for count in range(3))
    assert _description(_page(replace(plain, intro=Markdown("*word* " * 50)))) == "word " * 30 + "word…"
    assert _description(_page(replace(plain, intro=Markdown("字" * 200)))) == "字" * 159 + "…"
    assert _description(_page(replace(plain, intro=Markdown("x"), preheader="预览"))) == "预览"


def _structured(page: str) -> dict[str, object]:
    """What the page says of itself in JSON-LD."""
    found: dict[str, object] = json.loads(
        page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    )
    return found


def _previews(page: str) -> dict[str | None, str | None]:
    """What the page says of itself in Open Graph's words."""
    tags = _Outline(page).tags
    return {attributes["property"]: attributes["content"] for _, attributes in tags if "property" in attributes}


def test_an_issue_says_what_it_is_to_machines_that_show_links() -> None:
    """JSON-LD and Open Graph tell an issue's title, number, day, language and picture, in addresses that are whole."""
    page = _page(replace(ISSUE, updated=datetime.date(2023, 3, 6)))
    told = _structured(page)
    assert told["@context"] == "https://schema.org"
    assert (told["name"], told["issueNumber"], told["inLanguage"]) == ("第二期", 2, "zh-CN")
    assert (told["datePublished"], told["dateModified"]) == ("2023-03-04", "2023-03-06")
    assert told["isPartOf"] == {"@type": "Periodical", "name": "机器学习周报", "url": "https://news.example/"}
    assert _previews(page) == {
        "og:site_name": "机器学习周报",
        "og:title": "第二期",
        "og:type": "article",
        "og:url": "https://news.example/2023-03-04/",
        "og:locale": "zh_CN",
        "og:description": "本期有三节。",
        "og:image": "https://news.example/2023-03-04/wer.png",
        "article:published_time": "2023-03-04",
        "article:modified_time": "2023-03-06",
    }


def test_an_entry_says_which_later_issues_had_it_again() -> None:
    """An entry links to its place in the first three later issues that had it, an update as such; earlier ones not."""
    some = ((1, "2023-02-25", ""), (2, "2023-03-04", ""), (3, "2023-03-11", "update"), (4, "2023-03-18", "recall"))
    some = (*some, (5, "2023-03-25", ""), (6, "2023-04-01", ""))
    alike = tuple(Appearance(issue=name, number=number, slug="w", word=word) for number, name, word in some)
    [artifact] = issue_page(replace(_context(ISSUE), appearances={"2023-03-04#whisper": alike}))
    page = bytes(artifact.content).decode()
    assert re.findall(r'href="\.\./(2023-[^"]+)">([^<]+)<', page) == [
        ("2023-03-11/#w", "第 3 期有更新"),
        ("2023-03-18/#w", "又见于第 4 期"),
        ("2023-03-25/#w", "又见于第 5 期"),
    ]


def test_what_has_a_page_of_its_own_is_linked_to_it() -> None:
    """A section's heading, a tag in whatever case and a site lead to their pages where they have one."""
    paths = {
        "sections": {"语音": "sections/语音/"},
        "tags": {"asr": "tags/asr/"},
        "sites": {"github.com": "sites/github.com/"},
    }
    issue = replace(ISSUE, sections=(replace(ISSUE.sections[0], entries=(replace(WHISPER, tags=("ASR", "x")),)),))
    [artifact] = issue_page(replace(_context(issue), topics=Topics(paths=paths)))
    page = bytes(artifact.content).decode()
    assert '<h2><a href="../sections/语音/">语音</a></h2>' in page
    assert '<a href="../sites/github.com/">github.com</a>' in page
    assert '<a href="../tags/asr/">#ASR</a>' in page
    assert "<span>#x</span>" in page


HOSTILE = "\"><script>alert(1)</script>' onload='x {{ 1 }} {% raw %}"


def test_no_field_can_bring_markup_into_a_page() -> None:
    """A title, name, tag, slug or description with markup in it is shown as text."""
    entry = Entry(
        title=HOSTILE,
        slug=HOSTILE,
        lang=HOSTILE,
        author=HOSTILE,
        published=HOSTILE,
        tags=(HOSTILE,),
        via=Markdown(HOSTILE),
        note=Markdown(HOSTILE),
        links=(Link(title=HOSTILE, url=Url("https://a.example/" + HOSTILE)),),
        url=Url("https://a.example/" + HOSTILE),
    )
    sections = tuple(Section(title=HOSTILE, slug=HOSTILE, text=Markdown(HOSTILE), entries=(entry,)) for _ in range(3))
    issue = replace(ISSUE, title=HOSTILE, preheader=HOSTILE, intro=Markdown(HOSTILE), sections=sections)
    publication = replace(PUBLICATION, title=HOSTILE, description=HOSTILE, author=Author(name=HOSTILE))
    neighbours = (issue, replace(issue, name="2023-02-25"))
    for page in (_page(*neighbours, publication=publication), _front(*neighbours, publication=publication)):
        tags = _Outline(page).tags
        assert [attributes for tag, attributes in tags if tag == "script"] == [{"type": "application/ld+json"}]
        assert _structured(page)["name"] == HOSTILE
        assert not [attributes for _, attributes in tags if any(name.startswith("on") for name in attributes)]


@pytest.mark.parametrize("render", [_page, _front])
def test_a_page_asks_nobody_for_anything(render) -> None:  # type: ignore[no-untyped-def]
    """No script, font, style sheet or image is fetched from elsewhere; all styles stand in the page."""
    page = render(ISSUE, FIRST)
    tags = _Outline(page).tags
    assert [attributes for tag, attributes in tags if tag == "script"] == [{"type": "application/ld+json"}]
    assert not {"iframe", "object", "embed", "video", "audio"} & {tag for tag, _ in tags}
    assert "url(" not in page
    assert "@import" not in page
    assert {attributes["rel"] for tag, attributes in tags if tag == "link"} == {"canonical", "alternate"}


def test_the_front_page_lists_every_issue_newest_first() -> None:
    """Each issue is linked once from the front page, by year, newest first; drafts are not there."""
    last_year = replace(FIRST, name="2022-12-31", date=datetime.date(2022, 12, 31), title="第零期")
    outline = _Outline(_front(ISSUE, FIRST, last_year, replace(ISSUE, name="2024-01-01", draft=True)))
    pages = [href for href in outline.values("a", "href") if href and re.match(r"\d", href)]
    assert pages == ["2023-03-04/", "2023-02-25/", "2022-12-31/"]
    assert outline.headings == [("h1", "机器学习周报"), ("h2", "2023"), ("h2", "2022")]


def test_what_all_issues_begin_with_is_no_teaser() -> None:
    """An issue's intro stands under it on the front page; where others have the same one, its first titles do."""
    old = replace(ISSUE, name="2023-02-25")
    assert "<p>本期有三节。</p>" in _front(ISSUE, FIRST)
    assert re.findall(r"</span>\s*<p>(.*)</p>", _front(ISSUE, old)) == ["whisper", "whisper"]


def test_the_front_page_of_a_new_publication_stands() -> None:
    """A publication without an issue has a front page that says what it is and where its feeds are."""
    [artifact] = front_page(replace(_context(ISSUE), archive=()))
    page = bytes(artifact.content).decode()
    assert "每周一封" in page
    assert '<a href="feed.xml">RSS</a>' in page


def test_pages_are_light() -> None:
    """Without images a page of 254 entries with notes stays under 250 KB, and its own frame under 20 KB."""
    empty = _page(replace(ISSUE, sections=()))
    entries = tuple(replace(WHISPER, slug=f"e{count}", entries=()) for count in range(254))
    full = _page(replace(ISSUE, sections=(Section(title="x", entries=entries),)))
    assert len(empty.encode()) < 20_000
    assert len(full.encode()) < 250_000


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://www.Example.org/a?b#c", "example.org"),
        ("http://example.org:8080", "example.org"),
        ("https://github.com@evil.example/x", "evil.example"),
        ("https://evil.example\\@github.com/", "evil.example"),
        ("https://a@b@evil.example", "evil.example"),
        ("mailto:a@b.example", "a@b.example"),
        ("paper.pdf", "paper.pdf"),
    ],
)
def test_the_host_shown_is_the_host_gone_to(url: str, shown: str) -> None:
    """Beside a title stands where its link leads, as a browser reads the address."""
    assert host(url) == shown

"""The feeds, as a schema, a feed reader and a walker of archives see them."""

import datetime
import json
import locale
import shutil
import string
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.model import Author, Entry, FeedSettings, Issue, Link, Markdown, Publication, Section, Url
from pipeline.project import labels
from pipeline.render.context import RenderContext
from pipeline.render.defaults import DEFAULTS
from pipeline.render.feeds.archive import archive_pages
from pipeline.render.feeds.channel import dealt, pages
from pipeline.render.feeds.plain import clean
from pipeline.render.feeds.subscription import feeds
from pipeline.render.labels import Labels, catalogues
from pipeline.render.templates import Templates

SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parent / "schemas" / "atom.rng"))
WORDS = labels([DEFAULTS], catalogues("en"))
TEMPLATES = Templates([DEFAULTS])
PUBLICATION = Publication(
    title="机器学习 & friends",
    url=Url("https://news.example"),
    id="old.example",
    language="zh-CN",
    description="Links <of> the week",
    author=Author(name="Ann 安", email="ann@news.example"),
    timezone="Asia/Shanghai",
    feeds=FeedSettings(issues=3, entries=2, hub="https://hub.example/"),
)
ATOM = "{http://www.w3.org/2005/Atom}"
HISTORY = "{http://purl.org/syndication/history/1.0}"
TITLES = ["Use <b>bold</b> & co", "大模型 🎉 ]]> 终", "a\x00b\x1bc\x7fd\x85e\uffff\ud800f", "&amp; &lt;i&gt;", ""]


def entry(name: str, **more: Any) -> Entry:
    """An entry with a link, a note, and the slug and key that a reader gives."""
    given_url = {"url": Url(f"https://example.org/{name}"), "note": Markdown(f"* about *{name}*")}
    return Entry(**{"title": f"Title {name}", "slug": f"s-{name}", "key": f"u-{name}", **given_url, **more})


def issue(number: int, entries: Sequence[Entry] | None = None, **more: Any) -> Issue:
    """The issue of a week, with two entries unless told."""
    day = datetime.date(2023, 3, 4) + datetime.timedelta(weeks=number - 1)
    own = tuple(entries if entries is not None else (entry(f"{number}a"), entry(f"{number}b")))
    given_sections = {"sections": (Section(title="硬件", slug="hardware", entries=own),)}
    return Issue(
        **{"date": day, "name": str(day), "title": f"Issue {number}", "number": number, **given_sections, **more}
    )


def context(*archive: Issue, publication: Publication = PUBLICATION, **more: Any) -> RenderContext:
    """The context of issues given oldest first, all of them and all pages of feeds to be made unless told."""
    newest_first = tuple(reversed(archive))
    words = Labels(language=publication.language, words=WORDS)
    parts = {"archive": newest_first, "issues": newest_first, "templates": TEMPLATES, "labels": words, "root": Path()}
    found = RenderContext(**{"publication": publication, **parts, **more})
    return replace(found, pages=frozenset(page.path for page in pages(found)))


def made(given_context: RenderContext) -> dict[str, bytes]:
    """Every feed document by its path."""
    found = {}
    for artifact in (*feeds(given_context), *archive_pages(given_context)):
        assert isinstance(artifact.content, bytes)
        assert artifact.path not in found
        found[artifact.path] = artifact.content
    return found


def elements(document: bytes) -> dict[str, list[Any]]:
    """What every entry of an Atom document says, by id: name, attributes and text of its elements, in any order."""
    return {
        child.findtext(f"{ATOM}id"): sorted((each.tag, sorted(each.attrib.items()), each.text) for each in child)
        for child in etree.fromstring(document).iter(f"{ATOM}entry")
    }


def links(document: bytes) -> dict[str, str]:
    """The links of an Atom feed by relation."""
    return {link.get("rel"): link.get("href") for link in etree.fromstring(document).findall(f"{ATOM}link")}


def readings(documents: dict[str, bytes], kind: str) -> list[list[tuple[str, str, str]]]:
    """Id, title and content of the items of one kind of feed, as read from each of its three formats."""
    paths = {
        "issues": ("feed.xml", "atom.xml", "feed.json"),
        "entries": ("entries.xml", "entries.atom.xml", "entries.json"),
    }
    found = []
    for path in paths[kind][:2]:
        parsed = feedparser.parse(documents[path], sanitize_html=False, resolve_relative_uris=False)
        assert not parsed.bozo, parsed.get("bozo_exception")
        found.append([(item.id, item.title, item.content[0].value) for item in parsed.entries])
    items = json.loads(documents[paths[kind][2]])["items"]
    found.append([(item["id"], item["title"], item["content_html"]) for item in items])
    return found


def test_a_reader_sees_the_same_items_in_all_three_formats() -> None:
    """RSS, Atom and JSON Feed hold the same items, newest issue first, an issue's entries in reading order."""
    documents = made(context(*(issue(number) for number in range(1, 6))))
    for kind, expected in (
        ("issues", ["Issue 5", "Issue 4", "Issue 3"]),
        ("entries", ["Title 5a", "Title 5b", "Title 4a", "Title 4b"]),
    ):
        rss, atom, jsonfeed = readings(documents, kind)
        assert rss == atom == jsonfeed
        assert [title for _, title, _ in rss] == expected


@pytest.mark.parametrize("title", TITLES)
def test_a_title_comes_out_as_it_was_written_without_control_characters(title: str) -> None:
    """A title reaches the reader as plain text: tags and references literally, what no feed can carry left out."""
    documents = made(context(issue(1, [entry("a", title=title)], title=title)))
    expected = "".join(char for char in title if char not in "\x00\x1b\x7f\x85\uffff\ud800")
    for path in ("feed.xml", "atom.xml", "entries.xml", "entries.atom.xml"):
        item = next(each for each in etree.fromstring(documents[path]).iter("item", f"{ATOM}entry"))
        kind = "issue" if "entries" not in path else "entry"
        fallback = {"issue": "Issue 1", "entry": "https://example.org/a"}[kind]
        assert (item.findtext("title") or item.findtext(f"{ATOM}title")) == (expected or fallback)
    assert json.loads(documents["entries.json"])["items"][0]["title"] == (expected or "https://example.org/a")


def test_every_rss_item_is_whole() -> None:
    """An RSS item has its content, a short plain description, creator, date, categories; the channel its language."""
    text = Markdown("**Bold** & [linked](https://l.example) " + "word " * 80)
    own = entry("a", note=text, tags=("gpu", "硬件"))
    parsed = feedparser.parse(made(context(issue(1, [own])))["entries.xml"])
    [item] = parsed.entries
    assert item.summary.startswith("Bold & linked word word")
    assert len(item.summary) <= 240
    assert item.summary.endswith("word…")
    assert "<strong>Bold</strong> &amp; <a href" in item.content[0].value
    assert item.author == "Ann 安"
    assert item.published == "Sat, 04 Mar 2023 09:00:00 +0800"
    assert [tag.term for tag in item.tags] == ["硬件", "gpu"]
    assert (item.id, item.guidislink) == ("tag:old.example,2023-03-04:u-a", False)
    assert parsed.feed.language == "zh-CN"
    assert parsed.feed.link == "https://news.example/"
    assert parsed.feed.updated == "Sat, 04 Mar 2023 09:00:00 +0800"
    assert parsed.feed.generator == "publish-newsletter"


def test_rss_names_itself_its_hub_and_its_archive() -> None:
    """The channel's link is the site, whatever other links it has: itself, the WebSub hub, the archive in Atom."""
    documents = made(context(*(issue(number) for number in range(1, 5))))
    channel = etree.fromstring(documents["feed.xml"])[0]
    assert channel.findtext("link") == "https://news.example/"
    assert [(link.get("rel"), link.get("href"), link.get("type")) for link in channel.findall(f"{ATOM}link")] == [
        ("self", "https://news.example/feed.xml", "application/rss+xml"),
        ("hub", "https://hub.example/", None),
        ("prev-archive", "https://news.example/feeds/issues-1.atom.xml", "application/atom+xml"),
    ]


def test_the_item_of_an_entry_opens_the_entrys_own_address() -> None:
    """An entry's item links to what it is about, then to its permalink and further links; an issue's to its page."""
    own = entry(
        "a",
        links=(Link(title="PDF", url=Url("https://example.org/a.pdf")), Link(title="图", url=Url("图.png"))),
        via=Markdown("[Bob](https://bob.example)"),
        lang="en",
    )
    documents = made(context(issue(1, [own, entry("b", url=None)])))
    permalink = "https://news.example/2023-03-04/#s-a"
    with_url, without = etree.fromstring(documents["entries.atom.xml"]).findall(f"{ATOM}entry")
    assert [dict(link.attrib) for link in with_url.findall(f"{ATOM}link")] == [
        {"rel": "alternate", "href": "https://example.org/a", "type": "text/html", "hreflang": "en"},
        {"rel": "related", "href": permalink, "type": "text/html"},
        {"rel": "related", "href": "https://example.org/a.pdf", "type": "application/pdf", "title": "PDF"},
        {"rel": "related", "href": "https://news.example/2023-03-04/图.png", "type": "image/png", "title": "图"},
        {"rel": "via", "href": "https://bob.example", "type": "text/html"},
    ]
    assert [link.get("href") for link in without.findall(f"{ATOM}link")] == ["https://news.example/2023-03-04/#s-b"]
    rss = etree.fromstring(documents["entries.xml"])
    assert [item.findtext("link") for item in rss.iter("item")] == [
        "https://example.org/a",
        "https://news.example/2023-03-04/#s-b",
    ]
    first, second = json.loads(documents["entries.json"])["items"]
    assert (first["url"], first["external_url"]) == (permalink, "https://example.org/a")
    assert (second["url"], "external_url" in second) == ("https://news.example/2023-03-04/#s-b", False)
    [whole] = etree.fromstring(documents["atom.xml"]).findall(f"{ATOM}entry/{ATOM}link")
    assert dict(whole.attrib) == {"rel": "alternate", "href": "https://news.example/2023-03-04/", "type": "text/html"}


def test_jsonfeed_says_what_version_1_1_asks_for() -> None:
    """JSON Feed 1.1 names its version, title, address, language, authors and hub; an item its dates and tags."""
    document = json.loads(made(context(issue(1, updated=datetime.date(2023, 3, 9))))["feed.json"])
    [item] = document.pop("items")
    assert document == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "机器学习 & friends",
        "home_page_url": "https://news.example/",
        "feed_url": "https://news.example/feed.json",
        "description": "Links <of> the week",
        "language": "zh-CN",
        "authors": [{"name": "Ann 安"}],
        "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
    }
    assert (item["date_published"], item["date_modified"]) == ("2023-03-04T09:00:00+08:00", "2023-03-09T09:00:00+08:00")
    assert item["tags"] == ["硬件"]
    assert item["summary"] == "Title 1a · Title 1b"


def test_an_issues_item_holds_the_whole_issue() -> None:
    """The content of an issue is its introduction, sections and entries, grouped ones a level down, links and notes."""
    child = entry("c", title="<child>", url=None)
    own = entry("a", links=(Link(title="PDF", url=Url("a.pdf")),), entries=(child,), author="Al", sponsored=True)
    sections = (
        Section(title="Empty", slug="empty"),
        Section(title="A & B", slug="ab", text=Markdown("Prose."), entries=(own,)),
    )
    document = made(context(issue(1, intro=Markdown("Hello [you](#s-a)."), sections=sections)))["atom.xml"]
    content = etree.fromstring(document).findtext(f".//{ATOM}content")
    assert content
    assert [line for line in content.splitlines() if line] == [
        '<p>Hello <a href="https://news.example/2023-03-04/#s-a">you</a>.</p>',
        "<h2>A &amp; B</h2>",
        "<p>Prose.</p>",
        '<h3><a href="https://example.org/a">Title a</a></h3>',
        "<p><strong>Sponsored</strong></p>",
        "<p><small>Al</small></p>",
        '<p><a href="https://news.example/2023-03-04/a.pdf">PDF</a></p>',
        "<ul>",
        "<li>about <em>a</em></li>",
        "</ul>",
        "<h4>&lt;child&gt;</h4>",
        "<ul>",
        "<li>about <em>c</em></li>",
        "</ul>",
    ]


def test_a_grouped_entry_is_an_item_of_its_own() -> None:
    """The entries feed has an item for every entry, the grouped ones behind their parents, each with its own note."""
    own = entry("a", entries=(entry("b", entries=(entry("c"),)), entry("d")))
    rss, *_ = readings(made(context(issue(1, [own, entry("e")]))), "entries")
    assert [title for _, title, _ in rss] == [f"Title {name}" for name in "abcde"]
    assert all(content.count("about") == 1 for _, _, content in rss)


def test_an_entry_that_says_nothing_has_a_link_to_show() -> None:
    """An item without a note is not empty in a reader: it shows its link, which no summary repeats."""
    documents = made(context(issue(1, [entry("a", title="A & <b>", note=Markdown(""))])))
    for items in readings(documents, "entries"):
        assert [content for *_, content in items] == ['<p><a href="https://example.org/a">A &amp; &lt;b&gt;</a></p>']
    assert "summary" not in json.loads(documents["entries.json"])["items"][0]
    assert "<p>" not in json.loads(documents["feed.json"])["items"][0]["content_html"]


def test_nothing_in_a_feed_is_relative() -> None:
    """Every address in items and their content is absolute: attachments, images, places in the issue."""
    note = Markdown('[a](a.pdf) ![b](b.png) [c](#s-a) <img src="d.png">')
    own = entry(
        "a", url=Url("a.pdf"), note=note, links=(Link(title="L", url=Url("l.pdf")),), via=Markdown("[v](v.pdf)")
    )
    documents = made(context(issue(1, [own], intro=note), issue(2), issue(3), issue(4), issue(5)))
    addresses = []
    for path, document in documents.items():
        if path.endswith(".json"):
            items = json.loads(document)["items"]
            contents = [item["content_html"] for item in items]
            addresses += [item[key] for item in items for key in ("url", "external_url") if key in item]
        else:
            tree = etree.fromstring(document)
            contents = [each.text or "" for each in tree.iter("{*}encoded", f"{ATOM}content")]
            addresses += [link.get("href") or link.text or "" for link in tree.iter("link", f"{ATOM}link")]
        for content in contents:
            parsed = etree.HTML(f"<div>{content}</div>")
            addresses += [str(each) for each in parsed.xpath("//@href | //@src")]
    assert "https://news.example/2023-03-04/d.png" in addresses
    assert [address for address in addresses if not address.startswith("https://")] == []


def test_the_newest_update_dates_a_feed() -> None:
    """`lastBuildDate` and the feed's `updated` are those of its newest item, and only content moves them."""
    later = issue(1, updated=datetime.date(2024, 1, 1))
    documents = made(context(later, issue(2)))
    assert (
        etree.fromstring(documents["feed.xml"]).findtext("channel/lastBuildDate") == "Mon, 01 Jan 2024 09:00:00 +0800"
    )
    for path in ("atom.xml", "entries.atom.xml"):
        assert etree.fromstring(documents[path]).findtext(f"{ATOM}updated") == "2024-01-01T09:00:00+08:00"
    own = etree.fromstring(documents["atom.xml"]).findall(f"{ATOM}entry")[1]
    assert own.findtext(f"{ATOM}published") == "2023-03-04T09:00:00+08:00"
    assert own.findtext(f"{ATOM}updated") == "2024-01-01T09:00:00+08:00"


def test_the_same_issues_give_the_same_bytes_and_leave_the_locale_alone() -> None:
    """Two builds of the same issues are the same byte for byte, and the process's locale is as it was."""
    issues = [issue(number) for number in range(1, 9)]
    before = locale.setlocale(locale.LC_ALL)
    first, second = made(context(*issues)), made(context(*issues))
    assert first == second
    assert locale.setlocale(locale.LC_ALL) == before


def test_making_an_old_issue_again_rewinds_nothing() -> None:
    """The subscription documents are those of the whole archive, whichever issues are to be made."""
    issues = [issue(number) for number in range(1, 7)]
    whole = context(*issues)
    assert [*feeds(whole)] == [*feeds(replace(whole, issues=(issues[0],)))]


text = st.text(max_size=12)


@settings(max_examples=40, deadline=None)
@given(title=text, note=st.text(string.printable, max_size=30), edited=text, moved=st.sampled_from(["a", "b.c"]))
def test_no_edit_and_no_move_changes_an_id(title: str, note: str, edited: str, moved: str) -> None:
    """The ids of issues and entries stay through a move of the site and any change of title, note, order, section."""
    first, second = entry("a", title=title), entry("b")
    before = made(context(issue(1, [first, second])))
    changed = [second, entry("a", title=edited, note=Markdown(note), slug="new", tags=(edited,))]
    sections = (Section(title=edited, slug="x", entries=tuple(changed)),)
    elsewhere = replace(PUBLICATION, url=Url(f"https://{moved}.example/sub"), title="Renamed")
    after = made(context(issue(1, title=edited, sections=sections), publication=elsewhere))
    for kind in ("issues", "entries"):
        ids_before, ids_after = (
            [{item[0] for item in items} for items in readings(documents, kind)] for documents in (before, after)
        )
        assert ids_before == ids_after
        assert all(each.startswith("tag:old.example,2023-03-04:") for ids in ids_after for each in ids)


@settings(max_examples=60, deadline=None)
@given(
    title=st.text(st.characters(exclude_categories=[]), max_size=20),
    note=st.text(max_size=40),
    tag=st.text(st.characters(exclude_categories=[]), max_size=8),
)
def test_no_text_breaks_a_document(title: str, note: str, tag: str) -> None:
    """Whatever stands in titles, notes and tags, every document parses and every Atom document is valid by RFC 4287."""
    own = entry(
        "a", title=title, note=Markdown(note), tags=(tag,), links=(Link(title=title, url=Url("https://l.example")),)
    )
    publication = replace(PUBLICATION, title=title or "T", description=tag, author=Author(name=title))
    issues = [issue(number, [own], title=title, intro=Markdown(note)) for number in range(1, 5)]
    for path, document in made(context(*issues, publication=publication)).items():
        if path.endswith(".json"):
            assert json.loads(document)["items"]
        elif "atom" in path:
            assert SCHEMA.validate(etree.fromstring(document)), SCHEMA.error_log
        else:
            assert etree.fromstring(document).findall("channel/item")
        said = document.decode()
        assert not any(char in said for char in "\x00\x08\x0b\x1f\x7f\x85\x9f\ufffe\uffff")


@given(st.text(st.characters(exclude_categories=[]) | st.sampled_from("\t\n\r\x0b\x1f\x7f\x85\xa0\u3000\u200d\ufffe")))
def test_only_what_no_feed_can_carry_is_left_out(given_text: str) -> None:
    """A text keeps each character but control characters, halves of characters and U+FFFE and U+FFFF."""

    def carried(char: str) -> bool:
        return char in "\t\n\r" or (unicodedata.category(char) not in ("Cc", "Cs") and char not in "\ufffe\uffff")

    assert clean(given_text) == "".join(filter(carried, given_text))


@pytest.mark.parametrize("count", [0, 1])
def test_a_feed_of_almost_nothing_is_valid(count: int) -> None:
    """A publication without a description, an author or even an issue has valid feeds, by the publication's title."""
    publication = Publication(title="T", url=Url("https://t.example"), id="t.example")
    issues = [issue(number, [Entry(title="", slug="a", key="a")]) for number in range(1, count + 1)]
    documents = made(context(*issues, publication=publication))
    assert len(documents) == 6
    for path in ("atom.xml", "entries.atom.xml"):
        tree = etree.fromstring(documents[path])
        assert SCHEMA.validate(tree), SCHEMA.error_log
        title = "T" if path == "atom.xml" else "T · Entry by entry"
        assert (tree.findtext(f"{ATOM}title"), tree.findtext(f"{ATOM}author/{ATOM}name")) == (title, "T")
        assert tree.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    assert len(json.loads(documents["feed.json"])["items"]) == count
    assert etree.fromstring(documents["feed.xml"]).findtext("channel/description") == "T"


def walked(documents: dict[str, bytes], start: str) -> list[str]:
    """The paths from a subscription document back through its archive, each page seen to link back to the next."""
    paths = [start]
    while older := links(documents[paths[-1]]).get("prev-archive"):
        path = older.removeprefix("https://news.example/")
        page = etree.fromstring(documents[path])
        assert SCHEMA.validate(page), SCHEMA.error_log
        assert page.find(f"{HISTORY}archive") is not None
        own = links(documents[path])
        assert own["self"] == older
        assert own["current"] == f"https://news.example/{start}"
        assert own.get("next-archive") == (None if paths[-1] == start else f"https://news.example/{paths[-1]}")
        paths.append(path)
    return paths


@settings(max_examples=30, deadline=None)
@given(count=st.integers(0, 23), size=st.integers(1, 5), entries=st.integers(1, 5))
def test_the_whole_archive_can_be_reached(count: int, size: int, entries: int) -> None:
    """From each Atom feed the links of RFC 5005 lead through all of its pages to every issue that there is."""
    publication = replace(PUBLICATION, feeds=FeedSettings(issues=size, entries=entries))
    issues = [issue(number, [entry(f"{number}")]) for number in range(1, count + 1)]
    documents = made(context(*issues, publication=publication))
    reached = [path for start in ("atom.xml", "entries.atom.xml") for path in walked(documents, start)]
    assert {path for path in documents if "feeds/" in path} | {"atom.xml", "entries.atom.xml"} == set(reached)
    for start, whole in (("atom.xml", "issue"), ("entries.atom.xml", "u-")):
        ids = {each for path in walked(documents, start) for each in elements(documents[path])}
        assert len(ids) == count
        assert all(f":{whole}" in each for each in ids)


@settings(max_examples=20, deadline=None)
@given(count=st.integers(1, 12), more=st.integers(1, 8))
def test_an_archive_page_never_changes(count: int, more: int) -> None:
    """New issues leave every archive page as it was, but that the newest one gets its link to the next."""
    issues = [issue(number) for number in range(1, count + more + 1)]
    before, after = made(context(*issues[:count])), made(context(*issues))
    for path in (path for path in before if "feeds/" in path):
        lines = after[path].splitlines()
        kept = [line for line in lines if b'rel="next-archive"' not in line]
        assert before[path].splitlines() in (lines, kept)


def test_an_item_says_the_same_in_the_archive_as_in_the_feed() -> None:
    """An entry of an archive page has the very elements that feedgen gave it in the subscription document."""
    own = entry(
        "x",
        title="]]> <x> & “y” 'z'",
        note=Markdown("a ]]> b\n\n```\n<![CDATA[ & \n```"),
        links=(Link(title='"q" & <r>', url=Url('https://q.example/?a=1&b="2"')),),
        tags=('"&<', "🎉"),
        lang="zh-CN",
    )
    issues = [issue(1), issue(2), issue(3, [own], preheader="Pre & <header>"), issue(4)]
    documents = made(context(*issues))
    for subscribed, page in (("atom.xml", "feeds/issues-1.atom.xml"), ("entries.atom.xml", "feeds/entries-1.atom.xml")):
        current, old = elements(documents[subscribed]), elements(documents[page])
        both = current.keys() & old.keys()
        assert both == ({key for key in current if "2023-03-18" in key or "2023-03-11" in key} & old.keys())
        assert {key: current[key] for key in both} == {key: old[key] for key in both}
    hostile = elements(documents["feeds/issues-1.atom.xml"])["tag:old.example,2023-03-18:issue"]
    assert (f"{ATOM}summary", [], "Pre & <header>") in hostile


@settings(max_examples=20, deadline=None)
@given(*3 * [st.text("<>&]\"' é安", max_size=12)])
def test_an_archive_says_the_same_of_itself_as_its_feed(title: str, description: str, author: str) -> None:
    """The head of an archive page has what feedgen gives that of the feed, but links and the mark of RFC 5005."""
    publication = replace(
        PUBLICATION, title=title or "T", description=description, author=Author(name=author, email="a@b.example")
    )
    documents = made(context(*(issue(number) for number in range(1, 7)), publication=publication))
    said = []
    for path in ("entries.atom.xml", "feeds/entries-2.atom.xml"):
        root = etree.fromstring(documents[path])
        own = [
            (each.tag, each.text and each.text.strip(), [(one.tag, one.text) for one in each])
            for each in root
            if each.tag not in (f"{ATOM}entry", f"{ATOM}link", f"{ATOM}updated")
        ]
        said.append((root.attrib, sorted(own)))
    (attributes, feed), (others, page) = said
    assert others == attributes
    assert sorted([*feed, (f"{HISTORY}archive", None, [])]) == page


def test_archive_pages_can_be_made_apart() -> None:
    """Shares of the issues, whatever their bounds, make the same pages between them, and each page once."""
    issues = [issue(number) for number in range(1, 15)]
    whole = context(*issues)
    together = [*archive_pages(whole)]
    for cut in (1, 4, 7, 13):
        shares = dealt(whole, (whole.issues[:cut], whole.issues[cut:]))
        apart = [page for share in shares for page in archive_pages(replace(whole, pages=share))]
        assert sorted(apart, key=lambda page: page.path) == sorted(together, key=lambda page: page.path)


def test_the_author_can_say_otherwise(tmp_path: Path) -> None:
    """A template of the publication's own shapes the content of items, in the archive too, whatever stands in it."""
    (tmp_path / "feed").mkdir()
    (tmp_path / "feed" / "entry.html").write_text("<p>]]> mine\x1b {{ entry.title }}</p>")
    own = Templates([tmp_path, DEFAULTS])
    documents = made(context(*(issue(number) for number in range(1, 5)), templates=own))
    rss, *_ = readings(documents, "entries")
    assert {content for *_, content in rss} == {f"<p>]]> mine Title {name}</p>" for name in ("4a", "4b", "3a", "3b")}
    page = etree.fromstring(documents["feeds/entries-1.atom.xml"])
    assert [content.text for content in page.iter(f"{ATOM}content")] == [
        f"<p>]]> mine Title {name}</p>" for name in ("2a", "2b", "1a", "1b")
    ]
    assert "mine Title 4a" in documents["feed.xml"].decode()


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Our templates with that of an entry in an author's folder, where nobody knows what it makes."""
    folder = tmp_path_factory.mktemp("templates")
    (folder / "feed").mkdir()
    shutil.copy(DEFAULTS / "feed" / "entry.html", folder / "feed")
    return Templates([folder, DEFAULTS])


@settings(deadline=None)
@given(note=text | st.text(" \n*-_<>&;#x0179[](a.png)`\x01\x85"), author=st.sampled_from(["", "", "Ann"]))
def test_an_entry_that_is_but_a_note_says_what_its_template_makes(copied: Templates, note: str, author: str) -> None:
    """What entries say is what `feed/entry.html` makes, also where it is not asked."""
    own = issue(1, [entry("a", note=Markdown(note), author=author)])
    assert not copied.is_ours("feed/entry.html")
    assert made(context(own)) == made(context(own, templates=copied))

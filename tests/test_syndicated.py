"""What feeds hold, by the words of those who write them: RSS, Atom, JSON Feed, and what is none."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.formats.syndicated import Item, feed_in, items

RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>F</title>
<item><title>One &amp;amp; &lt;b&gt;only&lt;/b&gt;</title><link>https://a.example/1?utm_source=rss</link>
<pubDate>Sat, 04 Mar 2023 10:00:00 GMT</pubDate><dc:creator>A. Writer</dc:creator></item>
<item><title>Vec&lt;T&gt;</title><guid>https://a.example/2</guid></item>
<item><title>No link</title><guid isPermaLink="false">x</guid></item>
<item><link>/relative</link></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><link href="https://f.example"/>
<entry><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">One <em>x</em></div></title>
<link rel="replies" href="https://a.example/r"/><link href="https://a.example/1"/><updated>2023-03-05T00:00:00Z</updated>
<published>2023-03-04T00:00:00Z</published><author><name>A</name><uri>https://u.example</uri></author></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel><title>F</title><link>https://f.example</link></channel>
<item rdf:about="x"><title>One</title><link>https://a.example/1</link></item></rdf:RDF>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [
            {
                "id": "1",
                "url": "https://a.example/1",
                "title": "One",
                "authors": [{"name": "A"}],
                "date_published": "2023-03",
            },
            {"id": "2", "external_url": "https://a.example/2"},
            {"id": 3, "url": 3},
            7,
        ],
    }
)
LAUGHS = f"""<!DOCTYPE rss [<!ENTITY a "ha">
<!ENTITY b "{"&a;" * 50}"><!ENTITY c "{"&b;" * 50}"><!ENTITY d "{"&c;" * 50}">
<!ENTITY e "{"&d;" * 50}"><!ENTITY f SYSTEM "file:///etc/passwd">]><rss><channel>
<item><title>&e;&f;x</title><link>https://a.example/1</link></item></channel></rss>"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            RSS,
            [
                Item(
                    url="https://a.example/1?utm_source=rss",
                    title="One & only",
                    author="A. Writer",
                    published="2023-03-04",
                ),
                Item(url="https://a.example/2", title="Vec<T>"),
                Item(url="https://f.example/relative"),
            ],
        ),
        (ATOM, [Item(url="https://a.example/1", title="One x", author="A", published="2023-03-04")]),
        (RDF, [Item(url="https://a.example/1", title="One")]),
        (
            JSON,
            [
                Item(url="https://a.example/1", title="One", author="A", published="2023-03"),
                Item(url="https://a.example/2"),
            ],
        ),
        ("<rss><channel></channel></rss>", []),
        ("<html><body>no feed</body></html>", None),
        ("{}", None),
        ("", None),
    ],
    ids=["rss", "atom", "rdf", "json", "empty", "page", "other json", "nothing"],
)
def test_a_feed_of_any_kind_gives_its_items(text: str, found: list[Item] | None) -> None:
    """RSS, Atom and JSON Feed give address, title, author and day; an item without an address is left out."""
    read = items(text.encode(), "", "https://f.example/feed.xml")
    assert (None if read is None else list(read)) == found


def test_entities_are_not_expanded() -> None:
    """A feed that grows without bound when it is read, or names a file of this machine, does neither."""
    started = time.process_time()
    read = items(LAUGHS.encode(), "", "https://f.example")
    assert time.process_time() - started < 1
    assert read is None or all("root:" not in item.title and "haha" not in item.title for item in read)


@given(
    st.binary()
    | st.sampled_from([RSS, ATOM, JSON]).flatmap(
        lambda text: st.tuples(st.integers(0, len(text)), st.text(max_size=9)).map(
            lambda cut: (text[: cut[0]] + cut[1] + text[cut[0] + 3 :]).encode("utf-8", "ignore")
        )
    )
)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_can_be_read(body: bytes) -> None:
    """Whatever a server sends, nothing is raised, and addresses are those of the web."""
    for item in items(body, "", "https://f.example") or ():
        assert item.url.startswith(("http://", "https://"))


def atom(entry: str, attributes: str = "") -> Item:
    """The one item of a feed in Atom that lies at https://f.example/feeds/all.xml."""
    text = f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><entry>{entry}</entry></feed>'
    [item] = feed_in(text, "https://f.example/feeds/all.xml").items or ()
    return item


def rss(item: str, channel: str = "") -> Item:
    """The one item of a feed in RSS that does not say where it lies but by what is in its channel."""
    [found] = feed_in(f"<rss><channel>{channel}<item>{item}</item></channel></rss>").items or ()
    return found


@pytest.mark.parametrize(
    ("attributes", "link", "found"),
    [
        ("", 'href="1"', "https://f.example/feeds/1"),
        ('xml:base="/a/"', 'href="1"', "https://f.example/a/1"),
        ('xml:base="https://b.example/a/"', 'xml:base="b/" href="1"', "https://b.example/a/b/1"),
        ('xml:base="https://b.example/a/"', 'href="https://c.example/1"', "https://c.example/1"),
        ('xml:base="http://[b.example"', 'href="https://c.example/1"', "https://c.example/1"),
    ],
)
def test_addresses_are_relative_to_where_the_feed_says(attributes: str, link: str, found: str) -> None:
    """A link is relative to the nearest xml:base, each relative to the one around it, and all to the feed's address."""
    assert atom(f"<link {link}/>", attributes).url == found


def test_what_an_item_says_is_relative_to_its_xml_base() -> None:
    """Text under an xml:base has that as its base; other text has none, and is relative to the item's address."""
    entry = '<link href="https://a.example/1"/><content type="html" {}>&lt;a href="2"&gt;T&lt;/a&gt;</content>'
    assert atom(entry.format('xml:base="x/"')).base == "https://f.example/feeds/x/"
    assert atom(entry.format("")).base == ""


@pytest.mark.parametrize(
    "text",
    [
        "<rss><channel><link>https://w.example/a/</link><item><link>1</link></item></channel></rss>",
        '<feed><link rel="self" href="https://w.example/a/feed"/><entry><link href="1"/></entry></feed>',
        json.dumps(
            {"version": "https://jsonfeed.org/version/1", "feed_url": "https://w.example/a/f", "items": [{"url": "1"}]}
        ),
    ],
)
def test_a_feed_without_an_address_has_the_one_that_it_names(text: str) -> None:
    """In a file, addresses are relative to what the feed gives as its own address or its site's."""
    assert [item.url for item in feed_in(text).items or ()] == ["https://w.example/a/1"]


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ('<link rel="self" href="https://s.example"/><link rel="alternate" href="https://a.example"/>', "a"),
        ('<link rel="enclosure" href="https://s.example/x.mp3"/><link href="https://a.example"/>', "a"),
        ('<link rel="http://www.iana.org/assignments/relation/Alternate" href="https://a.example"/>', "a"),
        ("<link/><guid>https://g.example</guid>", "g"),
        ('<link>https://a.example</link><guid isPermaLink="true">https://g.example</guid>', "a"),
    ],
)
def test_an_item_leads_to_its_alternate(links: str, found: str) -> None:
    """Of several links the alternate one counts, then a guid that is an address."""
    assert atom(links).url == f"https://{found}.example"


def test_a_guid_that_is_no_address_is_none() -> None:
    """A guid without a scheme is a name, whatever isPermaLink says by default."""
    assert (
        items(b"<rss><item><guid>tag:1</guid></item><item><guid>7</guid></item></rss>", "", "https://f.example") == ()
    )


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("<pubDate>Sat, 04 Mar 2023 10:00:00 +0000</pubDate>", "2023-03-04"),
        ("<pubDate>4 Mar 23 10:00 GMT</pubDate>", "2023-03-04"),
        ("<pubDate>March 4th, 2023</pubDate>", "2023-03-04"),
        ("<date>2023-03</date>", "2023-03"),
        ("<published>2023-03-04T23:59:59-08:00</published><updated>2024-01-01T00:00:00Z</updated>", "2023-03-04"),
        ("<published>soon</published><modified>2023-03-04</modified>", "2023-03-04"),
        ("<published>0001-01-01T00:00:00Z</published>", ""),
        ("<published>2023-02-30</published>", ""),
    ],
)
def test_a_day_is_read_as_feeds_write_it(said: str, found: str) -> None:
    """RFC 822, ISO 8601 or words, the day of publishing before that of a change; what is no day is none."""
    assert rss(said).published == found


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("A &amp;amp; B", "A & B"),
        ("&lt;b&gt;A&lt;/b&gt; &amp;lt;b&amp;gt;", "A <b>"),
        ("<![CDATA[A &amp; <em>B</em>]]>", "A & B"),
        ("Vec&lt;T&gt; and Map&lt;K, V&gt;", "Vec<T> and Map<K, V>"),
        ("a &lt; b", "a < b"),
        ("&nbsp;A\n  B ", "A B"),
    ],
)
def test_a_title_that_is_escaped_twice_is_read_once_more(title: str, found: str) -> None:
    """Tags of text are taken out of a title and references resolved; other words in angle brackets stay."""
    assert rss(f"<title>{title}</title>").title == found


def test_people_and_tags_are_named() -> None:
    """The first three names, without addresses, and each tag once."""
    names = "".join(f"<author>{who}</author>" for who in ("a@a.example (Ann)", "b@b.example", "Bob", "Cy", "Di"))
    found = rss(f"{names}<category>x</category><category>x</category><category term='y z'/><subject>s</subject>")
    assert (found.author, found.tags) == ("Ann, Bob, Cy", ("x", "y z", "s"))


def test_an_item_of_a_json_feed_is_whole() -> None:
    """Where it leads to, which is the page that a linkblog writes of; what it says, tags, people and language."""
    item = {"url": "/1", "external_url": "https://a.example/1", "content_text": "a < b", "tags": ["x", 3, "x"]}
    item |= {"authors": [{"name": "A"}, {"name": 3}, {"name": "B"}], "language": "de", "date_modified": "2023-03-04"}
    [found] = feed_in(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [item]})).items or ()
    expected = Item(url="https://a.example/1", author="A, B", html="a &lt; b", tags=("x",), lang="de")
    assert found == replace(expected, published="2023-03-04")


def test_items_lie_in_a_feed_alone() -> None:
    """Where an end tag is missing, the next item is one still; an element of the same name within a text is none."""
    text = "<rss><item><link>https://a.example/1</link><item><link>https://a.example/2</link></item></item>"
    text += "<item><description><p><item><link>https://a.example/3</link></item></p></description></item></rss>"
    assert [item.url for item in feed_in(text).items or ()] == ["https://a.example/1", "https://a.example/2", ""]


LONG = "x" * 200_000
HOSTILE = {
    "bases": f'<feed xml:base="https://b.example/{LONG}">' + "<entry><link href='1'/></entry>" * 5_000 + "</feed>",
    "home": f"<rss><link>https://b.example/{LONG}</link>" + "<item><link>1</link></item>" * 5_000 + "</rss>",
    "nested": "<rss>" + "<item><title>" * 120 + LONG * 10,
    "author": f"<rss><item><author>{'@' * 200_000}</author></item></rss>",
    "day": f"<rss><item><pubDate>{'1 ' * 200_000}</pubDate></item></rss>",
    "title": f"<rss><item><title>{'&lt;a ' * 100_000}</title></item></rss>",
    "json": '{"version": ' + "[" * 100_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_feeds_take_little_time(text: str) -> None:
    """What is long, nested or repeated to take time takes none that grows faster than it does."""
    started = time.process_time()
    feed_in(text)
    assert time.process_time() - started < 2

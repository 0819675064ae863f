"""The feeds as a feed reader finds them: by lemon24's `reader`, from the address of a page."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from reader import make_reader
from reader.plugins import autodiscover
from site_server import serving_site
from whole_site import KINDS, build

_FEEDS = ["atom.xml", "entries.atom.xml", "entries.json", "entries.xml", "feed.json", "feed.xml"]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a site."""
    with serving_site(build(tmp_path_factory.mktemp("site"))) as address:
        yield address


@pytest.mark.filterwarnings("ignore::bs4.GuessedAtParserWarning")  # reader names no parser
@pytest.mark.parametrize("kind", KINDS)
def test_a_reader_finds_the_feeds_on_every_kind_of_page(site: str, kind: str) -> None:
    """Given the page's address it offers all six, and each of them gives it what was published."""
    with make_reader(":memory:", plugins=[autodiscover.init_reader]) as reader:
        page = site + quote(KINDS[kind])
        reader.add_feed(page)
        reader.update_feeds()
        offered = [link["href"] for link in reader.get_tag(page, ".reader.autodiscover")]
        if kind == "missing":  # whose links are whole, as it is shown at any address
            offered = [link.replace("https://weekly.example/news/", site) for link in offered]
        assert sorted(offered) == [site + name for name in _FEEDS]


@pytest.mark.filterwarnings("ignore::bs4.GuessedAtParserWarning")
def test_a_reader_reads_what_it_found(site: str) -> None:
    """Each feed that is offered gives it entries, and a title for its list."""
    with make_reader(":memory:") as reader:
        for name in _FEEDS:
            reader.add_feed(site + name)
        reader.update_feeds()
        counts = {feed.url: reader.get_entry_counts(feed=feed).total for feed in reader.get_feeds()}
        assert counts == {site + name: 14 if name.startswith("entries") else 3 for name in _FEEDS}
        assert {feed.title for feed in reader.get_feeds()} == {"周报 Weekly", "周报 Weekly · 逐条"}

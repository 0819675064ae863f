"""Addresses as identities: the tables row by row, the spelling rule by rule, and anything at all."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.identity import Identity, identify, identity_key
from pipeline.identity.forms import Thing
from pipeline.identity.query import BY_HOST, PATH_ALONE, TRACKING, TRACKING_PREFIXES
from pipeline.identity.tables import THINGS
from pipeline.identity.tables.fields import FIELDS
from pipeline.identity.tables.wrappers import HOSTS, SCHEMES, WRAPPERS
from tests.hostile_strings import ADDRESSES, NASTY_ADDRESSES, PREFIXES, REPEATED

# A value of each field whose expression the word "sample" does not match.
_SAMPLES = {
    "a_or_q": "a",
    "acl": "2020.acl-main.7",
    "acm": "1234567.1234568",
    "aid": "170001",
    "archive_time": "2020",
    "arxiv": "1706.03762",
    "asin": "0131103628",
    "av": "av170001",
    "bid": "MufOM0J1r",
    "book_slug": ".A_Book",
    "branch": "main",
    "bv": "BV17x411w7KC",
    "chrome_id": "abcdefghijklmnopabcdefghijklmnop",
    "country": "us",
    "digits": "2309404199728781899741",
    "doi": "10.1000/xyz123",
    "draft": "draft-ietf-sample",
    "drive_id": "1a2B3c4D5e6F7g8H9",
    "drive_kind": "document",
    "edition": "3.12",
    "ext": ".txt",
    "feishu": "docx",
    "github_page": "topics",
    "gitlab_part": "issues",
    "gitlab_project": "group/sample",
    "hackage": "sample-lib",
    "hackage_version": "1.2",
    "hal": "hal-01234567",
    "hash": "0123456789abcdef0123456789abcdef01234567",
    "hub_page": "blog",
    "hub_view": "blob",
    "id": "20230101A0ABCD00",
    "imdb": "tt0133093",
    "index": "index.html",
    "intl": "intl-de",
    "jmlr": "v21",
    "lang": "en",
    "locale": "en-us",
    "medium": "a-story-0123456789ab",
    "medium_slug": "a-story-0123456789ab",
    "message_id": "1@example.org",
    "mid": "4872106480173069",
    "module": "sample",
    "mozilla_app": "firefox",
    "n": "4242",
    "nothing": "",
    "notion": "A-page-0123456789abcdef0123456789abcdef",
    "part": "3",
    "pen": "pen",
    "preprint": "10.1101/2020.01.02.123456",
    "project": "group/sample",
    "qq_news": "20230101A0ABCD00",
    "readme": "README.zh-CN.md",
    "reddit_id": "1abcd2",
    "thread": "1abcd2",
    "release": "1.2.3",
    "revision": "-07",
    "rfc": "9110",
    "scoped": "@scope/sample",
    "sha": "0123456789abcdef0123456789abcdef01234567",
    "short_year": "21",
    "snowflake": "109876543210987654",
    "spotify": "episode",
    "status": "1617979122625712128",
    "two_names": "owner/sample",
    "user": "sample",
    "version": "v2",
    "video": "1SZOGp1D17E",
    "view": "blob",
    "whole": "https://example.org/whole",
    "wiki_language": "en",
    "wiki_variant": "zh-tw",
    "x_page": "explore",
    "zhihu_kind": "pin",
}
_NAMED = {"question": "11", "year": "2021", "comment": "h1abcd2", "target": "https://example.org/a"}


def _filled(form: str) -> str:
    """The address of a form with a sample for each of its fields."""

    def sample(field: re.Match[str]) -> str:
        name, kind = field[1], field[2] or field[1]
        value = _SAMPLES.get(kind) or _NAMED.get(name, "" if kind == "nothing" else "sample")
        pattern = FIELDS[kind].pattern if kind in FIELDS else r"[^/?]+"
        assert re.fullmatch(pattern, value), f"no sample for {kind}"
        return value

    return "https://" + re.sub(r"\{(\w+)(?::(\w+))?\}", sample, form).replace("/...", "/more").replace(
        "*/", "example.org/"
    )


def _parts(identity: Identity) -> tuple[str, str]:
    return identity.key, identity.anchor


def _things() -> list[Thing]:
    return [thing for thing in THINGS if thing.key and not thing.key.startswith("docs:")]


@pytest.mark.parametrize("thing", _things(), ids=lambda thing: f"{thing.key}-{len(thing.forms)}")
def test_all_forms_of_a_row_name_one_thing(thing: Thing) -> None:
    """Every form of a row, and the row's clean spelling, gives the row's one key."""
    found = [identify(_filled(form.replace(".*/", ".com/"))) for form in thing.forms.split()]
    assert {identity.why for identity in found} == {thing.why}
    keys = {identity.key.partition("/")[2] if "{host}" in thing.key else identity.key for identity in found}
    assert len(keys) == 1
    assert all(identify(identity.url).key == identity.key == identity_key(identity.url) for identity in found)


@pytest.mark.parametrize("form", [form for thing in WRAPPERS for form in thing.forms.split()])
def test_every_wrapper_gives_what_it_carries(form: str) -> None:
    """An address within a wrapper has the identity that it has alone."""
    carried = "https://example.org/whole" if "whole" in form else "https://example.org/a"
    if "dashed" in form:
        carried = "https://sample/sample"
    assert identify(_filled(form.replace(".*/", ".com/"))).key == identify(carried).key


_SAME = (
    # the rule                      one address                                  another
    ("scheme", "http://example.org/a", "https://example.org/a"),
    ("case of scheme and host", "HTTPS://Example.ORG/a", "https://example.org/a"),
    ("no scheme", "example.org/a", "https://example.org/a"),
    ("no scheme, relative", "//example.org/a", "https://example.org/a"),
    ("white space", " https://example.org/a\n", "https://example.org/a"),
    ("invisible characters", "\ufeffhttps://example.org/\u200ba", "https://example.org/a"),
    ("angle brackets", "<https://example.org/a>", "https://example.org/a"),
    ("backslashes", "https:\\\\example.org\\a", "https://example.org/a"),
    ("user name", "https://me:secret@example.org/a", "https://example.org/a"),
    ("www", "https://www.example.org/a", "https://example.org/a"),
    ("mobile", "https://m.example.org/a", "https://example.org/a"),
    ("dot behind the host", "https://example.org./a", "https://example.org/a"),
    ("port of http", "http://example.org:80/a", "http://example.org/a"),
    ("port of https", "https://example.org:443/a", "https://example.org/a"),
    ("international host", "https://xn--bcher-kva.example/a", "https://bücher.example/a"),
    ("wide letters in the host", "https://ｅｘａｍｐｌｅ.org/a", "https://example.org/a"),
    ("escaped letters", "https://example.org/%7eme/%e4%b8%ad", "https://example.org/~me/中"),
    ("case of escapes", "https://example.org/a%2fb", "https://example.org/a%2Fb"),
    ("composed letters", "https://example.org/cafe%CC%81", "https://example.org/café"),
    ("raw blank", "https://example.org/a b", "https://example.org/a%20b"),
    ("dot segments", "https://example.org/x/../a/./", "https://example.org/a"),
    ("double slashes", "https://example.org//a//b", "https://example.org/a/b"),
    ("closing slash", "https://example.org/a/", "https://example.org/a"),
    ("no path", "https://example.org", "https://example.org/"),
    ("index file", "https://example.org/a/index.html", "https://example.org/a/"),
    ("default file", "https://example.org/Default.aspx", "https://example.org/"),
    ("session in the path", "https://example.org/a;jsessionid=1A2B", "https://example.org/a"),
    ("entities", "https://example.org/a?x=1&amp;y=2", "https://example.org/a?x=1&y=2"),
    ("empty query", "https://example.org/a?", "https://example.org/a"),
    ("order of the query", "https://example.org/a?y=2&x=1", "https://example.org/a?x=1&y=2"),
    ("said twice", "https://example.org/a?x=1&x=1", "https://example.org/a?x=1"),
    ("plus as a blank", "https://example.org/a?x=b+c", "https://example.org/a?x=b%20c"),
    ("campaign", "https://example.org/a?utm_source=x&UTM_Medium=y", "https://example.org/a"),
    ("click id", "https://example.org/a?x=1&fbclid=IwAR0", "https://example.org/a?x=1"),
    ("share code", "https://example.org/a?share_token=8d1f&spm=a2c4e.1", "https://example.org/a"),
    ("session", "https://example.org/a?t=9&PHPSESSID=0af3", "https://example.org/a?t=9"),
    ("ref is a site", "https://example.org/a?ref=weekly.example.net", "https://example.org/a"),
    ("source is a network", "https://example.org/a?source=hackernews", "https://example.org/a"),
    ("from is a WeChat group", "https://example.org/a?from=groupmessage", "https://example.org/a"),
    ("policy of a host", "https://www.aminer.cn/pub/1?f=wb", "https://www.aminer.cn/pub/1"),
    ("policy of its subdomains", "https://team.feishu.cn/a?from=x", "https://team.feishu.cn/a"),
    ("a host without parameters", "https://www.jianshu.com/nb/1?order_by=top", "https://www.jianshu.com/nb/1"),
    ("Blogger on a phone", "https://me.blogspot.com/2020/01/a.html?m=1", "https://me.blogspot.com/2020/01/a.html"),
    ("name of the sharer in Discourse", "https://talk.example.org/t/a/12?u=me", "https://talk.example.org/t/a/12"),
    ("AMP in the path", "https://example.org/2020/01/a-story/amp/", "https://example.org/2020/01/a-story"),
    ("AMP in the name", "https://example.org/a.amp.html", "https://example.org/a.html"),
    ("AMP before the host", "https://amp.example.org/2020/a-story", "https://www.example.org/2020/a-story"),
    ("AMP in the query", "https://example.org/a?amp=1", "https://example.org/a"),
    ("top", "https://example.org/a#top", "https://example.org/a"),
    ("comments", "https://example.org/a#comments", "https://example.org/a"),
    ("text fragment", "https://example.org/a#:~:text=some%20words", "https://example.org/a"),
    ("tracking in the fragment", "https://example.org/a#utm_source=rss", "https://example.org/a"),
    ("lines", "https://github.com/o/r/blob/main/a.py#L3-L9", "https://github.com/o/r/blob/main/a.py"),
    ("empty route", "https://example.org/#/", "https://example.org/"),
    ("moved host", "https://spaces.ac.cn/archives/1", "https://kexue.fm/archives/1"),
    ("git by ssh", "git@github.com:Owner/Repo.git", "https://github.com/owner/repo"),
    ("git by ssh address", "ssh://git@github.com/owner/repo", "https://github.com/owner/repo"),
    ("git scheme", "git+https://github.com/owner/repo.git", "https://github.com/owner/repo"),
    ("bare arXiv id", "arXiv:1706.03762v5", "https://arxiv.org/abs/1706.03762"),
    ("bare DOI", "doi:10.1000/XYZ123", "https://doi.org/10.1000/xyz123"),
    ("escaped slash in a DOI", "https://doi.org/10.1000/%2Fxyz", "https://doi.org/10.1000//xyz"),
    ("reader of a browser", "about:reader?url=https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
    ("source view", "view-source:https://example.org/a", "https://example.org/a"),
    (
        "wrapped twice",
        "https://www.google.com/url?q=https%3A%2F%2Flink.zhihu.com%2F%3Ftarget%3Dhttps%253A%2F%2Fexample.org%2Fa",
        "https://example.org/a",
    ),
    (
        "query behind a wrapped path",
        "https://web.archive.org/web/2020/http://example.org/a?x=1",
        "https://example.org/a?x=1",
    ),
    (
        "commit or branch",
        "https://github.com/o/r/tree/0123456789abcdef0123456789abcdef01234567",
        "https://github.com/o/r",
    ),
    ("README of a folder", "https://github.com/o/r/blob/main/docs/README.md", "https://github.com/o/r/tree/main/docs"),
    ("pull request or issue", "https://github.com/o/r/pull/7/files", "https://github.com/o/r/issues/7"),
    ("heading of a repository", "https://github.com/o/r#install", "https://github.com/o/r"),
    ("Bilibili's two numbers", "https://www.bilibili.com/video/av170001", "https://b23.tv/BV17x411w7KC"),
    ("Weibo's two numbers", "https://m.weibo.cn/detail/3501756485200075", "https://weibo.com/1/z0JH2lOMb"),
    (
        "Wikipedia's blanks",
        "https://en.wikipedia.org/wiki/deep%20learning",
        "https://en.m.wikipedia.org/wiki/Deep_learning",
    ),
    ("class in an old arXiv id", "https://arxiv.org/abs/cs.CL/0112017", "https://arxiv.org/pdf/cs/0112017v1"),
    ("crate's manual", "https://docs.rs/my-crate", "https://docs.rs/my-crate/latest/my_crate/index.html"),
    ("page of a crate's newest manual", "https://docs.rs/a/latest/a/b/", "https://docs.rs/a/*/a/b/index.html"),
    ("index of a manual", "https://docs.python.org/3/library/index.html", "https://docs.python.org/3/library/"),
    ("manual's newest edition", "https://doc.rust-lang.org/stable/book/", "https://doc.rust-lang.org/book/"),
)

_DIFFERENT = (
    ("subdomain", "https://blog.example.org/a", "https://example.org/a"),
    ("other port", "https://example.org:8443/", "https://example.org/"),
    ("case of the path", "https://example.org/aB", "https://example.org/ab"),
    ("escaped slash", "https://example.org/a%2Fb", "https://example.org/a/b"),
    ("query without names", "https://example.org/read?12", "https://example.org/read?13"),
    ("unknown name", "https://example.org/?p=1", "https://example.org/?p=2"),
    ("ids", "https://example.org/a?cid=1&sid=1", "https://example.org/a?cid=1&sid=2"),
    ("ref is an id", "https://example.org/a?ref=4045-ABCD", "https://example.org/a?ref=8285-ABCD"),
    ("ref is a file", "https://example.org/a?source=one.csv", "https://example.org/a?source=two.csv"),
    ("source is a set", "https://example.org/a?source=imagenet", "https://example.org/a?source=coco"),
    ("prefix of a name", "https://example.org/a?game=go", "https://example.org/a?game=chess"),
    ("route", "https://example.org/#/a", "https://example.org/#/b"),
    ("anchor", "https://example.org/changes#v1", "https://example.org/changes#v2"),
    ("no wrapper", "https://example.org/login?next=https://example.org/a", "https://example.org/a"),
    ("a shop named amp", "https://example.org/amp", "https://example.org/"),
    ("a host named amp", "https://amp.example.org/", "https://example.org/"),
    ("version of a crate's manual", "https://docs.rs/a/1.2.3/a/b/", "https://docs.rs/a/latest/a/b/"),
    ("numbers", "https://www10.example.org/a", "https://www11.example.org/a"),
    ("repositories", "https://github.com/o/one", "https://github.com/o/two"),
    ("a tag", "https://github.com/o/r/tree/v1.0/docs", "https://github.com/o/r/tree/v2.0/docs"),
    ("a page of GitHub", "https://github.com/topics/rust", "https://github.com/topics/perl"),
    ("languages of Wikipedia", "https://en.wikipedia.org/wiki/Python", "https://de.wikipedia.org/wiki/Python"),
    ("parts of a video", "https://b23.tv/BV17x411w7KC?p=2", "https://b23.tv/BV17x411w7KC?p=3"),
    ("case of a video", "https://youtu.be/1SZOGp1D17E", "https://youtu.be/1szogp1d17e"),
    (
        "editions of a manual",
        "https://docs.python.org/3.11/library/re.html",
        "https://docs.python.org/3.12/library/re.html",
    ),
    ("versions of a package", "https://pypi.org/project/a/1.0/", "https://pypi.org/project/a/2.0/"),
)


@pytest.mark.parametrize(("one", "other"), [row[1:] for row in _SAME], ids=[row[0] for row in _SAME])
def test_spellings_of_one_address_are_one(one: str, other: str) -> None:
    """Key and anchor agree where only the named habit of spelling differs."""
    assert _parts(identify(one)) == _parts(identify(other))


@pytest.mark.parametrize(("one", "other"), [row[1:] for row in _DIFFERENT], ids=[row[0] for row in _DIFFERENT])
def test_addresses_of_two_things_stay_two(one: str, other: str) -> None:
    """Key or anchor differs where what differs in the address says what it is of."""
    assert _parts(identify(one)) != _parts(identify(other))


@pytest.mark.parametrize("name", sorted(TRACKING))
def test_no_tracking_name_is_identity(name: str) -> None:
    """A parameter that only tells where a reader comes from leaves the key as it is, however its name is written."""
    assert _parts(identify(f"https://example.org/a?{name}=4f2a&x=1")) == _parts(identify("https://example.org/a?x=1"))
    assert _parts(identify(f"https://example.org/a?x=1&{name.upper()}=4f2a")) == _parts(
        identify("https://example.org/a?x=1")
    )


@pytest.mark.parametrize("host", sorted(BY_HOST))
def test_every_policy_of_a_host(host: str) -> None:
    """What a site puts into its addresses without need leaves the key as it is there, and makes another elsewhere."""
    for name in BY_HOST[host]:
        assert _parts(identify(f"https://{host}/some/page?{name}=4f2a")) == _parts(
            identify(f"https://{host}/some/page")
        )
        if name not in TRACKING and not name.startswith(TRACKING_PREFIXES):
            assert identify(f"https://example.org/a?{name}=4f2a").key != identify("https://example.org/a").key


@pytest.mark.parametrize("host", sorted(PATH_ALONE))
def test_every_site_whose_path_says_it_all(host: str) -> None:
    """On some sites any parameter is dropped, but for those of a search."""
    assert identify(f"https://{host}/some/page?whatever=1").key == identify(f"https://{host}/some/page").key
    assert identify(f"https://{host}/some/page?q=1").key != identify(f"https://{host}/some/page").key


@pytest.mark.parametrize(("other", "host"), sorted(HOSTS.items()))
def test_every_host_that_holds_the_paths_of_another(other: str, host: str) -> None:
    """A mirror, a reader or the old name of a site gives the keys of the site."""
    assert identify(f"https://{other}/alpha1/beta2").key == identify(f"https://{host}/alpha1/beta2").key


_OTHER_SCHEMES = (
    ("about:reader?url=https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
    ("read:,ABC?url=https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
    ("view-source:https://example.org/a", "https://example.org/a"),
    ("feed:https://example.org/a", "https://example.org/a"),
    ("git+https://github.com/owner/repo", "https://github.com/owner/repo"),
    ("arXiv:1706.03762", "https://arxiv.org/abs/1706.03762"),
    ("doi:10.1000/xyz", "https://doi.org/10.1000/xyz"),
    ("10.1000/xyz", "https://doi.org/10.1000/xyz"),
    ("urn:ietf:rfc:9110", "https://www.rfc-editor.org/rfc/rfc9110"),
    ("//example.org/a", "https://example.org/a"),
)


@pytest.mark.parametrize(("text", "address"), _OTHER_SCHEMES)
def test_every_other_scheme(text: str, address: str) -> None:
    """What is an address under another scheme has the identity of that address."""
    assert _parts(identify(text)) == _parts(identify(address))


def test_no_scheme_is_forgotten() -> None:
    """Each row of the table of schemes has an example."""
    assert all(any(re.fullmatch(pattern, text) for text, _ in _OTHER_SCHEMES) for pattern, _ in SCHEMES)


_PARENTS = (
    ("https://github.com/o/r/tree/main/docs", "https://github.com/o/r"),
    ("https://github.com/o/r/releases/tag/v1", "https://github.com/o/r"),
    ("https://github.com/o/r", "https://github.com/o"),
    ("https://www.zhihu.com/question/1/answer/2", "https://www.zhihu.com/question/1"),
    ("https://www.youtube.com/watch?v=1SZOGp1D17E&list=PL1", "https://www.youtube.com/playlist?list=PL1"),
    ("https://b23.tv/BV17x411w7KC?p=2", "https://b23.tv/BV17x411w7KC"),
    ("https://x.com/someone/status/1617979122625712128", "https://twitter.com/someone"),
    ("https://pypi.org/project/a/1.0/", "https://pypi.org/project/a/"),
    ("https://docs.rs/my-crate/1.2.3/my_crate/", "https://docs.rs/my-crate"),
    ("https://docs.rs/a/1.2.3/a/b/", "https://docs.rs/a/latest/a/b/index.html"),
)


@pytest.mark.parametrize(("part", "whole"), _PARENTS)
def test_a_part_names_its_whole(part: str, whole: str) -> None:
    """The parent of a part is the key of what it is a part of."""
    assert identify(part).parent == identify(whole).key


def test_the_clean_spelling_keeps_what_the_author_wrote() -> None:
    """Of an address that no table knows, only what is no identity is taken out; the site's own spelling stays."""
    url = "http://www.example.org/A/index.html?utm_source=x&b=2&a=1#part"
    assert identify(url).url == "http://www.example.org/A/index.html?b=2&a=1#part"


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://example.org/", "site"),
        ("https://example.org/a", "page"),
        ("https://github.com/o/r", "repo"),
        ("https://arxiv.org/abs/1706.03762", "paper"),
        ("https://youtu.be/1SZOGp1D17E", "video"),
        ("just words", "text"),
        ("mailto:me@example.org", "text"),
    ],
)
def test_kinds(url: str, kind: str) -> None:
    """The kind says what the address is of; what is no address is text."""
    assert identify(url).kind == kind


@pytest.mark.parametrize("text", NASTY_ADDRESSES)
def test_nasty_strings_have_an_identity(text: str) -> None:
    """A string written to break something has an identity, which its clean spelling keeps."""
    found = identify(text)
    assert _parts(identify(found.url)) == _parts(found)


@settings(max_examples=2000, deadline=None)
@given(ADDRESSES)
def test_anything_has_an_identity_that_its_clean_spelling_keeps(text: str) -> None:
    """`identify` raises for no string, and `identify(identify(x).url)` has the key and the anchor of `identify(x)`."""
    found = identify(text)
    assert _parts(identify(found.url)) == _parts(found)


_HOSTS = [
    *(form.partition("/")[0].replace("*", "example.org") for thing in THINGS for form in thing.forms.split()),
    *HOSTS,
    *("example.org", "www.example.org", "m.example.org", "amp.example.org", "www.amp.example.org", "xn--fiq.example"),
]
_SEGMENTS = st.one_of(
    st.from_regex(r"[A-Za-z0-9._~-]{0,12}", fullmatch=True),
    st.sampled_from(
        [*_SAMPLES.values(), "", "amp", "a.amp", "index.html", "README.md", ".git", "-", "web", "%41", "@a"]
    ),
)
_PLAIN_ADDRESSES = st.builds(
    "{}://{}{}{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(_HOSTS).map(lambda host: re.sub(r"\{[^}]*\}", "sample", host)),
    st.lists(_SEGMENTS.map("/".__add__), max_size=5).map("".join),
    st.sampled_from(["", "", "", "/", "/index.html", ":80", "?a=b", "#b"]),
)


@settings(max_examples=1000, deadline=None)
@given(st.one_of(ADDRESSES, _PLAIN_ADDRESSES))
def test_the_key_alone_is_the_identity_s(text: str) -> None:
    """The short way to a key comes to the same as the long one, for any string."""
    assert identity_key(text) == identify(text).key


@pytest.mark.parametrize("prefix", PREFIXES)
def test_long_strings_take_linear_time(prefix: str) -> None:
    """A string as long as tables are asked about costs at most a few milliseconds, whatever it repeats."""
    for piece in REPEATED:
        text = prefix + piece * (4000 // len(piece))
        start = time.process_time()
        identify(text)
        assert time.process_time() - start < 0.25, piece
        assert identity_key(text * 100) == identify(text * 100).key

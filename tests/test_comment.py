"""The comment behind a title, read by patterns where we wrote it."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from pipeline.model import Location
from pipeline.read.comment import own_form
from pipeline.read.entries import ATTRIBUTES
from pipeline.read.source import Report, Source
from pipeline.read.yaml import parsed

WHERE = Location(path="a.md", line=7, column=3)

words = st.text(st.sampled_from("ab \"\\'[]{},:#&*-~\t\n\r\x85\u2028\ufeff\u200b中<>é"), max_size=8)
mappings = st.dictionaries(words, words, max_size=3)
values = st.one_of(words, st.lists(words, max_size=3), mappings).map(
    lambda value: json.dumps(value, ensure_ascii=False)
)
pairs = st.tuples(st.sampled_from([*ATTRIBUTES, "null", "other"]), values).map(": ".join)
comments = st.lists(pairs, min_size=1, max_size=3).map(lambda found: f"{{{', '.join(found)}}}")


@given(comments | st.text(st.sampled_from('{}[]", :tagsid-\\'), max_size=30))
def test_a_pattern_reads_as_the_parser_does(text: str) -> None:
    """Whatever is read without YAML's parser is what that would have given, place and all."""
    found = own_form(text, ATTRIBUTES, WHERE)
    if found is not None:
        report = Report()
        assert found == parsed(Source("a.md", text, line=7, exact=False), report)
        assert report.findings == []


def test_what_we_write_is_read_so() -> None:
    """The comments that an import writes need no parser."""
    for text in (
        '{tags: ["a", "b c"]}',
        '{author: "Ann, Bob", lang: "zh"}',
        '{published: "2023"}',
        '{extra: {"a b": "c"}}',
    ):
        assert own_form(text, ATTRIBUTES, WHERE) is not None

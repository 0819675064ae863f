"""What is looked at, what answers mean, and what an editor is told; nothing is asked."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from pipeline.fetch import Answer, Failure, Outcome, Trouble
from pipeline.linkrot import Record, State, Visit, link_findings, places, rot, step, visit
from pipeline.model import Entry, Issue, Link, Markdown, Section, Url

NOW = datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC)
A = "https://a.example/x/y"
COPY = f"https://web.archive.org/web/2022/{A}"


def issue(*entries: Entry, year: int = 2023) -> Issue:
    """An issue with these entries."""
    day = datetime.date(year, 3, 4)
    return Issue(date=day, name=str(day), title="News", number=1, sections=(Section(title="S", entries=entries),))


def entry(*urls: str, note: str = "") -> Entry:
    """An entry with this address and these further ones."""
    first, *more = urls
    links = tuple(Link(title="more", url=Url(url)) for url in more)
    return Entry(title="T", url=Url(first), links=links, note=Markdown(note))


def answer(status: int, to: str = "") -> Answer:
    """An answer, or a redirect to somewhere."""
    return Answer(url="https://a.example/", status=status, headers=(("location", to),) if to else ())


def looked(url: str, *outcomes: Outcome) -> tuple[Record | Visit, list[str]]:
    """What a look at an address finds, and what it asked for."""
    now: Record | Visit = visit(url, NOW)
    asked = []
    for outcome in outcomes:
        assert isinstance(now, Visit), now
        asked.append(f"{now.method} {now.at}")
        now = step(now, outcome, NOW)
    return now, asked


SLOW = Failure(trouble=Trouble.TIMEOUT, reason="does not answer in time")


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ([answer(200)], "ok"),
        ([answer(204)], "ok"),
        ([answer(300)], "ok"),
        ([answer(405), answer(200)], "ok"),
        ([answer(403), answer(206)], "ok"),
        ([answer(404), answer(200)], "ok"),
        ([answer(501), answer(416)], "ok"),
        ([answer(500), answer(200)], "ok"),
        ([SLOW, answer(200)], "ok"),
        ([answer(404), answer(404)], "gone"),
        ([answer(410), answer(410)], "gone"),
        ([answer(403), answer(403)], "error"),
        ([answer(999), answer(999)], "error"),
        ([answer(500), answer(502)], "error"),
        ([SLOW, SLOW], "timeout"),
        ([Failure(trouble=Trouble.EXCLUDED, reason="leads into a private network")], "excluded"),
        ([answer(301, "/b"), answer(200)], "redirected"),
        ([answer(308, "/b"), answer(301, "/c"), answer(405), answer(200)], "redirected"),
        ([answer(302, "/b"), answer(200)], "ok"),
        ([answer(301, "/b"), answer(307, "/c"), answer(200)], "ok"),
        ([answer(301, "/b"), answer(404), answer(404)], "gone"),
        ([answer(405), answer(301, "/b"), answer(200)], "redirected"),
        ([answer(301, "ftp://b.example/")], "excluded"),
        ([answer(301, "http://[")], "error"),
        ([answer(302, "/b"), answer(302, "/b")], "error"),
        ([answer(302, f"/{n}") for n in range(11)], "error"),
    ],
)
def test_what_answers_mean(outcomes: list[Outcome], state: str) -> None:
    """HEAD alone where it is answered well, else GET has the word; redirects for good, gone and failures differ."""
    found, _ = looked(A, *outcomes)
    assert isinstance(found, Record)
    assert found.state == state
    assert bool(found.reason) == (state not in ("ok", "redirected"))


def test_redirects_begin_with_head_again_and_keep_no_fragment() -> None:
    """Each new address is asked by HEAD first, without its fragment; where it ends is told."""
    found, asked = looked(A, answer(405), answer(301, "https://b.example/q?r#s"), answer(200))
    assert asked == [f"HEAD {A}", f"GET {A}", "HEAD https://b.example/q?r"]
    assert isinstance(found, Record)
    assert found.target == "https://b.example/q?r"


def test_all_links_of_the_web_are_looked_at() -> None:
    """Addresses of entries, grouped ones too, further links, notes and prose; no attachment, mail or fragment."""
    inner = entry("https://inner.example/")
    outer = replace(
        entry("https://a.example/#part", "b.pdf", "mailto:a@b.example", "https://pdf.example/"), entries=(inner,)
    )
    outer = replace(outer, note=Markdown("[n](https://note.example/), [p](#here), <https://bare.example/>"))
    whole = replace(issue(outer), intro=Markdown("[i](https://intro.example/)"))
    whole = replace(whole, sections=(replace(whole.sections[0], text=Markdown("[s](https://section.example/)")),))
    assert [place.url.split("/")[2] for place in places(whole)] == [
        f"{name}.example" for name in "intro section a pdf note bare inner".split()
    ]


def record(url: str, state: str, **more: object) -> Record:
    """A record of now."""
    return replace(Record(url=url, state=State(state), checked=NOW), **more)  # type: ignore[arg-type]


def told(one: Issue, *records: Record) -> list[tuple[str, str, str]]:
    """Severity, rule and message of what is told."""
    found = link_findings(places(one), {record.url: record for record in records})
    return [(str(finding.severity), finding.rule, finding.message) for finding in found]


@pytest.mark.parametrize(
    ("found", "rule"),
    [
        (record(A, "ok"), None),
        (record(A, "gone", status=404), ("error", "link-gone")),
        (record(A, "redirected", target="https://b.example/"), ("note", "link-moved")),
        (record(A, "redirected", target="http://www.a.example/x/y/"), None),
        (record(A, "timeout", failures=1), ("note", "link-doubtful")),
        (record(A, "timeout", failures=2), ("warning", "link-failing")),
        (record(A, "error", status=403), ("note", "link-doubtful")),
        (record(A, "error", status=500, failures=3), ("warning", "link-failing")),
        (record(A, "excluded"), ("warning", "link-excluded")),
    ],
)
def test_what_an_editor_is_told(found: Record, rule: tuple[str, str] | None) -> None:
    """Gone is an error, a failure a note until it fails again; an address that any browser mends is not mentioned."""
    assert [(severity, name) for severity, name, _ in told(issue(entry(A)), found)] == ([rule] if rule else [])


def test_a_copy_in_a_web_archive_stands_for_what_is_gone() -> None:
    """A dead link with a living copy beside it is a note; a copy of something else, or a dead one, is none."""
    gone, copied = record(A, "gone", status=410), record(COPY, "ok")
    assert [rule for _, rule, _ in told(issue(entry(A, COPY)), gone, copied)] == ["link-archived"]
    assert [rule for _, rule, _ in told(issue(entry(A, note=f"[copy]({COPY})")), gone, copied)] == ["link-archived"]
    assert [rule for _, rule, _ in told(issue(entry(A), entry(COPY)), gone, copied)] == ["link-gone"]
    assert [rule for _, rule, _ in told(issue(entry(A, COPY)), gone, record(COPY, "gone"))] == [
        "link-gone",
        "link-gone",
    ]
    other = COPY.replace("/x/y", "/z")
    assert [rule for _, rule, _ in told(issue(entry(A, other)), gone, record(other, "ok"))] == ["link-gone"]


def test_where_a_copy_may_be_is_told() -> None:
    """What is gone is told with the address of an archive's copy of the issue's day."""
    assert told(issue(entry(A)), record(A, "gone", status=404)) == [
        ("error", "link-gone", f"{A} is gone (404); there may be a copy: https://web.archive.org/web/20230304/{A}")
    ]


def test_rot_is_counted_by_year() -> None:
    """An address counts once in each year that links to it and once in all; what was not asked is told apart."""
    found = [
        *places(issue(entry(A, "https://b.example/"))),
        *places(issue(entry(A), entry("https://c.example/"), year=2024)),
    ]
    rows = rot(found, {A: record(A, "gone"), "https://b.example/": record("https://b.example/", "ok")})
    assert [(row.year, row.links, row.states.get(State.GONE, 0), row.unknown) for row in rows] == [
        (2023, 2, 1, 0),
        (2024, 2, 1, 1),
        (None, 3, 1, 1),
    ]


@pytest.mark.parametrize(
    ("state", "hours", "fresh"),
    [
        ("ok", 167, True),
        ("ok", 169, False),
        ("gone", 23, True),
        ("gone", 25, False),
        ("error", 2, False),
        ("ok", -1, False),
    ],
)
def test_answers_are_good_for_a_while(state: str, hours: int, fresh: bool) -> None:
    """A week for what is there, a day for what is gone, an hour for what failed; a clock put back makes all old."""
    assert record(A, state).fresh(NOW + datetime.timedelta(hours=hours)) is fresh


def test_failures_are_counted_on_end() -> None:
    """Each run that fails counts on; any answer, also one that lets no program in, begins anew."""
    failed = record(A, "timeout")
    assert failed.after(failed.after(failed.after(None))).failures == 3
    assert failed.after(record(A, "ok")).failures == 1
    assert record(A, "error", status=403).after(failed.after(None)).failures == 0

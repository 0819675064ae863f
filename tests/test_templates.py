"""Templates: the author's before the package's, and every error told with its file and line."""

from pathlib import Path

import jinja2
import markupsafe
import pytest
from publications import publish, written

from pipeline.errors import BadTemplate, ForeignFolder
from pipeline.model import Location
from pipeline.render.defaults import DEFAULTS
from pipeline.render.templates import Templates
from pipeline.render.templates.kept import Cache

_SOURCES = """\
{% for x in nested recursive %}{{ loop.depth }}{{ x }}{% if x is not string %}{{ loop(x) }}{% endif %}{% endfor %}

{% for x in words %}{% set y = x ~ title %}{{ y }}{{ loop.index }}{% else %}{{ title }}{% endfor %}
{{ title }}

{% for x in words if x != title %}{% for y in words %}{{ x }}{{ y }}{{ title }}{% endfor %}{% endfor %}

{% for title in words %}{{ title }}{% endfor %}{{ title }}{% for x in words %}{{ title }}{% endfor %}

{% for x in words %}{% if loop.first %}{% set title = x %}{% endif %}{{ title }}{% endfor %}{{ title }}

{% for x in words %}{% include "part.html" %}{% endfor %}{{ x is defined }}

{% for x in words %}{{ x }}{% include "part.html" without context %}{% endfor %}

{% for x in words %}{% include ["none.html", "part.html"] ignore missing %}{% endfor %}

{% for x in words %}{% block b scoped %}{{ x }}{{ title }}{% endblock %}{% endfor %}

{% extends "base.html" %}{% set y = title %}
{% block b %}
{% for x in words %}{{ x ~ y }}{{ super() }}{% endfor %}{% set z = 1 %}{{ told(z, k=y) }}
{% endblock %}

{% macro m(a, b=title) %}
{% for x in words %}{{ a }}{{ b }}{{ varargs }}{{ kwargs }}{{ caller(x) }}{% endfor %}
{% endmacro %}
{% for y in words %}{% call(c) m(y, 1, 2, d=3) %}{{ c }}{{ y }}{{ title }}{% endcall %}{% endfor %}

{% import "macros.html" as m %}{% from "macros.html" import one with context %}
{{ m.one(title) }}{{ one("<") }}

{% set ns = namespace(n=0) %}{% for x in words %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}

{% for x in words %}{% filter upper %}{{ x }}<b>{% endfilter %}
{% set v %}<{{ x }}>{% endset %}{{ v }}{% endfor %}

{% autoescape false %}{{ title }}{% for x in words %}{{ x }}{% endfor %}{% endautoescape %}{{ title|safe }}

{% if title %}{% for x in words %}{{ told(x) }}{% endfor %}{% endif %}
{% for x in words %}{{ told(x) }}{% endfor %}

{{ told(*words, **{"k": title}) }}{{ told(none=none, class=title) }}{{ none }}{{ 1.5 }}{{ [title] }}

{% with a = title %}{% for x in words %}{{ a }}{{ title }}{% endfor %}{% endwith %}{{ words|map("upper")|join }}
"""
"""Templates that set and look up names, call and include in loops, blocks and macros."""


def _templates(folder: Path, **sources: str) -> Templates:
    for name, source in sources.items():
        (folder / f"{name}.html").write_text(source, encoding="utf-8")
    return Templates([folder])


def test_the_first_folder_that_has_a_template_wins(tmp_path: Path) -> None:
    """An author's template of the same name takes the place of the package's, and only that one."""
    own, package = tmp_path / "own", tmp_path / "package"
    own.mkdir()
    package.mkdir()
    _templates(own, page="ours")
    _templates(package, page="theirs", part="part")
    templates = Templates([own, package])
    assert (templates.render("page.html"), templates.render("part.html")) == ("ours", "part")


@pytest.mark.parametrize(
    ("name", "shown"), [("a.html", "&lt;b&gt;"), ("a.mjml", "&lt;b&gt;"), ("a.txt", "<b>"), ("a.md", "<b>")]
)
def test_values_are_escaped_except_in_text_and_markdown(tmp_path: Path, name: str, shown: str) -> None:
    """A value cannot bring markup into HTML or MJML; text and Markdown show it as it is."""
    (tmp_path / name).write_text("{{ title }}", encoding="utf-8")
    assert Templates([tmp_path]).render(name, title="<b>") == shown


@pytest.mark.parametrize(
    "source",
    [
        "{% import 'a.txt' as m %}{% call m.m(title) %}{% endcall %}",
        "{% from 'a.txt' import m with context %}{{ m(title) }}",
        "{% include 'a.txt' %}",
        "{% include title[:0] ~ 'a.md' ignore missing %}",
        "{% include ['none.html', 'a.txt'] %}",
        "{% extends 'a.txt' %}",
        "{% extends '!a.txt' %}",
    ],
)
def test_no_text_stands_in_a_page(tmp_path: Path, source: str) -> None:
    """What is not escaped is refused, with the place, where all is escaped; the other way round it may stand."""
    templates = _templates(tmp_path, page=f"\n{source}", part="{{ title }}")
    for name in ("a.txt", "a.md"):
        text = "{% macro m(t) %}{{ t }}{{ caller() }}{% endmacro %}{{ title }}{% include 'part.html' %}"
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(BadTemplate, match=r"templates/page\.html:2:1: error: .* is text, in which nothing is escaped"):
        templates.render("page.html", title="<b>")
    assert templates.render("a.txt", title="<b>") == "<b>&lt;b&gt;"


def test_functions_are_given_what_the_template_gives_them(tmp_path: Path) -> None:
    """A function or macro called in a loop, a block or a macro gets the arguments that stand there and no others."""

    def told(*args: object, **values: object) -> str:
        return f"{args}{values}"

    source = (
        "{% macro each(words) %}{% for word in words %}{{ told(word, n=loop.index) }}{{ caller(word) }}{% endfor %}"
        "{% endmacro %}{% block main %}{% call(word) each([1]) %}<{{ told(word) }}>{% endcall %}{% endblock %}"
    )
    assert _templates(tmp_path, page=source).render("page.html", told=told) == "(1,){&#39;n&#39;: 1}<(1,){}>"


@pytest.mark.parametrize("source", _SOURCES.split("\n\n"))
def test_templates_mean_what_they_mean_to_jinja(tmp_path: Path, source: str) -> None:
    """What is made of a template, in HTML and in text, is what Jinja without our changes makes of it."""
    parts = {
        "part": "({{ title is defined }})",
        "base": "{% block b %}{% for x in words %}{{ x }}{{ title }}{% endfor %}{% endblock %}",
        "macros": "{% macro one(a) %}{% for x in [a, '&'] %}{{ x }}{{ title is defined }}{% endfor %}{% endmacro %}",
    }
    values = {
        "title": "<b>",
        "words": ["a&", markupsafe.Markup("<i>"), "<b>"],
        "nested": [["<", ["&"]], [[]]],
        "told": lambda *given, **named: f"{given}{named}<",
    }
    for name, content in {**parts, "page": source}.items():
        (tmp_path / f"{name}.html").write_text(content, encoding="utf-8")
        (tmp_path / f"{name}.txt").write_text(content, encoding="utf-8")
    plain = jinja2.Environment(
        loader=jinja2.FileSystemLoader(tmp_path),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    for name in ("page.html", "page.txt"):
        assert Templates([tmp_path]).render(name, **values) == plain.get_template(name).render(values)


@pytest.mark.parametrize(
    ("source", "line", "message"),
    [
        ("\n{% if %}", 2, "Expected an expression, got 'end of statement block'"),
        ("\n\n{{ x | nope }}", 3, "No filter named 'nope'."),
        ("\n{{ nope }}", 2, "'nope' is undefined"),
        ("\n{{ title.nope }}", 2, "'str object' has no attribute 'nope'"),
        ("\n{{ 1 / 0 }}", 2, "ZeroDivisionError: division by zero"),
        ("\n{{ title + 1 }}", 2, 'TypeError: can only concatenate str (not "int") to str'),
        ("\n\n{% include 'nope.html' %}", 3, "no such template: nope.html"),
        ("{% macro m() %}\n{{ m() }}{% endmacro %}{{ m() }}", 2, "includes or calls itself without end"),
        ("\n{% include 'page.html' %}", 2, "includes or calls itself without end"),
        ("\n{{ fail() }}", 2, "KeyError: 'label'"),
    ],
)
def test_an_error_is_told_with_its_line(tmp_path: Path, source: str, line: int, message: str) -> None:
    """Whatever goes wrong within a template is a BadTemplate at the template's own line."""

    def fail() -> str:
        raise KeyError("label")

    with pytest.raises(BadTemplate) as caught:
        _templates(tmp_path, page=source).render("page.html", title="x", fail=fail)
    [finding] = caught.value.findings
    assert (finding.location, finding.message) == (Location(path="templates/page.html", line=line), message)


def test_an_error_is_told_where_it_is_and_not_where_it_was_called(tmp_path: Path) -> None:
    """An error in an included template carries that template's name and line."""
    with pytest.raises(BadTemplate) as caught:
        _templates(tmp_path, page="{% include 'part.html' %}", part="\n\n{{ nope }}").render("page.html")
    assert caught.value.findings[0].location == Location(path="templates/part.html", line=3)


def test_a_missing_template_is_told_by_its_name(tmp_path: Path) -> None:
    """A template that is in no folder is an error at its path."""
    with pytest.raises(BadTemplate, match=r"^templates/web/nope\.html: error: no such template"):
        Templates([tmp_path]).render("web/nope.html")


def test_a_template_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    """Bytes that are not UTF-8 are an error of the template, not a traceback."""
    (tmp_path / "page.html").write_bytes(b"caf\xe9")
    with pytest.raises(BadTemplate, match=r"^templates/page\.html: error: not UTF-8"):
        Templates([tmp_path]).render("page.html")


def test_errors_of_ours_pass_through_a_template(tmp_path: Path) -> None:
    """A PipelineError raised by what a template calls is not renamed."""

    def fail() -> str:
        raise ForeignFolder.at(Location(path="out"), "out", "not ours")

    with pytest.raises(ForeignFolder):
        _templates(tmp_path, page="{{ fail() }}").render("page.html", fail=fail)


def test_the_cache_changes_no_byte_and_follows_the_source(tmp_path: Path) -> None:
    """With a bytecode cache a template renders the same, and a changed source is seen at once."""
    cache = tmp_path / ".publish" / "cache"
    for source in ("one {{ x }}", "two {{ x }}"):
        (tmp_path / "page.html").write_text(source, encoding="utf-8")
        made = [Templates([tmp_path], cache=folder).render("page.html", x="<") for folder in (None, cache, cache)]
        assert set(made) == {source.replace("{{ x }}", "&lt;")}
    assert list(cache.iterdir())


def test_compiled_code_that_came_with_a_publication_is_not_run(tmp_path: Path) -> None:
    """What was compiled elsewhere, whatever it stands for and checksum and all, is not what is fetched here."""
    root = written(tmp_path, {"issues/2023-03-04/i.md": "## News\n\n### [T](https://t.example/)\n"})
    cache, name = Cache(root / ".publish/cache", ours=True, maker=b"elsewhere"), "web/front.html"
    source = (DEFAULTS / name).read_text(encoding="utf-8")
    forged = cache.get_bucket(jinja2.Environment(autoescape=True), name, None, source)
    forged.code = compile("raise SystemExit('sprung')", "forged", "exec")
    cache.set_bucket(forged)
    assert publish("build", "-C", str(root)).code == 0


def test_a_cache_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    """Where a file stands in the cache's place, templates are rendered all the same."""
    cache = tmp_path / "cache"
    cache.write_bytes(b"")
    (tmp_path / "page.html").write_text("x", encoding="utf-8")
    assert Templates([tmp_path], cache=cache).render("page.html") == "x"


def test_what_takes_a_templates_place_can_extend_it(tmp_path: Path) -> None:
    """A name behind `!` is the package's own template, be there one in its place or not; errors in it say so."""
    own, package = tmp_path / "own", tmp_path / "package"
    own.mkdir()
    package.mkdir()
    _templates(own, page="{% extends '!page.html' %}{% block b %}ours, {{ super() }}{% endblock %}")
    _templates(package, page="{% block b %}theirs{% endblock %}\n{{ nope }}", part="part")
    templates = Templates([own, package])
    with pytest.raises(BadTemplate) as caught:
        templates.render("page.html")
    assert caught.value.findings[0].location == Location(path="templates/!page.html", line=2)
    assert templates.render("page.html", nope="!") == "ours, theirs!"
    assert templates.render("!part.html") == "part"

"""The small language of the tables: an address with `{fields}`, its key, and how one is matched against the other.

A form is an address as people write it, without scheme, `www.` and closing slash:

    arxiv.org/abs/{arxiv}{version}      {arxiv} is one of `FIELDS`; any other name is one segment of the path
    youtube.com/watch?v={video}         the parameter must be there; other parameters do not matter
    x.com/{user}/status/{post}/...      three dots: whatever follows
    {pub}.substack.com/p/{slug}         a field may be the first label of the host
    gitlab.*/{project}                  any host whose first label is `gitlab`
    */@{user}/{status}                  any host at all
    b23.tv/{bv:av}                      the field `bv`, written as `FIELDS` has it for `av`
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from pipeline.identity.spelling import Param

__all__ = ["Field", "Form", "Forms", "Thing"]

_FIELD = re.compile(r"\{(\w+)(?::(\w+))?\}")


class Field(NamedTuple):
    """How a field is written, as a regular expression, and what makes one spelling of it; empty refuses."""

    pattern: str
    spelling: Callable[[str], str] | None = None


class Thing(NamedTuple):
    """A row of the tables: one kind of thing, and every address by which people name it.

    `key`, `url`, `parent` and `anchor` are templates of the forms' fields, with `{query}` for the parameters that are
    left and `{fragment}`. `why` ends the sentence "the same …". Without a key, `url` is the address that the form only
    wraps; without either, the form is an ordinary page that a later row would take for something else.
    """

    key: str
    kind: str
    why: str
    url: str
    forms: str
    parent: str = ""
    anchor: str = ""


class Form:
    """One address of a thing, ready to match; its expressions are made when they are first needed."""

    def __init__(self, text: str, thing: Thing, fields: Mapping[str, Field]) -> None:
        address, _, query = text.partition("?")
        self.host, slash, path = address.partition("/")
        self.path = (slash + path).rstrip("/")
        self.query = [piece.partition("=")[::2] for piece in query.split("&")] if query else []
        self.start = self.path.partition("{")[0].removesuffix("/...")
        self.thing = thing
        self._text, self._fields = text, fields

    @property
    def first(self) -> str | None:
        """The first segment of the path; None where a field can stand there."""
        segment = self.path[1:].partition("/")[0]
        return None if "{" in segment or segment == "..." else segment

    @cached_property
    def _spellings(self) -> list[tuple[str, Callable[[str], str]]]:
        fields = [(name, self._field(name, kind)) for name, kind in _FIELD.findall(self._text)]
        return [(name, field.spelling) for name, field in fields if field.spelling is not None]

    @cached_property
    def _path(self) -> re.Pattern[str]:
        path, dots, _ = self.path.partition("/...")
        return re.compile(self._expression(path) + ("(?:/.*)?" if dots else ""), re.DOTALL)

    @cached_property
    def _values(self) -> list[tuple[str, re.Pattern[str]]]:
        return [(name, re.compile(self._expression(value))) for name, value in self.query]

    @cached_property
    def _host(self) -> re.Pattern[str] | None:
        return re.compile(self._expression(self.host)) if "{" in self.host else None

    def _field(self, name: str, kind: str) -> Field:
        return self._fields.get(kind or name, _SEGMENT)

    def _expression(self, template: str) -> str:
        parts, done = [], 0
        for match in _FIELD.finditer(template):
            parts.append(re.escape(template[done : match.start()]))
            parts.append(f"(?P<{match[1]}>{self._field(match[1], match[2] or '').pattern})")
            done = match.end()
        return "".join(parts) + re.escape(template[done:])

    def match(self, host: str, path: str, query: Iterable[Param]) -> dict[str, str] | None:
        """The fields of an address in their one spelling, or None where it is not of this form."""
        found = self._path.fullmatch(path)
        if found is None:
            return None
        fields = found.groupdict("")
        if self.query:
            params = dict(query)
            for name, pattern in self._values:
                value = pattern.fullmatch(params.get(name) or "")
                if value is None:
                    return None
                fields.update(value.groupdict(""))
        if self._host is not None:
            label = self._host.fullmatch(host)
            if label is None:
                return None
            fields.update(label.groupdict(""))
        for name, spelling in self._spellings:
            fields[name] = spelling(fields[name])
            if not fields[name]:
                return None
        return fields


_SEGMENT = Field(r"[^/?]+")


class Forms:
    """All forms by host and first segment of the path, in the tables' order, those with a literal segment first."""

    def __init__(self, things: Iterable[Thing], fields: Mapping[str, Field]) -> None:
        self._fields = fields
        self._texts: dict[str, list[tuple[str, Thing]]] = {}
        self._ready: dict[str, dict[str | None, list[Form]]] = {}
        for thing in things:
            for text in thing.forms.split():
                self._texts.setdefault(_place(text.partition("/")[0]), []).append((text, thing))

    def match(self, host: str, path: str, query: Iterable[Param]) -> tuple[Thing, dict[str, str]] | None:
        """The first thing of the tables that an address names, with its fields."""
        end = path.find("/", 1)
        first = path[1:end] if end > 0 else path[1:]
        dot = host.find(".")
        for place in (host, host[dot:], host[: dot + 1], ""):  # its own, any first label, any last labels, any host
            if place not in self._texts:
                continue
            rows = self._ready.get(place) or self._made(place)
            for name in (first, None):
                for form in rows.get(name, ()):
                    if path.startswith(form.start):
                        fields = form.match(host, path, query)
                        if fields is not None:
                            return form.thing, fields
        return None

    def _made(self, place: str) -> dict[str | None, list[Form]]:
        """The rows of a place, made when an address of it is first looked at: 950 forms would take 2 ms."""
        rows: dict[str | None, list[Form]] = {}
        for text, thing in self._texts[place]:
            form = Form(text, thing, self._fields)
            rows.setdefault(form.first, []).append(form)
        self._ready[place] = rows
        return rows


def _place(host: str) -> str:
    """Where forms of a host stand: under its name, `.rest` for any first label, `label.` for any rest, or nothing."""
    if host == "*":
        return ""
    if host.endswith(".*"):
        return host[:-1]
    return host[host.index(".", host.index("}")) :] if "{" in host else host

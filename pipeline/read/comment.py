"""The comment behind a title in the form in which we write it, read without YAML's parser: a tenth of its time."""

from __future__ import annotations

import re
from collections.abc import Collection

from pipeline.model import Location
from pipeline.read.yaml import Items, Node, Pairs, Text

__all__ = ["own_form"]

_STRING = r'"[^"\\\n\r\x85\u2028\u2029\ufeff]*"'  # nothing in it that YAML would read otherwise
_KEY = r'"[^"\\\n\r\x85\u2028\u2029\ufeff]{0,200}"'  # YAML takes 1,024 bytes at the most for one
_VALUE = rf"{_STRING}|\[{_STRING}(?:, {_STRING})*\]|\{{{_KEY}: {_STRING}(?:, {_KEY}: {_STRING})*\}}"
# Not compiled before the first comment is met: 2 ms, which the command would take of those who write none.
_OWN_FORM = rf"\{{[a-z-]+: (?:{_VALUE})(?:, [a-z-]+: (?:{_VALUE}))*\}}"
_PAIR = rf"([a-z-]+): ({_VALUE})"


def own_form(text: str, keys: Collection[str], where: Location) -> Pairs | None:
    """The mapping that YAML's parser would give, all of it at one place; None where the text is otherwise written."""
    if not re.fullmatch(_OWN_FORM, text):
        return None
    place = Location(path=where.path, line=where.line or 1)
    found: dict[str, Node] = {}
    for match in re.finditer(_PAIR, text):
        values = tuple(Text(value=quoted[1:-1], location=place) for quoted in re.findall(_STRING, match[2]))
        if match[1] not in keys or match[1] in found:
            return None
        if match[2][0] == "[":
            found[match[1]] = Items(items=values, location=place, flow=True)
        elif match[2][0] == "{":
            pairs = tuple(zip(values[::2], values[1::2], strict=True))
            if len({key.value for key, _ in pairs}) < len(pairs):
                return None
            found[match[1]] = Pairs(pairs=pairs, location=place)
        else:
            found[match[1]] = values[0]
    return Pairs(pairs=tuple((Text(value=key, location=place), value) for key, value in found.items()), location=place)

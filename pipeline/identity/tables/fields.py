"""The fields of the tables' forms: how each is written, and its one spelling."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from pipeline.identity.forms import Field

__all__ = ["FIELDS"]

# Bilibili's numbering of 2024: the old number (av), masked, in base 58 with shuffled digits behind `BV1`.
_BV_DIGITS = "FcwAPNKTMug3GV5Lj7EJnHpWsx4tb8haYeviqBz6rkCy12mUSDQX9RdoZf"
_BV_PLACES = (8, 7, 0, 5, 1, 3, 2, 4, 6)
_BV_MASK, _BV_LIMIT = 23442827791579, 1 << 51

# Weibo writes a post's number in base 62, seven decimal digits to four of its own, from the right.
_WEIBO_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

_SLASHES = re.compile("//+")
_README = re.compile(r"(?:(?:^|/)readme[^/]*)+$", re.IGNORECASE)
_BEHIND_DOI = ("/full", "/pdf", "/epdf", "/html", "/abstract", "/meta", "/fulltext", ".pdf")


def _video_number(text: str) -> str:
    """Bilibili's `av170001` as `BV17x411w7KC`."""
    number = int(text[2:])
    if not 0 < number < _BV_LIMIT:
        return ""
    rest = (_BV_LIMIT | number) ^ _BV_MASK
    digits = [""] * len(_BV_PLACES)
    for place in _BV_PLACES:
        rest, digit = divmod(rest, len(_BV_DIGITS))
        digits[place] = _BV_DIGITS[digit]
    return "BV1" + "".join(digits)


def _post_number(text: str) -> str:
    """Weibo's number of a post in the letters that its addresses use."""
    spelled = []
    while text:
        number, block = int(text[-7:]), ""
        text = text[:-7]
        while number:
            number, digit = divmod(number, len(_WEIBO_DIGITS))
            block = _WEIBO_DIGITS[digit] + block
        spelled.append(block.rjust(4, "0") if text else block)
    return "".join(reversed(spelled))


def _in_path(text: str) -> str:
    """The value of a parameter as it would stand in a path."""
    return text.replace("%2F", "/").replace("%26", "&").replace("%2B", "+").replace("%3D", "=")


def _capital(text: str) -> str:
    """A title of MediaWiki: the first letter is a capital, blanks are underscores."""
    text = _in_path(text).replace("%20", "_").strip("_/")
    return text[:1].upper() + text[1:]


def _one_dash(text: str) -> str:
    """The normal name of a Python package (PyPA): lower case, one dash for each run of separators."""
    return re.sub(r"[-_.]+", "-", text).lower()


def _doi(text: str) -> str:
    """A DOI in lower case (ISO 26324) without what publishers put behind it."""
    text = _SLASHES.sub("/", _in_path(text).lower()).rstrip("/.,;)")  # as a path has them, whoever escaped one
    while text.endswith(_BEHIND_DOI):
        text = text[: max(text.rfind(behind) for behind in _BEHIND_DOI)].rstrip("/.,;)")
    return text if "/" in text else ""


def _without_readme(path: str) -> str:
    """A folder for its README, in whatever language that is."""
    return _README.sub("", path)


def _last(slug: str) -> str:
    return slug[slug.rfind("-") + 1 :]


def _post_of_words(slug: str) -> str:
    """The number behind a slug of words; a UUID is none, as those of one machine can end alike."""
    return "" if _UUID.fullmatch(slug[-36:]) else _last(slug)


def _hex(text: str) -> str:
    return text.replace("-", "").lower()


def _number(text: str) -> str:
    return text.lstrip("0")


def _repo(text: str) -> str:
    text = text.lower()
    while text.endswith(".git"):
        text = text.removesuffix(".git")
    return text


_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_DEFAULT = "(?:refs/heads/)?(?:main|master|HEAD|trunk|develop|dev)|[0-9a-f]{40}"

# Names that GitHub keeps for itself, where an account would stand.
_GITHUB_PAGES = "|".join(
    """
    about account apps blog codespaces collections contact copilot customer-stories dashboard discussions edu education
    enterprise events explore features gist git-guides github-copilot issues join login logout marketplace mobile new
    nonprofit notifications open-source organizations orgs premium-support pricing pulls readme resources search
    security sessions settings signup site solutions sponsors stars team topics trending users watching
    """.split()
)

_lower: Callable[[str], str] = str.lower

FIELDS: Mapping[str, Field] = {
    # Anything, and the addresses that wrappers carry.
    "rest": Field(r".+"),
    "target": Field(r".+"),
    "whole": Field(r"https?:.+"),
    "nothing": Field(r""),
    "archive_time": Field(r"o/\w+|\d[\d.-]*|newest"),
    "ext": Field(r"(?:\.\w+)?"),
    "n": Field(r"\d{1,19}"),
    "hash": Field(r"[0-9a-f]{6,64}"),
    "name": Field(r"[^/?]+", _lower),
    "label": Field(r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?", _lower),
    "lang": Field(r"[a-z]{2,3}(?:[-_][A-Za-z]{2,4}){0,2}", _lower),
    "country": Field(r"[a-z]{2}"),
    # Papers.
    "arxiv": Field(r"\d{4}\.\d{4,5}|[a-z][a-z-]*(?:\.[A-Z]{2})?/\d{7}", lambda id_: re.sub(r"\.[A-Z]{2}/", "/", id_)),
    "version": Field(r"(?:[vV]\d+)?"),
    "doi": Field(r"10\.\d{4,9}/[^?]+", _doi),
    "preprint": Field(
        r"10\.1101/[\d.]+?(?:v\d+.*|\.(?:full|abstract).*)?", lambda text: re.split(r"v|\.[fa]", text)[0]
    ),
    "acm": Field(r"\d{5,8}\.\d{5,8}"),
    "jmlr": Field(r"v(?:olume)?\d+", lambda text: text.replace("olume", "")),
    "hal": Field(r"[a-z]+-\d{6,9}"),
    "rfc": Field(r"0*[1-9]\d{0,4}", _number),
    "acl": Field(r"[A-Z]\d\d-\d{4}|\d{4}\.[a-z0-9_]+-[a-z0-9]+\.\d+"),
    "draft": Field(r"draft-[a-z0-9-]+?"),
    "revision": Field(r"(?:-\d\d)?"),
    # Code.
    "owner": Field(r"[\w.~-]+", _lower),
    "repo": Field(r"[\w.-]+", _repo),
    "branch": Field(_DEFAULT),
    "view": Field(r"tree|blob|raw|blame|edit"),
    "readme": Field(r"(?i:readme)[^/]*"),
    "file": Field(r".+", lambda path: _without_readme(path).rstrip("/")),
    "sha": Field(r"[0-9a-fA-F]{7,64}", _lower),
    "github_page": Field(_GITHUB_PAGES),
    "gitlab_part": Field(r"issues|merge_requests|snippets"),
    "project": Field(r"[\w.-]+(?:/[\w.-]+){1,4}?", _lower),
    "gitlab_project": Field(r"(?!explore|help|users|dashboard|api|blog|groups)[\w.-]+(?:/[\w.-]+){1,4}", _repo),
    "hub_view": Field(r"blob|resolve|raw|tree|file/view"),
    "hub_page": Field(
        r"blog|docs|papers|learn|models|tasks|collections|organizations|posts|join|pricing|chat|spaces|datasets|settings|new"
    ),
    "package": Field(r"[^/]+", _one_dash),
    "scoped": Field(r"@[\w.~-]+/[\w.~-]+|[\w.~-]+", _lower),
    "release": Field(r"[vV]?\d[^/]*"),
    "crate": Field(r"[\w-]+", _one_dash),
    "module": Field(r"[\w-]+", lambda name: name.replace("-", "_").lower()),
    "index": Field(r"index\.x?html?"),
    "two_names": Field(r"[^/]+/[^/]+", _lower),
    "go_module": Field(r"[^@]+"),
    "hackage": Field(r"[A-Za-z0-9]+(?:-(?=\d*[A-Za-z])[A-Za-z0-9]+)*"),
    "hackage_version": Field(r"\d+(?:\.\d+)*"),
    "mozilla_app": Field(r"firefox|android|thunderbird"),
    "chrome_id": Field(r"[a-p]{32}"),
    "edition": Field(r"latest|stable|current|main|master|dev|devel|nightly|beta|[vr]?\d[\w.-]*"),
    "current": Field(r"latest|stable|current"),
    # Video and sound.
    "video": Field(r"[A-Za-z0-9_-]{11}"),
    "bv": Field(r"[bB][vV]1[A-Za-z0-9]{9}", lambda text: f"BV{text[2:]}"),
    "av": Field(r"[aA][vV]\d{1,16}", _video_number),
    "aid": Field(r"\d{1,16}", lambda text: _video_number(f"av{text}")),
    "part": Field(r"[2-9]|[1-9]\d{1,3}"),
    "spotify": Field(r"track|album|episode|show|playlist|artist"),
    "intl": Field(r"intl-[a-z]{2}"),
    # Social.
    "user": Field(r"@?[\w.-]+", lambda name: name.lower().removeprefix("@")),
    "status": Field(r"\d{10,20}"),
    "x_page": Field(
        r"i|home|explore|search|hashtag|settings|notifications|messages|intent|share|login|signup|tos|privacy"
    ),
    "local_user": Field(r"[\w.-]+", _lower),
    "snowflake": Field(r"\d{15,20}"),
    "thread": Field(r"[A-Za-z0-9]{4,9}", _lower),
    "reddit_id": Field(r"(?=[a-z0-9]*\d)[a-z0-9]{5,8}"),
    "message_id": Field(r"[^/]+@[^/]+"),
    "zhihu_kind": Field(r"pin|zvideo|people|org|collection|topic|special|roundtable"),
    "a_or_q": Field(r"[aq]"),
    "digits": Field(r"\d+"),
    "qq_news": Field(r"[A-Z0-9]{12,}"),
    "feishu": Field(r"docx?|docs|wiki|sheets|base|file|mindnotes|minutes|slides"),
    "bid": Field(r"(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{9}"),
    "mid": Field(r"\d{16}", _post_number),
    "medium": Field(r"(?:[^/.@]*-)?[0-9a-f]{8,12}", _last),
    "medium_slug": Field(r"(?:[^/]+/)?[^/.@]*-(?=\d*[a-f])(?=[a-f]*\d)[0-9a-f]{12}", _post_of_words),
    "biz": Field(r"[\w=]+", lambda text: text.rstrip("=")),
    # Books, documents, pages of reference.
    "asin": Field(r"[A-Za-z0-9]{10}", str.upper),
    "notion": Field(r"(?:[^/]*-)?[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", lambda t: _hex(t)[-32:]),
    "title": Field(r"[^?]+", _capital),
    "wiki_language": Field(r"(?!www\b|m\b|commons|meta)[a-z]{2,3}(?:-[a-z-]+)?|simple"),
    "wiki_variant": Field(r"zh-(?:cn|tw|hk|mo|my|sg|hans|hant)|sr-e[cl]"),
    "locale": Field(r"[a-z]{2}-[a-z]{2}", _lower),
    "lower": Field(r".+", _lower),
    "book_slug": Field(r"[.-][^/]*"),
    "imdb": Field(r"tt\d+"),
    "drive_id": Field(r"[A-Za-z0-9_-]{15,}"),
    "drive_kind": Field(r"document|spreadsheets|presentation|forms|drawings"),
    "pen": Field(r"pen|full|details|embed|debug|live|pres"),
    "short_year": Field(r"\d\d", lambda text: f"20{text}"),
    "dashed": Field(r"[a-z0-9-]+", lambda text: text.replace("--", "\0").replace("-", ".").replace("\0", "-")),
}
"""Each field by its name; a name that is not here is one segment of the path, as it is written."""

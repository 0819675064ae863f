"""`newsletter.yaml` to a Publication."""

from __future__ import annotations

import datetime
import re
import zoneinfo
from collections.abc import Iterator
from urllib.parse import urlsplit

from pipeline.model import (
    Author,
    DkimSettings,
    EmailSettings,
    FeedSettings,
    Gathered,
    Location,
    Publication,
    SmtpSettings,
    Url,
    WebSettings,
)
from pipeline.read.destination import DESTINATIONS, destination
from pipeline.read.fields import Fields
from pipeline.read.limits import domain_limits
from pipeline.read.links import UNSAFE
from pipeline.read.rules import rule_settings
from pipeline.read.source import Report, decoded
from pipeline.read.yaml import Items, Node, Pairs, Text, parsed

__all__ = ["MERGE_TAGS", "ON_REPEAT", "read_settings"]

MERGE_TAGS = ("none", "mailchimp", "buttondown", "listmonk")
"""Whose merge tags may stand in the pasted email."""

ON_REPEAT = ("stop", "drop", "mark")
"""What becomes of an entry that readers have had."""

_KEYS = (
    *("title", "url", "language", "description", "author", "timezone", "publish_at", "id", "sections", "feeds"),
    *("email", "smtp", "web", "on_repeat", "standing", "rules", "gather", "search", "deploy"),
)
_EMAIL_KEYS = (
    "from",
    "reply_to",
    "postal_address",
    "unsubscribe_url",
    "why",
    "merge_tags",
    "transport",
    "on_uncertain",
    "bounces",
    "dkim",
)
_DKIM_KEYS = ("domain", "selector", "key")
_SMTP_KEYS = ("host", "port", "security", "user", "password_env", "password_file", "sessions", "timeout", "domains")
_WEB_KEYS = ("url", "lists", "hourly")
_LIST = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_PUBLISH_AT = datetime.time(9, 0)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,4}")
_AUTHORITY = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|[A-Za-z0-9._-]+@[A-Za-z0-9.-]+")
_BARE_ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:\w(?:[\w-]*\w)?\.)+\w(?:[\w-]*\w)?"
_BOUNCES = re.compile(_BARE_ADDRESS.replace("{1,64}", "{1,23}"))  # its token needs the other 41 of 64
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?"
_NAME_IN_DNS = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_ADDRESS = re.compile(rf"{_BARE_ADDRESS}|(?:[^\"<>\x00-\x1f]*|\"[^\"<>\x00-\x1f]*\"\s*)<{_BARE_ADDRESS}>")


def read_settings(path: str, data: bytes, report: Report) -> Publication | None:
    """The publication that a settings file describes; None where an error stands in the report."""
    source = decoded(path, data, report)
    node = parsed(source, report) if source else None
    top = Location(path=path, line=1, column=1)
    if source and not isinstance(node, Pairs) and not report.refuses:
        report.error(top, "bad-value", "write keys and values, such as “title: My newsletter”")
    if not isinstance(node, Pairs):
        return None
    fields = Fields(node, _KEYS, report)
    for name in ("title", "url"):
        if name not in fields:
            report.error(top, "missing-key", f"“{name}:” is missing: every publication needs it")
    url = fields.text("url").rstrip("/")
    host = _host(url)
    if url and not host:
        report.error(fields.place("url"), "bad-value", "“url” must be the site's address, such as https://example.org")
    web = _web(fields.pairs("web", _WEB_KEYS), report)
    publication = Publication(
        title=" ".join(fields.text("title").split()),
        url=Url(url),
        id=_shaped(fields, "id", _AUTHORITY, "a domain or an email address that is yours", report) or host,
        language=_shaped(fields, "language", _LANGUAGE, "a language tag such as en or zh-CN", report) or "en",
        description=" ".join(fields.text("description").split()),
        author=_author(fields.pairs("author", ("name", "email")), report),
        timezone=_timezone(fields, report),
        publish_at=fields.time("publish_at", _PUBLISH_AT),
        sections=fields.texts("sections"),
        feeds=_feeds(fields.pairs("feeds", ("issues", "entries", "hub")), report),
        email=_email(fields.pairs("email", _EMAIL_KEYS), report, web),
        smtp=_smtp(fields.pairs("smtp", _SMTP_KEYS), report),
        web=web,
        on_repeat=fields.choice("on_repeat", ON_REPEAT, "stop"),
        standing=fields.texts("standing"),
        standing_places=fields.places("standing"),
        rules=rule_settings(fields),
        gather=tuple(_gathered(fields, report)),
        search=fields.flag("search"),
        deploy=_deploy(fields, report),
    )
    return None if report.refuses else publication


def _host(url: str) -> str:
    """The host of a web address that no page, header or feed needs to write otherwise; empty where it is none."""
    if UNSAFE.search(url):
        return ""
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or parts.query or parts.fragment or parts.port == 0:
            return ""
        return parts.hostname or ""
    except ValueError:  # also for a port that is none
        return ""


def _shaped(fields: Fields, name: str, shape: re.Pattern[str], wanted: str, report: Report) -> str:
    word = fields.text(name)
    if word and not shape.fullmatch(word):
        report.error(fields.place(name), "bad-value", f"“{name}” must be {wanted}")
        return ""
    return word


def _timezone(fields: Fields, report: Report) -> str:
    name = fields.text("timezone", "UTC")
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        report.error(fields.place("timezone"), "bad-value", "“timezone” must be a zone such as Asia/Shanghai or UTC")
        return "UTC"
    return name


def _web_address(fields: Fields, name: str, report: Report) -> str:
    url = fields.text(name)
    if url and (not _host(url.partition("?")[0]) or UNSAFE.search(url)):
        report.error(fields.place(name), "bad-value", f"“{name}” must be a web address, https://…")
        return ""
    return url


def _author(fields: Fields, report: Report) -> Author:
    email = _shaped(fields, "email", _ADDRESS, "an email address", report)
    return Author(name=" ".join(fields.text("name").split()), email=email)


def _feeds(fields: Fields, report: Report) -> FeedSettings:
    default = FeedSettings()
    return FeedSettings(
        issues=fields.number("issues", default.issues, at_least=1) or default.issues,
        entries=fields.number("entries", default.entries, at_least=1) or default.entries,
        hub=_web_address(fields, "hub", report),
    )


def _email(fields: Fields, report: Report, web: WebSettings) -> EmailSettings:
    address = "an address such as news@example.org or My newsletter <news@example.org>"
    return EmailSettings(
        sender=_shaped(fields, "from", _ADDRESS, address, report),
        reply_to=_shaped(fields, "reply_to", _ADDRESS, address, report),
        postal_address=fields.text("postal_address"),
        unsubscribe_url=_web_address(fields, "unsubscribe_url", report) or (f"{web.url}/leave" if web.url else ""),
        why=" ".join(fields.text("why").split()),
        merge_tags=fields.choice("merge_tags", MERGE_TAGS, "none"),
        transport=fields.choice("transport", ("", "maildir", "smtp", "sendmail"), ""),
        on_uncertain=fields.choice("on_uncertain", ("hold", "resend"), "hold"),
        bounces=_shaped(fields, "bounces", _BOUNCES, "an address with at most 23 characters before its @", report),
        dkim=tuple(_dkim(fields, report)),
    )


def _dkim(fields: Fields, report: Report) -> Iterator[DkimSettings]:
    """The keys of a list of mappings, or of one."""
    node = fields.node("dkim")
    listed: tuple[Node, ...] = node.items if isinstance(node, Items) else (node,) if node else ()
    for item in listed:
        if not isinstance(item, Pairs):
            report.error(item.location, "bad-value", "write {domain: example.org, selector: news, key: a file}")
            continue
        key = Fields(item, _DKIM_KEYS, report)
        for name in _DKIM_KEYS:
            if name not in key:
                report.error(item.location, "missing-key", f"“{name}:” is missing: a signature needs it")
        yield DkimSettings(
            domain=_shaped(key, "domain", _NAME_IN_DNS, "a domain such as example.org, in ASCII", report).lower(),
            selector=_shaped(key, "selector", _NAME_IN_DNS, "a name in DNS such as news2026", report).lower(),
            key=key.text("key"),
        )


def _smtp(fields: Fields, report: Report) -> SmtpSettings:
    default = SmtpSettings()
    security = fields.choice("security", tuple(_PORTS), default.security)
    user = fields.text("user")
    if user and security == "none":
        report.error(fields.place("user"), "bad-value", "a password never goes out in clear: set “security”")
    return SmtpSettings(
        host=fields.text("host"),
        port=fields.number("port", _PORTS[security], at_least=1) or _PORTS[security],
        security=security,
        user=user,
        password_env=fields.text("password_env"),
        password_file=fields.text("password_file"),
        sessions=fields.number("sessions", default.sessions, at_least=1) or default.sessions,
        timeout=fields.number("timeout", None, at_least=1) or default.timeout,
        domains=domain_limits(fields, report),
    )


def _web(fields: Fields, report: Report) -> WebSettings:
    default = WebSettings()
    url = fields.text("url").rstrip("/")
    host = _host(url)
    if url and (not host or not (url.startswith("https:") or host in _LOOPBACK)):
        message = "“url” must be where readers reach the service, https://… (http://localhost:8000 to try it out)"
        report.error(fields.place("url"), "bad-value", message)
    node = fields.node("lists")
    names = [key.value for key, _ in node.pairs] if isinstance(node, Pairs) else []
    lists = fields.pairs("lists", names)
    for name in names:
        if not _LIST.fullmatch(name):
            message = f"“{name}” is no name for a list: use a-z, 0-9 and hyphens"
            report.error(lists.place(name), "bad-value", message)
    return WebSettings(
        url=url,
        lists=tuple((name, " ".join(lists.text(name).split()) or name) for name in names),
        hourly=fields.number("hourly", default.hourly, at_least=1) or default.hourly,
    )


def _deploy(fields: Fields, report: Report) -> str:
    word = fields.text("deploy")
    if word and destination(word) is None:
        report.error(fields.place("deploy"), "bad-value", f"“deploy” must be {DESTINATIONS}")
    return word


def _gathered(fields: Fields, report: Report) -> Iterator[Gathered]:
    """The feeds of a list of addresses, or of mappings of an address and a section."""
    node = fields.node("gather")
    listed: tuple[Node, ...] = node.items if isinstance(node, Items) else (node,) if node else ()
    for item in listed:
        pairs = item if isinstance(item, Pairs) else Pairs(pairs=(), location=item.location)
        if isinstance(item, Text):
            pairs = Pairs(pairs=((Text(value="url", location=item.location), item),), location=item.location)
        feed = Fields(pairs, ("url", "section"), report)
        if "url" not in feed:
            report.error(item.location, "bad-value", "write the address of a feed, or {url: https://…, section: …}")
        yield Gathered(url=Url(_web_address(feed, "url", report)), section=" ".join(feed.text("section").split()))

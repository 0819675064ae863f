"""The nouns: publication, issue, section, entry, link; frozen values that everything else passes on."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NewType

__all__ = [
    "NOWHERE",
    "Attachment",
    "Author",
    "EmailSettings",
    "Entry",
    "FeedSettings",
    "Gathered",
    "Issue",
    "Link",
    "Location",
    "Markdown",
    "Publication",
    "RuleSetting",
    "Section",
    "Url",
]

Url = NewType("Url", str)
"""An address that was proven: http, https or mailto with a host, or the name of an attachment of the issue."""

Markdown = NewType("Markdown", str)
"""Markdown that was read: no reference links left open, every target a `Url`, no control characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place in a source: path relative to the publication, line and column from 1."""

    path: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """As editors understand it; a line whose column is not known is named by its first."""
        return self.path if self.line is None else f"{self.path}:{self.line}:{self.column or 1}"


NOWHERE = Location(path="")
"""The place of what stands in no source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A further address of an entry, by its plain-text title ("PDF", "github")."""

    title: str
    url: Url


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that the issue tells of (RFC 4287's word); `title` is plain text, `note` Markdown.

    `slug` is the fragment of the permalink and `key` the tail of the feed id, both unique in the issue.
    """

    title: str
    url: Url | None = None
    links: tuple[Link, ...] = ()
    note: Markdown = Markdown("")
    entries: tuple[Entry, ...] = ()
    id: str = ""
    author: str = ""
    published: str = ""
    lang: str = ""
    tags: tuple[str, ...] = ()
    via: Markdown = Markdown("")
    sponsored: bool = False
    repeat: str = ""
    supersedes: str = ""
    alias: tuple[str, ...] = ()
    not_same_as: tuple[str, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict, hash=False)
    slug: str = field(default="", compare=False)
    key: str = field(default="", compare=False)
    location: Location = field(default=NOWHERE, compare=False)

    def walk(self) -> Iterator[Entry]:
        """The entry, then the entries grouped under it, in reading order."""
        yield self
        for child in self.entries:
            yield from child.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A titled run of entries with prose of its own above them; the title may be empty."""

    title: str
    text: Markdown = Markdown("")
    entries: tuple[Entry, ...] = ()
    slug: str = field(default="", compare=False)
    location: Location = field(default=NOWHERE, compare=False)

    def walk(self) -> Iterator[Entry]:
        """Every entry of the section, grouped ones behind their parents."""
        for entry in self.entries:
            if entry.entries:
                yield from entry.walk()
            else:
                yield entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of the issue's folder that the issue links to or shows; pixels where it is an image."""

    name: str
    source: str
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One dated issue; `name` is its folder's name, DATE or DATE-slug, and its address under the site.

    `moved_from` are the names that it had before, oldest first, where it was postponed or renamed.
    """

    date: datetime.date
    name: str
    title: str
    number: int
    sections: Sequence[Section] = ()
    intro: Markdown = Markdown("")
    subject: str = ""
    preheader: str = ""
    draft: bool = False
    updated: datetime.date | None = None
    moved_from: tuple[str, ...] = ()
    extra: Mapping[str, object] = field(default_factory=dict, hash=False)
    attachments: tuple[Attachment, ...] = ()
    location: Location = field(default=NOWHERE, compare=False)

    @property
    def first_name(self) -> str:
        """The name under which it came to be, which feeds know it by for good."""
        return self.moved_from[0] if self.moved_from else self.name

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The top-level entries of all sections, in reading order."""
        return tuple(entry for section in self.sections for entry in section.entries)

    def walk(self) -> Iterator[Entry]:
        """Every entry, grouped ones behind their parents."""
        for section in self.sections:
            yield from section.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who edits the publication."""

    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimSettings:
    """A key that signs messages: a PEM file's path, and the domain and selector under which DNS tells of it."""

    domain: str
    selector: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSettings:
    """What the law and readers want to see in an email, and whose merge tags stand in the pasted one.

    `sender` is the setting `from`, an address or `Name <address>`; `merge_tags` is mailchimp, buttondown, listmonk or
    none. `transport` is maildir, smtp, sendmail or empty: smtp where it has a host, else maildir. `on_uncertain` is
    hold or resend. `bounces` is the address at which returned messages arrive, empty for the sender's own.
    """

    sender: str = ""
    reply_to: str = ""
    postal_address: str = ""
    unsubscribe_url: str = ""
    why: str = ""
    merge_tags: str = "none"
    transport: str = ""
    on_uncertain: str = "hold"
    bounces: str = ""
    dkim: tuple[DkimSettings, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainLimit:
    """The most messages to one domain at once and a second; 0 is no limit."""

    sessions: int = 0
    rate: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """The server that takes the messages, and how many sessions it is given; `timeout` is in seconds.

    `security` is starttls, tls or none; the password stands in a variable of the environment or a file, by name.
    `domains` are limits by the recipients' domains, `*` for all that are not named.
    """

    host: str = ""
    port: int = 587
    security: str = "starttls"
    user: str = ""
    password_env: str = ""
    password_file: str = ""
    sessions: int = 4
    timeout: float = 60
    domains: Mapping[str, DomainLimit] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """Where readers reach the service that takes subscriptions, empty where there is none, and what it offers.

    `url` ends without a slash; `lists` are those that readers may choose, each with what they call it, and only these;
    `hourly` is how many confirmations go out in an hour at the most, whoever asks.
    """

    url: str = ""
    lists: tuple[tuple[str, str], ...] = ()
    hourly: int = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSettings:
    """How many issues the feeds hold whole, and the WebSub hub where there is one."""

    issues: int = 20
    entries: int = 5
    hub: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """A feed of somebody else's that is read into the inbox, and the section that its entries are meant for."""

    url: Url
    section: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSetting:
    """How bad the findings of an editorial rule are here: off, note, warning or error; empty for as bad as always.

    `sections` says it for those within some sections, by their titles; `places` are where these stand.
    """

    severity: str = ""
    sections: Mapping[str, str] = field(default_factory=dict, hash=False)
    places: Mapping[str, Location] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """`newsletter.yaml`: what is true of every issue. `url` ends without a slash; `id` is the authority of tag URIs.

    `on_repeat` is stop, drop or mark; `standing` are the titles of sections whose links return on purpose,
    `standing_places` where they stand; `aliases` are groups of addresses that are of one thing, from `aliases.yaml`;
    `search` is whether readers are to search the archive; `deploy` is the target of the site.
    """

    title: str
    url: Url
    id: str
    language: str = "en"
    description: str = ""
    author: Author = Author()
    timezone: str = "UTC"
    publish_at: datetime.time = datetime.time(9, 0)
    sections: tuple[str, ...] = ()
    feeds: FeedSettings = FeedSettings()
    email: EmailSettings = EmailSettings()
    smtp: SmtpSettings = SmtpSettings()
    web: WebSettings = WebSettings()
    rules: Mapping[str, RuleSetting] = field(default_factory=dict, hash=False)
    on_repeat: str = "stop"
    standing: tuple[str, ...] = ()
    standing_places: tuple[Location, ...] = field(default=(), compare=False, repr=False)
    aliases: tuple[tuple[str, ...], ...] = ()
    gather: tuple[Gathered, ...] = ()
    search: bool = False
    deploy: str = ""

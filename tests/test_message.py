"""The message: what a mail server, a mailbox and a hostile title make of it."""

import email
import email.policy
import os
import re
import subprocess
from dataclasses import replace
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import BadSource
from pipeline.model import EmailSettings, Issue, Markdown, Publication, Url
from pipeline.render.email import email_html
from pipeline.render.headers import encoded, mailbox, phrase
from pipeline.render.message import LEAVE_WIDTH, Bodies, Hole, Piece, filled, message, neutral
from pipeline.render.places import HOLES
from pipeline.render.text import email_text
from tests.mail_samples import ISSUE, PLAIN, PUBLICATION, context, made, with_entries, with_settings

_NAMES = (
    "From To Reply-To Subject Date Message-ID List-Id List-Unsubscribe List-Unsubscribe-Post Archived-At "
    "Auto-Submitted Feedback-ID MIME-Version Content-Type"
).split()


def _raw(issue: Issue = ISSUE, publication: Publication = PUBLICATION) -> bytes:
    return made(issue, publication=publication)["issue.eml"]


def _parsed(raw: bytes) -> EmailMessage:
    return email.message_from_bytes(raw, policy=email.policy.default)


def _header(raw: bytes, name: str) -> str:
    found = re.search(rf"^{name}: (.*(?:\r\n .*)*)\r$", raw.decode("ascii"), re.MULTILINE)
    assert found
    return found[1]


def _addresses(body: str) -> set[str]:
    return set(re.findall(r"https?://[^\s<>\"]+", body.replace("&amp;", "&")))


def test_text_stands_before_html_and_has_its_every_address() -> None:
    """multipart/alternative (RFC 2046) of two parts that decode to the other editions."""
    files = made()
    parsed = _parsed(files["issue.eml"])
    assert parsed.get_content_type() == "multipart/alternative"
    text, html = parsed.iter_parts()
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().replace("\r\n", "\n") == files["email.txt"].decode()
    assert html.get_content().replace("\r\n", "\n").strip() == files["email.html"].decode().strip()
    assert not parsed.defects
    shown = re.sub("<html[^>]*>", "", html.get_content())
    assert _addresses(shown) <= _addresses(text.get_content()) | {"https://news.example.org/"}


@pytest.mark.parametrize(
    "note", ["中文" * 40_000, "word " * 18_000, "x" * 90_000, "=" * 30_000, "a\rb\r\nc.\n\n.\n\nFrom me"]
)
def test_lines_end_and_fit(note: str) -> None:
    """Every line ends in CRLF and has at most 78 octets (RFC 5322 allows 998), in either encoding."""
    raw = _raw(with_entries(replace(PLAIN, note=Markdown(note))))
    lines = raw.split(b"\r\n")
    assert all(len(line) <= 78 and b"\n" not in line and b"\r" not in line for line in lines)
    assert raw.isascii()
    assert b"\0" not in raw
    text, _ = _parsed(raw).iter_parts()
    assert "".join(note.split())[:50] in "".join(text.get_content().split())


def test_the_smaller_encoding_is_taken() -> None:
    """Chinese goes as base64, English as quoted-printable."""
    chinese = list(_parsed(_raw(with_entries(replace(PLAIN, note=Markdown("中文" * 10_000))))).iter_parts())
    english = list(_parsed(_raw(with_entries(replace(PLAIN, note=Markdown("word " * 9_000))))).iter_parts())
    assert [part["Content-Transfer-Encoding"] for part in chinese] == ["base64", "base64"]
    assert [part["Content-Transfer-Encoding"] for part in english] == ["quoted-printable", "quoted-printable"]


_SUBJECTS = st.text(
    st.one_of(st.sampled_from('ab 大模型，é🎉👩‍🔬=?_"<>'), st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])),
    max_size=200,
)


@given(_SUBJECTS)
def test_a_subject_decodes_to_itself(subject: str) -> None:
    """Mixed scripts come back as they were, in words of at most 75 characters (RFC 2047), in lines of at most 76."""
    subject = " ".join(subject.split()).replace("=?", "= ?")
    field = f"Subject: {encoded(subject, len('Subject: '))}\r\n"
    assert all(len(line) <= 76 for line in field.split("\r\n"))
    assert all(len(word) <= 75 for word in re.findall(r"=\?[^ ]*\?=", field))
    assert _parsed(field.encode("ascii") + b"\r\n")["Subject"] == subject


@given(_SUBJECTS)
def test_a_display_name_decodes_to_itself(name: str) -> None:
    """A sender's name comes back as it was, and is never read as an address."""
    name = " ".join(name.split()).replace("=?", "= ?")
    field = f"From: {phrase(name, len('From: '))}\r\n <news@example.org>\r\n\r\n"
    assert all(len(line) <= 76 for line in field.split("\r\n"))
    [address] = _parsed(field.encode("ascii"))["From"].addresses
    assert address.addr_spec == "news@example.org"
    words = field.removeprefix("From: ").partition("\r\n <news")[0]
    unquoted = re.sub(r"\\(.)", r"\1", words[1:-1]) if words.startswith('"') else words
    # Python's parser of addresses keeps the space between two encoded words of a name; its older one does not.
    assert str(make_header(decode_header(unquoted))) == name


@pytest.mark.parametrize(
    "hostile",
    [
        "x\r\nBcc: evil@e.example",
        "x\nBcc: evil@e.example\n\nbody",
        "=?utf-8?q?x=0D=0ABcc:_evil@e.example?=",
        "x \u2028Bcc: evil@e.example",
        "\r\n\r\n<html>",
        'x" <evil@e.example>, "y',
        "大\r\nBcc: 模",
    ],
)
def test_no_title_becomes_a_header(hostile: str) -> None:
    """Subject, name and address can add no field, recipient or body, nor can what they decode to (CVE-2024-6923)."""
    publication = replace(PUBLICATION, title=hostile, email=replace(PUBLICATION.email, sender="news@example.org"))
    issue = replace(ISSUE, subject=hostile)
    raw = _raw(issue, publication)
    parsed = _parsed(raw)
    assert parsed.keys() == _NAMES
    assert [address.addr_spec for address in parsed["From"].addresses] == ["news@example.org"]
    again = EmailMessage()
    again["Subject"] = str(parsed["Subject"])
    assert again.as_bytes().count(b"\n") == again.as_bytes().count(b"\n ") + 2 or b"Bcc" not in again.as_bytes()
    assert "Bcc" not in _parsed(again.as_bytes())
    for address in ("x@e.example\r\nBcc: y@e.example", "evil", "a@b@c", "x@e.example>,<y@e.example"):
        with pytest.raises(BadSource):
            _raw(publication=with_settings(sender=address))


def test_control_characters_are_spaces_in_a_header() -> None:
    """Nothing that a terminal or a parser acts on stands in a field."""
    assert encoded("a\x00b\x0bc\x0cd\x1ce\x85f\u2028g\x7fh\x1b[0m", 9) == "a b c d e f g h [0m"


def test_the_fields_that_mailboxes_ask_for() -> None:
    """Each field of EMAIL's table with its value, and no other field."""
    raw = _raw()
    parsed = _parsed(raw)
    assert parsed.keys() == _NAMES
    assert parsed["From"] == "机器学习周报 <news@example.org>"
    assert _header(raw, "To") == "undisclosed-recipients:;"
    assert parsed["Reply-To"] == "editor@example.org"
    assert parsed["Subject"] == ISSUE.title
    assert _header(raw, "Date") == "Sat, 04 Mar 2023 09:00:00 +0000"
    assert re.fullmatch(r"<[0-9a-f]{32}@example\.org>", _header(raw, "Message-ID"))
    assert _header(raw, "List-Id").endswith("\r\n <newsletter.news.example.org>")
    assert _header(raw, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    assert _header(raw, "Archived-At") == "<https://news.example.org/2023-03-04/>"
    assert _header(raw, "Auto-Submitted") == "auto-generated"
    assert re.fullmatch(r"2023-03-04:issue:newsletter:[0-9a-f]{12}", _header(raw, "Feedback-ID"))
    assert _parsed(_raw(replace(ISSUE, subject="Mine")))["Subject"] == "Mine"


def test_an_unsubscribe_address_is_never_folded_or_encoded() -> None:
    """An address of 200 characters and more stands whole on its line (RFC 8058), the mail address behind it."""
    url = "https://news.example.org/unsubscribe?list=" + "x" * 200
    raw = _raw(publication=with_settings(unsubscribe_url=url))
    assert _header(raw, "List-Unsubscribe") == f"<{url}>,\r\n <mailto:editor@example.org?subject=unsubscribe>"


def test_without_an_unsubscribe_page_a_mail_does() -> None:
    """No page, no one-click: the mail address alone, in header and bodies."""
    raw = _raw(publication=with_settings(unsubscribe_url=""))
    assert _header(raw, "List-Unsubscribe") == "<mailto:editor@example.org?subject=unsubscribe>"
    assert "List-Unsubscribe-Post" not in _parsed(raw)
    text, html = _parsed(raw).iter_parts()
    assert "退订: mailto:editor@example.org?subject=unsubscribe" in text.get_content()
    assert 'href="mailto:editor@example.org?subject=unsubscribe"' in html.get_content()


def test_a_new_publication_has_a_message() -> None:
    """Title and address of the site are enough to build: the sender is the author, else `newsletter@` its host."""
    bare = Publication(title="Links", url=Url("https://links.example/a/b"), id="links.example")
    parsed = _parsed(_raw(publication=bare))
    assert parsed["From"] == "Links <newsletter@links.example>"
    assert parsed["List-Id"] == "Links <b.a.links.example>"
    assert _parsed(_raw(publication=replace(PUBLICATION, email=EmailSettings())))["From"].addresses[0].addr_spec == (
        "ann@example.org"
    )


def test_international_domains_are_written_as_servers_know_them() -> None:
    """Sender, list and archive in ASCII (RFC 5891, RFC 3987)."""
    publication = replace(
        with_settings(sender="Zeitung <post@bücher.example>", unsubscribe_url="https://bücher.example/ab?wer=ü"),
        url=Url("https://bücher.example"),
    )
    raw = _raw(replace(ISSUE, name="2023-03-04-特刊"), publication)
    assert _parsed(raw)["From"] == "Zeitung <post@xn--bcher-kva.example>"
    assert _header(raw, "Archived-At") == "<https://xn--bcher-kva.example/2023-03-04-%E7%89%B9%E5%88%8A/>"
    assert _header(raw, "List-Unsubscribe").startswith("<https://xn--bcher-kva.example/ab?wer=%C3%BC>")
    assert "@xn--bcher-kva.example>" in _header(raw, "Message-ID")
    assert mailbox('"A, B" <a@b.example>', "email.from") == ("A, B", "a@b.example", "b.example")


@pytest.mark.needs("spamassassin")
def test_spam_filters_let_it_through(tmp_path: Path) -> None:
    """SpamAssassin, received on the day that the message is dated, gives at most 3.0 points."""
    received = (
        "Received: from mail.example.org (mail.example.org [93.184.216.34]) by mx.example.net (Postfix)"
        " with ESMTPS id 4A1B2C for <reader@example.net>; Sat, 04 Mar 2023 09:00:05 +0000\r\n"
    )
    # -L asks no server; what it learns and writes stays in a home of its own.
    done = subprocess.run(
        ["spamassassin", "-L", "-t"],
        input=received.encode() + _raw(),
        capture_output=True,
        check=True,
        timeout=120,
        env=os.environ | {"HOME": str(tmp_path)},
    )
    status = re.search(r"^X-Spam-Status: \w+, score=(-?[0-9.]+)", done.stdout.decode(errors="replace"), re.MULTILINE)
    assert status
    assert float(status[1]) <= 3.0, done.stdout.decode(errors="replace")


def test_one_issue_gives_one_message() -> None:
    """The same bytes each time; another issue has another Message-ID."""
    assert _raw() == _raw()
    other = replace(ISSUE, name="2023-03-04-extra")
    assert _header(_raw(other), "Message-ID") != _header(_raw(), "Message-ID")


def _pieces(issue: Issue) -> tuple[Piece, ...]:
    given = context(issue)
    bodies = Bodies(subject=issue.title, text=email_text(given, issue, "t", "w"), html=email_html(given, issue))
    return message(PUBLICATION, issue, bodies)


@pytest.mark.parametrize(("filler", "encoding"), [("词", "base64"), ("word ", "quoted-printable")])
@pytest.mark.parametrize("shift", range(4))
def test_a_recipients_values_are_spliced_into_the_finished_bytes(filler: str, encoding: str, shift: int) -> None:
    """A token of 48 characters survives base64 and quoted-printable at every alignment, in header, text and HTML."""
    pieces = _pieces(with_entries(replace(PLAIN, note=Markdown(filler * 3_000 + "y" * shift))))
    holes = [piece for piece in pieces if isinstance(piece, Hole)]
    assert [hole.name for hole in holes] == ["to", "date", "message_id", "query", "query", "query"]
    assert [hole.encoding for hole in holes] == [""] * 4 + [encoding] * 2
    for token in ("A" * 48, "-_09azAZ" * 6):
        raw = filled(
            pieces,
            {
                "to": "reader@example.net",
                "date": "Sun, 05 Mar 2023 10:00:00 +0000",
                "message_id": "<1@example.org>",
                "query": f"?t={token}",
            },
        )
        url = f"https://news.example.org/unsubscribe?t={token}"
        parsed = _parsed(raw)
        assert parsed.keys() == _NAMES
        assert parsed["To"] == "reader@example.net"
        assert parsed["Message-ID"] == "<1@example.org>"
        assert f"<{url}>,\r\n" in _header(raw, "List-Unsubscribe")
        text, html = parsed.iter_parts()
        assert f"退订: {url}\r\n" in text.as_bytes(policy=email.policy.SMTP).decode() or url in text.get_content()
        assert f'href="{url}"' in html.get_content()
        assert all(len(line) <= 78 or b"unsubscribe" in line for line in raw.split(b"\r\n"))
        assert not [part.defects for part in parsed.walk() if part.defects]


@pytest.mark.parametrize("filler", ["词", "word ", "x"])
def test_holes_may_stand_anywhere(filler: str) -> None:
    """A body may begin with a hole, hold two on one long line, and end with one."""
    body = f"{{0}} {filler * 300} {{0}}{filler * 300} {{0}}"
    bodies = Bodies(
        subject="s",
        text=body.format(HOLES["unsubscribe_url"]).encode(),
        html=body.format(HOLES["unsubscribe_url"]).encode(),
    )
    pieces = message(PUBLICATION, ISSUE, bodies)
    raw = filled(pieces, {"to": "a@b.example", "date": "d", "message_id": "<m@b>", "query": "?t=" + "T" * 48})
    text, html = _parsed(raw).iter_parts()
    expected = body.format("https://news.example.org/unsubscribe?t=" + "T" * 48)
    assert text.get_content().rstrip() == html.get_content().rstrip() == expected
    assert b"\n" not in raw.replace(b"\r\n", b"")


def test_a_value_that_does_not_fit_is_refused() -> None:
    """A token of another width, or a value with a line end, never reaches a message."""
    pieces = _pieces(with_entries(replace(PLAIN, note=Markdown("词" * 3_000))))
    values = {"to": "a@b.example", "date": "d", "message_id": "m", "query": "A" * LEAVE_WIDTH}
    assert filled(pieces, values)
    for wrong in ({"query": "A"}, {"to": "a@b.example\r\nBcc: c@d.example"}, {"to": "a\nb"}):
        with pytest.raises(ValueError, match="value of"):
            filled(pieces, values | wrong)


def test_no_entry_can_ask_for_a_recipients_token() -> None:
    """What looks like a hole in an entry stays text."""
    title = "&later-0; &later-1; &view_url; &unsubscribe_url; &postal_address; token"
    entry = replace(PLAIN, title=title, note=Markdown("&unsubscribe_url; \\0token\\0 \u2400token"))
    holes = [piece for piece in _pieces(with_entries(entry)) if isinstance(piece, Hole)]
    assert [hole.name for hole in holes] == ["to", "date", "message_id", "query", "query", "query"]


@pytest.mark.parametrize("filler", ["词", "word "])
@pytest.mark.parametrize("shift", range(4))
def test_the_neutral_copy_is_a_recipients_without_the_values(filler: str, shift: int) -> None:
    """It names nobody and leads to the publication's own page; no line of its bodies is empty for want of a value."""
    pieces = _pieces(with_entries(replace(PLAIN, note=Markdown(filler * 3_000 + "y" * shift))))
    raw = filled(pieces, neutral(PUBLICATION, ISSUE))
    parsed = _parsed(raw)
    assert parsed["To"] == "undisclosed-recipients:;"
    assert f"<{PUBLICATION.email.unsubscribe_url}>,\r\n" in _header(raw, "List-Unsubscribe")
    text, html = parsed.iter_parts()
    assert f"退订: {PUBLICATION.email.unsubscribe_url}" in text.get_content().splitlines()
    assert f'href="{PUBLICATION.email.unsubscribe_url}"' in html.get_content()
    for part in raw.split(b"Transfer-Encoding: base64\r\n\r\n")[1:]:
        assert b"\r\n\r\n" not in part.partition(b"\r\n--=_")[0]


def test_a_page_with_a_query_gets_one_more_parameter() -> None:
    """Where the unsubscribe address has a query, the token is added to it, in header, text and HTML."""
    publication = with_settings(unsubscribe_url="https://news.example.org/leave?list=1")
    text = HOLES["unsubscribe_url"].encode()
    bodies = Bodies(subject="s", text=text, html=b'<a href="' + text + b'">a</a>')
    raw = filled(message(publication, ISSUE, bodies), {**neutral(publication, ISSUE), "parameter": "&t=" + "T" * 48})
    url = "https://news.example.org/leave?list=1&t=" + "T" * 48
    assert f"<{url}>" in _header(raw, "List-Unsubscribe")
    assert [url in part.get_content() for part in _parsed(raw).iter_parts()] == [True, True]

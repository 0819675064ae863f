"""What hostile sources, names, settings and files do to a build: nothing but findings, soon, and nothing is written."""

from __future__ import annotations

import email
import email.policy
import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from publications import SETTINGS, publish, written

from pipeline.formats.images import size

AT = "issues/2023-03-04"
GOOD = "# A\n\n## S\n\n### [T](https://a.example)\n"
SECONDS = 2.0
"""CPU time within which a build of one hostile source ends; a quadratic step takes many times as long."""

LONG: dict[str, Callable[[int], str]] = {
    "entries of one title": lambda size: GOOD + "### a\n" * (size // 24),
    "links without scheme on a line": lambda size: f"{GOOD}* {'[a](b.co) ' * (size // 10)}",
    "entries with a correction each": lambda size: GOOD + "[a](b.co): x\n\n" * (size // 40),
    "brackets behind an address": lambda size: f"{GOOD}* https://a.example/{')' * size}",
    "brackets": lambda size: f"{GOOD}\n{'[' * size}",
    "angles": lambda size: f"{GOOD}\n{'<a ' * (size // 3)}",
    "comments never closed": lambda size: f"{GOOD}\n{'<!-- ' * (size // 5)}",
    "blanks in a comment": lambda size: f"### [T](https://a.example) <!-- id: {' ' * size}x-->",
    "line ends in a comment": lambda size: "### [T](https://a.example) <!-- id: x" + "\n " * (size // 2) + "-->",
    "blank lines": lambda size: GOOD + "* a" + "\n" * size + "  b",
    "numbers": lambda size: f"{GOOD}\na\n\n" + "1\n" * (size // 2),
    "a list": lambda size: f"{GOOD}\n" + "* a\n" * (size // 4),
    "a paragraph": lambda size: f"{GOOD}\n" + "word " * size,
    "a paragraph with joiners": lambda size: f"{GOOD}\n" + "word\u200d " * (size // 2),
}


@pytest.mark.parametrize("name", LONG)
def test_a_long_source_takes_time_by_its_length(name: str, tmp_path: Path) -> None:
    """A source of 100 kB of whatever pattern is built, or refused, within two seconds."""
    root = written(tmp_path, {f"{AT}/i.md": LONG[name](100_000)})
    before = time.process_time()
    publish("build", "-C", str(root))
    assert time.process_time() - before < SECONDS


@pytest.mark.parametrize(
    ("name", "text"), [("i.md", GOOD + "\n" + "> a\n\n" * 50_000), ("i.yaml", "- x: y\n" * 50_000)]
)
def test_a_source_of_too_many_parts_is_refused(name: str, text: str, tmp_path: Path) -> None:
    """What no hand wrote, more than 100,000 marks or values in a file, is an error with its place."""
    ran = publish("build", "-C", str(written(tmp_path, {f"{AT}/{name}": text})), "--format", "json")
    assert ran.code == 1
    [found] = [found for found in ran.findings if found["rule"] == "too-large"]
    assert found["line"]


@pytest.mark.parametrize("name", ["a.png", "z.md"])
def test_a_link_out_of_the_publication_is_refused(name: str, tmp_path: Path) -> None:
    """No symbolic link in an issue's folder brings a file from elsewhere into the site."""
    secret = tmp_path / "secret"
    secret.write_text("## secret\n")
    root = written(tmp_path / "root", {f"{AT}/i.md": GOOD + "* [x](a.png)\n", f"{AT}/b.png": "b"})
    (root / AT / name).symlink_to(secret)
    ran = publish("build", "-C", str(root))
    assert ran.code == 1
    assert f"{AT}/{name}: error: a symbolic link that leads out of the publication" in ran.err
    assert not (root / "out").exists()


@pytest.mark.parametrize("secret", ["var/token.key", ".git/config", "sent/2023-03-04.yaml", "smtp.secret"])
@pytest.mark.parametrize("link", [f"{AT}/a.png", f"{AT}/z.md", "static/a.png", "static/deep/a.png", "templates/a.html"])
def test_a_link_to_what_the_publication_keeps_to_itself_is_refused(secret: str, link: str, tmp_path: Path) -> None:
    """No symbolic link, which a reviewer easily passes over, brings keys or subscribers into the site."""
    root = written(tmp_path, {f"{AT}/i.md": GOOD, secret: "secret", "static/b.png": "b"})
    (root / link).parent.mkdir(parents=True, exist_ok=True)
    (root / link).symlink_to(root / secret)
    ran = publish("build", "-C", str(root))
    assert ran.code == 1
    assert f"{link}: error: a symbolic link" in ran.err
    assert not (root / "out").exists()


@pytest.mark.parametrize("link", ["issues/2023-03-05", "templates/web", "templates"])
@pytest.mark.parametrize("aim", [".", "var", ".."])
def test_a_link_to_a_folder_with_what_is_kept_is_refused(link: str, aim: str, tmp_path: Path) -> None:
    """Neither what is kept nor what it stands in is an issue or a theme by way of a symbolic link."""
    root = written(tmp_path, {f"{AT}/i.md": GOOD, "var/token.key": "secret", "i.md": f"{GOOD}* [k](var/token.key)\n"})
    (root / link).parent.mkdir(exist_ok=True)
    (root / link).symlink_to(root / aim)
    ran = publish("build", "-C", str(root))
    assert ran.code == 1
    assert f"{link}: error: a symbolic link" in ran.err
    assert not (root / "out").exists()


def test_a_link_behind_a_link_is_refused(tmp_path: Path) -> None:
    """A folder may stand in a theme by another name, even in a circle; a link in it that leads out is refused."""
    root = written(
        tmp_path, {f"{AT}/i.md": GOOD, "parts/a.html": "a", "templates/b.html": "b", "smtp.secret": "secret"}
    )
    (root / "templates/web").symlink_to("../parts")
    (root / "parts/circle").symlink_to("../templates")
    assert publish("build", "-C", str(root)).code == 0
    (root / "parts/issue.html").symlink_to("../smtp.secret")
    ran = publish("build", "-C", str(root))
    assert (ran.code, "templates/web/issue.html: error: a symbolic link" in ran.err) == (1, True)


@pytest.mark.parametrize("made", ["new 2023-03-11", "web --port 0"])
def test_no_theme_leads_out_for_any_command(made: str, tmp_path: Path) -> None:
    """Every command that fills templates refuses those that lead out."""
    settings = f"{SETTINGS}email: {{from: a@weekly.example}}\nweb: {{url: https://weekly.example/list}}\n"
    root = written(tmp_path, {"newsletter.yaml": settings, "key": "secret", "templates/labels/en.yaml": "a: b\n"})
    (root / "templates/labels/zh.yaml").symlink_to(root / "key")
    ran = publish("-C", str(root), *made.split())
    assert (ran.code, "templates/labels/zh.yaml: error: a symbolic link" in ran.err) == (1, True)


def test_a_link_within_static_is_followed(tmp_path: Path) -> None:
    """One file of static/ may have two names; nothing else of the publication is a file of the site's."""
    root = written(tmp_path, {f"{AT}/i.md": GOOD, "static/.well-known/a": "b", "pictures/a.png": "b"})
    (root / "static/a").symlink_to(".well-known/a")
    assert publish("build", "-C", str(root)).code == 0
    assert (root / "out/a").read_text() == "b"
    (root / "static/a.png").symlink_to("../pictures/a.png")
    ran = publish("build", "-C", str(root))
    assert "static/a.png: error: a symbolic link that leads out of static/: put a copy here [outside]" in ran.err


def test_an_issue_that_is_a_link_out_of_the_publication_is_refused(tmp_path: Path) -> None:
    """No folder from elsewhere is an issue by way of a symbolic link."""
    elsewhere = written(tmp_path / "elsewhere", {"i.md": GOOD})
    root = written(tmp_path / "root", {f"{AT}/i.md": GOOD})
    (root / "issues/2023-03-05").symlink_to(elsewhere)
    ran = publish("build", "-C", str(root))
    assert ran.code == 1
    assert "issues/2023-03-05: error: a symbolic link" in ran.err


def test_a_static_folder_elsewhere_is_refused(tmp_path: Path) -> None:
    """No folder from elsewhere is copied to the site by way of a symbolic link."""
    elsewhere = written(tmp_path / "elsewhere", {"secret": "x"})
    root = written(tmp_path / "root", {f"{AT}/i.md": GOOD})
    (root / "static").symlink_to(elsewhere)
    ran = publish("build", "-C", str(root))
    assert ran.code == 1
    assert "static: error: a symbolic link" in ran.err


def test_a_link_within_the_publication_is_followed(tmp_path: Path) -> None:
    """One picture may serve two issues."""
    root = written(tmp_path, {f"{AT}/i.md": GOOD + "* [x](a.png)\n", "pictures/a.png": "b"})
    (root / AT / "a.png").symlink_to(root / "pictures/a.png")
    assert publish("build", "-C", str(root)).code == 0
    assert (root / "out/2023-03-04/a.png").read_text() == "b"


@pytest.mark.parametrize("name", ["newsletter.yaml", "out/.manifest", ".publish/journal"])
def test_a_pipe_is_not_waited_for(name: str, tmp_path: Path) -> None:
    """A pipe where a file must be is an error, and nothing is read from it."""
    root = written(tmp_path, {f"{AT}/i.md": GOOD})
    (root / name).unlink(missing_ok=True)
    (root / name).parent.mkdir(exist_ok=True)
    os.mkfifo(root / name)
    ran = publish("build", "-C", str(root))
    assert ran.code == 1
    assert ": error: " in ran.err


@pytest.mark.parametrize("form", ["text", "json", "github"])
def test_a_file_name_that_is_no_text_is_told(form: str, tmp_path: Path) -> None:
    """Bytes that are not UTF-8, line ends and marks that turn text around come out of a file's name as escapes."""
    root = written(tmp_path, {})
    (root / AT).mkdir(parents=True)
    (root / AT / os.fsdecode(b"\xff\n\x1b\xe2\x80\xae.md")).write_text(GOOD + "* [x]()\n")
    ran = publish("build", "-C", str(root), "--format", form)
    assert ran.code == 1
    assert (ran.out or ran.err).count("\n") == 1
    assert "\x1b" not in ran.out + ran.err
    assert "\u202e" not in ran.out + ran.err
    if form == "json":
        assert json.loads(ran.out)["path"] == f"{AT}/\udcff\n\x1b\u202e.md"


@pytest.mark.parametrize("label", ["{nummer}", "{", "{}", "{number.__class__}", "{number:999999999}", "{number!r}"])
def test_a_label_holds_nothing_but_its_values(label: str, tmp_path: Path) -> None:
    """A label with an open brace, an unknown value or a program for printing one is an error with its place."""
    root = written(tmp_path, {f"{AT}/i.md": GOOD, "templates/labels/en.yaml": f"issue: 'I {label}'\n"})
    ran = publish("build", "-C", str(root))
    assert ran.code == 1
    assert "templates/labels/en.yaml:1:8: error: the label “issue”" in ran.err


@pytest.mark.parametrize(
    "head",
    [
        b"\xff\xd8\xff\xe0",
        b"II*\0\x08\0\0\0\xff\xff",
        b"MM\0*",
        b"\0\0\0\x0cjP  \r\n\x87\n",
        b"<svg width='inf' height='1e999'/>",
        b"<svg viewBox='a b'/>",
        b"<svg",
        b"RIFF    WEBPVP8 ",
        b"P6",
    ],
)
def test_an_image_that_lies_has_no_size(head: bytes) -> None:
    """Bytes that begin as an image and go on as none have no size."""
    assert size(head) is None


@pytest.mark.parametrize(
    "line",
    ["language: en" + "-ab" * 1000, "email: {from: 'a@" + "." * 100_000 + " x'}", "timezone: " + "a/" * 5000],
)
def test_a_long_setting_is_refused_soon(line: str, tmp_path: Path) -> None:
    """A setting of absurd length is an error with its place, within two seconds."""
    before = time.process_time()
    ran = publish("build", "-C", str(written(tmp_path, {f"{AT}/i.md": GOOD, "newsletter.yaml": f"{SETTINGS}{line}\n"})))
    assert time.process_time() - before < SECONDS
    assert ran.code == 1
    assert ran.err.startswith("newsletter.yaml:3:")


@pytest.mark.parametrize("name", ["web/issue.html", "web/front.html", "text/email.txt", "markdown/issue.md"])
def test_a_template_that_makes_half_a_character_is_told(name: str, tmp_path: Path) -> None:
    """What no UTF-8 can say is an error of the templates."""
    root = written(tmp_path, {f"{AT}/i.md": GOOD, f"templates/{name}": "{{ '\\ud800' }}"})
    ran = publish("build", "-C", str(root))
    assert ran.code == 1
    assert "U+D800, half a character" in ran.err


def test_a_template_that_makes_a_nul_is_told(tmp_path: Path) -> None:
    """A NUL marks the places of an email's own addresses, and no template may write one."""
    root = written(tmp_path, {f"{AT}/i.md": GOOD, "templates/text/email.txt": "{{ '\\x00' }}"})
    ran = publish("build", "-C", str(root))
    assert ran.code == 1
    assert "makes a NUL" in ran.err


@pytest.mark.parametrize("url", ["https://a b.example", "https://a.example/{{x}}", "https://a.example/\\nB: c", '\\"'])
@pytest.mark.parametrize("setting", ["url: {}", "email: {{unsubscribe_url: {}}}", "feeds: {{hub: {}}}"])
def test_an_address_that_needs_escapes_is_no_setting(url: str, setting: str, tmp_path: Path) -> None:
    """No blank, brace, quote or line end comes into a page, a header or a feed by the address of a setting."""
    settings = f"title: x\n{setting.format(f'{chr(34)}{url}{chr(34)}')}\n"
    settings += "" if setting.startswith("url") else "url: https://a.example\n"
    ran = publish("build", "-C", str(written(tmp_path, {f"{AT}/i.md": GOOD, "newsletter.yaml": settings})))
    assert ran.code == 1
    assert ran.err.startswith("newsletter.yaml:2:")


@pytest.mark.parametrize("raw", ["<b>&#27;</b>", '<b title="&#x1b;">x</b>', "<div>&#0027;</div>"])
def test_no_control_character_comes_by_a_reference(raw: str, tmp_path: Path) -> None:
    """An escape that HTML hides in a number is an error like one that stands in the text."""
    ran = publish("build", "-C", str(written(tmp_path, {f"{AT}/i.md": f"{GOOD}\n{raw}\n"})))
    assert ran.code == 1
    assert f"{AT}/i.md:7:" in ran.err
    assert "U+001B" in ran.err


@pytest.mark.parametrize("length", range(60, 80))
def test_a_name_of_any_length_is_one_mailbox(length: int, tmp_path: Path) -> None:
    """Commas, colons and brackets in a sender's name never part it into several mailboxes."""
    name = ("a: b, c@d.example; (" * 4)[:length].rstrip()
    settings = f"{SETTINGS}email: {{from: '{name} <a@b.example>'}}\n"
    root = written(tmp_path, {f"{AT}/i.md": GOOD, "newsletter.yaml": settings})
    assert publish("build", "-C", str(root), "--quiet").code == 0
    message = email.message_from_bytes((root / "out/2023-03-04/issue.eml").read_bytes(), policy=email.policy.default)
    [mailbox] = message["From"].addresses
    assert mailbox.addr_spec == "a@b.example"
    assert mailbox.display_name.replace(" ", "") == name.replace(" ", "")  # Python 3.11 adds one between encoded words


def test_a_postal_address_opens_no_merge_tag(tmp_path: Path) -> None:
    """What a service would take for its own tag is neutral in the author's address, too."""
    settings = SETTINGS + "email: {postal_address: '{{ x }} *|Y|*', merge_tags: listmonk}\n"
    root = written(tmp_path, {f"{AT}/i.md": GOOD, "newsletter.yaml": settings})
    assert publish("build", "-C", str(root)).code == 0
    for name in ("email.html", "email.txt"):
        assert "{{ x" not in (root / "out/2023-03-04" / name).read_text()
        assert "*|" not in (root / "out/2023-03-04" / name).read_text()

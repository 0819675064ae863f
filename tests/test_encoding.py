"""Text that was decoded wrongly: what is restored, what is chosen and marked, and what is left alone."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.encoding import Mode, repaired
from pipeline.encoding.tables import SINGLE_BYTE
from pipeline.findings import Severity

_CHINESE = (
    "每天早上，我们都会读一篇关于机器学习的文章，然后写下自己的想法。"
    "新的方法比以前的方法更快，也更容易理解；但是数据不够的时候，结果并不稳定。"
    "作者认为，工程师应该先了解问题，再选择工具。"
)
_JAPANESE = "毎朝コーヒーを飲みながら、新しい記事を読むのが好きです。これはとても楽しい時間です。"
_RUSSIAN = "Каждое утро мы читаем новую статью и записываем свои мысли."
_FRENCH = "Une tâche très agréable : « l’été » à Nîmes, où l’on goûte le maïs — déjà vu."
_POLISH = "Zażółć gęślą jaźń, a potem wróć do łóżka."
_SMILING = "Party time 🎉 and more 🌴🌴"
_LINK = "https://example.org/a?b=c#d"
_TURKISH_LOSES = bytes.fromhex("81 8d 8e 8f 90 9d 9e ad")


def _read_as(text: str, name: str, written: str = "utf-8") -> str:
    """The text as somebody sees it who reads it in another encoding; open bytes of it as controls."""
    known = {encoding.name: {byte: each for each, byte in encoding.bytes.items()} for encoding in SINGLE_BYTE}
    if name not in known:
        return text.encode(written).decode(name)
    return "".join(known[name].get(byte, chr(byte)) for byte in text.encode(written))


def _with_losses(text: str, name: str, lost: bytes) -> str:
    return bytes(byte for byte in text.encode() if byte not in lost).decode(name)


@pytest.mark.parametrize("name", ["cp1252", "cp1254", "latin-1", "cp1251", "cp1250", "koi8-r", "mac-roman", "cp437"])
@pytest.mark.parametrize("text", [_CHINESE, _JAPANESE, _RUSSIAN, _FRENCH, _POLISH, _SMILING])
def test_utf8_read_in_one_byte_a_character_is_restored_whole(name: str, text: str) -> None:
    """Where no byte is lost, UTF-8 comes back from any encoding of one byte, each of it certain."""
    found = repaired(_read_as(text, name), "review")
    assert found.text == text
    assert not any(change.chosen for change in found.changes)


@pytest.mark.parametrize(
    ("text", "written", "read"),
    [
        ("每天早上，我们都会读一篇文章，工程师应该先了解问题。\n", "utf-8", "gb18030"),
        ("我们读新的文章", "gbk", "latin-1"),
        ("我们读新的文章，然后写下自己的想法。", "gbk", "cp1252"),
        (_JAPANESE, "shift_jis", "latin-1"),
        (_JAPANESE, "shift_jis", "cp1252"),
        ("これはとても楽しい時間です。", "utf-8", "cp932"),
    ],
)
def test_other_pairs_are_restored_whole(text: str, written: str, read: str) -> None:
    """GBK and Shift-JIS that were read as Latin, and UTF-8 that was read as GBK or Shift-JIS, come back whole."""
    if read in ("gb18030", "cp932"):
        text = "".join(each + "\n" for each in re.findall("..", text) if _readable(each + "\n", read)) * 3
    damaged = _read_as(text, read, written)
    assert damaged != text
    assert repaired(damaged, "review").text == text


def _readable(text: str, name: str) -> bool:
    try:
        text.encode().decode(name)
    except UnicodeDecodeError:
        return False
    return True


@pytest.mark.parametrize(
    ("damaged", "text"),
    [
        ("дЅ\xa0еҐЅ", "你好"),
        ("浣犲ソ", "你好"),
        ("»úÆ÷Ñ§Ï°", "机器学习"),
        ("“ú–{Œê", "日本語"),
        ("itвЂ™s", "it’s"),
        ("I鈥檓 here", "I’m here"),
        ("cafÃ©", "café"),
    ],
)
def test_a_word_alone_is_enough(damaged: str, text: str) -> None:
    """A short text that is nothing but damaged is known by itself."""
    assert repaired(damaged, "review").text == text


def test_what_was_damaged_twice_is_restored() -> None:
    """Two wrong readings, one after the other, are both undone."""
    assert repaired(_read_as(_read_as("Crème brûlée, déjà vu", "cp1252"), "cp1252"), "review").text == (
        "Crème brûlée, déjà vu"
    )


@pytest.mark.parametrize(("name", "lost"), [("cp1254", _TURKISH_LOSES), ("cp1252", bytes.fromhex("81 8d 8f 90 9d ad"))])
def test_lost_bytes_are_chosen_by_words(name: str, lost: bytes) -> None:
    """Where bytes are lost, nearly every Chinese character is right, and in a review those in marks alone are wrong."""
    damaged = _with_losses(_CHINESE, name, lost)
    accepted, review = repaired(damaged, "accept").text, repaired(damaged, "review").text
    assert re.sub("⟦(.)⟧", r"\1", review) == accepted
    right = sum(one == other for one, other in zip(accepted, _CHINESE, strict=True))
    assert right / len(_CHINESE) > 0.97
    unmarked = re.sub("⟦.⟧", "□", review)
    assert "□" in unmarked
    assert all(one in (other, "□") for one, other in zip(unmarked, _CHINESE, strict=True))


def test_what_nobody_writes_is_left_as_it_is() -> None:
    """Bytes that would be controls or unassigned characters stay as they were, and what stands by them is put right."""
    odd = _read_as("\x85\u0378\U000ffffe", "cp1252")
    assert repaired(_read_as(f"{_CHINESE} \x85\u0378\U000ffffe", "cp1252"), "accept").text == f"{_CHINESE} {odd}"


def test_a_byte_that_shows_as_a_question_in_a_diamond_is_chosen() -> None:
    """A replacement character (U+FFFD) stands for one lost byte."""
    damaged = _CHINESE.encode().decode("cp1252", errors="replace")
    found = repaired(damaged, "review")
    unmarked = re.sub("⟦.⟧", "□", found.text)
    assert all(one in (other, "□") for one, other in zip(unmarked, _CHINESE, strict=True))


@pytest.mark.parametrize(
    "text",
    [
        *(_CHINESE, _JAPANESE, _RUSSIAN, _FRENCH, _POLISH, _SMILING),
        "“CAFÉ”, “café”…, «\xa0été\xa0», 5\xa0€, payé\xa0€: “VOILÀ”, „GRÜß“, MANHÃ—NÃO",
        "12 Å² and 3 Å³; v²/c² = ß²; Ø±0.1; naïve; ½ · ¼",
        "ÀÁÂÃÄÅ ÆÇÈÉÊË ÌÍÎÏÐÑ àáâãäå",
        "Рёбра, СССР», «Ёж», її дії, Ні, ЯРКИЙ ДЕНЬ",
        "İstanbul’da ÇAĞRI, şöyle “öğle”—ığdır",
        "한국어 문장입니다. 傳統中文，這是一個句子。",
        "⟦e⟧ = λx. ⟦x⟧, ∀ε>0 ∃δ",
        "浣熊很可爱，锟斤拷",
        "plain ASCII, \x00 and \x1b too",
    ],
)
@pytest.mark.parametrize("mode", ["review", "accept"])
def test_sound_text_comes_back_untouched(text: str, mode: Mode) -> None:
    """Text of any language that is not damaged is not changed."""
    found = repaired(text, mode)
    assert found.text == text
    assert not found.changes


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60), st.sampled_from(["cp1252", "cp1254"]))
def test_ascii_and_addresses_never_change(text: str, name: str) -> None:
    """Whatever a text is, its ASCII stays in order, and an address stays as it is, beside damage too."""
    sound = f"{text} <{_LINK}> ["
    damaged = _with_losses(sound, name, _TURKISH_LOSES) if _decodable(sound, name) else sound
    now = repaired(f"{damaged}ä½\xa0å¥½", "accept").text
    assert _LINK in now
    assert [each for each in now if each < "\x80"] == [each for each in damaged if each < "\x80"]


def _decodable(text: str, name: str) -> bool:
    try:
        _with_losses(text, name, _TURKISH_LOSES)
    except UnicodeDecodeError:
        return False
    return True


@given(st.text(alphabet="éÃ©â€™å¥½ä¸ç”¨的用абРёСЃ a\n�“”", max_size=40), st.sampled_from(["review", "accept"]))
def test_twice_is_once(text: str, mode: Mode) -> None:
    """A repaired text is not repaired again."""
    once = repaired(text, mode).text
    assert repaired(once, mode).text == once


def test_addresses_with_damage_in_them_stay() -> None:
    """Damage in an address is left there; damage behind its end, from a full-width comma on, is not."""
    inside = f"https://example.org/{_read_as('文章', 'cp1252')} {_read_as('我们读新的文章', 'cp1252')}"
    assert repaired(inside, "review").text == f"https://example.org/{_read_as('文章', 'cp1252')} 我们读新的文章"
    behind = _read_as(f"{_LINK}，我们读新的文章", "cp1252")
    assert repaired(behind, "review").text == f"{_LINK}，我们读新的文章"


def test_every_choice_is_told_where_it_is() -> None:
    """Findings name line and column: a note on what was certain, and a warning for each stretch with a choice."""
    damaged = "# one\n\ntext " + _with_losses("不用多样的方法", "cp1254", _TURKISH_LOSES) + "\n"
    notes = repaired(damaged, "review").findings("old.md")
    assert [(str(note.location), note.severity, note.rule) for note in notes] == [
        ("old.md:3:6", Severity.NOTE, "encoding"),
        ("old.md:3:6", Severity.WARNING, "encoding"),
    ]
    assert "⟦不⟧用多样的方法" in notes[1].message


def test_without_a_dictionary_it_says_what_to_install() -> None:
    """Where Chinese is to be chosen and jieba is not there, the error names the line and what to install."""
    # Neither the site's packages nor the working folder: Python has this repository alone.
    program = (
        f"import sys; sys.path.append({str(Path(__file__).parents[1])!r})\n"
        "from pipeline.encoding import MissingDictionary, repaired\n"
        "print(repaired('d\\xc3\\xa9j\\xc3\\xa0 vu', 'accept').text == 'd\\xe9j\\xe0 vu')\n"
        "try: repaired('one\\n' + 'ä¸ç”¨å¤š' * 3, 'accept', path='old.md')\n"
        "except MissingDictionary as error: print(ascii(str(error)))\n"
    )
    told = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    assert told.stdout.startswith("True\n'old.md:2:1: error: ")
    assert 'pip install "publish-newsletter[repair]"' in told.stdout


def test_time_grows_with_length() -> None:
    """A quarter of a megabyte of damaged Chinese takes about a second, and of anything else no longer."""
    line = _with_losses(_CHINESE, "cp1254", _TURKISH_LOSES)
    repaired(line, "accept")
    for text in (line * (100_000 // len(line)), "å" * 100_000, "�å" * 50_000, "https://å/" * 10_000):
        begin = time.process_time()
        repaired(text, "accept")
        assert time.process_time() - begin < 5

"""Whatever a citizen can read is there in English and in Leichte Sprache; staff's pages in English."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from server.web.language import LOCALE, Language, available
from server.web.render import environment
from tests.unit.msgids import in_sources, in_templates

LONGEST_EASY_SENTENCE = 24


def translations(code: str) -> Catalog:
    with (LOCALE / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file)


def pairs(code: str) -> dict[str, list[str]]:
    """German ► the translation, plural forms apart."""
    found: dict[str, list[str]] = {}
    for message in translations(code):
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
        for one in filter(None, ids):
            found.setdefault(one, []).extend(texts)
    return found


def missing(code: str, wanted: Iterable[str]) -> list[str]:
    known = pairs(code)
    return sorted(text for text in wanted if not all(known.get(text, [""])))


@pytest.mark.parametrize("code", ["en", "de_LS"])
def test_everything_for_citizens_is_translated(code: str) -> None:
    assert missing(code, in_templates(staff=False) | in_sources(staff=False)) == []


def test_everything_for_staff_is_there_in_english() -> None:
    assert missing("en", in_templates(staff=True) | in_sources(staff=True)) == []


@pytest.mark.parametrize("code", ["en", "de_LS"])
def test_a_translation_keeps_the_placeholders(code: str) -> None:
    holder = re.compile(r"\{\w*\}|%\(\w+\)s")
    for german, texts in pairs(code).items():
        for text in texts:
            assert set(holder.findall(text)) <= {*holder.findall(german), "%(num)s"}, german
            assert len(texts) > 1 or set(holder.findall(text)) == set(holder.findall(german)), german


@pytest.mark.parametrize("code", ["en", "de_LS"])
def test_no_message_is_there_twice(code: str) -> None:
    """As a merge leaves it: the later one counts, and whoever mends the first wonders."""
    text = (LOCALE / code / "LC_MESSAGES" / "messages.po").read_text()
    messages = [message for message in translations(code) if message.id]
    assert text.count("\nmsgid ") - 1 == len(messages)


@pytest.mark.parametrize("code", ["en", "de_LS"])
def test_no_translation_is_left_over(code: str) -> None:
    used = (
        in_templates(staff=False)
        | in_sources(staff=False)
        | in_templates(staff=True)
        | in_sources(staff=True)
    )
    assert sorted(set(pairs(code)) - used) == []


def test_sentences_in_leichte_sprache_are_short() -> None:
    for german, texts in pairs("de_LS").items():
        for sentence in re.split(r"[.!?:]\s", " ".join(texts)):
            assert len(sentence.split()) <= LONGEST_EASY_SENTENCE, german


@pytest.mark.parametrize("code", available())
@pytest.mark.parametrize("template", ["client_texts.html", "office/clerk_texts.html", "signing/texts.html"])
def test_the_words_of_the_scripts_are_readable_json(template: str, code: str) -> None:
    """A comma too few, and every script falls back to German."""
    page = environment(code).get_template(template).render()
    words = json.loads(page.partition('">')[2].rpartition("</script>")[0])
    assert len(words) > 20
    assert all(isinstance(word, str) for word in words.values())


def test_a_new_language_needs_its_file_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text('msgid "Datei"\nmsgstr "Dosya"\n')
    monkeypatch.setattr("server.web.language.LOCALE", tmp_path)
    available.cache_clear()
    try:
        assert available() == ("de", "tr")
        assert Language("tr").gettext("Datei") == "Dosya"
    finally:
        monkeypatch.undo()
        available.cache_clear()

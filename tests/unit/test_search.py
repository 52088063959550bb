"""A service is found by the words people use, with typos, in German and English."""

from dataclasses import replace
from pathlib import Path

import pytest

from server.catalog.load_file import store_catalogue
from server.catalog.model import Catalogue
from server.catalog.read_file import read_catalogue
from server.catalog.search import search
from server.catalog.services import load_catalogue
from server.db import Base, Database
from server.demo.seed import KEMPTEN
from tests.office.small_city import NOW


@pytest.fixture
async def kempten(tmp_path: Path) -> Catalogue:
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'city.db'}")
    async with db.write() as tx:
        await tx.run_sync(Base.metadata.create_all)
        await store_catalogue(tx, read_catalogue(KEMPTEN), NOW)
        catalogue = await load_catalogue(tx)
    await db.close()
    return catalogue


def first(catalogue: Catalogue, words: str, language: str = "de") -> str:
    found = search(catalogue, words, language)
    return found[0].id if found else ""


EVERYDAY = {
    "Perso": "personalausweis",
    "neuer Ausweis": "personalausweis",
    "Ummelden": "wohnsitz-anmelden",
    "umzug": "wohnsitz-anmelden",
    "ich bin umgezogen": "wohnsitz-anmelden",
    "Baugenehmigung": "bauberatung",
    "Carport bauen": "bauberatung",
    "Pass": "reisepass",
    "Auto": "kfz-anmelden",
    "Auto abmelden": "kfz-abmelden",
    "Lappen": "fuehrerschein-verlaengern",
    "Gewerbeschein": "gewerbe",
    "Visum verlängern": "aufenthaltstitel",
    "deutscher Pass": "einbuergerung",
    "beglaubigte Kopie": "beglaubigung",
    "polizeiliches Führungszeugnis": "fuehrungszeugnis",
}
TYPOS = {
    "Persso": "personalausweis",
    "Personalausweiß": "personalausweis",
    "Personalauswies": "personalausweis",
    "umelden": "wohnsitz-anmelden",
    "Baugenemigung": "bauberatung",
    "Führerschien": "fuehrerschein-verlaengern",
    "fuhrerschein": "fuehrerschein-verlaengern",
    "Fuehrerschein": "fuehrerschein-verlaengern",
    "FÜHRERSCHEIN": "fuehrerschein-verlaengern",
    "Reisepas": "reisepass",
    "Einbürgrung": "einbuergerung",
    "Meldebescheinigun": "meldebescheinigung",
}
ENGLISH = {
    "passport": "reisepass",
    "ID card": "personalausweis",
    "building permit": "bauberatung",
    "I need to register my address": "wohnsitz-anmelden",
    "driving licence": "fuehrerschein-verlaengern",
    "residence permit": "aufenthaltstitel",
    "certified copy": "beglaubigung",
    "citizenship": "einbuergerung",
}


@pytest.mark.criterion("A02")
@pytest.mark.parametrize(("words", "service"), EVERYDAY.items())
def test_everyday_words_lead_to_the_service(kempten: Catalogue, words: str, service: str) -> None:
    assert first(kempten, words) == service


@pytest.mark.criterion("A02")
@pytest.mark.parametrize(("words", "service"), TYPOS.items())
def test_typos_and_spellings_are_forgiven(kempten: Catalogue, words: str, service: str) -> None:
    assert first(kempten, words) == service


@pytest.mark.criterion("A02")
@pytest.mark.parametrize(("words", "service"), ENGLISH.items())
def test_english_words_work_whatever_the_pages_language(kempten: Catalogue, words: str, service: str) -> None:
    assert first(kempten, words, "en") == service
    assert first(kempten, words, "de") == service


def test_without_words_all_but_the_hidden_are_listed_in_the_files_order(kempten: Catalogue) -> None:
    found = [service.id for service in search(kempten, "  ", "de")]
    assert len(found) == 14
    assert found[0] == "wohnsitz-anmelden"
    assert "auskunftssperre" not in found


def test_a_hidden_service_is_found_by_its_exact_name_only(kempten: Catalogue) -> None:
    assert first(kempten, "Auskunftssperre") == "auskunftssperre"
    assert first(kempten, "adresse sperren") == "auskunftssperre"
    for words in ("Auskunft", "Auskunftsspere", "sperre", "Adresse"):
        assert "auskunftssperre" not in [service.id for service in search(kempten, words, "de")]


@pytest.mark.parametrize("words", ["Quantenphysik", "🙂", "%", "' OR 1=1 --", "zzzzzz", "\u202e"])
def test_words_that_fit_nothing_find_nothing(kempten: Catalogue, words: str) -> None:
    assert search(kempten, words, "de") == []


def test_a_whole_novel_is_answered_quickly(kempten: Catalogue) -> None:
    assert search(kempten, "wort " * 40_000, "de") == []


def test_a_short_word_forgives_no_typo(kempten: Catalogue) -> None:
    assert first(kempten, "Oto") == ""


def test_a_service_that_loses_its_synonyms_is_no_longer_found(kempten: Catalogue) -> None:
    plain = {name: replace(service, synonyms=()) for name, service in kempten.services.items()}
    assert first(replace(kempten, services=plain), "Lappen") == ""

"""What people really type into the search of the demo city, with typos, in German and English: the first hit is the right one."""

from pathlib import Path

import pytest
import pytest_asyncio

from server.booking import model_waiting  # noqa: F401  a table that others refer to
from server.catalog.load_file import store_catalogue
from server.catalog.model import Catalogue
from server.catalog.read_file import read_catalogue
from server.catalog.search import nearest, search
from server.catalog.services import load_catalogue
from server.db import Base, Database
from server.demo.seed import KEMPTEN
from tests.office.small_city import NOW

# one line: what is expected first, then what people type, apart by commas
TYPED = """
personalausweis: Perso, Ausweis verlohren, Ausweis verloren, Personalausweiß, Persoanlausweis, personal ausweis
personalausweis: Ausweis abgelaufen, Perso geklaut, ausweiss beantragen, Kinderausweis, new id card, lost id, kimlik
reisepass: Reisepas, reise pass, Pass abgelaufen, Pass für Kind, Express Pass, Kinderreisepass, passport, pasport
wohnsitz-anmelden: ummeldung, neue wohnung, umziehen, Umzug melden, Adressänderung, adresse aendern, Anmeldug
wohnsitz-anmelden: bin umgezogen, Einwohnermeldeamt, einwohner melde amt, wohnung anmelden, zweitwohnsitz, new flat
wohnsitz-anmelden: register address, i moved, WG Zimmer, Wohnungsanmeldung, Anmeldung Wonung, ikamet
wohnsitz-abmelden: wegziehen ins Ausland, auswandern, Abmeldung Ausland, leaving germany
meldebescheinigung: Meldebescheinigun, Melde Bescheinigung, meldezettel, Wohnsitz Bescheinigung, proof of residence
fuehrungszeugnis: Fürungszeugnis, führungs zeugnis, polizeizeugnis, criminal record
bauberatung: Bauantrag, Hausbau, Gartenhaus, Garage bauen, Baugenemigung, Bau Antrag, Dachausbau, building permit
einbuergerung: Einbürgerung, einbuergern, deutsche Staatsangehörigkeit, Staatsbürgerschaft, citizenship
aufenthaltstitel: Aufenthalt, Aufenthaltserlaubniss, Visum, visa extension, residence permit, Aufentaltstitel, oturum
gewerbe: Gewerbeanmeldung, gewerbe schein, selbstständig machen, Kleingewerbe, Firma gründen, start business
kfz-anmelden: auto anmelden, Auto zulassen, Fahrzeug anmelden, KFZ Zulassung, Nummernschilder, Wunschkenzeichen
kfz-anmelden: Auto ummelden, register car, Motorrad anmelden, neues Auto, Zulasung
kfz-abmelden: auto abmelden, Auto stilllegen, KFZ Abmeldung, Auto verkauft
fuehrerschein-verlaengern: fürerschein, Führerschein umtauschen, Fuehrerschein, füherschein, driving license, Lappen
fuehrerschein-verlaengern: alter Führerschein, rosa Führerschein, LKW Führerschein, ehliyet, drivers licence
beglaubigung: beglaubigen, Zeugniskopie, Kopie beglaubigen lassen, Beglaubigte Kopie, certified copy, Beglaubignug
"""
CASES = [
    (query.strip(), expected)
    for expected, _, queries in (line.partition(": ") for line in TYPED.strip().splitlines())
    for query in queries.split(",")
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def kempten(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder: Path = tmp_path_factory.mktemp("kempten")
    db = Database(f"sqlite+aiosqlite:///{folder / 'city.db'}")
    async with db.write() as tx:
        await tx.run_sync(Base.metadata.create_all)
        await store_catalogue(tx, read_catalogue(KEMPTEN), NOW)
        catalogue = await load_catalogue(tx)
    await db.close()
    return catalogue


def test_the_table_is_long_enough() -> None:
    assert len(CASES) >= 60


@pytest.mark.criterion("A02")
@pytest.mark.parametrize(("query", "expected"), CASES)
def test_everyday_words_lead_to_the_right_service(kempten: Catalogue, query: str, expected: str) -> None:
    found = search(kempten, query, "de")
    assert [service.id for service in found][:1] == [expected]


def test_words_that_fit_nothing_bring_guesses_that_look_alike(kempten: Catalogue) -> None:
    """The search itself stays strict; a guess is only shown as one."""
    assert search(kempten, "Rasiepas", "de") == []
    assert "reisepass" in [service.id for service in nearest(kempten, "Rasiepas", "de")]
    for unknown in ("xyzzy", "🙂", "", "Oto"):
        assert nearest(kempten, unknown, "de") == []


def test_no_guess_gives_a_hidden_service_away(kempten: Catalogue) -> None:
    for words in ("Auskunftsspere", "Melderegistersperr", "Stalkinng", "Adressensper"):
        assert "auskunftssperre" not in [service.id for service in nearest(kempten, words, "de")]


def test_what_the_city_does_not_offer_here_finds_nothing(kempten: Catalogue) -> None:
    for words in ("heiraten", "Hochzeit", "Müllabfuhr", "Sterbeurkunde", "Kindergarten"):
        assert search(kempten, words, "de") == [], words

"""The start page, the page of a service, the pages about the city, and the switch of language."""

import pytest

from tests.http.reading import get
from tests.office.city import City, only_sqlite

pytestmark = only_sqlite()


@pytest.mark.criterion("A01")
async def test_services_stand_under_their_units_with_the_ways_they_can_be_done(city: City) -> None:
    page = await get(city.client, "/")
    assert page.of_level("h1") == ["Was möchten Sie erledigen?"]
    assert page.of_level("h2")[:2] == ["Einwohnerwesen", "Bürger-Service-Bauen"]
    assert page.links["Personalausweis"] == "/services/personalausweis"
    card = page.text.partition("Personalausweis")[2].partition("Meldebescheinigung")[0]
    assert "Vor Ort" in card
    assert "Video möglich" not in card


@pytest.mark.criterion("A02")
async def test_search_finds_everyday_words_with_typos(city: City) -> None:
    page = await get(city.client, "/", q="Persso")
    assert "1 Anliegen gefunden" in page.text
    assert "Personalausweis" in page.links
    assert "Bauberatung" not in page.links


async def test_a_search_without_result_says_what_to_do(city: City) -> None:
    page = await get(city.client, "/", q="xyzxyz" * 100)
    assert "Dazu haben wir nichts gefunden" in page.text
    assert page.links["Alle Anliegen zeigen"] == "/"


@pytest.mark.criterion("A04")
async def test_a_service_says_why_it_needs_presence(city: City) -> None:
    page = await get(city.client, "/services/personalausweis")
    assert "Warum nicht per Video?" in page.text
    assert "Für den Ausweis nehmen wir Fingerabdrücke." in page.text
    assert ("mode", "any") not in page.form("/times").fields


@pytest.mark.criterion("A01", "G01")
async def test_a_service_shows_fee_length_sites_and_what_to_bring(city: City) -> None:
    page = await get(city.client, "/services/personalausweis")
    for words in (
        "37,00 €",
        "15 Minuten",
        "Rathausplatz 22",
        "Alter Ausweis",
        "Fotostation",
        "99008001000000",
    ):
        assert words in page.text


async def test_only_services_that_go_together_are_offered_together(city: City) -> None:
    fields = dict((await get(city.client, "/services/bauberatung")).form("/times").fields)
    assert "also-beglaubigung" not in fields
    fields = dict((await get(city.client, "/services/personalausweis")).form("/times").fields)
    assert fields["also-meldebescheinigung"] == "0"


async def test_an_unknown_service_is_not_found_and_the_page_helps(city: City) -> None:
    page = await get(city.client, "/services/nichts", 404)
    assert page.of_level("h1") == ["Nicht gefunden"]
    assert city.settings.phone in page.text


@pytest.mark.parametrize(
    ("code", "tag", "words"),
    [("en", "en", "What would you like to do?"), ("de_LS", "de-simple", "Was wollen Sie machen?")],
)
async def test_a_language_is_kept_once_chosen(city: City, code: str, tag: str, words: str) -> None:
    chosen = await city.client.get(
        "/language", params={"to": code, "back": "/?q=Perso"}, allow_redirects=False
    )
    assert (chosen.status, chosen.headers["Location"]) == (303, "/?q=Perso")
    page = await get(city.client, "/")
    assert page.language == tag
    assert page.of_level("h1") == [words]


async def test_the_browsers_language_counts_without_a_choice(city: City) -> None:
    answer = await city.client.get("/", headers={"Accept-Language": "en-GB,de;q=0.5"})
    assert answer.headers["Content-Language"] == "en"


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "/a\r\nX: y",
        "/language",
    ],
)
async def test_the_switch_of_language_leads_nowhere_else(city: City, back: str) -> None:
    answer = await city.client.get("/language", params={"to": "en", "back": back}, allow_redirects=False)
    assert answer.headers["Location"] == "/"


@pytest.mark.criterion("J15")
@pytest.mark.parametrize(
    "path",
    ["/", "/services/bauberatung", "/barrierefreiheit", "/datenschutz", "/impressum", "/office/sign-in"],
)
async def test_no_page_refers_to_anybody_else(city: City, path: str) -> None:
    page = await get(city.client, path)
    assert len(page.of_level("h1")) == 1
    assert all(address.startswith(("/", "#", "tel:", "data:image/svg")) for address in page.addresses)
    assert "style=" not in page.html
    assert "onclick" not in page.html

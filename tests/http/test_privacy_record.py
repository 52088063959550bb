"""What is kept and why is said to citizens and to the officer, as page, picture and file; all of it made of the register."""

from xml.etree import ElementTree as ET

import pytest

from recordings_policy.classes import CLASSES, CONTACT
from server.db import Base
from tests.http.described import check
from tests.http.reading import get
from tests.office.city import City, MakeCity, only_sqlite

pytestmark = only_sqlite()
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.criterion("J14")
@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("de", "14 Tage nach dem Ende"),
        ("en", "14 days after the end"),
        ("de_LS", "14 Tage, nachdem es vorbei ist"),
    ],
)
async def test_citizens_read_what_is_kept_why_and_how_long(city: City, code: str, words: str) -> None:
    await city.client.get(f"/language?to={code}")
    page = await get(city.client, "/datenschutz")
    assert words in page.text
    if code == "de":
        for one in CLASSES:
            if one.persons != "staff":
                assert one.name in page.text
                assert one.purpose in page.text
                assert one.legal_basis in page.text
        for right in ("Auskunft", "Löschung", "widersprechen", "Bayerischen Landesbeauftragten"):
            assert right in page.text


@pytest.mark.criterion("J14")
async def test_the_page_names_the_officer_that_the_city_entered(make_city: MakeCity) -> None:
    city = await make_city(privacy_officer="Frau Wächter, datenschutz@example.org")
    page = await get(city.client, "/datenschutz")
    assert "Frau Wächter, datenschutz@example.org" in page.text
    assert "Dies ist ein Muster" not in page.text


@pytest.mark.criterion("J14")
async def test_the_record_has_every_kind_of_data_and_every_table_that_holds_some(city: City) -> None:
    officer = await city.sign_in("dpo")
    page = await get(officer, "/office/privacy/record")
    for one in CLASSES:
        assert one.name in page.text
    answer = await check(await officer.get("/api/v1/office/privacy/record"), "/api/v1/office/privacy/record")
    kinds = {entry["kind"]: entry for entry in answer["entries"]}
    assert set(kinds) == {one.key for one in CLASSES}
    assert kinds["contact"]["hours"] == CONTACT.period.days * 24
    assert kinds["contact"]["places"] == [{"table": "case", "columns": ["contact_sealed"]}]
    held = {place["table"] for entry in answer["entries"] for place in entry["places"]}
    assert held < set(Base.metadata.tables)
    assert {"appointment", "document", "audit", "staff", "outbox"} <= held


@pytest.mark.criterion("J14")
@pytest.mark.parametrize("code", ["de", "en", "de_LS"])
async def test_the_picture_shows_every_kind_of_data_and_needs_nothing_else(city: City, code: str) -> None:
    answer = await city.client.get(f"/datenschutz/datenfluss.svg?lang={code}")
    assert answer.content_type == "image/svg+xml"
    text = await answer.text()
    drawn = ET.fromstring(text)
    words = [element.text or "" for element in drawn.iter(f"{SVG}text")]
    assert len(words) >= len(CLASSES) + 6
    if code == "de":
        assert all(any(word.startswith(one.name) for word in words) for one in CLASSES)
    assert not any(name in text for name in ("<script", "<style", "style=", "href"))
    assert await (await city.client.get(f"/datenschutz/datenfluss.svg?lang={code}")).text() == text

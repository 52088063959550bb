"""Preparing, reading and signing on pages without script, for clerk and citizen."""

import re
from pathlib import Path

import pytest

from tests.http.signing import FIELDS, begin, sealing_city, until_sealed
from tests.office.city import City, MakeCity, only_sqlite
from tests.office.outbox import mails

pytestmark = only_sqlite()


@pytest.fixture
async def city(make_city: MakeCity, tmp_path: Path) -> City:
    return await sealing_city(make_city, tmp_path)


async def test_all_of_it_works_without_script(city: City) -> None:
    signing = await begin(city)
    case = signing.desk.removeprefix("/api/v1")
    csrf = signing.clerk.session.headers["X-CSRF-Token"]
    page = await (await signing.clerk.get(f"{case}/forms?blank=sepa-lastschrift")).text()
    assert 'value="Erika Musterfrau"' in page
    sent = {"csrf": csrf, "blank": "sepa-lastschrift", **{f"f_{key}": value for key, value in FIELDS.items()}}
    wrong = await signing.clerk.post(f"{case}/forms", data={**sent, "f_iban": "DE00"})
    assert wrong.status == 422
    assert "Diese IBAN stimmt nicht" in await wrong.text()
    made = await signing.clerk.post(f"{case}/forms", data=sent)
    assert made.status == 200
    address = str(made.url.path)
    signing.form["id"] = address.rpartition("/")[2]
    own = f"/a/{signing.token}"
    assert f'href="{own}/forms/{signing.form["id"]}"' in await (await city.client.get(own)).text()
    own = f"{own}/forms/{signing.form['id']}"
    read = await (await city.client.get(own)).text()
    assert "DE89 3704 0044 0532 0130 00" in read
    assert f'src="/api/v1/appointments/{signing.token}/forms/{signing.form["id"]}/pages/0' in read
    picture = await city.client.get(f"{signing.own}/pages/0")
    assert (picture.status, picture.content_type) == (200, "image/png")
    assert (await city.client.get(f"{signing.own}/pages/1")).status == 404
    changed = await signing.clerk.post(address, data={**sent, "f_purpose": "Grundsteuer"})
    assert "Fassung 2" in await changed.text()
    asked = await city.client.post(f"{own}/code", data={"version": "1"})
    assert 'data-status="reading"' in await asked.text()
    await city.client.post(f"{own}/code", data={"version": "2"})
    code = await signing.newest_code()
    page = await (await city.client.get(own)).text()
    digest = re.findall(r'name="hash" value="([0-9a-f]{64})"', page)[0]
    given = {"version": "2", "hash": digest, "name": "Erika Musterfrau", "code": "000 000", "read": "1"}
    for odd in ({"read": ""}, {"lines": "[[{"}, {"lines": "[[1.5,2,900,400]]"}, {"name": ""}):
        body = {key: value for key, value in {**given, **odd}.items() if value}
        assert (await city.client.post(f"{own}/sign", data=body)).status == 422, odd
    failed = await city.client.post(f"{own}/sign", data=given)
    assert failed.status == 422
    text = await failed.text()
    assert "Dieser Code stimmt nicht" in text
    assert 'value="Erika Musterfrau"' in text
    signed = await city.client.post(f"{own}/sign", data={**given, "code": f"{code[:3]} {code[3:]}"})
    assert 'data-status="signed"' in await signed.text()
    form = await until_sealed(signing)
    assert f"/documents/{form['document']}" in await (await city.client.get(own)).text()
    assert "Unterschriebenes Formular ansehen" in await (await signing.clerk.get(address)).text()
    assert any("Dokument" in str(mail["Subject"]) for mail in await mails(city))


async def test_a_form_is_nobody_elses(city: City) -> None:
    """Not another citizen's with their own link, not another clerk's."""
    signing = await begin(city)
    stranger = await city.book("personalausweis", "onsite", email="max@example.org")
    theirs = signing.own.replace(signing.token, stranger["token"])
    for path in ("", "/pdf", "/pages/0"):
        assert (await city.client.get(theirs + path)).status == 404
    assert (await city.client.post(f"{theirs}/code", json={"version": 1})).status == 404
    assert (await city.client.delete(theirs)).status == 404
    assert (await city.client.get(f"/a/{stranger['token']}/forms/{signing.form['id']}")).status == 404
    other = await city.sign_in("clerk2")
    assert (await other.get(signing.office)).status == 404
    assert (await other.delete(signing.office)).status == 404

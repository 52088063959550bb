"""The form with the citizen's details while a time is held."""

from datetime import timedelta
from typing import Any

import pytest

from tests.http.reading import Form, Reading, get, send
from tests.office.city import City, only_sqlite

pytestmark = only_sqlite()
NAME = "Žofia Ødegård-Schmidt"


async def held_page(city: City, nth: int = 0) -> Reading:
    page = await get(city.client, "/times", service="personalausweis")
    return await send(city.client, page.form("/holds"), ("slot", page.slots[nth]))


@pytest.mark.criterion("A08")
async def test_the_page_says_how_long_the_time_is_kept(city: City) -> None:
    page = await held_page(city)
    assert "Wir halten diese Zeit bis 08:10 Uhr für Sie frei." in page.text
    assert 'until="2027-03-01T07:10:00+00:00"' in page.html


@pytest.mark.criterion("A08")
async def test_the_time_is_extended_once(city: City) -> None:
    page = await held_page(city)
    city.clock.advance(timedelta(minutes=8))
    extended = await send(city.client, page.form("/extend"))
    assert "bis 08:18 Uhr" in extended.text
    assert not any(form.action.endswith("/extend") for form in extended.forms)
    again = await send(city.client, page.form("/extend"), status=409, name=NAME)
    assert "schon einmal verlängert" in again.text
    assert "bis 08:18 Uhr" in again.text
    assert ("name", NAME) in again.form("/confirm").fields


@pytest.mark.criterion("A08")
async def test_more_time_keeps_what_was_typed_be_it_right_or_wrong(city: City) -> None:
    form = (await held_page(city)).form("/extend")
    typed: dict[str, Any] = {
        "name": NAME,
        "email": "erika@",
        "phone": "0831 1",
        "remind": "none",
        "language": "en",
    }
    page = await send(city.client, form, **typed)
    assert "Sie haben jetzt mehr Zeit" in page.text
    assert page.form("/confirm").fields == list(typed.items())
    assert "aria-invalid" not in page.html


@pytest.mark.criterion("A03", "A12")
async def test_a_name_is_enough_to_book(city: City) -> None:
    page = await send(city.client, (await held_page(city)).form("/confirm"), name=NAME)
    assert "Ihr Termin ist gebucht" in page.text
    assert "keine E-Mail-Adresse angegeben" in page.text
    assert NAME in page.text


async def test_each_wrong_field_is_explained_and_what_was_typed_stays(city: City) -> None:
    form = (await held_page(city)).form("/confirm")
    page = await send(city.client, form, status=422, name="", email="erika@", phone="abc")
    assert page.title.startswith("Fehler:")
    for field in ("name", "email", "phone"):
        assert {field, f"{field}-error"} <= page.ids
        assert f'href="#{field}"' in page.html
    assert ("email", "erika@") in page.form("/confirm").fields
    assert 'aria-describedby="email-hint email-error"' in page.html
    assert 'id="fehler"' in page.html


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "Bad\x07Bell", "<>"])
async def test_a_name_that_is_none_is_refused(city: City, name: str) -> None:
    await send(city.client, (await held_page(city)).form("/confirm"), status=422, name=name)


async def test_markup_in_a_name_is_shown_as_text(city: City) -> None:
    page = await send(city.client, (await held_page(city)).form("/confirm"), name="<script>alert(1)</script>")
    assert "<script>alert(1)" not in page.html
    assert "&lt;script&gt;" in page.html


@pytest.mark.criterion("A10")
async def test_sending_the_form_twice_books_once(city: City) -> None:
    form = (await held_page(city)).form("/confirm")
    pages = [await send(city.client, form, name=NAME) for _ in range(2)]
    assert "Ihr Termin ist gebucht" in pages[1].text
    clerk = await city.sign_in("clerk3")
    day = await get(clerk, "/office/day", date=f"{city.now.date()}")
    assert day.of_level("h3").count(NAME) == 1


async def test_who_goes_back_after_booking_is_led_to_the_appointment(city: City) -> None:
    page = await held_page(city)
    confirm = page.form("/confirm")
    token = (await booked_path(city, confirm, name=NAME)).removesuffix("?booked=1")
    for form, typed in (
        (confirm, {"name": "Somebody Else"}),
        (confirm, {"name": "", "email": "erika@"}),
        (page.form("/extend"), {"name": NAME}),
        (page.form("/release"), {}),
    ):
        assert await booked_path(city, form, **typed) == f"{token}?already=1"
    back = await get(city.client, confirm.action.removesuffix("/confirm"))
    assert "Ihr Termin ist schon gebucht" in back.text
    assert "Spätere Änderungen im Formular sind nicht gespeichert" in back.text
    assert NAME in back.text


async def test_a_cancelled_appointment_is_not_called_booked(city: City) -> None:
    confirm = (await held_page(city)).form("/confirm")
    token = (await booked_path(city, confirm, name=NAME)).removesuffix("?booked=1")
    await city.client.post(f"{token}/cancel")
    back = await get(city.client, confirm.action.removesuffix("/confirm"))
    assert "Dieser Termin ist abgesagt" in back.text
    assert "schon gebucht" not in back.text


async def test_a_day_after_the_appointment_the_hold_leads_nowhere(city: City) -> None:
    confirm = (await held_page(city)).form("/confirm")
    await booked_path(city, confirm, name=NAME)
    city.clock.advance(timedelta(days=2))
    late = await city.client.get(confirm.action.removesuffix("/confirm"))
    assert late.status == 410


async def booked_path(city: City, form: Form, **typed: str) -> str:
    """Where the browser is sent after the form."""
    answer = await city.client.post(form.action, data=form.filled(**typed), allow_redirects=False)
    assert answer.status == 303, await answer.text()
    return answer.headers["Location"]


@pytest.mark.criterion("A08")
async def test_after_the_time_is_over_the_page_says_so(city: City) -> None:
    page = await held_page(city)
    city.clock.advance(timedelta(minutes=11))
    over = await send(city.client, page.form("/confirm"), status=410, name=NAME)
    assert over.of_level("h1") == ["Die Reservierung ist abgelaufen"]
    assert "confirm" not in " ".join(over.addresses)  # switching the language leads to a page that is there


async def test_another_time_frees_this_one(city: City) -> None:
    page = await held_page(city)
    times = await send(city.client, page.form("/release"))
    assert times.of_level("h1") == ["Wählen Sie eine Zeit"]
    assert len(times.slots) == len((await get(city.client, "/times", service="personalausweis")).slots)
    gone = await city.client.get(page.form("/confirm").action.removesuffix("/confirm"))
    assert gone.status == 410


async def test_a_hold_that_never_was_is_not_found(city: City) -> None:
    await get(city.client, "/holds/AAAAAAAAAAAAAAAAAAAAAAAAAAAA", 404)

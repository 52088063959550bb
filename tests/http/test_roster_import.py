"""A roster file: shown first, taken over as shown, taken back as far as nobody has an appointment there."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import FormData

from tests.http.reading import get, read
from tests.http.test_pages_office import signed_in
from tests.office.city import City, Client, only_sqlite

IMPORTS = "/api/v1/office/roster-imports"
DUTIES = "/api/v1/office/duties"
CSV = """\
Anmeldename;Tag;Von;Bis;Ort;Schalter;Video
clerk2;02.03.2027;13:00;15:00;home;;
Clerk4;2027-03-02;13:00;15:00 Uhr;Bürger-Service-Bauen;7;ja
clerk1;02.03.2027;09:00;11:00;Homeoffice;;
clerk1;02.03.2027;10:00;12:00;home;;
clerk2;26.03.2027;08:00;12:00;home;;
clerk9;02.03.2027;08:00;12:00;home;;
clerk2;31.02.2027;08:00;12:00;home;;
clerk2;03.03.2027;08:02;12:00;home;;
clerk2;02.03.2027;14:00;16:00;home;;
"""
STATES = ["new", "new", "same", "conflict", "closed", "wrong", "wrong", "wrong", "conflict"]


def a_file(text: str | bytes, name: str = "plan.csv", **fields: str) -> FormData:
    form = FormData()
    for key, value in fields.items():
        form.add_field(key, value)
    data = text.encode() if isinstance(text, str) else text
    form.add_field("file", data, filename=name, content_type="text/csv")
    return form


async def preview(scheduler: Client, text: str | bytes, status: int = 201) -> dict[str, Any]:
    answer = await scheduler.post(IMPORTS, data=a_file(text))
    assert answer.status == status, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


async def step(scheduler: Client, id_: str, way: str, status: int = 200) -> dict[str, Any]:
    answer = await scheduler.post(f"{IMPORTS}/{id_}/{way}")
    assert answer.status == status, await answer.text()
    found: dict[str, Any] = await answer.json()
    return found


async def week(scheduler: Client) -> list[tuple[str, str, str]]:
    duties = await (await scheduler.get(DUTIES, params={"week": "2027-03-02"})).json()
    return sorted((duty["login"], duty["start"], duty["end"]) for duty in duties)


@pytest.mark.criterion("I14", "B11")
async def test_a_file_is_shown_taken_over_as_shown_and_taken_back(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    before = await week(scheduler)
    shown = await preview(scheduler, CSV)
    assert [row["state"] for row in shown["rows"]] == STATES
    assert [row["line"] for row in shown["rows"]] == list(range(2, 11))
    assert all(row["text"] for row in shown["rows"] if row["state"] != "new")
    assert await week(scheduler) == before, "a preview changes nothing"
    done = await step(scheduler, shown["id"], "apply")
    assert (done["state"], done["by"]) == ("applied", "Scheduler")
    new = [
        ("clerk2", "2027-03-02T12:00:00Z", "2027-03-02T14:00:00Z"),
        ("clerk4", "2027-03-02T12:00:00Z", "2027-03-02T14:00:00Z"),
    ]
    assert await week(scheduler) == sorted([*before, *new])
    await step(scheduler, shown["id"], "apply", 409)
    again = await preview(scheduler, CSV)
    assert again["counts"]["new"] == 0
    undone = await step(scheduler, shown["id"], "undo")
    assert (undone["state"], undone["kept"]) == ("undone", [])
    assert await week(scheduler) == before
    await step(scheduler, shown["id"], "undo", 409)
    history = await (await scheduler.get(IMPORTS)).json()
    assert {one["state"] for one in history} == {"undone", "previewed"}


@pytest.mark.criterion("I14")
async def test_if_the_roster_changed_meanwhile_nothing_is_taken_over(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    shown = await preview(scheduler, CSV)
    meanwhile = {"login": "clerk4", "start": "2027-03-02T14:00:00+01:00", "end": "2027-03-02T15:00:00+01:00"}
    assert (await scheduler.post(DUTIES, json=meanwhile)).status == 201
    before = await week(scheduler)
    problem = await step(scheduler, shown["id"], "apply", 409)
    assert problem["type"].endswith("roster-changed")
    assert await week(scheduler) == before
    assert (await (await scheduler.get(f"{IMPORTS}/{shown['id']}")).json())["state"] == "previewed"


@pytest.mark.criterion("I14")
async def test_taking_back_leaves_the_duties_with_appointments_and_names_them(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    shown = await preview(scheduler, CSV)
    await step(scheduler, shown["id"], "apply")
    slots = await city.free("meldebescheinigung", "video", days=2)
    slot = next(s for s in slots if s["start"] == "2027-03-02T12:00:00Z")
    held = await (await city.hold("meldebescheinigung", slot)).json()
    assert (await city.confirm(held["hold"])).status == 201
    undone = await step(scheduler, shown["id"], "undo")
    assert len(undone["kept"]) == 1
    duties = await (await scheduler.get(DUTIES, params={"week": "2027-03-02"})).json()
    kept = next(duty for duty in duties if duty["id"] == undone["kept"][0])
    assert (kept["login"], kept["appointments"]) == ("clerk2", 1)


CALENDAR = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Stadt//Dienstplan//DE
BEGIN:VEVENT
UID:1
SUMMARY:Beratung
ATTENDEE:mailto:clerk2@stadt.example
DTSTART;TZID=Europe/Berlin:20270305T080000
DTEND;TZID=Europe/Berlin:20270305T120000
RRULE:FREQ=WEEKLY;BYDAY=FR;UNTIL=20270402T215959Z
EXDATE;TZID=Europe/Berlin:20270312T080000
LOCATION:home
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:clerk4
DTSTART:20270305T090000Z
DURATION:PT2H
LOCATION:rathausplatz\\, Schalter 9
END:VEVENT
BEGIN:VEVENT
UID:3
SUMMARY:clerk1
DTSTART:20270305T090000Z
DURATION:PT2H
RRULE:FREQ=SECONDLY
LOCATION:home
END:VEVENT
END:VCALENDAR
"""


@only_sqlite()
@pytest.mark.criterion("B11", "I14")
async def test_a_calendar_with_repetitions_is_read(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    shown = await preview(scheduler, CALENDAR)
    told = [(row["line"], row["state"], row.get("start")) for row in shown["rows"]]
    assert told == [
        (4, "new", "2027-03-05T07:00:00Z"),
        (4, "new", "2027-03-19T07:00:00Z"),
        (4, "closed", "2027-03-26T07:00:00Z"),
        (4, "new", "2027-04-02T06:00:00Z"),
        (14, "new", "2027-03-05T09:00:00Z"),
        (21, "wrong", None),
    ]
    await step(scheduler, shown["id"], "apply")


@only_sqlite()
@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "leer"),
        (b"\0\0", "keine Textdatei"),
        (b"a;b;c\n1;2;3\n", "fehlen die Spalten"),
        (b"x" * 1_100_000, "zu groß"),
        (b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "Kalender"),
        (b"login;date;from;to;place\n" + b"a;b;c;d;e\n" * 10_001, "zu viele Zeilen"),
        (b"BEGIN:VCALENDAR\n" + b"BEGIN:VEVENT\nEND:VEVENT\n" * 2_001 + b"END:VCALENDAR\n", "zu viele"),
    ],
)
async def test_a_file_that_is_no_roster_is_refused(city: City, data: bytes, word: str) -> None:
    scheduler = await city.sign_in("scheduler")
    answer = await scheduler.post(IMPORTS, data=a_file(data))
    assert answer.status in (413, 422)
    assert word in (await answer.json())["detail"]
    assert await (await scheduler.get(IMPORTS)).json() == []


@only_sqlite()
async def test_a_request_without_a_file_is_refused(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    bodies: tuple[dict[str, Any], ...] = (
        {"json": {}},
        {"data": {"file": "x"}},
        {"data": b"--x", "headers": {"Content-Type": "multipart/form-data"}},
    )
    for body in bodies:
        answer = await scheduler.post(IMPORTS, **body)
        assert answer.status == 422, body


@only_sqlite()
async def test_excels_alphabet_and_commas_are_read_too(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    text = "Name,Datum,Beginn,Ende,Standort,Platz\nClerk4,02.03.2027,13:00,15:00,Bürger-Service-Bauen,Süd 7\n"
    shown = await preview(scheduler, text.encode("cp1252"))
    assert [row["state"] for row in shown["rows"]] == ["new"]


@only_sqlite()
@pytest.mark.criterion("I14")
async def test_the_pages_show_take_over_and_take_back(city: City) -> None:
    scheduler = await signed_in(city, "scheduler")
    form = (await get(scheduler, "/office/roster/imports")).form("/office/roster/imports")
    csrf = dict(form.filled())["csrf"]
    foreign = await scheduler.post("/office/roster/imports", data=a_file(CSV, csrf="wrong"))
    assert foreign.status == 403
    bad = await read(await scheduler.post("/office/roster/imports", data=a_file(b"\0", csrf=csrf)), 422)
    assert "keine Textdatei" in bad.text
    page = await read(await scheduler.post("/office/roster/imports", data=a_file(CSV, csrf=csrf)))
    for words in ("Bisher ist nichts geändert.", "Zeile 8", "Den Tag „31.02.2027“ gibt es nicht."):
        assert words in page.text
    for action, words in (("/apply", "im Dienstplan"), ("/undo", "zurückgenommen")):
        step = page.form(action)
        page = await read(await scheduler.post(step.action, data=step.filled()))
        assert words in page.text
    assert "Zurückgenommen" in (await get(scheduler, "/office/roster/imports")).text


@only_sqlite()
async def test_what_was_shown_long_ago_is_looked_at_again(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    shown = await preview(scheduler, CSV)
    city.clock.advance(timedelta(days=2))
    problem = await step(await city.sign_in("scheduler"), shown["id"], "apply", 409)
    assert problem["type"].endswith("roster-changed")

"""`sprechzeit import FILE`: a city's catalogue from a readable file. Every bad line is named; nothing is half-loaded."""

import asyncio
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from server.catalog.read_file import CatalogueRefused, parse_catalogue
from server.demo.seed import KEMPTEN
from tests.office import nursery
from tests.office.city import MASTER_KEY, SECRET, City, only_sqlite

GOOD = """\
units:
  - id: bauen
    name: {de: Bauen, en: Building}
sites:
  - id: rathaus
    name: Rathaus
    address: Rathausplatz 1
    hours:
      mon: ["07:30-12:00", "13:00-24:00"]
stations:
  - {key: kasse, name: {de: Kasse}, fee_cents: 100}
closures:
  - {day: 2027-02-09, reason: Fasching}
services:
  - id: beratung
    unit: bauen
    leika: "99012008000000"
    name: {de: Beratung}
    description: {de: Wir beraten.}
    minutes: 30
    modes: [video, onsite]
    sites: [rathaus]
    stations: [kasse]
    checklist:
      - {key: plan, name: {de: Plan}, when: ahead}
"""


async def run_import(city: City, file: Path) -> subprocess.CompletedProcess[str]:
    """The command as an operator calls it, in a process of its own, while the city goes on working."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SPRECHZEIT_")}
    chosen = {
        "SPRECHZEIT_DATABASE_URL": city.settings.database_url,
        "SPRECHZEIT_SECRET": SECRET,
        "SPRECHZEIT_TICKET_SECRET": SECRET[::-1],
        "SPRECHZEIT_MASTER_KEY": MASTER_KEY,
    }
    return await asyncio.to_thread(nursery.run, ["import", str(file)], {**kept, **chosen}, file.parent)


async def services(city: City, **query: str) -> dict[str, dict[str, Any]]:
    answer = await city.client.get("/api/v1/services", params=query)
    assert answer.status == 200
    return {one["id"]: one for one in await answer.json()}


async def offers(city: City, count: int) -> dict[str, dict[str, Any]]:
    """The services once there are so many: a server sees what another process changed when it looks the next time."""
    async with asyncio.timeout(20):
        while len(offered := await services(city)) != count:
            pass
        return offered


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


@pytest.mark.criterion("A01")
async def test_kemptens_file_is_loaded_and_offered_at_once(city: City, tmp_path: Path) -> None:
    await services(city)
    done = await run_import(city, KEMPTEN)
    assert (done.returncode, done.stderr) == (0, "")
    assert "15 Dienstleistungen" in done.stdout
    offered = await offers(city, 14)
    assert offered["bauberatung"]["leika"] == "99012008000000"
    sites = await (await city.client.get("/api/v1/sites")).json()
    assert {site["id"] for site in sites} == {
        "rathausplatz",
        "kronenstrasse",
        "gerberstrasse",
        "bahnhofstrasse",
    }


@only_sqlite()
async def test_what_the_file_no_longer_names_is_hidden(city: City, tmp_path: Path) -> None:
    file = tmp_path / "klein.yaml"
    file.write_text(GOOD)
    assert (await run_import(city, file)).returncode == 0
    assert set(await offers(city, 1)) == {"beratung"}


@only_sqlite()
async def test_a_second_import_keeps_the_schedulers_switch(city: City, tmp_path: Path) -> None:
    await run_import(city, KEMPTEN)
    scheduler = await city.sign_in("scheduler")
    off = await scheduler.patch("/api/v1/office/services/bauberatung", json={"online_capable": False})
    assert off.status == 200
    await run_import(city, KEMPTEN)
    assert (await services(city))["bauberatung"]["modes"] == ["onsite"]


BAD_LINES = {
    "leika too short": ('"99012008000000"', '"9901200800000"', 17, "LeiKa"),
    "leika of another kind": ('"99012008000000"', '"12345678901234"', 17, "LeiKa"),
    "minutes off the grid": ("minutes: 30", "minutes: 31", 20, "Vielfaches von 5"),
    "minutes as text": ("minutes: 30", 'minutes: "30"', 20, "ganze Zahl"),
    "minutes of nothing": ("minutes: 30", "minutes: 0", 20, "mindestens 5"),
    "unknown mode": ("[video, onsite]", "[video, telefon]", 21, "video oder onsite"),
    "a mode twice": ("[video, onsite]", "[video, video, onsite]", 21, "zweimal"),
    "no video and no reason": ("[video, onsite]", "[onsite]", 15, "why_no_video"),
    "unknown site": ("sites: [rathaus]", "sites: [bauhof]", 22, "„bauhof“ gibt es nicht"),
    "on site, but where": ("    sites: [rathaus]\n", "", 15, "mindestens einen Standort"),
    "unknown station": ("stations: [kasse]", "stations: [bar]", 23, "„bar“ gibt es nicht"),
    "unknown unit": ("unit: bauen", "unit: brauen", 16, "„brauen“ gibt es nicht"),
    "excludes an unknown service": ("minutes: 30", "excludes: [tanzen]\n    minutes: 30", 20, "„tanzen“"),
    "excludes itself": ("minutes: 30", "excludes: [beratung]\n    minutes: 30", 20, "selbst"),
    "unknown key": ("minutes: 30", "dauer: 30\n    minutes: 30", 20, "„dauer“ ist hier nicht bekannt"),
    "unknown key at the top": ("units:", "ämter: []\nunits:", 1, "nicht bekannt"),
    "missing minutes": ("    minutes: 30\n", "", 15, "„minutes“ fehlt"),
    "no German text": ("name: {de: Beratung}", "name: {en: Advice}", 18, "der deutsche Text"),
    "a language that is none": ("{de: Bauen, en", "{de: Bauen, englisch", 3, "eine Sprache heißt"),
    "a key given twice": ("minutes: 30", "minutes: 30\n    minutes: 15", 21, "steht hier schon"),
    "an id given twice": (
        "stations:\n",
        "  - {id: rathaus, name: R, address: A, hours: {}}\nstations:\n",
        10,
        "gibt es schon",
    ),
    "an id with spaces": ("id: beratung", "id: Beratung Bauen", 15, "Kennung"),
    "hours backwards": ('"07:30-12:00"', '"12:00-07:30"', 9, "aufeinander folgen"),
    "hours that overlap": ('"13:00-24:00"', '"11:00-17:00"', 9, "aufeinander folgen"),
    "hours off the grid": ('"07:30-12:00"', '"07:32-12:00"', 9, "Fünf-Minuten-Raster"),
    "a weekday that is none": ("      mon:", "      montag:", 9, "„montag“ darf nur"),
    "a day that is none": ("day: 2027-02-09", "day: Fasching", 13, "ein Tag sein"),
    "a closing day twice": (
        "services:\n",
        "  - {day: 2027-02-09, reason: Noch einmal}\nservices:\n",
        14,
        "steht schon da",
    ),
    "a negative fee": ("fee_cents: 100", "fee_cents: -1", 11, "mindestens 0"),
    "a checklist item of a third kind": ("when: ahead", "when: later", 25, "ahead oder bring"),
    "broken YAML": ("minutes: 30", "minutes: [30", 21, "kein lesbares YAML"),
    "a hidden call": (
        "minutes: 30",
        "minutes: !!python/object/apply:os.getpid []",
        20,
        "kein lesbares YAML",
    ),
}


@pytest.mark.criterion("A01")
@pytest.mark.parametrize("kind", BAD_LINES)
def test_every_kind_of_bad_line_is_named(kind: str) -> None:
    old, new, line, words = BAD_LINES[kind]
    parse_catalogue(GOOD)
    with pytest.raises(CatalogueRefused) as refused:
        parse_catalogue(changed(old, new))
    [told] = refused.value.lines
    assert told.startswith(f"Zeile {line}: ")
    assert words in told


@only_sqlite()
async def test_all_bad_lines_are_told_at_once_and_the_old_catalogue_stays(city: City, tmp_path: Path) -> None:
    before = await services(city)
    text = (
        changed("minutes: 30", "minutes: 31").replace("unit: bauen", "unit: x").replace("2027-02-09", "nie")
    )
    file = tmp_path / "schlecht.yaml"
    file.write_text(text)
    done = await run_import(city, file)
    assert done.returncode == 1
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == [
        "Zeile 13",
        "Zeile 16",
        "Zeile 20",
    ]
    assert await services(city) == before


@only_sqlite()
@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"- 1\n", b"42", b"\x00\x01", b"a: &a [*a]\n"])
async def test_a_file_that_is_no_catalogue_is_refused_in_words(
    city: City, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "quatsch.yaml"
    file.write_bytes(content)
    done = await run_import(city, file)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith(("Zeile 1", "Die Datei"))


@only_sqlite()
async def test_a_missing_file_is_told(city: City, tmp_path: Path) -> None:
    done = await run_import(city, tmp_path / "fehlt.yaml")
    assert done.returncode == 1
    assert "fehlt.yaml gibt es nicht" in done.stderr

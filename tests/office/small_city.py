"""The rows of the small city. Its numbers are chosen so that a test can count: few duties, whole hours.

From the Monday of `NOW` on, four weeks, Monday to Thursday (local time):

    clerk1  home   09:00–11:00  bauberatung, meldebescheinigung; German and English
    clerk2  home   10:00–11:00  meldebescheinigung; German and Turkish
    clerk3  desk   08:00–12:00  rathausplatz: personalausweis, meldebescheinigung, beglaubigung
    clerk4  desk   09:00–11:00  kronenstrasse: bauberatung; takes video as well
"""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from server.clock import BERLIN

NOW = datetime(2027, 3, 1, 7, 0, tzinfo=UTC)  # a Monday, 08:00 in Kempten; summer time begins on 28 March
WEEKS = 4
PASSWORD = "sprechzeit-demo"
BEYOND_CLERKS = ("scheduler", "hotline", "gate", "dpo", "admin")

WEEKDAYS = ("mon", "tue", "wed", "thu")
HOURS = {**{day: [["07:30", "17:00"]] for day in WEEKDAYS}, "fri": [["07:30", "13:00"]]}

UNITS: list[dict[str, Any]] = [
    {
        "id": "einwohnerwesen",
        "position": 1,
        "name": {"de": "Einwohnerwesen", "en": "Residents' registration"},
    },
    {"id": "bauen", "position": 2, "name": {"de": "Bürger-Service-Bauen", "en": "Building service"}},
]
SITES: list[dict[str, Any]] = [
    {
        "id": "rathausplatz",
        "position": 1,
        "name": "Verwaltungsgebäude",
        "address": "Rathausplatz 22, 87435 Kempten (Allgäu)",
        "hours": HOURS,
    },
    {
        "id": "kronenstrasse",
        "position": 2,
        "name": "Bürger-Service-Bauen",
        "address": "Kronenstraße 8, 87435 Kempten (Allgäu)",
        "hours": HOURS,
    },
]


def _service(id_: str, position: int, name: str, minutes: int, **other: Any) -> dict[str, Any]:
    modes = other.pop("modes", ["video", "onsite"])
    return {
        "id": id_,
        "position": position,
        "unit_id": "einwohnerwesen",
        "leika": "99115003000000",
        "name": {"de": name, "en": f"{name} (en)"},
        "description": {"de": f"Alles zu: {name}."},
        "synonyms": [],
        "minutes": minutes,
        "modes": modes,
        "online_capable": "video" in modes,
        "why_no_video": {},
        "fee_cents": 0,
        "max_count": 4,
        "excludes": [],
        "sites": ["rathausplatz"],
        "stations": [],
        "checklist": [],
        "lead_minutes": {},
        "hidden": False,
        **other,
    }


SERVICES = [
    _service(
        "personalausweis",
        1,
        "Personalausweis",
        15,
        leika="99008001000000",
        modes=["onsite"],
        why_no_video={"de": "Für den Ausweis nehmen wir Fingerabdrücke.", "en": "We take fingerprints."},
        synonyms=["Perso", "Ausweis"],
        fee_cents=3700,
        stations=[{"key": "photo", "name": {"de": "Fotostation", "en": "Photo booth"}, "fee_cents": 600}],
        checklist=[{"key": "alt", "name": {"de": "Alter Ausweis"}, "when": "bring", "required": False}],
    ),
    _service("meldebescheinigung", 2, "Meldebescheinigung", 10, fee_cents=1000),
    _service(
        "bauberatung",
        3,
        "Bauberatung",
        30,
        leika="99012008000000",
        unit_id="bauen",
        sites=["kronenstrasse"],
        max_count=1,
        checklist=[
            {"key": "lageplan", "name": {"de": "Lageplan"}, "when": "ahead", "required": True},
            {"key": "skizze", "name": {"de": "Skizze"}, "when": "ahead", "required": False},
        ],
    ),
    _service(
        "beglaubigung",
        4,
        "Beglaubigung",
        15,
        leika="99014002035000",
        modes=["onsite"],
        why_no_video={"de": "Wir brauchen das Original."},
        excludes=["bauberatung"],
    ),
]

CLERKS: dict[str, tuple[list[str], list[str]]] = {
    "clerk1": (["de", "en"], ["bauberatung", "meldebescheinigung"]),
    "clerk2": (["de", "tr"], ["meldebescheinigung"]),
    "clerk3": (["de"], ["personalausweis", "meldebescheinigung", "beglaubigung"]),
    "clerk4": (["de"], ["bauberatung"]),
}


def staff(password_hash: str) -> list[dict[str, Any]]:
    """Everybody, ids counted from 1 in the order of CLERKS and BEYOND_CLERKS."""
    clerks = [(login, ["clerk"], languages) for login, (languages, _) in CLERKS.items()]
    others = [(login, [login], ["de"]) for login in BEYOND_CLERKS]
    return [
        {
            "id": number,
            "login": login,
            "display": login.capitalize(),
            "password_hash": password_hash,
            "roles": roles,
            "languages": languages,
            "active": True,
        }
        for number, (login, roles, languages) in enumerate([*clerks, *others], 1)
    ]


def trainings() -> list[dict[str, Any]]:
    return [
        {"staff_id": number, "service_id": service}
        for number, (_, services) in enumerate(CLERKS.values(), 1)
        for service in services
    ]


def duties(now: datetime) -> list[dict[str, Any]]:
    """The duties of the four weeks that begin with the Monday of `now`'s week."""
    today = now.astimezone(BERLIN).date()
    monday = today - timedelta(days=today.weekday())
    days = [monday + timedelta(days=7 * week + weekday) for week in range(WEEKS) for weekday in range(4)]
    return [duty for day in days for duty in _duties_of(day)]


def _duties_of(day: date) -> list[dict[str, Any]]:
    home, desk = {"place": "home", "site_id": None, "desk": None}, {"place": "desk", "desk": "1"}
    return [
        duty(1, day, 9, 11, **home, takes_video=True),
        duty(2, day, 10, 11, **home, takes_video=True),
        duty(3, day, 8, 12, **desk, site_id="rathausplatz", takes_video=False),
        duty(4, day, 9, 11, **desk, site_id="kronenstrasse", takes_video=True),
    ]


def duty(staff_id: int, day: date, begin: int, end: int, **other: Any) -> dict[str, Any]:
    """One duty from full hour to full hour, local time."""
    return {
        "staff_id": staff_id,
        "starts_at": datetime.combine(day, time(begin), BERLIN).astimezone(UTC),
        "ends_at": datetime.combine(day, time(end), BERLIN).astimezone(UTC),
        "step_minutes": None,
        "demo": False,
        **other,
    }


def duty_around(now: datetime, staff_id: int = 1) -> dict[str, Any]:
    """A duty "now" that ignores office hours, for tests that run on the machine's clock."""
    begin = now.replace(minute=0, second=0, microsecond=0)
    return {
        "staff_id": staff_id,
        "place": "home",
        "site_id": None,
        "desk": None,
        "starts_at": begin - timedelta(hours=1),
        "ends_at": begin + timedelta(hours=6),
        "takes_video": True,
        "step_minutes": 5,
        "demo": True,
    }

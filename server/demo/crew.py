"""Who works in the demo city, and where in the week. Invented people; nothing here is by chance."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta

from server.clock import wall_span
from server.planning.duties import Duty

HOME = "home"
SITES = {"R": "rathausplatz", "K": "kronenstrasse", "G": "gerberstrasse", "B": "bahnhofstrasse"}
FRIDAY = 4
FIRST_NOW = date(2026, 1, 6)
FOUR_WEEKS = timedelta(days=28)

Shift = tuple[time, time]
EARLY_LUNCH: tuple[Shift, ...] = ((time(7, 30), time(11, 30)), (time(12, 15), time(17)))
LATE_LUNCH: tuple[Shift, ...] = ((time(7, 30), time(12, 30)), (time(13, 15), time(17)))
AT_HOME: tuple[Shift, ...] = ((time(9), time(13)), (time(14), time(19)))
ON_FRIDAY: tuple[Shift, ...] = ((time(7, 30), time(13)),)


@dataclass(frozen=True)
class Member:
    """A member of staff. `week`: Monday to Friday, H at home or a site's letter; `units` whose services are known."""

    login: str
    display: str
    roles: tuple[str, ...] = ("clerk",)
    languages: tuple[str, ...] = ("de",)
    units: tuple[str, ...] = ()
    week: str = ""
    desk: str = ""
    takes_video: bool = False
    early_lunch: bool = False


RESIDENTS, BUILDING, FOREIGNERS = "einwohnerwesen", "buerger-service-bauen", "auslaenderbehoerde"
TRADE, VEHICLES, LICENCES = "gewerbewesen", "zulassungsstelle", "fahrerlaubnisbehoerde"
JETZT = Member("clerk1", "Anna Allgaier", languages=("de", "en"))
CREW = (
    JETZT,
    Member("clerk2", "Bernd Brugger", units=(RESIDENTS,), week="RRHRR", desk="Schalter 1"),
    Member(
        "clerk3",
        "Canan Demir",
        languages=("de", "tr", "en"),
        units=(RESIDENTS,),
        week="HRRHR",
        desk="Schalter 2",
        early_lunch=True,
    ),
    Member("clerk4", "Daniel Eberle", units=(RESIDENTS,), week="GGGHG", desk="Schalter 21"),
    Member(
        "clerk5",
        "Eva Fischer",
        languages=("de", "en"),
        units=(RESIDENTS, TRADE),
        week="RHRRH",
        desk="Schalter 3",
        early_lunch=True,
    ),
    Member("clerk6", "Florian Geiger", units=(BUILDING,), week="KHKHK", desk="Zimmer 104"),
    Member(
        "clerk7",
        "Gabriele Huber",
        languages=("de", "en"),
        units=(BUILDING,),
        week="HKHKH",
        desk="Zimmer 105",
        takes_video=True,
        early_lunch=True,
    ),
    Member(
        "clerk8",
        "Halyna Koval",
        languages=("de", "uk", "ru"),
        units=(FOREIGNERS,),
        week="GHGGH",
        desk="Schalter 22",
        takes_video=True,
    ),
    Member(
        "clerk9",
        "Idris Khalil",
        languages=("de", "ar", "en"),
        units=(FOREIGNERS,),
        week="HGHGG",
        desk="Schalter 23",
        early_lunch=True,
    ),
    Member("clerk10", "Jürgen Lang", units=(VEHICLES, LICENCES), week="BBBBB", desk="Schalter 31"),
    Member("clerk11", "Katja Maier", units=(VEHICLES,), week="BBBBB", desk="Schalter 32", early_lunch=True),
    Member("clerk12", "Lukas Natterer", units=(RESIDENTS, TRADE), week="RRRHR", desk="Schalter 4"),
    Member("scheduler", "Maria Oswald", roles=("scheduler",)),
    Member("hotline", "Norbert Pfister", roles=("hotline",)),
    Member("gate", "Olga Quast", roles=("gate",)),
    Member("dpo", "Peter Rauch", roles=("dpo",)),
    Member("admin", "Renate Sauter", roles=("admin",)),
)


def duties_of(member: Member, staff_id: int, day: date) -> Iterator[Duty]:
    """This clerk's duties on a working day: two with lunch between them, one on Fridays."""
    if day.weekday() >= len(member.week):
        return
    letter = member.week[day.weekday()]
    for begins, ends in _shifts(member, letter, day):
        start, end = wall_span(day, begins, ends)
        if letter == "H":
            yield Duty(staff_id, "home", start, end)
        else:
            yield Duty(staff_id, "desk", start, end, SITES[letter], member.desk, member.takes_video)


def _shifts(member: Member, letter: str, day: date) -> tuple[Shift, ...]:
    if day.weekday() == FRIDAY:
        return ON_FRIDAY
    if letter == "H":
        return AT_HOME
    return EARLY_LUNCH if member.early_lunch else LATE_LUNCH


def duties_now(staff_id: int, first: date, last: date) -> list[Duty]:
    """The demo's duty "jetzt" over these days: round the clock, a start every five minutes.

    One row for four weeks, because a visit can not go on from one duty into the next.
    """
    begin = FIRST_NOW + (first - FIRST_NOW) // FOUR_WEEKS * FOUR_WEEKS
    duties = []
    while begin <= last:
        start, _ = wall_span(begin, time(0), time(0))
        end, _ = wall_span(begin + FOUR_WEEKS, time(0), time(0))
        duties.append(Duty(staff_id, "home", start, end, step_minutes=5, demo=True))
        begin += FOUR_WEEKS
    return duties

"""The record of processing by the API, for the city's own directory of records."""

from server.privacy.record import Entry, entries
from server.privacy.rules import DECIDERS, HOUR, PROPOSERS, periods_in_force
from server.web.api import Endpoint, Model, Reply
from server.web.call import Call

READERS = DECIDERS | PROPOSERS


class LyingOut(Model):
    """Where data of a kind lies."""

    table: str
    columns: list[str]


class KindOut(Model):
    """One kind of data. `hours` is the period in force, from `start` on; nobody can set more than `longest_hours`."""

    kind: str
    name: str
    purpose: str
    legal_basis: str
    persons: str
    recipients: list[str]
    start: str
    hours: int
    longest_hours: int
    sealed: bool
    places: list[LyingOut]


class RecordOut(Model):
    """The record of processing activities (Art. 30 GDPR)."""

    controller: str
    officer: str
    supervisor: str
    entries: list[KindOut]


SUPERVISOR = "Der Bayerische Landesbeauftragte für den Datenschutz (BayLfD)"


async def read(call: Call) -> Reply:
    periods = await periods_in_force(call.office.db, call.now)
    settings = call.office.settings
    found = [_out(one) for one in entries(periods)]
    head = {"controller": settings.city, "officer": settings.privacy_officer, "supervisor": SUPERVISOR}
    return Reply(RecordOut(**head, entries=found))


def _out(entry: Entry) -> KindOut:
    one = entry.data_class
    return KindOut(
        kind=one.key,
        name=one.name,
        purpose=one.purpose,
        legal_basis=one.legal_basis,
        persons=one.persons,
        recipients=list(one.given_to),
        start=one.start,
        hours=entry.period // HOUR,
        longest_hours=one.longest // HOUR,
        sealed=entry.sealed,
        places=[LyingOut(table=place.table, columns=list(place.columns)) for place in entry.places],
    )


endpoints = [
    Endpoint(
        "GET",
        "/api/v1/office/privacy/record",
        read,
        "Verzeichnis der Verarbeitungstätigkeiten (Art. 30 DSGVO)",
        {200: RecordOut},
        roles=READERS,
    ),
]

"""Who waits without an appointment for the signed-in clerk, in words, for the day's page and the API. No rule is decided here."""

from dataclasses import dataclass
from datetime import datetime

from server.booking.knock_take import knocking_for
from server.catalog.model import in_language
from server.web.call import Call


@dataclass(frozen=True, slots=True)
class Waiting:
    """A line of the list; `first`: may be called in now."""

    knock: str
    name: str
    service: str
    spoken: str | None
    since: datetime
    first: bool


async def knocks_on_page(call: Call) -> list[Waiting]:
    office, catalogue = call.office, await call.catalogue()
    found = await knocking_for(office.db, office.calendar, office.keyring, call.member, call.now)
    return [
        Waiting(
            knock=one.knock.id,
            name=one.name,
            service=in_language(catalogue.services[one.knock.service_id].name, call.language.code),
            spoken=one.knock.spoken,
            since=one.knock.created_at,
            first=one.first,
        )
        for one in found
    ]

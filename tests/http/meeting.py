"""A video meeting under way in the small city: booked at clerk1, begun, with a document sent ahead."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from aiohttp import FormData
from sqlalchemy import select

from server.booking.model import AppointmentRow
from signaling.contract import Ticket, verify
from signaling.messages import SUBPROTOCOL
from tests.office.city import City, Client
from tests.office.papers import a_pdf
from tests.signaling.people import Person

PDF = a_pdf()


@dataclass
class Meeting:
    """`booked` is the citizen's appointment, `id` its id in the office, `clerk` the browser of clerk1."""

    city: City
    booked: dict[str, Any]
    id: str
    clerk: Client

    @property
    def desk(self) -> str:
        return f"/api/v1/office/appointments/{self.id}"

    @property
    def token(self) -> str:
        return str(self.booked["token"])

    async def send_document(self, name: str = "plan.pdf") -> str:
        form = FormData(quote_fields=False)
        form.add_field("item", "lageplan")
        form.add_field("file", PDF, filename=name, content_type="application/pdf")
        answer = await self.city.client.post(f"/api/v1/appointments/{self.token}/documents", data=form)
        assert answer.status == 201, await answer.text()
        return str((await answer.json())["id"])

    async def enter(self, **headers: str) -> tuple[int, dict[str, Any]]:
        """The citizen's way in."""
        answer = await self.city.client.post(f"/api/v1/appointments/{self.token}/entry", headers=headers)
        return answer.status, await answer.json()

    async def enter_as(self, clerk: Client) -> tuple[int, dict[str, Any]]:
        answer = await clerk.post(f"{self.desk}/entry")
        return answer.status, await answer.json()

    def ticket(self, entry: dict[str, Any]) -> Ticket:
        secret = self.city.settings.ticket_secret.get_secret_value()
        return verify(str(entry["ticket"]), secret, self.city.now.timestamp())


async def meeting_in(city: City, *, service: str = "bauberatung", nth: int = 0, **person: Any) -> Meeting:
    booked = await city.book(service, "video", nth=nth, **person)
    city.clock.set(datetime.fromisoformat(booked["start"]))
    return Meeting(city, booked, await id_of(city, booked["number"]), await city.sign_in("clerk1"))


async def id_of(city: City, number: str) -> str:
    async with city.office.db.read() as tx:
        found = await tx.scalar(select(AppointmentRow.id).where(AppointmentRow.number == number))
    return str(found)


async def in_room(city: City, entry: dict[str, Any]) -> Person:
    """Takes the ticket where it leads: a person in the waiting room, or the host in the room."""
    address = urlsplit(str(entry["signaling_url"]))
    socket = await city.client.ws_connect(f"{address.path}?{address.query}", protocols=(SUBPROTOCOL,))
    person = Person(socket)
    await person.say("hello", ticket=entry["ticket"], instance=secrets.token_hex(8))
    person.welcome = await person.hear("welcome")
    return person


def problem(answer: dict[str, Any]) -> str:
    """The last part of a refusal's type."""
    return str(answer["type"]).rpartition(":")[2]

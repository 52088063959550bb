"""An appointment as its citizen sees it in the API: what, when, where, what to bring, and the links."""

from server.access import Appointment
from server.booking.shapes import AppointmentOut, CheckOut, ChosenOut
from server.catalog.model import Catalogue, in_language
from server.clock import berlin
from server.documents.checklist import checked, items_of
from server.documents.sent import items_sent
from server.web.call import Call


async def appointment_out(call: Call, appointment: Appointment, token: str) -> AppointmentOut:
    """All of it, in the call's language."""
    catalogue = await call.catalogue()
    code = call.language.code
    known = [
        (catalogue.services[name], count)
        for name, count in appointment.services
        if name in catalogue.services
    ]
    return AppointmentOut(
        number=appointment.number,
        token=token,
        state=appointment.state,
        mode="video" if appointment.mode == "video" else "onsite",
        start=berlin(appointment.starts_at),
        end=berlin(appointment.ends_at),
        site=appointment.site_id,
        services=[
            ChosenOut(id=one.id, count=count, name=in_language(one.name, code)) for one, count in known
        ],
        checklist=await _checklist(call, catalogue, appointment),
        stations=[
            {"key": station.key, "name": in_language(station.name, code)}
            for service, _ in known
            for station in (service.stations if appointment.mode == "onsite" else ())
        ],
        fee=fee_of(catalogue, appointment),
        links=_links(call, appointment, token),
    )


def fee_of(catalogue: Catalogue, appointment: Appointment) -> int:
    """What the appointment's services cost together, in cents."""
    known = [(catalogue.services.get(name), count) for name, count in appointment.services]
    return sum(service.fee_cents * count for service, count in known if service)


async def _checklist(call: Call, catalogue: Catalogue, appointment: Appointment) -> list[CheckOut]:
    case_id = appointment.case_id or ""
    async with call.office.db.read() as tx:
        documents = (await items_sent(tx, [case_id])).get(case_id, [])
    items = checked(items_of(catalogue, appointment.services), documents)
    return [CheckOut(key=item.item.key, state=item.state) for item in items]


def _links(call: Call, appointment: Appointment, token: str) -> dict[str, str]:
    public = call.office.settings.public_url.rstrip("/")
    links = {"manage": f"{public}/a/{token}", "ics": f"{public}/api/v1/appointments/{token}/calendar.ics"}
    if appointment.mode == "video":
        links["room"] = f"{public}/a/{token}/room"
    return links

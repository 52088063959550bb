"""May this person enter this room now? If so: a signed ticket for it. The room itself is in `signaling`."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from server.access import Appointment, Case, Staff
from server.errors import Gone, NotVideo, TooEarly, TooLate
from server.settings import Settings
from signaling.contract import (
    GUEST_RIGHTS,
    HOST_RIGHTS,
    Part,
    Role,
    Ticket,
    mint,
    participant_id,
    room_name,
    shard,
)
from signaling.settings import SignalingSettings
from signaling.turn import ice_servers, ice_transport_policy

RECORDER = "Aufzeichnung"


@dataclass(frozen=True, slots=True)
class Entry:
    """What a page needs to enter: the ticket, where to take it, and how media finds its way."""

    ticket: str
    signaling_url: str
    ice: dict[str, Any]


class RoomOver(Gone):
    type = "room-over"
    title = "Der Termin ist vorbei"
    detail = "Dieser Raum ist geschlossen. Bei Fragen rufen Sie uns bitte an."


def window(appointment: Appointment, settings: Settings) -> tuple[datetime, datetime]:
    """From when to when the room is open."""
    opens_at = appointment.starts_at - timedelta(minutes=settings.room_opens_minutes)
    return opens_at, appointment.ends_at + timedelta(minutes=settings.room_closes_minutes)


def check_entry(appointment: Appointment, settings: Settings, now: datetime, *, early: bool = False) -> None:
    """`NotVideo`, `TooLate` (cancelled), `TooEarly` with the opening time, or `RoomOver`. Clerks may come early."""
    if appointment.mode != "video":
        raise NotVideo
    if appointment.state in ("cancelled", "held", "missed"):
        raise TooLate("Dieser Termin wurde abgesagt.")
    if appointment.state == "pending":
        raise TooLate("Bitte bestätigen Sie zuerst den Termin mit dem Link in der E-Mail.")
    if appointment.state == "done":
        raise RoomOver
    if appointment.displaced_at is not None:
        raise TooLate(
            "Zu dieser Zeit kann Sie niemand beraten. Bitte wählen Sie auf Ihrer Seite eine neue Zeit."
        )
    opens_at, closes_at = window(appointment, settings)
    if now < opens_at and not early:
        raise TooEarly(opens_at)
    if now >= closes_at:
        raise RoomOver


def guest_entry(appointment: Appointment, case: Case, settings: Settings, now: datetime) -> Entry:
    """A ticket for the citizen whose appointment this is."""
    check_entry(appointment, settings, now)
    return _entry(appointment, settings, now, "guest", "citizen", "citizen", case.contact.name)


def host_entry(
    appointment: Appointment, staff: Staff, settings: Settings, now: datetime, *, own: bool = True
) -> Entry:
    """A ticket for the clerk. Before the guest sees them the name stays the office's own business.

    `own`: whose duty it is; else a colleague to whom it was handed over.
    """
    check_entry(appointment, settings, now, early=True)
    part: Part = "clerk" if own else "colleague"
    return _entry(appointment, settings, now, "host", part, staff.actor, staff.display)


def invited_entry(
    appointment: Appointment, part: str, who: str, name: str, settings: Settings, now: datetime
) -> Entry:
    """A ticket for somebody who was invited; `who` stays the same for the same invitation."""
    check_entry(appointment, settings, now)
    return _entry(appointment, settings, now, "guest", cast("Part", part), who, name)


@dataclass(frozen=True, slots=True)
class RecorderEntry:
    ticket: str
    signaling_url: str
    subject: str


def recorder_ticket(
    appointment: Appointment, recording_id: str, settings: Settings, now: datetime
) -> RecorderEntry:
    """A ticket for the recorder of one recording; whether there may be one was asked before."""
    entry = _entry(appointment, settings, now, "recorder", "recorder", f"recorder/{recording_id}", RECORDER)
    subject = subject_of(appointment, f"recorder/{recording_id}", settings)
    return RecorderEntry(entry.ticket, entry.signaling_url, subject)


def subject_of(appointment: Appointment, who: str, settings: Settings) -> str:
    """Who somebody is in the room of this appointment."""
    return participant_id(settings.ticket_secret.get_secret_value(), room_of(appointment.id, settings), who)


def room_of(appointment_id: str, settings: Settings) -> str:
    return room_name(settings.ticket_secret.get_secret_value(), appointment_id)


def _entry(
    appointment: Appointment, settings: Settings, now: datetime, role: Role, part: Part, who: str, name: str
) -> Entry:
    secret = settings.ticket_secret.get_secret_value()
    room = room_of(appointment.id, settings)
    opens_at, closes_at = window(appointment, settings)
    if role == "host":
        opens_at = min(opens_at, now)
    subject = participant_id(secret, room, who)
    ticket = Ticket(
        room=room,
        role=role,
        subject=subject,
        name=name,
        opens_at=int(opens_at.timestamp()),
        closes_at=int(closes_at.timestamp()),
        rights=HOST_RIGHTS if role == "host" else GUEST_RIGHTS,
        jti=secrets.token_urlsafe(16),
        part=part,
    )
    ice = _ice(settings, role, subject, closes_at, now)
    return Entry(mint(ticket, secret, now.timestamp()), socket_of(appointment.id, settings), ice)


def socket_of(appointment_id: str, settings: Settings) -> str:
    """Where the WebSocket of this appointment's room opens: known before there is a ticket."""
    return address(settings.room_url, room_of(appointment_id, settings))


def address(url: str, room: str) -> str:
    """Where this room's WebSocket opens; `at` lets the way in lead all of a room to one signaling process."""
    return f"{url}{'&' if '?' in url else '?'}at={shard(room)}"


def _ice(settings: Settings, role: Role, subject: str, closes_at: datetime, now: datetime) -> dict[str, Any]:
    rooms = signaling_settings(settings)
    servers = ice_servers(rooms, subject, closes_at.timestamp(), now.timestamp())
    return {"iceServers": servers, "iceTransportPolicy": ice_transport_policy(rooms, role)}


def check_ice(appointment: Appointment, settings: Settings, now: datetime) -> list[dict[str, Any]]:
    """The relay's address and credentials for a check, good for ten minutes; empty where the city has no relay."""
    secret = settings.ticket_secret.get_secret_value()
    subject = participant_id(secret, room_of(appointment.id, settings), "check")
    return ice_servers(signaling_settings(settings), subject, now.timestamp(), now.timestamp())


def signaling_settings(settings: Settings) -> SignalingSettings:
    """The part of the settings that signaling may know."""
    return SignalingSettings(
        ticket_secret=settings.ticket_secret.get_secret_value(),
        allowed_origins=(settings.origin,),
        same_host_origin=settings.demo,
        turn_urls=settings.turn_list,
        turn_secret=settings.turn_secret.get_secret_value(),
        redis_url=settings.redis_url,
        trusted_proxies=settings.trusted_proxies,
    )

"""Who else has to do with a meeting, for pages of several features: to whom it was handed, who was invited, what followed."""

from collections.abc import Sequence
from dataclasses import dataclass

from server.access import Appointment, follow_ups
from server.rooms.hand_over import Transfer, open_transfers, transfers_of
from server.rooms.invite import Invitation, invitations_of
from server.web.call import Call


@dataclass(frozen=True, slots=True)
class RoomPeople:
    """`transfers` from the first to the last; `handed` is the one that holds now."""

    transfers: list[Transfer]
    invitations: list[Invitation]
    follow_ups: list[Appointment]

    @property
    def handed(self) -> Transfer | None:
        return next((one for one in self.transfers if one.ended_at is None), None)


@dataclass(frozen=True, slots=True)
class Handed:
    """A meeting of the day that is being handed over; `away`: a colleague has it, and the room is theirs."""

    words: str
    away: bool


async def handed_now(call: Call, meetings: Sequence[Appointment]) -> dict[str, Handed]:
    """Meeting ► to or from whom it is handed over, as the signed-in clerk sees it."""
    async with call.office.db.read() as tx:
        found = await open_transfers(tx, meetings, call.office.keyring)
    _ = call.language.gettext
    shown = {}
    for id_, one in found.items():
        mine = one.to_id == call.member.id
        words = _("Weitergegeben von {name}") if mine else _("Weitergegeben an {name}")
        name = one.from_name if mine else one.to_name
        shown[id_] = Handed(words.format(name=name), not mine and one.taken_at is not None)
    return shown


async def room_people(call: Call, meeting: Appointment) -> RoomPeople:
    """For a member of staff to whom `access` gave the meeting."""
    async with call.office.db.read() as tx:
        handed = await transfers_of(tx, meeting, call.office.keyring)
        guests = await invitations_of(tx, meeting, call.office.keyring, call.office.settings)
        later = await follow_ups(tx, meeting)
    return RoomPeople(handed, guests, [one for one in later if one.state != "cancelled"])

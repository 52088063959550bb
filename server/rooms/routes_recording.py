"""The question whether to record, by the API: everybody of a meeting reads how it stands and answers; the clerk asks and ends."""

from typing import Literal

from recordings_policy.consent import QUESTION, VERSION
from recordings_policy.decide import may_ask
from server.access import Appointment, appointment_by_token, appointment_for
from server.rooms.admit import subject_of
from server.rooms.consent import NothingAsked, NotRecordable, Person, Standing, answer, ask, standing
from server.rooms.invite import Invitation, InvitationOver, invited, who_of
from server.rooms.take_back import agreed_to, take_back
from server.settings import Settings
from server.web.api import Endpoint, Model, Reply
from server.web.call import Call

CLERK = frozenset({"clerk"})
CITIZEN = "/api/v1/appointments/{token}/recording"
GUEST = "/api/v1/invitations/{invited}/recording"
DESK = "/api/v1/office/appointments/{appointment}/recording"
Who = tuple[Appointment, Person]


class AnswerBody(Model):
    """`version`: of the words that were shown. No is taken at any time, and deletes."""

    agreed: bool
    version: Literal[VERSION]  # type: ignore[valid-type]


class RecordingOut(Model):
    """`permitted`: whether anybody may be asked. `mine`: what I said to the newest question. Nobody learns what others said.

    `kept`: there is a recording that I agreed to, of this or an earlier question."""

    permitted: bool
    state: Literal["none", "asked", "running", "kept", "gone"]
    reason: str | None = None
    mine: bool | None = None
    kept: bool
    question: str
    version: str


async def citizen_of(call: Call) -> Who:
    """Whose appointment the link in the path is."""
    async with call.office.db.read() as tx:
        meeting = await appointment_by_token(tx, call.path("token"))
    return meeting, Person(subject_of(meeting, "citizen", call.office.settings), "citizen")


async def guest_of(call: Call, *, even_revoked: bool = False) -> Who:
    """Whom the link in the path invites."""
    office, token = call.office, call.path("invited")
    async with office.db.read() as tx:
        meeting, one = await invited(tx, token, office.keyring, office.settings, even_revoked=even_revoked)
    return meeting, person_of(meeting, one, office.settings)


def person_of(meeting: Appointment, guest: Invitation, settings: Settings) -> Person:
    return Person(subject_of(meeting, who_of(guest.id), settings), guest.part)


async def _clerk(call: Call) -> Who:
    async with call.office.db.read() as tx:
        meeting = await appointment_for(tx, call.member, call.path("appointment"))
    return meeting, Person(subject_of(meeting, call.member.actor, call.office.settings), "clerk")


async def show_citizen(call: Call) -> Reply:
    return await _show(call, await citizen_of(call))


async def show_guest(call: Call) -> Reply:
    return await _show(call, await guest_of(call, even_revoked=True))


async def show_clerk(call: Call) -> Reply:
    return await _show(call, await _clerk(call))


async def answer_citizen(call: Call) -> Reply:
    return await _answer(call, await citizen_of(call))


async def answer_guest(call: Call) -> Reply:
    return await _answer(call, await guest_of(call))


async def answer_clerk(call: Call) -> Reply:
    return await _answer(call, await _clerk(call))


async def forget_citizen(call: Call) -> Reply:
    return await _forget(call, await citizen_of(call))


async def forget_guest(call: Call) -> Reply:
    return await _forget(call, await guest_of(call, even_revoked=True))


async def forget_clerk(call: Call) -> Reply:
    return await _forget(call, await _clerk(call))


async def request(call: Call) -> Reply:
    meeting, person = await _clerk(call)
    if not call.office.settings.recorder:
        raise NotRecordable
    periods = await call.office.periods(call.now)
    await ask(call.office.db, meeting, person, call.member.id, periods, call.now)
    return await _show(call, (meeting, person))


async def end(call: Call) -> Reply:
    meeting, _ = await _clerk(call)
    async with call.office.db.read() as tx:
        found = await standing(tx, meeting)
    if found.id is None or found.state != "running":
        raise NothingAsked
    await call.office.studio.end(meeting, found.id)
    return Reply(status=204)


async def _show(call: Call, who: Who) -> Reply:
    meeting, person = who
    async with call.office.db.read() as tx:
        found = await standing(tx, meeting)
        kept = bool(await agreed_to(tx, meeting, person.subject))
    return Reply(_out(call, found, person, kept=kept))


async def _forget(call: Call, who: Who) -> Reply:
    await take_back(call.office.studio, *who, call.now)
    return await _show(call, who)


async def _answer(call: Call, who: Who) -> Reply:
    office, (meeting, person) = call.office, who
    found = await answer(office.db, meeting, person, call.now, agreed=call.body.agreed)
    if call.body.agreed:
        await office.studio.begin(meeting)
    elif found.id is not None:
        await office.studio.end(meeting, found.id)
        await office.store.remove(found.id)
    return await _show(call, who)


def _out(call: Call, found: Standing, person: Person, *, kept: bool) -> RecordingOut:
    return RecordingOut(
        permitted=call.office.settings.recorder and may_ask(found.permission).allowed,
        state=found.state,
        reason=found.reason,
        mine=found.answer_of(person.subject),
        kept=kept,
        question=call.language.gettext(QUESTION),
        version=VERSION,
    )


READ, SAY = "Wie es um das Aufzeichnen steht", "In die Aufzeichnung einwilligen, ablehnen oder zurücknehmen"
FORGET = "Die Einwilligung in alle Aufzeichnungen dieses Gesprächs zurücknehmen: Sie werden gelöscht"
OUT = {200: RecordingOut}
endpoints = [
    Endpoint("GET", CITIZEN, show_citizen, READ, OUT),
    Endpoint("POST", CITIZEN, answer_citizen, SAY, OUT, body=AnswerBody, refusals=(NothingAsked,)),
    Endpoint("GET", GUEST, show_guest, READ, OUT, refusals=(InvitationOver,)),
    Endpoint("POST", GUEST, answer_guest, SAY, OUT, body=AnswerBody, refusals=(NothingAsked, InvitationOver)),
    Endpoint("DELETE", CITIZEN, forget_citizen, FORGET, OUT),
    Endpoint("DELETE", GUEST, forget_guest, FORGET, OUT, refusals=(InvitationOver,)),
    Endpoint("DELETE", DESK, forget_clerk, FORGET, OUT, roles=CLERK),
    Endpoint("GET", DESK, show_clerk, READ, OUT, roles=CLERK),
    Endpoint("POST", DESK, answer_clerk, SAY, OUT, body=AnswerBody, refusals=(NothingAsked,), roles=CLERK),
    Endpoint(
        "POST",
        f"{DESK}/request",
        request,
        "Alle fragen, ob aufgezeichnet werden darf",
        OUT,
        refusals=(NotRecordable, NothingAsked),
        roles=CLERK,
    ),
    Endpoint(
        "POST",
        f"{DESK}/end",
        end,
        "Die Aufzeichnung beenden",
        {204: None},
        refusals=(NothingAsked,),
        roles=CLERK,
    ),
]

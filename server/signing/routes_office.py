"""Preparing forms by the API, for the clerk of an appointment. The pages without script are `pages_office.py`."""

from typing import Annotated

from aiohttp import web
from pydantic import Field

from server.access import Appointment, Case, appointment_for, case_of
from server.errors import Conflict, TooLate
from server.signing.blanks import Blank
from server.signing.form import Changed, Form, NoSeal, change, end, form_of, forms_of, prepare
from server.signing.routes import FormOut, form_out, masked, page_picture
from server.web.api import Endpoint, Model, Reply
from server.web.call import Call

CLERK = frozenset({"clerk"})
PATH = "/api/v1/office/appointments/{appointment}/forms"
ONE = PATH + "/{form}"
Fields = Annotated[dict[str, Annotated[str, Field(max_length=1_000)]], Field(max_length=40)]


class FieldOut(Model):
    key: str
    label: str
    kind: str
    required: bool
    value: str


class BlankOut(Model):
    key: str
    title: str
    fields: list[FieldOut]


class DeskOut(Model):
    """`to`: where the citizen's code goes, masked; none when nothing is known."""

    to: str | None = None
    blanks: list[BlankOut]
    forms: list[FormOut]


class FormBody(Model):
    blank: str = Field(max_length=40)
    fields: Fields


class ChangeBody(Model):
    fields: Fields


async def their_case(call: Call) -> tuple[Appointment, Case]:
    async with call.office.db.read() as tx:
        appointment = await appointment_for(tx, call.member, call.path("appointment"))
        return appointment, await case_of(tx, appointment, call.office.keyring)


async def their_form(call: Call) -> tuple[Appointment, Case, Form]:
    """The form in the address, of an own appointment's case."""
    appointment, case = await their_case(call)
    async with call.office.db.read() as tx:
        return appointment, case, await form_of(tx, case, call.path("form"))


def prefilled(blank: Blank, appointment: Appointment, case: Case) -> dict[str, str]:
    """What the case already says."""
    known = {"name": case.contact.name, "number": appointment.number}
    return {field.key: known.get(field.prefill, "") for field in blank.fields}


async def desk(call: Call) -> Reply:
    appointment, case = await their_case(call)
    async with call.office.db.read() as tx:
        forms = await forms_of(tx, case)
    blanks = [_blank(blank, appointment, case) for blank in call.office.signing.blanks.values()]
    shown = [form_out(call, form, masked(case)) for form in forms]
    return Reply(DeskOut(to=masked(case), blanks=blanks, forms=shown))


def _blank(blank: Blank, appointment: Appointment, case: Case) -> BlankOut:
    values = prefilled(blank, appointment, case)
    fields = [
        FieldOut(key=f.key, label=f.label, kind=f.kind, required=f.required, value=values[f.key])
        for f in blank.fields
    ]
    return BlankOut(key=blank.key, title=blank.title, fields=fields)


async def make(call: Call) -> Reply:
    appointment, case = await their_case(call)
    body: FormBody = call.body
    office = call.office
    form = await prepare(office.signing, call.member, appointment, case, body.blank, body.fields, call.now)
    return Reply(form_out(call, form, masked(case)), 201)


async def show(call: Call) -> Reply:
    _, case, form = await their_form(call)
    return Reply(form_out(call, form, masked(case)))


async def picture(call: Call) -> web.Response:
    _, case, form = await their_form(call)
    return await page_picture(call, case, form)


async def put(call: Call) -> Reply:
    appointment, case, form = await their_form(call)
    office = call.office
    form = await change(office.signing, call.member, appointment, case, form, call.body.fields, call.now)
    return Reply(form_out(call, form, masked(case)))


async def withdraw(call: Call) -> Reply:
    _, _, form = await their_form(call)
    await end(call.office.signing, call.member.actor, form, "withdrawn", call.now)
    return Reply(status=204)


endpoints = [
    Endpoint("GET", PATH, desk, "Formulare: leere und vorgelegte", {200: DeskOut}, roles=CLERK),
    Endpoint(
        "POST",
        PATH,
        make,
        "Ein Formular zur Unterschrift vorlegen",
        {201: FormOut},
        body=FormBody,
        refusals=(NoSeal, TooLate, Conflict),
        roles=CLERK,
    ),
    Endpoint("GET", ONE, show, "Wie weit ein Formular ist", {200: FormOut}, roles=CLERK),
    Endpoint(
        "GET",
        ONE + "/pages/{page}",
        picture,
        "Eine Seite als Bild",
        {200: None},
        roles=CLERK,
        produces="image/png",
    ),
    Endpoint(
        "PUT",
        ONE,
        put,
        "Ein Formular ändern: eine neue Fassung",
        {200: FormOut},
        body=ChangeBody,
        refusals=(Changed, TooLate),
        roles=CLERK,
    ),
    Endpoint(
        "DELETE",
        ONE,
        withdraw,
        "Ein Formular zurückziehen",
        {204: None},
        refusals=(Changed,),
        roles=CLERK,
    ),
]

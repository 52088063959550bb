"""Preparing, changing and taking back forms on the clerk's pages, without script. The rules are in the verbs."""

from aiohttp import web

from server.access import Appointment, Case
from server.errors import BadInput, NotFound, Refusal
from server.signing.blanks import Blank
from server.signing.form import Form, change, end, forms_of, prepare
from server.signing.routes import form_out, masked
from server.signing.routes_office import prefilled, their_case, their_form
from server.web.api import Page
from server.web.call import Call
from server.web.render import render, said, see_other

CLERK = frozenset({"clerk"})
ALL = "/office/appointments/{appointment}/forms"
ONE = ALL + "/{form}"


async def desk(call: Call) -> web.Response:
    """What there is; with `?blank=` the form to fill in."""
    appointment, case = await their_case(call)
    blank = call.office.signing.blanks.get(call.request.query.get("blank", ""))
    typed = prefilled(blank, appointment, case) if blank else {}
    return await _desk(call, appointment, case, blank, typed)


async def make(call: Call) -> web.Response:
    appointment, case = await their_case(call)
    sent = await call.request.post()
    blank = call.office.signing.blanks.get(str(sent.get("blank", "")))
    if blank is None:
        raise BadInput("Bitte wählen Sie ein Formular.")
    typed = await _typed(call, blank)
    try:
        made = await prepare(call.office.signing, call.member, appointment, case, blank.key, typed, call.now)
    except Refusal as refusal:
        errors = _errors(call, refusal)
        return await _desk(call, appointment, case, blank, typed, errors, refusal.status)
    return see_other(f"/office/appointments/{appointment.id}/forms/{made.id}")


async def _desk(
    call: Call,
    appointment: Appointment,
    case: Case,
    blank: Blank | None,
    typed: dict[str, str],
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    async with call.office.db.read() as tx:
        forms = await forms_of(tx, case)
    return render(
        call,
        "office/forms.html",
        status,
        case=f"/office/appointments/{appointment.id}",
        number=appointment.number,
        here=f"/office/appointments/{appointment.id}/forms",
        forms=[form_out(call, form, masked(case)) for form in forms],
        blanks=call.office.signing.blanks.values(),
        blank=blank,
        typed=typed,
        to=masked(case),
        errors=errors or {},
    )


async def show(call: Call) -> web.Response:
    _, case, form = await their_form(call)
    return _form(call, case, form, form.values)


async def put(call: Call) -> web.Response:
    appointment, case, form = await their_form(call)
    blank = call.office.signing.blanks.get(form.blank)
    if blank is None:
        raise NotFound
    typed = await _typed(call, blank)
    try:
        await change(call.office.signing, call.member, appointment, case, form, typed, call.now)
    except Refusal as refusal:
        return _form(call, case, form, typed, _errors(call, refusal), refusal.status)
    return see_other(f"/office/appointments/{appointment.id}/forms/{form.id}")


async def withdraw(call: Call) -> web.Response:
    appointment, _, form = await their_form(call)
    await end(call.office.signing, call.member.actor, form, "withdrawn", call.now)
    return see_other(f"/office/appointments/{appointment.id}/forms/{form.id}")


def _form(
    call: Call,
    case: Case,
    form: Form,
    typed: dict[str, str],
    errors: dict[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    own = f"/office/appointments/{call.path('appointment')}"
    return render(
        call,
        "office/form.html",
        status,
        case=own,
        here=f"{own}/forms/{form.id}",
        api=f"/api/v1{own}/forms/{form.id}",
        form=form_out(call, form, masked(case)),
        blank=call.office.signing.blanks.get(form.blank),
        typed=typed,
        errors=errors or {},
    )


async def _typed(call: Call, blank: Blank) -> dict[str, str]:
    sent = await call.request.post()
    return {field.key: str(sent.get(f"f_{field.key}", ""))[:2_000] for field in blank.fields}


def _errors(call: Call, refusal: Refusal) -> dict[str, str]:
    """Field ► what is wrong with it, in the page's names; what is about no field stands alone."""
    wrong = refusal.extra.get("errors", [])
    if not wrong:
        return {"blank": said(call.language, refusal.message, refusal.params)}
    return {f"f_{one['field']}": call.language.gettext(one["message"]) for one in wrong}


pages = [
    Page("GET", ALL, desk, CLERK),
    Page("POST", ALL, make, CLERK),
    Page("GET", ONE, show, CLERK),
    Page("POST", ONE, put, CLERK),
    Page("POST", ONE + "/withdraw", withdraw, CLERK),
]

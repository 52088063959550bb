"""Reading and signing a form by the API, with the citizen's link. The pages without script are `pages.py`."""

from datetime import datetime
from typing import Annotated, Any

from aiohttp import web
from pydantic import Field

from server.access import Appointment, Case, appointment_by_token, case_of
from server.errors import BadInput, Gone, NotFound, TooMany
from server.sealing import SealBroken
from server.signing.form import Changed, Form, Status, end, form_of, forms_of, note_read, pdf_of
from server.signing.ink import Lines, checked_lines
from server.signing.sign import (
    CodeOver,
    NoContact,
    Signature,
    TooManyCodes,
    WrongCode,
    send_code,
    sign,
    way_of,
)
from server.web.api import Endpoint, Int, Model, Reply
from server.web.call import Call

PATH = "/api/v1/appointments/{token}/forms"
ONE = PATH + "/{form}"
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
UNREAD = "Bitte lesen Sie das ganze Formular, bevor Sie unterschreiben."
NO_SIGNATURE = "Bitte unterschreiben Sie, oder geben Sie Ihren Namen ein."


class RowOut(Model):
    label: str
    value: str


class FormOut(Model):
    """`hash`: SHA-256 of the PDF that is read. `to`: where a code goes, masked. `document`: the sealed form, once it is there."""

    id: str
    blank: str
    title: str
    about: str
    status: Status
    version: int
    hash: str
    pages: int
    rows: list[RowOut]
    sentences: list[str]
    signer: str
    to: str | None = None
    created_at: datetime
    expires_at: datetime
    signed_at: datetime | None = None
    document: str | None = None


class VersionBody(Model):
    version: Annotated[Int, Field(ge=1, le=10_000)]


class CodeOut(Model):
    to: str
    until: datetime


Line = Annotated[list[Int], Field(min_length=2, max_length=4_000)]


class SignatureBody(Model):
    """One of `lines` (x, y, x, y … on a field of 1500 × 500) and `name` (typed); `read`: all of it was read."""

    version: Annotated[Int, Field(ge=1, le=10_000)]
    hash: str = Field(min_length=64, max_length=64)
    code: str = Field(min_length=6, max_length=6)
    read: bool
    lines: Annotated[list[Line], Field(min_length=1, max_length=80)] | None = None
    name: str | None = Field(None, min_length=2, max_length=200)


def form_out(call: Call, form: Form, to: str | None) -> FormOut:
    about = call.office.signing.blanks[form.blank].about if form.blank in call.office.signing.blanks else {}
    values: dict[str, Any] = {
        name: getattr(form, name)
        for name in ("id", "blank", "version", "pages", "created_at", "expires_at", "signed_at")
    }
    return FormOut(
        **values,
        title=form.sheet.title,
        about=str(about.get(call.language.code) or about.get("de", "")),
        status=form.status(call.now),
        hash=form.pdf_hash,
        rows=[RowOut(label=label, value=value) for label, value in form.sheet.rows],
        sentences=list(form.sheet.sentences),
        signer=form.sheet.signer,
        to=to,
        document=form.document_id,
    )


def masked(case: Case) -> str | None:
    """Where a code would go; None when nowhere."""
    try:
        return way_of(case.contact)[1]
    except NoContact:
        return None


async def own_case(call: Call) -> tuple[Appointment, Case]:
    async with call.office.db.read() as tx:
        appointment = await appointment_by_token(tx, call.path("token"))
        return appointment, await case_of(tx, appointment, call.office.keyring)


async def own_form(call: Call) -> tuple[Appointment, Case, Form]:
    """The form in the address, of the case behind the link."""
    appointment, case = await own_case(call)
    async with call.office.db.read() as tx:
        return appointment, case, await form_of(tx, case, call.path("form"))


async def list_own(call: Call) -> Reply:
    _, case = await own_case(call)
    async with call.office.db.read() as tx:
        forms = await forms_of(tx, case)
    return Reply([form_out(call, form, masked(case)) for form in forms])


async def read(call: Call) -> Reply:
    _, case, form = await own_form(call)
    form = await note_read(call.office.signing, form, call.now)
    return Reply(form_out(call, form, masked(case)))


async def picture(call: Call) -> web.Response:
    _, case, form = await own_form(call)
    return await page_picture(call, case, form)


async def page_picture(call: Call, case: Case, form: Form) -> web.Response:
    """A page as it is drawn for every document; the form is read from what is sealed."""
    number = call.path("page")
    if not (number.isascii() and number.isdecimal() and len(number) <= 3) or int(number) >= form.pages:
        raise NotFound
    body = await _pdf(call, case, form)
    drawn = await call.office.signing.draw(body, int(number))
    return web.Response(body=drawn, content_type="image/png", headers=HEADERS)


async def pdf(call: Call) -> web.Response:
    _, case, form = await own_form(call)
    body = await _pdf(call, case, form)
    headers = HEADERS | {"Content-Disposition": 'attachment; filename="formular.pdf"'}
    return web.Response(body=body, content_type="application/pdf", headers=headers)


async def _pdf(call: Call, case: Case, form: Form) -> bytes:
    async with call.office.db.read() as tx:
        try:
            return await pdf_of(tx, case, form)
        except SealBroken:  # a new version came between
            raise NotFound from None


async def ask_code(call: Call) -> Reply:
    appointment, case, form = await own_form(call)
    until = await send_code(call.office.signing, appointment, case, form, call.body.version, call.now)
    call.office.bell.ring()
    return Reply(CodeOut(to=masked(case) or "", until=until), 202)


async def sign_it(call: Call) -> Reply:
    appointment, case, form = await own_form(call)
    body: SignatureBody = call.body
    given = signature_of(body.version, body.hash, body.code, body.lines, body.name or "", read=body.read)
    await sign(call.office.signing, appointment, case, form, given, call.now)
    _, case, form = await own_form(call)
    return Reply(form_out(call, form, masked(case)))


def signature_of(
    version: int, pdf_hash: str, code: str, lines: Lines | None, name: str, *, read: bool
) -> Signature:
    """What was given, checked as far as a form alone tells. `BadInput` in words."""
    if not read:
        raise BadInput(UNREAD)
    if (lines is None) == (not name):
        raise BadInput(NO_SIGNATURE)
    if lines is not None:
        try:
            return Signature(version, pdf_hash, code, lines=checked_lines(lines))
        except ValueError as error:
            raise BadInput(str(error)) from None
    if not name.isprintable() or sum(char.isalpha() for char in name) < 2:
        raise BadInput(NO_SIGNATURE)
    return Signature(version, pdf_hash, code, typed=name.strip())


async def refuse(call: Call) -> Reply:
    _, _, form = await own_form(call)
    await end(call.office.signing, "citizen", form, "refused", call.now)
    return Reply(status=204)


_SIGNING = (Changed, CodeOver, WrongCode, NoContact, Gone)
endpoints = [
    Endpoint("GET", PATH, list_own, "Die Formulare zum Unterschreiben", {200: list[FormOut]}),
    Endpoint("GET", ONE, read, "Ein Formular lesen", {200: FormOut}),
    Endpoint("GET", ONE + "/pages/{page}", picture, "Eine Seite als Bild", {200: None}, produces="image/png"),
    Endpoint("GET", ONE + "/pdf", pdf, "Das Formular als PDF", {200: None}, produces="application/pdf"),
    Endpoint(
        "POST",
        ONE + "/code",
        ask_code,
        "Den Einmalcode senden lassen",
        {202: CodeOut},
        body=VersionBody,
        refusals=(Changed, NoContact, TooManyCodes, TooMany),
    ),
    Endpoint(
        "POST",
        ONE + "/signature",
        sign_it,
        "Unterschreiben",
        {200: FormOut},
        body=SignatureBody,
        refusals=_SIGNING,
    ),
    Endpoint("DELETE", ONE, refuse, "Nicht unterschreiben", {204: None}, refusals=(Changed,)),
]

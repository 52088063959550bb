"""Reading and signing a form on the citizen's page, with script and without. The rules are in the verbs."""

import json
from typing import Any

from aiohttp import web

from server.access import Case
from server.errors import BadInput, Refusal
from server.signing.form import Changed, Form, end, note_read
from server.signing.ink import Lines
from server.signing.routes import form_out, masked, own_form, signature_of
from server.signing.sign import send_code, sign
from server.web.api import Page
from server.web.call import Call
from server.web.render import render, said, see_other

ONE = "/a/{token}/forms/{form}"


async def show(call: Call) -> web.Response:
    _, case, form = await own_form(call)
    return _page(call, case, await note_read(call.office.signing, form, call.now))


async def code(call: Call) -> web.Response:
    """Sends the code; back to the page, where there is now a field for it."""
    appointment, case, form = await own_form(call)
    typed = await call.request.post()
    try:
        await send_code(
            call.office.signing, appointment, case, form, _version(typed.get("version")), call.now
        )
    except Changed:
        return see_other(_address(call))
    except Refusal as refusal:
        return _page(call, case, form, {"code": _said(call, refusal)}, status=refusal.status)
    call.office.bell.ring()
    return see_other(f"{_address(call)}#unterschreiben")


async def sign_submit(call: Call) -> web.Response:
    appointment, case, form = await own_form(call)
    typed = {name: str(value) for name, value in (await call.request.post()).items()}
    name, drawn, digits = typed.get("name", "").strip()[:200], typed.get("lines", ""), typed.get("code", "")
    try:
        lines = _lines(drawn) if drawn else None
        given = signature_of(
            _version(typed.get("version")),
            typed.get("hash", "")[:64],
            "".join(digits.split())[:6],
            lines,
            "" if lines else name,  # browsers fill in names by themselves
            read="read" in typed,
        )
        await sign(call.office.signing, appointment, case, form, given, call.now)
    except Changed:
        return see_other(_address(call))
    except Refusal as refusal:
        wrong = refusal.type if refusal.type != "invalid" else "signature"
        field = {"wrong-code": "code", "code-over": "code"}.get(
            wrong, "read" if "read" not in typed else "name"
        )
        kept = {"name": name, "lines": drawn[:100_000], "read": "read" in typed}
        return _page(call, case, form, {field: _said(call, refusal)}, kept, refusal.status)
    return see_other(_address(call))


async def refuse(call: Call) -> web.Response:
    _, _, form = await own_form(call)
    await end(call.office.signing, "citizen", form, "refused", call.now)
    return see_other(_address(call))


def _page(
    call: Call,
    case: Case,
    form: Form,
    errors: dict[str, str] | None = None,
    typed: dict[str, Any] | None = None,
    status: int = 200,
) -> web.Response:
    return render(
        call,
        "signing/sign.html",
        status,
        form=form_out(call, form, masked(case)),
        base=f"/a/{call.path('token')}",
        address=_address(call),
        api=f"/api/v1/appointments/{call.path('token')}",
        here=_address(call),
        errors=errors or {},
        typed=typed or {"name": "", "lines": "", "read": False},
    )


def _address(call: Call) -> str:
    return f"/a/{call.path('token')}/forms/{call.path('form')}"


def _said(call: Call, refusal: Refusal) -> str:
    return said(call.language, refusal.message, refusal.params)


def _version(typed: Any) -> int:
    text = str(typed or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0


def _lines(text: str) -> Lines:
    """The lines of the drawing field, as its script wrote them. `BadInput` for anything else."""
    try:
        lines = json.loads(text) if len(text) <= 100_000 else None
    except (ValueError, RecursionError):
        lines = None
    if not isinstance(lines, list) or not all(_is_line(line) for line in lines):
        raise BadInput
    return lines


def _is_line(line: Any) -> bool:
    return isinstance(line, list) and all(type(value) is int for value in line)


pages = [
    Page("GET", ONE, show),
    Page("POST", ONE + "/code", code),
    Page("POST", ONE + "/sign", sign_submit),
    Page("POST", ONE + "/refuse", refuse),
]

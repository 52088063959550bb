"""Signing in and out on a page, and the way to each role's first page. The clerk's day is in `pages_day.py`."""

from aiohttp import web

from server.errors import TooMany
from server.people.model import ROLES
from server.people.pages_day import CLERK, show_case, show_day
from server.people.sign_in import WrongSignIn, sign_in, sign_out
from server.web.api import Page
from server.web.call import Call
from server.web.render import render, said, see_other
from server.web.session import clear_cookie, cookie_name, set_cookie

STAFF = frozenset(ROLES)


async def sign_in_page(call: Call) -> web.Response:
    if call.staff is not None:
        return see_other("/office")
    return render(call, "office/sign_in.html", name="", errors={})


async def sign_in_submit(call: Call) -> web.Response:
    form = await call.request.post()
    name, password = str(form.get("name", ""))[:64], str(form.get("password", ""))[:200]
    office = call.office
    try:
        cookie, _ = await sign_in(office.db, office.attempts, name, password, call.client, call.now)
    except (WrongSignIn, TooMany) as refusal:
        errors = {"name": said(call.language, refusal.message, refusal.params)}
        page = render(call, "office/sign_in.html", refusal.status, name=name, errors=errors)
        page.headers.update(refusal.headers)
        return page
    response = see_other("/office")
    set_cookie(response, office.settings, cookie)
    return response


async def sign_out_submit(call: Call) -> web.Response:
    await sign_out(call.office.db, call.request.cookies.get(cookie_name(call.office.settings), ""))
    response = see_other("/office/sign-in")
    clear_cookie(response, call.office.settings)
    return response


async def office(call: Call) -> web.Response:
    """To the page on which this role's work begins."""
    if call.staff is None:
        return see_other("/office/sign-in")
    if "clerk" in call.staff.roles:
        return see_other("/office/day")
    if call.staff.roles & {"scheduler", "admin"}:
        return see_other("/office/services")
    if "dpo" in call.staff.roles:
        return see_other("/office/privacy")
    return render(call, "office/no_page.html")


pages = [
    Page("GET", "/office/sign-in", sign_in_page),
    Page("POST", "/office/sign-in", sign_in_submit),
    Page("POST", "/office/sign-out", sign_out_submit, STAFF),
    Page("GET", "/office", office),
    Page("GET", "/office/day", show_day, CLERK),
    Page("GET", "/office/appointments/{appointment}", show_case, CLERK),
]

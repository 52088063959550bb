"""Who may do what: a row for every route. The cells that follow from it are walked in `test_matrix.py`.

Who visits: somebody without anything, a citizen with the own link, another citizen with another link, the clerk of
the appointment, another clerk, and staff of other roles. What is asked for: the citizen's own appointment, a foreign
one, one that does not exist. A visitor who has no right to an object tries with what may have leaked of it: its
internal id, or a token made for another purpose.
"""

from dataclasses import dataclass

STAFF = ("clerk", "other clerk", "scheduler", "hotline", "gate", "dpo", "admin")
VISITORS = ("anonymous", "citizen", "other citizen", *STAFF)
LOGINS = {visitor: visitor for visitor in STAFF} | {"clerk": "clerk1", "other clerk": "clerk2"}
ROLES = {visitor: login.rstrip("12") for visitor, login in LOGINS.items()}
EVERY_ROLE = frozenset({"clerk", "scheduler", "hotline", "gate", "dpo", "admin"})


@dataclass(frozen=True)
class Row:
    """`status` is what the rightful visitor gets. `sends` names the body; `fresh`: the visit uses its object up."""

    status: int
    roles: frozenset[str] = frozenset()
    sends: str = ""
    fresh: bool = False


def staff(status: int, *roles: str, sends: str = "", fresh: bool = False) -> Row:
    return Row(status, frozenset(roles), sends, fresh)


API = "/api/v1/appointments/{token}"
DESK = "/api/v1/office/appointments"
IMPORTS = ["/office/roster/imports", "/office/catalogue/imports"]
IMPORTS += ["/api/v1/office/roster-imports", "/api/v1/office/catalogue-imports"]
TABLE: dict[str, Row] = {
    **{f"POST {path}/{{import}}/apply": staff(404, "scheduler", "admin") for path in IMPORTS},
    **{f"POST {path}/{{import}}/undo": staff(404, "scheduler", "admin") for path in IMPORTS},
    "GET /api/v1/sites": Row(200),
    "GET /api/v1/services": Row(200),
    "GET /api/v1/availability": Row(200),
    "GET /api/v1/proof": Row(200),
    "GET /api/v1/office/services": staff(200, "scheduler", "admin"),
    "PATCH /api/v1/office/services/{service}": staff(200, "scheduler", "admin", sends="switch"),
    "GET /api/v1/office/duties": staff(200, "scheduler", "admin"),
    "POST /api/v1/office/duties": staff(422, "scheduler", "admin", sends="nonsense"),
    "DELETE /api/v1/office/duties/{duty}": staff(404, "scheduler", "admin"),
    "GET /api/v1/office/duty-series": staff(200, "scheduler", "admin"),
    "POST /api/v1/office/duty-series": staff(422, "scheduler", "admin", sends="nonsense"),
    "DELETE /api/v1/office/duty-series/{series}": staff(404, "scheduler", "admin"),
    "GET /api/v1/office/roster-imports": staff(200, "scheduler", "admin"),
    "POST /api/v1/office/roster-imports": staff(422, "scheduler", "admin", sends="nonsense"),
    "GET /api/v1/office/roster-imports/{import}": staff(404, "scheduler", "admin"),
    "POST /api/v1/holds": Row(201, sends="hold"),
    "DELETE /api/v1/holds/{hold}": Row(204, fresh=True),
    "POST /api/v1/appointments": Row(201, sends="appointment", fresh=True),
    f"GET {API}": Row(200),
    f"POST {API}/move": Row(200, sends="move", fresh=True),
    f"POST {API}/activate": Row(200),
    f"DELETE {API}": Row(204, fresh=True),
    f"POST {API}/documents": Row(201, sends="file", fresh=True),
    f"GET {API}/documents": Row(200),
    f"GET {API}/documents/{{document}}": Row(200),
    f"DELETE {API}/documents/{{document}}": Row(204, fresh=True),
    f"OPTIONS {API}/documents": Row(204),
    f"PATCH {API}/documents/{{document}}": Row(409, sends="part"),
    f"POST {API}/documents/{{document}}": Row(409, sends="part"),
    f"GET {API}/calendar.ics": Row(200),
    f"POST {API}/entry": Row(200),
    f"GET {API}/recording": Row(200),
    f"POST {API}/recording": Row(409, sends="consent"),
    "GET /api/v1/invitations/{invited}/recording": Row(404),
    "POST /api/v1/invitations/{invited}/recording": Row(404, sends="consent"),
    f"GET {DESK}/{{appointment}}/recording": staff(200, "clerk"),
    f"POST {DESK}/{{appointment}}/recording": staff(409, "clerk", sends="consent"),
    **{f"POST {DESK}/{{appointment}}/recording/{verb}": staff(409, "clerk") for verb in ("request", "end")},
    f"POST {API}/feedback": Row(201, sends="score"),
    "GET /a/{token}/feedback": Row(200),
    "POST /a/{token}/feedback": Row(422),
    "GET /office/feedback": staff(200, "scheduler", "dpo"),
    "GET /api/v1/office/feedback": staff(200, "scheduler", "dpo"),
    f"GET {API}/forms": Row(200),
    f"GET {API}/forms/{{form}}": Row(404),
    f"DELETE {API}/forms/{{form}}": Row(404),
    f"GET {API}/forms/{{form}}/pdf": Row(404),
    f"GET {API}/forms/{{form}}/pages/{{page}}": Row(404),
    f"POST {API}/forms/{{form}}/code": Row(404, sends="version"),
    f"POST {API}/forms/{{form}}/signature": Row(404, sends="signature"),
    f"GET {DESK}/{{appointment}}/forms": staff(200, "clerk"),
    f"POST {DESK}/{{appointment}}/forms": staff(409, "clerk", sends="form"),
    f"GET {DESK}/{{appointment}}/forms/{{form}}": staff(404, "clerk"),
    f"GET {DESK}/{{appointment}}/forms/{{form}}/pages/{{page}}": staff(404, "clerk"),
    f"PUT {DESK}/{{appointment}}/forms/{{form}}": staff(404, "clerk", sends="form fields"),
    f"DELETE {DESK}/{{appointment}}/forms/{{form}}": staff(404, "clerk"),
    "GET /a/{token}/forms/{form}": Row(404),
    "POST /a/{token}/forms/{form}/code": Row(404),
    "POST /a/{token}/forms/{form}/sign": Row(404),
    "POST /a/{token}/forms/{form}/refuse": Row(404),
    "GET /office/appointments/{appointment}/forms": staff(200, "clerk"),
    "POST /office/appointments/{appointment}/forms": staff(422, "clerk"),
    "GET /office/appointments/{appointment}/forms/{form}": staff(404, "clerk"),
    "POST /office/appointments/{appointment}/forms/{form}": staff(404, "clerk"),
    "POST /office/appointments/{appointment}/forms/{form}/withdraw": staff(404, "clerk"),
    "POST /api/v1/seal-checks": Row(422, sends="nothing sealed"),
    "GET /pruefen": Row(200),
    "POST /pruefen": Row(422, sends="nothing sealed"),
    f"POST {API}/call-back": Row(201, sends="phone"),
    f"DELETE {API}/call-back": Row(204),
    f"GET {DESK}/{{appointment}}/call-back": staff(404, "clerk"),
    "GET /a/{token}/ways": Row(200),
    "POST /a/{token}/ways/call-back": Row(422),
    "POST /a/{token}/ways/withdraw": Row(303),
    "POST /office/appointments/{appointment}/called": staff(404, "clerk"),
    f"GET {API}/check": Row(200),
    f"POST {API}/check": Row(201, sends="check"),
    f"GET {API}/documents/{{document}}/pages/{{page}}": Row(200),
    f"GET {DESK}/{{id}}/documents/{{document}}/pages/{{page}}": staff(200, "clerk"),
    "GET /office/appointments/{appointment}/documents/{document}": staff(200, "clerk"),
    f"GET {DESK}/{{id}}/documents": staff(200, "clerk"),
    f"GET {DESK}/{{id}}/documents/{{document}}": staff(200, "clerk"),
    f"POST {DESK}/{{id}}/documents": staff(201, "clerk", sends="file"),
    f"DELETE {DESK}/{{id}}/documents/{{document}}": staff(404, "clerk"),
    f"POST {DESK}/{{id}}/documents/{{document}}/decision": staff(200, "clerk", sends="decision"),
    "POST /office/appointments/{appointment}/documents": staff(303, "clerk", sends="page file"),
    "POST /office/appointments/{appointment}/documents/{document}/decision": staff(
        303, "clerk", sends="page decision"
    ),
    "POST /office/appointments/{appointment}/documents/{document}/withdraw": staff(404, "clerk"),
    "GET /a/{token}/documents/{document}": Row(200),
    f"POST {DESK}/{{appointment}}/entry": staff(200, "clerk"),
    f"POST {DESK}/{{appointment}}/incident": staff(201, "clerk", sends="incident", fresh=True),
    f"POST {DESK}/{{appointment}}/end": staff(204, "clerk", fresh=True),
    f"GET {DESK}/{{appointment}}/identity": staff(404, "clerk"),
    f"POST {DESK}/{{appointment}}/identity": staff(201, "clerk", sends="identity"),
    "POST /office/appointments/{appointment}/identity": staff(303, "clerk", sends="page identity"),
    f"GET {DESK}/{{appointment}}/colleagues": staff(200, "clerk"),
    f"POST {DESK}/{{appointment}}/transfer": staff(422, "clerk", sends="transfer"),
    f"DELETE {DESK}/{{appointment}}/transfer": staff(404, "clerk"),
    f"GET {DESK}/{{appointment}}/invitations": staff(200, "clerk"),
    f"POST {DESK}/{{appointment}}/invitations": staff(201, "clerk", sends="invitation"),
    f"DELETE {DESK}/{{appointment}}/invitations/{{invitation}}": staff(404, "clerk"),
    "POST /api/v1/invitations/{invited}/entry": Row(404),
    "GET /i/{invited}": Row(404),
    "POST /i/{invited}": Row(404),
    "GET /i/{invited}/room": Row(404),
    "GET /api/v1/office/incidents": staff(200, "clerk", "admin", "dpo"),
    "DELETE /api/v1/office/incidents/{incident}/exclusion": staff(404, "clerk", "admin"),
    "GET /office/incidents": staff(200, "clerk", "admin", "dpo"),
    "POST /office/incidents/{incident}/lift": staff(404, "clerk", "admin"),
    f"GET {DESK}/{{appointment}}/onsite-times": staff(200, "clerk"),
    f"POST {DESK}/{{appointment}}/onsite": staff(201, "clerk", sends="onsite"),
    "GET /api/v1/knock": Row(422),
    "POST /api/v1/knock": Row(422, sends="empty"),
    "GET /api/v1/knock/{knock}": Row(404),
    "DELETE /api/v1/knock/{knock}": Row(404),
    "GET /api/v1/office/knocks": staff(200, "clerk"),
    "POST /api/v1/office/knocks/{knock}/take": staff(404, "clerk"),
    "GET /knock": Row(200),
    "POST /knock": Row(422),
    "GET /k/{knock}": Row(404),
    "POST /k/{knock}/leave": Row(404),
    "POST /office/knocks/{knock}/take": staff(404, "clerk"),
    "POST /api/v1/waiting-list": Row(422, sends="empty"),
    "GET /api/v1/waiting-list/{entry}": Row(404),
    "DELETE /api/v1/waiting-list/{entry}": Row(404),
    "POST /api/v1/waiting-list/{entry}/accept": Row(404),
    "POST /api/v1/waiting-list/{entry}/decline": Row(404),
    "GET /api/v1/office/arrivals": staff(200, "clerk"),
    "GET /api/v1/office/availability": staff(200, "clerk", "gate", "hotline"),
    "POST /api/v1/office/holds": staff(201, "clerk", "gate", "hotline", sends="office hold"),
    "GET /api/v1/office/absences": staff(200, "scheduler", "admin"),
    "POST /api/v1/office/absences": staff(422, "scheduler", "admin", sends="nonsense"),
    "GET /api/v1/office/absences/{absence}": staff(404, "scheduler", "admin"),
    "POST /api/v1/office/absences/{absence}/called/{visit}": staff(404, "scheduler", "admin"),
    "DELETE /api/v1/office/absences/{absence}": staff(404, "scheduler", "admin"),
    "GET /office/absences": staff(200, "scheduler", "admin"),
    "GET /office/absences/preview": staff(422, "scheduler", "admin"),
    "POST /office/absences": staff(422, "scheduler", "admin"),
    "GET /office/absences/{absence}": staff(404, "scheduler", "admin"),
    "POST /office/absences/{absence}/called/{visit}": staff(404, "scheduler", "admin"),
    "POST /office/absences/{absence}/end": staff(404, "scheduler", "admin"),
    "GET /api/v1/office/release": staff(200, "scheduler", "admin"),
    "PUT /api/v1/office/release/{scope}": staff(200, "scheduler", "admin", sends="plan"),
    "POST /api/v1/session": Row(401, sends="wrong password"),
    "GET /api/v1/session": Row(200, EVERY_ROLE),
    "DELETE /api/v1/session": Row(204, EVERY_ROLE, fresh=True),
    "GET /": Row(200),
    "GET /services/{service}": Row(200),
    "GET /barrierefreiheit": Row(200),
    "GET /datenschutz": Row(200),
    "GET /impressum": Row(200),
    "GET /datenschutz/datenfluss.svg": Row(200),
    "GET /api/v1/office/privacy/record": staff(200, "dpo", "scheduler", "admin"),
    "GET /office/privacy": staff(200, "dpo", "scheduler", "admin"),
    "GET /office/privacy/rules/{kind}": staff(200, "dpo", "scheduler", "admin"),
    "POST /office/privacy/rules/{kind}": staff(422, "scheduler", "admin"),
    "POST /office/privacy/rules/{kind}/decision": staff(422, "dpo"),
    "GET /office/privacy/sweeps": staff(200, "dpo", "scheduler", "admin"),
    "GET /office/privacy/recordings": staff(200, "dpo", "scheduler", "admin"),
    "GET /office/privacy/recordings/{service}": staff(200, "dpo", "scheduler", "admin"),
    "POST /office/privacy/recordings/{service}": staff(422, "scheduler", "admin"),
    "POST /office/privacy/recordings/{service}/decision": staff(422, "dpo"),
    "GET /office/privacy/record": staff(200, "dpo", "scheduler", "admin"),
    **{f"GET {API}/data{end}": Row(200, fresh=True) for end in ("", ".pdf", ".zip")},
    "GET /a/{token}/data": Row(200),
    f"POST {API}/erasure": Row(202, sends="sure", fresh=True),
    "GET /a/{token}/data/erasure": Row(200),
    "POST /a/{token}/data/erasure": Row(303, fresh=True),
    "GET /office/privacy/holds": staff(200, "dpo"),
    "POST /office/privacy/holds": staff(422, "dpo"),
    "POST /office/privacy/holds/{legal_hold}/lift": staff(404, "dpo"),
    "GET /language": Row(303),
    "GET /times": Row(200),
    "GET /buchen": Row(200),
    "GET /embed.js": Row(200),
    "POST /holds": Row(303, sends="page hold"),
    "GET /holds/{hold}": Row(200),
    "POST /holds/{hold}/extend": Row(200, fresh=True),
    "POST /holds/{hold}/release": Row(303, fresh=True),
    "POST /holds/{hold}/confirm": Row(303, sends="details", fresh=True),
    "GET /waiting-list": Row(422),
    "POST /waiting-list": Row(422),
    "GET /w/{entry}": Row(404),
    "POST /w/{entry}/accept": Row(404),
    "POST /w/{entry}/decline": Row(404),
    "POST /w/{entry}/leave": Row(404),
    "GET /a/{token}": Row(200),
    "POST /a/{token}/activate": Row(303),
    "GET /a/{token}/move": Row(200),
    "POST /a/{token}/move": Row(303, sends="page slot", fresh=True),
    "GET /a/{token}/cancel": Row(200),
    "POST /a/{token}/cancel": Row(303, fresh=True),
    "GET /a/{token}/not-coming": Row(200),
    "POST /a/{token}/not-coming": Row(303, fresh=True),
    "POST /a/{token}/documents": Row(303, sends="file", fresh=True),
    "POST /a/{token}/documents/{document}/delete": Row(303, fresh=True),
    "GET /a/{token}/check": Row(200),
    "GET /a/{token}/room": Row(200),
    "GET /office/appointments/{appointment}/room": staff(200, "clerk"),
    "GET /office/appointments/{appointment}": staff(200, "clerk"),
    "GET /office/appointments/{appointment}/reason": staff(200, "clerk"),
    "POST /office/appointments/{appointment}/reason": staff(422, "clerk"),
    f"POST {DESK}/{{appointment}}/reason": staff(204, "clerk", sends="reason"),
    "GET /office/access": staff(200, "dpo"),
    "GET /office/day": staff(200, "clerk"),
    "GET /office/services": staff(200, "scheduler", "admin"),
    "GET /office/services/{service}": staff(200, "scheduler", "admin"),
    "POST /office/services/{service}": staff(303, "scheduler", "admin", sends="page switch"),
    "GET /office/release": staff(200, "scheduler", "admin"),
    "GET /office/release/{scope}": staff(200, "scheduler", "admin"),
    "POST /office/release/{scope}": staff(422, "scheduler", "admin"),
    "GET /api/v1/office/catalogue-imports": staff(200, "scheduler", "admin"),
    "POST /api/v1/office/catalogue-imports": staff(422, "scheduler", "admin", sends="nonsense"),
    "GET /api/v1/office/catalogue-imports/{import}": staff(404, "scheduler", "admin"),
    "GET /office/catalogue/imports": staff(200, "scheduler", "admin"),
    "POST /office/catalogue/imports": staff(422, "scheduler", "admin"),
    "GET /office/catalogue/imports/{import}": staff(404, "scheduler", "admin"),
    "GET /office/roster": staff(200, "scheduler", "admin"),
    "GET /office/roster/duty": staff(200, "scheduler", "admin"),
    "POST /office/roster/duty": staff(422, "scheduler", "admin"),
    "POST /office/roster/duties/{duty}/remove": staff(404, "scheduler", "admin"),
    "GET /office/roster/series": staff(200, "scheduler", "admin"),
    "POST /office/roster/series": staff(422, "scheduler", "admin"),
    "POST /office/roster/series/{series}/end": staff(404, "scheduler", "admin"),
    "GET /office/roster/imports": staff(200, "scheduler", "admin"),
    "POST /office/roster/imports": staff(422, "scheduler", "admin"),
    "GET /office/roster/imports/{import}": staff(404, "scheduler", "admin"),
    "GET /office/sign-in": Row(200),
    "POST /office/sign-in": Row(401, sends="page wrong password"),
    "POST /office/sign-out": Row(303, EVERY_ROLE, fresh=True),
    "GET /office": Row(303),
}
GREETINGS = {  # two pages that greet whoever is signed in, each in the own way
    **{("GET /office", visitor): 200 for visitor in ("hotline", "gate")},
    **{("GET /office/sign-in", visitor): 303 for visitor in STAFF},
}


def expected(key: str, visitor: str, thing: str) -> int:
    """The status of one cell; `thing` is "own", "foreign", "missing", or "" where the route has no object."""
    row = TABLE[key]
    if row.roles:
        return _of_staff(key, row, visitor, thing)
    if thing and "{service}" not in key:
        return row.status if (visitor, thing) == ("citizen", "own") else 404
    if thing == "missing":
        return 404
    return GREETINGS.get((key, visitor), row.status)


def _of_staff(key: str, row: Row, visitor: str, thing: str) -> int:
    if visitor not in STAFF:
        return 303 if key.startswith("GET /office") else 401
    if ROLES[visitor] not in row.roles:
        return 403
    if thing == "missing":
        return 404
    if thing and "{service}" not in key:
        return row.status if (visitor, thing) == ("clerk", "own") else 404
    return row.status

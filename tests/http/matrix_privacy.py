"""The rows of the matrix for what citizens and the data-protection officer do about data."""

from tests.http.matrix_row import API, Row, staff

PLACES = ("/api/v1/waiting-list/{entry}", "/api/v1/knock/{knock}")
PRIVACY: dict[str, Row] = {
    "GET /datenschutz": Row(200),
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
    "GET /api/v1/office/privacy/recordings-held": staff(200, "dpo"),
    "POST /api/v1/office/privacy/recordings-held/{recording}/deletion": staff(404, "dpo", sends="why"),
    "GET /office/privacy/recordings-held": staff(200, "dpo"),
    "GET /office/privacy/recordings-held/{recording}": staff(404, "dpo"),
    "POST /office/privacy/recordings-held/{recording}": staff(404, "dpo"),
    "GET /office/privacy/record": staff(200, "dpo", "scheduler", "admin"),
    **{f"GET {API}/data{end}": Row(200, fresh=True) for end in ("", ".pdf", ".zip")},
    **{f"GET {place}/data{end}": Row(404) for place in PLACES for end in ("", ".pdf", ".zip")},
    "GET /a/{token}/data": Row(200),
    "GET /w/{entry}/data": Row(404),
    "GET /k/{knock}/data": Row(404),
    f"POST {API}/erasure": Row(202, sends="sure", fresh=True),
    "GET /a/{token}/data/erasure": Row(200),
    "POST /a/{token}/data/erasure": Row(303, fresh=True),
    "GET /office/privacy/holds": staff(200, "dpo"),
    "POST /office/privacy/holds": staff(422, "dpo"),
    "POST /office/privacy/holds/{legal_hold}/lift": staff(404, "dpo"),
    "GET /office/access": staff(200, "dpo"),
}

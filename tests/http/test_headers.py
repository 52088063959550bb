"""What every answer carries: the policy that browsers hold us to, cookies, methods, compression."""

from typing import Any

import pytest

from server.app import PAGES, STATIC
from tests.office.city import City, MakeCity


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


PAGE_ADDRESSES = ["/", "/services/bauberatung", "/times?service=bauberatung", "/office/sign-in", "/impressum"]
API_ADDRESSES = ["/api/v1/services", "/api/v1/sites", "/api/openapi.json", "/healthz", "/readyz"]
REFUSED = [
    "/nowhere",
    "/a/nobody",
    "/api/v1/appointments/nobody",
    "/api/nowhere",
    "/static/nothing.js",
    "/static/",
]


def policy(answer: Any) -> dict[str, str]:
    parts = answer.headers["Content-Security-Policy"].split("; ")
    return dict(part.split(" ", 1) for part in parts)


def built_file() -> str:
    found = sorted(STATIC.glob("assets/*.js")) or pytest.fail("the client is not built")
    return f"/static/{found[0].relative_to(STATIC)}"


@pytest.mark.criterion("K03")
async def test_every_answer_is_hardened(city: City) -> None:
    for address in [*PAGE_ADDRESSES, *API_ADDRESSES, *REFUSED, built_file()]:
        answer = await city.client.get(address)
        assert answer.status < 500, address
        rules = policy(answer)
        assert rules["default-src"] == "'none'", address
        assert rules["script-src"] == rules["style-src"] == "'self'", address
        assert rules["frame-ancestors"] == rules["base-uri"] == "'none'", address
        assert rules["form-action"] == "'self'", address
        assert rules["require-trusted-types-for"] == "'script'", address
        assert "unsafe" not in answer.headers["Content-Security-Policy"], address
        assert answer.headers["X-Content-Type-Options"] == "nosniff", address
        assert answer.headers["Referrer-Policy"] == "same-origin", address
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", address
        assert "geolocation=()" in answer.headers["Permissions-Policy"], address
        assert "aiohttp" not in answer.headers["Server"], address


async def test_nothing_from_elsewhere_may_be_loaded_or_asked(city: City) -> None:
    """Every source is this very origin; the one exception is our own WebSocket."""
    rules = policy(await city.client.get("/"))
    sources = {word for value in rules.values() for word in value.split()}
    origin = city.settings.origin.replace("http", "ws", 1)
    plain = {"'none'", "'self'", "data:", "blob:", "mediastream:", "'script'", "lit-html", origin}
    assert sources <= plain


async def test_no_page_asks_for_anything_from_elsewhere(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    for address in [*PAGE_ADDRESSES, f"/a/{booked['token']}", "/nowhere"]:
        text = await (await city.client.get(address)).text()
        for attribute in ("src=", "action=", "<link href=", "srcset="):
            assert f'{attribute}"http' not in text.replace(city.settings.origin, ""), address
        assert "<style" not in text, address
        assert 'name="referrer"' not in text, address  # said once, in the header
        assert " style=" not in text, address
        assert " onclick=" not in text, address


async def test_over_https_browsers_are_told_to_stay_there(make_city: MakeCity) -> None:
    city = await make_city(public_url="https://termine.example.org")
    for address in ("/", "/api/v1/sites", "/nowhere"):
        answer = await city.client.get(address)
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
        assert "wss://termine.example.org" in policy(answer)["connect-src"]


async def test_without_https_nobody_is_locked_out(city: City) -> None:
    assert "Strict-Transport-Security" not in (await city.client.get("/")).headers


@pytest.mark.parametrize("page", [False, True])
async def test_the_session_cookie_is_strict(make_city: MakeCity, page: bool) -> None:
    for url, name in (
        ("https://termine.example.org", "__Host-sprechzeit_session"),
        ("http://localhost:1", "sprechzeit_session"),
    ):
        city = await make_city(public_url=url)
        who = {"name": "clerk1", "password": "sprechzeit-demo"}
        if page:
            answer = await city.client.post("/office/sign-in", data=who, allow_redirects=False)
        else:
            answer = await city.client.post("/api/v1/session", json=who)
        (cookie,) = answer.cookies.values()
        assert cookie.key == name
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Strict", "/")
        assert bool(cookie["secure"]) is url.startswith("https")
        assert not cookie["domain"]
        assert len(cookie.value) >= 43


async def test_citizens_get_no_cookie(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    for address in [*PAGE_ADDRESSES, f"/a/{booked['token']}", "/api/v1/services", "/nowhere"]:
        assert not (await city.client.get(address)).cookies


async def test_signing_out_takes_the_cookie_away(city: City) -> None:
    clerk = await city.sign_in("clerk1")
    answer = await clerk.delete("/api/v1/session")
    (cookie,) = answer.cookies.values()
    assert cookie.value == ""
    assert cookie["max-age"] == "0"
    assert (await clerk.get("/api/v1/session")).status == 401


async def test_a_session_that_ended_can_not_be_used_again(city: City) -> None:
    clerk = await city.sign_in("clerk1")
    (kept,) = (c.value for c in clerk.session.cookie_jar)
    await clerk.delete("/api/v1/session")
    thief = await city.another_client()
    answer = await thief.get("/api/v1/session", headers={"Cookie": f"sprechzeit_session={kept}"})
    assert answer.status == 401


async def test_personal_answers_are_never_stored(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    clerk = await city.sign_in("clerk1")
    own, api = f"/a/{booked['token']}", f"/api/v1/appointments/{booked['token']}"
    for address in (own, f"{own}/move", f"{own}/check", api, f"{api}/calendar.ics", f"{api}/documents"):
        answer = await city.client.get(address)
        assert answer.status == 200, address
        assert answer.headers["Cache-Control"] == "no-store", address
    for address in ("/office/day", "/api/v1/session", "/api/v1/office/arrivals"):
        assert (await clerk.get(address)).headers["Cache-Control"] == "no-store", address


async def test_refusals_are_never_stored(city: City) -> None:
    """A link that works a minute later must not be remembered as missing."""
    for address in ("/a/nobody", "/api/v1/appointments/nobody", "/nowhere"):
        assert (await city.client.get(address)).headers["Cache-Control"] == "no-store", address


async def test_head_is_get_without_a_body(city: City) -> None:
    for address in [*PAGE_ADDRESSES, *API_ADDRESSES, "/nowhere", built_file()]:
        full = await city.client.get(address)
        head = await city.client.head(address)
        assert (head.status, head.content_type) == (full.status, full.content_type), address
        assert await head.read() == b""


async def test_only_pages_without_a_session_are_compressed(city: City) -> None:
    """Beside a session's token compression would tell it letter by letter (BREACH, CVE-2013-3587)."""
    clerk = await city.sign_in("clerk1")
    squeezed = {"Accept-Encoding": "gzip"}
    for address in ("/", "/services/bauberatung"):
        answer = await city.client.get(address, headers=squeezed)
        assert answer.headers["Content-Encoding"] == "gzip", address
    for address in ("/office/day", "/office/sign-in"):
        assert "Content-Encoding" not in (await clerk.get(address, headers=squeezed)).headers, address
    for address in ("/api/v1/session", "/api/v1/office/arrivals"):
        assert "Content-Encoding" not in (await clerk.get(address, headers=squeezed)).headers, address


WRONG_METHODS = [
    ("DELETE", "/", "GET,HEAD"),
    ("PUT", "/api/v1/services", "GET,HEAD"),
    ("GET", "/api/v1/holds", "POST"),
    ("PATCH", "/api/v1/appointments/x", "DELETE,GET,HEAD"),
    ("POST", "/healthz", "GET,HEAD"),
]


@pytest.mark.parametrize(("method", "address", "allowed"), WRONG_METHODS)
async def test_a_wrong_method_is_told_the_right_ones(
    city: City, method: str, address: str, allowed: str
) -> None:
    answer = await city.client.request(method, address)
    assert answer.status == 405
    assert answer.headers["Allow"] == allowed


async def test_a_foreign_site_gets_nothing_done(city: City) -> None:
    """Every change is refused when the browser says that another site asked for it (CSRF)."""
    booked = await city.book("bauberatung", "video")
    for headers in (
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    ):
        answer = await city.client.delete(f"/api/v1/appointments/{booked['token']}", headers=headers)
        assert answer.status == 403, headers
        page = await city.client.post(f"/a/{booked['token']}/cancel", headers=headers)
        assert page.status == 403, headers
    still = await (await city.client.get(f"/api/v1/appointments/{booked['token']}")).json()
    assert still["state"] == "confirmed"


async def test_our_own_pages_may(city: City) -> None:
    booked = await city.book("bauberatung", "video")
    own = {"Origin": city.settings.origin, "Sec-Fetch-Site": "same-origin"}
    answer = await city.client.delete(f"/api/v1/appointments/{booked['token']}", headers=own)
    assert answer.status == 204


async def test_staff_changes_need_the_token_of_the_session(city: City) -> None:
    scheduler = await city.sign_in("scheduler")
    for wrong in ("", "x", "Ü\udcff"):
        scheduler.session.headers["X-CSRF-Token"] = wrong
        answer = await scheduler.patch("/api/v1/office/services/bauberatung", json={"online_capable": False})
        assert answer.status == 403
        page = await scheduler.post("/office/services/bauberatung", data={"csrf": "x", "to": "off"})
        assert page.status == 403
    services = await (await scheduler.get("/api/v1/office/services")).json()
    assert {one["online_capable"] for one in services if one["id"] == "bauberatung"} == {True}


def test_no_page_changes_anything_by_get() -> None:
    """Links are opened by mail scanners too: what changes something is a POST."""
    names = {page.handler.__name__ for page in PAGES if page.method == "GET"}
    assert not {name for name in names if name.endswith("_submit")}
    assert {page.method for page in PAGES} == {"GET", "POST"}


async def test_what_was_built_is_kept_by_browsers_and_what_is_missing_is_not(city: City) -> None:
    """An upgrade is under way: the process that is asked may not have the file yet."""
    built = await city.client.get(built_file())
    assert built.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    missing = await city.client.get("/static/assets/room-00000000.js")
    assert missing.status == 404
    assert "immutable" not in missing.headers.get("Cache-Control", "")

"""The booking link for one service or site, and which pages may stand in a frame of which other site."""

import re

import pytest

from server.web.embedded import carried, in_frame
from tests.office.city import City, MakeCity

CITY = "https://www.kempten.example"
IN_FRAME = {"Sec-Fetch-Dest": "iframe"}


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


@pytest.fixture
async def framed(make_city: MakeCity) -> City:
    return await make_city(embed_origins=f"{CITY}, https://kempten.example")


def framers(headers: object) -> str:
    found = re.search(r"frame-ancestors ([^;]+)", str(headers["Content-Security-Policy"]))  # type: ignore[index]
    assert found
    return found[1]


@pytest.mark.criterion("A22")
async def test_the_link_leads_to_the_times_of_one_service_at_one_site(city: City) -> None:
    query = {"service": "personalausweis", "site": "rathausplatz", "lang": "en"}
    answer = await city.client.get("/buchen", params=query, allow_redirects=False)
    assert answer.status == 303
    assert answer.headers["Location"] == "/times?service=personalausweis&lang=en&site=rathausplatz"
    page = await city.client.get("/buchen", params=query)
    assert (page.status, page.headers["Content-Language"]) == (200, "en")


@pytest.mark.criterion("A22")
async def test_a_link_for_a_site_lists_what_is_done_there(city: City) -> None:
    page = await (await city.client.get("/buchen?site=kronenstrasse")).text()
    assert "service=bauberatung" in page
    assert "service=personalausweis" not in page


@pytest.mark.criterion("A22")
@pytest.mark.parametrize("query", ["service=gibtsnicht", "site=gibtsnicht", "service=%F0%9F%99%82"])
async def test_an_unknown_service_is_met_with_a_choice_and_the_telephone(city: City, query: str) -> None:
    answer = await city.client.get(f"/buchen?{query}")
    text = await answer.text()
    assert answer.status == 404
    assert "service=bauberatung" in text
    assert "tel:" in text


@pytest.mark.criterion("A22")
async def test_without_the_setting_nothing_may_be_framed(city: City) -> None:
    for path in ("/", "/buchen", "/times?service=bauberatung", "/office/sign-in"):
        answer = await city.client.get(path, headers=IN_FRAME)
        assert framers(answer.headers) == "'none'", path
        assert answer.headers["X-Frame-Options"] == "DENY", path
        assert "<footer" in await answer.text() or path.startswith("/office")


@pytest.mark.criterion("A22")
async def test_only_booking_may_be_framed_and_only_by_the_named_origins(framed: City) -> None:
    booked = await framed.book("bauberatung", "video")
    own = f"/a/{booked['token']}"
    for path in ("/buchen", "/times?service=bauberatung", own, "/holds/unknown"):
        answer = await framed.client.get(path)
        assert framers(answer.headers) == f"{CITY} https://kempten.example", path
        assert "X-Frame-Options" not in answer.headers, path
    for path in ("/", "/office/sign-in", f"{own}/room", f"{own}/check", f"{own}/cancel", f"{own}/move"):
        answer = await framed.client.get(path)
        assert framers(answer.headers) == "'none'", path
        assert answer.headers["X-Frame-Options"] == "DENY", path


@pytest.mark.criterion("A22")
async def test_a_framed_page_is_slim_and_goes_on_without_cookies(framed: City) -> None:
    page = await framed.client.get("/times?service=bauberatung&lang=en", headers=IN_FRAME)
    text = await page.text()
    assert "<header" not in text
    assert "<footer" not in text
    assert not page.cookies
    assert 'action="/holds?lang=en"' in text
    assert '<input type="hidden" name="lang" value="en">' in text
    assert re.search(r'href="/services/bauberatung"[^>]*target="_blank"', text)
    slot = re.findall(r'name="slot" value="([^"]+)"', text)[0]
    form = {"service": "bauberatung", "count": "1", "slot": slot}
    held = await framed.client.post("/holds?lang=en", data=form, headers=IN_FRAME, allow_redirects=False)
    assert held.headers["Location"].endswith("?lang=en")
    hold = held.headers["Location"].partition("?")[0]
    who = {"name": "Erika", "language": "en"}
    done = await framed.client.post(
        f"{hold}/confirm?lang=en", data=who, headers=IN_FRAME, allow_redirects=False
    )
    assert done.headers["Location"].endswith("?booked=1&lang=en")
    own = await (await framed.client.get(done.headers["Location"], headers=IN_FRAME)).text()
    assert re.search(r'href="/a/[^"/]+/cancel"[^>]*target="_blank"', own)
    assert re.search(r'action="/a/[^"/]+/documents"[^>]*target="_blank"', own)


@pytest.mark.criterion("A22")
async def test_the_script_may_be_used_from_anywhere_and_is_small(city: City) -> None:
    answer = await city.client.get("/embed.js")
    body = await answer.read()
    assert answer.status == 200
    assert answer.content_type == "text/javascript"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert len(body) < 5000
    for word in (b"cookie", b".style", b"innerHTML", b"eval", b"localStorage"):
        assert word not in body


def test_addresses_carry_the_language_once() -> None:
    assert carried("/times", "en") == "/times?lang=en"
    assert carried("/times?a=1#tag", "de_LS") == "/times?a=1&lang=de_LS#tag"
    assert carried("/times?lang=de", "en") == "/times?lang=de"


def test_foreign_and_local_links_stay_as_they_are() -> None:
    html = '<a href="#tag">1</a><a href="tel:115">2</a><a href="//evil.example">3</a>'
    assert in_frame(html, "en") == html


@pytest.mark.parametrize("origins", ["*", "https://x.de/path", "x.de", "https://x.de;script-src *", "'self'"])
async def test_nonsense_is_no_origin(make_city: MakeCity, origins: str) -> None:
    with pytest.raises(ValueError, match="embed_origins"):
        await make_city(embed_origins=origins)

"""Every page in every state: axe finds nothing, it fits a narrow window, it names its language and has one heading."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from server.app import PAGES
from tests.browser import (
    states,
    states_absence,
    states_citizen,
    states_clerk,
    states_office,
    states_papers,
    states_privacy,
    states_roster,
    states_signing,
    states_waiting,
)
from tests.browser.sound import NARROWEST, PHONE, faults
from tests.browser.states import Opening, Visit, at, below, in_turn, inside
from tests.browser.visitor import new_visitor, speak
from tests.http.signing import sealing_city
from tests.office.city import City, MakeCity

pytestmark = pytest.mark.browser

# Route ► what a citizen may meet there. Each is looked at in every language.
CITIZEN: Mapping[str, Mapping[str, Opening]] = {
    "/": {"home": at("/"), "found": at("/?q=Perso"), "nothing found": at("/?q=xyzzy")},
    "/services/{service}": {
        "both ways": at("/services/bauberatung"),
        "on site alone": at("/services/personalausweis"),
    },
    "/language": {"back where one was": at("/language?to=xx&back=/impressum")},
    "/barrierefreiheit": {"page": at("/barrierefreiheit")},
    "/datenschutz": {"page": at("/datenschutz")},
    "/datenschutz/datenfluss.svg": {},  # a picture, no page
    "/impressum": {"page": at("/impressum")},
    "/w/{entry}/data": {"waiting": in_turn(states_waiting.joined, below("/data"))},
    "/k/{knock}/data": {"waiting": in_turn(states_citizen.knocked, below("/data"))},
    "/a/{token}/data": {"opened": states_privacy.own_data},
    "/a/{token}/data/erasure": {"asked": states_privacy.erasure_asked, "done": states_privacy.erased},
    "/office/privacy/holds": {"placed": states_privacy.on_hold, "unknown": states_privacy.unknown_number},
    **states_signing.CITIZEN,
    "/embed.js": {},  # a script, no page
    "/buchen": {
        "a site": at("/buchen?site=rathausplatz"),
        "unknown": at("/buchen?service=gibtsnicht"),
    },
    "/times": {
        "another language": at("/times?service=meldebescheinigung&count=1&spoken=uk"),
        "all": at("/times?service=meldebescheinigung&count=2"),
        "video": at("/times?service=bauberatung&count=1&mode=video"),
        "on site": at("/times?service=personalausweis&count=1&mode=onsite"),
        "no video left": states.no_video_left,
        "one day": at("/times?service=personalausweis&count=1&day=2027-03-02"),
        "nothing free": at("/times?service=personalausweis&count=1&from=2027-09-01"),
        "just taken": states.just_taken,
    },
    "/holds/{hold}": {
        "empty": states.holding,
        "with mistakes": states.mistaken,
        "more time": states.given_more_time,
        "extended twice": states.extended_twice,
        "too late": states.too_late,
        "a mail address is needed": states_waiting.without_a_mail,
    },
    "/waiting-list": {"form": at(states_waiting.LIST), "with mistakes": states_waiting.wrong},
    "/w/{entry}": {
        "joined": states_waiting.joined,
        "offered": states_waiting.offered,
        "declined": states_waiting.declined,
        "left": states_waiting.left,
        "over": states_waiting.run_out,
        "unknown": at("/w/gibt-es-nicht"),
    },
    "/a/{token}/documents/{document}": {"unknown": at("/a/gibt-es-nicht/documents/0")},
    "/a/{token}": {
        "just booked": states.booked_on_site,
        "gone back to the form": states.booked_and_gone_back,
        "video": states.booked_by_video,
        "displaced": states_absence.displaced,
        "to be confirmed by mail": states_waiting.pending,
        "confirm": states_waiting.to_be_confirmed,
        "not confirmed in time": states_waiting.lapsed,
        "with a document": states.with_document,
        "with a recording": states_citizen.recorded,
        "with a refused document": states.with_refused_document,
        "wanted once more": states_papers.wanted_again,
        "moved": states.moved,
        "cancelled": states.cancelled,
        "unknown": at("/a/gibt-es-nicht"),
    },
    "/a/{token}/move": {"times": in_turn(states.booked_on_site, below("/move"))},
    "/a/{token}/not-coming": {"one button": in_turn(states.booked_on_site, below("/not-coming"))},
    "/a/{token}/cancel": {"question": in_turn(states.booked_on_site, below("/cancel"))},
    "/a/{token}/check": {
        "before": in_turn(states.booked_by_video, below("/check")),
        "done": states_citizen.checked,
        "on site": in_turn(states.booked_on_site, below("/check")),
    },
    "/knock": {
        "closed": states_citizen.knock_closed,
        "open": states_citizen.knock_open,
        "with mistakes": states_citizen.knock_wrong,
    },
    "/k/{knock}": {
        "waiting": states_citizen.knocked,
        "left": states_citizen.knock_left,
        "unknown": at("/k/gibt-es-nicht"),
    },
    "/a/{token}/feedback": {
        "question": states_citizen.feedback,
        "no answer": states_citizen.feedback_wrong,
        "thanks": states_citizen.feedback_given,
        "too early": in_turn(states.booked_by_video, below("/feedback")),
    },
    "/a/{token}/ways": {
        "open": states_citizen.other_ways,
        "wrong number": states_citizen.wrong_number,
        "to be called": states_citizen.to_be_called,
    },
    "/a/{token}/room": {
        "much too early": states_office.much_too_early,
        "before it opens": states_office.before_it_opens,
        "waiting": states_office.waiting,
        "camera refused": states_office.refused_camera,
        "a browser without video calls": states_office.unable_to_meet,
        "in the call": states_office.citizen_in_the_call,
        "asked whether to record": states_office.asked_whether_to_record,
        "left": states_office.left,
    },
    "/i/{invited}": {
        "asked for the name": states_clerk.invited(named=False),
        "taken back": states_clerk.invited(taken_back=True),
        "recorded, long ago": states_clerk.invited_and_recorded,
    },
    "/i/{invited}/room": {"waiting": states_clerk.invited_waits},
}
STAFF: Mapping[str, Mapping[str, Opening]] = {
    "/office/sign-in": {"empty": at("/office/sign-in"), "wrong": states_office.wrong_password},
    "/office": {"no page yet": inside("/office", "dpo")},
    "/office/release": {"plans": inside("/office/release", "scheduler")},
    "/office/release/{scope}": {
        "none yet": inside("/office/release/home", "scheduler"),
        "preview": states_waiting.release_preview,
        "refused": states_waiting.release_refused,
    },
    "/office/feedback": {"empty": inside("/office/feedback", "dpo")},
    **states_privacy.PAGES,
    "/office/day": {
        "empty": inside("/office/day?date=2027-03-06", "clerk1"),
        "with a guest": states_office.day_with_guest,
        "somebody knocks": states_citizen.somebody_knocks,
        "not allowed": inside("/office/day", "scheduler"),
    },
    "/office/appointments/{appointment}": {
        "with a document": states_office.case_with_document,
        "decided": states_papers.case_decided,
        "a file that can't be sent": states_papers.not_sent,
        "unknown": inside("/office/appointments/0", "clerk1"),
    },
    "/office/appointments/{appointment}/documents/{document}": {
        "as its pages": states_office.document_as_pages,
        "decided meanwhile": states_papers.decided_meanwhile,
    },
    "/office/appointments/{appointment}/room": {
        "alone": states_office.host_alone,
        "with a guest": states_office.host_with_guest,
        "in the call": states_office.in_the_call,
        "ending": states_office.asked_whether_to_end,
        "inviting": states_clerk.inviting,
        "booking on site": states_clerk.booking_on_site,
        "filling in a form": states_signing.filling_in,
        "reporting an incident": states_clerk.reporting,
    },
    "/office/appointments/{appointment}/reason": {"asked": states_clerk.asked_why},
    "/office/access": {"list": states_clerk.accesses, "none": inside("/office/access?number=0", "dpo")},
    **states_signing.STAFF,
    "/office/incidents": {"list": states_clerk.incidents},
    "/office/absences": {"empty": inside("/office/absences", "scheduler"), "list": states_absence.listed},
    "/office/absences/preview": {
        "nobody chosen": states_absence.nobody_chosen,
        "who is concerned": states_absence.previewed,
    },
    "/office/absences/{absence}": {
        "report": states_absence.reported,
        "unknown": inside("/office/absences/0", "scheduler"),
    },
    "/office/services": {
        "list": inside("/office/services", "scheduler"),
        "saved": states_office.switched_off,
    },
    "/office/catalogue/imports": {"empty": inside("/office/catalogue/imports", "scheduler")},
    "/office/catalogue/imports/{import}": {
        "preview": states_roster.catalogue_previewed,
        "wrong": states_roster.catalogue_wrong,
        "given back": states_roster.catalogue_given_back,
    },
    "/office/roster": {
        "week": inside("/office/roster", "scheduler"),
        "one site": inside("/office/roster?week=2027-03-08&site=kronenstrasse", "scheduler"),
        "with conflicts": states_roster.with_conflicts,
        "planned": states_roster.planned,
    },
    "/office/roster/duty": {
        "empty": inside("/office/roster/duty", "scheduler"),
        "refused": states_roster.duty_refused,
    },
    "/office/roster/series": {
        "empty": inside("/office/roster/series", "scheduler"),
        "planned": states_roster.series_planned,
        "refused": states_roster.series_refused,
    },
    "/office/roster/imports": {
        "empty": inside("/office/roster/imports", "scheduler"),
        "refused": states_roster.file_refused,
    },
    "/office/roster/imports/{import}": {
        "preview": states_roster.previewed,
        "taken over": states_roster.taken_over,
        "taken back": states_roster.taken_back,
    },
    "/office/services/{service}": {
        "off": inside("/office/services/bauberatung?to=off", "scheduler"),
        "on": states_office.switched_on_again,
    },
}


@pytest.fixture
async def city(make_city: MakeCity, tmp_path: Path) -> City:
    return await sealing_city(make_city, tmp_path, recorder=True)


@pytest.fixture
def database_kind() -> str:
    return "sqlite"


async def opened(browser: Browser, city: City, opening: Opening) -> Page:
    """The page in that state, in a fresh browser."""

    async def another() -> Page:
        return await new_visitor(browser, city.settings.public_url)

    visit = Visit(await another(), city, another)
    await opening(visit)
    return visit.page


def cases(pages: Mapping[str, Mapping[str, Opening]]) -> list[object]:
    return [
        pytest.param(opening, id=f"{route} {state}")
        for route in pages
        for state, opening in pages[route].items()
    ]


def test_every_page_is_looked_at() -> None:
    routes = {page.path for page in PAGES if page.method == "GET"}
    assert routes == {*CITIZEN, *STAFF}


@pytest.mark.parametrize("opening", cases(CITIZEN))
async def test_citizens_pages_are_sound(browser: Browser, city: City, opening: Opening) -> None:
    page = await opened(browser, city, opening)
    assert await faults(page) == []
    for language in ("de_LS", "en"):
        await speak(page, language)
        await page.reload()
        assert await faults(page, language, widths=(PHONE, NARROWEST)) == []


@pytest.mark.parametrize("opening", cases(STAFF))
async def test_staffs_pages_are_sound(browser: Browser, city: City, opening: Opening) -> None:
    assert await faults(await opened(browser, city, opening)) == []


async def test_the_check_is_not_blind(browser: Browser, city: City) -> None:
    """A page with faults of each kind is found out."""
    page = await new_visitor(browser, city.settings.public_url)
    await page.goto("/impressum")
    await page.evaluate(
        """() => {
          document.documentElement.lang = "xx-yy";
          document.querySelector("h1").remove();
          document.querySelector("main").insertAdjacentElement("beforeend", document.createElement("input"));
          document.querySelector("footer p").textContent = "lang".repeat(200);
          document.querySelector("footer p").style.whiteSpace = "nowrap";
        }"""
    )
    await expect(page.locator("h1")).to_have_count(0)
    found = "\n".join(await faults(page))
    for word in ("lang is", "h1: []", "wider than the window", "label"):
        assert word in found

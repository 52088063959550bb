"""A video room and those who are in it, each in a browser of their own; guests beyond the citizen come with tickets that the
server would mint for an invitation."""

import json
import time
from dataclasses import dataclass, replace

from playwright.async_api import Browser, Page, Route, expect

from signaling.contract import Part, Role, Ticket, mint, verify
from tests.browser.people import Citizen, Clerk, new_person, statistics
from tests.browser.seat import until
from tests.office.served import ServedCity

NAME = "Erika Musterfrau"


# Four people on one machine make twelve pictures at once; of those who join, small ones show as well that they are there.
SMALL_CAMERA = """
  const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  const small = { width: 320, height: 180, frameRate: 10 };
  navigator.mediaDevices.getUserMedia = (wish) =>
    open(wish.video ? { ...wish, video: { ...(wish.video === true ? {} : wish.video), ...small } } : wish);
"""


@dataclass
class Room:
    """A booked video appointment of which the clerk's page and the citizen's may be opened."""

    browser: Browser
    city: ServedCity
    citizen: Citizen
    clerk: Clerk
    known: tuple[Ticket, str] | None = None

    async def admit(self) -> None:
        await expect(self.clerk.page.get_by_test_id("admit").first).to_be_visible()
        await self.clerk.admit()

    async def meet(self) -> None:
        """The citizen waits and is let in; both see each other."""
        await self.citizen.enter()
        await self.clerk.open_room(NAME)
        await self.admit()
        for page in (self.citizen.page, self.clerk.page):
            await sees(page, 1)

    async def newcomer(self, name: str, role: Role, part: Part, subject: str) -> Page:
        """Somebody with a ticket of their own on a page of this room."""
        page = await new_person(self.browser)
        known, url = self.known = self.known or await self._ticket_of_citizen()
        rights = ("admit", "end") if role == "host" else ()

        async def entry(route: Route) -> None:
            jti = f"{subject}-{time.time_ns()}"
            ticket = replace(known, role=role, part=part, subject=subject, name=name, rights=rights, jti=jti)
            body = {"ticket": mint(ticket, self._secret, time.time()), "signaling_url": url}
            await route.fulfill(status=200, content_type="application/json", body=json.dumps(body))

        await page.route("**/entry", entry)
        await page.add_init_script(SMALL_CAMERA)
        await page.goto(f"{self.citizen.manage}/room", wait_until="commit")
        return page

    async def _ticket_of_citizen(self) -> tuple[Ticket, str]:
        """For the room's name and hours."""
        path = self.citizen.manage.replace("/a/", "/api/v1/appointments/")
        headers = {"Origin": self.citizen.home}
        answer = await self.citizen.page.request.post(f"{path}/entry", data={}, headers=headers)
        entry = await answer.json()
        return verify(entry["ticket"], self._secret, time.time()), entry["signaling_url"]

    @property
    def _secret(self) -> str:
        return self.city.environments[0]["SPRECHZEIT_TICKET_SECRET"]


async def booked(browser: Browser, city: ServedCity, *, phone: bool = True) -> Room:
    """Booked by the citizen, the clerk signed in; nobody is in the room yet."""
    citizen = Citizen(await new_person(browser, phone=phone), city.url)
    clerk = Clerk(await new_person(browser), city.url)
    await citizen.book_video("Bauberatung", NAME)
    await clerk.sign_in("clerk1")
    return Room(browser, city, citizen, clerk)


async def sees(page: Page, people: int) -> None:
    """New pictures of so many people arrive."""
    await expect(page.get_by_test_id("remote-video")).to_have_count(people, timeout=60_000)
    least: dict[str, float] = {}

    async def more() -> bool:
        now = {one["peer"]: one["framesDecoded"] for one in await statistics(page)}
        for peer, frames in now.items():
            # A connection made anew, as after a reload of the other side, counts from nothing.
            least[peer] = min(least.get(peer, frames), frames)
        return sum(bool(frames > least[peer] + 3) for peer, frames in now.items()) >= people

    await until(more)

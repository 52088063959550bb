"""What a browser asks for and shows on the way through everything: nothing from elsewhere, no personal data in an address."""

import asyncio
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import unquote_plus, urlsplit

import pytest
from playwright.async_api import Browser, Page, Response, Route, expect

from tests.browser.people import press_first_time, turn_to
from tests.browser.states import PDF
from tests.browser.visitor import book, fill_in, new_visitor, path_of, sign_in
from tests.office.city import only_sqlite
from tests.office.served import ServedCity

pytestmark = [pytest.mark.browser, only_sqlite()]
NAME, MAIL, PHONE = "Ottilie Kanarienvogel", "kanarie@vogel.example", "0831 4711815"
CANARIES = ("kanarie", "ottilie", "vogel.example", "4711815")
CITY_PAGES = ("/", "/?q=Bau", "/impressum", "/datenschutz", "/barrierefreiheit", "/language?to=en&back=/")


@dataclass
class Witness:
    """Everything that the browser asked for, was told in headers, and complained about."""

    addresses: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    answers: list[Response] = field(default_factory=list)

    def watch(self, page: Page) -> Page:
        page.on("request", lambda request: self.addresses.append(request.url))
        page.on("websocket", lambda socket: self.addresses.append(socket.url))
        page.on("response", self.answered)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        page.on("framenavigated", lambda frame: self.addresses.append(frame.url))
        return page

    def answered(self, answer: Response) -> None:
        self.answers.append(answer)

    async def note_title(self, page: Page) -> None:
        self.titles.append(await page.title())


async def walk(page: Page, witness: Witness) -> str:
    """A citizen looks around, makes a mistake, books, sends a document, checks the camera, waits; the path of her own page."""
    for path in CITY_PAGES:
        await page.goto(path)
        await witness.note_title(page)
    await page.goto("/language?to=de&back=/times?service=bauberatung%26count=1%26mode=video")
    await press_first_time(page)
    await fill_in(page, name=NAME, mail="kanarie@")
    await page.get_by_label("Telefonnummer").fill(PHONE)
    for mail in ("kanarie@", MAIL):
        await page.get_by_label("E-Mail-Adresse").fill(mail)
        await page.get_by_role("button", name="Termin verbindlich buchen").click()
        await expect(page.get_by_role("alert" if mail != MAIL else "status").first).to_be_visible()
        await witness.note_title(page)
    manage = path_of(page)
    await page.locator("input[type=file]").set_input_files({**PDF, "name": "Kanarienvogel.pdf"})  # type: ignore[arg-type]
    await page.get_by_role("button", name="Datei senden").click()
    await expect(page.get_by_text("Kanarienvogel.pdf", exact=True)).to_be_visible()
    await page.goto(f"{manage}/check")
    await page.get_by_test_id("check-start").click()
    await expect(page.get_by_test_id("check-result")).to_be_visible(timeout=40_000)
    await page.goto(f"{manage}/room")
    await expect(page.get_by_test_id("room-state")).to_be_visible()
    await witness.note_title(page)
    return manage


async def change(page: Page, witness: Witness, manage: str) -> None:
    """She moves the appointment, and cancels it in the end."""
    await page.goto(f"{manage}/move")
    await page.locator("button[name=slot]").last.click()
    await page.get_by_role("link", name="Termin absagen").click()
    await page.get_by_role("button", name="Ja, Termin absagen").click()
    await witness.note_title(page)


async def work(page: Page, witness: Witness) -> None:
    """A clerk's way past the same citizen, and the scheduler's page."""
    await sign_in(page, "clerk1")
    for path in ("/office/day", "/office/services"):
        await page.goto(path)
        await witness.note_title(page)
    case = page.locator(".visit__actions a[href^='/office/appointments/']").last
    await page.goto("/office/day")
    await turn_to(case)
    await case.click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    await witness.note_title(page)


@pytest.fixture
async def witness(browser: Browser, served_city: ServedCity) -> Witness:
    """Has seen a citizen and a clerk walk through everything."""
    seen = Witness()
    citizen, clerk = [seen.watch(await new_visitor(browser, served_city.url)) for _ in range(2)]
    manage = await walk(citizen, seen)
    await work(clerk, seen)
    await change(citizen, seen, manage)
    return seen


async def subjects(folder: Path) -> list[str]:
    """Subjects of the mails in the folder, once those of booking, moving and cancelling are there."""
    mails: list[Path] = []
    for _ in range(600):
        mails = list((folder / "outbox").glob("*.eml"))
        if len(mails) >= 3:
            break
        await asyncio.sleep(0.1)
    assert len(mails) >= 3
    return [str(message_from_bytes(mail.read_bytes(), policy=policy.default)["Subject"]) for mail in mails]


@pytest.mark.criterion("J15")
async def test_nothing_leaves_the_house_and_nothing_personal_is_in_an_address(
    witness: Witness, served_city: ServedCity
) -> None:
    own = {served_city.url, served_city.url.replace("http:", "ws:")}
    parts = [urlsplit(address) for address in witness.addresses if not address.startswith(("data:", "blob:"))]
    assert {f"{part.scheme}://{part.netloc}" for part in parts if part.scheme != "about"} == own
    log = served_city.processes[0].output()
    shown = {
        "address": unquote_plus("\n".join(witness.addresses)),
        "title": "\n".join(witness.titles),
        "subject": "\n".join(await subjects(served_city.folder)),
        "log": log,
    }
    found = {where: [c for c in CANARIES if c in text.lower()] for where, text in shown.items()}
    assert found == {where: [] for where in shown}
    tokens = {part.path.split("/")[2] for part in parts if part.path.startswith("/a/")}
    assert tokens
    assert [token for token in tokens if token in log] == []


@pytest.mark.criterion("K03")
async def test_every_answer_is_hardened_and_no_page_strains_against_it(witness: Witness) -> None:
    strained = [line for line in witness.complaints if "Failed to load resource" not in line]
    assert strained == []
    for answer in witness.answers:
        headers = await answer.all_headers()
        assert headers["x-content-type-options"] == "nosniff", answer.url
        assert headers["referrer-policy"] == "same-origin", answer.url
        policy_words = headers["content-security-policy"]
        assert "unsafe" not in policy_words
        assert "default-src 'none'" in policy_words
        assert "require-trusted-types-for 'script'" in policy_words


async def test_a_link_to_elsewhere_does_not_tell_where_one_was(
    browser: Browser, served_city: ServedCity
) -> None:
    """The link to an appointment is its key: whoever is linked to must not learn it."""
    page = await new_visitor(browser, served_city.url)
    told: list[dict[str, str]] = []

    async def elsewhere(route: Route) -> None:
        told.append(await route.request.all_headers())
        await route.fulfill(body="elsewhere")

    await page.route("http://elsewhere.example/", elsewhere)
    await page.goto(await book(page, "personalausweis"))
    await page.evaluate("document.querySelector('footer a').href = 'http://elsewhere.example/'")
    await page.locator("footer a").first.click()
    await page.wait_for_url("http://elsewhere.example/")
    assert len(told) == 1
    assert "referer" not in told[0]

"""The data-protection officer's page of accesses: who opened what, when and why. Without script, paged."""

from aiohttp import web

from server.audit import record_once
from server.privacy.list_looks import colleagues, list_looks
from server.web.api import Page
from server.web.call import Call
from server.web.render import render

OFFICER = frozenset({"dpo"})
MOST_PAGES = 2000
WORDS = {
    "case": "Vorgang",
    "documents": "Unterlagen",
    "room": "Videoraum",
    "phone": "Telefonnummer",
    "incident": "Vorfall",
    "reason": "Grund genannt",
    "own-duty": "Eigener Dienst",
    "handed-over": "Termin wurde übergeben",
    "handing-over": "Übergibt den Termin gerade",
    "absence": "Termin umgeplant wegen eines Ausfalls",
    "administration": "Vorfall gelesen als Verwaltung",
    "follow-up": "Nacharbeit zum Termin",
    "question": "Rückfrage der Bürgerin oder des Bürgers",
    "complaint": "Beschwerde oder Streit",
    "inspection": "Prüfung im Auftrag der Leitung",
}


async def show(call: Call) -> web.Response:
    query = call.request.query
    number, staff = query.get("number", "").strip()[:20], _whole(query.get("staff", ""), 2**31 - 1)
    page = max(1, _whole(query.get("page", ""), MOST_PAGES) or 1)
    async with call.office.db.read() as tx:
        looks, more = await list_looks(tx, number=number, staff_id=staff, page=page)
        everybody = await colleagues(tx)
    async with call.office.db.write() as tx:
        once = f"{call.member.actor}/accesses/{int(call.now.timestamp()) // 900}"
        await record_once(tx, call.now, call.member.actor, "accesses.read", "all", once)
    return render(
        call,
        "office/access.html",
        looks=looks,
        more=more and page < MOST_PAGES,
        page=page,
        number=number,
        chosen=staff,
        everybody=everybody,
        filtered=bool(number or staff is not None),
        words={key: call.language.gettext(word) for key, word in WORDS.items()},
    )


def _whole(text: str, most: int) -> int | None:
    """A number out of an address; anything else is passed over."""
    return min(int(text), most) if text.isascii() and text.isdecimal() and len(text) <= 10 else None


pages = [Page("GET", "/office/access", show, OFFICER)]

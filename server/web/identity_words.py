"""What is noted of an identity check in words, for the citizen's and the clerk's pages. What may be noted is `rooms/check_identity.py`."""

from server.access import Appointment
from server.rooms.check_identity import IdentityCheck, identity_of
from server.web.call import Call

WORDS = {
    "none": "kein Vertrauensniveau",
    "card": "Personalausweis gesehen",
    "passport": "Reisepass gesehen",
    "permit": "Aufenthaltstitel gesehen",
    "known": "persönlich bekannt",
    "refused": "nicht festgestellt",
    "low": "Vertrauensniveau niedrig",
    "substantial": "Vertrauensniveau substanziell",
    "high": "Vertrauensniveau hoch",
}


async def identity_on_page(call: Call, appointment: Appointment) -> IdentityCheck | None:
    async with call.office.db.read() as tx:
        return await identity_of(tx, appointment)


def identity_words(call: Call, found: IdentityCheck) -> str:
    """Like "Personalausweis gesehen, Vertrauensniveau niedrig"; without a level "nicht festgestellt"."""
    parts = [found.method, *([] if found.level == "none" else [found.level])]
    return ", ".join(call.language.gettext(WORDS[part]) for part in parts)


def identity_parts(call: Call) -> dict[str, str]:
    """Every level and method in words, for forms."""
    return {part: call.language.gettext(words) for part, words in WORDS.items()}

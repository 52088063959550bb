"""The kept check of the technique in words, for the citizen's and the clerk's pages. What it means is `rooms/check.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.access import Appointment
from server.clock import berlin
from server.rooms.check import AUDIO_ONLY_KBIT, VIDEO_KBIT, Check, Outcome, checks_of
from server.web.call import Call
from server.web.language import Language

KINDS = {"ready": "good", "limited": "open", "not-ready": "bad"}


@dataclass(frozen=True, slots=True)
class Note:
    """What the clerk reads of a check; `kind` colours it."""

    words: str
    kind: str


async def checks_on_page(call: Call, appointments: Sequence[Appointment]) -> dict[str, Check]:
    async with call.office.db.read() as tx:
        return await checks_of(tx, [one.id for one in appointments if one.mode == "video"])


async def notes_for_clerk(call: Call, appointments: Sequence[Appointment]) -> dict[str, Note]:
    """Appointment ► words like "Technik geprüft: gestern, alles bereit", where there was a check."""
    found = await checks_on_page(call, appointments)
    return {id_: _note(check, call.language, call.now) for id_, check in found.items()}


def _note(check: Check, language: Language, now: datetime) -> Note:
    _ = language.gettext
    day = _day(check.checked_at, language, now)
    words = _("Technik geprüft: {day}, {result}").format(day=day, result=_result(check, language))
    return Note(words, KINDS[check.verdict])


def for_citizen(check: Check, language: Language, now: datetime) -> str:
    """Like "Zuletzt geprüft: heute, 10:15 Uhr. Alles bereit."."""
    _ = language.gettext
    day, time = _day(check.checked_at, language, now), language.time(check.checked_at)
    result = _result(check, language)
    words = _("Zuletzt geprüft: {day}, {time}.").format(day=day, time=time)
    return f"{words} {result[:1].upper()}{result[1:]}."


def _day(at: datetime, language: Language, now: datetime) -> str:
    _ = language.gettext
    day, today = berlin(at).date(), berlin(now).date()
    if day == today:
        return _("heute")
    return _("gestern") if day == today - timedelta(days=1) else language.short_day(at)


def _result(check: Check, language: Language) -> str:
    _ = language.gettext
    if check.verdict == "ready":
        return _("alles bereit")
    what = ", ".join(_lacking(check.outcome, language))
    words = _("nicht bereit ({what})") if check.verdict == "not-ready" else _("eingeschränkt ({what})")
    return words.format(what=what)


def _lacking(outcome: Outcome, language: Language) -> list[str]:
    _ = language.gettext
    if not outcome.signaling:
        return [_("keine Verbindung")]
    if outcome.media == "none":
        return [_("Bild und Ton kommen nicht durch")]
    lacking = []
    if outcome.camera != "ok":
        lacking.append(_("keine Kamera"))
    if outcome.microphone != "ok":
        lacking.append(_("kein Mikrofon"))
    if outcome.loudspeaker == "not-heard":
        lacking.append(_("kein Ton zu hören"))
    if outcome.upload_kbit is not None and outcome.upload_kbit < VIDEO_KBIT:
        slow = outcome.upload_kbit < AUDIO_ONLY_KBIT
        lacking.append(_("Verbindung reicht nur für Ton") if slow else _("Verbindung ist knapp"))
    if outcome.turn is False:
        lacking.append(_("Umweg über den Vermittlungsserver geht nicht"))
    return lacking

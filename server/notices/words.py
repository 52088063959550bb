"""Subject and text of every mail about an appointment: the place for a new event. Nothing is sent or looked up here.

The subject tells nothing about the person or the concern.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from server.clock import berlin
from server.notices.facts import Facts, Sender, Words
from server.notices.papers import ways_to_papers

Event = Literal[
    "preconfirmed",
    "confirmed",
    "moved",
    "cancelled",
    "reminder",
    "displaced",
    "document",
    "resend",
    "refused",
    "erased",
]
ABOUT_PAPERS = frozenset({"document", "resend", "refused"})
WITHOUT_CALENDAR = frozenset({"preconfirmed", "reminder", "displaced", "erased"}) | ABOUT_PAPERS
"""These bring no calendar file: there is no entry yet, it stands already, or the new time is not chosen."""


@dataclass(frozen=True, slots=True)
class Letter:
    """What goes into one mail beside the facts. `manage` leads to the citizen's page, or to where to confirm.

    `not_coming` is the page with one button; `elsewhere` the appointment where it was booked, with another client.
    `missing` is what was not sent ahead; `days_ahead`: 0 on the day of the appointment, 1 on the day before.
    `asked` is what is wanted once more and `turned_down` what can't be taken, each with its reason.
    """

    event: Event
    facts: Facts
    manage: str
    sender: Sender
    elsewhere: str | None = None
    not_coming: str = ""
    missing: tuple[str, ...] = ()
    days_ahead: int = 0
    asked: tuple[str, ...] = ()
    turned_down: tuple[str, ...] = ()


def days_between(now: datetime, start: datetime) -> int:
    """Midnights of the city between two instants: 1 is tomorrow, however long that night is."""
    return (berlin(start).date() - berlin(now).date()).days


def subject_of(event: Event, sender: Sender, language: Words) -> str:
    _ = language.gettext
    subjects: dict[Event, str] = {
        "preconfirmed": _("Bitte bestätigen Sie Ihren Termin: {city}"),
        "confirmed": _("Ihr Termin ist gebucht: {city}"),
        "moved": _("Ihr Termin ist verschoben: {city}"),
        "cancelled": _("Ihr Termin ist abgesagt: {city}"),
        "reminder": _("Erinnerung an Ihren Termin: {city}"),
        "displaced": _("Ihr Termin muss verlegt werden: {city}"),
        "document": _("Ein Dokument liegt für Sie bereit: {city}"),
        "resend": _("Bitte senden Sie ein Dokument erneut: {city}"),
        "refused": _("Zu Ihren Unterlagen: {city}"),
        "erased": _("Ihre Daten sind gelöscht: {city}"),
    }
    return subjects[event].format(city=sender.city)


def text_of(letter: Letter, language: Words) -> str:
    _ = language.gettext
    openings: dict[Event, str] = {
        "preconfirmed": _("Bitte bestätigen Sie Ihren Termin. Erst dann ist er gebucht."),
        "confirmed": _("Ihr Termin ist gebucht."),
        "moved": _("Ihr Termin ist verschoben. Es gilt nur noch die neue Zeit."),
        "cancelled": _("Ihr Termin ist abgesagt. Sie müssen nichts weiter tun."),
        "reminder": _reminding(letter.days_ahead, language),
        "displaced": _(
            "Ihr Termin muss leider verlegt werden: Zu dieser Zeit kann Sie niemand von uns beraten. Bitte wählen Sie eine neue Zeit."
        ),
        "document": _("Wir haben ein Dokument für Sie."),
        "resend": _("Wir haben Ihre Unterlagen angesehen. Etwas davon brauchen wir noch einmal von Ihnen."),
        "refused": _("Wir haben Ihre Unterlagen angesehen. Etwas davon können wir nicht annehmen."),
        "erased": _(
            "Ihre Daten sind gelöscht, wie Sie es wollten. Ein Termin, der noch bevorstand, ist abgesagt. Dies ist unsere letzte Nachricht: Auch Ihre Adresse wird jetzt gelöscht."
        ),
    }
    parts = [_("Guten Tag,"), openings[letter.event], "\n".join(_lines(letter.facts, language))]
    parts += _ways(letter, language)
    if letter.elsewhere:
        there = _("Ansehen und absagen können Sie auch auf der Seite, auf der Sie gebucht haben:")
        parts.append(f"{there}\n{letter.elsewhere}")
    parts.append(_("Fragen? Rufen Sie uns an: {phone}").format(phone=letter.sender.phone))
    parts.append(letter.sender.city)
    return "\n\n".join(parts) + "\n"


def _ways(letter: Letter, language: Words) -> list[str]:
    if letter.event == "preconfirmed":
        return _ways_to_confirm(letter.facts, letter.manage, language)
    if letter.event in ("cancelled", "erased"):
        return []
    if letter.event == "displaced":
        return _ways_to_a_new_time(letter, language)
    if letter.event in ABOUT_PAPERS:
        return ways_to_papers(letter.event, letter.manage, letter.asked, letter.turned_down, language)
    if letter.event == "reminder":
        return [*_to_prepare(letter, language), *_ways_on(letter.facts, letter.manage, language)]
    return _ways_on(letter.facts, letter.manage, language)


def _reminding(days_ahead: int, language: Words) -> str:
    _ = language.gettext
    if days_ahead == 0:
        return _("Sie haben heute einen Termin bei uns.")
    if days_ahead == 1:
        return _("Sie haben morgen einen Termin bei uns.")
    return _("Sie haben bald einen Termin bei uns.")


def _to_prepare(letter: Letter, language: Words) -> list[str]:
    _ = language.gettext
    here = _("Das bringen Sie bitte im Original mit:")
    if letter.facts.mode == "video":
        here = _("Das halten Sie bitte bereit:")
    parts = [_listed(here, letter.facts.bring)] if letter.facts.bring else []
    if letter.missing:
        parts.append(_listed(_("Das fehlt uns noch. Bitte senden Sie es vorab:"), letter.missing))
    never_mind = _(
        "Sie kommen nicht? Bitte sagen Sie mit einem Klick ab. Dann wird die Zeit für andere frei:"
    )
    return [*parts, f"{never_mind}\n{letter.not_coming}"]


def _listed(title: str, items: tuple[str, ...]) -> str:
    return "\n".join([title, *(f"- {item}" for item in items)])


def _lines(facts: Facts, language: Words) -> list[str]:
    _ = language.gettext
    lines = [
        _("Wann: {when}").format(when=language.moment(facts.start)),
        _("Wo: {place}").format(place=facts.where(_("Video, von jedem Ort mit Internet"))),
        _("Terminnummer: {number}").format(number=facts.number),
    ]
    if facts.services:
        lines.insert(0, _("Anliegen: {services}").format(services=", ".join(facts.services)))
    return lines


def _ways_on(facts: Facts, manage: str, language: Words) -> list[str]:
    _ = language.gettext
    here = _("Verschieben, absagen, Unterlagen vorab senden, sehen, was Sie mitbringen müssen:")
    if facts.mode == "video":
        here = _("Zum Videogespräch, verschieben, absagen, Unterlagen vorab senden:")
    ways = [f"{here}\n{manage}"]
    if facts.mode == "video":
        check = _("Prüfen Sie vorher in einer Minute, ob Kamera, Ton und Verbindung bereit sind:")
        ways.append(f"{check}\n{manage}/check")
    keep = _(
        "Der Link gehört Ihnen. Wer ihn hat, kann Ihren Termin ändern. Bitte geben Sie ihn nicht weiter."
    )
    return [*ways, keep]


def _ways_to_a_new_time(letter: Letter, language: Words) -> list[str]:
    _ = language.gettext
    free = letter.facts.alternatives
    parts = [_listed(_("Diese Zeiten in der Nähe sind frei:"), free)] if free else []
    choose = _("Hier wählen Sie eine neue Zeit oder sagen ab. Ihre Angaben und Unterlagen bleiben erhalten:")
    never = _("Wählen Sie keine, ist der Termin abgesagt, sobald die alte Zeit da ist.")
    return [*parts, f"{choose}\n{letter.manage}", never]


def _ways_to_confirm(facts: Facts, link: str, language: Words) -> list[str]:
    _ = language.gettext
    until = language.moment(facts.until or facts.start)
    return [
        _("Bestätigen Sie bis {until}:").format(until=until) + f"\n{link}",
        _("Sie haben keinen Termin gebucht? Dann müssen Sie nichts tun."),
    ]

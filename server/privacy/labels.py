"""Columns and values of what citizens get to read about themselves, in words. What has no word here is in the JSON file alone."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, Protocol

WORDS = {
    "number": "Nummer", "state": "Stand", "mode": "Weg", "site_id": "Standort", "starts_at": "Beginn", "ends_at": "Ende",
    "services": "Anliegen", "service_id": "Anliegen", "language": "Sprache der Nachrichten", "spoken": "Sprache im Gespräch",
    "channel": "Gebucht über", "remind": "Erinnerung", "created_at": "Angelegt", "expires_at": "Gültig bis",
    "confirmed_at": "Bestätigt", "arrived_at": "Angekommen", "gave_feedback": "Rückmeldung gegeben",
    "reminded_at": "Erinnert", "displaced_at": "Musste verlegt werden", "cancelled_at": "Abgesagt",
    "contact_sealed": "Ihre Angaben", "name": "Name", "email": "E-Mail-Adresse", "phone": "Telefonnummer",
    "answers": "Ihre Antworten", "item": "Wofür", "name_sealed": "Dateiname", "media_type": "Art der Datei",
    "size": "Größe in Byte", "direction": "Richtung", "received": "Angekommen (Byte)", "pages": "Seiten",
    "active": "Aktive Inhalte", "reason_key": "Grund", "reason_sealed": "Grund in Worten", "scanned_at": "Auf Viren geprüft",
    "decided_at": "Entschieden", "decided_by": "Entschieden von", "deleted_at": "Gelöscht", "level": "Vertrauensniveau",
    "method": "Ausgewiesen mit", "staff_id": "Von", "checked_at": "Geprüft", "verdict": "Ergebnis", "camera": "Kamera",
    "microphone": "Mikrofon", "loudspeaker": "Lautsprecher", "signaling": "Verbindung zum Server",
    "media": "Weg für Bild und Ton", "turn": "Vermittlung erreichbar", "upload_kbit": "Leitung (kbit/s)",
    "phone_sealed": "Telefonnummer", "since": "Seit", "called_at": "Angerufen", "part": "Rolle", "revoked_at": "Zurückgenommen",
    "from_id": "Weitergegeben von", "to_id": "Weitergegeben an", "note_sealed": "Notiz", "taken_at": "Übernommen",
    "ended_at": "Beendet", "kind": "Art", "filed_at": "Festgehalten", "excluded_until": "Ausgeschlossen bis",
    "until": "Bis", "blank": "Formular", "version": "Fassung", "content_sealed": "Inhalt", "pdf_sealed": "Datei",
    "sealed_pdf": "Datei", "read_at": "Geöffnet", "code_sent_at": "Einmalcode gesendet", "codes_sent": "Gesendete Codes",
    "signature_sealed": "Unterschrift", "signed_at": "Unterschrieben", "sealed_at": "Besiegelt", "delivered_at": "Zugestellt",
    "first_day": "Erster Tag", "last_day": "Letzter Tag", "weekdays": "Wochentage", "earliest": "Frühestens (Minute des Tages)",
    "latest": "Spätestens (Minute des Tages)", "offer_until": "Angebot gilt bis", "offers": "Angebote", "seen_at": "Zuletzt da",
    "event": "Nachricht", "due_at": "Zu senden ab", "sent_at": "Gesendet", "fate": "Folge eines Ausfalls",
    "was_at": "Ursprüngliche Zeit", "at": "Wann", "actor": "Wer", "action": "Was", "detail": "Näheres", "what": "Was",
    "why": "Warum", "reason": "Grund", "placed_by": "Angeordnet von", "placed_at": "Angeordnet", "lifted_by": "Aufgehoben von",
    "lifted_at": "Aufgehoben", "asked_by": "Gefragt von", "agreed": "Einverstanden", "answered_at": "Geantwortet", "withdrawn_at": "Zurückgenommen",
    "asked_at": "Beantragt", "emptied_at": "Gelöscht", "done_at": "Abgeschlossen",
    "sheet": "Formular", "values": "Ausgefüllt", "title": "Titel", "rows": "Felder", "sentences": "Sätze",
    "signer": "Unterschreibt", "city": "Stadt", "lines": "Gezeichnet", "typed": "Getippt", "to": "An",
}  # fmt: skip
TECHNICAL: Final = frozenset(
    {
        "id", "appointment_id", "case_id", "hold_hash", "token_hash", "key_hash", "request_hash", "key",
        "waiting_id", "follows_id", "offered_id", "document_id", "object_id", "incident_id", "absence_id", "recording_id", "subject", "key_sealed",
        "sequence", "extended", "client_key", "contact_key", "contact_nr", "caller_key", "nr", "facts",
        "attempts", "once", "pdf_hash", "code_nonce", "code_until", "code_tries", "who_sealed",
        "text_sealed",
    }
)  # fmt: skip
"""Numbers, check sums and what is withheld: in the JSON file, and of no use to read."""
STATES = {
    "staff": "Beschäftigte der Stadt", "citizen": "Sie selbst", "system": "Das Programm", "video": "Video",
    "onsite": "Vor Ort", "in": "Von Ihnen", "out": "Von der Stadt", "mail": "E-Mail", "sms": "SMS",
    "pending": "Wartet auf Ihre Bestätigung", "confirmed": "Gebucht", "done": "Erledigt",
    "missed": "Nicht wahrgenommen", "cancelled": "Abgesagt", "accepted": "Angenommen", "refused": "Abgelehnt",
   }  # fmt: skip


class Language(Protocol):
    def gettext(self, message: str) -> str: ...
    def moment(self, value: Any) -> str: ...
    def day(self, value: Any) -> str: ...


def lines_of(
    values: Mapping[str, Any], services: Mapping[str, str], language: Language
) -> list[tuple[str, str]]:
    """What there is to read of an entry: label and text, what is empty left out. `services`: their names by id."""
    found: list[tuple[str, str]] = []
    for name, value in values.items():
        if name not in WORDS or value in (None, "", [], {}):
            continue
        label = language.gettext(WORDS[name])
        if isinstance(value, dict):
            known: dict[str, Any] = {
                str(WORDS.get(key, key)): one for key, one in value.items() if one not in (None, "", [], {})
            }
            found += [
                (f"{label}: {language.gettext(key)}", _text(one, services, language))
                for key, one in known.items()
            ]
        else:
            found.append((label, _text(value, services, language)))
    return found


def _text(value: Any, services: Mapping[str, str], language: Language) -> str:
    if isinstance(value, datetime):
        return language.moment(value)
    if isinstance(value, date):
        return language.day(value)
    if isinstance(value, dict) and set(value) == {"id", "count"}:
        return f"{services.get(value['id'], value['id'])} ({value['count']}×)"
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_text(one, services, language)}" for key, one in value.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(_text(one, services, language) for one in value)
    if isinstance(value, bool):
        return language.gettext("Ja") if value else language.gettext("Nein")
    if isinstance(value, str) and value in STATES:
        return language.gettext(STATES[value])
    return services.get(value, value) if isinstance(value, str) else str(value)

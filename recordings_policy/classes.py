"""The kinds of personal data in this house (DIN 66398): what each is for, on which basis, and how long it is kept.

Exactly one rule per class. The period here is the default; the one in force is `retention.py`'s. Columns: `holds.py`.
"""

from datetime import timedelta
from typing import Final

from recordings_policy.data_class import CONSENT, DAY, DUTY, HOUR, STAFF, TASK, YEAR, DataClass

UNCONFIRMED: Final = DataClass(
    "unconfirmed",
    "Vormerkungen und nicht bestätigte Termine",
    "Eine gewählte Zeit frei halten, bis der Termin bestätigt ist.",
    TASK,
    "end-of-process",
    HOUR,
    DAY,
)
BOOKING: Final = DataClass(
    "booking",
    "Nummer, Zeit und Anliegen eines Termins",
    "Den Termin halten und wissen, was daraus wurde.",
    TASK,
    "end-of-process",
    30 * DAY,
    90 * DAY,
)
CANCELLED: Final = DataClass(
    "cancelled",
    "Angaben zu abgesagten Terminen",
    "Nach einer Absage noch Auskunft geben.",
    TASK,
    "end-of-process",
    2 * DAY,
    14 * DAY,
)
CONTACT: Final = DataClass(
    "contact",
    "Name, E-Mail-Adresse, Telefonnummer und Antworten",
    "Die Person ansprechen, erreichen und den Termin vorbereiten.",
    TASK,
    "end-of-process",
    14 * DAY,
    92 * DAY,
    given_to=("mail", "sms"),
)
UPLOAD: Final = DataClass(
    "upload",
    "Gesendete Unterlagen",
    "Unterlagen vor dem Gespräch prüfen und im Gespräch besprechen.",
    TASK,
    "end-of-process",
    14 * DAY,
    92 * DAY,
)
CITY_DOCUMENT: Final = DataClass(
    "city-document",
    "Dokumente der Stadt",
    "Ein Dokument zum Abholen bereithalten.",
    TASK,
    "end-of-process",
    14 * DAY,
    92 * DAY,
)
IDENTITY: Final = DataClass(
    "identity",
    "Wie sicher die Person erkannt wurde",
    "Festhalten, ob und wie sich die Person ausgewiesen hat; nichts vom Ausweis selbst.",
    TASK,
    "end-of-process",
    14 * DAY,
    92 * DAY,
)
SIGNATURE: Final = DataClass(
    "signature",
    "Formulare zum Unterschreiben",
    "Ein Formular gemeinsam lesen, unterschreiben lassen und besiegeln.",
    TASK,
    "end-of-process",
    14 * DAY,
    92 * DAY,
)
DEVICE_CHECK: Final = DataClass(
    "device-check",
    "Ergebnis der Technikprüfung",
    "Vor dem Gespräch sehen, ob Kamera, Ton und Leitung genügen.",
    TASK,
    "end-of-process",
    DAY,
    14 * DAY,
)
CALL_BACK: Final = DataClass(
    "call-back",
    "Telefonnummer für einen Rückruf",
    "Anrufen, wenn das Gespräch per Video nicht gelingt.",
    CONSENT,
    "end-of-process",
    7 * DAY,
    14 * DAY,
)
GUEST: Final = DataClass(
    "guest",
    "Eingeladene Personen",
    "Dolmetschende oder Angehörige zum Gespräch einladen.",
    TASK,
    "end-of-process",
    14 * DAY,
    92 * DAY,
    "guests",
    ("mail",),
)
HAND_OVER: Final = DataClass(
    "hand-over",
    "Weitergabe an Kolleginnen und Kollegen",
    "Ein Gespräch mit einer Notiz weitergeben.",
    TASK,
    "end-of-process",
    14 * DAY,
    92 * DAY,
)
RECORDING: Final = DataClass(
    "recording",
    "Aufzeichnungen von Gesprächen mit den Einwilligungen",
    "Ein Gespräch aufzeichnen, wenn das erlaubt ist und alle zustimmen.",
    CONSENT,
    "collection",
    14 * DAY,
    92 * DAY,
)
INCIDENT: Final = DataClass(
    "incident",
    "Vorfälle in Gesprächen",
    "Beleidigungen und Bedrohungen verfolgen können (§ 77b StGB: drei Monate).",
    TASK,
    "collection",
    92 * DAY,
    92 * DAY,
)
EXCLUSION: Final = DataClass(
    "exclusion",
    "Ausschluss von Videogesprächen",
    "Beschäftigte nach einem Vorfall schützen.",
    TASK,
    "end-of-process",
    timedelta(0),
    timedelta(0),
)
FEEDBACK: Final = DataClass(
    "feedback", "Rückmeldungen ohne Namen", "Das Angebot verbessern.", CONSENT, "collection", YEAR, 2 * YEAR
)
WAITING: Final = DataClass(
    "waiting",
    "Plätze auf der Warteliste",
    "Eine frei gewordene Zeit anbieten.",
    TASK,
    "end-of-process",
    DAY,
    14 * DAY,
)
KNOCK: Final = DataClass(
    "knock",
    "Anklopfen ohne Termin",
    "Wartende der Reihe nach hereinbitten.",
    TASK,
    "collection",
    DAY,
    7 * DAY,
)
NOTICE: Final = DataClass(
    "notice",
    "Welche Nachricht wann gesendet wurde",
    "Nachrichten zum Termin genau einmal senden.",
    TASK,
    "collection",
    30 * DAY,
    90 * DAY,
)
LIMITS: Final = DataClass(
    "limits",
    "Prüfzahlen von Adressen",
    "Missbrauch verhindern: zu viele Termine oder Anfragen von einer Stelle.",
    DUTY,
    "end-of-process",
    DAY,
    7 * DAY,
)
REPEAT: Final = DataClass(
    "repeat",
    "Wiederholte Anfragen",
    "Eine doppelt gesendete Buchung nur einmal ausführen.",
    DUTY,
    "collection",
    DAY,
    7 * DAY,
)
ACCOUNT: Final = DataClass(
    "account",
    "Konten der Beschäftigten",
    "Zugang und Rechte der Beschäftigten.",
    STAFF,
    "end-of-relationship",
    90 * DAY,
    YEAR,
    "staff",
)
SESSION: Final = DataClass(
    "session",
    "Anmeldungen der Beschäftigten",
    "Angemeldet bleiben, höchstens einen Arbeitstag.",
    STAFF,
    "end-of-process",
    timedelta(0),
    7 * DAY,
    "staff",
)
ROSTER: Final = DataClass(
    "roster",
    "Dienste der Beschäftigten",
    "Sprechzeiten planen.",
    STAFF,
    "end-of-process",
    180 * DAY,
    2 * YEAR,
    "staff",
)
ABSENCE: Final = DataClass(
    "absence",
    "Ausfälle der Beschäftigten",
    "Termine weitergeben, wenn jemand ausfällt; Gründe werden nicht gespeichert.",
    STAFF,
    "end-of-process",
    90 * DAY,
    YEAR,
    "staff",
)
AUDIT: Final = DataClass(
    "audit",
    "Protokoll: wer was wann getan hat",
    "Nachweisen, wer worauf zugegriffen hat; nur Nummern, keine Inhalte.",
    DUTY,
    "collection",
    YEAR,
    2 * YEAR,
    "staff",
)
DECISION: Final = DataClass(
    "decision",
    "Entscheidungen über Löschfristen und Aufzeichnungen",
    "Nachweisen, wer eine Frist oder das Aufzeichnen vorgeschlagen und freigegeben hat.",
    DUTY,
    "end-of-process",
    3 * YEAR,
    10 * YEAR,
    "staff",
)

ERASURE: Final = DataClass(
    "erasure",
    "Anträge auf Löschung",
    "Nachweisen, dass ein Antrag ausgeführt wurde; nur Nummern, keine Inhalte.",
    DUTY,
    "end-of-process",
    YEAR,
    3 * YEAR,
)

CLASSES: Final = (
    *(UNCONFIRMED, BOOKING, CANCELLED, CONTACT, UPLOAD, CITY_DOCUMENT, IDENTITY, SIGNATURE, DEVICE_CHECK),
    *(CALL_BACK, GUEST, HAND_OVER, RECORDING, INCIDENT, EXCLUSION, FEEDBACK, WAITING, KNOCK),
    *(NOTICE, LIMITS, REPEAT, ACCOUNT, SESSION, ROSTER, ABSENCE, ERASURE, AUDIT, DECISION),
)
BY_KEY: Final = {one.key: one for one in CLASSES}

"""How that API says no: `{errors:[{errorCode,errorMessage,statusCode}]}` with the same HTTP status.

The texts are for programmers; clients show words of their own for each code.
"""

from typing import Any

from server.errors import (
    BadInput,
    ForeignOrigin,
    HoldExpired,
    NotAllowed,
    NotFound,
    OffGrid,
    PastTime,
    ProofRequired,
    Refusal,
    ServicesExclude,
    SlotTaken,
    TooFar,
    TooLarge,
    TooLate,
    TooMany,
    Unavailable,
    VideoExcluded,
)

CODES: dict[str, tuple[int, str]] = {
    "appointmentNotAvailable": (404, "Diese Zeit ist nicht mehr frei."),
    "appointmentNotFound": (404, "Diesen Termin gibt es nicht oder nicht mehr."),
    "noAppointmentForThisScope": (404, "Hier ist in diesem Zeitraum nichts frei."),
    "processNotReservedAnymore": (409, "Die Reservierung ist abgelaufen."),
    "processNotPreconfirmedAnymore": (409, "Dieser Termin wartet nicht auf eine Bestätigung."),
    "authKeyMismatch": (406, "Der Schlüssel passt nicht zu diesem Termin."),
    "appointmentCanNotBeCanceled": (406, "Der Termin hat schon begonnen oder ist vorbei."),
    "emailIsRequired": (406, "Eine E-Mail-Adresse wird gebraucht."),
    "telephoneIsRequired": (406, "Eine Telefonnummer wird gebraucht."),
    "tooManyAppointmentsWithSameMail": (400, "Zu dieser E-Mail-Adresse gibt es schon genug Termine."),
    "tooManySlotsPerAppointment": (400, "Das ist für einen Termin zu viel."),
    "invalidOfficeId": (400, "officeId fehlt oder ist unbekannt."),
    "invalidServiceId": (400, "serviceId fehlt, ist unbekannt oder passt nicht zu den anderen."),
    "invalidServiceCount": (400, "serviceCount ist keine erlaubte Anzahl."),
    "invalidStartDate": (400, "startDate ist kein Tag (JJJJ-MM-TT)."),
    "invalidEndDate": (400, "endDate ist kein Tag, liegt vor startDate oder mehr als 365 Tage danach."),
    "invalidDate": (400, "date ist kein Tag (JJJJ-MM-TT)."),
    "invalidTimestamp": (400, "timestamp fehlt oder ist keine Zeit in Sekunden."),
    "invalidProcessId": (400, "processId fehlt oder ist keine Zahl."),
    "invalidAuthKey": (400, "authKey fehlt oder hat nicht 64 Zeichen."),
    "invalidFamilyName": (400, "familyName fehlt oder ist kein Name."),
    "invalidEmail": (400, "email ist keine E-Mail-Adresse."),
    "invalidTelephone": (400, "telephone ist keine Telefonnummer."),
    "invalidCustomTextfield": (400, "Das Textfeld ist zu lang oder enthält Steuerzeichen."),
    "invalidRequest": (400, "Die Anfrage ist nicht lesbar."),
    "captchaMissing": (400, "Der Nachweis fehlt."),
    "captchaInvalid": (400, "Der Nachweis stimmt nicht."),
    "captchaExpired": (400, "Der Nachweis ist abgelaufen."),
    "preconfirmationExpired": (400, "Die Frist zum Bestätigen ist vorbei."),
    "requestTooLarge": (413, "Die Anfrage ist zu groß."),
    "originNotAllowed": (403, "Diese Seite darf hier nicht buchen."),
    "rateLimitExceeded": (429, "Es sind schon mehrere Zeiten reserviert. Bitte etwas warten."),
    "serviceUnavailable": (503, "Das geht im Moment nicht. Bitte in einer Minute noch einmal."),
}

# The first that fits counts.
MEANING: tuple[tuple[tuple[type[Refusal], ...], str], ...] = (
    ((SlotTaken, OffGrid, PastTime, TooFar, VideoExcluded), "appointmentNotAvailable"),
    ((HoldExpired,), "processNotReservedAnymore"),
    ((ProofRequired,), "captchaMissing"),
    ((NotFound,), "appointmentNotFound"),
    ((TooLate,), "appointmentCanNotBeCanceled"),
    ((ServicesExclude,), "invalidServiceId"),
    ((TooMany,), "rateLimitExceeded"),
    ((TooLarge,), "requestTooLarge"),
    ((ForeignOrigin,), "originNotAllowed"),
    ((NotAllowed,), "authKeyMismatch"),
    ((Unavailable,), "serviceUnavailable"),
    ((BadInput,), "invalidRequest"),
)


class Declined(Exception):
    """A no in that API's words; several codes where several fields are wrong."""

    def __init__(self, *codes: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(*codes)
        self.codes = codes
        self.headers = headers or {}

    @property
    def status(self) -> int:
        return CODES[self.codes[0]][0]

    def as_json(self) -> dict[str, Any]:
        return {
            "errors": [
                {"errorCode": code, "errorMessage": CODES[code][1], "statusCode": CODES[code][0]}
                for code in self.codes
            ]
        }


def declined(refusal: Refusal) -> Declined:
    """This house's refusal in that API's words."""
    for kinds, code in MEANING:
        if isinstance(refusal, kinds):
            return Declined(code, headers=refusal.headers)
    return Declined("serviceUnavailable" if refusal.status >= 500 else "invalidRequest")

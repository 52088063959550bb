"""Every refusal Sprechzeit can utter. How one is rendered (problem+json, page) is in `server/web`.

    Refusal
    ├── BadInput 422 ─── OffGrid, PastTime, TooFar, ServicesExclude, KeyReused, MailNeeded
    ├── NotSignedIn 401
    ├── NotAllowed 403 ─ TooEarly, ForeignOrigin, VideoExcluded, ReasonNeeded
    ├── NotFound 404     (foreign and missing look the same)
    ├── Conflict 409 ─── SlotTaken, TooLate, MustBeKept, NotVideo, AlreadyExtended
    ├── Gone 410 ─────── HoldExpired, ActivationExpired, OfferOver, Damaged
    ├── TooLarge 413 · TypeNotAllowed 415
    ├── ProofRequired 428
    ├── TooMany 429 ──── TooManyHolds, TooManyAppointments
    └── Unavailable 503

`title` and `detail` are German message ids, translated where they are rendered.
"""

from datetime import datetime
from typing import Any, ClassVar


class Refusal(Exception):
    """A clear no. `params` fill the detail's placeholders, `extra` travels along in problem+json."""

    status: ClassVar[int] = 400
    type: ClassVar[str] = "refused"
    title: ClassVar[str] = "Das geht so nicht"
    detail: ClassVar[str] = "Die Anfrage konnte nicht angenommen werden."

    def __init__(
        self, detail: str | None = None, *, params: dict[str, Any] | None = None, **extra: Any
    ) -> None:
        super().__init__(detail or self.detail)
        self.message = detail or self.detail
        self.params = params or {}
        self.extra = extra
        self.headers: dict[str, str] = {}


class BadInput(Refusal):
    status = 422
    type = "invalid"
    title = "Eingabe nicht verstanden"
    detail = "Bitte prüfen Sie Ihre Angaben."


class OffGrid(BadInput):
    type = "off-grid"
    detail = "Termine beginnen immer zur vollen Minute im Fünf-Minuten-Raster. Bitte wählen Sie eine angebotene Zeit."


class PastTime(BadInput):
    type = "past"
    detail = "Diese Zeit liegt in der Vergangenheit oder beginnt gleich. Bitte wählen Sie eine spätere Zeit."


class TooFar(BadInput):
    type = "too-far"
    detail = "So weit im Voraus werden noch keine Termine vergeben."


class ServicesExclude(BadInput):
    type = "services-exclude"
    detail = "Diese Anliegen können nicht in einem Termin zusammen erledigt werden. Bitte buchen Sie getrennte Termine."


class KeyReused(BadInput):
    type = "idempotency-key-reused"
    detail = "Dieser Idempotency-Key wurde schon für eine andere Anfrage verwendet."


class NotSignedIn(Refusal):
    status = 401
    type = "not-signed-in"
    title = "Bitte anmelden"
    detail = "Bitte melden Sie sich an."


class NotAllowed(Refusal):
    status = 403
    type = "not-allowed"
    title = "Nicht erlaubt"
    detail = "Dafür fehlt Ihnen die Berechtigung."


class ForeignOrigin(NotAllowed):
    type = "foreign-origin"
    detail = "Die Anfrage kam von einer fremden Seite und wurde nicht ausgeführt."


class TooEarly(NotAllowed):
    type = "too-early"
    title = "Noch nicht geöffnet"
    detail = "Der Raum öffnet erst kurz vor Ihrem Termin."

    def __init__(self, opens_at: datetime) -> None:
        super().__init__(opens_at=opens_at.isoformat())


class VideoExcluded(NotAllowed):
    """After an incident. `phone` is the city's: nobody is left without a way to the office."""

    type = "video-excluded"
    title = "Per Video zurzeit nicht möglich"
    detail = "Zurzeit können Sie nicht per Video mit uns sprechen. Sie können vor Ort kommen oder uns anrufen: {phone}"

    def __init__(self, phone: str) -> None:
        super().__init__(params={"phone": phone}, phone=phone)


class ReasonNeeded(NotAllowed):
    type = "reason-needed"
    title = "Warum öffnen Sie diesen Vorgang?"
    detail = "Der Termin ist schon länger vorbei. Bitte nennen Sie zuerst den Grund, aus dem Sie den Vorgang öffnen."

    def __init__(self, appointment_id: str) -> None:
        super().__init__()
        self.appointment_id = appointment_id


class NotFound(Refusal):
    status = 404
    type = "not-found"
    title = "Nicht gefunden"
    detail = "Das haben wir nicht gefunden. Vielleicht ist der Link abgelaufen oder unvollständig."


class Conflict(Refusal):
    status = 409
    type = "conflict"
    title = "Das passt gerade nicht"
    detail = "Der Stand hat sich inzwischen geändert. Bitte laden Sie die Seite neu."


class SlotTaken(Conflict):
    type = "slot-taken"
    title = "Diese Zeit ist nicht mehr frei"
    detail = "Diese Zeit wurde gerade vergeben. Es gibt andere freie Zeiten in der Nähe."


class TooLate(Conflict):
    type = "too-late"
    title = "Dafür ist es zu spät"
    detail = "Der Termin hat schon begonnen oder ist vorbei. Bitte rufen Sie uns an."


class MustBeKept(Conflict):
    type = "must-be-kept"
    title = "Das müssen wir zurzeit aufbewahren"
    detail = "Zu diesem Vorgang läuft ein Verfahren, zum Beispiel eine Beschwerde. So lange dürfen wir nichts löschen."


class NotVideo(Conflict):
    type = "not-video"
    title = "Kein Videotermin"
    detail = "Dieser Termin findet vor Ort statt."


class AlreadyExtended(Conflict):
    type = "already-extended"
    detail = "Die Zeit wurde schon einmal verlängert. Bitte schließen Sie die Buchung jetzt ab."


class Gone(Refusal):
    status = 410
    type = "gone"
    title = "Nicht mehr verfügbar"
    detail = "Das ist nicht mehr verfügbar."


class HoldExpired(Gone):
    type = "hold-expired"
    title = "Die Reservierung ist abgelaufen"
    detail = (
        "Die Zeit war für Sie reserviert, aber die Frist ist vorbei. Bitte wählen Sie noch einmal eine Zeit."
    )


class Damaged(Gone):
    """What is stored is not what was sealed: changed, exchanged, or lost."""

    type = "damaged"
    title = "Daten beschädigt"
    detail = "Ein Teil der Daten ist beschädigt und lässt sich nicht mehr öffnen. Bitte rufen Sie uns an."


class ProofRequired(Refusal):
    status = 428
    type = "proof-required"
    title = "Bitte kurz prüfen lassen"
    detail = "Von hier kamen sehr viele Buchungen. Bitte lassen Sie kurz prüfen, dass kein Programm bucht, oder rufen Sie uns an."


class TooLarge(Refusal):
    status = 413
    type = "too-large"
    title = "Zu groß"
    detail = "Die Datei ist zu groß. Erlaubt sind höchstens {limit_mb} MB."


class TypeNotAllowed(Refusal):
    status = 415
    type = "type-not-allowed"
    title = "Dieser Dateityp geht nicht"
    detail = "Bitte senden Sie eine PDF-Datei oder ein Bild (JPEG oder PNG)."


class TooMany(Refusal):
    status = 429
    type = "too-many"
    title = "Zu viele Anfragen"
    detail = "Das waren sehr viele Anfragen in kurzer Zeit. Bitte warten Sie einen Moment."

    def __init__(self, detail: str | None = None, *, retry_after_s: int = 30, **extra: Any) -> None:
        super().__init__(detail, **extra)
        self.headers["Retry-After"] = str(retry_after_s)


class TooManyHolds(TooMany):
    type = "too-many-holds"
    detail = "Es sind schon mehrere Zeiten für Sie reserviert. Bitte schließen Sie eine davon ab."


class TooManyAppointments(TooMany):
    type = "too-many-appointments"
    title = "Schon mehrere Termine"
    detail = "Mit diesen Kontaktdaten sind schon mehrere Termine gebucht. Brauchen Sie noch einen? Rufen Sie uns an."

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail, retry_after_s=3600, **extra)


class MailNeeded(BadInput):
    type = "email-required"
    detail = "Dieser Termin wird per E-Mail bestätigt. Bitte geben Sie eine E-Mail-Adresse an."


class AlreadyWaiting(Conflict):
    type = "already-waiting"
    title = "Sie stehen schon auf der Liste"
    detail = "Mit dieser E-Mail-Adresse warten Sie schon auf einen Termin für dieses Anliegen."


class OfferOver(Gone):
    type = "offer-over"
    title = "Das Angebot ist vorbei"
    detail = "Die Frist für dieses Angebot ist vorbei, oder Sie haben es abgelehnt."


class ActivationExpired(Gone):
    type = "activation-expired"
    title = "Die Frist ist vorbei"
    detail = "Der Termin wurde nicht rechtzeitig bestätigt und ist wieder frei. Bitte buchen Sie noch einmal."


class Unavailable(Refusal):
    status = 503
    type = "unavailable"
    title = "Gerade nicht erreichbar"
    detail = "Das geht im Moment nicht. Bitte versuchen Sie es in einer Minute noch einmal."

    def __init__(self, detail: str | None = None, *, retry_after_s: int = 5, **extra: Any) -> None:
        super().__init__(detail, **extra)
        self.headers["Retry-After"] = str(retry_after_s)
